"""The work list: what waits for a person to decide.

Past sessions that nobody closed, sessions that the books no longer allow, and messages
that did not arrive are on it for as long as they are so: nothing of that is stored. So
are guarantees under which another therapist, or the money back, is wanted. What
somebody wrote back, or asked for, stays until it is resolved.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q, QuerySet

from scheduling import uncovered
from scheduling.availability import PRACTICE_ZONE
from scheduling.models import (
    OPEN,
    Answer,
    Appointment,
    Attendance,
    Guarantee,
    GuaranteeState,
    Message,
)
from scheduling.uncovered import Cause, Scope

M = TypeVar("M", bound=models.Model)


class WorkKind(models.TextChoices):
    UNRESOLVED = "unresolved", "A past session that nobody has closed"
    UNCOVERED = "uncovered", "A session that the books no longer allow"
    MESSAGE = "message", "A message that did not, or may not, have arrived"
    REPLY = "reply", "Somebody wrote back, or asks to be called"
    GUARANTEE = "guarantee", "Somebody wants another therapist, or the money back"


class Position(NamedTuple):
    """Where an item stands in the list. The key is its message's, its answer's, its
    guarantee's, or its appointment's."""

    at: datetime
    key: UUID


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing to decide, about an appointment unless nobody knows about which;
    `causes` of one that is uncovered."""

    kind: WorkKind
    position: Position
    appointment: Appointment | None
    causes: Sequence[Cause] = ()
    message: Message | None = None
    reply: Answer | None = None
    guarantee: Guarantee | None = None

    @property
    def at(self) -> datetime:
        """When the session starts, the message was due, the reply came, or something
        was asked for under the guarantee."""
        return self.position.at

    @property
    def timezone(self) -> str:
        return self.appointment.timezone if self.appointment else settings.TIME_ZONE


def items(
    kinds: Iterable[WorkKind],
    scope: Scope,
    *,
    now: datetime,
    limit: int,
    after: Position | None = None,
) -> list[WorkItem]:
    """The first `limit` items behind `after`, in order of time; of `scope`, its offices
    and therapists count.

    Each kind is read by itself in that order, at most `limit` of it.
    """
    found: list[Iterable[WorkItem]] = []
    for kind in set(kinds):
        if kind == WorkKind.UNRESOLVED:
            found.append(_unresolved(scope, now, after, limit))
        elif kind == WorkKind.UNCOVERED:
            found.append(_uncovered(scope, now, after, limit))
        elif kind == WorkKind.MESSAGE:
            found.append(_messages(scope, now, after, limit))
        elif kind == WorkKind.GUARANTEE:
            found.append(_guarantees(scope, now, after, limit))
        else:
            found.append(_replies(scope, after, limit))
    return list(islice(merge(*found, key=lambda item: item.position), limit))


def _unresolved(
    scope: Scope, now: datetime, after: Position | None, limit: int
) -> list[WorkItem]:
    # The bound of the start, which the end implies, is the index's.
    rows = Appointment.objects.filter(
        status__in=OPEN, starts_at__lt=now, ends_at__lte=now
    )
    rows = uncovered.with_those_who_come(rows)
    page = _behind(_within(rows, scope, ""), "starts_at", after)[:limit]
    return [WorkItem(WorkKind.UNRESOLVED, _start(row), row) for row in page]


def _uncovered(
    scope: Scope, now: datetime, after: Position | None, limit: int
) -> list[WorkItem]:
    return [
        WorkItem(
            WorkKind.UNCOVERED,
            _start(each.appointment),
            each.appointment,
            causes=each.causes,
        )
        for each in uncovered.find(scope, now=now, after=after, limit=limit)
    ]


def _messages(
    scope: Scope, now: datetime, after: Position | None, limit: int
) -> list[WorkItem]:
    rows = _with_appointments(Message.objects.stuck(now))
    page = _behind(_within(rows, scope, "appointment__"), "due_at", after)[:limit]
    return [
        WorkItem(
            WorkKind.MESSAGE, Position(row.due_at, row.pk), row.appointment, message=row
        )
        for row in page
    ]


def _replies(scope: Scope, after: Position | None, limit: int) -> list[WorkItem]:
    """Of an office or a therapist are those about a session there, or with them."""
    rows = _with_appointments(Answer.objects.unresolved())
    rows = rows.select_related("client", "guardian", "resolved_by")
    page = _behind(_within(rows, scope, "appointment__"), "at", after)[:limit]
    return [
        WorkItem(WorkKind.REPLY, Position(row.at, row.pk), row.appointment, reply=row)
        for row in page
    ]


def _guarantees(
    scope: Scope, now: datetime, after: Position | None, limit: int
) -> list[WorkItem]:
    """About the session that was no fit. A credit that has lapsed waits for nobody."""
    today = now.astimezone(PRACTICE_ZONE).date()
    waiting = Q(state=GuaranteeState.REFUND_ASKED) | Q(
        state=GuaranteeState.REMATCH_ASKED, credit_until__gte=today
    )
    rows = _with_appointments(Guarantee.objects.filter(waiting), "current__trial")
    within = _within(rows.select_related("client"), scope, "current__trial__")
    return [
        WorkItem(
            WorkKind.GUARANTEE,
            Position(row.current.told_at, row.pk),
            row.current.trial,
            guarantee=row,
        )
        for row in _behind(within, "current__told_at", after)[:limit]
        if row.current and row.current.told_at  # as constraints have it
    ]


def _start(appointment: Appointment) -> Position:
    return Position(appointment.starts_at, appointment.pk)


def _with_appointments(rows: QuerySet[M], path: str = "appointment") -> QuerySet[M]:
    parts = Attendance.objects.active().select_related("client").order_by("pk")
    return rows.select_related(
        f"{path}__therapist", f"{path}__office"
    ).prefetch_related(Prefetch(f"{path}__attendances", parts))


def _within(rows: QuerySet[M], scope: Scope, path: str) -> QuerySet[M]:
    if scope.therapists is not None:
        rows = rows.filter(**{f"{path}therapist__in": scope.therapists})
    if scope.offices is not None:
        rows = rows.filter(**{f"{path}office__in": scope.offices})
    return rows


def _behind(rows: QuerySet[M], moment: str, after: Position | None) -> QuerySet[M]:
    """`rows` in order of `moment`, those behind `after`."""
    rows = rows.order_by(moment, "pk")
    if after is None:
        return rows
    later = Q(**{f"{moment}__gt": after.at}) | Q(pk__gt=after.key)
    return rows.filter(later, **{f"{moment}__gte": after.at})
