"""The timeline of an appointment: what became of it, and who was told of it when.

It is read from history, which has a row for each change: what happened is what differs
between two of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from clients.models import Client
from scheduling.models import (
    ATTENDING,
    LEFT,
    STUCK,
    AnswerKind,
    Appointment,
    AppointmentStatus,
    Attendance,
    AttendanceStatus,
    Message,
    MessageResolution,
    MessageState,
)

MOST = 500  # changes of each kind of row; of a longer history, the newest
FACTS = ("starts_at", "office_id", "therapist_id", "mode")

# A row of history has the fields of what it is about, and who changed it; pghistory
# makes these models.
Row = Any


class Happening(models.TextChoices):
    HELD = "held", "A slot was kept"
    RELEASED = "released", "The slot was let go of"
    BOOKED = "booked", "Booked"
    MOVED = "moved", "Moved: another time, office, therapist or mode"
    ROOM_CHANGED = "room_changed", "Another room"
    CONFIRMED = "confirmed", "Confirmed"
    CHECKED_IN = "checked_in", "Checked in"
    COMPLETED = "completed", "Completed"
    NO_SHOW = "no_show", "Nobody came"
    REOPENED = "reopened", "Scheduled again, by taking something back"
    CANCELLED = "cancelled", "Cancelled"
    LATE_CANCELLED = "late_cancelled", "Cancelled late"
    CANCELLED_BY_PRACTICE = "cancelled_by_practice", "Cancelled by the practice"
    CLIENT_JOINED = "client_joined", "One client more comes"
    CLIENT_LEFT = "client_left", "One client's part was called off"
    CLIENT_ATTENDED = "client_attended", "One client came"
    CLIENT_MISSED = "client_missed", "One client did not come"
    CLIENT_EXPECTED = "client_expected", "One client is expected again"
    MESSAGE_PLANNED = "message_planned", "A message was planned"
    MESSAGE_REPLANNED = "message_replanned", "It is due at another time, or again"
    MESSAGE_PUT_OFF = "message_put_off", "It waits, for quiet hours to end"
    MESSAGE_TRIED = "message_tried", "It was tried in vain, and will be again"
    MESSAGE_SENT = "message_sent", "It was sent"
    MESSAGE_DELIVERED = "message_delivered", "It was delivered"
    MESSAGE_FAILED = "message_failed", "It failed"
    MESSAGE_UNKNOWN = "message_unknown", "Nobody knows whether it was sent"
    MESSAGE_CANCELLED = "message_cancelled", "It is not called for any more"
    MESSAGE_EXPIRED = "message_expired", "It would have come too late"
    MESSAGE_RETRIED = "message_retried", "Somebody had it sent again"
    MESSAGE_RESOLVED = "message_resolved", "Somebody decided about it"
    ANSWERED_YES = "answered_yes", "A client answered that they will come"
    ANSWERED_NO = "answered_no", "A client answered that they will not"
    ASKED_FOR_CALL = "asked_for_call", "A client asked to be called"
    WROTE = "wrote", "A client wrote back"
    REPLY_RESOLVED = "reply_resolved", "Somebody dealt with what was asked or written"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `place` has the appointment as it was from then on,
    `message` the message; `via` says by which way it came: staff, system, or another
    that is noted with the change."""

    at: datetime
    happening: Happening
    by: User | None = None
    via: str = "system"
    place: Row = None
    client: Client | None = None
    message: Row = None
    resolution: MessageResolution | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """`is_whole` unless the oldest part of a very long history was left out."""

    entries: Sequence[Entry]
    is_whole: bool


