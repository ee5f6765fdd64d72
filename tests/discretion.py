"""Whether a log line names a client: those that the factories make can be told.

And whether a row gives away more than it may be asked for.
"""

import logging
import re
from collections.abc import Collection, Mapping
from typing import Any

from config.logs import DiscreetFormatter

PRIVATE = re.compile(
    r"(client|parent)\d+@example\.org|\+1(310|818)555\d{4}|\bRobin\b|\b(Example|Parent)\d"
)


class Eavesdropper(logging.Handler):
    """Hears what everything logs, in the words that would leave the process."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(DiscreetFormatter())
        self.indiscretions: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        if PRIVATE.search(line):
            self.indiscretions.append(line)


class Indiscretion(AssertionError):
    """Somebody read what they may not."""


class Guarded:
    """A row that gives what `allowed` names for its kind, and nothing else."""

    def __init__(self, row: Any, allowed: Mapping[type, Collection[str]]) -> None:
        self._row, self._allowed = row, allowed

    def __getattr__(self, name: str) -> Any:
        if name not in self._allowed[type(self._row)]:
            raise Indiscretion(f"{type(self._row).__name__}.{name} was read")
        value = getattr(self._row, name)
        return Guarded(value, self._allowed) if type(value) in self._allowed else value
