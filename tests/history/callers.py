"""Who calls: several at each desk, with what they know of each other's bookings."""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.history.calls import PATIENCE_SECONDS, SERIES, Call, Line, Request

ZONE = ZoneInfo("America/Los_Angeles")
GROUP = "group-90"
DAYS = 2
WEEKS = 3
STARTS = [timedelta(hours=9, minutes=30 * half) for half in range(10)]
RECENT = 12  # appointments that everybody has to do with
GROUPS = 0.25  # of what is booked
KEYED = 0.8  # of what may have a key
CUT_OFF = 0.06  # of what has one
LIVE = frozenset({"scheduled", "confirmed"})


@dataclass(frozen=True)
class Practice:
    """Who and what can be named in a request. Sessions are from `monday` on."""

    therapists: Sequence[str]
    clients: Sequence[str]
    rooms: Mapping[str, Sequence[str]]
    monday: date


class Notebook:
    """What the callers know in common, as good as what they were last told."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._appointments: dict[str, dict[str, Any]] = {}
        self._holds: dict[str, dict[str, Any]] = {}
        self._series: dict[str, list[str]] = {}

    def learn(self, call: Call) -> None:
        with self._lock:
            for seen in call.versions():
                if "status" not in seen:
                    continue
                known = self._appointments.pop(seen["id"], seen)
                if seen["status"] in LIVE:
                    newest = max(seen, known, key=lambda one: int(one["version"]))
                    self._appointments[seen["id"]] = newest
            if not call.is_done:
                return
            if call.request.kind == "hold" and call.id:
                self._holds[call.id] = call.request.body
            if call.request.path == SERIES and call.id:
                self._series[call.id] = [
                    one["starts_at"] for one in call.answer["occurrences"]
                ]

    def appointment(
        self, dice: random.Random, *, session_type: str | None = None
    ) -> dict[str, Any] | None:
        with self._lock:
            recent = [
                one
                for one in list(self._appointments.values())[-RECENT:]
                if session_type in {None, one["session_type"]}
            ]
        return dice.choice(recent) if recent else None

    def take_hold(self, dice: random.Random) -> tuple[str, dict[str, Any]] | None:
        with self._lock:
            if not self._holds:
                return None
            key = dice.choice(list(self._holds))
            return key, self._holds.pop(key)

    def series(self, dice: random.Random) -> tuple[str, list[str]] | None:
        with self._lock:
            recent = list(self._series.items())[-RECENT:]
        return dice.choice(recent) if recent else None


@dataclass
class Desk:
    """Somebody at the front desk, with two lines: one can wait while the other asks.

    Whoever `is_cut_off`, since a line broke, has nobody left to ask.
    """

    caller: str
    lines: Sequence[Line]
    dice: random.Random
    practice: Practice
    notebook: Notebook
    asked: list[Request] = field(default_factory=list)
    is_cut_off: bool = False

    def ask(self, request: Request) -> Call:
        """Ask; with a key, again and again until nothing is open."""
        line = self.lines[0]
        line.send(request)
        if request.key is not None and self.dice.random() < CUT_OFF:
            return self._insist(request, line.hang_up(request))
        return self._insist(request, line.receive(request))

    def ask_twice_at_once(self, request: Request) -> Call:
        one, other = self.lines
        one.send(request)
        told = [other.call(request), one.receive(request)]
        first, _ = [self._insist(request, call) for call in told]
        return first

    def request(
        self,
        kind: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        version: int | None = None,
        method: str = "POST",
        always_keyed: bool = False,
    ) -> Request:
        is_keyed = method == "POST" and (always_keyed or self.dice.random() < KEYED)
        return Request(
            kind=kind,
            caller=self.caller,
            method=method,
            path=path,
            body=body,
            key=self.word() if is_keyed else None,
            version=version,
        )

    def word(self) -> str:
        """A word that nobody else uses."""
        return UUID(int=self.dice.getrandbits(128)).hex

    def wish(self) -> dict[str, Any]:
        """A session with anyone anywhere in the hot hours; some are for a group."""
        is_group = self.dice.random() < GROUPS
        size = self.dice.randrange(1, 3) if is_group else 1
        office = self.dice.choice(list(self.practice.rooms))
        body: dict[str, Any] = {
            "therapist": self.dice.choice(self.practice.therapists),
            "clients": self.dice.sample(self.practice.clients, size),
            "session_type": GROUP if is_group else "individual-50",
            "office": office,
            "starts_at": self.start(),
            "mode": self.dice.choice(["in_person", "telehealth"]),
        }
        if body["mode"] == "in_person" and self.dice.random() < 0.5:
            body["room"] = self.dice.choice(self.practice.rooms[office])
        return body

    def start(self) -> str:
        day = self.practice.monday + timedelta(
            weeks=self.dice.randrange(WEEKS), days=self.dice.randrange(DAYS)
        )
        midnight = datetime(day.year, day.month, day.day, tzinfo=ZONE)
        return (midnight + self.dice.choice(STARTS)).isoformat()

    def _insist(self, request: Request, call: Call) -> Call:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while request.key is not None and call.is_open and not call.is_lost:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{request.kind} stays open: {call.status}")
            time.sleep(float(call.retry_after or 0))
            call = self.lines[0].call(request)
        self.is_cut_off |= call.is_lost
        self.notebook.learn(call)
        if request.key is not None and call.is_done:
            self.asked.append(request)
        return call
