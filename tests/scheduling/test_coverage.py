from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from config.errors import Malformed, Stale
from locations.models import Closure, Room
from scheduling import booking, coverage, placement
from scheduling.locking import lock_calendars
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    AvailabilityRule,
    Mode,
    TimeOff,
)
from scheduling.orders import Order
from scheduling.placement import RulesForbid, SlotTaken
from scheduling.transitions import InvalidTransition
from scheduling.uncovered import Cause, Scope
from tests.factories.clients import ClientFactory
from tests.factories.locations import ClosureFactory, RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    SessionTypeFactory,
    TherapistFactory,
)
from tests.scheduling.test_booking_races import at_once
from tests.threads import wait_until_done_or_blocked
from tests.times import MONDAY, MONDAY_9AM, MONDAY_10AM, NEXT_MONDAY, NOW, TUESDAY, at

pytestmark = pytest.mark.django_db

ROUNDS = 5


@pytest.fixture
def session():
    """Monday at nine, in the office's only room, within the therapist's hours."""
    hours = AvailabilityRuleFactory.create()
    return AppointmentFactory.create(
        therapist=hours.therapist, room=hours.office.rooms.get()
    )


def all_monday(therapist):
    return TimeOff(
        therapist=therapist,
        starts_at=at(MONDAY, "00:00"),
        ends_at=at(TUESDAY, "00:00"),
    )


def run_into(time_off):
    return [each.appointment for each in coverage.take_off(time_off, now=NOW)]


def causes(found):
    return [(each.appointment, list(each.causes)) for each in found]


@pytest.mark.parametrize(
    ("start", "end", "is_met"),
    [
        ("08:00", "09:00", False),
        ("08:00", "09:01", True),
        ("09:10", "09:20", True),
        ("09:49", "12:00", True),
        ("09:50", "12:00", False),
    ],
)
def test_time_off_uncovers_what_it_overlaps(session, start, end, is_met):
    time_off = TimeOff(
        therapist=session.therapist,
        starts_at=at(MONDAY, start),
        ends_at=at(MONDAY, end),
    )

    assert run_into(time_off) == [session] * is_met


@pytest.mark.parametrize("status", AppointmentStatus)
def test_time_off_uncovers_only_sessions_that_are_still_to_be_held(status):
    cancelled_at = NOW if "cancelled" in status else None
    held = status == AppointmentStatus.HELD
    session = AppointmentFactory.create(
        status=status,
        cancelled_at=cancelled_at,
        hold_expires_at=NOW + timedelta(minutes=5) if held else None,
    )

    found = run_into(all_monday(session.therapist))

    is_met = status in {"scheduled", "confirmed", "checked_in"}
    assert found == [session] * is_met


def test_time_off_uncovers_nothing_that_has_begun_or_is_another_therapists(session):
    begun = AppointmentFactory.create(
        therapist=session.therapist, starts_at=at(MONDAY, "07:30")
    )
    AppointmentFactory.create(room=begun.room, office=begun.office)

    assert run_into(all_monday(session.therapist)) == [session]


def test_take_off_cancels_nothing(session):
    time_off = all_monday(session.therapist)

    found = coverage.take_off(time_off, now=NOW)

    session.refresh_from_db()
    assert causes(found) == [(session, [Cause.TIME_OFF])]
    assert TimeOff.objects.get() == time_off
    assert (session.status, session.version) == (AppointmentStatus.SCHEDULED, 1)


@pytest.mark.parametrize(("is_for_all", "count"), [(True, 2), (False, 1)])
def test_close_tells_the_sessions_of_the_office_or_of_all(session, is_for_all, count):
    other = AppointmentFactory.create()
    office = None if is_for_all else session.office
    closure = Closure(office=office, starts_at=MONDAY_9AM, ends_at=MONDAY_10AM)

    found = coverage.close(closure, now=NOW)

    told = [each.appointment for each in found]
    assert told == [session, other][:count]
    assert all(Cause.OFFICE_CLOSED in each.causes for each in found)
    assert Closure.objects.get() == closure


def test_change_tells_only_what_it_uncovers_itself(session):
    outside = AppointmentFactory.create(
        therapist=session.therapist, room=session.room, starts_at=at(TUESDAY, "09:00")
    )
    rules = AvailabilityRule.objects.filter(therapist=session.therapist)

    found = coverage.change(
        rules.delete, Scope(therapists=[session.therapist_id]), now=NOW
    )

    assert causes(found) == [(session, [Cause.OUTSIDE_HOURS])]
    assert Appointment.objects.filter(status=AppointmentStatus.SCHEDULED).count() == 2
    assert outside.starts_at > session.starts_at


def test_therapist_who_leaves_uncovers_all_sessions_to_come_in_order(session):
    later = AppointmentFactory.create(
        therapist=session.therapist,
        room=session.room,
        starts_at=at(NEXT_MONDAY, "09:00"),
    )
    therapist = session.therapist
    therapist.is_active = False

    found = coverage.change(therapist.save, Scope(therapists=[therapist.pk]), now=NOW)

    assert causes(found) == [
        (session, [Cause.THERAPIST_INACTIVE]),
        (later, [Cause.THERAPIST_INACTIVE]),
    ]


