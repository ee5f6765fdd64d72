"""From when to when: the parameters `from` and `to`, each a date or a time."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from config.api import filters, pagination, parsing
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import DAY, HOUR, MINUTE, instant


class MomentFilter(filters.StrictFilter):
    """A date or a time."""

    schema = {"type": "string", "description": "A date, or a time with its offset."}

    def parse(self, text: str) -> date | datetime:
        return parsing.moment(text.replace(" ", "+"))


class SpanFilterSet(filters.StrictFilterSet):
    vars()["from"] = MomentFilter()  # a word of Python's, and of the contract
    to = MomentFilter()


def asked_for(
    asked: Mapping[str, Any],  # Any: what the filters have read
    *,
    start: int,
    end: Callable[[int], int],
    longest_days: int,
    counts_last: bool = True,
) -> Interval:
    """The span of a `SpanFilterSet`. A date is one of the practice's zone, and `to`
    includes it.

    Without `from` it begins at `start`; without `to` it lasts until what `end` makes of
    its beginning. The date that `to` names is one of the `longest_days`, unless
    `counts_last` is false: then so many days may lie between the two. Raises
    `ValidationError`.
    """
    begins = start if asked["from"] is None else _instant(asked["from"], 0)
    ends = end(begins) if asked["to"] is None else _instant(asked["to"], DAY // MINUTE)
    if ends <= begins:
        raise pagination.invalid_parameter("to", "This is not after from.")
    reach = ends
    if asked["to"] is not None and not counts_last:
        reach = _instant(asked["to"], 0)
    if reach - begins > longest_days * DAY + HOUR:  # the clock may go back in between
        message = f"This is more than {longest_days} days after from."
        raise pagination.invalid_parameter("to", message)
    return Interval(begins, ends)


def _instant(moment: date | datetime, minute: int) -> int:
    if isinstance(moment, datetime):
        return int(moment.timestamp())
    return instant(moment, minute, PRACTICE_ZONE)
