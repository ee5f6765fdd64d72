"""Tallies: how many messages were due on each day, and what became of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count
from django.db.models.functions import TruncDate

from clients.models import Channel
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.wall_clock import as_datetime, instant
from scheduling.models import Message, MessageState


@dataclass(frozen=True, slots=True)
class Tally:
    """The messages of a channel that were due on a day: how many are in each state."""

    day: date
    channel: Channel
    by_state: Mapping[MessageState, int]

    @property
    def total(self) -> int:
        return sum(self.by_state.values())


def by_day(first: date, last: date, *, office: UUID | None = None) -> list[Tally]:
    """A tally of each channel for each day from `first` to `last`, on the practice's
    wall, also where there is nothing to count; in one statement."""
    begins, ends = (
        as_datetime(instant(day, 0, PRACTICE_ZONE))
        for day in (first, last + timedelta(days=1))
    )
    rows = Message.objects.filter(due_at__gte=begins, due_at__lt=ends)
    if office is not None:
        rows = rows.filter(appointment__office=office)
    counted = {
        (day, channel, state): number
        for day, channel, state, number in rows.order_by()
        .values_list(TruncDate("due_at", tzinfo=PRACTICE_ZONE), "channel", "state")
        .annotate(number=Count("pk"))
    }
    return [
        Tally(
            day,
            channel,
            {state: counted.get((day, channel, state), 0) for state in MessageState},
        )
        for day in _days(first, last)
        for channel in Channel
    ]


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
