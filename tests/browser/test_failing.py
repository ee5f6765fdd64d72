"""The server is away, or asked too often: the board says so, and goes on by itself."""

import re
from contextlib import contextmanager

import psycopg
from django.db import connection
from playwright.sync_api import expect

from scheduling.models import Appointment

CONNECTION = ("host", "port", "user", "password")
PATIENCE = 30_000
OUT_OF_DATE = "What you see may be out of date."


@contextmanager
def database_away():
    """PostgreSQL refuses the server's connections, as while it starts or ends."""
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:  # what the test itself asks by goes on
        cursor.execute("SELECT pg_backend_pid()")
        [ours] = cursor.fetchone()
    options = connection.get_connection_params()
    named = {key: options[key] for key in CONNECTION if options.get(key)}
    allow = 'ALTER DATABASE "{}" ALLOW_CONNECTIONS {}'.format
    with psycopg.connect(**named, dbname="postgres", autocommit=True) as keeper:
        keeper.execute(allow(name, "false"))
        try:
            keeper.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND pid <> %s",
                [name, ours],
            )
            yield
        finally:
            keeper.execute(allow(name, "true"))


def choose(desk, name):
    desk.dialog.get_by_label("Client", exact=True).fill(name)
    desk.dialog.get_by_role("option", name=re.compile(name)).click()


def test_a_database_that_is_away_is_told_and_found_again(desk, practice, refusals):
    refusals.add(503)
    told = desk.page.locator("#connection")
    desk.click_free("Green", "Venice", 6)
    choose(desk, "Robin Ray")
    expect(desk.dialog.get_by_label("Therapist")).not_to_have_value("")

    with database_away():
        desk.press("Book")
        expect(desk.dialog.get_by_role("alert")).to_contain_text(
            "This cannot be done just now. Try again in a moment.", timeout=PATIENCE
        )
        expect(told).to_contain_text(
            "The server cannot answer just now", timeout=PATIENCE
        )
        expect(told).to_contain_text(OUT_OF_DATE)

    expect(told).to_be_hidden(timeout=PATIENCE)
    desk.press("Book")
    expect(desk.notes).to_contain_text("Booked")
    assert Appointment.objects.filter(clients=practice.robin).count() == 2


def test_whoever_asks_too_often_is_told_and_let_in_again(
    desk, practice, refusals, settings
):
    refusals.add(429)
    told = desk.page.locator("#connection")
    desk.open("Robin Ray")

    settings.THROTTLE_USER = "0/min"
    desk.press("Confirm")
    expect(desk.dialog.get_by_role("alert")).to_have_text(
        re.compile(r"Too many requests. Try again in \d+ seconds."), timeout=PATIENCE
    )
    expect(told).to_contain_text("goes on by itself within a minute", timeout=PATIENCE)
    settings.THROTTLE_USER = "1200/min"

    expect(told).to_be_hidden(timeout=PATIENCE)
    desk.press("Confirm")
    expect(desk.dialog.locator(".status")).to_have_text("Confirmed")


def test_a_board_that_cannot_be_loaded_loads_itself_later(
    open_page, clerk, practice, refusals, settings
):
    refusals.add(429)
    settings.THROTTLE_USER = "0/min"
    page = open_page(f"/board/?date={practice.day}", clerk)
    expect(page.locator("#connection")).to_contain_text("asked too much")
    settings.THROTTLE_USER = "1200/min"

    expect(page.locator(".ec-event", has_text="Robin Ray")).to_be_visible(
        timeout=PATIENCE
    )
