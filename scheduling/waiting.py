"""Waiting: which of an appointment's messages wait, after something has changed.

Rows are never taken away. What nothing calls for any more is called off, and waits
again if it is called for after all; so the ledger has no two rows about the same.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from clients.models import Channel
from scheduling import knowledge, recipients
from scheduling.models import (
    NO_WAY,
    NOT_OPEN,
    NOT_TOLD,
    SMS_CAP,
    Appointment,
    Attendance,
    Message,
    MessageKind,
    MessageState,
)

OWED_FOR = timedelta(days=1)  # after it should have gone out

Ways = Mapping[UUID, Collection[Channel]]  # that are open, by recipient


def standing(appointment: Appointment, parts: Sequence[Attendance]) -> list[Message]:
    """What the ledger has for `parts` about the present facts, in whichever state."""
    return list(
        appointment.messages.filter(
            facts_version=appointment.facts_version,
            client__in=[part.client_id for part in parts],
        )
        .select_related("resolution")
        .order_by("pk")
    )


def is_owed(message: Message, now: datetime) -> bool:
    """Whether it is still to be told: it waits; or it could not go by its way, and that
    was lately; or it was left out by a plan, and would not have gone out yet."""
    if message.state == MessageState.PENDING:
        return True
    if led_nowhere(message):
        return message.due_at > now - OWED_FOR
    if message.state != MessageState.CANCELLED:
        return False
    if message.last_error == NOT_TOLD:
        return message.due_at > now
    return message.last_error in NO_WAY and message.due_at > now - OWED_FOR


def led_nowhere(message: Message) -> bool:
    """Whether a text certainly did not arrive, and nobody has decided about it: it may
    go by e-mail."""
    is_text = message.channel == Channel.SMS
    if not is_text or message.state != MessageState.FAILED:
        return False
    has_decision = getattr(message, "resolution", None) is not None
    return not has_decision and not knowledge.is_in_doubt(message)


def is_settled(message: Message) -> bool:
    """Whether a reminder has gone out, perhaps, or is not to: it was one too many."""
    return knowledge.is_told(message) or message.last_error == SMS_CAP


def replace(
    appointment: Appointment,
    parts: Sequence[Attendance],
    *,
    there: Sequence[Message],
    wanted: Sequence[Message],
    ways: Ways,
    reminded: Collection[UUID],
    now: datetime,
) -> None:
    """Let what is `wanted` for the `parts` wait, beside what is `there` already; and
    else only what is due and still so, if its way is open. Of a reminder for those who
    are `reminded` it is written down why there is none any more."""
    left = {part.client_id: recipients.left_alone(appointment, part) for part in parts}
    for message in wanted:
        _keep_to_its_way(message, there, ways, now)
    rows = {identity(message): message for message in there}
    named = {identity(message) for message in wanted}
    kept = [
        message.pk
        for message in there
        if identity(message) in named
        or (
            message.due_at <= now
            and knowledge.says_left(message) == left[message.client_id]
            and message.channel in ways.get(message.recipient, ())
        )
    ]
    messages = appointment.messages.filter(client__in=left)
    _leave_out(
        [message for message in there if message.pk not in kept], wanted, ways, reminded
    )
    messages.pending().exclude(pk__in=kept).update(state=MessageState.CANCELLED)
    missing = [message for message in wanted if identity(message) not in rows]
    Message.objects.bulk_create(missing)
    for message in wanted:
        if identity(message) in rows:
            _revise(rows[identity(message)], message)


def reroute(message: Message, channel: Channel) -> None:
    """Let a message that cannot go by its way go by `channel` instead, unless it has,
    or does, already. The caller has locked the appointment."""
    twin = anew(message)
    twin.channel = channel
    rows = Message.objects.filter(
        appointment=message.appointment, facts_version=message.facts_version
    )
    for row in rows.filter(recipient=message.recipient, kind=message.kind):
        if identity(row) == identity(twin):
            return _revise(row, twin)
    return twin.save(force_insert=True)


def _leave_out(
    dropped: Sequence[Message],
    wanted: Sequence[Message],
    ways: Ways,
    reminded: Collection[UUID],
) -> None:
    """Call off the reminders that nothing takes the place of, and say why."""
    replaced = {identity(message)[:-1] for message in wanted}
    for message in dropped:
        is_left_out = (
            message.state == MessageState.PENDING
            and message.kind == MessageKind.REMINDER
            and message.recipient in reminded
            and identity(message)[:-1] not in replaced
        )
        if is_left_out:
            message.state = MessageState.CANCELLED
            is_open = bool(ways.get(message.recipient))
            message.last_error = NOT_TOLD if is_open else NOT_OPEN
            message.save(update_fields=["state", "last_error"])


def _keep_to_its_way(
    wanted: Message, there: Sequence[Message], ways: Ways, now: datetime
) -> None:
    """Let a notice that is due go by the way that it is about to, if that is open: it
    is not to go by both."""
    if wanted.kind == MessageKind.REMINDER:
        return
    for message in there:
        goes = message.state == MessageState.PENDING and message.due_at <= now
        is_same = (message.recipient, message.kind) == (wanted.recipient, wanted.kind)
        if goes and is_same and message.channel in ways.get(message.recipient, ()):
            wanted.channel = message.channel


def anew(message: Message) -> Message:
    """One that says the same to the same, of which nothing has been tried yet."""
    return Message(
        appointment=message.appointment,
        facts_version=message.facts_version,
        facts_digest=message.facts_digest,
        kind=message.kind,
        channel=message.channel,
        before_start_minutes=message.before_start_minutes,
        for_series=message.for_series,
        client=message.client,
        guardian=message.guardian,
        recipient=message.recipient,
        due_at=message.due_at,
        not_after=message.not_after,
    )


def identity(message: Message) -> tuple[object, ...]:
    """What no two messages about the same facts have in common."""
    return (
        message.recipient,
        message.kind,
        message.before_start_minutes,
        message.channel,
    )


def _revise(row: Message, wanted: Message) -> None:
    """Let a row that is there be as it is wanted. A notice that waits keeps its times,
    and what has gone out, or failed, is left alone."""
    if row.state not in (MessageState.PENDING, MessageState.CANCELLED):
        return
    changes: dict[str, object] = {}
    if wanted.state == MessageState.CANCELLED:
        changes = {"state": wanted.state, "last_error": wanted.last_error}
    elif row.state == MessageState.CANCELLED:
        changes = {
            "state": MessageState.PENDING,
            "due_at": wanted.due_at,
            "not_after": wanted.not_after,
            # That it was tried before has to be known: it is looked up then.
            "last_error": row.last_error if row.attempts else "",
            "attempts": 0,
            "next_attempt_at": None,
            "dispatched_until": None,
        }
    elif row.kind == MessageKind.REMINDER:
        changes = {"due_at": wanted.due_at, "not_after": wanted.not_after}
    changed = [name for name in changes if getattr(row, name) != changes[name]]
    for name in changed:
        setattr(row, name, changes[name])
    if changed:
        row.save(update_fields=changed)
