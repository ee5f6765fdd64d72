"""A practice with demo data at some scale, served as in production."""

import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from config import processes

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60


def load(scale: int) -> None:
    """Fill the database that the environment names, unless that was done before.

    Exits with a hint when it was done at another scale.
    """
    from django.core.management import call_command  # noqa: PLC0415  after setup

    from scheduling.demo.staff import TEAM  # noqa: PLC0415
    from scheduling.models import Therapist  # noqa: PLC0415

    for command, *arguments in (
        ("migrate", "--verbosity=0"),
        ("load_reference",),
        ("demo", f"--scale={scale}"),
    ):
        call_command(command, *arguments)
    if (there := Therapist.objects.count()) != TEAM * scale:
        sys.exit(f"The data is of scale {there // TEAM}; remove .local/test first.")


@contextmanager
def web() -> Iterator[tuple[str, int]]:
    """Run gunicorn as the product does; its host and port."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        address = listener.getsockname()
        environment = {
            **os.environ,
            "GUNICORN_CMD_ARGS": f"--bind fd://{listener.fileno()}",
            "THROTTLE_ANON": "1000000/min",
            "THROTTLE_USER": "1000000/min",
        }
        log = ROOT / ".local" / "bench-web.log"
        with log.open("wb") as output:
            child = processes.spawn(
                [sys.executable, "-m", *processes.COMMANDS["web"]],
                cwd=ROOT,
                env=environment,
                output=output.fileno(),
                pass_fds=[listener.fileno()],
            )
        try:
            _wait_for(address)
            yield address
        finally:
            processes.end([child])


def _wait_for(address: tuple[str, int]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        connection = HTTPConnection(*address, timeout=10)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:  # noqa: PLR2004
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise TimeoutError("The web server did not start; see .local/bench-web.log.")