def test_session_cannot_move_into_a_room_that_was_given_up_meanwhile(session):
    seen = RoomFactory.create(office=session.office)
    Room.objects.filter(pk=seen.pk).update(is_active=False)

    with pytest.raises(SlotTaken):
        booking.amend(session, room=seen, version=1)

    session.refresh_from_db()
    assert (session.room.pk == seen.pk, session.version) == (False, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_change_needs_the_same_queries_for_any_number_of_sessions(
    session, django_assert_num_queries, count
):
    other = AvailabilityRuleFactory.create(office=session.office).therapist
    for week in range(1, count):
        AppointmentFactory.create(
            therapist=session.therapist,
            room=session.room,
            starts_at=session.starts_at + timedelta(weeks=week),
        )
    therapist = session.therapist
    therapist.is_active = False

    with django_assert_num_queries(16):
        found = coverage.change(
            therapist.save, Scope(therapists=[therapist.pk]), now=NOW
        )

    assert [each.candidates for each in found] == [[other]] * count


def test_keep_overrides_what_stands_against_a_session_and_says_why(session):
    coverage.take_off(all_monday(session.therapist), now=NOW)

    kept = coverage.keep(session, reason="They come in for it", version=1, now=NOW)

    session.refresh_from_db()
    assert (kept.overridden, kept.version) == (["time_off"], 2)
    assert (session.overridden, session.override_reason, session.facts_version) == (
        ["time_off"],
        "They come in for it",
        1,
    )
    assert coverage.prospects(session, now=NOW).causes == ()


def test_keep_adds_to_what_was_overridden_before():
    session = AppointmentFactory.create(
        overridden=["outside_hours"], override_reason="As agreed"
    )
    ClosureFactory.create(office=session.office)

    kept = coverage.keep(session, reason="The key is here", version=1, now=NOW)

    assert kept.overridden == ["outside_hours", "office_closed"]
    assert kept.override_reason == "As agreed\nThe key is here"
    with pytest.raises(coverage.NotUncovered):
        coverage.keep(kept, reason="Twice", version=2, now=NOW)


def test_keep_does_not_cut_a_reason():
    session = AppointmentFactory.create(
        overridden=["time_off"], override_reason="x" * 300
    )

    with pytest.raises(Malformed):
        coverage.keep(session, reason="y" * 200, version=1, now=NOW)

    session.refresh_from_db()
    assert (session.overridden, session.version) == (["time_off"], 1)


def test_keep_refuses_what_is_covered_stale_or_called_off(session):
    uncovered = AppointmentFactory.create()
    called_off = AppointmentFactory.create(cancelled=True)

    with pytest.raises(coverage.NotUncovered):
        coverage.keep(session, reason="No need", version=1, now=NOW)
    with pytest.raises(Stale):
        coverage.keep(uncovered, reason="Too late", version=2, now=NOW)
    with pytest.raises(InvalidTransition):
        coverage.keep(called_off, reason="Gone", version=1, now=NOW)

    assert not Appointment.objects.exclude(overridden=[]).exists()


def test_session_booked_after_the_time_off_is_refused_for_it(session):
    coverage.take_off(all_monday(session.therapist), now=NOW)
    AvailabilityRuleFactory.create(therapist=session.therapist, office=session.office)

    with pytest.raises(placement.RulesForbid) as refusal:
        booking.book(
            Order(
                therapist=session.therapist,
                clients=[ClientFactory.create()],
                session_type=session.session_type,
                office=session.office,
                mode=Mode.IN_PERSON,
                starts_at=at(MONDAY, "11:00"),
            ),
            now=NOW,
        )

    assert [reason.code for reason in refusal.value.reasons] == ["time_off"]


def booked_or_refused(hours, client):
    try:
        return booking.book(
            Order(
                therapist=hours.therapist,
                clients=[client],
                session_type=SessionTypeFactory.create(),
                office=hours.office,
                mode=Mode.IN_PERSON,
                starts_at=MONDAY_9AM,
            ),
            now=NOW,
        )
    except (SlotTaken, RulesForbid):
        return None


def off(hours):
    return coverage.take_off(all_monday(hours.therapist), now=NOW)


def closed(hours):
    closure = Closure(
        office=hours.office, starts_at=MONDAY_9AM, ends_at=at(MONDAY, "12:00")
    )
    return coverage.close(closure, now=NOW)


def without_hours(hours):
    scope = Scope(therapists=[hours.therapist_id])
    return coverage.change(hours.delete, scope, now=NOW)


def without_office(hours):
    hours.office.is_active = False
    scope = Scope(offices=[hours.office_id])
    return coverage.change(hours.office.save, scope, now=NOW)


def without_room(hours):
    room = hours.office.rooms.get()
    room.is_active = False
    return coverage.change(room.save, Scope(rooms=[room.pk]), now=NOW)


def without_therapist(hours):
    hours.therapist.is_active = False
    scope = Scope(therapists=[hours.therapist_id])
    return coverage.change(hours.therapist.save, scope, now=NOW)


@pytest.mark.parametrize(
    "change",
    [off, closed, without_hours, without_office, without_room, without_therapist],
)
@pytest.mark.django_db(transaction=True)
def test_session_booked_while_the_books_change_is_told_or_refused(change):
    for _ in range(ROUNDS):
        hours, client = AvailabilityRuleFactory.create(), ClientFactory.create()
        SessionTypeFactory.create()
        told, booked = at_once(
            [
                lambda hours=hours: change(hours),
                lambda hours=hours, client=client: booked_or_refused(hours, client),
            ]
        )
        assert [each.appointment for each in told] == ([booked] if booked else [])


@pytest.mark.django_db(transaction=True)
def test_take_off_waits_for_a_booking_that_is_under_way_and_tells_it():
    therapist, room = TherapistFactory.create(), RoomFactory.create()

    def take_off():
        try:
            return coverage.take_off(all_monday(therapist), now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock_calendars(
                therapists=[therapist.pk], clients=[], rooms=Room.objects.none()
            )
            session = AppointmentFactory.create(therapist=therapist, room=room)
            taking = pool.submit(take_off)
            wait_until_done_or_blocked(taking)
        found = taking.result()

    assert [each.appointment for each in found] == [session]