_STATUSES = {
    AppointmentStatus.RELEASED: Happening.RELEASED,
    AppointmentStatus.CONFIRMED: Happening.CONFIRMED,
    AppointmentStatus.CHECKED_IN: Happening.CHECKED_IN,
    AppointmentStatus.COMPLETED: Happening.COMPLETED,
    AppointmentStatus.NO_SHOW: Happening.NO_SHOW,
    AppointmentStatus.CANCELLED: Happening.CANCELLED,
    AppointmentStatus.LATE_CANCELLED: Happening.LATE_CANCELLED,
    AppointmentStatus.CANCELLED_BY_PRACTICE: Happening.CANCELLED_BY_PRACTICE,
}
_STATES = {
    MessageState.SENT: Happening.MESSAGE_SENT,
    MessageState.DELIVERED: Happening.MESSAGE_DELIVERED,
    MessageState.FAILED: Happening.MESSAGE_FAILED,
    MessageState.UNKNOWN: Happening.MESSAGE_UNKNOWN,
    MessageState.CANCELLED: Happening.MESSAGE_CANCELLED,
    MessageState.EXPIRED: Happening.MESSAGE_EXPIRED,
}
_ANSWERS = {
    AnswerKind.CONFIRM: Happening.ANSWERED_YES,
    AnswerKind.CANCEL: Happening.ANSWERED_NO,
    AnswerKind.CALL: Happening.ASKED_FOR_CALL,
    AnswerKind.WORDS: Happening.WROTE,
}
_WAITS_AGAIN = {
    MessageState.SENDING: Happening.MESSAGE_TRIED,
    MessageState.CANCELLED: Happening.MESSAGE_REPLANNED,
    **dict.fromkeys(STUCK, Happening.MESSAGE_RETRIED),
}


def of(appointment: Appointment) -> Timeline:
    """Everything in order of time, in six statements, however much it is."""
    appointments = _newest(
        _events(Appointment)
        .filter(pgh_obj=appointment.pk)
        .select_related("pgh_context", "therapist", "office", "room")
    )
    parts = _newest(
        _events(Attendance)
        .filter(appointment=appointment.pk)
        .select_related("pgh_context", "client")
    )
    messages = _newest(
        _events(Message)
        # Their keys, for as a subquery it would read the history of all messages.
        .filter(pgh_obj__in=list(_messages(appointment).values_list("pk", flat=True)))
        .select_related("pgh_context", "client", "guardian", "pgh_obj__resolution__by")
    )
    users = _users([*appointments, *parts, *messages])
    own = list(_entries(appointments, _of_appointment, users, "place"))
    with_all = {  # parts that changed with the whole are no news
        entry.at for entry in own if entry.happening != Happening.ROOM_CHANGED
    }
    entries = [
        *own,
        *(
            entry
            for entry in _entries(parts, _of_part, users, "client")
            if entry.at not in with_all
        ),
        *_entries(messages, _of_message, users, "message"),
        *_resolutions(messages),
        *_answers(appointment),
    ]
    entries.sort(key=attrgetter("at"))  # which keeps that order among equals
    is_whole = all(len(rows) <= MOST for rows in (appointments, parts, messages))
    return Timeline(entries, is_whole)


def _events(model: type[models.Model]) -> QuerySet[Any]:  # Any: pghistory makes them
    rows: QuerySet[Any] = model.pgh_event_model.objects.all()  # type: ignore[attr-defined]
    return rows


def _newest(rows: QuerySet[Any]) -> list[Row]:
    """The newest rows, the oldest of them first, and one more if there are more."""
    return list(reversed(rows.order_by("-pgh_id")[: MOST + 1]))


def _messages(appointment: Appointment) -> QuerySet[Message]:
    """Those about the appointment, and those about an earlier one of its series that
    spoke of it as well."""
    own = Q(appointment=appointment)
    if appointment.series_id is None:
        return Message.objects.filter(own)
    earlier = Appointment.objects.filter(
        Q(pk=appointment.pk)
        | Q(series=appointment.series_id, occurs_on__lt=appointment.occurs_on)
    )
    part = appointment.attendances.filter(client=OuterRef("client"))
    spoken_to = Exists(part.filter(pk__lt=OuterRef("pk")))
    return Message.objects.filter(
        own | Q(spoken_to, for_series=True), appointment__in=earlier.values("pk")
    )


