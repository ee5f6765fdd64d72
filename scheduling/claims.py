"""Claims: a message is taken for as long as a lease, and settled by who has taken it.

Claiming reads everything that decides about a message, and that it says, while its
appointment is locked: as whoever changes an appointment does, that one first. What is
read of every message is read in one prepared statement, since building the queries of
the ORM took longer than answering them.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction

from clients.models import Channel, Client
from locations.models import Office
from scheduling import (
    caps,
    gateways,
    knowledge,
    letters,
    links,
    receipts,
    recipients,
    reminders,
    snapshots,
    waiting,
)
from scheduling.engine.wall_clock import as_datetime, earliest_outside
from scheduling.gateways import Attachment, Gateway, Outgoing
from scheduling.models import (
    NOT_OPEN,
    OPTED_OUT,
    SMS_CAP,
    Appointment,
    AppointmentStatus,
    Attendance,
    Message,
    MessageKind,
    MessageState,
    PracticePolicy,
    Replanning,
)
from scheduling.recipients import Recipient, Terms
from scheduling.texts import CalendarFile

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=settings.MESSAGE_LEASE_SECONDS)

Changes = Mapping[str, Any]  # Any: the value of any field, or an expression
Row = TypeVar("Row", bound=models.Model)

_LOCK_APPOINTMENT = """
SELECT id FROM scheduling_appointment
WHERE id = (SELECT appointment_id FROM scheduling_message WHERE id = %(message)s)
FOR NO KEY UPDATE
"""


def _columns(alias: str, model: type[models.Model]) -> str:
    fields = model._meta.concrete_fields  # noqa: SLF001  Django documents it
    return ", ".join(f'{alias}."{field.column}"' for field in fields)


# What is claimed must be due, as `Message.objects.due()` has it; and about what has
# been locked: a notice may have been handed on to another occurrence meanwhile.
_LOCK_MESSAGE = f"""
SELECT clock_timestamp(), {_columns("message", Message)},
  {_columns("appointment", Appointment)}, {_columns("client", Client)},
  {_columns("part", Attendance)}, {_columns("office", Office)}
FROM scheduling_message AS message
JOIN scheduling_appointment AS appointment ON appointment.id = message.appointment_id
JOIN clients_client AS client ON client.id = message.client_id
LEFT JOIN scheduling_attendance AS part
  ON part.appointment_id = appointment.id AND part.client_id = client.id
LEFT JOIN locations_office AS office ON office.id = appointment.office_id
WHERE message.id = %(message)s AND message.state = 'pending'
  AND message.appointment_id = %(appointment)s
  AND due_at <= statement_timestamp()
  AND (next_attempt_at IS NULL OR next_attempt_at <= statement_timestamp())
FOR UPDATE OF message SKIP LOCKED
"""  # noqa: S608  nothing of a caller's is in it

_TAKE = """
UPDATE scheduling_message
SET state = 'sending', attempts = %(attempts)s, first_tried_at = %(first_tried_at)s,
  lease_token = %(token)s, lease_until = %(until)s
WHERE id = %(message)s RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that nobody else sends until its lease has run out."""

    message: Message
    outgoing: Outgoing
    gateway: Gateway

    @property
    def was_tried_before(self) -> bool:
        return self.message.attempts > 1 or bool(self.message.last_error)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A message that is due, with the rows that it is about, read at one instant."""

    now: datetime
    message: Message
    appointment: Appointment
    client: Client
    part: Attendance | None


@transaction.atomic
def take(message_id: UUID) -> Claim | None:
    """Take a message for as long as its lease; `None` if it is not to be sent now."""
    locked = snapshots.read(_LOCK_APPOINTMENT, message=message_id)
    if not locked:
        return None
    ((appointment,),) = locked
    rows = snapshots.read(_LOCK_MESSAGE, message=message_id, appointment=appointment)
    if not rows:
        return None
    found = _candidate(rows[0])
    message, terms = found.message, recipients.terms([found.client.pk])
    recipient = _recipient(found, terms)
    if recipient is None:
        _write(message, state=MessageState.CANCELLED)
        return None
    if _is_held_back(found, recipient, terms):
        return None
    message.state = MessageState.SENDING
    message.attempts += 1
    message.first_tried_at = message.first_tried_at or found.now
    message.lease_token, message.lease_until = uuid4(), found.now + LEASE
    snapshots.read(
        _TAKE,
        message=message.pk,
        attempts=message.attempts,
        first_tried_at=message.first_tried_at,
        token=message.lease_token,
        until=message.lease_until,
    )
    return Claim(
        message=message,
        outgoing=_outgoing(found, recipient, terms.policy),
        gateway=gateways.for_channel(message.channel),
    )


