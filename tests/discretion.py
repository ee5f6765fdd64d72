"""Whether a log line names a client: those that the factories make can be told."""

import logging
import re

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
