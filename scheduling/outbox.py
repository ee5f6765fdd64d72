"""The outbox: claim a message that is due, send it once, settle what became of it.

The ledger is the queue. A task only rings for a message: a ring that is lost is made
again, one that comes twice finds nothing to do. Every time is the database's, so it
does not matter what a worker's clock says.
"""

import logging
import random
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, TextField, Value, When, Window
from django.db.models.functions import Cast, Coalesce, Lower, Now, RowNumber

from clients.models import Channel
from config import transactions
from config.clock import DatabaseNow
from config.errors import Conflict
from scheduling import claims, gateways, opt_outs
from scheduling.claims import Changes, Claim
from scheduling.gateways import Gateway, Receipt, Undelivered
from scheduling.models import Heartbeat, Message, MessageResolution, MessageState

logger = logging.getLogger(__name__)

RUNG_FOR_AT_ONCE = 200
TIDIED_AT_ONCE = 1000
RING_AGAIN = timedelta(seconds=settings.MESSAGE_RING_AGAIN_SECONDS)
MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=settings.MESSAGE_FIRST_WAIT_SECONDS)
LONGEST_WAIT = 60 * FIRST_WAIT
JITTER = 0.1  # of the wait, at most


class InvalidTransition(Conflict):
    """The message is in a state from which it is not sent again."""

    code = "invalid_transition"
    message = "Only a message that failed, or whose fate is unknown, can be sent again."


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
        claim = claims.take(message_id)
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
    claims.settle(claim, changes)


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


def abandoned() -> QuerySet[Message]:
    """Those that their workers have not settled in time, for the sweep to take back."""
    return Message.objects.filter(state=MessageState.SENDING, lease_until__lt=Now())


def _take_back_leases() -> None:
    """Messages whose worker died wait again, if sending them twice can be avoided."""
    in_doubt = [
        channel
        for channel in Channel.values
        if not _may_repeat(gateways.for_channel(channel))
    ]
    ran_out = abandoned().order_by("lease_until")
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
def _count_against(message_id: UUID) -> None:
    """Note that a message could not be made ready, which nobody would see otherwise."""
    message = Message.objects.due().select_for_update().filter(pk=message_id).first()
    if message is None:
        return
    attempts = message.attempts + 1
    is_over = attempts >= MOST_ATTEMPTS
    Message.objects.filter(pk=message_id).update(
        state=MessageState.FAILED if is_over else MessageState.PENDING,
        attempts=attempts,
        next_attempt_at=DatabaseNow() + _wait(attempts, None),
        dispatched_until=None,
        last_error="not_made_ready",
    )


def _deliver(claim: Claim) -> Receipt:
    """Hand a message over, unless an earlier attempt turns out to have done so."""
    if claim.was_tried_before and not claim.gateway.deduplicates:
        receipt = claim.gateway.look_up(claim.outgoing)
        if receipt is not None:
            return receipt
    return claim.gateway.send(claim.outgoing)


def _after(failure: Undelivered, claim: Claim) -> Changes:
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


def _may_repeat(gateway: Gateway) -> bool:
    return gateway.deduplicates or gateway.can_look_up


def _locked(rows: QuerySet[Message], limit: int) -> QuerySet[Message]:
    """At most `limit` of `rows`, without those that somebody else is busy with."""
    keys = rows.select_for_update(skip_locked=True).values_list("pk", flat=True)
    return Message.objects.filter(pk__in=list(keys[:limit]))
