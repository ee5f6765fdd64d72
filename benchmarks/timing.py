"""Jobs measured in turn, so that what disturbs one disturbs all."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from psycopg import Connection

Job = Callable[[], float]  # does its work once and tells how many seconds it took

ME = "GET me/"
WARM_UP = 10


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
    """The median seconds of each job: one of each after the other, and again."""
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for number in range(WARM_UP + rounds):
        for name, job in jobs.items():
            seconds = job()
            if number >= WARM_UP:
                taken[name].append(seconds)
    return {name: median(seconds) for name, seconds in taken.items()}


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
