"""PostgreSQL and Redis, and the product served from them as in production."""

import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from benchmarks.caller import Caller
from config import embedded, processes

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".local" / "bench"
START_SECONDS = 60
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DEBUG": "0",
    "HTTPS": "0",
    "SECRET_KEY": "only-for-benchmarks-" * 3,
    "SMS_GATEWAY": "file",
    "EMAIL_GATEWAY": "file",
    "THROTTLE_ANON": "1000000/min",
    "THROTTLE_USER": "1000000/min",
}


@dataclass(frozen=True, slots=True)
class Served:
    """The product, at an address, and the database behind it."""

    address: tuple[str, int]
    database_url: str

    def caller(self) -> Caller:
        return Caller(self.address)

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            yield connection


@contextmanager
def services() -> Iterator[None]:
    """Start what the environment does not name; both write to disk as for real."""
    STATE.mkdir(parents=True, exist_ok=True)
    with ExitStack() as running:
        if not os.environ.get("DATABASE_URL"):
            postgres = running.enter_context(embedded.postgres(STATE))
            os.environ["DATABASE_URL"] = postgres.url
        if not os.environ.get("REDIS_URL"):
            valkey = running.enter_context(embedded.valkey(STATE))
            os.environ["REDIS_URL"] = valkey.url
        os.environ.update(SETTINGS, STATE_DIR=str(STATE))
        yield


@contextmanager
def web(database: str) -> Iterator[Served]:
    """Run gunicorn as the product does, on `database`."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()
    with (
        socket.create_server(("127.0.0.1", 0), backlog=128) as listener,
        (STATE / "web.log").open("wb") as log,
    ):
        child = processes.spawn(
            [sys.executable, "-m", *processes.COMMANDS["web"]],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": url,
                "GUNICORN_CMD_ARGS": f"--bind fd://{listener.fileno()} --keep-alive 60",
            },
            output=log.fileno(),
            pass_fds=[listener.fileno()],
        )
        try:
            address = listener.getsockname()
            _wait_for(address)
            yield Served(address, url)
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
    raise TimeoutError(f"The web server did not start; see {STATE / 'web.log'}.")
