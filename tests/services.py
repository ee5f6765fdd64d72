"""A pytest plugin: PostgreSQL and Valkey for the tests, if the environment has none.

It acts when it is imported, which is before pytest-django reads the settings. Two runs
at once get a folder each. `python -m tests.services COMMAND` runs a command with them.
"""

import atexit
import fcntl
import os
import subprocess
import sys
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import IO

from config import embedded

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DEBUG": "0",
    "HTTPS": "0",
    "SECRET_KEY": "only-for-tests-" * 4,
    "SMS_GATEWAY": "file",
    "EMAIL_GATEWAY": "file",
}


def start() -> None:
    """Start what is missing until the interpreter exits; name it in `os.environ`."""
    running = ExitStack()
    atexit.register(running.close)
    lock = _free_folder()
    running.enter_context(lock)
    state = Path(lock.name).parent
    if not os.environ.get("DATABASE_URL"):
        service = running.enter_context(embedded.postgres(state, durable=False))
        os.environ["DATABASE_URL"] = service.url
    if not os.environ.get("REDIS_URL"):
        service = running.enter_context(embedded.valkey(state, durable=False))
        os.environ["REDIS_URL"] = service.url
    os.environ.update(SETTINGS, STATE_DIR=str(state), OUTBOX_DIR=str(state / "outbox"))


def _free_folder() -> IO[str]:
    """The lock file of the first state folder that no other run has taken."""
    for number in count():
        folder = ROOT / ".local" / ("test" if number == 0 else f"test-{number}")
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
        else:
            return lock
    raise AssertionError  # there is always another number


if "PYTEST_XDIST_WORKER" not in os.environ:
    start()

if __name__ == "__main__":
    sys.exit(subprocess.call(sys.argv[1:]))
