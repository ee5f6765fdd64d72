"""How many sessions a therapist has: on a day, in a week, and without a break."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Protocol
from zoneinfo import ZoneInfo

from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import DAY, HOUR, day_of, instant

WEEK = 7 * DAY
LONGEST_SESSION = 4 * HOUR


class Timed(Protocol):
    """Something that goes on from `start` to `end`."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """The most sessions on a local day, in a week from Monday on, and in a row.

    In a row are sessions with less than `pause` seconds between each and the next. A
    session counts on every day that it touches. None is no limit.
    """

    per_day: int | None = None
    per_week: int | None = None
    in_a_row: int | None = None
    pause: int = 0

    @property
    def reach(self) -> int:
        """Seconds to either side of a session in which others count with it."""
        reach = 0
        if self.per_day is not None:
            reach = DAY + HOUR  # as long as the day on which the clock goes back
        if self.per_week is not None:
            reach = WEEK + HOUR
        if self.in_a_row is not None:
            reach = max(reach, self.in_a_row * (LONGEST_SESSION + self.pause))
        return reach


UNLIMITED = Limits()


def full_days(
    limits: Limits, sessions: Collection[Timed], zone: ZoneInfo
) -> Iterator[Interval]:
    """The days, on the wall of `zone`, that have as many sessions as they may."""
    if limits.per_day is not None:
        days = [_days(session.start, session.end, zone) for session in sessions]
        for day in _having(limits.per_day, days):
            yield _from_midnight(day, 1, zone)


def full_weeks(
    limits: Limits, sessions: Collection[Timed], zone: ZoneInfo
) -> Iterator[Interval]:
    """The weeks, Monday to Sunday, that have as many sessions as they may."""
    if limits.per_week is not None:
        weeks = [_mondays(session.start, session.end, zone) for session in sessions]
        for monday in _having(limits.per_week, weeks):
            yield _from_midnight(monday, 7, zone)


def with_breaks(
    limits: Limits, sessions: Collection[Timed], starts: Sequence[int], duration: int
) -> Sequence[int]:
    """Those of `starts` at which a session makes no row longer than it may be."""
    if limits.in_a_row is None:
        return starts
    in_order = sorted(sessions, key=attrgetter("start"))
    return [
        start
        for start in starts
        if _row(Interval(start, start + duration), in_order, limits.pause)
        <= limits.in_a_row
    ]


def _row(wanted: Interval, sessions: Sequence[Timed], pause: int) -> int:
    """How many sessions are in a row with `wanted`, before and after it and itself.

    `sessions` are in order.
    """
    later = bisect_left(sessions, wanted.start, key=attrgetter("start"))
    length, reached = 1, wanted.start
    for index in range(later - 1, -1, -1):
        if reached - sessions[index].end >= pause:
            break
        length, reached = length + 1, sessions[index].start
    reached = wanted.end
    for index in range(later, len(sessions)):
        if sessions[index].start - reached >= pause:
            break
        length, reached = length + 1, sessions[index].end
    return length


def _having(most: int, found: Collection[frozenset[date]]) -> list[date]:
    counts = Counter(day for days in found for day in days)
    return [day for day, count in counts.items() if count >= most]


@lru_cache(maxsize=8192)  # sessions of many therapists begin at the same times
def _days(start: int, end: int, zone: ZoneInfo) -> frozenset[date]:
    return frozenset({day_of(start, zone), day_of(end - 1, zone)})


@lru_cache(maxsize=8192)
def _mondays(start: int, end: int, zone: ZoneInfo) -> frozenset[date]:
    days = _days(start, end, zone)
    return frozenset(day - timedelta(days=day.weekday()) for day in days)


def _from_midnight(day: date, days: int, zone: ZoneInfo) -> Interval:
    return Interval(instant(day, 0, zone), instant(day + timedelta(days=days), 0, zone))
