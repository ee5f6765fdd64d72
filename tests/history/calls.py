"""What was asked and what was told: the history that the checker reads."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any

API = "/api/v1/"
APPOINTMENTS = f"{API}appointments/"
HOLDS = f"{API}holds/"
SERIES = f"{API}appointment-series/"
REASSIGNMENTS = f"{API}reassignments/"
PASSWORD = "on-the-sticky-note"
PATIENCE_SECONDS = 120

_TARGET = re.compile(
    rf"{API}(appointments|holds|appointment-series)/([0-9a-f-]{{36}})/"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a caller wants. `key` is its Idempotency-Key, `version` its If-Match."""

    kind: str
    caller: str
    method: str
    path: str
    body: Any = None  # Any: JSON
    key: str | None = None
    version: int | None = None

    @property
    def targets(self) -> Mapping[str, int | None]:
        """The ids of the appointments, hold or series that it changes or looks at,
        with the version that it names of each."""
        if self.path == REASSIGNMENTS:
            return {each["id"]: each["version"] for each in self.body["appointments"]}
        if isinstance(self.body, dict) and self.body.get("hold"):
            return {self.body["hold"]: None}
        match = _TARGET.match(self.path)
        return {match[2]: self.version} if match else {}

    @property
    def tag(self) -> str | None:
        """The first word of the note of what it books, which no other request uses."""
        if isinstance(self.body, dict) and self.body.get("note"):
            return str(self.body["note"]).split()[0]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that was made once, and the answer; times are seconds of one clock.

    Without a status there was no answer, because the caller `hung_up` or for worse.
    """

    request: Request
    began: float
    ended: float
    status: int | None = None
    answer: Any = None  # Any: JSON
    replayed: bool = False
    retry_after: str | None = None
    hung_up: bool = False

    @property
    def is_done(self) -> bool:
        return self.status is not None and self.status < 300

    @property
    def is_open(self) -> bool:
        """Whether nobody can tell from it if the request was carried out."""
        return self.status in {None, 503} or self.code == "request_in_progress"

    @property
    def is_lost(self) -> bool:
        """Whether the line broke: the server never hangs up while it is there."""
        return self.status is None and not self.hung_up

    @property
    def code(self) -> str:
        return self.answer.get("code", "") if isinstance(self.answer, dict) else ""

    @property
    def id(self) -> str | None:
        return self.answer.get("id") if isinstance(self.answer, dict) else None

    def appointments(self) -> Iterator[dict[str, Any]]:
        """The appointments that the answer tells of: one, those of a series, or those
        that were given to somebody else, of which it does not tell the status."""
        if isinstance(self.answer, dict) and self.is_done:
            for name in ("occurrences", "appointments"):
                yield from (one for one in self.answer.get(name, ()) if "id" in one)
            if "status" in self.answer:
                yield self.answer

    def versions(self) -> Iterator[dict[str, Any]]:
        """Those of which it tells the version as well."""
        return (one for one in self.appointments() if "version" in one)


class Line:
    """A connection of someone who is signed in; `record` is told of every call."""

    def __init__(
        self,
        address: tuple[str, int],
        caller: str,
        token: str,
        record: Callable[[Call], object],
    ) -> None:
        self._connection = HTTPConnection(*address, timeout=PATIENCE_SECONDS)
        self._caller = caller
        self._headers = {"Content-Type": "application/json", "X-Session-Token": token}
        self._record = record
        self._began = 0.0

    def call(self, request: Request) -> Call:
        self.send(request)
        return self.receive(request)

    def send(self, request: Request) -> None:
        headers = dict(self._headers)
        if request.key is not None:
            headers["Idempotency-Key"] = request.key
        if request.version is not None:
            headers["If-Match"] = f'"{request.version}"'
        content = None if request.body is None else json.dumps(request.body)
        self._began = time.monotonic()
        try:
            self._connection.request(request.method, request.path, content, headers)
        except (OSError, HTTPException):
            self._connection.close()  # so that there is nothing to receive

    def receive(self, request: Request) -> Call:
        """The answer to what was sent; if the line broke, a call without one."""
        try:
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, HTTPException):
            return self._without_answer(request)
        call = Call(
            request=request,
            began=self._began,
            ended=time.monotonic(),
            status=response.status,
            answer=_json(content),
            replayed=response.headers.get("Idempotent-Replayed") == "true",
            retry_after=response.headers.get("Retry-After"),
        )
        self._record(call)
        return call

    def hang_up(self, request: Request) -> Call:
        """Give up what was sent before an answer comes."""
        return self._without_answer(request, hung_up=True)

    def close(self) -> None:
        self._connection.close()

    def _without_answer(self, request: Request, *, hung_up: bool = False) -> Call:
        self._connection.close()
        call = Call(
            request=request,
            began=self._began,
            ended=time.monotonic(),
            hung_up=hung_up,
        )
        self._record(call)
        return call


def sign_in(address: tuple[str, int], username: str) -> str:
    """A session token for `username`."""
    connection = HTTPConnection(*address, timeout=PATIENCE_SECONDS)
    try:
        connection.request(
            "POST",
            "/_allauth/app/v1/auth/login",
            json.dumps({"username": username, "password": PASSWORD}),
            {"Content-Type": "application/json"},
        )
        answer = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    token: str = answer["meta"]["session_token"]
    return token


def _json(content: bytes) -> Any:  # Any: JSON, or the text of what is none
    try:
        return json.loads(content or b"null")
    except ValueError:
        return content.decode(errors="replace")
