"""What beat and the workers run. Each task may run twice, or twice at once."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from config import retention
from scheduling import inbound, outbox, vitals


@shared_task  # type: ignore[untyped-decorator]  # Celery ships no types
def sweep() -> int:
    """Ring for every message that is due; what is not heard is rung for again."""
    due = outbox.sweep()
    for message_id in due:
        send.delay(str(message_id))
    return len(due)


@shared_task  # type: ignore[untyped-decorator]  # Celery ships no types
def send(message_id: str) -> None:
    vitals.note_send()
    outbox.send(UUID(message_id))


@shared_task  # type: ignore[untyped-decorator]  # Celery ships no types
def prune() -> int:
    now = timezone.now()
    return retention.prune(now=now) + inbound.prune(now=now)
