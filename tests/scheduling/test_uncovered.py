"""What is uncovered, by a statement and by the rules that booking asks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling import orders, placement, uncovered
from scheduling.engine.rules import Code
from scheduling.models import Appointment, AppointmentStatus
from scheduling.uncovered import Cause, Scope
from tests.factories.clients import ClientFactory
from tests.factories.locations import ClosureFactory, OfficeFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityOverrideFactory,
    AvailabilityRuleFactory,
    TherapistFactory,
    TimeOffFactory,
)
from tests.times import MONDAY_9AM, NOW, TUESDAY, at

pytestmark = pytest.mark.django_db

EVERYTHING = Scope()
BOOKS = {Code.TIME_OFF, Code.OFFICE_CLOSED, Code.OUTSIDE_HOURS}
# The clocks change in Los Angeles, then in Berlin, and back; in between they do not.
MOMENTS = [
    datetime(2027, 3, 14, 10, tzinfo=UTC),
    datetime(2027, 3, 28, 1, tzinfo=UTC),
    datetime(2027, 1, 20, 12, tzinfo=UTC),
    datetime(2027, 6, 9, 12, tzinfo=UTC),
    datetime(2027, 10, 31, 1, tzinfo=UTC),
    datetime(2027, 11, 7, 9, tzinfo=UTC),
]


@pytest.fixture
def session():
    """Monday at nine, in the office's only room, within the therapist's hours."""
    hours = AvailabilityRuleFactory.create()
    return AppointmentFactory.create(
        therapist=hours.therapist, room=hours.office.rooms.get()
    )


def found(scope=EVERYTHING, **options):
    rows = uncovered.find(scope, now=NOW, **options)
    return [(each.appointment, list(each.causes)) for each in rows]


def test_session_within_its_hours_is_covered(session):
    assert found() == []


def test_every_cause_is_told():
    session = AppointmentFactory.create()
    session.therapist.offices.clear()
    TimeOffFactory.create(therapist=session.therapist)
    ClosureFactory.create(office=None)
    for row in (session.therapist, session.room):
        row.is_active = False
        row.save(update_fields=["is_active"])

    assert found() == [
        (
            session,
            [
                Cause.TIME_OFF,
                Cause.OFFICE_CLOSED,
                Cause.OUTSIDE_HOURS,
                Cause.THERAPIST_INACTIVE,
                Cause.NOT_AT_OFFICE,
                Cause.ROOM_INACTIVE,
            ],
        )
    ]


def test_office_that_is_closed_for_good_uncovers_its_sessions(session):
    session.office.is_active = False
    session.office.save(update_fields=["is_active"])

    assert found() == [(session, [Cause.OFFICE_INACTIVE])]


def test_what_somebody_has_overridden_uncovers_nothing():
    AppointmentFactory.create(overridden=["outside_hours"], override_reason="Agreed")
    elsewhere = AppointmentFactory.create(
        overridden=["outside_hours", "not_offered"], override_reason="Agreed"
    )
    elsewhere.therapist.offices.clear()
    TimeOffFactory.create(therapist=elsewhere.therapist)

    assert found() == [(elsewhere, [Cause.TIME_OFF])]


def test_who_was_booked_where_they_do_not_work_is_uncovered_when_they_leave(session):
    session.overridden, session.override_reason = ["not_offered"], "Agreed"
    session.save(update_fields=["overridden", "override_reason"])
    session.therapist.is_active = False
    session.therapist.save(update_fields=["is_active"])

    assert found() == [(session, [Cause.THERAPIST_INACTIVE])]


@pytest.mark.parametrize("status", AppointmentStatus)
def test_only_sessions_that_are_still_to_be_held_are_uncovered(status):
    session = AppointmentFactory.create(
        status=status,
        cancelled_at=NOW if "cancelled" in status else None,
        hold_expires_at=NOW if status == AppointmentStatus.HELD else None,
    )

    is_met = status in {"scheduled", "confirmed", "checked_in"}
    assert found() == [(session, [Cause.OUTSIDE_HOURS])] * is_met


def test_nothing_that_has_begun_is_uncovered():
    session = AppointmentFactory.create(starts_at=NOW)

    assert uncovered.find(EVERYTHING, now=NOW) == []
    assert list(uncovered.causes(session, now=NOW)) == []


def test_hours_that_join_cover_a_session_together(session):
    rule = session.therapist.availability_rules.get()
    rule.end_minute = 9 * 60 + 30
    rule.save(update_fields=["end_minute"])
    AvailabilityOverrideFactory.create(
        therapist=session.therapist,
        office=session.office,
        date=session.starts_at.date(),
        start_minute=9 * 60 + 30,
        end_minute=10 * 60,
    )

    assert found() == []


def test_find_goes_on_behind_a_session_until_it_has_enough(session):
    rule = session.therapist.availability_rules.get()
    rule.end_minute = 9 * 60 + 30
    rule.save(update_fields=["end_minute"])
    AvailabilityRuleFactory.create(
        therapist=session.therapist,
        office=session.office,
        start_minute=9 * 60 + 30,
        end_minute=10 * 60,
    )
    later = [
        AppointmentFactory.create(
            therapist=session.therapist,
            room=session.room,
            starts_at=at(TUESDAY, start),
        )
        for start in ("09:00", "10:00", "11:00")
    ]

    first = uncovered.find(EVERYTHING, now=NOW, limit=1)
    position = first[0].appointment.starts_at, first[0].appointment.pk
    others = uncovered.find(EVERYTHING, now=NOW, after=position, limit=5)

    assert [each.appointment for each in first] == later[:1]
    assert [each.appointment for each in others] == later[1:]


def test_scope_narrows_by_what_and_by_when():
    one, other = AppointmentFactory.create_batch(2)

    assert [each for each, _ in found(Scope(offices=[other.office_id]))] == [other]
    assert [each for each, _ in found(Scope(rooms=[one.room_id]))] == [one]
    assert [each for each, _ in found(Scope(therapists=[one.therapist_id]))] == [one]
    assert found(Scope(start=one.ends_at, end=one.ends_at + timedelta(days=1))) == []
    assert found(Scope(start=NOW, end=MONDAY_9AM)) == []
    assert len(found(Scope(start=NOW, end=one.ends_at))) == 2


@pytest.mark.parametrize(
    ("starts_at", "start", "end"),
    [
        # The wall shows 01:00 for the second time; the hours ended at the first 01:50.
        (datetime(2027, 11, 7, 9, tzinfo=UTC), 0, 110),
        # From 01:30 to 03:20 on the wall, though it lasts fifty minutes.
        (datetime(2027, 3, 14, 9, 30, tzinfo=UTC), 60, 180),
    ],
)
def test_hours_that_a_change_of_the_clock_cuts_short_are_noticed(starts_at, start, end):
    hours = AvailabilityRuleFactory.create(
        weekday=6, start_minute=start, end_minute=end
    )
    session = AppointmentFactory.create(
        therapist=hours.therapist,
        room=hours.office.rooms.get(),
        starts_at=starts_at,
    )

    assert found() == [(session, [Cause.OUTSIDE_HOURS])]


def half_hours(first, last):
    """Windows of a day, the start in minutes and the end in half hours."""
    return st.integers(first, last).flatmap(
        lambda start: st.tuples(st.just(start * 30), st.integers(start + 1, 48))
    )


all_day = st.just((0, 48))
hours_of_day = all_day | all_day | all_day | half_hours(0, 6) | half_hours(0, 47)
near_or_far = st.integers(-110, 110) | st.integers(-3, 3)
seldom: st.SearchStrategy[list[object]] = st.just([])
rules = st.lists(
    st.tuples(
        st.integers(0, 6),
        hours_of_day,
        st.dates(date(2026, 12, 1), date(2027, 3, 1)),
        st.none() | st.dates(date(2027, 3, 1), date(2027, 12, 1)),
        st.integers(1, 4),
        st.sampled_from(["both", "telehealth", "in_person"]),
    ),
    min_size=1,
    max_size=4,
)
openings = seldom | st.lists(st.tuples(st.integers(-4, 4), hours_of_day), max_size=2)
spans = seldom | st.lists(st.tuples(near_or_far, st.integers(1, 30)), max_size=2)
starts = st.lists(near_or_far, min_size=1, max_size=6, unique=True)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    zone=st.sampled_from(["America/Los_Angeles", "Europe/Berlin", None]),
    moment=st.sampled_from(MOMENTS),
    half_past=st.booleans(),
    rules=rules,
    openings=openings,
    away=spans,
    closed=spans,
    starts=starts,
)
def test_the_statement_misses_nothing_that_booking_would_refuse(
    *, zone, moment, half_past, rules, openings, away, closed, starts
):
    """Each session is asked whether it could move to where it is."""
    with transaction.atomic():
        office = OfficeFactory.create(timezone=zone) if zone else None
        therapist = TherapistFactory.create(offices=[office] if office else [])
        place = {"therapist": therapist, "office": office}
        open_hours(place, moment, rules, openings)
        block(place, moment, away, closed)
        client = ClientFactory.create()
        for hour in starts:
            AppointmentFactory.create(
                therapist=therapist,
                office=office,
                telehealth=True,
                clients=[client],
                starts_at=moment + timedelta(hours=hour, minutes=30 * half_past),
            )

        told = {
            each.appointment.pk: {str(cause) for cause in each.causes}
            for each in uncovered.find(EVERYTHING, now=NOW)
        }
        expected = {
            session.pk: codes
            for session in Appointment.objects.all()
            if (codes := codes_against(session))
        }
        transaction.set_rollback(True)

    assert told == expected


def open_hours(place, moment, rules, openings):
    for weekday, (start, end), valid_from, valid_until, every_weeks, mode in rules:
        AvailabilityRuleFactory.create(
            **place,
            weekday=weekday,
            start_minute=start,
            end_minute=end * 30,
            valid_from=valid_from,
            valid_until=valid_until,
            every_weeks=every_weeks,
            mode=mode if place["office"] else "telehealth",
        )
    for day, (start, end) in openings:
        AvailabilityOverrideFactory.create(
            **place,
            date=moment.date() + timedelta(days=day),
            start_minute=start,
            end_minute=end * 30,
            mode="telehealth",
        )


def block(place, moment, away, closed):
    for hour, length in away:
        start = moment + timedelta(hours=hour)
        TimeOffFactory.create(
            therapist=place["therapist"],
            starts_at=start,
            ends_at=start + timedelta(hours=length),
        )
    for hour, length in closed:
        start = moment + timedelta(hours=hour)
        ClosureFactory.create(
            office=place["office"],
            starts_at=start,
            ends_at=start + timedelta(hours=length),
        )


def codes_against(session):
    order = orders.to_move(session, starts_at=session.starts_at)
    (verdict,) = placement.examine([order], [], NOW)
    return {str(code) for code in verdict.codes if code in BOOKS}
