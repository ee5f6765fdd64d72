from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.engine.intervals import Interval
from scheduling.engine.recurrence import (
    WeeklyHours,
    count_through,
    days_between,
    in_week_of,
    weeks_between,
    window,
)
from scheduling.engine.recurrence import dates as dates_of_series
from scheduling.engine.wall_clock import HOUR, day_of, instant, minute_of
from tests.times import MONDAY, ZONE

TUESDAYS = WeeklyHours(
    weekday=1,
    start_minute=9 * 60,
    end_minute=12 * 60,
    valid_from=date(2026, 1, 1),
    valid_until=None,
    every_weeks=1,
    zone=ZONE,
)
YEAR = list(days_between(date(2027, 1, 1), date(2027, 12, 31)))


def expand(hours, days):
    return [hours.on(day) for day in days if hours.hold_on(day)]


def dates(hours, days=YEAR):
    return [day_of(stretch.start, ZONE) for stretch in expand(hours, days)]


def test_nine_on_tuesday_is_nine_on_the_wall_all_year():
    stretches = expand(TUESDAYS, YEAR)

    assert len(stretches) == 52
    assert {minute_of(stretch.start, ZONE) for stretch in stretches} == {540}
    assert {stretch.end - stretch.start for stretch in stretches} == {3 * HOUR}


@pytest.mark.parametrize("weekday", range(7))
def test_weekday_zero_is_monday(weekday):
    week = list(days_between(MONDAY, MONDAY + timedelta(days=6)))

    assert dates(replace(TUESDAYS, weekday=weekday), week) == [
        MONDAY + timedelta(days=weekday)
    ]


@given(st.integers(1, 8), st.dates(date(2026, 1, 1), date(2027, 6, 1)))
def test_every_n_weeks_holds_once_in_n_weeks_from_the_first_on(weeks, valid_from):
    found = dates(replace(TUESDAYS, every_weeks=weeks, valid_from=valid_from))

    assert all(day >= valid_from for day in found)
    gaps = {b - a for a, b in pairwise(found)}
    assert gaps <= {timedelta(weeks=weeks)}
    assert found[0] <= max(YEAR[0], valid_from) + timedelta(weeks=weeks)


def test_the_last_day_counts():
    until = date(2027, 1, 12)

    assert dates(replace(TUESDAYS, valid_until=until))[-1] == until


def test_a_night_window_is_an_hour_shorter_in_spring_and_longer_in_autumn():
    spring = window(date(2027, 3, 14), 0, 360, ZONE)
    autumn = window(date(2027, 11, 7), 0, 360, ZONE)

    assert (spring.end - spring.start, autumn.end - autumn.start) == (
        5 * HOUR,
        7 * HOUR,
    )


def test_a_window_to_24_hours_ends_at_midnight():
    assert window(MONDAY, 22 * 60, 1440, ZONE) == Interval(
        instant(MONDAY, 22 * 60, ZONE), instant(MONDAY + timedelta(days=1), 0, ZONE)
    )


def test_an_hour_that_the_clock_skips_is_empty():
    start, end = window(date(2027, 3, 14), 120, 180, ZONE)

    assert start == end


DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@given(DAYS, st.integers(1, 26), st.integers(1, 52))
def test_a_series_comes_back_on_its_weekday(first, every_weeks, count):
    found = dates_of_series(first, every_weeks, count)

    assert (found[0], len(found)) == (first, count)
    gaps = {later - earlier for earlier, later in pairwise(found)}
    assert gaps <= {timedelta(weeks=every_weeks)}


@given(DAYS, st.integers(1, 26), st.integers(0, 400))
def test_an_end_date_includes_itself(first, every_weeks, days):
    last = first + timedelta(days=days)

    count = count_through(first, every_weeks, last)

    found = dates_of_series(first, every_weeks, count + 1)
    assert found[-2] <= last < found[-1]


@pytest.mark.parametrize("days", [1, 6, 7, 8, 400])
def test_an_end_before_the_start_leaves_no_date(days):
    assert count_through(MONDAY, 2, MONDAY - timedelta(days=days)) == 0


@given(DAYS, st.integers(0, 6))
def test_a_day_of_the_week_of_another_is_not_in_the_next(day, weekday):
    found = in_week_of(day, weekday)

    assert (found.weekday(), weeks_between(found, day)) == (weekday, 0)
