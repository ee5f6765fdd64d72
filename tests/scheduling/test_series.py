"""Series: booked, extended, moved and called off together, or not at all.

The names in brackets are where others went wrong.
"""

import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config import transactions
from config.errors import Malformed, Stale
from scheduling import attendance, booking, occurrences, orders, progress, runs, series
from scheduling.engine.rules import Code
from scheduling.models import (
    Appointment,
    AppointmentSeries,
    Attendance,
    Message,
    Mode,
    Therapist,
)
from scheduling.occurrences import DatesForbidden, NothingBookable, OnConflict
from scheduling.orders import Order
from scheduling.placement import SlotTaken
from scheduling.runs import Change, Length, NoSuchRun, NothingFollows
from scheduling.series import SeriesChanged
from scheduling.transitions import InvalidTransition
from tests.factories.clients import ClientFactory
from tests.factories.locations import ClosureFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    PracticePolicyFactory,
    ReminderRuleFactory,
    SessionTypeFactory,
    TimeOffFactory,
)
from tests.scheduling.test_booking_races import at_once, overlaps
from tests.times import FRIDAY, MONDAY, MONDAY_9AM, NOW, ZONE, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def monday():
    """Hours on Mondays from nine to five."""
    return AvailabilityRuleFactory.create()


def week(number, time="09:00"):
    """That wall time on the Monday of a week, of which the first is number 1."""
    return at(MONDAY + timedelta(weeks=number - 1), time)


def first_order(hours, **changes):
    defaults = {
        "therapist": hours.therapist,
        "session_type": SessionTypeFactory.create(),
        "office": hours.office,
        "mode": Mode.IN_PERSON,
        "starts_at": MONDAY_9AM,
    }
    clients = changes.pop("clients", None) or [ClientFactory.create()]
    return Order(clients=clients, **defaults | changes)


def book(hours, count=4, *, every_weeks=1, on_conflict=OnConflict.REFUSE, **changes):
    """A series from Monday at nine on."""
    length = changes.pop("length", None) or Length(count=count)
    now = changes.pop("now", NOW)
    run = runs.run(first_order(hours, **changes), every_weeks, length)
    return series.book(run, every_weeks=every_weeks, on_conflict=on_conflict, now=now)


def following(row, since=MONDAY_9AM):
    return Appointment.objects.filter(series=row, starts_at__gte=since)


def reschedule(
    row, since=MONDAY_9AM, *, on_conflict=OnConflict.REFUSE, now=NOW, **change
):
    return series.reschedule(
        row,
        Change(**change),
        following=following(row, since),
        on_conflict=on_conflict,
        now=now,
    )


def cancel(row, since=MONDAY_9AM, **details):
    return series.cancel(
        row, following=following(row, since), **{"by": "client", "now": NOW} | details
    )


def taken(hours, number, time="09:00", **more):
    """Somebody else is with the therapist in that week."""
    return AppointmentFactory.create(
        therapist=hours.therapist,
        room=hours.office.rooms.get(),
        starts_at=week(number, time),
        **more,
    )


def starts(row):
    rows = row.occurrences.order_by("starts_at")
    return [f"{one.starts_at.astimezone(ZONE):%a %b %-d %H:%M}" for one in rows]


def states(row):
    return list(row.occurrences.order_by("starts_at").values_list("status", flat=True))


