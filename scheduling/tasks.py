"""What beat and the workers run. Each task may run twice, or twice at once."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from config import retention
from config.clock import database_now
from scheduling import inbound, outbox, replanning, vitals


@shared_task  # type: ignore[untyped-decorator]  # Celery ships no types
def sweep() -> int:
    """Ring for every message that is due; what is not heard is rung for again. Then
    plan anew what changes ask for, while the workers send."""
    due = outbox.sweep()
    for message_id in due:
        send.delay(str(message_id))
    replanning.work_off(now=database_now())
    return len(due)


@shared_task  # type: ignore[untyped-decorator]  # Celery ships no types
def send(message_id: str) -> None:
    vitals.note_send()
    outbox.send(UUID(message_id))


@shared_task  # type: ignore[untyped-decorator]  # Celery ships no types
def prune() -> int:
    now = timezone.now()
    return retention.prune(now=now) + inbound.prune(now=now)
