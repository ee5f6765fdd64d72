"""All processes of a practice at work, and the provider: each can be killed."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil
import psycopg

from config import embedded, processes
from tests.faults import provider
from tests.faults.callbacks import SECRET
from tests.faults.provider import Conditions
from tests.history.services import ROOT, Cluster, wait_for

START_SECONDS = 60
LEASE_SECONDS = 6.0
SECRET_PATH = "/2010-04-01/Accounts/x/Messages.json"
SETTINGS = {
    "MESSAGE_LEASE_SECONDS": str(LEASE_SECONDS),
    "MESSAGE_RING_AGAIN_SECONDS": "5",
    "MESSAGE_FIRST_WAIT_SECONDS": "0.25",
    "SWEEP_SECONDS": "1",
    "SMS_GATEWAY": "twilio",
    "EMAIL_GATEWAY": "file",
    "TWILIO_ACCOUNT_SID": "x",
    "TWILIO_AUTH_TOKEN": SECRET,
    "TWILIO_FROM": "+13105550100",
    "THROTTLE_ANON": "1000000/min",
    "THROTTLE_USER": "1000000/min",
}
VARIANTS = "tests.faults.variants"


class Valkey:
    """A Valkey that remembers nothing, and comes back at the same address."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self.start()

    @property
    def url(self) -> str:
        return self._service.url

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self._service.process.pid)

    def start(self) -> None:
        self._running = ExitStack()
        self._service = self._running.enter_context(
            embedded.valkey(self._state, durable=False)
        )

    def kill(self, *, seconds: float = 0.5) -> None:
        self._service.process.kill()
        self._service.process.wait()
        self._running.close()
        time.sleep(seconds)
        self.start()

    def freeze(self, *, seconds: float) -> None:
        self.process.suspend()
        time.sleep(seconds)
        self.process.resume()

    def close(self) -> None:
        self._running.close()


class Provider:
    """The provider's process, and the file in which it keeps what it took."""

    def __init__(self, folder: Path, conditions: Conditions) -> None:
        self.file = folder / "provider.sqlite"
        self._log = folder / "provider.log"
        self.port = _free_port()
        self.start(conditions)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, conditions: Conditions) -> None:
        self.conditions = conditions
        with self._log.open("ab") as output:
            self._process = processes.spawn(
                [
                    *[sys.executable, "-m", "tests.faults.provider"],
                    *[str(self.file), str(self.port)],
                ],
                cwd=ROOT,
                env=os.environ,
                output=output.fileno(),
            )
        wait_until(self._is_there, "the provider is there")
        provider.tell(self.port, conditions)

    def tell(self, conditions: Conditions) -> None:
        self.conditions = conditions
        provider.tell(self.port, conditions)

    def write(self, url: str, phone: str, words: str, *, is_signed: bool) -> int:
        """Let somebody write a text; how the practice at `url` answered."""
        return provider.write(self.port, url, phone, words, is_signed=is_signed)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        self.kill()

    def is_asked(self) -> bool:
        """Whether somebody waits for its answer about a new message."""
        return bool(
            self.read(
                "SELECT 1 FROM requests WHERE method = 'POST' AND ended IS NULL"
                " AND began > ?",
                time.time() - 1,
            )
        )

    def owes_a_call(self) -> bool:
        return bool(self.read("SELECT 1 FROM calls WHERE answered IS NULL"))

    def read(self, statement: str, *values: object) -> list[Any]:
        with sqlite3.connect(f"file:{self.file}?mode=ro", uri=True) as database:
            rows = database.execute(statement, values).fetchall()
        database.close()
        return rows

    def _is_there(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=1)
        try:
            connection.request("GET", f"{SECRET_PATH}?To=nobody")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


