"""Receipts: what a provider says has become of a message that it took.

They come when they like: twice, out of order, and before the worker that sent the
message has written down that it was taken. Such a one is kept until then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Coalesce

from config.clock import DatabaseNow
from scheduling import opt_outs
from scheduling.models import (
    OPTED_OUT,
    Message,
    MessageState,
    ProviderEvent,
    Replanning,
)


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """That a text to a `phone` was `DELIVERED`, or `FAILED` with a `code` of ours."""

    provider: str
    event_id: str
    provider_key: UUID
    provider_message_id: str
    outcome: MessageState
    code: str = ""
    phone: str = ""


def first_time(event: ProviderEvent) -> bool:
    """Whether this event is new; its twin waits until the first one's transaction ends.

    The caller's transaction holds what the event brings about, or neither is kept.
    """
    ProviderEvent.objects.bulk_create([event], ignore_conflicts=True)
    stored = ProviderEvent.objects.get(provider=event.provider, event_id=event.event_id)
    return stored.pk == event.pk


def receive(receipt: DeliveryReceipt) -> None:
    """Move a message by what its receipt says; now, or once it is known to be sent."""
    with transaction.atomic():
        event = ProviderEvent(
            provider=receipt.provider,
            event_id=receipt.event_id,
            provider_key=receipt.provider_key,
            provider_message_id=receipt.provider_message_id,
            outcome=receipt.outcome,
            code=receipt.code,
        )
        if not first_time(event):
            return
        # Before the message is locked: those who send lock clients and appointments
        # first. The number that was texted, which may be somebody else's by now.
        if receipt.code == OPTED_OUT and receipt.phone:
            opt_outs.opt_out(receipt.phone, source="gateway")
        rows = Message.objects.filter(provider_key=receipt.provider_key)
        message = rows.select_for_update(no_key=True).first()
        if message is not None:
            _apply(message, [event])


def apply_kept(provider_key: UUID) -> None:
    """Move a message, locked and just settled, by the receipts that came before."""
    kept = ProviderEvent.objects.filter(provider_key=provider_key).order_by("at", "pk")
    if events := list(kept):
        _apply(Message.objects.get(provider_key=provider_key), events)


def _apply(message: Message, events: Sequence[ProviderEvent]) -> None:
    """What is unwanted, or has failed, may go by the other way."""
    for event in events:
        if not _is_about(event, message):
            continue
        message.state = MessageState(event.outcome)
        if event.code == OPTED_OUT:
            message.state = MessageState.CANCELLED
        if message.state != MessageState.DELIVERED:
            Replanning.objects.create(appointment_id=message.appointment_id)
        message.last_error = event.code
        message.provider_message_id = event.provider_message_id
        if message.state == MessageState.DELIVERED:
            message.sent_at = Coalesce("sent_at", DatabaseNow())
    message.save(
        update_fields=["state", "last_error", "provider_message_id", "sent_at"]
    )


def _is_about(event: ProviderEvent, message: Message) -> bool:
    """Whether a receipt tells something new of a message as it stands.

    Delivered is final, and makes up for a failure; where nobody had said whether the
    message was taken, whoever delivers it says so. Of what was sent again, only the
    receipts of the last time count.
    """
    is_delivered = event.outcome == MessageState.DELIVERED
    if event.provider_message_id == message.provider_message_id:
        movable = {MessageState.SENT, MessageState.FAILED if is_delivered else ""}
        return message.state in movable
    was_in_doubt = message.state in {MessageState.FAILED, MessageState.UNKNOWN}
    return is_delivered and was_in_doubt and not message.provider_message_id
