"""A provider of text messages that can be told to misbehave, at a real address.

It speaks what we use of Twilio's API.
"""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit


@dataclass(frozen=True)
class Mood:
    """What happens to a request for a new message.

    `takes` says whether the message goes out, `waits` how many seconds pass and
    `meanwhile` what happens then, `hangs_up` that no answer comes, and `drips` how many
    seconds there are between two bytes of it.
    """

    status: int = 201
    takes: bool = True
    code: int | None = None
    retry_after: str | None = None
    waits: float = 0
    meanwhile: Callable[[], object] | None = None
    hangs_up: bool = False
    drips: float = 0


@dataclass
class Provider:
    """`moods` are used up one by one; without any, messages are taken. Of those that
    it took it lists `page_size` at once, or answers `nonsense` if there is any."""

    url: str
    messages: list[dict[str, str]] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    moods: list[Mood] = field(default_factory=list)
    page_size: int = 100
    nonsense: list[Any] = field(default_factory=list)

    def take(self, form: dict[str, str]) -> dict[str, str]:
        message = {
            "sid": f"SM{len(self.messages):032}",
            "to": form["To"],
            "from": form["From"],
            "body": form["Body"],
            "status": "queued",
            "date_created": formatdate(usegmt=True),
        }
        self.messages.insert(0, message)  # the newest first, as Twilio lists them
        return message


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that listens until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    try:
        yield server.provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def server_activate(self) -> None:
        super().server_activate()
        self.provider = Provider(f"http://127.0.0.1:{self.server_port}")


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = self._note(parts.query)
        if self.provider.nonsense:
            return self._answer(200, self.provider.nonsense.pop(0))
        found = [each for each in self.provider.messages if each["to"] == query["To"]]
        start, size = int(query.get("Page", 0)), self.provider.page_size
        following = urlencode({"To": query["To"], "Page": start + size})
        is_last = start + size >= len(found)
        page = {
            "messages": found[start : start + size],
            "next_page_uri": None if is_last else f"{parts.path}?{following}",
        }
        return self._answer(200, page)

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        form = self._note(self.rfile.read(length).decode())
        mood = self.provider.moods.pop(0) if self.provider.moods else Mood()
        message = self.provider.take(form) if mood.takes else {}
        time.sleep(mood.waits)
        if mood.meanwhile is not None:
            mood.meanwhile()
        if mood.hangs_up:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        told = message if mood.status == 201 else {"code": mood.code, "message": "No."}
        self._answer(mood.status, told, mood.retry_after, mood.drips)

    @property
    def provider(self) -> Provider:
        return self.server.provider

    def _note(self, encoded: str) -> dict[str, str]:
        values = {name: texts[0] for name, texts in parse_qs(encoded).items()}
        sender = self.headers["Authorization"]
        self.provider.requests.append((self.command, sender, values))
        return values

    def _answer(
        self, status: int, body: Any, retry_after: str | None = None, drips: float = 0
    ) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        if retry_after is not None:
            self.send_header("Retry-After", retry_after)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            for byte in content if drips else ():
                self.wfile.write(bytes([byte]))
                time.sleep(drips)
            self.wfile.write(b"" if drips else content)
        except OSError:
            return  # the caller gave up

    def log_message(self, *_: object) -> None:
        """Say nothing."""