@transaction.atomic
def settle(claim: Claim, changes: Changes) -> None:
    """Write down what became of a message, if it is still this worker's; and what its
    provider has said of it meanwhile. One whose way turned out to be closed may go by
    the other, and so may a text that failed."""
    settled = Message.objects.filter(
        pk=claim.message.pk, lease_token=claim.message.lease_token
    ).update(lease_token=None, lease_until=None, **changes)
    if not settled:
        logger.warning(
            "too late to settle a message", extra={"message_id": claim.message.pk}
        )
    elif claim.message.channel == Channel.SMS:
        receipts.apply_kept(claim.message.provider_key)
    if settled and changes["state"] in (MessageState.CANCELLED, MessageState.FAILED):
        Replanning.objects.create(appointment_id=claim.message.appointment_id)


def _candidate(row: snapshots.Row) -> _Candidate:
    now, *columns = row
    rest = iter(columns)
    message, appointment = _next(Message, rest), _next(Appointment, rest)
    client, part = _next(Client, rest), _next(Attendance, rest)
    office = _next(Office, rest)
    message.appointment, message.client = appointment, client
    appointment.office = None if appointment.office_id is None else office
    has_part = part.client_id == client.pk
    return _Candidate(now, message, appointment, client, part if has_part else None)


def _next(model: type[Row], columns: Iterator[Any]) -> Row:  # Any: of any type
    """A row's columns; all are empty where there is none."""
    fields = model._meta.concrete_fields  # noqa: SLF001  Django documents it
    names = [field.attname for field in fields]
    return model.from_db("default", names, list(islice(columns, len(names))))


def _recipient(found: _Candidate, terms: recipients.Terms) -> Recipient | None:
    """To whom it still goes: `None` if what it would say is no longer so, or if they
    are not to be written to any more."""
    message, appointment = found.message, found.appointment
    if message.facts_version != appointment.facts_version or found.part is None:
        return None
    is_expected = appointment.status in reminders.EXPECTED
    if message.kind == MessageKind.REMINDER and not is_expected:
        return None
    is_held = appointment.status == AppointmentStatus.HELD
    if message.kind == MessageKind.OFFER and not is_held:
        return None
    has_left = recipients.left_alone(appointment, found.part)
    if has_left != knowledge.says_left(message):
        return None
    for recipient in recipients.of_clients(appointment, [found.client], terms):
        if recipient.person.pk == message.recipient:
            return recipient
    return None


def _is_held_back(found: _Candidate, recipient: Recipient, terms: Terms) -> bool:
    """Whether a message does not go out now, and if so, what becomes of it."""
    message, appointment, now = found.message, found.appointment, found.now
    policy, number = terms.policy, str(recipient.person.phone)
    allowed_at = max(now, _after_quiet_hours(now, appointment, policy))
    if message.channel not in recipient.channels:
        wants_none = message.channel == Channel.SMS and number in terms.opted_out
        error = OPTED_OUT if wants_none else NOT_OPEN
        _write(message, state=MessageState.CANCELLED, last_error=error)
        Replanning.objects.create(appointment=appointment)
    elif allowed_at > message.not_after:
        _write(message, state=MessageState.EXPIRED)
    elif allowed_at > now:
        _write(message, next_attempt_at=allowed_at)
    elif caps.is_one_too_many(message, number, policy, now):
        _write(message, state=MessageState.CANCELLED, last_error=SMS_CAP)
        if Channel.EMAIL in recipient.channels:
            waiting.reroute(message, Channel.EMAIL)
    else:
        return False
    return True


def _after_quiet_hours(
    now: datetime, appointment: Appointment, policy: PracticePolicy
) -> datetime:
    return as_datetime(
        earliest_outside(
            int(now.timestamp()),
            policy.quiet_from_minute,
            policy.quiet_until_minute,
            ZoneInfo(appointment.timezone),
        )
    )


def _write(message: Message, **changes: Any) -> None:  # Any: values of any field
    for name, value in changes.items():
        setattr(message, name, value)
    message.save(update_fields=changes.keys())


def _outgoing(
    found: _Candidate, recipient: Recipient, policy: PracticePolicy
) -> Outgoing:
    """The words are made now, from the row as it is: the ledger never holds them."""
    message = found.message
    letter = letters.write(
        message,
        found.appointment,
        language=found.client.language,
        policy=policy,
        now=found.now,
        link=links.link(message),
    )
    is_sms = message.channel == Channel.SMS
    return Outgoing(
        provider_key=message.provider_key,
        to=str(recipient.person.phone) if is_sms else recipient.person.email,
        sender=letter.text.sender,
        subject="" if is_sms else letter.text.subject,
        body=letter.text.body,
        first_tried_at=message.first_tried_at or message.due_at,
        attachments=_attachments(letter.calendars),
    )


def _attachments(calendars: Sequence[CalendarFile]) -> list[Attachment]:
    return [
        Attachment(
            name="appointment.ics",
            content_type=f"text/calendar; method={file.method}; charset=utf-8",
            content=file.content,
        )
        for file in calendars
    ]
