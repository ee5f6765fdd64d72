"""Cut a therapist's hours into the times at which a session could start."""

from collections.abc import Sequence

from scheduling.engine.intervals import Interval, subtract
from scheduling.engine.rules import Request


def starts(request: Request, taken: Sequence[Interval], within: Interval) -> list[int]:
    """The starts in `within` at which the session fits into the hours but for `taken`.

    Starts lie on a grid that begins with each stretch of hours; `taken` is in order.
    A session must end before the hours do, a buffer need not.
    """
    duration, step = request.kind.duration, request.kind.step
    found: list[int] = []
    for hours in request.calendar.hours.get(request.place, ()):
        if hours.start >= within.end:
            break
        if hours.end <= within.start:
            continue
        for free in subtract(hours, taken):
            earliest = max(free.start, within.start)
            first = hours.start - (hours.start - earliest) // step * step
            last = min(free.end - duration, within.end - 1)
            found.extend(range(first, last + 1, step))
    return found
