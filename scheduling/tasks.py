"""What beat and the workers run. Each task may run twice, or twice at once."""

import logging
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from celery import current_app, shared_task
from celery.signals import celeryd_after_setup, worker_ready, worker_shutdown
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from config import retention
from config.clock import database_now
from scheduling import inbound, intakes, openings, outbox, replanning, vitals

logger = logging.getLogger(__name__)

# Many that are due are rung for together, few of them one by one: for many workers.
MOST_TOGETHER = 10
SPREAD_OVER = 20
# After which a task lets others go on, long before its time is up.
TURN_SECONDS = settings.MESSAGE_LEASE_SECONDS / 12


@shared_task(bind=True)  # type: ignore[untyped-decorator]  # Celery ships no types
def sweep(self: Any) -> int:  # Any: of an untyped library
    """Ring for every message that is due; what is not heard is rung for again. Then
    plan anew what changes ask for, and offer what has become free, while the workers
    send."""
    due = [str(message_id) for message_id in outbox.sweep()]
    together = min(MOST_TOGETHER, 1 + len(due) // SPREAD_OVER)
    for start in range(0, len(due), together):
        send.delay(*due[start : start + together])
    _call_workers(self.request.hostname)
    try:
        if replanning.work_off(now=database_now()):
            vitals.note_replanning()
    finally:  # whatever is wrong with that, nobody is to wait for an hour
        openings.work_off(now=database_now())
    return len(due)


@shared_task(bind=True)  # type: ignore[untyped-decorator]  # Celery ships no types
def answer(self: Any) -> None:  # Any: of an untyped library
    """Note that the worker that was called takes up what is rung for."""
    if self.request.hostname:
        vitals.note_worker(self.request.hostname)


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
    mine = inbound.prune(now=now) + intakes.prune(now=now)
    return retention.prune(now=now) + mine


def _call_workers(own: str | None) -> None:
    """Call each worker by a queue that is its own. Whoever calls is there."""
    if own:
        vitals.note_worker(own)
    called, forgotten = vitals.call_workers()
    for name in called:
        answer.apply_async(queue=_own_queue(name))
    if forgotten:
        with current_app.connection_for_write() as broker:
            for name in forgotten:
                broker.default_channel.queue_purge(_own_queue(name))


def _own_queue(worker: str) -> str:
    return f"{worker}.own"


@celeryd_after_setup.connect  # type: ignore[untyped-decorator]  # Celery ships no types
def _listen(sender: str, instance: Any, **_: object) -> None:  # Any: as above
    """A worker listens to its own queue beside the one of all."""
    instance.app.amqp.queues.select_add(_own_queue(sender))


@worker_ready.connect  # type: ignore[untyped-decorator]  # Celery ships no types
def _appear(sender: Any, **_: object) -> None:  # Any: as above
    _note_of_main_process(vitals.note_worker, sender.hostname)


@worker_shutdown.connect  # type: ignore[untyped-decorator]  # Celery ships no types
def _leave(sender: Any, **_: object) -> None:  # Any: as above
    _note_of_main_process(vitals.forget_worker, sender.hostname)


def _note_of_main_process(note: Callable[[str], None], worker: str) -> None:
    """Without a database the worker starts and ends nevertheless. The connection is not
    kept: the processes that are forked later would share it."""
    try:
        note(worker)
    except DatabaseError:
        logger.warning("cannot note a worker")
    finally:
        connection.close()
