"""`manage.py watchdog`: ends with a status of its own when a worker has stalled.

Whoever supervises it starts the worker anew: compose the container, in which the
watchdog runs the worker (`manage.py watchdog celery ...`), `config.up` its children.
"""

import argparse
import signal
import socket
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from config import health, processes
from scheduling import vitals
from scheduling.vitals import Watch


class Command(BaseCommand):
    help = (
        f"Watches whether messages go out, and ends with status {processes.STALLED} "
        "when a worker has stalled; a command that is given runs meanwhile, and ends "
        "with it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="say how it is now, and end"
        )
        parser.add_argument(
            "--starting",
            type=float,
            default=settings.WATCHDOG_STARTING_SECONDS,
            metavar="SECONDS",
            help="what a worker has to start before it is judged",
        )
        parser.add_argument("command", nargs=argparse.REMAINDER)

    def handle(
        self,
        *,
        once: bool,
        starting: float,
        command: list[str],
        **options: Any,  # Any: Django's own
    ) -> None:
        if once:
            if not vitals.read().is_well:
                raise CommandError("Messages do not go out as they should.")
            return
        child = _start(command) if command else None
        watch = Watch(time.monotonic(), starting=starting, host=socket.gethostname())
        stalled = _watch(child, watch)
        if child is not None and stalled is None:
            sys.exit(child.returncode if child.returncode >= 0 else 1)
        if child is not None:
            processes.end([child])
        raise CommandError(f"Stalled: {stalled}.", returncode=processes.STALLED)


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start the command; whoever asks this process to end asks it to, from now on."""
    started: list[subprocess.Popen[bytes]] = []
    early: list[int] = []

    def hand_on(number: int, _frame: object) -> None:
        if not started:
            early.append(number)
        for child in started:
            child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, hand_on)
    child = processes.spawn(command, cwd=None, env=None, output=sys.stdout.fileno())
    started.append(child)
    for missed in early:
        child.send_signal(missed)
    return child


def _watch(child: subprocess.Popen[bytes] | None, watch: Watch) -> str | None:
    """Wait until the worker stalls, and say why; or until the child ends by itself."""
    while True:
        stalled = _look(watch)
        if stalled:
            return stalled
        seconds = watch.look_again_in(time.monotonic())
        if child is None:
            time.sleep(seconds)
            continue
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        return None


def _look(watch: Watch) -> str | None:
    """What is wrong with the worker. Without a database or Redis it can do nothing, and
    to start it anew would not help."""
    try:
        found = vitals.read()
    except DatabaseError:
        connection.close()
        watch.begin(time.monotonic())
        return None
    if not health.redis_answers():
        watch.begin(time.monotonic())
        return None
    return watch.look(found, time.monotonic())
