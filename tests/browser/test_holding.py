"""What is kept for a caller ends when it is said to, and in nothing else's place."""

import re
from datetime import timedelta

from django.db.models.functions import Now
from playwright.sync_api import expect

from config.roles import Role
from scheduling import holds
from scheduling.models import Appointment, AppointmentStatus
from tests.browser.test_keeping import KEPT, choose, held, keep
from tests.factories.config import UserFactory
from tests.factories.scheduling import AppointmentFactory, PracticePolicyFactory
from tests.times import ZONE, at


def test_an_alternative_takes_the_place_of_what_was_kept(desk, practice):
    """Robin turns out to have another session at the hour that is kept."""
    AppointmentFactory.create(
        therapist=practice.ben,
        office=practice.encino,
        telehealth=True,
        starts_at=at(practice.day, "11:00"),
        clients=[practice.robin],
    )
    keep(desk)
    kept = held()
    choose(desk, "Robin Ray")
    desk.press("Book")
    desk.dialog.locator(".alternatives button").first.click()
    expect(desk.dialog.get_by_label("Time")).to_be_enabled()
    expect(desk.dialog).not_to_contain_text("Kept for the caller")
    shown = desk.dialog.get_by_label("Time").input_value()
    desk.press("Book")
    expect(desk.notes).to_contain_text("Booked")

    kept.refresh_from_db()
    booked = Appointment.objects.filter(clients=practice.robin).latest("created_at")
    assert kept.status == AppointmentStatus.RELEASED
    assert f"{booked.starts_at.astimezone(ZONE):%H:%M}" == shown


def test_a_countdown_that_is_over_leaves_the_next_one_alone(desk, practice):
    PracticePolicyFactory.create(hold_minutes=5)
    desk.page.clock.install()
    keep(desk)
    choose(desk, "Robin Ray")
    desk.page.clock.run_for(240_000)
    Appointment.objects.filter(status=AppointmentStatus.HELD).update(
        hold_expires_at=Now() - timedelta(seconds=1)
    )
    desk.press("Book")
    expect(desk.dialog).to_contain_text("This hold is over.")
    desk.press("Keep it for now")
    expect(desk.dialog).to_contain_text(KEPT)
    desk.page.clock.run_for(90_000)

    expect(desk.dialog).to_contain_text(KEPT)
    expect(desk.dialog).not_to_contain_text("not kept any longer")


def test_a_release_that_fails_is_told_and_the_countdown_goes_on(desk, practice):
    desk.page.clock.install()
    keep(desk)
    body = '{"status": 409, "code": "conflict", "detail": "It has been booked."}'
    desk.page.route(
        "**/api/v1/holds/*/",
        lambda route: route.fulfill(
            status=409, content_type="application/problem+json", body=body
        ),
    )
    desk.press("Let go of it")
    expect(desk.dialog.get_by_role("alert")).to_have_text("It has been booked.")
    before = desk.dialog.locator(".clock").inner_text()
    desk.page.clock.run_for(5_000)

    expect(desk.dialog.locator(".clock")).to_have_text(re.compile(r"\d:\d\d"))
    assert desk.dialog.locator(".clock").inner_text() != before


def test_the_keeper_hears_soon_that_a_colleague_let_go_of_it(desk, practice, open_desk):
    keep(desk)
    choose(desk, "Robin Ray")
    other = open_desk(user=UserFactory.create(username="dana", role=Role.FRONT_DESK))
    other.open("No client yet")
    other.press("Let go of it")
    other.press("It is not yours: let go of it all the same")
    expect(other.dialog).not_to_contain_text("keeps it")

    told = desk.dialog.get_by_role("alert")
    expect(told).to_contain_text("Somebody else has let go of it")
    expect(desk.dialog).not_to_contain_text("Kept for the caller")
    expect(desk.dialog.get_by_label("Clients chosen")).to_contain_text("Robin Ray")
    expect(desk.dialog.get_by_label("Time")).to_be_enabled()
    desk.has_no_barriers()
    desk.press("Book")
    expect(desk.notes).to_contain_text("Booked")
    booked = Appointment.objects.filter(clients=practice.robin).latest("created_at")
    assert booked.starts_at == at(practice.day, "11:00")


def test_the_keeper_hears_soon_that_a_colleague_booked_it(desk, practice, open_desk):
    keep(desk)
    other = open_desk(user=UserFactory.create(username="dana", role=Role.FRONT_DESK))
    other.open("No client yet")
    choose(other, "Kim Sato")
    other.press("Book")
    expect(other.notes).to_contain_text("Booked")

    told = desk.dialog.get_by_role("alert")
    expect(told).to_contain_text("Somebody else has booked what was kept here.")
    expect(desk.dialog).not_to_contain_text("Kept for the caller")


def test_what_is_kept_on_another_day_is_watched_as_well(desk, practice):
    """The board shows the next day by the time that somebody lets go of it."""
    keep(desk)
    kept = held()
    desk.press("Close")
    desk.open("No client yet")
    expect(desk.dialog).to_contain_text(KEPT)
    desk.page.evaluate("document.getElementById('next').click()")
    day = practice.day + timedelta(days=1)
    expect(desk.page.locator("#title")).to_contain_text(f"{day:%A}")
    with desk.page.expect_response(f"**/api/v1/appointments/{kept.pk}/"):
        pass  # it is asked for, and kept still
    expect(desk.dialog).to_contain_text(KEPT)
    holds.let_go(kept)

    told = desk.dialog.get_by_role("alert")
    expect(told).to_contain_text("Somebody else has let go of it")
