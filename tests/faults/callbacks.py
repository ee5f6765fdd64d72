"""What the provider tells the practice of itself: receipts, and texts that came in.

It calls the address that it was given and signs as Twilio does. It insists until it is
answered, and calls two or three times even so.
"""

import hmac
import random
import sqlite3
import threading
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode, urlsplit

SECRET = "x"
INBOUND_PATH = "/webhooks/twilio/sms/"
LATE_SECONDS = 3.0  # within which all receipts of a message come
PATIENCE_SECONDS = 60
EARLY = 0.5  # of the messages are delivered before it is said that they were taken
CONTRADICTED = 0.25  # are called undelivered as well, before or after

_TABLE = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS calls (
  number INTEGER PRIMARY KEY, sid TEXT, said TEXT, began REAL, answered INTEGER);
"""


def signature(url: str, form: Mapping[str, str]) -> str:
    said = url + "".join(name + form[name] for name in sorted(form))
    return b64encode(hmac.digest(SECRET.encode(), said.encode(), "sha1")).decode()


class Caller:
    """Makes the calls, and keeps in the provider's file how each was answered."""

    def __init__(self, file: Path) -> None:
        self._lock = threading.Lock()
        self._dice = random.Random("0197")  # noqa: S311  chance, no secret
        self._database = sqlite3.connect(
            file, check_same_thread=False, isolation_level=None, timeout=30
        )
        self._database.executescript(_TABLE)

    def tell_of(self, sid: str, url: str) -> None:
        """Say what became of a message, in the order in which it comes to mind."""
        for wait, status in self._receipts():
            statement = "INSERT INTO calls (sid, said) VALUES (?, ?)"
            number = self._execute(statement, sid, status)
            form = {"MessageSid": sid, "MessageStatus": status}
            call = threading.Timer(wait, self._make, (number, url, form))
            call.daemon = True
            call.start()

    def text(self, url: str, phone: str, words: str, *, is_signed: bool) -> int:
        """Pass on what somebody wrote, twice; how that was answered at last."""
        number = self._execute("INSERT INTO calls (said) VALUES (?)", words)
        form = {"MessageSid": f"IN{number:032}", "From": phone, "Body": words}
        for _ in range(2):
            status = self._make(number, url, form, is_signed=is_signed)
        return status

    def _receipts(self) -> Iterator[tuple[float, str]]:
        def late() -> float:
            return self._dice.uniform(0, LATE_SECONDS)

        is_early = self._dice.random() < EARLY
        yield 0 if is_early else late(), "delivered"
        for _ in range(self._dice.randint(1, 2)):
            yield late(), "delivered"
        for _ in range(self._dice.randint(2, 3)):
            yield late(), "sent"
        if self._dice.random() < CONTRADICTED:
            yield late(), "undelivered"

    def _make(
        self, number: int, url: str, form: Mapping[str, str], *, is_signed: bool = True
    ) -> int:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if is_signed:
            headers["X-Twilio-Signature"] = signature(url, form)
        began = time.time()
        status = _insist(url, urlencode(form), headers)
        statement = "UPDATE calls SET began = ?, answered = ? WHERE number = ?"
        self._execute(statement, began, status, number)
        return status

    def _execute(self, statement: str, *values: object) -> int:
        with self._lock:
            return self._database.execute(statement, values).lastrowid or 0


def _insist(url: str, body: str, headers: Mapping[str, str]) -> int:
    """The status of the first answer that is no passing trouble; 0 if there is none."""
    address = urlsplit(url)
    path = f"{address.path}?{address.query}" if address.query else address.path
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            with closing(HTTPConnection(address.netloc, timeout=10)) as connection:
                connection.request("POST", path, body, dict(headers))
                status = connection.getresponse().status
        except (OSError, HTTPException):
            status = 0
        if 0 < status < 500:
            return status
        time.sleep(0.2)
    return 0
