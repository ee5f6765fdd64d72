"""Half-open stretches of time, `[start, end)`, in epoch seconds."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple


class Interval(NamedTuple):
    """From `start` up to, but not including, `end`. Sorts by start.

    A named tuple, since a search makes tens of thousands: a dataclass takes twice as
    long to make.
    """

    start: int
    end: int

    def overlaps(self, other: "Interval") -> bool:
        return self.start < other.end and other.start < self.end

    def covers(self, other: "Interval") -> bool:
        return self.start <= other.start and other.end <= self.end


FOREVER = Interval(-(2**62), 2**62)


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time in as few intervals as possible, in order; touching ones join."""
    merged: list[Interval] = []
    for interval in sorted(intervals):
        if merged and interval.start <= merged[-1].end:
            if interval.end > merged[-1].end:
                merged[-1] = Interval(merged[-1].start, interval.end)
        elif interval.start < interval.end:
            merged.append(interval)
    return merged


def subtract(stretch: Interval, taken: Sequence[Interval]) -> Iterator[Interval]:
    """What is left of `stretch` without `taken`, which is in order of start."""
    start, end = stretch
    for taken_start, taken_end in taken:
        if taken_start >= end:
            break
        if taken_end <= start:
            continue
        if taken_start > start:
            yield Interval(start, taken_start)
        start = taken_end
    if start < end:
        yield Interval(start, end)
