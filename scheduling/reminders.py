"""Which messages an appointment calls for, and when.

They are rows, written in the transaction of the booking they speak of: they exist if
and only if it does. Sending them is the outbox's work.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from clients.models import (
    AgeGroup,
    Channel,
    Client,
    ConsentBasis,
    ConsentStatus,
    Guardian,
)
from scheduling import availability, snapshots
from scheduling.engine.wall_clock import (
    as_datetime,
    earliest_outside,
    latest_outside,
    minutes_before,
)
from scheduling.models import (
    CANCELLED,
    Appointment,
    AppointmentStatus,
    Attendance,
    Message,
    MessageKind,
    MessageState,
    PracticePolicy,
    ReminderRule,
    read_parts,
)

USEFUL_UNTIL = timedelta(minutes=15)  # before the start, for a reminder

# Once a message is in one of these states, its recipient knows, or may know.
TOLD = (
    MessageState.SENDING,
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.UNKNOWN,
)
REVOKED = ConsentStatus.REVOKED
EXPECTED = (AppointmentStatus.SCHEDULED, AppointmentStatus.CONFIRMED)
LEFT_ALONE = "left alone"  # the digest for who left a session that goes on


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is written to about a client's session: the client, or a guardian."""

    client: Client
    person: Client | Guardian
    channels: Sequence[Channel]

    @property
    def guardian(self) -> Guardian | None:
        return self.person if isinstance(self.person, Guardian) else None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the practice, and the clients, have decided about messages.

    `consents` are the newest decisions by client and channel, where there are any.
    """

    policy: PracticePolicy
    rules: Sequence[ReminderRule]
    consents: Mapping[tuple[UUID, str], str]


def terms(clients: Iterable[UUID]) -> Terms:
    """The terms of today, in one statement."""
    policy, rules, consents = snapshots.terms(clients)
    return Terms(
        policy,
        [
            ReminderRule(before_minutes=minutes, channel=channel)
            for minutes, channel in rules
        ],
        {(UUID(client), channel): status for client, channel, status in consents},
    )


def plan(appointment: Appointment, *, now: datetime) -> None:
    """Write the messages that a new appointment calls for; none for the past."""
    read_parts([appointment])
    clients = [part.client for part in appointment.attendances.all()]
    present = terms(client.pk for client in clients)
    rows = [
        message
        for recipient in _recipients(appointment, clients, present)
        for message in first_messages(appointment, recipient, present, now)
    ]
    Message.objects.bulk_create(rows, ignore_conflicts=True)


def first_messages(
    appointment: Appointment, recipient: Recipient, present: Terms, now: datetime
) -> Iterator[Message]:
    """What a new appointment calls for, for one of those who are written to."""
    yield from notice(appointment, MessageKind.BOOKED, recipient, present, now)
    yield from _reminders(appointment, recipient, present, now)


def replan(
    appointment: Appointment,
    *,
    now: datetime,
    tell: bool = True,
    only: Client | None = None,
) -> None:
    """Make what waits agree with an appointment whose facts, or whose terms, changed;
    or, for `only` one client, with whether they still come.

    What nothing calls for any more is cancelled. Who was never told of the old facts
    is told of the new as if of a first booking; who knows the present facts already is
    told nothing, nor is anybody if they are not to be told (`tell`). Doing so twice
    changes nothing. The caller has locked the appointment.
    """
    parts = _parts(appointment, only)
    present = terms(part.client_id for part in parts)
    told = _last_told(appointment)
    wanted: list[Message] = []
    for part in parts:
        comes = not part.has_left and appointment.status in EXPECTED
        for recipient in _recipients(appointment, [part.client], present):
            kind = _kind_of_notice(appointment, part, told.get(recipient.person.pk))
            if tell and kind is not None:
                wanted += notice(appointment, kind, recipient, present, now)
            if comes:
                wanted += _reminders(appointment, recipient, present, now)
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


def recipients(appointment: Appointment, *, who_left: bool) -> list[Recipient]:
    """Those to write to about an appointment, each with the ways that are open now;
    or those who left it, while it goes on."""
    clients = [
        part.client
        for part in _parts(appointment)
        if _left_alone(appointment, part) == who_left
    ]
    present = terms(client.pk for client in clients)
    return _recipients(appointment, clients, present)


def _left_alone(appointment: Appointment, part: Attendance) -> bool:
    """Whether the client of a part left a session that goes on without them."""
    return part.has_left and appointment.status not in CANCELLED


def _parts(appointment: Appointment, only: Client | None = None) -> list[Attendance]:
    parts = appointment.attendances.select_related("client").order_by("pk")
    return list(parts if only is None else parts.filter(client=only))


def _recipients(
    appointment: Appointment, clients: Sequence[Client], present: Terms
) -> list[Recipient]:
    return [
        Recipient(client, person, addresses(client, person, present))
        for client in clients
        for person in people(client, appointment)
    ]


def people(client: Client, appointment: Appointment) -> list[Client | Guardian]:
    """A minor's guardians, unless the minor consented alone: then nobody but the minor
    is ever written to (Family Code 6924)."""
    day = appointment.starts_at.astimezone(availability.PRACTICE_ZONE).date()
    is_minor = client.age_group_on(day) in (AgeGroup.CHILD, AgeGroup.ADOLESCENT)
    alone = client.consent_basis == ConsentBasis.SELF_12_PLUS
    if not is_minor or alone or not client.guardian_contact_ok:
        return [client]
    guardians = client.guardians.all()
    return [one for one in guardians if one.receives_messages] or [client]


def addresses(
    client: Client, person: Client | Guardian, present: Terms
) -> list[Channel]:
    """The ways that lead to `person` and are allowed, e-mail first.

    To have given the number or the address is consent until it is withdrawn (FCC
    15-72, the ruling of 2015).
    """
    ways = [
        (Channel.EMAIL, client.wants_email and person.email),
        (Channel.SMS, client.wants_sms and person.phone),
    ]
    return [
        channel
        for channel, is_open in ways
        if is_open and present.consents.get((client.pk, channel)) != REVOKED
    ]


def facts_digest(appointment: Appointment, *, has_left: bool = False) -> str:
    """What a message says, in short, to tell whether somebody knows it already.

    To whom `has_left` a session that goes on, it is all the same what else changes.
    """
    if has_left and appointment.status not in CANCELLED:
        return LEFT_ALONE
    said = (
        appointment.starts_at.timestamp(),
        appointment.office_id,
        appointment.therapist_id,
        str(appointment.mode),  # new rows have the choice, read ones its text
        appointment.status in CANCELLED,
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def _replace(
    appointment: Appointment,
    parts: Sequence[Attendance],
    wanted: Sequence[Message],
    now: datetime,
) -> None:
    """Let what is `wanted` for the `parts` wait, and else only what is due already and
    still so."""
    left = {part.client_id: _left_alone(appointment, part) for part in parts}
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
        or (message.due_at <= now and _says_left(message) == left[message.client_id])
    ]
    messages.pending().exclude(pk__in=kept).update(state=MessageState.CANCELLED)
    missing = [message for message in wanted if _identity(message) not in standing]
    Message.objects.bulk_create(missing)
    for message in wanted:
        _revise(standing.get(_identity(message)), message)


def _says_left(message: Message) -> bool:
    return message.facts_digest == LEFT_ALONE


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


def _last_told(appointment: Appointment) -> dict[UUID, Message]:
    """The last message that each recipient got, or may have got."""
    messages = appointment.messages.filter(state__in=TOLD).order_by(
        "facts_version", "due_at", "pk"
    )
    return {message.recipient: message for message in messages}


def _kind_of_notice(
    appointment: Appointment, part: Attendance, told: Message | None
) -> MessageKind | None:
    is_cancelled = appointment.status in CANCELLED
    if told is None:
        return None if is_cancelled or part.has_left else MessageKind.BOOKED
    knows_of_leaving = _says_left(told)
    knows = told.facts_digest == facts_digest(appointment, has_left=part.has_left)
    if knows or (part.has_left and knows_of_leaving):
        return None
    if _left_alone(appointment, part):
        return MessageKind.CANCELLED
    if knows_of_leaving or told.state == MessageState.SENDING:
        return MessageKind.CORRECTION
    return MessageKind.CANCELLED if is_cancelled else MessageKind.MOVED


def _reminders(
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
