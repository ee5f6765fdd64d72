"""The messages about the appointments: sent, called off, or still to come."""

from collections.abc import Iterable, Iterator
from copy import copy
from datetime import datetime, timedelta
from random import Random

from clients.models import Channel
from scheduling import reminders
from scheduling.demo.outcomes import Outcome
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    Attendance,
    Message,
    MessageKind,
    MessageState,
)
from scheduling.reminders import Recipient, Terms

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
    messages = [
        message
        for outcome in outcomes
        if outcome.appointment.status != AppointmentStatus.RELEASED
        for booked in [_as_booked(outcome.appointment)]
        for part in outcome.attendances
        for recipient in _recipients(part, terms)
        for message in _planned(outcome, part, booked, recipient, terms)
    ]
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
    for person in reminders.people(client, part.appointment):
        yield Recipient(client, person, reminders.addresses(client, person, terms))


def _planned(
    outcome: Outcome,
    part: Attendance,
    booked: Appointment,
    recipient: Recipient,
    terms: Terms,
) -> Iterator[Message]:
    """What was planned at first and, if the client's part was called off, since."""
    appointment, cancelled_at = outcome.appointment, part.cancelled_at
    first = list(reminders.first_messages(booked, recipient, terms, outcome.booked_at))
    for message in first:
        message.created_at = outcome.booked_at
        if cancelled_at is not None and message.due_at > cancelled_at:
            message.state = MessageState.CANCELLED
    yield from first
    if cancelled_at is None or all(
        message.state == MessageState.CANCELLED for message in first
    ):
        return
    for message in reminders.notice(
        appointment, MessageKind.CANCELLED, recipient, terms, cancelled_at
    ):
        message.created_at = cancelled_at
        yield message


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
