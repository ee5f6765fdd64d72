"""Jobs measured in turn, so that what disturbs one disturbs all."""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from psycopg import Connection

Job = Callable[[], float]  # does its work once and tells how many seconds it took

ME = "GET me/"
WARM_UP = 10
FEWEST = 5
PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Result:
    """A figure, in words such as "x GET me/", and the most it may be."""

    name: str
    figure: float
    unit: str
    target: float | None = None
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        return None if self.target is None else self.figure <= self.target


def in_turn(jobs: Mapping[str, Job], rounds: int) -> dict[str, float]:
    """The median seconds of each job: one of each after the other, and again.

    Where that takes too long, there are fewer rounds.
    """
    for _ in _rounds(WARM_UP):
        for job in jobs.values():
            job()
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in _rounds(rounds):
        for name, job in jobs.items():
            taken[name].append(job())
    return {name: median(seconds) for name, seconds in taken.items()}


def _rounds(most: int) -> Iterator[int]:
    """Numbers from 0 on, for `PATIENCE` seconds, but at least `FEWEST` of them."""
    began = time.monotonic()
    for number in range(most):
        if number >= FEWEST and time.monotonic() - began > PATIENCE:
            return
        yield number


def reading(database: Connection, statement: str, **parameters: object) -> Job:
    """A job that runs a statement and fetches what it finds."""

    def read() -> float:
        began = time.perf_counter()
        database.execute(statement, parameters).fetchall()
        return time.perf_counter() - began

    return read


def percentile(seconds: Sequence[float], percent: int) -> float:
    """The smallest that `percent` of all do not exceed."""
    return sorted(seconds)[math.ceil(len(seconds) * percent / 100) - 1]


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
