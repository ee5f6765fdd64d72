"""The outbox: claim a message that is due, send it once, settle what became of it.

The ledger is the queue. A task only rings for a message: a ring that is lost is made
again, one that comes twice finds nothing to do. Every time is the database's, so it
does not matter what a worker's clock says.
"""

import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, TextField, Value, When, Window
from django.db.models.functions import Cast, Coalesce, Lower, Now, RowNumber

from clients.models import Channel
from config import transactions
from config.clock import DatabaseNow, database_now
from config.errors import Conflict
from scheduling import (
    availability,
    caps,
    gateways,
    knowledge,
    letters,
    links,
    opt_outs,
    receipts,
    recipients,
    reminders,
    waiting,
)
from scheduling.engine.wall_clock import as_datetime, earliest_outside
from scheduling.gateways import Attachment, Gateway, Outgoing, Receipt, Undelivered
from scheduling.models import (
    NOT_OPEN,
    SMS_CAP,
    Appointment,
    Heartbeat,
    Message,
    MessageKind,
    MessageResolution,
    MessageState,
    PracticePolicy,
    Replanning,
)
from scheduling.recipients import Recipient

logger = logging.getLogger(__name__)

RUNG_FOR_AT_ONCE = 200
TIDIED_AT_ONCE = 1000
RING_AGAIN = timedelta(seconds=settings.MESSAGE_RING_AGAIN_SECONDS)
LEASE = timedelta(seconds=settings.MESSAGE_LEASE_SECONDS)
MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=settings.MESSAGE_FIRST_WAIT_SECONDS)
LONGEST_WAIT = 60 * FIRST_WAIT
JITTER = 0.1  # of the wait, at most

Changes = Mapping[str, Any]  # Any: the value of any field, or an expression


class InvalidTransition(Conflict):
    """The message is in a state from which it is not sent again."""

    code = "invalid_transition"
    message = "Only a message that failed, or whose fate is unknown, can be sent again."


@dataclass(frozen=True, slots=True)
class _Claim:
    """A message that nobody else sends until its lease has run out."""

    message: Message
    outgoing: Outgoing
    gateway: Gateway

    @property
    def was_tried_before(self) -> bool:
        return self.message.attempts > 1 or bool(self.message.last_error)


