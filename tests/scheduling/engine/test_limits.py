from datetime import date, timedelta

import pytest

from scheduling.engine.intervals import Interval
from scheduling.engine.limits import (
    UNLIMITED,
    Limits,
    full_days,
    full_weeks,
    with_breaks,
)
from scheduling.engine.wall_clock import DAY, HOUR, MINUTE, instant
from tests.times import MONDAY, NEXT_MONDAY, SATURDAY, SUNDAY, TUESDAY, ZONE


def session(day, hour, minutes=50):
    start = instant(day, hour * 60, ZONE)
    return Interval(start, start + minutes * MINUTE)


def minutes(*pairs):
    return [Interval(start * MINUTE, end * MINUTE) for start, end in pairs]


def days(first, last):
    """From the midnight that begins a day to the one that begins another."""
    return Interval(instant(first, 0, ZONE), instant(last, 0, ZONE))


@pytest.mark.parametrize(
    ("most", "expected"), [(1, [MONDAY, TUESDAY]), (2, [MONDAY]), (3, [])]
)
def test_a_day_is_full_when_it_has_as_many_as_it_may(most, expected):
    sessions = [session(MONDAY, 9), session(TUESDAY, 9), session(MONDAY, 16)]

    found = list(full_days(Limits(per_day=most), sessions, ZONE))

    assert [day.start for day in found] == [instant(day, 0, ZONE) for day in expected]


def test_a_day_begins_and_ends_at_midnight_on_the_wall():
    """Monday at five in the afternoon is Tuesday in UTC."""
    sessions = [session(MONDAY, 17)]

    found = list(full_days(Limits(per_day=1), sessions, ZONE))

    assert found == [days(MONDAY, TUESDAY)]


def test_a_session_over_midnight_counts_on_both_days():
    sessions = [session(SUNDAY, 23, minutes=90)]

    found = sorted(full_days(Limits(per_day=1), sessions, ZONE))

    assert found == [
        days(SUNDAY, NEXT_MONDAY),
        days(NEXT_MONDAY, NEXT_MONDAY + timedelta(days=1)),
    ]


def test_a_session_that_ends_at_midnight_does_not_count_on_the_next_day():
    sessions = [session(MONDAY, 23, minutes=60)]

    assert list(full_days(Limits(per_day=1), sessions, ZONE)) == [days(MONDAY, TUESDAY)]


def test_a_week_goes_from_monday_to_sunday():
    sessions = [session(MONDAY, 9), session(SUNDAY, 22), session(NEXT_MONDAY, 9)]

    found = list(full_weeks(Limits(per_week=2), sessions, ZONE))

    assert found == [days(MONDAY, NEXT_MONDAY)]


@pytest.mark.parametrize(
    ("sunday", "monday", "hours"),
    [
        (date(2027, 3, 14), date(2027, 3, 15), 23),
        (date(2027, 11, 7), date(2027, 11, 8), 25),
    ],
)
def test_the_day_on_which_the_clock_changes_is_full_as_a_whole(sunday, monday, hours):
    sessions = [session(sunday, 12)]

    (found,) = full_days(Limits(per_day=1), sessions, ZONE)

    assert found == days(sunday, monday)
    assert found.end - found.start == hours * HOUR


@pytest.mark.parametrize(
    ("sessions", "starts", "expected"),
    [
        ([(0, 50), (60, 110)], [120], []),  # a third, after two
        ([(0, 50), (60, 110)], [139], []),
        ([(0, 50), (60, 110)], [140], [140]),  # after half an hour's break
        ([(60, 110), (120, 170)], [1], []),  # before two
        ([(0, 50), (110, 160)], [60], []),  # between two: it joins them
        ([(0, 50), (160, 210)], [60], [60]),
        ([(0, 50), (60, 110), (200, 250)], [120], []),
        ([(0, 50), (60, 110), (200, 250), (260, 310)], [140], [140]),
        ([(0, 50), (60, 110), (200, 250), (260, 310)], [141], []),
        ([(260, 310), (0, 50), (200, 250), (60, 110)], [140, 141], [140]),
    ],
)
def test_no_more_than_two_in_a_row_without_half_an_hour(sessions, starts, expected):
    limits = Limits(in_a_row=2, pause=30 * MINUTE)

    found = with_breaks(
        limits,
        minutes(*sessions),
        [start * MINUTE for start in starts],
        duration=30 * MINUTE,
    )

    assert found == [start * MINUTE for start in expected]


def test_no_limit_takes_nothing_away():
    sessions = minutes((0, 50), (50, 100))

    assert list(full_days(UNLIMITED, sessions, ZONE)) == []
    assert list(full_weeks(UNLIMITED, sessions, ZONE)) == []
    assert with_breaks(UNLIMITED, sessions, [6000], 3000) == [6000]


@pytest.mark.parametrize(
    ("limits", "reach"),
    [
        (UNLIMITED, 0),
        (Limits(per_day=5), DAY + HOUR),
        (Limits(per_day=5, per_week=20), 7 * DAY + HOUR),
        (Limits(in_a_row=3, pause=HOUR), 15 * HOUR),
        (Limits(per_day=5, in_a_row=3, pause=HOUR), DAY + HOUR),
    ],
)
def test_sessions_matter_as_far_away_as_a_limit_reaches(limits, reach):
    assert limits.reach == reach


def test_saturday_is_in_the_week_of_its_monday():
    found = list(full_weeks(Limits(per_week=1), [session(SATURDAY, 9)], ZONE))

    assert found == [days(MONDAY, NEXT_MONDAY)]
