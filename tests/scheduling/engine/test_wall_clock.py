"""Both clock changes of 2027 in Los Angeles: 14 March and 7 November, at two."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.engine.wall_clock import (
    DAY,
    HOUR,
    MINUTE,
    day_of,
    earliest_outside,
    hours_before,
    instant,
    is_quiet,
    latest_outside,
    minute_of,
    minutes_before,
    months_after,
)
from tests.times import ZONE

SPRING, AUTUMN = date(2027, 3, 14), date(2027, 11, 7)
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
minutes = st.integers(0, 1439)


def utc(year, month, day, hour, minute=0):
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("day", "minute", "expected"),
    [
        (SPRING, 0, utc(2027, 3, 14, 8)),
        (SPRING, 119, utc(2027, 3, 14, 9, 59)),
        (SPRING, 120, utc(2027, 3, 14, 10)),  # 02:00 is skipped: 03:00
        (SPRING, 150, utc(2027, 3, 14, 10)),  # 02:30 is skipped: 03:00
        (SPRING, 180, utc(2027, 3, 14, 10)),
        (SPRING, 540, utc(2027, 3, 14, 16)),
        (SPRING, 1440, utc(2027, 3, 15, 7)),
        (AUTUMN, 60, utc(2027, 11, 7, 8)),  # 01:00 comes twice: the first
        (AUTUMN, 119, utc(2027, 11, 7, 8, 59)),
        (AUTUMN, 120, utc(2027, 11, 7, 10)),
        (AUTUMN, 1440, utc(2027, 11, 8, 8)),
    ],
)
def test_instant_is_when_the_wall_shows_that_time(day, minute, expected):
    assert instant(day, minute, ZONE) == expected


@given(days, minutes)
def test_instant_and_the_wall_agree_except_in_the_skipped_hour(day, minute):
    moment = instant(day, minute, ZONE)

    shown = (day_of(moment, ZONE), minute_of(moment, ZONE))
    is_skipped = day.month == 3 and shown[1] == 180 and 120 <= minute < 180
    assert shown == (day, 180 if is_skipped else minute)


@given(days, minutes, st.sampled_from(["America/Los_Angeles", "Asia/Kathmandu"]))
def test_instant_never_goes_backwards_with_the_wall(day, minute, name):
    zone = ZoneInfo(name)

    assert instant(day, minute, zone) <= instant(day, minute + 1, zone)


@pytest.mark.parametrize(
    ("start", "deadline"),
    [
        # Sunday at ten, the day the clock goes forward: 24 hours are Saturday at nine.
        (instant(SPRING, 600, ZONE), instant(date(2027, 3, 13), 600, ZONE)),
        # The day it goes back: 24 hours are Saturday at eleven.
        (instant(AUTUMN, 600, ZONE), instant(date(2027, 11, 6), 660, ZONE)),
        (utc(2027, 1, 5, 17), utc(2027, 1, 4, 17)),
    ],
)
def test_the_late_cancel_deadline_is_the_later_of_both_readings(start, deadline):
    assert hours_before(start, 24, ZONE) == deadline


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_a_day_before_is_the_same_time_on_the_wall(day):
    start = instant(day, 600, ZONE)

    assert minutes_before(start, 1440, ZONE) == instant(
        day - timedelta(days=1), 600, ZONE
    )
    assert minutes_before(start, 1560, ZONE) == (
        instant(day - timedelta(days=1), 600, ZONE) - 2 * HOUR
    )


@given(days, minutes)
def test_moving_out_of_quiet_hours_moves_as_little_as_possible(day, minute):
    moment = instant(day, minute, ZONE)
    quiet = (20 * 60, 8 * 60, ZONE)

    before, after = latest_outside(moment, *quiet), earliest_outside(moment, *quiet)

    assert not is_quiet(before, *quiet)
    assert not is_quiet(after, *quiet)
    if is_quiet(moment, *quiet):
        assert before < moment < after
        assert minute_of(before, ZONE) == 20 * 60 - 1
        assert minute_of(after, ZONE) == 8 * 60
        assert after - before < DAY
    else:
        assert before == moment == after


def test_equal_quiet_hours_mean_none():
    assert not is_quiet(instant(SPRING, 0, ZONE), 0, 0, ZONE)


def test_seven_in_the_morning_moves_to_the_evening_before():
    due = instant(date(2027, 1, 5), 7 * 60, ZONE)

    assert latest_outside(due, 20 * 60, 8 * 60, ZONE) == (
        instant(date(2027, 1, 4), 20 * 60, ZONE) - MINUTE
    )


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2027, 1, 4), 3, date(2027, 4, 4)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 12, 31), 1, date(2028, 1, 31)),
        (date(2027, 12, 31), 12, date(2028, 12, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_months_after_ends_with_a_month_that_is_shorter(day, months, later):
    assert months_after(day, months) == later
