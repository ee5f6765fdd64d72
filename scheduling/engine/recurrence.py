"""Weekly hours and the stretches they come to; the dates of a series."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import instant


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Hours on one weekday (0 is Monday), in the wall time of `zone`.

    They hold from `valid_from` through `valid_until`, in the week of `valid_from` and
    in each `every_weeks`-th week after it. Weeks begin on Monday.
    """

    weekday: int
    start_minute: int
    end_minute: int
    valid_from: date
    valid_until: date | None
    every_weeks: int
    zone: ZoneInfo

    def hold_on(self, day: date) -> bool:
        if day.weekday() != self.weekday or day < self.valid_from:
            return False
        if self.valid_until is not None and day > self.valid_until:
            return False
        if self.every_weeks == 1:
            return True
        return weeks_between(self.valid_from, day) % self.every_weeks == 0

    def on(self, day: date) -> Interval:
        """The hours of a day on which they hold."""
        return window(day, self.start_minute, self.end_minute, self.zone)


def window(day: date, start_minute: int, end_minute: int, zone: ZoneInfo) -> Interval:
    """From one wall time of a day to another; empty if the clock skips all of it."""
    return Interval(instant(day, start_minute, zone), instant(day, end_minute, zone))


def days_between(first: date, last: date) -> Iterator[date]:
    """Each date from `first` through `last`."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def weeks_between(earlier: date, later: date) -> int:
    """Mondays passed on the way from one date to another."""
    return (_monday(later) - _monday(earlier)).days // 7


def dates(first: date, every_weeks: int, count: int) -> list[date]:
    """`count` dates on the weekday of `first`, which is the first of them."""
    return [first + timedelta(weeks=every_weeks * number) for number in range(count)]


def count_through(first: date, every_weeks: int, last: date) -> int:
    """How many such dates there are through `last`; none if it lies before `first`."""
    return max((last - first).days // 7 // every_weeks + 1, 0)


def in_week_of(day: date, weekday: int) -> date:
    """The date with that weekday in the week, Monday to Sunday, of another."""
    return _monday(day) + timedelta(days=weekday)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