class Site(AbstractContextManager["Site"]):
    """Web, workers and beats at work on a fresh copy of the practice.

    `prepare` is done to the database before; `settings` and `celery` go over those of
    the environment and of Celery.
    """

    def __init__(
        self,
        cluster: Cluster,
        folder: Path,
        *,
        conditions: Conditions,
        settings: Mapping[str, str] | None = None,
        celery: Mapping[str, Any] | None = None,
    ) -> None:
        self.cluster = cluster
        self.folder = folder
        self.outbox = folder / "outbox"
        self._conditions = conditions
        self._settings = settings or {}
        self._celery = celery or {}
        self._running = ExitStack()
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Site":
        self.folder.mkdir(parents=True, exist_ok=True)
        self.database = self.cluster.copy()
        with self._running as running:
            running.callback(self.cluster.drop, self.database)
            self.valkey = Valkey(self.folder)
            running.callback(self.valkey.close)
            self.provider = Provider(self.folder, self._conditions)
            running.callback(self.provider.close)
            self._listener = running.enter_context(
                socket.create_server(("127.0.0.1", 0), backlog=128)
            )
            self.address: tuple[str, int] = self._listener.getsockname()
            running.callback(lambda: processes.end(list(self._children.values())))
            self._running = running.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    @property
    def url(self) -> str:
        """The address under which everybody knows the practice."""
        host, port = self.address
        return f"http://{host}:{port}"

    def start_web(self) -> None:
        bind = f"--bind fd://{self._listener.fileno()} --keep-alive 3600"
        self._spawn(
            "web",
            processes.COMMANDS["web"],
            {"GUNICORN_CMD_ARGS": bind},
            pass_fds=[self._listener.fileno()],
        )
        wait_for(self.address, self._log("web"))

    def start_worker(self, name: str = "worker", *, clock: float = 0) -> None:
        self._start_celery("worker", name, clock, ["--hostname", f"{name}@here"])

    def start_beat(self, name: str = "beat", *, clock: float = 0) -> None:
        self._start_celery("beat", name, clock)

    def wait_for_worker(self, name: str = "worker") -> None:
        """Until it says that it is ready; it has started anew with an empty log."""
        wait_until(lambda: b" ready." in self._log(name).read_bytes(), f"{name} ready")

    def kill(self, name: str) -> None:
        """Kill a program and all its children at once."""
        child = self._children.pop(name)
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def kill_a_child_of(self, name: str) -> None:
        """Kill one of the processes in which a worker carries out its tasks."""
        children = psutil.Process(self._children[name].pid).children()
        if children:
            with suppress(psutil.NoSuchProcess):
                children[-1].kill()

    def terminate(self, name: str) -> None:
        """Ask a program to end, and wait until it has finished what it was doing."""
        child = self._children.pop(name)
        child.terminate()
        child.wait(START_SECONDS)

    def reload_web(self) -> None:
        """Let gunicorn replace its workers one by one."""
        parent = psutil.Process(self._children["web"].pid)
        old = parent.children()
        parent.send_signal(signal.SIGHUP)
        gone, _ = psutil.wait_procs(old, timeout=START_SECONDS)
        assert len(gone) == len(old)

    def query(self, statement: str, **values: object) -> list[Any]:
        with psycopg.connect(self.database, connect_timeout=5) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def _start_celery(
        self, kind: str, name: str, clock: float, options: list[str] | None = None
    ) -> None:
        command = [
            VARIANTS if word == "config.celery" else word
            for word in processes.COMMANDS[kind]
        ]
        variation = {
            "FAULTS_CLOCK": str(clock),
            "FAULTS_CELERY": json.dumps(self._celery),
        }
        self._spawn(name, [*command, *(options or [])], variation)

    def _spawn(
        self,
        name: str,
        command: list[str],
        variables: Mapping[str, str],
        pass_fds: list[int] | None = None,
    ) -> None:
        with self._log(name).open("wb") as output:
            self._children[name] = processes.spawn(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env={
                    **os.environ,
                    **SETTINGS,
                    "DATABASE_URL": self.database,
                    "REDIS_URL": self.valkey.url,
                    "TWILIO_URL": self.provider.url,
                    "PUBLIC_URL": self.url,
                    "OUTBOX_DIR": str(self.outbox),
                    **self._settings,
                    **variables,
                },
                output=output.fileno(),
                pass_fds=pass_fds or [],
            )

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"


def wait_until(
    condition: Callable[[], object],
    what: str,
    *,
    seconds: float = START_SECONDS,
    every: float = 0.05,
) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Waited for {seconds} s in vain until {what}.")
        time.sleep(every)


def broker_url(valkey: Valkey) -> str:
    """As Celery wants it."""
    return f"redis+socket://{valkey.url.removeprefix('unix://')}?virtual_host=0"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
