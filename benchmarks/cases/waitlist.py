"""The waitlist: from an hour that is called off to the hold of an offer."""

import time
from collections.abc import Iterator
from uuid import UUID

from django.db import connection

from benchmarks.bench import Bench
from benchmarks.caller import API, Caller
from benchmarks.cases import booking
from benchmarks.cases.booking import CREATED, Hour
from benchmarks.practices import insert
from benchmarks.timing import Result, in_turn, milliseconds
from config.clock import database_now
from scheduling import openings
from scheduling.models import Appointment, Opening, WaitlistEntry

WAITING = 1000
# Soon enough to book, and late enough to be offered decently.
_NOT_BEFORE = "2 days"
# As many wish for any day as for each; some are of therapists who take nobody new.
_ENTRIES = insert(
    WaitlistEntry,
    "(SELECT id, row_number() OVER (ORDER BY id) AS n FROM clients_client"
    f" ORDER BY md5(id::text) LIMIT {WAITING}) AS people",
    client_id="people.id",
    session_type_id="(SELECT id FROM scheduling_sessiontype"
    " WHERE slug = 'individual-50')",
    weekdays="CASE WHEN n % 6 = 5 THEN '{}' ELSE ARRAY[n % 6] END::smallint[]",
    time_from="(9 + n % 4) * 60",
    until="current_date + 90",
    offers_per_day="10",
    created_at="now() - n * interval '1 minute'",
)


def run(bench: Bench) -> Iterator[Result]:
    with bench.serve(bench.usual) as served:
        connection.close()
        connection.settings_dict["NAME"] = bench.usual.database
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE scheduling_practicepolicy"
                " SET quiet_from_minute = 0, quiet_until_minute = 0"
            )
            cursor.execute(_ENTRIES)
            cursor.execute("ANALYZE scheduling_waitlistentry")
        desk = served.caller()
        with served.database() as database:
            hours = booking.free_hours(desk, database)
            first = next(hours)
            while first.slot["starts_at"] < _soon():
                first = next(hours)
            medians = in_turn(
                {
                    "book": lambda: booking.book(desk, next(hours)),
                    "free": lambda: _free(desk, next(hours)),
                },
                bench.rounds,
            )
    yield Result(
        f"an hour freed with {WAITING:,} who wait, to its hold",
        medians["free"] / medians["book"],
        "x booking",
        10,
        milliseconds(medians["free"]),
    )


def _soon() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_char((now() + %s::interval) AT TIME ZONE 'America/Los_Angeles',"
            " 'YYYY-MM-DD')",
            [_NOT_BEFORE],
        )
        (day,) = cursor.fetchone()
    return str(day)


def _free(desk: Caller, hour: Hour) -> float:
    """The seconds from the request that calls a session off until somebody else, who
    waits, has its hour."""
    status, _, booked = desk.call("POST", f"{API}appointments/", hour.order())
    if status != CREATED:
        raise AssertionError(f"A free hour was answered with {status}.")
    Opening.objects.all().delete()
    desk.headers["If-Match"] = f'"{booked["version"]}"'
    began = time.perf_counter()
    status, *_ = desk.call(
        "POST", f"{API}appointments/{booked['id']}/cancel/", {"by": "client"}
    )
    openings.work_off(now=database_now())
    taken = time.perf_counter() - began
    del desk.headers["If-Match"]
    kept = Appointment.objects.holds().filter(
        therapist=UUID(hour.slot["therapist"]), starts_at=hour.slot["starts_at"]
    )
    if not kept.exists():
        raise AssertionError("Nobody was offered the hour.")
    return taken