def _users(rows: Iterable[Row]) -> Mapping[int, User]:
    keys = {row.pgh_context.metadata.get("user") for row in rows if row.pgh_context}
    return User.objects.in_bulk(keys - {None})


def _entries(
    rows: Sequence[Row],
    what: Callable[[Row | None, Row], Happening | None],
    users: Mapping[int, User],
    field: str,
) -> Iterator[Entry]:
    """What happened to each of several things, from one row of it to the next."""
    for _, group in groupby(sorted(rows, key=_thing), key=_thing):
        before, at = None, None
        for row in group:
            # A change that waited for another began before it, but came after it.
            at = row.pgh_created_at if at is None else max(at, row.pgh_created_at)
            if before is None and row.pgh_label != "insert":
                before = row  # what was before it was left out
                continue
            happening = what(before, row)
            before = row
            if happening is not None:
                context = row.pgh_context.metadata if row.pgh_context else {}
                user = users.get(context.get("user") or 0)
                via = context.get("via") or ("staff" if user else "system")
                told = row.client if field == "client" else row
                yield Entry(at, happening, by=user, via=via, **{field: told})


def _thing(row: Row) -> UUID:
    key: UUID = row.pgh_obj_id
    return key


def _of_appointment(before: Row | None, now: Row) -> Happening | None:
    if now.pgh_label == "delete":
        return None
    is_scheduled = now.status == AppointmentStatus.SCHEDULED
    if before is None or (before.status == AppointmentStatus.HELD and is_scheduled):
        return Happening.BOOKED if is_scheduled else Happening.HELD
    if any(getattr(before, name) != getattr(now, name) for name in FACTS):
        return Happening.MOVED
    if before.status != now.status:
        return _STATUSES.get(now.status, Happening.REOPENED)
    return Happening.ROOM_CHANGED if before.room_id != now.room_id else None


def _of_part(before: Row | None, now: Row) -> Happening | None:
    if now.pgh_label == "delete":
        return None
    if before is None or (before.status in LEFT and now.status in ATTENDING):
        return Happening.CLIENT_JOINED
    if before.status == now.status:
        return None
    if now.status in LEFT:
        return Happening.CLIENT_LEFT
    return {
        AttendanceStatus.ATTENDED: Happening.CLIENT_ATTENDED,
        AttendanceStatus.NO_SHOW: Happening.CLIENT_MISSED,
    }.get(now.status, Happening.CLIENT_EXPECTED)


def _of_message(before: Row | None, now: Row) -> Happening | None:
    if before is None:
        return Happening.MESSAGE_PLANNED
    if before.state != now.state:
        if now.state == MessageState.PENDING:
            return _WAITS_AGAIN.get(before.state)
        return _STATES.get(now.state)
    if now.state != MessageState.PENDING:
        return None
    if before.due_at != now.due_at:
        return Happening.MESSAGE_REPLANNED
    put_off = now.next_attempt_at not in {None, before.next_attempt_at}
    return Happening.MESSAGE_PUT_OFF if put_off else None


def _resolutions(messages: Iterable[Row]) -> Iterator[Entry]:
    """Those that hold; one that was void is told by what came after it."""
    for row in {_thing(row): row for row in messages}.values():
        resolution = getattr(row.pgh_obj, "resolution", None)
        if resolution is not None:
            yield Entry(
                resolution.at,
                Happening.MESSAGE_RESOLVED,
                by=resolution.by,
                via="staff",
                message=row,
                resolution=resolution,
            )


def _answers(appointment: Appointment) -> Iterator[Entry]:
    """What clients answered, without their words, and that somebody dealt with it."""
    rows = appointment.answers.select_related("client", "resolved_by")
    for row in rows.order_by("-at", "-pk")[:MOST]:
        yield Entry(
            row.at, _ANSWERS[AnswerKind(row.kind)], via=row.via, client=row.client
        )
        if row.resolved_at is not None:
            yield Entry(
                row.resolved_at,
                Happening.REPLY_RESOLVED,
                by=row.resolved_by,
                via="staff",
                client=row.client,
            )
