"""What beat and the workers run. Each task may run twice, or twice at once."""

import time
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from config import retention
from config.clock import database_now
from scheduling import inbound, outbox, replanning, vitals

# Many that are due are rung for together, few of them one by one: for many workers.
MOST_TOGETHER = 10
SPREAD_OVER = 20
# After which a task lets others go on, long before its time is up.
TURN_SECONDS = settings.MESSAGE_LEASE_SECONDS / 12


@shared_task  # type: ignore[untyped-decorator]  # Celery ships no types
def sweep() -> int:
    """Ring for every message that is due; what is not heard is rung for again. Then
    plan anew what changes ask for, while the workers send."""
    due = [str(message_id) for message_id in outbox.sweep()]
    together = min(MOST_TOGETHER, 1 + len(due) // SPREAD_OVER)
    for start in range(0, len(due), together):
        send.delay(*due[start : start + together])
    replanning.work_off(now=database_now())
    return len(due)


@shared_task  # type: ignore[untyped-decorator]  # Celery ships no types
def send(*message_ids: str) -> None:
    """Send messages one after the other. Those that come after one with which something
    goes wrong, or after this task has had its turn, are rung for anew."""
    vitals.note_send()
    rest = list(message_ids)
    turn_ends = time.monotonic() + TURN_SECONDS
    try:
        while rest and time.monotonic() < turn_ends:
            outbox.send(UUID(rest.pop(0)))
    finally:
        if rest:
            send.delay(*rest)


@shared_task  # type: ignore[untyped-decorator]  # Celery ships no types
def prune() -> int:
    now = timezone.now()
    return retention.prune(now=now) + inbound.prune(now=now)
