"""The messages about the appointments: sent, called off, or still to come."""

from collections.abc import Iterable, Iterator
from copy import copy
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from clients.models import Channel
from scheduling import drafts, recipients, reminders, series_notices
from scheduling.demo.outcomes import Outcome
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    Attendance,
    Message,
    MessageKind,
    MessageState,
)
from scheduling.recipients import Recipient, Terms

DUE_NOW = 6  # reminders left for the worker's first minute
SENT_WITHIN = 40  # seconds after a message is due
DELIVERED = 0.8  # of the texts that were sent: the others' receipts were lost


def write(
    outcomes: Iterable[Outcome],
    terms: Terms,
    now: datetime,
    random: Random,
) -> list[Message]:
    """What was planned when each appointment was booked or cancelled, and what has
    happened to it since. The last few reminders have not gone out yet."""
    begun: set[UUID] = set()
    messages: list[Message] = []
    for outcome in outcomes:
        if outcome.appointment.status == AppointmentStatus.RELEASED:
            continue
        begins = outcome.appointment.series_id not in begun
        for part in outcome.attendances:
            for recipient in _recipients(part, terms):
                messages += _planned(outcome, part, recipient, terms, begins=begins)
        if outcome.appointment.series_id is not None:
            begun.add(outcome.appointment.series_id)
    due = [
        message
        for message in messages
        if message.state == MessageState.PENDING and message.due_at <= now
    ]
    for message in due:
        _mark_as_sent(message, random)
    for message in _latest_of_use(due, now):
        message.state, message.sent_at, message.attempts = MessageState.PENDING, None, 0
    return messages


def _recipients(part: Attendance, terms: Terms) -> Iterator[Recipient]:
    client = part.client
    for person in recipients.people(client, part.appointment):
        yield Recipient(client, person, recipients.addresses(client, person, terms))


def _planned(
    outcome: Outcome,
    part: Attendance,
    recipient: Recipient,
    terms: Terms,
    *,
    begins: bool,
) -> Iterator[Message]:
    """What was planned at first and, if the client's part was called off, since. Of a
    series, only that which `begins` it has a notice, and all know it by then."""
    appointment, cancelled_at = outcome.appointment, part.cancelled_at
    is_known = appointment.series_id is not None
    first = list(_at_first(outcome, recipient, terms, begins=begins))
    for message in first:
        message.created_at = outcome.booked_at
        if cancelled_at is not None and message.due_at > cancelled_at:
            message.state = MessageState.CANCELLED
    yield from first
    is_known |= any(message.state != MessageState.CANCELLED for message in first)
    if cancelled_at is None or not is_known:
        return
    for message in drafts.notice(
        appointment, MessageKind.CANCELLED, recipient, terms, cancelled_at
    ):
        message.created_at = cancelled_at
        yield message


def _at_first(
    outcome: Outcome, recipient: Recipient, terms: Terms, *, begins: bool
) -> Iterator[Message]:
    booked, booked_at = _as_booked(outcome.appointment), outcome.booked_at
    if booked.series_id is None:
        yield from drafts.first_messages(booked, recipient, terms, booked_at)
        return
    if begins:
        yield from series_notices.notice(
            [booked], MessageKind.BOOKED, recipient, terms, booked_at
        )
    yield from drafts.reminders_of(booked, recipient, terms, booked_at)


def _as_booked(appointment: Appointment) -> Appointment:
    """The facts that its first messages speak of."""
    booked = copy(appointment)
    booked.status, booked.facts_version = AppointmentStatus.SCHEDULED, 1
    return booked


def _mark_as_sent(message: Message, random: Random) -> None:
    was_delivered = message.channel == Channel.SMS and random.random() < DELIVERED
    message.state = MessageState.DELIVERED if was_delivered else MessageState.SENT
    message.sent_at = message.due_at + timedelta(seconds=random.randint(1, SENT_WITHIN))
    message.attempts = 1


def _latest_of_use(due: Iterable[Message], now: datetime) -> list[Message]:
    of_use = [
        message
        for message in due
        if message.kind == MessageKind.REMINDER
        and message.not_after > now
        and message.appointment.status in reminders.EXPECTED
    ]
    return sorted(of_use, key=lambda message: message.due_at)[-DUE_NOW:]
