"""A trial: callers at work, PostgreSQL killed meanwhile, and what was found."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from threading import Event
from typing import Any

import psycopg

from tests.history import rows
from tests.history.callers import Desk, Notebook, Practice
from tests.history.calls import API, Call, Line, Request, sign_in
from tests.history.checker import check, never_done
from tests.history.faults import Finding, Outage
from tests.history.operations import OPERATIONS
from tests.history.practice import USERS
from tests.history.sabotage import SABOTAGES
from tests.history.services import Cluster, web

CALLERS = 8
ROUND = 60  # operations between two looks for the damage of a sabotage
PATIENCE_SECONDS = 120


@dataclass
class Trial:
    """Callers at a server with a copy of the practice, and all that happens."""

    cluster: Cluster
    database: str
    desks: Sequence[Desk]
    dice: random.Random
    calls: list[Call]
    outages: list[Outage] = field(default_factory=list)

    @property
    def never_done(self) -> list[str]:
        """The kinds of operation that have not succeeded once."""
        return never_done(self.calls)

    def go_on(self, operations: int, *, kills: int = 0) -> list[Finding]:
        """Let the callers do so many operations, with kills at even distances; then
        hold all that was ever told against all that is there."""
        alarms = {operations * (n + 1) // (kills + 1): Event() for n in range(kills)}
        turns = iter(range(operations))
        with ThreadPoolExecutor(len(self.desks)) as pool:
            working = [
                pool.submit(self._work, desk, turns, alarms) for desk in self.desks
            ]
            for alarm in alarms.values():
                if not _is_heard(alarm, working):
                    break
                pause = self.dice.uniform(0.1, 1)
                self.outages.append(self.cluster.kill(seconds=pause))
            for each in working:
                each.result()
        return check(self.calls, rows.read(self.database), self.outages)

    def _work(self, desk: Desk, turns: Iterator[int], alarms: dict[int, Event]) -> None:
        """Until the turns are over, or the server is gone: what is not answered then
        is found."""
        while not desk.is_cut_off and (turn := next(turns, None)) is not None:
            if turn in alarms:
                alarms[turn].set()
            desk.dice.choice(OPERATIONS)(desk)


@contextmanager
def trial(
    cluster: Cluster, log: Path, *, seed: str, sabotage: str | None = None
) -> Iterator[Trial]:
    """Somebody at each desk of a fresh copy of the practice, after the sabotage."""
    database = cluster.copy()
    if sabotage is not None and SABOTAGES[sabotage].statement:
        with psycopg.connect(database) as connection:
            connection.execute(SABOTAGES[sabotage].statement)
    calls: list[Call] = []
    with web(database, log, sabotage=sabotage) as address, ExitStack() as ending:
        places = _places(address, calls.append, ending)
        (_, (survey, _)), *_ = places
        practice, notebook = _practice(survey), Notebook()
        calls.clear()  # the survey is no part of the history
        yield Trial(
            cluster=cluster,
            database=database,
            desks=[
                Desk(user, lines, _dice(seed, number), practice, notebook)
                for number, (user, lines) in enumerate(places)
            ],
            dice=_dice(seed, "kills"),
            calls=calls,
        )


def damage(cluster: Cluster, log: Path, *, seed: str, sabotage: str) -> list[Finding]:
    """What is found of a sabotage, as soon as that is all that has to be found."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    found: list[Finding] = []
    with trial(cluster, log, seed=seed, sabotage=sabotage) as run:
        while time.monotonic() < deadline:
            found = run.go_on(ROUND)
            if SABOTAGES[sabotage].is_noticed(found):
                break
    return found


def _places(
    address: tuple[str, int], record: Callable[[Call], object], ending: ExitStack
) -> list[tuple[str, list[Line]]]:
    """For each caller, who it is and two lines; several callers share a user."""
    tokens = {user: sign_in(address, user) for user in USERS}

    def line(user: str) -> Line:
        opened = Line(address, user, tokens[user], record)
        return ending.enter_context(closing(opened))

    users = islice(cycle(USERS), CALLERS)
    return [(user, [line(user), line(user)]) for user in users]


def _is_heard(alarm: Event, working: Sequence[Future[None]]) -> bool:
    """Wait for the alarm, as long as there is somebody who can give it."""
    while not alarm.wait(timeout=1):
        if all(each.done() for each in working):
            return alarm.is_set()
    return True


def _dice(seed: str, name: object) -> random.Random:
    return random.Random(f"{seed}/{name}")  # noqa: S311  not for secrets


def _practice(line: Line) -> Practice:
    """Who and what is there, with sessions from the Monday after next on."""
    rooms: dict[str, list[str]] = {}
    for room in _results(line, "rooms/"):
        rooms.setdefault(room["office"], []).append(room["id"])
    today = datetime.now(UTC).date()
    return Practice(
        therapists=[each["id"] for each in _results(line, "therapists/")],
        clients=[each["id"] for each in _results(line, "clients/")],
        rooms=rooms,
        monday=today + timedelta(days=14 - today.weekday()),
    )


def _results(line: Line, path: str) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = _get(line, f"{API}{path}").answer["results"]
    return results


def _get(line: Line, path: str) -> Call:
    return line.call(Request(kind="survey", caller="", method="GET", path=path))
