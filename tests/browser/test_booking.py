"""A caller asks, and is given an hour."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from clients.models import Client
from scheduling.models import Appointment, AppointmentStatus
from tests.factories.scheduling import AppointmentFactory
from tests.times import at

WEEK = timedelta(days=7)


def test_a_slot_is_found_kept_and_booked(desk, practice):
    desk.press("Find a slot")
    expect(desk.dialog.get_by_role("status")).to_contain_text("free slot")
    desk.has_no_barriers()
    form = desk.dialog
    form.get_by_label("Concern").select_option("Grief and loss")
    form.get_by_label("Where").select_option("Encino")
    form.get_by_label("From").fill(str(practice.day))
    expect(form.locator("h3").first).to_contain_text(
        f"{practice.day:%B} {practice.day.day}"
    )
    expect(form.locator(".slot .office").first).to_have_text("Encino")
    form.get_by_role("button", name=re.compile("11:00 . 11:50 AM")).first.click()

    expect(form).to_contain_text("New appointment")
    desk.press("Keep it for now")
    expect(form).to_contain_text(re.compile(r"Kept for the caller: \d+:\d\d left"))
    desk.has_no_barriers()
    held = Appointment.objects.get(status=AppointmentStatus.HELD)
    form.get_by_label("Client", exact=True).fill("ray")
    form.get_by_role("option", name=re.compile("Robin Ray")).click()
    desk.press("Book")

    expect(desk.notes).to_contain_text("Booked")
    expect(desk.card("Robin Ray")).to_have_count(2)
    held.refresh_from_db()
    assert (held.status, held.starts_at, held.therapist, held.office) == (
        AppointmentStatus.SCHEDULED,
        at(practice.day, "11:00"),
        practice.ben,
        practice.encino,
    )


def test_a_search_without_a_result_says_why(desk, practice):
    desk.press("Find a slot")
    desk.dialog.get_by_text("After five").click()

    expect(desk.dialog).to_contain_text("Nothing is free.")
    expect(desk.dialog).to_contain_text("3 therapists")
    desk.has_no_barriers()


def test_a_free_place_is_booked_for_somebody_new(desk, practice):
    Client.objects.filter(pk=practice.kim.pk).update(born_on="1988-02-01")
    desk.click_free("Blue", "Venice", 10)

    dialog = desk.dialog
    expect(dialog.get_by_label("Therapist")).to_have_value(str(practice.ada.pk))
    dialog.get_by_label("Client", exact=True).fill("Kim Sato-Lee")
    desk.press("New client")
    desk.has_no_barriers()
    dialog.get_by_label("Last name").first.fill("Sato")
    dialog.get_by_label("Date of birth").fill("1988-02-01")
    dialog.get_by_label("Phone").first.fill("(310) 555-0177")
    desk.press("Register")
    expect(dialog).to_contain_text("Perhaps this is somebody you know already")
    dialog.get_by_role("button", name=re.compile("Take Kim Sato")).click()
    desk.press("Book")

    expect(desk.notes).to_contain_text("Booked")
    booked = Appointment.objects.latest("created_at")
    assert (booked.starts_at, booked.room, booked.therapist) == (
        at(practice.day, "13:00"),
        practice.blue,
        practice.ada,
    )
    assert list(booked.clients.all()) == [practice.kim]


def test_a_series_is_looked_at_before_it_is_booked(desk, practice):
    AppointmentFactory.create(
        therapist=practice.cleo, starts_at=at(practice.day, "11:30") + WEEK
    )
    desk.click_free("Green", "Venice", 5)
    dialog = desk.dialog
    dialog.get_by_label("Client", exact=True).fill("ray")
    dialog.get_by_role("option", name=re.compile("Robin Ray")).click()
    dialog.get_by_label("Time").fill("15:00")
    dialog.get_by_label("Repeat").select_option("Every week")
    dialog.get_by_label("Sessions", exact=True).fill("3")
    desk.press("Look at the dates")

    expect(dialog).to_contain_text("All 3 dates are free.")
    desk.press("Back")
    dialog.get_by_label("Time").fill("11:30")
    dialog.get_by_label("Therapist").select_option("Cleo Park")
    desk.press("Look at the dates")
    expect(dialog).to_contain_text("2 of 3 dates are free")
    expect(dialog).to_contain_text("The therapist has another session then.")
    desk.has_no_barriers()
    desk.press("Book the 2 that can be")

    expect(desk.notes).to_contain_text("Booked: 2 sessions")
    assert Appointment.objects.filter(series__isnull=False).count() == 2


def test_everything_that_books_is_done_by_keyboard(desk, practice):
    keys = desk.page.keyboard
    keys.press("f")
    expect(desk.dialog).to_contain_text("Find a slot")
    expect(desk.dialog.get_by_role("status")).to_contain_text("free slot")
    desk.dialog.get_by_label("From").focus()
    keys.type(f"{practice.day:%m%d%Y}")
    expect(desk.dialog.locator(".results[aria-busy]")).to_have_count(0)
    first = desk.dialog.locator(".slot").first
    expect(first).to_contain_text("9:00")
    first.focus()
    keys.press("Enter")
    expect(desk.dialog).to_contain_text("New appointment")
    expect(desk.dialog.get_by_label("Client", exact=True)).to_be_focused()
    keys.type("kim")
    expect(desk.dialog.locator(".found li")).to_have_count(1)
    keys.press("Enter")
    expect(desk.dialog.get_by_label("Clients chosen")).to_contain_text("Kim Sato")
    desk.dialog.get_by_role("button", name="Book", exact=True).focus()
    keys.press("Enter")
    expect(desk.notes).to_contain_text("Booked")

    expect(desk.card("Kim Sato")).to_have_count(2)
    desk.card("Robin Ray").focus()
    keys.press("ArrowLeft")
    expect(desk.page.locator(".ec-event:focus")).to_contain_text("Kim Sato")
    keys.press("Enter")

    expect(desk.dialog).to_contain_text("Kim Sato")


def test_a_hold_is_let_go_of(desk, practice):
    desk.click_free("Green", "Venice", 5)
    desk.press("Keep it for now")
    desk.press("Close")
    desk.open("No client yet")
    expect(desk.dialog).to_contain_text("Kept for the caller")
    desk.press("Let go of it")

    desk.press("Close")
    expect(desk.card("No client yet")).to_have_count(0)
    assert Appointment.objects.filter(status=AppointmentStatus.RELEASED).count() == 1
