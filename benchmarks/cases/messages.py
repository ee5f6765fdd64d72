"""Messages: how many a worker settles, and what looking for due ones costs.

The provider takes no time: messages are printed, by a worker with one process. What it
is measured by is a task that does nothing, in the same worker.
"""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import redis
from django.conf import settings
from django.db import connection

from benchmarks import practices, server, worker
from benchmarks.bench import Bench
from benchmarks.practices import insert
from benchmarks.server import Served
from benchmarks.timing import Result, in_turn, milliseconds
from config import processes
from scheduling import outbox, tasks
from scheduling.models import Message, PracticePolicy

AT_ONCE = 400  # tasks that wait before the worker is let loose
TURNS = 5
LAST_SECONDS = 30
LEDGERS = (0, 10_000, 1_000_000)
COMMAND = [
    *["celery", "--app", "benchmarks.worker", "--quiet", "worker"],
    *["--concurrency", "1", "--without-gossip", "--without-mingle"],
]

# Some of the sessions that are ahead, with who comes.
_AHEAD = """(
  SELECT appointment.id AS appointment_id, client_id, appointment.starts_at,
    row_number() OVER (ORDER BY appointment.id) AS number
  FROM scheduling_appointment AS appointment
  JOIN scheduling_attendance AS part ON part.appointment_id = appointment.id
  WHERE appointment.starts_at > now() + interval '1 day'
    AND appointment.status = 'scheduled') AS ahead"""


def run(bench: Bench) -> Iterator[Result]:
    with bench.serve(bench.usual) as served:
        yield _settled(served)
        yield from _swept(bench.rounds)


def _settled(served: Served) -> Result:
    """One message in no-op tasks; the two take turns."""
    _write_statements("DELETE FROM scheduling_message", _at_any_hour(), _due())
    keys = [str(key) for key in Message.objects.values_list("pk", flat=True)]
    rates: dict[str, list[float]] = {"nothing": [], "send": []}
    with _worker(served):
        _rate(worker.nothing, keys[:AT_ONCE])  # warm
        _rate(tasks.send, keys[:AT_ONCE], tasks.MOST_TOGETHER)
        for turn in range(1, TURNS + 1):
            batch = keys[turn * AT_ONCE : (turn + 1) * AT_ONCE]
            rates["nothing"].append(_rate(worker.nothing, batch))
            rates["send"].append(_rate(tasks.send, batch, tasks.MOST_TOGETHER))
        _wait_until_sent(AT_ONCE * (TURNS + 1))
    nothing, send = (sorted(each)[TURNS // 2] for each in rates.values())
    return Result(
        "a message settled",
        nothing / send,
        "x no-op task",
        2,
        f"{send:.0f} a second and process, {nothing:.0f} no-op tasks",
    )


def _wait_until_sent(count: int) -> None:
    """The last tasks are begun when none waits any more, and take a moment."""
    ends = time.monotonic() + LAST_SECONDS
    while (sent := Message.objects.filter(state="sent").count()) < count:
        if time.monotonic() > ends:
            raise AssertionError(f"Only {sent} messages have been sent.")
        time.sleep(0.1)


def _swept(rounds: int) -> Iterator[Result]:
    """A sweep that finds nothing due, over ledgers of several sizes."""
    medians = {}
    for size in LEDGERS:
        _write_statements("DELETE FROM scheduling_message", _past(size))
        medians[size] = in_turn({"sweep": _sweep}, rounds)["sweep"]
        yield Result(
            f"a sweep over {size:,} messages",
            medians[size] / medians[0],
            "x over none",
            2,
            milliseconds(medians[size]),
        )


def _sweep() -> float:
    began = time.perf_counter()
    if outbox.sweep():
        raise AssertionError("Nothing should be due.")
    return time.perf_counter() - began


def _rate(task: worker.Task, keys: Sequence[str], together: int = 1) -> float:
    """How many a second the worker does of those that all wait when it begins, and that
    are rung for so many `together`."""
    rings = [keys[start : start + together] for start in range(0, len(keys), together)]
    with redis.Redis.from_url(settings.REDIS_URL, db=0) as broker:
        worker.app.control.cancel_consumer("celery")
        time.sleep(1)
        for ring in rings:
            task.delay(*ring)
        worker.app.control.add_consumer("celery")
        while broker.llen("celery") == len(rings):
            time.sleep(0.001)
        began = time.perf_counter()
        while broker.llen("celery"):
            time.sleep(0.001)
        return (len(keys) - together) / (time.perf_counter() - began)


@contextmanager
def _worker(served: Served) -> Iterator[None]:
    with (server.STATE / "worker.log").open("wb") as log:
        child = processes.spawn(
            [sys.executable, "-m", *COMMAND],
            cwd=server.ROOT,
            env={
                **os.environ,
                "DATABASE_URL": served.database_url,
                "SMS_GATEWAY": "console",
                "EMAIL_GATEWAY": "console",
            },
            output=log.fileno(),
        )
        try:
            while not worker.app.control.ping(timeout=1):
                pass
            yield
        finally:
            processes.end([child])


def _at_any_hour() -> str:
    policy = practices.table_of(PracticePolicy)
    return f"UPDATE {policy} SET quiet_from_minute = 0, quiet_until_minute = 0"


def _due() -> str:
    """Reminders that are due, one for each session that is ahead."""
    return insert(
        Message,
        f"{_AHEAD} WHERE number <= {AT_ONCE * (TURNS + 1)}",
        appointment_id="appointment_id",
        facts_version="1",
        facts_digest="''",
        kind="'reminder'",
        channel="'email'",
        client_id="client_id",
        recipient="client_id",
        before_start_minutes="1440",
        due_at="now() - interval '1 minute'",
        not_after="starts_at",
        provider_key="gen_random_uuid()",
        created_at="now()",
    )


def _past(size: int) -> str:
    """A ledger in which nothing is due: of 50 messages 48 have gone out, one was called
    off, and one waits for its day."""
    return insert(
        Message,
        f"(SELECT n, appointment_id, client_id FROM generate_series(1, {size}) AS n"
        f" JOIN {_AHEAD} ON number = n % 1000 + 1) AS lines",
        appointment_id="appointment_id",
        facts_version="n",
        facts_digest="''",
        kind="'reminder'",
        channel="'sms'",
        client_id="client_id",
        recipient="client_id",
        state="CASE n % 50 WHEN 0 THEN 'pending' WHEN 1 THEN 'cancelled'"
        " ELSE 'sent' END",
        due_at="CASE n % 50 WHEN 0 THEN now() + n * interval '1 minute'"
        " + interval '1 day' ELSE now() - n * interval '1 minute' END",
        not_after="now() + n * interval '1 minute' + interval '2 days'",
        sent_at="CASE WHEN n % 50 > 1 THEN now() - n * interval '1 minute' END",
        provider_key="gen_random_uuid()",
        created_at="now()",
    )


def _write_statements(*statements: str) -> None:
    """While triggers rest, as when the practice was made."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET statement_timeout = 0")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE scheduling_message")
    connection.close()
