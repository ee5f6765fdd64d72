"""Drafts: the messages that somebody is to have, as rows that are not written yet."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from clients.models import Channel
from scheduling import waiting
from scheduling.engine.wall_clock import (
    as_datetime,
    earliest_outside,
    latest_outside,
    minutes_before,
)
from scheduling.knowledge import facts_digest
from scheduling.models import (
    NOT_OPEN,
    NOT_TOLD,
    Appointment,
    Message,
    MessageKind,
    MessageState,
    PracticePolicy,
)
from scheduling.recipients import Recipient, Terms

USEFUL_UNTIL = timedelta(minutes=15)  # before the start, for a reminder


def first_messages(
    appointment: Appointment, recipient: Recipient, present: Terms, now: datetime
) -> Iterator[Message]:
    """What a new appointment calls for, for one of those who are written to."""
    yield from notice(appointment, MessageKind.BOOKED, recipient, present, now)
    yield from reminders_of(appointment, recipient, present, now)


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
    if kind == MessageKind.OFFER:
        yield offer(appointment, recipient, now)
        return
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


def offer(appointment: Appointment, recipient: Recipient, now: datetime) -> Message:
    """That an hour is kept for somebody who waits: at once, and by text where that way
    is open, since it is of use for a short time only."""
    ways = recipient.channels
    message = _message(
        appointment,
        recipient,
        kind=MessageKind.OFFER,
        channel=Channel.SMS if Channel.SMS in ways or not ways else ways[0],
        due_at=now,
        not_after=appointment.hold_expires_at or appointment.starts_at,
    )
    if not ways:
        message.state, message.last_error = MessageState.CANCELLED, NOT_OPEN
    return message


def reminders_of(
    appointment: Appointment,
    recipient: Recipient,
    present: Terms,
    now: datetime,
    *,
    there: Sequence[Message] = (),
    since: datetime | None = None,
) -> Iterator[Message]:
    """Reminders that are still ahead, or were `since`, beside what is `there` already;
    who books inside an offset gets none for it.

    One that cannot go by its way, or whose text failed, goes by the other, once for
    each that the plan calls for, whichever ways they took.
    """
    plan = present.plan(appointment, recipient.client)
    person = recipient
    for minutes, planned in plan.reminders.items():
        rows = [
            message
            for message in there
            if message.kind == MessageKind.REMINDER
            and message.recipient == recipient.person.pk
            and message.before_start_minutes == minutes
        ]
        has_failed = any(waiting.led_nowhere(row) for row in rows)
        recipient = person.without(Channel.SMS) if has_failed else person
        settled = [row.channel for row in rows if waiting.is_settled(row)]
        due = _reminder_due(appointment, minutes, present.policy, now)
        if due is None:
            late = list(_overdue(appointment, recipient, rows, now))
            yield from late
            settled += [message.channel for message in late]
            due = _reminder_due(appointment, minutes, present.policy, since or now)
        if due is None:
            continue
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
