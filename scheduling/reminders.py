"""Which messages an appointment calls for, and when.

They are rows, written in the transaction of the booking they speak of: they exist if
and only if it does. Sending them is the outbox's work.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from clients.models import Client
from scheduling import knowledge, recipients
from scheduling.engine.wall_clock import (
    as_datetime,
    earliest_outside,
    latest_outside,
    minutes_before,
)
from scheduling.knowledge import facts_digest
from scheduling.models import (
    ATTENDING,
    Appointment,
    AppointmentStatus,
    Attendance,
    Message,
    MessageKind,
    MessageState,
    PracticePolicy,
    read_parts,
)
from scheduling.recipients import Recipient, Terms

USEFUL_UNTIL = timedelta(minutes=15)  # before the start, for a reminder
EXPECTED = (AppointmentStatus.SCHEDULED, AppointmentStatus.CONFIRMED)


class Tell(Enum):
    """Whether clients are told of a change by a notice. Reminders follow it anyway."""

    NOW = "now"
    TOGETHER = "together"  # with other changes, by a notice that is written after them
    NOT = "not"

    @classmethod
    def when(cls, wanted: bool) -> "Tell":  # noqa: FBT001  it says it all
        return cls.NOW if wanted else cls.NOT


def plan(appointment: Appointment, *, now: datetime) -> None:
    """Write the messages that a new appointment calls for; none for the past."""
    read_parts([appointment])
    clients = [part.client for part in appointment.attendances.all()]
    present = recipients.terms(client.pk for client in clients)
    rows = [
        message
        for recipient in recipients.of_clients(appointment, clients, present)
        for message in first_messages(appointment, recipient, present, now)
    ]
    Message.objects.bulk_create(rows, ignore_conflicts=True)


def first_messages(
    appointment: Appointment, recipient: Recipient, present: Terms, now: datetime
) -> Iterator[Message]:
    """What a new appointment calls for, for one of those who are written to."""
    yield from notice(appointment, MessageKind.BOOKED, recipient, present, now)
    yield from reminders_of(appointment, recipient, present, now)


def replan(
    appointment: Appointment,
    *,
    now: datetime,
    tell: Tell = Tell.NOW,
    only: Client | None = None,
) -> None:
    """Make what waits agree with an appointment whose facts, or whose terms, changed;
    or, for `only` one client, with whether they still come.

    What nothing calls for any more is cancelled. Who was never told of the old facts
    is told of the new as if of a first booking; who knows the present facts already is
    told nothing. What people are not told of now (`tell`) they do not know of when the
    facts change again. Doing so twice changes nothing. The caller has locked the
    appointment.
    """
    if tell is not Tell.TOGETHER and appointment.series_id is not None:
        _hand_on(appointment)
    parts = recipients.parts(appointment, only)
    present = recipients.terms(part.client_id for part in parts)
    told = knowledge.last_told([appointment])
    wanted: list[Message] = []
    for part in parts:
        comes = part.status in ATTENDING and appointment.status in EXPECTED
        for recipient in recipients.of_clients(appointment, [part.client], present):
            known = told.get((appointment.pk, recipient.person.pk))
            kind = knowledge.notice_due(appointment, part, known)
            if tell is Tell.NOW and kind is not None:
                wanted += notice(appointment, kind, recipient, present, now)
            if comes:
                wanted += reminders_of(appointment, recipient, present, now)
    _replace(appointment, parts, wanted, now)


def notice(
    appointment: Appointment,
    kind: MessageKind,
    recipient: Recipient,
    present: Terms,
    now: datetime,
) -> Iterator[Message]:
    """One message by the first open way, after some minutes of quiet: a change that is
    taken back meanwhile is never told. It waits for quiet hours to end."""
    if appointment.starts_at <= now or not recipient.channels:
        return
    settled = now + timedelta(minutes=present.policy.booked_notice_delay_minutes)
    due = earliest_outside(
        int(settled.timestamp()),
        present.policy.quiet_from_minute,
        present.policy.quiet_until_minute,
        ZoneInfo(appointment.timezone),
    )
    yield _message(
        appointment,
        recipient,
        kind=kind,
        channel=recipient.channels[0],
        due_at=as_datetime(due),
        not_after=appointment.starts_at,
    )


def _hand_on(occurrence: Appointment) -> None:
    """Let a notice for a series that has not gone out yet wait with the next occurrence
    of which it is true and to which its client comes, where that is no longer so of
    this one."""
    coming = occurrence.attendances.active().values("client")
    waiting = occurrence.messages.pending().filter(for_series=True)
    waiting = waiting.exclude(facts_version=occurrence.facts_version, client__in=coming)
    for message in waiting:
        following = Appointment.objects.filter(
            attendances__client=message.client_id,
            attendances__status__in=ATTENDING,
            series=occurrence.series_id,
            occurs_on__gt=occurrence.occurs_on,
            status__in=EXPECTED,
        ).select_related("office")
        for other in following.order_by("occurs_on"):
            if facts_digest(other, for_series=True) != message.facts_digest:
                continue
            twin = _twin(message, other)
            if twin is None:
                message.appointment, message.facts_version = other, other.facts_version
                message.not_after = other.starts_at
                message.save(
                    update_fields=["appointment", "facts_version", "not_after"]
                )
            if twin is None or twin.for_series:
                break


def _twin(message: Message, occurrence: Appointment) -> Message | None:
    """What `occurrence` has already in the place that `message` would take: the notice
    of an extension, say, which speaks of it and, if for a series, of the rest."""
    standing = occurrence.messages.filter(facts_version=occurrence.facts_version)
    return next((one for one in standing if _identity(one) == _identity(message)), None)


def _replace(
    appointment: Appointment,
    parts: Sequence[Attendance],
    wanted: Sequence[Message],
    now: datetime,
) -> None:
    """Let what is `wanted` for the `parts` wait, and else only what is due already and
    still so."""
    left = {part.client_id: recipients.left_alone(appointment, part) for part in parts}
    messages = appointment.messages.filter(client__in=left)
    standing = {
        _identity(message): message
        for message in messages.filter(facts_version=appointment.facts_version)
    }
    named = {_identity(message) for message in wanted}
    kept = [
        message.pk
        for identity, message in standing.items()
        if identity in named
        or (
            message.due_at <= now
            and knowledge.says_left(message) == left[message.client_id]
        )
    ]
    messages.pending().exclude(pk__in=kept).update(state=MessageState.CANCELLED)
    missing = [message for message in wanted if _identity(message) not in standing]
    Message.objects.bulk_create(missing)
    for message in wanted:
        _revise(standing.get(_identity(message)), message)


def _revise(standing: Message | None, wanted: Message) -> None:
    """Give a row that is there its new times; a notice that waits keeps its own."""
    if standing is None:
        return
    is_reminder = wanted.kind == MessageKind.REMINDER
    waits = standing.state == MessageState.PENDING
    if standing.state == MessageState.CANCELLED or (waits and is_reminder):
        standing.state = MessageState.PENDING
        standing.due_at, standing.not_after = wanted.due_at, wanted.not_after
        standing.save(update_fields=["state", "due_at", "not_after"])


def _identity(message: Message) -> tuple[object, ...]:
    """What no two messages about the same facts have in common."""
    return (
        message.recipient,
        message.kind,
        message.before_start_minutes,
        message.channel,
    )


def reminders_of(
    appointment: Appointment,
    recipient: Recipient,
    present: Terms,
    now: datetime,
) -> Iterator[Message]:
    """Reminders that are still ahead; who books inside an offset gets none for it."""
    for rule in present.rules:
        due = _reminder_due(appointment, rule.before_minutes, present.policy, now)
        if due is not None and rule.channel in recipient.channels:
            yield _message(
                appointment,
                recipient,
                kind=MessageKind.REMINDER,
                channel=rule.channel,
                before_start_minutes=rule.before_minutes,
                due_at=due,
                not_after=appointment.starts_at - USEFUL_UNTIL,
            )


def _reminder_due(
    appointment: Appointment, minutes: int, policy: PracticePolicy, now: datetime
) -> datetime | None:
    """When a reminder goes out: by the wall clock, and before quiet hours rather than
    in them; behind them only if it is too late for before."""
    zone = ZoneInfo(appointment.timezone)
    start, present = int(appointment.starts_at.timestamp()), int(now.timestamp())
    wanted = minutes_before(start, minutes, zone)
    if wanted < present:
        return None
    quiet = (policy.quiet_from_minute, policy.quiet_until_minute)
    before = latest_outside(wanted, *quiet, zone)
    due = before if before >= present else earliest_outside(wanted, *quiet, zone)
    return as_datetime(due)


def _message(
    appointment: Appointment,
    recipient: Recipient,
    *,
    kind: MessageKind,
    channel: str,
    due_at: datetime,
    not_after: datetime,
    before_start_minutes: int = 0,
) -> Message:
    has_left = kind == MessageKind.CANCELLED
    return Message(
        appointment=appointment,
        facts_version=appointment.facts_version,
        facts_digest=facts_digest(appointment, has_left=has_left),
        kind=kind,
        channel=channel,
        before_start_minutes=before_start_minutes,
        client=recipient.client,
        guardian=recipient.guardian,
        recipient=recipient.person.pk,
        due_at=due_at,
        not_after=not_after,
    )