@transaction.atomic
def sweep() -> list[UUID]:
    """Tidy the ledger; the messages to ring for, once this has been committed.

    At most 200, and at most one to an address: what piled up during an outage does not
    burst on one telephone. Sweeps that run at once ring for different messages.
    """
    _take_back_leases()
    late = Message.objects.pending().filter(due_at__lte=Now(), not_after__lt=Now())
    _locked(late, TIDIED_AT_ONCE).update(state=MessageState.EXPIRED)
    due = _ring_for_due()
    Heartbeat.objects.bulk_create(
        [Heartbeat(name="sweep", at=DatabaseNow())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )
    return due


def send(message_id: UUID) -> None:
    """Send a message, unless somebody else does, or it should not be sent any more.

    No transaction is open while the gateway is asked. Whatever goes wrong that is no
    word of the gateway leaves the message to its lease; what goes wrong before there is
    one counts as an attempt, so that it comes before a person in the end.
    """
    try:
        claim = _claim(message_id)
    except DatabaseTrouble:
        raise  # no fault of the message
    except Exception:
        _count_against(message_id)
        raise
    if claim is None:
        return
    try:
        receipt = _deliver(claim)
    except Undelivered as failure:
        changes = _after(failure, claim)
        logger.info(
            "message not taken",
            extra={"message_id": message_id, "code": failure.code},
        )
    else:
        changes = {
            "state": MessageState.SENT,
            "sent_at": DatabaseNow(),
            "provider_message_id": receipt.provider_message_id[:200],
            "last_error": "",
        }
    _settle(claim, changes)


@transaction.atomic
def retry(message: Message) -> Message:
    """Let a message that failed, or whose fate is unknown, be sent again.

    It goes out under its old key, so that a provider knows it again, and with its
    attempts counted anew; what somebody had decided about it is void. Raises
    `InvalidTransition`, also when it is of no use any more: too late, or about facts
    that have changed.
    """
    changed = Message.objects.filter(
        pk=message.pk,
        state__in=[MessageState.FAILED, MessageState.UNKNOWN],
        not_after__gt=DatabaseNow(),
        facts_version=message.appointment.facts_version,
    ).update(
        state=MessageState.PENDING,
        attempts=0,
        next_attempt_at=None,
        dispatched_until=None,
    )
    if not changed:
        raise InvalidTransition
    MessageResolution.objects.filter(message=message).delete()
    message.refresh_from_db()
    return message


def _take_back_leases() -> None:
    """Messages whose worker died wait again, if sending them twice can be avoided."""
    in_doubt = [
        channel
        for channel in Channel.values
        if not _may_repeat(gateways.for_channel(channel))
    ]
    ran_out = Message.objects.filter(
        state=MessageState.SENDING, lease_until__lt=Now()
    ).order_by("lease_until")
    _locked(ran_out, TIDIED_AT_ONCE).update(
        state=Case(
            When(channel__in=in_doubt, then=Value(MessageState.UNKNOWN)),
            When(attempts__gte=MOST_ATTEMPTS, then=Value(MessageState.FAILED)),
            default=Value(MessageState.PENDING),
        ),
        lease_token=None,
        lease_until=None,
        dispatched_until=None,
        last_error="lease_ran_out",
    )


def _ring_for_due() -> list[UUID]:
    waiting = Message.objects.due().filter(
        Q(dispatched_until__isnull=True) | Q(dispatched_until__lte=Now()),
        not_after__gte=Now(),
    )
    turn = Window(
        RowNumber(), partition_by=[_address()], order_by=[F("due_at"), F("pk")]
    )
    first_of_each = waiting.annotate(turn=turn).filter(turn=1)
    chosen = waiting.filter(pk__in=first_of_each.values("pk")).order_by("due_at", "pk")
    keys = list(
        chosen.select_for_update(skip_locked=True).values_list("pk", flat=True)[
            :RUNG_FOR_AT_ONCE
        ]
    )
    Message.objects.filter(pk__in=keys).update(
        dispatched_until=DatabaseNow() + RING_AGAIN
    )
    return keys


def _address() -> Case:
    """The number or mailbox that a message goes to, whoever shares it."""
    phone = Coalesce("guardian__phone", "client__phone")
    mailbox = Lower(Coalesce("guardian__email", "client__email"))
    return Case(
        When(channel=Channel.SMS, then=Cast(phone, TextField())),
        default=Cast(mailbox, TextField()),
    )


@transaction.atomic
def _claim(message_id: UUID) -> _Claim | None:
    """Take a message for as long as its lease, or `None` if it is not to be sent now.

    Locks the appointment before the message, as whoever changes an appointment does.
    """
    appointment = (
        Appointment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("office", "series")
        .filter(messages=message_id)
        .first()
    )
    message = (
        Message.objects.due()
        .select_for_update(skip_locked=True)
        .filter(pk=message_id)
        .first()
    )
    if appointment is None or message is None:
        return None
    recipient = _recipient(message, appointment)
    if recipient is None:
        _write(message, state=MessageState.CANCELLED)
        return None
    now, policy = database_now(), availability.policy()
    if _is_held_back(message, appointment, recipient, policy, now):
        return None
    _write(
        message,
        state=MessageState.SENDING,
        attempts=message.attempts + 1,
        first_tried_at=message.first_tried_at or now,
        lease_token=uuid4(),
        lease_until=now + LEASE,
    )
    return _Claim(
        message=message,
        outgoing=_outgoing(message, appointment, recipient, policy, now),
        gateway=gateways.for_channel(message.channel),
    )


def _is_held_back(
    message: Message,
    appointment: Appointment,
    recipient: Recipient,
    policy: PracticePolicy,
    now: datetime,
) -> bool:
    """Whether a message does not go out now, and if so, what becomes of it."""
    allowed_at = max(now, _after_quiet_hours(now, appointment, policy))
    if message.channel not in recipient.channels:
        _write(message, state=MessageState.CANCELLED, last_error=NOT_OPEN)
        Replanning.objects.create(appointment=appointment)
    elif allowed_at > message.not_after:
        _write(message, state=MessageState.EXPIRED)
    elif allowed_at > now:
        _write(message, next_attempt_at=allowed_at)
    elif caps.is_one_too_many(message, str(recipient.person.phone), policy, now):
        _write(message, state=MessageState.CANCELLED, last_error=SMS_CAP)
        if Channel.EMAIL in recipient.channels:
            waiting.reroute(message, Channel.EMAIL)
    else:
        return False
    return True


@transaction.atomic
def _count_against(message_id: UUID) -> None:
    """Note that a message could not be made ready, which nobody would see otherwise."""
    message = Message.objects.due().select_for_update().filter(pk=message_id).first()
    if message is None:
        return
    attempts = message.attempts + 1
    is_over = attempts >= MOST_ATTEMPTS
    _write(
        message,
        state=MessageState.FAILED if is_over else MessageState.PENDING,
        attempts=attempts,
        next_attempt_at=database_now() + _wait(attempts, None),
        dispatched_until=None,
        last_error="not_made_ready",
    )


def _recipient(message: Message, appointment: Appointment) -> Recipient | None:
    """To whom it still goes: `None` if what it would say is no longer so, or if they
    are not to be written to any more."""
    if message.facts_version != appointment.facts_version:
        return None
    is_expected = appointment.status in reminders.EXPECTED
    if message.kind == MessageKind.REMINDER and not is_expected:
        return None
    who_left = knowledge.says_left(message)
    for recipient in recipients.of_appointment(appointment, who_left=who_left):
        if recipient.person.pk == message.recipient:
            return recipient
    return None


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
    message: Message,
    appointment: Appointment,
    recipient: Recipient,
    policy: PracticePolicy,
    now: datetime,
) -> Outgoing:
    """The words are made now, from the row as it is: the ledger never holds them."""
    letter = letters.write(
        message,
        appointment,
        language=recipient.client.language,
        policy=policy,
        now=now,
        link=links.link(message),
    )
    is_sms = message.channel == Channel.SMS
    return Outgoing(
        provider_key=message.provider_key,
        to=str(recipient.person.phone) if is_sms else recipient.person.email,
        sender=letter.text.sender,
        subject=letter.text.subject,
        body=letter.text.body,
        first_tried_at=message.first_tried_at or message.due_at,
        attachments=[
            Attachment(
                name="appointment.ics",
                content_type=f"text/calendar; method={file.method}; charset=utf-8",
                content=file.content,
            )
            for file in letter.calendars
        ],
    )


