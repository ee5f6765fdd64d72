"""Which messages an appointment calls for, and when.

They are rows, written in the transaction of the booking they speak of: they exist if
and only if it does. Sending them is the outbox's work.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from clients.models import Channel, Client
from scheduling import knowledge, recipients, waiting
from scheduling.engine.wall_clock import (
    as_datetime,
    earliest_outside,
    latest_outside,
    minutes_before,
)
from scheduling.knowledge import facts_digest
from scheduling.models import (
    ATTENDING,
    NOT_OPEN,
    NOT_TOLD,
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
    tell: bool = True,
    only: Client | None = None,
) -> None:
    """Make what waits agree with an appointment whose facts changed; or, for `only` one
    client, with whether they still come.

    What nothing calls for any more is cancelled. Who was never told of the old facts
    is told of the new as if of a first booking; who knows the present facts already is
    told nothing, nor is anybody if they are not to be told (`tell`). Doing so twice
    changes nothing. The caller has locked the appointment.
    """
    if tell and appointment.series_id is not None:
        _hand_on(appointment)
    again = _Again(appointment, recipients.parts(appointment, only), now)
    told = knowledge.last_told([appointment])
    for part, recipient in again.recipients:
        known = told.get((appointment.pk, recipient.person.pk))
        kind = knowledge.notice_due(appointment, part, known)
        if tell and kind is not None:
            again.wanted += notice(appointment, kind, recipient, again.present, now)
    again.write()


def renew(appointment: Appointment, *, now: datetime) -> None:
    """Make what waits agree with the terms: what is sent to whom, and by which way.

    A notice that waits goes to those who are now to have it, by the way that is now
    the first; what has been told is not told again. Doing so twice changes nothing. The
    caller has locked the appointment.
    """
    again = _Again(appointment, recipients.parts(appointment), now)
    owed = [
        message
        for message in again.there
        if message.kind != MessageKind.REMINDER and waiting.is_owed(message, now)
    ]
    told = knowledge.last_told([appointment]) if owed else {}
    for part, recipient in again.recipients if owed else ():
        theirs = [message for message in owed if message.client_id == part.client_id]
        known = told.get((appointment.pk, recipient.person.pk))
        again.wanted += _instead(
            theirs, part, recipient, known=known, present=again.present, now=now
        )
    again.write()


class _Again:
    """An appointment that is planned again for some of its clients: what is `there`
    about its present facts, and what is `wanted`."""

    def __init__(
        self, appointment: Appointment, parts: Sequence[Attendance], now: datetime
    ) -> None:
        self.appointment, self.parts, self.now = appointment, parts, now
        self.present = recipients.terms(part.client_id for part in parts)
        self.there = waiting.standing(appointment, parts)
        self.wanted: list[Message] = []
        self.recipients = [
            (part, recipient)
            for part in parts
            for recipient in recipients.of_clients(
                appointment, [part.client], self.present
            )
        ]

    def write(self) -> None:
        """Want the reminders of those who come, too, and let what is wanted wait."""
        is_expected = self.appointment.status in EXPECTED
        for part, recipient in self.recipients:
            if is_expected and part.status in ATTENDING:
                self.wanted += reminders_of(
                    self.appointment, recipient, self.present, self.now, self.there
                )
        ways = {one.person.pk: one.channels for _, one in self.recipients}
        waiting.replace(
            self.appointment,
            self.parts,
            there=self.there,
            wanted=self.wanted,
            ways=ways,
            now=self.now,
        )


def notice(
    appointment: Appointment,
    kind: MessageKind,
    recipient: Recipient,
    present: Terms,
    now: datetime,
) -> Iterator[Message]:
    """One message by the way that the plan names, or else the other, after some minutes
    of quiet: a change that is taken back meanwhile is never told. It waits for quiet
    hours to end.

    That it is not told, for the plan's sake or since no way is open, is written down.
    """
    if appointment.starts_at <= now:
        return
    settled = now + timedelta(minutes=present.policy.booked_notice_delay_minutes)
    due = earliest_outside(
        int(settled.timestamp()),
        present.policy.quiet_from_minute,
        present.policy.quiet_until_minute,
        ZoneInfo(appointment.timezone),
    )
    plan = present.plan(appointment, recipient.client)
    first = [plan.notices_by] if plan.notices_by in recipient.channels else []
    message = _message(
        appointment,
        recipient,
        kind=kind,
        channel=[*first, *recipient.channels, plan.notices_by][0],
        due_at=as_datetime(due),
        not_after=appointment.starts_at,
    )
    if kind not in plan.tells:
        message.state, message.last_error = MessageState.CANCELLED, NOT_TOLD
    elif not recipient.channels:
        message.state, message.last_error = MessageState.CANCELLED, NOT_OPEN
    yield message


def _instead(
    owed: Sequence[Message],
    part: Attendance,
    recipient: Recipient,
    *,
    known: Message | None,
    present: Terms,
    now: datetime,
) -> Iterator[Message]:
    """The notice that somebody is to have in place of those that are `owed` for their
    client: of their own, or of whoever was to have it before."""
    own = [message for message in owed if message.recipient == recipient.person.pk]
    first = sorted(own or owed, key=lambda one: one.state != MessageState.PENDING)[:1]
    for model in first:
        kind = knowledge.notice_due(part.appointment, part, known)
        if own and (known in own or not _say_the_same(known, model)):
            kind = MessageKind(model.kind)
        if kind is None:
            return
        for message in notice(part.appointment, kind, recipient, present, now):
            message.for_series = model.for_series
            message.facts_digest, message.due_at = model.facts_digest, model.due_at
            yield message


def _say_the_same(known: Message | None, message: Message) -> bool:
    return known is not None and known.facts_digest == message.facts_digest


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
    return next(
        (one for one in standing if waiting.identity(one) == waiting.identity(message)),
        None,
    )


def reminders_of(
    appointment: Appointment,
    recipient: Recipient,
    present: Terms,
    now: datetime,
    there: Sequence[Message] = (),
) -> Iterator[Message]:
    """Reminders that are still ahead, beside what is `there` already; who books inside
    an offset gets none for it.

    One that cannot go by its way goes by the other, once for each that the plan calls
    for, whichever ways they took.
    """
    plan = present.plan(appointment, recipient.client)
    for minutes, planned in plan.reminders.items():
        rows = [
            message
            for message in there
            if message.kind == MessageKind.REMINDER
            and message.recipient == recipient.person.pk
            and message.before_start_minutes == minutes
        ]
        due = _reminder_due(appointment, minutes, present.policy, now)
        if due is None:
            yield from _overdue(appointment, recipient, rows, now)
            continue
        settled = [row.channel for row in rows if waiting.is_settled(row)]
        ways = [
            channel
            for channel in _open_ways(planned, recipient.channels)
            if channel not in settled
        ]
        for channel in ways[: max(len(planned) - len(settled), 0)]:
            yield _reminder(appointment, recipient, minutes, channel, due)


def _open_ways(planned: Sequence[Channel], ways: Sequence[Channel]) -> list[Channel]:
    """Those that are `planned`, or the other one instead of one that is not open."""
    chosen = [
        channel if channel in ways else next(iter(ways), None) for channel in planned
    ]
    return [channel for channel in dict.fromkeys(chosen) if channel is not None]


def _overdue(
    appointment: Appointment,
    recipient: Recipient,
    rows: Sequence[Message],
    now: datetime,
) -> Iterator[Message]:
    """A reminder whose time has come, and which waits still: for the end of quiet
    hours, say. If it cannot go by its way it goes by the other. One for which no row
    was there by then is not made up for."""
    owed = [row for row in rows if waiting.is_owed(row, now)]
    if not owed or any(waiting.is_settled(row) for row in rows):
        return
    goes = [
        row
        for row in owed
        if row.state == MessageState.PENDING and row.channel in recipient.channels
    ]
    for row in goes or owed[:1]:
        own = Channel(row.channel)
        (channel,) = _open_ways([own], recipient.channels) or [own]
        message = _reminder(
            appointment, recipient, row.before_start_minutes, channel, row.due_at
        )
        if channel not in recipient.channels:
            message.state, message.last_error = MessageState.CANCELLED, NOT_OPEN
        yield message


def _reminder(
    appointment: Appointment,
    recipient: Recipient,
    minutes: int,
    channel: str,
    due_at: datetime,
) -> Message:
    return _message(
        appointment,
        recipient,
        kind=MessageKind.REMINDER,
        channel=channel,
        before_start_minutes=minutes,
        due_at=due_at,
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
