"""The front desk, which books, moves, calls off and changes the policy.

It insists until it is answered, and remembers what it was told and when: what was
acknowledged has been committed by then.
"""

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.faults.practice import DESK, GROUP_SIZE, MANAGER, REMINDED_BEFORE_MINUTES
from tests.history.calls import API, APPOINTMENTS, Call, Line, Request, sign_in

PATIENCE_SECONDS = 60
LEAD = timedelta(seconds=4)  # from a booking to the reminder it calls for
OVERRIDE = {
    "override": ["outside_hours"],
    "override_reason": "A reminder that is due while the run goes on.",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What was acknowledged `at` an instant, by the clock of this machine."""

    kind: str
    key: str
    at: float
    version: int = 0


class Desk:
    """Several people can work at it at once; each has a line of their own."""

    def __init__(self, address: tuple[str, int], seed: str) -> None:
        self._address = address
        self._tokens = {name: sign_in(address, name) for name in (DESK, MANAGER)}
        self._dice = random.Random(seed)  # noqa: S311  chance, no secret
        self._lock = threading.Lock()
        self._local = threading.local()
        self._lines: list[Line] = []
        self._therapists = self._ids("therapists/")
        self._clients = self._ids("clients/")
        self.told: list[Told] = []
        self.sessions: list[dict[str, Any]] = []
        self.repeated = 0

    def close(self) -> None:
        for line in self._lines:
            line.close()

    def book(
        self, number: int, *, office: str | None = None, lead: timedelta = LEAD
    ) -> dict[str, Any]:
        """A session of the therapist and the group with that number."""
        first = number * GROUP_SIZE
        body: dict[str, Any] = {
            "therapist": self._therapists[number],
            "clients": self._clients[first : first + GROUP_SIZE],
            "session_type": "group-90",
            "mode": "telehealth",
            "starts_at": _whose_reminder_is_due_in(lead),
            **OVERRIDE,
        }
        if office is not None:
            body["office"] = office
        answer = self._insist("book", APPOINTMENTS, body)
        self._remember("booked", answer)
        with self._lock:
            self.sessions.append(answer)
        return answer

    def move(self, session: dict[str, Any]) -> None:
        """To another minute, which no text has named yet."""
        minutes = timedelta(minutes=2 + session["version"])
        body = {"starts_at": _whose_reminder_is_due_in(minutes), **OVERRIDE}
        path = f"{APPOINTMENTS}{session['id']}/reschedule/"
        answer = self._insist("move", path, body, version=session["version"])
        session.update(answer)
        self._remember("moved", answer)

    def cancel(self, session: dict[str, Any]) -> None:
        path = f"{APPOINTMENTS}{session['id']}/cancel/"
        body = {"by": "practice"}
        answer = self._insist("cancel", path, body, version=session["version"])
        with self._lock:
            self.sessions.remove(session)
        self._remember("cancelled", answer)

    def change_policy(self, **changes: Any) -> None:
        self._insist("policy", f"{API}policy/", changes, method="PATCH", caller=MANAGER)
        self.told.append(Told("policy", "", time.time()))

    def failed_messages(self) -> set[str]:
        """What the desk is shown of messages that failed."""
        page = self._insist("look", f"{API}messages/?state=failed&limit=200", None)
        return {row["id"] for row in page["results"]}

    def chance(self, sessions: Sequence[dict[str, Any]]) -> dict[str, Any]:
        with self._lock:
            return self._dice.choice(sessions)

    def _remember(self, kind: str, answer: dict[str, Any]) -> None:
        told = Told(kind, answer["id"], time.time(), answer["version"])
        self.told.append(told)

    def _ids(self, path: str) -> list[str]:
        found: list[str] = []
        address: str | None = f"{API}{path}?limit=200"
        while address:
            page = self._insist("look", address, None)
            found += [row["id"] for row in page["results"]]
            following = page["next"]
            address = following and f"{API}{following.split(API)[-1]}"
        return sorted(found)

    def _insist(
        self,
        kind: str,
        path: str,
        body: Any,
        *,
        version: int | None = None,
        method: str | None = None,
        caller: str = DESK,
    ) -> dict[str, Any]:
        """The answer that it is done, however often it takes to ask."""
        method = method or ("GET" if body is None else "POST")
        request = Request(
            kind=kind,
            caller=caller,
            method=method,
            path=path,
            body=body,
            key=self._word() if method == "POST" else None,
            version=version,
        )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            call = self._line(caller).call(request)
            if call.is_done:
                answer: dict[str, Any] = call.answer
                return answer
            if not call.is_open or time.monotonic() > deadline:
                raise AssertionError(f"{kind}: {call.status} {call.answer}")
            self.repeated += 1
            time.sleep(0.2)

    def _word(self) -> str:
        with self._lock:
            return UUID(int=self._dice.getrandbits(128)).hex

    def _line(self, caller: str) -> Line:
        lines: dict[str, Line] = self._local.__dict__.setdefault("lines", {})
        if caller not in lines:
            token = self._tokens[caller]
            lines[caller] = Line(self._address, caller, token, _forget)
            self._lines.append(lines[caller])
        return lines[caller]


def _forget(_: Call) -> None:
    """Nobody reads the calls one by one."""


def _whose_reminder_is_due_in(wait: timedelta) -> str:
    before = timedelta(minutes=REMINDED_BEFORE_MINUTES)
    start = datetime.now(UTC) + before + wait + timedelta(seconds=1)
    return start.replace(microsecond=0).isoformat()
