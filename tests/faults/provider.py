"""A provider of text messages that is a process of its own and has moods.

It speaks what we use of Twilio's API over HTTP. What it took is in a file, so that it
knows that after a death, and so do the checks: `python -m tests.faults.provider FILE
PORT`. `POST /conditions` tells it how to behave from now on, `POST /texts` that
somebody has written a text.
"""

import json
import random
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from email.utils import formatdate
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.faults.callbacks import Caller

CONDITIONS, TEXTS = "/conditions", "/texts"
UNREADABLE = b"[" * 100_000  # so deep that reading it raises what nobody expects
STOPPED = 21610

_TABLES = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS effects (
  number INTEGER PRIMARY KEY, sid TEXT, phone TEXT, body TEXT, at REAL);
CREATE TABLE IF NOT EXISTS requests (
  number INTEGER PRIMARY KEY, method TEXT, began REAL, ended REAL, outcome TEXT);
"""


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """How the provider behaves: how many of the requests for a new message go wrong,
    and in which way, how long each takes, and what it knows of earlier ones.

    With `knows_repeats`, the same words to the same number go out once. Without
    `finds`, the list of what went out is empty. `poisoned` numbers get an answer that
    cannot be read and no message, `stopped` ones are refused. It `tells` what became of
    each message by calling back.
    """

    seconds: float = 0.1
    busy: float = 0  # 429 with Retry-After, nothing taken
    fails_before: float = 0  # 503, nothing taken
    fails_after: float = 0  # 502, taken
    drops_after: float = 0  # taken, and the connection is cut
    hangs_after: float = 0  # taken, and no answer for a while
    hang_seconds: float = 2.5
    retry_after: int = 1
    knows_repeats: bool = False
    finds: bool = True
    poisoned: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()
    tells: bool = False


WELL = Conditions()
STORMY = {
    "busy": 0.06,
    "fails_before": 0.10,
    "fails_after": 0.08,
    "drops_after": 0.06,
    "hangs_after": 0.03,
}


def tell(port: int, conditions: Conditions) -> None:
    """Let the provider that listens on `port` behave like that from now on."""
    _ask(port, CONDITIONS, asdict(conditions))


def write(port: int, url: str, phone: str, words: str, *, is_signed: bool) -> int:
    """Let somebody write to the practice at `url`; how it answered the provider."""
    text = {"url": url, "phone": phone, "words": words, "is_signed": is_signed}
    status: int = _ask(port, TEXTS, text)["status"]
    return status


def _ask(port: int, path: str, body: Any) -> Any:
    with closing(HTTPConnection("127.0.0.1", port, timeout=90)) as connection:
        connection.request("POST", path, json.dumps(body))
        return json.loads(connection.getresponse().read())


class Records:
    """What the provider keeps: what went out, and what it was asked."""

    def __init__(self, file: Path) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(
            file, check_same_thread=False, isolation_level=None
        )
        self._database.executescript(_TABLES)

    def begin(self, method: str) -> int:
        statement = "INSERT INTO requests (method, began) VALUES (?, ?)"
        return self._execute(statement, method, time.time()).lastrowid or 0

    def end(self, number: int, outcome: str) -> None:
        statement = "UPDATE requests SET ended = ?, outcome = ? WHERE number = ?"
        self._execute(statement, time.time(), outcome, number)

    def take(self, form: dict[str, str]) -> dict[str, str]:
        with self._lock:
            statement = "INSERT INTO effects (phone, body, at) VALUES (?, ?, ?)"
            values = (form["To"], form["Body"], time.time())
            number = self._database.execute(statement, values).lastrowid
            self._database.execute(
                "UPDATE effects SET sid = ? WHERE number = ?",
                (f"SM{number:032}", number),
            )
        return self.sent_to(form["To"])[0]

    def sent_to(self, phone: str) -> list[dict[str, str]]:
        """The newest first, as Twilio lists them."""
        statement = """
        SELECT sid, phone, body, at FROM effects WHERE phone = ? ORDER BY number DESC
        """
        return [
            {
                "sid": sid,
                "to": to,
                "body": body,
                "date_created": formatdate(at, usegmt=True),
            }
            for sid, to, body, at in self._execute(statement, phone).fetchall()
        ]

    def _execute(self, statement: str, *values: object) -> sqlite3.Cursor:
        with self._lock:
            return self._database.execute(statement, values)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    records: Records
    caller: Caller
    conditions = WELL
    dice = random.Random("0197")  # noqa: S311  chance, not a secret


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        (phone,) = parse_qs(urlsplit(self.path).query)["To"]
        with self._noted("GET") as outcome:
            time.sleep(self.server.conditions.seconds / 4)
            sent = self.server.records.sent_to(phone)
            found = sent if self.server.conditions.finds else []
            outcome.append("found" if found else "nothing")
            self._answer(200, {"messages": found})

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == CONDITIONS:
            self.server.conditions = Conditions(**json.loads(content))
            self._answer(200, {})
            return
        if self.path == TEXTS:
            status = self.server.caller.text(**json.loads(content))
            self._answer(200, {"status": status})
            return
        form = {name: texts[0] for name, texts in parse_qs(content).items()}
        with self._noted("POST") as outcome:
            outcome.append(self._new_message(form))

    def _new_message(self, form: dict[str, str]) -> str:
        """Take it or not, answer or not; what was done, in a word."""
        now = self.server.conditions
        time.sleep(now.seconds / 2)
        if form["To"] in now.poisoned:
            self._send(201, UNREADABLE)
            return "unreadable"
        if form["To"] in now.stopped:
            self._answer(400, {"code": STOPPED, "message": "Unsubscribed."})
            return "stopped"
        mood = self._mood()
        if mood in {"busy", "fails_before"}:
            status = 429 if mood == "busy" else 503
            self._answer(status, {}, retry_after=now.retry_after)
            return mood
        message, is_repeat = self._take(form)
        time.sleep(now.seconds / 2)
        if mood == "fails_after":
            self._answer(502, {})
        elif mood == "drops_after":
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            time.sleep(now.hang_seconds if mood == "hangs_after" else 0)
            self._answer(201, message)
        return "repeated" if is_repeat else mood or "taken"

    def _mood(self) -> str:
        left = self.server.dice.random()
        for name in STORMY:
            left -= getattr(self.server.conditions, name)
            if left < 0:
                return name
        return ""

    def _take(self, form: dict[str, str]) -> tuple[dict[str, str], bool]:
        records = self.server.records
        if self.server.conditions.knows_repeats:
            for message in records.sent_to(form["To"]):
                if message["body"] == form["Body"]:
                    return message, True
        message = records.take(form)
        if self.server.conditions.tells:
            self.server.caller.tell_of(message["sid"], form["StatusCallback"])
        return message, False

    @contextmanager
    def _noted(self, method: str) -> Iterator[list[str]]:
        number, outcome = self.server.records.begin(method), list[str]()
        try:
            yield outcome
        finally:
            self.server.records.end(number, "".join(outcome) or "broken")

    def _answer(self, status: int, body: Any, retry_after: int | None = None) -> None:
        self._send(status, json.dumps(body).encode(), retry_after)

    def _send(
        self, status: int, content: bytes, retry_after: int | None = None
    ) -> None:
        try:
            self.send_response(status)
            if retry_after is not None:
                self.send_header("Retry-After", str(retry_after))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            return  # the caller gave up, or died

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    file, port = sys.argv[1:]
    server = _Server(("127.0.0.1", int(port)), _Handler)
    server.records, server.caller = Records(Path(file)), Caller(Path(file))
    server.serve_forever()


if __name__ == "__main__":
    main()