def _deliver(claim: _Claim) -> Receipt:
    """Hand a message over, unless an earlier attempt turns out to have done so."""
    if claim.was_tried_before and not claim.gateway.deduplicates:
        receipt = claim.gateway.look_up(claim.outgoing)
        if receipt is not None:
            return receipt
    return claim.gateway.send(claim.outgoing)


def _after(failure: Undelivered, claim: _Claim) -> Changes:
    """What becomes of a message that was not, or perhaps not, taken."""
    changes = {"state": MessageState.FAILED, "last_error": failure.code[:50]}
    match failure:
        case gateways.OptedOut():
            number = claim.outgoing.to
            transactions.retrying(lambda: opt_outs.opt_out(number, source="gateway"))
            return changes | {"state": MessageState.CANCELLED}
        case gateways.Refused():
            return changes
        case gateways.Ambiguous() if not _may_repeat(claim.gateway):
            return changes | {"state": MessageState.UNKNOWN}
    if claim.message.attempts >= MOST_ATTEMPTS:
        return changes
    wait = _wait(claim.message.attempts, failure.retry_after)
    return changes | {
        "state": MessageState.PENDING,
        "next_attempt_at": DatabaseNow() + wait,
        "dispatched_until": None,
    }


def _wait(attempts: int, retry_after: timedelta | None) -> timedelta:
    wait = min(FIRST_WAIT * (1 << attempts), LONGEST_WAIT)
    wait *= random.uniform(1, 1 + JITTER)  # noqa: S311  jitter
    return max(wait, retry_after or wait)


@transaction.atomic
def _settle(claim: _Claim, changes: Changes) -> None:
    """Write down what became of a message, if it is still this worker's; and what its
    provider has said of it meanwhile. One whose way turned out to be closed may go by
    the other."""
    settled = Message.objects.filter(
        pk=claim.message.pk, lease_token=claim.message.lease_token
    ).update(lease_token=None, lease_until=None, **changes)
    if not settled:
        logger.warning(
            "too late to settle a message", extra={"message_id": claim.message.pk}
        )
    elif claim.message.channel == Channel.SMS:
        receipts.apply_kept(claim.message.provider_key)
    if settled and changes["state"] == MessageState.CANCELLED:
        Replanning.objects.create(appointment_id=claim.message.appointment_id)


def _may_repeat(gateway: Gateway) -> bool:
    return gateway.deduplicates or gateway.can_look_up


def _locked(rows: QuerySet[Message], limit: int) -> QuerySet[Message]:
    """At most `limit` of `rows`, without those that somebody else is busy with."""
    keys = rows.select_for_update(skip_locked=True).values_list("pk", flat=True)
    return Message.objects.filter(pk__in=list(keys[:limit]))