def everything():
    """All that a refused change must leave as it was."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (AppointmentSeries, Appointment, Attendance, Message)
    ]


def told(found):
    """Week by week, the codes of what stands against it."""
    return [list(one.codes) for one in found]


def test_book_makes_each_occurrence_an_appointment_of_its_own(monday):
    client = ClientFactory.create()

    row, found = book(monday, 3, clients=[client])

    assert starts(row) == ["Mon Jan 4 09:00", "Mon Jan 11 09:00", "Mon Jan 18 09:00"]
    assert (row.weekday, row.start_minute, row.every_weeks) == (0, 540, 1)
    first, second, third = row.occurrences.order_by("starts_at")
    assert [one.appointment for one in found] == [first, second, third]
    assert [one.occurs_on for one in (first, second)] == [
        MONDAY,
        MONDAY + timedelta(days=7),
    ]
    part = second.attendances.get()
    assert (part.client, part.starts_at, part.ends_at, part.occupies) == (
        client,
        second.starts_at,
        second.ends_at,
        True,
    )
    assert second.late_cancel_at == second.starts_at - timedelta(days=1)


@pytest.mark.parametrize(("every_weeks", "last"), [(2, "Mon Feb 1"), (26, "Mon Jan 3")])
def test_book_comes_back_every_so_many_weeks(monday, every_weeks, last):
    row, _ = book(monday, 3, every_weeks=every_weeks)

    assert starts(row)[-1] == f"{last} 09:00"


def test_book_is_bound_by_the_horizon_with_its_first_alone(monday):
    PracticePolicyFactory.create(booking_horizon_days=10)

    row, _ = book(monday, 6)

    assert row.occurrences.count() == 6


@pytest.mark.parametrize("on_conflict", list(OnConflict))
def test_book_beyond_the_horizon_is_refused_whole(monday, on_conflict):
    PracticePolicyFactory.create(booking_horizon_days=10)

    with pytest.raises((DatesForbidden, NothingBookable)) as refusal:
        book(monday, starts_at=week(4), on_conflict=on_conflict)

    assert told(refusal.value.occurrences) == [[Code.HORIZON]] * 4
    assert not Appointment.objects.exists()


def test_a_conflict_in_week_nine_is_reported(monday):
    """[cal#15997: only the first two dates were checked]"""
    taken(monday, 9)

    with pytest.raises(SlotTaken) as refusal:
        book(monday, 12)

    assert [
        number for number, one in enumerate(refusal.value.occurrences, 1) if not one.ok
    ] == [9]
    assert [reason.code for reason in refusal.value.reasons] == [
        "therapist_busy",
        "no_room",
    ]


def test_a_failure_leaves_no_row_and_no_message(monday):
    """[cal#10673: "could not book" was shown, but bookings made and mails sent]"""
    ReminderRuleFactory.create()
    taken(monday, 3)
    before = everything()

    with pytest.raises(SlotTaken):
        book(monday, 4)

    assert everything() == before


def test_a_refusal_by_rules_alone_is_no_conflict(monday):
    ClosureFactory.create(
        office=monday.office, starts_at=week(2, "00:00"), ends_at=week(2, "23:00")
    )

    with pytest.raises(DatesForbidden) as refusal:
        book(monday, 3)

    assert told(refusal.value.occurrences) == [[], [Code.OFFICE_CLOSED], []]


def test_skip_books_all_but_a_closed_day(monday):
    """[LB#1220: one closed day refused the whole series]"""
    ClosureFactory.create(
        office=None, starts_at=week(2, "00:00"), ends_at=week(2, "23:00")
    )

    row, found = book(monday, 4, on_conflict=OnConflict.SKIP)

    assert starts(row) == ["Mon Jan 4 09:00", "Mon Jan 18 09:00", "Mon Jan 25 09:00"]
    assert told(found) == [[], [Code.OFFICE_CLOSED], [], []]
    assert [one.alternatives for one in found] == [()] * 4
    assert [one.appointment is None for one in found] == [False, True, False, False]


def test_skip_with_nothing_left_is_a_conflict(monday):
    TimeOffFactory.create(
        therapist=monday.therapist, starts_at=week(1), ends_at=week(9)
    )

    with pytest.raises(NothingBookable) as refusal:
        book(monday, 3, on_conflict=OnConflict.SKIP)

    assert told(refusal.value.occurrences) == [[Code.TIME_OFF]] * 3
    assert not AppointmentSeries.objects.exists()


def test_an_override_holds_for_every_week(monday):
    row, _ = book(
        monday,
        3,
        starts_at=week(1, "18:00"),
        overrides=[Code.OUTSIDE_HOURS],
        override_reason="Agreed on the phone",
    )

    assert [one.overridden for one in row.occurrences.all()] == [["outside_hours"]] * 3


@contextmanager
def process_zone(name):
    """A process that lives in another time zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


@pytest.mark.parametrize("zone", ["UTC", "Asia/Dubai", "America/New_York"])
def test_the_wall_time_is_kept_through_both_changes_wherever_the_process_runs(
    monday, zone
):
    """[cal#29777: hours drifted, by the zone of the process]"""
    with process_zone(zone):
        row, _ = book(monday, 52)

    assert {start[-5:] for start in starts(row)} == {"09:00"}
    assert {start[:3] for start in starts(row)} == {"Mon"}
    offsets = Counter(one.starts_at.hour for one in row.occurrences.all())
    assert offsets == {16: 34, 17: 18}


def test_an_end_date_is_inclusive_and_local():
    """[LB#1536: Friday at five in Los Angeles is Saturday in UTC]"""
    friday = AvailabilityRuleFactory.create(weekday=4, end_minute=20 * 60)
    length = Length(until=FRIDAY + timedelta(weeks=2))

    row, _ = book(friday, starts_at=at(FRIDAY, "17:00"), length=length)

    assert starts(row) == ["Fri Jan 8 17:00", "Fri Jan 15 17:00", "Fri Jan 22 17:00"]


@pytest.mark.parametrize(
    ("every_weeks", "length", "code"),
    [
        (1, {"count": 53}, "too_many_occurrences"),
        (1, {"count": 10_000}, "too_many_occurrences"),
        (1, {"until": MONDAY + timedelta(weeks=52)}, "too_many_occurrences"),
        (1, {"count": 0}, "no_occurrence"),
        (1, {"count": -1}, "no_occurrence"),
        (1, {"until": MONDAY - timedelta(days=1)}, "no_occurrence"),
        (0, {"count": 4}, "every_weeks_out_of_range"),
        (27, {"count": 4}, "every_weeks_out_of_range"),
    ],
)
def test_a_run_that_no_series_can_have_is_refused(monday, every_weeks, length, code):
    with pytest.raises(NoSuchRun) as refusal:
        runs.run(first_order(monday), every_weeks, Length(**length))

    assert [reason.code for reason in refusal.value.reasons] == [code]


@pytest.mark.parametrize("length", [{}, {"count": 4, "until": MONDAY}])
def test_a_length_is_a_count_or_an_end(length):
    with pytest.raises(Malformed):
        Length(**length)


def test_the_longest_series_ends_in_its_fifty_second_week(monday):
    length = Length(until=MONDAY + timedelta(weeks=52, days=-1))

    row, _ = book(monday, length=length)

    assert row.occurrences.count() == 52


def test_cancelling_one_leaves_its_siblings_alone(monday):
    """[cal#5431: it removed another, all, or all later]"""
    row, _ = book(monday, 4)
    others = row.occurrences.exclude(starts_at=week(2)).order_by("pk")
    before = list(others.values())
    second = row.occurrences.get(starts_at=week(2))

    booking.cancel(second, by="client", version=1, now=NOW)

    assert states(row) == ["scheduled", "cancelled", "scheduled", "scheduled"]
    assert list(others.values()) == before


def test_each_occurrence_has_a_status_of_its_own(monday):
    """[oemr#3661: the status was that of the whole series]"""
    row, _ = book(monday, 3)
    first = row.occurrences.get(starts_at=week(1))

    progress.complete(first, version=1, now=week(1, "09:50"))

    assert states(row) == ["completed", "scheduled", "scheduled"]


def test_one_occurrence_moves_by_itself_also_beyond_the_horizon(monday):
    PracticePolicyFactory.create(booking_horizon_days=10)
    row, _ = book(monday, 4)
    last = row.occurrences.get(starts_at=week(4))

    booking.reschedule(
        orders.to_move(last, starts_at=week(4, "14:00")), version=1, now=NOW
    )

    assert starts(row) == [
        "Mon Jan 4 09:00",
        "Mon Jan 11 09:00",
        "Mon Jan 18 09:00",
        "Mon Jan 25 14:00",
    ]


def test_rescheduling_moves_this_and_the_following_and_the_series(monday):
    AvailabilityRuleFactory.create(
        therapist=monday.therapist, office=monday.office, weekday=2
    )
    row, _ = book(monday, 4)

    found = reschedule(row, week(3), weekday=2, start_minute=15 * 60)

    assert starts(row) == [
        "Mon Jan 4 09:00",
        "Mon Jan 11 09:00",
        "Wed Jan 20 15:00",
        "Wed Jan 27 15:00",
    ]
    row.refresh_from_db()
    assert (row.weekday, row.start_minute) == (2, 900)
    assert told(found) == [[], []]
    versions = row.occurrences.order_by("starts_at").values_list("version", "occurs_on")
    assert list(versions) == [
        (1, date(2027, 1, 4)),
        (1, date(2027, 1, 11)),
        (2, date(2027, 1, 20)),
        (2, date(2027, 1, 27)),
    ]


def test_rescheduling_by_less_than_a_session_is_not_stopped_by_itself(monday):
    row, _ = book(monday, 3)

    reschedule(row, start_minute=9 * 60 + 20)

    assert [start[-5:] for start in starts(row)] == ["09:20"] * 3


def test_rescheduling_leaves_alone_what_was_arranged_for_one(monday):
    """What is not given stays as it is, for each."""
    row, _ = book(monday, 3)
    second = row.occurrences.get(starts_at=week(2))
    booking.reschedule(
        orders.to_move(second, starts_at=week(2, "14:00")), version=1, now=NOW
    )

    reschedule(row, mode=Mode.TELEHEALTH)

    assert starts(row) == ["Mon Jan 4 09:00", "Mon Jan 11 14:00", "Mon Jan 18 09:00"]
    assert {one.mode for one in row.occurrences.all()} == {Mode.TELEHEALTH}


def test_rescheduling_touches_nothing_that_is_over(monday):
    row, _ = book(monday, 4)
    first, second, *_ = row.occurrences.order_by("starts_at")
    progress.complete(first, version=1, now=week(1, "09:50"))
    booking.cancel(second, by="client", version=1, now=NOW)

    reschedule(row, start_minute=14 * 60)

    assert [start[-5:] for start in starts(row)] == ["09:00", "09:00", "14:00", "14:00"]


@pytest.mark.parametrize(
    ("change", "details"), [(cancel, {}), (reschedule, {"start_minute": 14 * 60})]
)
def test_what_has_begun_does_not_change_with_those_that_follow(monday, change, details):
    """Nobody has said yet how the first two went: they wait for somebody who does."""
    row, _ = book(monday, 4)
    rows = row.occurrences.order_by("starts_at")
    begun = list(rows.values()[:2])

    change(row, now=week(3, "08:00"), **details)

    assert list(rows.values()[:2]) == begun
    assert list(rows.values_list("version", flat=True)) == [1, 1, 2, 2]


def test_an_occurrence_that_is_called_off_while_it_is_read_is_passed_over(monday):
    """As one sees it who reads its status just before, and its clients just after."""
    row, _ = book(monday, 3)
    second = row.occurrences.order_by("starts_at")[1]
    second.attendances.update(status="cancelled")

    reschedule(row, start_minute=14 * 60)

    assert [start[-5:] for start in starts(row)] == ["14:00", "09:00", "14:00"]


def test_a_refused_move_of_many_moves_none(monday):
    row, _ = book(monday, 4)
    taken(monday, 3, "14:00")
    before = everything()

    with pytest.raises(SlotTaken) as refusal:
        reschedule(row, week(2), start_minute=14 * 60)

    assert told(refusal.value.occurrences)[1] == [Code.THERAPIST_BUSY, Code.NO_ROOM]
    assert everything() == before


def test_moving_with_skip_leaves_where_it_was_what_cannot_move(monday):
    row, _ = book(monday, 3)
    taken(monday, 2, "14:00")
    second = row.occurrences.filter(starts_at=week(2))
    before = second.values().get()

    found = reschedule(row, start_minute=14 * 60, on_conflict=OnConflict.SKIP)

    assert [start[-5:] for start in starts(row)] == ["14:00", "09:00", "14:00"]
    assert [one.ok for one in found] == [True, False, True]
    assert second.values().get() == before


def by_hand(row, number, starts_at):
    """Move the occurrence of that week by itself."""
    booking.reschedule(
        orders.to_move(
            row.occurrences.get(starts_at=week(number)), starts_at=starts_at
        ),
        version=1,
        now=NOW,
    )


def tuesday(number, time="09:00"):
    return week(number, time) + timedelta(days=1)


@pytest.fixture
def tuesday_too(monday):
    """Hours of the same on Tuesdays."""
    return AvailabilityRuleFactory.create(
        therapist=monday.therapist, office=monday.office, weekday=1
    )


@pytest.mark.usefixtures("tuesday_too")
def test_what_stands_where_another_goes_moves_first(monday):
    row, _ = book(monday, 4)
    by_hand(row, 2, tuesday(3))
    expected = [True] * 4
    moves = runs.moves(following(row), Change(weekday=1), now=NOW)
    report = occurrences.report(moves, now=NOW)

    found = reschedule(row, weekday=1)

    assert [one.ok for one in report] == [one.ok for one in found] == expected
    assert starts(row) == [
        "Tue Jan 5 09:00",
        "Tue Jan 12 09:00",
        "Tue Jan 19 09:00",
        "Tue Jan 26 09:00",
    ]


@pytest.mark.usefixtures("tuesday_too")
def test_what_has_to_stay_is_in_the_way_of_those_that_move(monday):
    """Week 2 stands where week 3 goes, and where it would go somebody else is."""
    row, _ = book(monday, 4)
    by_hand(row, 2, tuesday(3))
    AppointmentFactory.create(
        therapist=monday.therapist,
        room=monday.office.rooms.get(),
        starts_at=tuesday(2),
    )
    moves = runs.moves(following(row), Change(weekday=1), now=NOW)
    report = occurrences.report(moves, now=NOW)

    found = reschedule(row, weekday=1, on_conflict=OnConflict.SKIP)

    busy = [Code.THERAPIST_BUSY, Code.CLIENT_BUSY, Code.NO_ROOM]
    expected = [[], busy, [Code.THERAPIST_BUSY, Code.NO_ROOM], []]
    assert told(report) == told(found) == expected
    assert starts(row) == [
        "Tue Jan 5 09:00",
        "Mon Jan 18 09:00",
        "Tue Jan 19 09:00",
        "Tue Jan 26 09:00",
    ]


def test_two_that_would_go_to_the_same_hour_are_in_each_others_way(monday):
    row, _ = book(monday, 3)
    by_hand(row, 2, week(3, "14:00"))

    found = reschedule(row, start_minute=15 * 60, on_conflict=OnConflict.SKIP)

    assert [one.ok for one in found] == [True, True, False]
    assert [start[-5:] for start in starts(row)] == ["15:00", "14:00", "15:00"]


@pytest.mark.usefixtures("tuesday_too")
def test_two_that_would_change_places_stay(monday):
    row, _ = book(monday, 4)
    by_hand(row, 2, tuesday(3))
    by_hand(row, 3, tuesday(2))
    before = everything()

    with pytest.raises(SlotTaken) as refusal:
        reschedule(row, weekday=1)

    assert [one.ok for one in refusal.value.occurrences] == [True, False, False, True]
    assert everything() == before


def test_a_change_that_changes_nothing_is_refused():
    with pytest.raises(Malformed):
        Change()


def test_what_is_there_already_keeps_its_version(monday):
    row, _ = book(monday, 3)

    reschedule(row, start_minute=9 * 60)

    assert {one.version for one in row.occurrences.all()} == {1}


def test_what_is_there_already_stays_confirmed_under_other_terms(monday):
    """The deadline, or the reason of an override, is no move."""
    row, _ = book(monday, 2)
    for one in row.occurrences.all():
        progress.confirm(one, version=1, now=NOW)
    PracticePolicyFactory.create(late_cancel_hours=48)

    reschedule(row, start_minute=9 * 60, override_reason="Agreed")

    assert states(row) == ["confirmed"] * 2


@pytest.mark.usefixtures("tuesday_too")
def test_what_is_there_already_stays_confirmed_on_another_day_of_the_series(monday):
    row, _ = book(monday, 2)
    by_hand(row, 2, tuesday(2))
    progress.confirm(row.occurrences.get(starts_at=tuesday(2)), version=2, now=NOW)

    reschedule(row, weekday=1)

    assert states(row) == ["scheduled", "confirmed"]
    last = row.occurrences.latest("starts_at")
    assert (last.occurs_on, last.reschedules) == (MONDAY + timedelta(days=8), 1)


def test_cancelling_calls_off_this_and_the_following(monday):
    row, _ = book(monday, 4)

    cancel(row, week(3), reason="Moving away")

    assert states(row) == ["scheduled", "scheduled", "cancelled", "cancelled"]
    parts = Attendance.objects.filter(appointment__series=row)
    assert sorted(parts.values_list("status", flat=True)) == [
        "cancelled",
        "cancelled",
        "expected",
        "expected",
    ]


def test_each_is_cancelled_by_its_own_deadline(monday):
    row, _ = book(monday, 3)

    cancel(row)

    assert states(row) == ["late_cancelled", "cancelled", "cancelled"]


def test_cancelling_locks_once_for_all(monday):
    statements = {}
    for count in (4, 8):
        row, _ = book(monday, count)
        with CaptureQueriesContext(connection) as queries:
            cancel(row)
        statements[count] = len(queries)

    assert (statements[8] - statements[4]) / 4 == 8


def test_when_nothing_follows_that_is_said(monday):
    row, _ = book(monday, 2)
    cancel(row)
    before = everything()

    for change in (cancel, lambda row: reschedule(row, start_minute=600)):
        with pytest.raises(NothingFollows):
            change(row)
    assert everything() == before


def test_the_hour_is_free_at_once_after_cancelling(monday):
    row, _ = book(monday, 3)
    cancel(row)

    again, _ = book(monday, 3)

    assert states(again) == ["scheduled"] * 3


def extend(row, count=2, *, on_conflict=OnConflict.REFUSE, now=NOW, **length):
    length = Length(**length) if length else Length(count=count)
    return series.extend(
        row, length, visible=following(row), on_conflict=on_conflict, now=now
    )


def test_extending_goes_on_after_the_last_that_stands_for_its_clients(monday):
    client = ClientFactory.create()
    row, _ = book(monday, 3, every_weeks=2, clients=[client])
    booking.cancel(
        row.occurrences.get(starts_at=week(5)), by="client", version=1, now=NOW
    )

    extend(row)

    assert starts(row) == [
        "Mon Jan 4 09:00",
        "Mon Jan 18 09:00",
        "Mon Feb 1 09:00",
        "Mon Feb 1 09:00",
        "Mon Feb 15 09:00",
    ]
    parts = Attendance.objects.filter(appointment__series=row)
    assert set(parts.values_list("client", flat=True)) == {client.pk}


def test_extending_follows_the_pattern_that_the_series_has_by_then(monday):
    row, _ = book(monday, 2)
    reschedule(row, week(2), start_minute=14 * 60)

    extend(row, until=MONDAY + timedelta(weeks=3))

    assert [start[-5:] for start in starts(row)] == ["09:00", "14:00", "14:00", "14:00"]


def test_at_most_fifty_two_are_still_to_come(monday):
    row, _ = book(monday, 50)
    before = everything()

    with pytest.raises(NoSuchRun) as refusal:
        extend(row, 3)

    assert [reason.code for reason in refusal.value.reasons] == ["too_many_occurrences"]
    assert everything() == before
    extend(row, 2)
    assert row.occurrences.count() == 52


def test_a_series_that_was_called_off_does_not_go_on(monday):
    row, _ = book(monday, 2)
    cancel(row)
    before = everything()

    with pytest.raises(NothingFollows):
        extend(row)

    assert everything() == before


def test_extending_into_a_conflict_is_refused_as_a_whole(monday):
    row, _ = book(monday, 2)
    taken(monday, 4)
    before = everything()

    with pytest.raises(SlotTaken) as refusal:
        extend(row, 3)

    assert told(refusal.value.occurrences) == [
        [],
        [Code.THERAPIST_BUSY, Code.NO_ROOM],
        [],
    ]
    assert everything() == before


def test_extending_with_skip_leaves_out_what_cannot_be_booked(monday):
    row, _ = book(monday, 2)
    taken(monday, 4)

    found = extend(row, 3, on_conflict=OnConflict.SKIP)

    assert told(found) == [[], [Code.THERAPIST_BUSY, Code.NO_ROOM], []]
    assert starts(row) == [
        "Mon Jan 4 09:00",
        "Mon Jan 11 09:00",
        "Mon Jan 18 09:00",
        "Mon Feb 1 09:00",
    ]


def test_extending_with_skip_where_nothing_can_be_booked_is_refused(monday):
    row, _ = book(monday, 2)
    taken(monday, 3)
    before = everything()

    with pytest.raises(NothingBookable):
        extend(row, 1, on_conflict=OnConflict.SKIP)

    assert everything() == before


def test_a_conflict_has_up_to_three_alternatives(monday):
    """Another hour of the day, the same hour elsewhere, another day of that week."""
    AvailabilityRuleFactory.create(
        therapist=monday.therapist, office=monday.office, weekday=3
    )
    client = ClientFactory.create(telehealth_consent_on=MONDAY)
    AppointmentFactory.create(room=monday.office.rooms.get(), starts_at=week(3))

    with pytest.raises(SlotTaken) as refusal:
        book(monday, 4, clients=[client])

    third = refusal.value.occurrences[2]
    assert list(third.codes) == [Code.NO_ROOM]
    office = str(monday.office.pk)
    assert [slot[:4] for slot in third.alternatives] == [
        (int(start.timestamp()), str(monday.therapist.pk), office, mode)
        for start, mode in [
            (week(3, "10:00"), "in_person"),
            (week(3), "telehealth"),
            (at(MONDAY + timedelta(days=17), "09:00"), "in_person"),
        ]
    ]


def test_anyone_suitable_is_offered_when_the_therapist_is_away(monday):
    colleague = AvailabilityRuleFactory.create(office=monday.office)
    TimeOffFactory.create(
        therapist=monday.therapist, starts_at=week(2, "00:00"), ends_at=week(3, "00:00")
    )

    with pytest.raises(DatesForbidden) as refusal:
        book(monday, 3)

    (alternative,) = refusal.value.occurrences[1].alternatives
    assert alternative[:4] == (
        int(week(2).timestamp()),
        str(colleague.therapist.pk),
        str(monday.office.pk),
        "in_person",
    )


@pytest.mark.parametrize("count", [4, 40])
def test_booking_takes_the_same_statements_for_any_number_of_weeks(monday, count):
    ReminderRuleFactory.create()
    run = runs.run(first_order(monday), 1, Length(count=count))

    with CaptureQueriesContext(connection) as queries:
        series.book(run, every_weeks=1, on_conflict=OnConflict.REFUSE, now=NOW)

    assert len(queries) == 15
    assert Appointment.objects.count() == count


WEEKS = st.lists(st.integers(1, 6), max_size=4, unique=True)


@pytest.mark.parametrize("on_conflict", list(OnConflict))
@given(taken_in=WEEKS, closed_in=WEEKS, hour=st.sampled_from(["09:00", "09:50"]))
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_report_tells_what_booking_comes_to(
    monday, on_conflict, taken_in, closed_in, hour
):
    with rolled_back():
        for number in taken_in:
            taken(monday, number, hour)
        for number in closed_in:
            start = week(number, "08:00")
            ClosureFactory.create(
                office=None, starts_at=start, ends_at=start + timedelta(hours=2)
            )
        run = runs.run(first_order(monday), 1, Length(count=6))
        expected = series.report(run, now=NOW)

        try:
            _, found = series.book(run, every_weeks=1, on_conflict=on_conflict, now=NOW)
            expected = [replace(one, alternatives=()) for one in expected]
        except (SlotTaken, DatesForbidden, NothingBookable) as refusal:
            found = refusal.occurrences

        assert [replace(one, appointment=None) for one in found] == expected


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def is_locked(therapist):
    """Whether somebody else would have to wait for the therapist's calendar."""
    rows = Therapist.objects.filter(pk=therapist.pk)
    try:
        with transaction.atomic():
            rows.select_for_update(no_key=True, nowait=True).get()
    except OperationalError:
        return True
    return False


@contextmanager
def reading(therapist):
    """Of each statement that reads, whether the therapist's calendar was locked then,
    as a connection of its own sees it."""
    seen = []

    def look(execute, sql, params, many, context):
        if sql.lstrip().startswith(("SELECT", "WITH")):
            seen.append(other.submit(is_locked, therapist).result())
        return execute(sql, params, many, context)

    with ThreadPoolExecutor(1) as other:
        with connection.execute_wrapper(look):
            yield seen
        other.submit(lambda: connection.close()).result()  # noqa: PLW0108  its own


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "change",
    [
        lambda hours, _: book(hours, 4),
        lambda _, row: extend(row, 2),
        lambda _, row: reschedule(row, start_minute=14 * 60),
    ],
    ids=["book", "extend", "reschedule"],
)
def test_alternatives_are_looked_for_when_the_locks_are_gone(change):
    """Also inside a transaction that goes on, as with an Idempotency-Key."""
    monday = AvailabilityRuleFactory.create()
    row, _ = book(monday, 2)
    taken(monday, 2, "14:00")
    taken(monday, 4)

    with (
        transaction.atomic(),
        reading(monday.therapist) as seen,
        pytest.raises(SlotTaken) as refusal,
    ):
        change(monday, row)

    assert any(one.alternatives for one in refusal.value.occurrences)
    assert True in seen
    assert seen[-1] is False


@contextmanager
def before_locking(call):
    """Somebody else is done with `call` just before the first calendar is locked."""
    calls = [call]

    def look(execute, sql, params, many, context):
        if sql.startswith("SELECT FROM scheduling_therapist") and calls:
            at_once([calls.pop()])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield


@pytest.mark.django_db(transaction=True)
def test_extending_is_refused_when_somebody_leaves_meanwhile():
    monday = AvailabilityRuleFactory.create()
    stays, leaves = ClientFactory.create_batch(2)
    group = SessionTypeFactory.create(group=True)
    monday.therapist.session_types.add(group)
    monday.office.rooms.update(capacity=9)
    row, _ = book(monday, 2, clients=[stays, leaves], session_type=group)
    last = row.occurrences.latest("starts_at")

    def leave():
        attendance.remove(last, leaves, by="client", version=None, now=NOW)

    with before_locking(leave), pytest.raises(SeriesChanged):
        extend(row, 2)

    assert row.occurrences.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_series_for_one_hour_one_is_whole_and_the_other_absent():
    """They begin in different weeks, and meet in the third."""
    monday = AvailabilityRuleFactory.create()
    wanted = [
        runs.run(first_order(monday, starts_at=week(number)), 1, Length(count=6))
        for number in (1, 3, 1, 3)
    ]

    def call(run):
        try:
            series.book(run, every_weeks=1, on_conflict=OnConflict.REFUSE, now=NOW)
        except SlotTaken:
            return "taken"
        except OperationalError as error:
            return transactions.sqlstate(error)
        return "booked"

    outcomes = at_once([lambda run=run: call(run) for run in wanted])

    assert Counter(outcomes) == {"booked": 1, "taken": 3}
    assert AppointmentSeries.objects.get().occurrences.count() == 6
    assert Appointment.objects.count() == 6
    assert overlaps() == []


@pytest.mark.django_db(transaction=True)
def test_changes_of_a_whole_series_and_of_one_of_it_do_not_deadlock():
    monday = AvailabilityRuleFactory.create()
    row, _ = book(monday, 8)
    last = row.occurrences.get(starts_at=week(8))

    def answer(call):
        try:
            call()
        except (SeriesChanged, NothingFollows, Stale, InvalidTransition):
            return "refused"
        except OperationalError as error:
            return transactions.sqlstate(error)
        return "done"

    outcomes = at_once(
        [
            lambda: answer(lambda: reschedule(row, start_minute=14 * 60)),
            lambda: answer(lambda: cancel(row, week(3))),
            lambda: answer(lambda: extend(row, 2)),
            lambda: answer(
                lambda: booking.cancel(last, by="client", version=1, now=NOW)
            ),
        ]
    )

    assert set(outcomes) <= {"done", "refused"}
    assert "done" in outcomes
    assert overlaps() == []
