"""Several calls at once."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from django.db import connection


def in_threads(*calls: Callable[[], Any]) -> list[Any]:
    """What `calls` return, made at the same moment over connections of their own."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def wait_until_done_or_blocked(work: "Future[Any]") -> None:
    """Until `work` has ended, or somebody waits for a lock of this connection's."""
    with connection.cursor() as cursor:
        while not work.done():
            wait([work], timeout=0.01)
            # What a transaction has once read of this view it would see again.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND datname = current_database()"
            )
            if cursor.fetchone():
                return
