"""A card is put back where it was, or nothing happened to it at all."""

from playwright.sync_api import expect

from scheduling.models import Appointment, AppointmentStatus, SessionType
from tests.factories.clients import ClientFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    TherapistFactory,
)
from tests.times import at


def test_a_call_from_elsewhere_that_was_dropped_on_a_room_is_put_back(desk, practice):
    dee = TherapistFactory.create(
        display_name="Dee Wood",
        offices=[practice.venice],
        session_types=list(SessionType.objects.all()),
    )
    AvailabilityRuleFactory.create(
        therapist=dee, office=None, mode="telehealth", end_minute=12 * 60
    )
    AvailabilityRuleFactory.create(
        therapist=dee, office=practice.venice, start_minute=12 * 60
    )
    call = AppointmentFactory.create(
        therapist=dee,
        office=None,
        telehealth=True,
        starts_at=at(practice.day, "10:00"),
        clients=[lou()],
    )
    desk.page.reload()
    desk.is_ready()
    desk.drag("Lou Fox", half_hours=6, to=("Blue", "Venice"))
    expect(desk.notes).to_contain_text("Blue, Venice, with Dee Wood")
    desk.press("Undo")

    expect(desk.notes).to_contain_text("10:00 AM, by video")
    call.refresh_from_db()
    assert (call.office, call.room, call.mode) == (None, None, "telehealth")


def test_what_an_undo_does_not_bring_back_is_said(desk, practice):
    desk.drag("Kim Sato", half_hours=2)
    expect(desk.notes).to_contain_text("Undo does not bring that back.")
    desk.press("Undo")
    expect(desk.notes).to_contain_text("10:00 AM")
    practice.kims.refresh_from_db()

    assert practice.kims.status == AppointmentStatus.SCHEDULED


def test_a_call_that_is_dropped_on_the_other_call_stays_as_it_is(desk, practice):
    call = AppointmentFactory.create(
        therapist=practice.ada,
        office=practice.venice,
        telehealth=True,
        starts_at=at(practice.day, "14:00"),
        clients=[lou()],
        status=AppointmentStatus.CONFIRMED,
    )
    desk.page.reload()
    desk.is_ready()
    before = desk.card("Lou Fox").bounding_box()
    other = desk.card("Sam Cho").bounding_box()
    mouse, y = desk.page.mouse, before["y"] + 8
    mouse.move(before["x"] + 15, y)
    mouse.down()
    mouse.move(before["x"] + 19, y + 2, steps=2)
    mouse.move(other["x"] + 15, y, steps=6)
    mouse.up()
    desk.drag("Robin Ray", half_hours=2)
    expect(desk.notes).to_contain_text("with Ada Lima")

    assert desk.notes.locator(".note").count() == 1
    assert desk.card("Lou Fox").bounding_box() == before
    now = Appointment.objects.get(pk=call.pk)
    assert (now.status, now.version) == (AppointmentStatus.CONFIRMED, 1)


def lou():
    return ClientFactory.create(first_name="Lou", last_name="Fox")
