"""Messages: what became of those that were to go out, and whether anybody answered."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncDate

from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import as_datetime
from scheduling.models import Answer, Message, MessageState

_STATES = {  # in the order of the columns
    "waiting": (MessageState.PENDING, MessageState.SENDING),
    "sent": (MessageState.SENT, MessageState.DELIVERED),
    "delivered": (MessageState.DELIVERED,),
    "failed": (MessageState.FAILED,),
    "unknown": (MessageState.UNKNOWN,),
    "expired": (MessageState.EXPIRED,),
}


class Traffic(NamedTuple):
    """The messages of a kind and a channel that were due on a day of the practice.

    `planned` is all of them, without those that were called off since; `sent` has the
    `delivered` ones in it. One that was answered counts once, however often.
    """

    date: date
    kind: str
    channel: str
    planned: int
    waiting: int
    sent: int
    delivered: int
    failed: int
    unknown: int
    expired: int
    answered: int


def read(
    span: Interval,
    *,
    offices: Collection[UUID] = (),
    therapists: Collection[UUID] = (),
) -> list[Traffic]:
    """Of messages due in `span`, about sessions at these offices or with these
    therapists; in one query. Nothing is told of a day, kind and channel without any."""
    start, end = map(as_datetime, span)
    rows = Message.objects.exclude(state=MessageState.CANCELLED).filter(
        due_at__gte=start, due_at__lt=end
    )
    if offices:
        rows = rows.filter(appointment__office__in=offices)
    if therapists:
        rows = rows.filter(appointment__therapist__in=therapists)
    answers = Answer.objects.filter(message=OuterRef("pk"))
    found = (
        rows.values_list(TruncDate("due_at", tzinfo=PRACTICE_ZONE), "kind", "channel")
        .annotate(
            planned=Count("pk"),
            **{
                f"now_{name}": Count("pk", filter=Q(state__in=states))
                for name, states in _STATES.items()
            },
            answered=Count("pk", filter=Exists(answers)),
        )
        .order_by(TruncDate("due_at", tzinfo=PRACTICE_ZONE), "kind", "channel")
    )
    return [Traffic._make(row) for row in found]
