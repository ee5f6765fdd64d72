"""Workers as processes: each answers the sweep by itself, or is seen not to."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
from django.db import connection

from config import processes
from config.celery import app
from scheduling import tasks, vitals
from scheduling.models import WorkerHeartbeat

ROOT = Path(__file__).resolve().parents[2]
# No time is asserted; this is when a test that waits in vain gives up.
PATIENCE_SECONDS = 240

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def worker(name):
    settings = connection.settings_dict
    host = quote(settings["HOST"], safe="")
    url = f"postgresql://{settings['USER']}:@/{settings['NAME']}?host={host}"
    command = [sys.executable, "-m", *processes.COMMANDS["worker"], "--hostname", name]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            for one in (process, *psutil.Process(process.pid).children(recursive=True)):
                one.kill()


def owing():
    rows = WorkerHeartbeat.objects.order_by("name")
    return [(row.name, row.called_at is not None) for row in rows]


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def signal_all(process, number):
    for one in (*psutil.Process(process.pid).children(recursive=True), process):
        os.kill(one.pid, number)


def test_a_worker_that_stalls_is_seen_beside_one_that_works():
    with worker("one@here") as one, worker("two@here") as two:
        wait_until(lambda: owing() == [("one@here", False), ("two@here", False)])

        signal_all(two, signal.SIGSTOP)
        tasks.sweep.delay()
        tasks.sweep()
        wait_until(lambda: owing() == [("one@here", False), ("two@here", True)])
        stalled = list(vitals.read().workers)
        signal_all(two, signal.SIGCONT)
        wait_until(lambda: owing() == [("one@here", False), ("two@here", False)])
        for process in (one, two):
            process.terminate()
        wait_until(lambda: owing() == [])

    assert stalled == ["one@here", "two@here"]


def test_what_was_rung_for_a_worker_that_is_gone_is_taken_away():
    with app.connection_for_write() as broker:
        broker.default_channel.queue_purge("gone@here.own")
    vitals.note_worker("gone@here")
    tasks.sweep()
    with app.connection_for_write() as broker:
        channel = broker.default_channel
        called = channel.client.llen("gone@here.own")
        WorkerHeartbeat.objects.update(
            called_at=WorkerHeartbeat.objects.get().called_at - vitals.GONE_AFTER
        )
        tasks.sweep()
        left = channel.client.llen("gone@here.own")

    assert (called, left, owing()) == (1, 0, [])
