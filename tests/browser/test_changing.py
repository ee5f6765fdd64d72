"""An appointment is moved, called off, and how it went is written down."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from scheduling.models import Appointment, AppointmentStatus
from tests.factories.clients import ClientFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AppointmentSeriesFactory,
    MessageFactory,
    PracticePolicyFactory,
    ReminderPlanFactory,
    SessionTypeFactory,
    TimeOffFactory,
)
from tests.times import ZONE, at


def test_dropped_on_a_conflict_it_comes_back_and_says_why(desk, practice):
    before = desk.card("Robin Ray").bounding_box()
    AppointmentFactory.create(
        therapist=practice.ada, room=practice.green, starts_at=at(practice.day, "12:00")
    )

    desk.drag("Robin Ray", half_hours=4)
    expect(desk.dialog).to_contain_text("It stays where it was")
    expect(desk.dialog).to_contain_text("The therapist has another session then.")
    assert desk.dialog.locator(".override").count() == 0
    desk.has_no_barriers()
    assert desk.card("Robin Ray").bounding_box() == before
    offered = desk.dialog.locator(".alternatives button").first
    words = offered.inner_text()
    offered.click()

    expect(desk.notes).to_contain_text("Moved to")
    assert words.split(",")[0] in desk.notes.inner_text()
    practice.robins.refresh_from_db()
    assert (practice.robins.reschedules, practice.robins.version) == (1, 2)


def test_a_rule_is_set_aside_with_a_reason(desk, practice):
    desk.drag("Robin Ray", half_hours=-3)
    expect(desk.dialog).to_contain_text("The therapist does not work there then.")
    desk.dialog.get_by_label("You may set this rule aside. Why?").fill("Ada agreed")
    desk.press("Move it all the same")

    expect(desk.notes).to_contain_text("8:30 AM")
    practice.robins.refresh_from_db()
    assert (
        practice.robins.starts_at,
        practice.robins.overridden,
        practice.robins.override_reason,
    ) == (at(practice.day, "08:30"), ["outside_hours"], "Ada agreed")
    desk.open("Robin Ray")
    desk.dialog.get_by_text("What happened").click()
    happened = desk.dialog.locator(".timeline li", has_text="Moved")
    expect(happened).to_contain_text("against the rules: Ada agreed")


def test_a_drop_in_another_room_is_undone(desk, practice):
    desk.drag("Robin Ray", half_hours=2, to=("Green", "Venice"))
    expect(desk.notes).to_contain_text("Moved to")
    practice.robins.refresh_from_db()
    moved = practice.robins.starts_at, practice.robins.room
    desk.press("Undo")

    expect(desk.notes).to_contain_text("10:00 AM")
    practice.robins.refresh_from_db()
    assert moved == (at(practice.day, "11:00"), practice.green)
    assert (practice.robins.starts_at, practice.robins.room) == (
        at(practice.day, "10:00"),
        practice.blue,
    )


def test_a_drop_in_another_column_gives_it_to_another_therapist(open_desk, practice):
    desk = open_desk("&by=therapists")
    desk.drag("Robin Ray", to=("Cleo Park", "Venice"))

    expect(desk.notes).to_contain_text("with Cleo Park")
    practice.robins.refresh_from_db()
    assert practice.robins.therapist == practice.cleo


def test_the_form_moves_without_a_mouse(desk, practice):
    desk.card("Robin Ray").focus()
    desk.page.keyboard.press("Enter")
    desk.press("Move…")
    desk.has_no_barriers()
    desk.dialog.get_by_label("Time").fill("13:30")
    desk.dialog.get_by_label("Room").select_option("Green (for 3)")
    desk.press("Move")

    expect(desk.notes).to_contain_text("1:30 PM, Green, Venice")
    practice.robins.refresh_from_db()
    assert practice.robins.starts_at == at(practice.day, "13:30")


def test_a_stale_look_is_said_and_renewed(desk, practice):
    desk.open("Robin Ray")
    Appointment.objects.filter(pk=practice.robins.pk).update(version=2, note="new")
    desk.press("Confirm")

    expect(desk.dialog).to_contain_text("Somebody else has just changed this.")
    expect(desk.dialog.get_by_label("Note")).to_have_value("new")
    desk.press("Confirm")
    expect(desk.dialog).to_contain_text("Confirmed")


def test_somebody_arrives_and_the_session_is_done(open_desk, practice):
    soon = timezone.now() + timedelta(minutes=-5)
    today = AppointmentFactory.create(
        therapist=practice.ada,
        room=practice.blue,
        starts_at=soon,
        clients=[practice.robin],
    )
    desk = open_desk()
    desk.page.get_by_label("Go to date").fill(str(soon.astimezone(ZONE).date()))
    desk.open("Robin Ray")
    desk.has_no_barriers()
    desk.press("Check in")
    expect(desk.dialog.locator(".status")).to_have_text("Here")
    desk.dialog.get_by_label("Note").fill("Brought the form")
    desk.press("Save the note")
    expect(
        desk.dialog.get_by_role("button", name="Save the note", exact=True)
    ).to_be_hidden()
    desk.press("Done")
    expect(desk.dialog.locator(".status")).to_have_text("Done")
    desk.press("Take back")
    expect(desk.dialog.locator(".status")).to_have_text("Not confirmed")
    expect(desk.notes).to_contain_text("It counts as not confirmed")

    today.refresh_from_db()
    assert (today.status, today.note) == (
        AppointmentStatus.SCHEDULED,
        "Brought the form",
    )


def test_what_is_too_early_says_from_when_on_in_plain_words(desk, practice):
    desk.open("Robin Ray")
    desk.press("Done")

    day = f"{practice.day:%a} {practice.day:%b} {practice.day.day}"
    expect(desk.dialog.get_by_role("alert")).to_have_text(
        re.compile(f"It is too early: possible from {day}, 10:00.AM on.")
    )


@pytest.mark.parametrize("is_told", [True, False])
def test_a_move_tells_the_client_unless_somebody_says_not_to(desk, practice, is_told):
    reminded(practice)
    desk.open("Robin Ray")
    desk.press("Move…")
    tell = desk.dialog.get_by_label("Tell the client")
    expect(tell).to_be_checked()
    tell.set_checked(is_told)
    desk.dialog.get_by_label("Time").fill("13:30")
    desk.press("Move")
    expect(desk.notes).to_contain_text("1:30 PM")

    told = desk.notes.inner_text()
    assert ("The client is not told." in told) is not is_told
    assert practice.robins.messages.filter(kind="moved").exists() is is_told


def test_what_was_moved_without_a_word_is_moved_back_without_one(desk, practice):
    reminded(practice)
    desk.open("Robin Ray")
    desk.press("Move…")
    desk.dialog.get_by_label("Tell the client").uncheck()
    desk.dialog.get_by_label("Time").fill("13:30")
    desk.press("Move")
    desk.press("Undo")
    expect(desk.notes).to_contain_text("10:00 AM")

    assert not practice.robins.messages.filter(kind="moved").exists()


def test_a_drop_tells_the_client(desk, practice):
    reminded(practice)
    desk.drag("Robin Ray", half_hours=2)
    expect(desk.notes).to_contain_text("Moved to")

    assert practice.robins.messages.filter(kind="moved").exists()


@pytest.mark.parametrize("is_told", [True, False])
def test_a_cancellation_tells_the_client_unless_it_is_said_not_to(
    desk, practice, is_told
):
    reminded(practice)
    desk.open("Robin Ray")
    desk.press("Cancel…")
    desk.dialog.get_by_label("Tell the client").set_checked(is_told)
    desk.press("Cancel the appointment")
    expect(desk.notes).to_contain_text("Cancelled: Robin Ray")

    assert practice.robins.messages.filter(kind="cancelled").exists() is is_told


def reminded(practice):
    """Whoever was told of a session hears of its changes."""
    PracticePolicyFactory.create()
    ReminderPlanFactory.create()
    MessageFactory.create(
        appointment=practice.robins,
        kind="booked",
        state="sent",
        channel="email",
        before_start_minutes=0,
        sent_at=timezone.now(),
        due_at=timezone.now(),
    )


def test_a_late_cancellation_waives_its_fee_with_a_reason(desk, practice):
    Appointment.objects.update(late_cancel_at=timezone.now() - timedelta(minutes=1))
    desk.open("Robin Ray")
    desk.press("Cancel…")
    expect(desk.dialog).to_contain_text("This is late")
    desk.has_no_barriers()
    desk.dialog.get_by_text("Waive the fee").click()
    desk.dialog.get_by_label("Why is it waived?").fill("In hospital")
    desk.press("Cancel the appointment")

    expect(desk.notes).to_contain_text("Cancelled: Robin Ray")
    expect(desk.card("Robin Ray")).to_have_count(0)
    practice.robins.refresh_from_db()
    assert (practice.robins.status, practice.robins.fee_waived_reason) == (
        AppointmentStatus.LATE_CANCELLED,
        "In hospital",
    )
    desk.page.get_by_label("Cancelled", exact=True).check()
    expect(desk.card("Robin Ray")).to_contain_text("Off, late")


def test_by_touch_a_card_is_opened_and_buttons_are_large(open_desk, practice):
    desk = open_desk(viewport={"width": 820, "height": 1180}, has_touch=True)
    desk.card("Robin Ray").tap()
    expect(desk.dialog).to_contain_text("Robin Ray")
    desk.has_no_barriers()

    small = desk.page.locator("button:visible, select:visible").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().height < 40)"
        ".map(one => one.innerText)"
    )

    assert small == []


def test_a_session_that_is_not_covered_is_given_to_somebody_else(desk, practice):
    TimeOffFactory.create(
        therapist=practice.ada,
        starts_at=at(practice.day, "09:00"),
        ends_at=at(practice.day, "17:00"),
    )
    desk.open("Robin Ray")
    expect(desk.dialog).to_contain_text("Not covered any more.")
    desk.has_no_barriers()
    desk.press("Give it to Cleo Park")

    expect(desk.dialog.locator(".facts")).to_contain_text("Cleo Park")
    expect(desk.dialog).not_to_contain_text("Not covered any more.")
    practice.robins.refresh_from_db()
    assert practice.robins.therapist == practice.cleo


def test_it_is_said_that_nobody_else_is_free_for_a_session(desk, practice):
    TimeOffFactory.create(
        therapist=practice.ben,
        starts_at=at(practice.day, "09:00"),
        ends_at=at(practice.day, "17:00"),
    )
    desk.open("Kim Sato")

    expect(desk.dialog).to_contain_text("Not covered any more.")
    expect(desk.dialog).to_contain_text("Nobody else is free for it.")


def test_of_a_couple_one_comes_alone(desk, practice):
    couple = SessionTypeFactory.create(group=True)
    practice.cleo.session_types.add(couple)
    session = AppointmentFactory.create(
        therapist=practice.cleo,
        room=practice.blue,
        session_type=couple,
        starts_at=at(practice.day, "11:00"),
        clients=[
            ClientFactory.create(first_name=name, last_name="Wu")
            for name in ("Max", "Ida")
        ],
    )
    desk.page.reload()
    desk.is_ready()
    desk.open("Ida Wu")
    desk.press("Clients…")
    desk.press("Does not come… (Ida Wu)")
    desk.press("Ida Wu does not come")
    expect(desk.dialog.locator(".members")).to_contain_text("Ida Wu cancelled")
    desk.has_no_barriers()
    desk.dialog.get_by_label("Client", exact=True).fill("kim")
    desk.dialog.get_by_role("option", name=re.compile("Kim Sato")).click()
    expect(desk.dialog.locator(".members")).to_contain_text("Kim Sato expected")

    assert {
        each.client.first_name: each.status for each in session.attendances.all()
    } == {"Max": "expected", "Ida": "cancelled", "Kim": "expected"}


def test_the_rest_of_a_series_is_moved_and_then_ended(desk, practice):
    series = AppointmentSeriesFactory.create(
        therapist=practice.cleo, office=practice.venice
    )
    for week in range(3):
        day = practice.day + timedelta(weeks=week)
        AppointmentFactory.create(
            therapist=practice.cleo,
            room=practice.blue,
            starts_at=at(day, "11:00"),
            clients=[practice.kim],
            series=series,
            occurs_on=day,
        )
    desk.page.get_by_label("Go to date").fill(str(practice.day + timedelta(weeks=1)))
    desk.open("Kim Sato")
    desk.press("Series…")
    desk.has_no_barriers()
    desk.dialog.get_by_label("Time", exact=True).fill("15:30")
    desk.press("Go on")
    expect(desk.dialog).to_contain_text("All 2 dates are free.")
    desk.press("Move all 2")
    expect(desk.notes).to_contain_text("Moved: 2 sessions, the first now")
    expect(desk.notes).to_contain_text("3:30 PM")

    desk.open("Kim Sato")
    desk.press("Series…")
    desk.dialog.get_by_text("are cancelled").click()
    desk.press("Go on")
    expect(desk.notes).to_contain_text("Cancelled: 2 sessions")

    assert [
        (f"{each.starts_at.astimezone(ZONE):%H:%M}", each.status)
        for each in series.occurrences.order_by("starts_at")
    ] == [("11:00", "scheduled"), ("15:30", "cancelled"), ("15:30", "cancelled")]


def test_a_fee_that_is_due_is_waived_later(desk, practice):
    Appointment.objects.update(late_cancel_at=timezone.now() - timedelta(minutes=1))
    desk.open("Robin Ray")
    desk.press("Cancel…")
    desk.press("Cancel the appointment")
    desk.page.get_by_label("Cancelled", exact=True).check()
    desk.open("Robin Ray")
    expect(desk.dialog).to_contain_text("Fee due")
    desk.press("Clients…")
    desk.press("Waive the fee… (Robin Ray)")
    desk.dialog.last.get_by_label("Why?").fill("Emergency")
    desk.dialog.last.get_by_role("button", name="Waive the fee", exact=True).click()

    expect(desk.dialog.locator(".members")).to_contain_text("Fee waived, Emergency")
    assert practice.robins.attendances.get().fee == "waived"
