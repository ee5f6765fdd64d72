"""How well a session fits into a therapist's free time: what its place wastes.

An hour in the middle of a free morning may leave two gaps that nobody can use, while
the same hour next to another session leaves one that somebody can.
"""

from collections.abc import Iterable, Iterator, Sequence

from scheduling.engine.intervals import Interval, subtract
from scheduling.engine.rules import Request


def wastes(
    request: Request, taken: Sequence[Interval], starts: Iterable[int]
) -> dict[int, int]:
    """What each of `starts` wastes of the free time around it; less is better.

    Twice the number of sessions of the same kind that find no place any more, beside
    the one itself, and one more if it leaves usable time on both its sides. `starts`
    are free of `taken`, which is in order.
    """
    wanted = sorted(starts)
    found: dict[int, int] = {}
    for hours, free in _stretches(request, taken):
        for start in wanted:
            if free.start <= start < free.end:
                found[start] = _waste(request, hours, free, start)
    return found


def _stretches(
    request: Request, taken: Sequence[Interval]
) -> Iterator[tuple[Interval, Interval]]:
    """Each free stretch with the hours it belongs to."""
    for hours in request.calendar.hours.get(request.place, ()):
        for free in subtract(hours, taken):
            yield hours, free


def _waste(request: Request, hours: Interval, free: Interval, start: int) -> int:
    duration, clearance = request.kind.duration, _clearance(request)
    before = Interval(free.start, start - clearance)
    after = Interval(start + duration + clearance, free.end)
    fit_before, fit_after = (_fit(request, hours, gap) for gap in (before, after))
    lost = _fit(request, hours, free) - 1 - fit_before - fit_after
    return 2 * lost + (fit_before > 0 and fit_after > 0)


def _fit(request: Request, hours: Interval, free: Interval) -> int:
    """How many sessions find a place in `free`, on the grid of the hours."""
    duration, step = request.kind.duration, request.kind.step
    first = hours.start - (hours.start - free.start) // step * step
    last = free.end - duration
    if last < first:
        return 0
    period = -(-(duration + _clearance(request)) // step) * step
    return (last - first) // period + 1


def _clearance(request: Request) -> int:
    """Seconds between two sessions of the kind."""
    return max(request.policy.buffer_before, request.policy.buffer_after)
