"""PostgreSQL that can be killed, and gunicorn that serves from it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import psutil
import psycopg

from config import embedded, processes
from tests.history.faults import Outage

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
PREPARED = "practice"


class Cluster:
    """A durable PostgreSQL of its own, with a prepared practice to make copies of."""

    def __init__(self, state: Path, furnish: str = "tests.history.practice") -> None:
        self._state = state
        self._furnish = furnish
        self._running = ExitStack()
        self._copies = 0

    def __enter__(self) -> "Cluster":
        if self._state.exists():
            shutil.rmtree(self._state)
        self._state.mkdir()
        self._start()
        subprocess.run(
            [sys.executable, "-m", self._furnish],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": self.url(PREPARED)},
            check=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def url(self, database: str) -> str:
        return self._service.url.replace(f"/{PREPARED}?", f"/{database}?")

    def copy(self) -> str:
        """The address of a new database that is like the prepared one."""
        self._copies += 1
        name = f"copy_{self._copies}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {PREPARED}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a copy: what is left would have to be looked through after a kill."""
        name = url.split("/")[3].partition("?")[0]
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def kill(self, *, seconds: float) -> Outage:
        """Kill every process of it at once; start it again after `seconds`."""
        began = time.monotonic()
        family = self._suspended()
        for process in family:
            process.send_signal(signal.SIGKILL)
        self._service.process.wait()
        time.sleep(seconds)
        _wait_for_the_end_of(family)
        self._running.close()
        self._start()
        return Outage(began, time.monotonic())

    def stop(self, *, seconds: float) -> Outage:
        """Shut it down as an operator does; start it again after `seconds`."""
        began = time.monotonic()
        self._running.close()
        time.sleep(seconds)
        self._start()
        return Outage(began, time.monotonic())

    def freeze(self, *, seconds: float) -> Outage:
        """Let none of its processes do anything for `seconds`."""
        began = time.monotonic()
        family = self._suspended()
        for process in family:
            process.suspend()
        time.sleep(seconds)
        for process in family:
            process.resume()
        return Outage(began, time.monotonic())

    def _suspended(self) -> list[psutil.Process]:
        """Its processes; the last is suspended, so that there will be no others."""
        postmaster = psutil.Process(self._service.process.pid)
        postmaster.suspend()
        return [*postmaster.children(recursive=True), postmaster]

    def _start(self) -> None:
        self._running = ExitStack()
        self._service = self._running.enter_context(embedded.postgres(self._state))


@contextmanager
def web(
    url: str, log: Path, *, sabotage: str | None = None
) -> Iterator[tuple[str, int]]:
    """Run gunicorn as the product does, on the database at `url`; its host and port.

    A sabotage needs no race to do damage: one worker starts sooner than two.
    """
    *command, application = processes.COMMANDS["web"]
    if sabotage is not None:
        command += ["--workers", "1"]
        application = f"tests.history.sabotage:application({sabotage!r})"
    with (
        socket.create_server(("127.0.0.1", 0), backlog=128) as listener,
        log.open("ab") as output,
    ):
        address = listener.getsockname()
        bind = f"--bind fd://{listener.fileno()} --keep-alive 3600"
        child = processes.spawn(
            [sys.executable, "-m", *command, application],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": url,
                "GUNICORN_CMD_ARGS": bind,
                "THROTTLE_ANON": "1000000/min",
                "THROTTLE_USER": "1000000/min",
            },
            output=output.fileno(),
            pass_fds=[listener.fileno()],
        )
        try:
            wait_for(address, log)
            yield address
        finally:
            processes.end([child])


def wait_for(address: tuple[str, int], log: Path) -> None:
    """Until the web server at `address` says that it is ready."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        connection = HTTPConnection(*address, timeout=10)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise TimeoutError(f"The web server did not start; see {log}.")


def _wait_for_the_end_of(family: list[psutil.Process]) -> None:
    """Until none of them holds the cluster's memory; nobody may bury them."""
    while any(not _is_dead(process) for process in family):
        time.sleep(0.01)


def _is_dead(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
