"""The Celery app and the timetable of beat.

Celery is only the doorbell: what is to be done stands in PostgreSQL, so a task that is
lost is rung for again, and one that runs twice finds nothing left to do.
"""

import os

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings
from django.utils.log import configure_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("config")
app.conf.update(
    broker_url=settings.BROKER_URL,
    timezone="UTC",
    accept_content=["json"],
    task_ignore_result=True,
    # Redelivery is the database's job: nothing is lost or doubled when a worker dies.
    task_acks_late=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_prefetch_multiplier=1,
    worker_disable_prefetch=True,
    worker_max_tasks_per_child=1000,
    worker_soft_shutdown_timeout=20,
    # Both shorter than the lease of a message, so that no one else has claimed it.
    task_soft_time_limit=settings.MESSAGE_LEASE_SECONDS / 2,
    task_time_limit=settings.MESSAGE_LEASE_SECONDS * 3 / 4,
    task_publish_retry=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "health_check_interval": 10,
        "visibility_timeout": 300,
    },
    # In memory: an interval needs no file, and a file can break in a crash.
    beat_scheduler="celery.beat:Scheduler",
    beat_max_loop_interval=5,
    beat_schedule={
        "sweep": {
            "task": "scheduling.tasks.sweep",
            "schedule": settings.SWEEP_SECONDS,
        },
        "prune": {"task": "scheduling.tasks.prune", "schedule": 3600.0},
    },
)
app.autodiscover_tasks()


@setup_logging.connect  # type: ignore[untyped-decorator]  # Celery ships no types
def _log_like_everything_else(**_: object) -> None:
    """Celery keeps its own logging away when this signal is answered."""
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
