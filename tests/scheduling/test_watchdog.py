"""The watchdog as a process, beside a worker that does or does not sweep."""

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

from config.clock import database_now
from config.processes import STALLED
from scheduling.models import Heartbeat

ROOT = Path(__file__).resolve().parents[2]
SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
LEAVES = [sys.executable, "-c", "import sys; sys.exit(7)"]
# No time is asserted; this is when a test that waits in vain gives up.
PATIENCE_SECONDS = 240

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def watchdog(*command, database=None):
    settings = connection.settings_dict
    host = quote(settings["HOST"], safe="")
    url = f"postgresql://{settings['USER']}:@/{settings['NAME']}?host={host}"
    with subprocess.Popen(
        [sys.executable, "manage.py", "watchdog", "--starting", "1", *command],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database or url, "SWEEP_SECONDS": "0.5"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def children(process):
    family = psutil.Process(process.pid).children()
    return [one for one in family if one.is_running()]


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_watchdog_ends_its_command_and_itself_when_no_sweep_runs():
    Heartbeat.objects.create(name="sweep", at=database_now())
    with watchdog(*SLEEPER) as process:
        wait_until(lambda: children(process))
        [worker] = children(process)
        worker.send_signal(signal.SIGSTOP)
        said, _ = process.communicate(timeout=PATIENCE_SECONDS)

    assert (process.returncode, worker.is_running()) == (STALLED, False)
    assert "Stalled: no sweep has run for three intervals." in said


def test_watchdog_ends_as_its_command_does():
    with watchdog(*LEAVES) as process:
        process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 7


def test_watchdog_hands_on_that_it_is_to_end():
    with watchdog(*SLEEPER) as process:
        wait_until(lambda: children(process))
        [worker] = children(process)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE_SECONDS)

    assert (process.returncode, worker.is_running()) == (1, False)


def test_watchdog_blames_nobody_for_a_database_that_is_away():
    with watchdog(*SLEEPER, database="postgresql:///none?host=/nowhere") as process:
        wait_until(lambda: children(process))
        with pytest.raises(subprocess.TimeoutExpired):
            process.communicate(timeout=8)
        assert len(children(process)) == 1
