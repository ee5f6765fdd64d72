"""Repeating what the database gave up through no fault of the caller's."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection

DEADLOCK = "40P01"
SERIALIZATION_FAILURE = "40001"
LOCK_TIMEOUT = "55P03"

ATTEMPTS = 3
LONGEST_PAUSE = 0.1  # seconds; the pause of the n-th repetition is n times as long

T = TypeVar("T")


def retrying(operation: Callable[[], T]) -> T:
    """Run `operation`, which opens its own transaction, at most three times.

    Only a deadlock or a failed serialization is repeated: there the transaction is
    known to have left nothing. Inside a transaction nothing is repeated.
    """
    for attempt in range(1, ATTEMPTS):
        try:
            return operation()
        except OperationalError as error:
            passing = sqlstate(error) in {DEADLOCK, SERIALIZATION_FAILURE}
            if not passing or connection.in_atomic_block:
                raise
        time.sleep(random.uniform(0, LONGEST_PAUSE * attempt))  # noqa: S311  jitter
    return operation()


def sqlstate(error: DatabaseError | InterfaceError) -> str:
    """PostgreSQL's code for `error`, or `""` when the server did not answer."""
    return getattr(error.__cause__, "sqlstate", None) or ""
