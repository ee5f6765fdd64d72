"""Bookings: by one caller, by eight at once, and by eight who want the same hour."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from statistics import median
from threading import Barrier

import psycopg

from benchmarks import practices
from benchmarks.bench import Bench
from benchmarks.caller import Caller
from benchmarks.timing import ME, Job, Result, in_turn, milliseconds, percentile
from config.ids import uuid7
from scheduling.models import Appointment, Attendance

CALLERS = 8
HOURS_EACH = 25
HOT_HOURS = 25
CREATED, CONFLICT = 201, 409

_CLIENTS = """
SELECT therapist_id::text, array_agg(DISTINCT client_id::text)
FROM scheduling_appointment AS appointment
JOIN scheduling_attendance ON appointment_id = appointment.id
GROUP BY therapist_id
"""

_ROOM = """
SELECT room.id FROM locations_room AS room
JOIN locations_office AS office ON office.id = office_id
WHERE office.slug = %(office)s AND NOT EXISTS (
  SELECT FROM scheduling_appointment
  WHERE occupies AND room_id = room.id AND starts_at = %(starts_at)s)
LIMIT 1
"""
_TIMES = {
    "starts_at": "%(starts_at)s::timestamptz",
    "ends_at": "%(starts_at)s::timestamptz + interval '50 minutes'",
}
_APPOINTMENT = practices.insert(
    Appointment,
    "(SELECT) AS nothing",
    id="%(id)s",
    therapist_id="%(therapist)s::uuid",
    office_id="(SELECT id FROM locations_office WHERE slug = %(office)s)",
    room_id="%(room)s",
    session_type_id="(SELECT id FROM scheduling_sessiontype"
    " WHERE slug = %(session_type)s)",
    mode="'in_person'",
    late_cancel_at="%(starts_at)s::timestamptz",
    created_at="now()",
    **_TIMES,
)
_ATTENDANCE = practices.insert(
    Attendance,
    "(SELECT) AS nothing",
    appointment_id="%(id)s",
    client_id="%(client)s::uuid",
    occupies="true",
    **_TIMES,
)


@dataclass(frozen=True, slots=True)
class Hour:
    """A free hour of a therapist, and the therapist's clients, who are free as well."""

    slot: Mapping[str, str]
    clients: Sequence[str]

    def order(self, number: int = 0) -> dict[str, object]:
        """The request of one of the clients."""
        return {**self.slot, "clients": [self.clients[number]]}


def run(bench: Bench) -> Iterator[Result]:
    with bench.serve(bench.usual) as served, served.database() as database:
        desk = served.caller()
        hours = free_hours(desk, database)
        medians = in_turn(
            {
                ME: desk.me,
                "book": lambda: book(desk, next(hours)),
                "sql": _inserting(database, hours),
            },
            bench.rounds,
        )
        usual = medians["book"]
        yield Result(
            "booking, one caller",
            usual / medians[ME],
            "x GET me/",
            4,
            f"{milliseconds(usual)}, the two bare rows {milliseconds(medians['sql'])}",
        )
        callers = [served.caller() for _ in range(CALLERS)]
        yield _different_hours(callers, hours, usual)
        yield _one_hour(callers, hours, usual)


def free_hours(desk: Caller, database: psycopg.Connection) -> Iterator[Hour]:
    """Full hours that are free, each of them once; the soonest first."""
    clients: dict[str, list[str]] = dict(database.execute(_CLIENTS).fetchall())
    address: str | None = "slots/?session_type=individual-50&mode=in_person&limit=200"
    while address:
        _, page = desk.get(address)
        for slot in page["results"]:
            therapist = slot["therapist"]["id"]
            if slot["starts_at"][14:16] == "00" and therapist in clients:
                yield Hour(
                    {
                        "therapist": therapist,
                        "session_type": slot["session_type"],
                        "office": slot["office"]["slug"],
                        "starts_at": slot["starts_at"],
                    },
                    clients[therapist],
                )
        address = page["next"]


def book(desk: Caller, hour: Hour) -> float:
    status, seconds = desk.book(hour.order())
    if status != CREATED:
        raise AssertionError(f"A free hour was answered with {status}.")
    return seconds


def _inserting(database: psycopg.Connection, hours: Iterator[Hour]) -> Job:
    """A job that writes the two rows of a booking, with their constraints and their
    history, and commits."""

    def insert() -> float:
        hour = next(hours)
        values = {**hour.slot, "id": uuid7(), "client": hour.clients[0]}
        [(values["room"],)] = database.execute(_ROOM, values).fetchall()
        began = time.perf_counter()
        with database.transaction():
            database.execute(_APPOINTMENT, values)
            database.execute(_ATTENDANCE, values)
        return time.perf_counter() - began

    return insert


def _different_hours(
    callers: Sequence[Caller], hours: Iterator[Hour], usual: float
) -> Result:
    dealt = [list(islice(hours, HOURS_EACH)) for _ in callers]

    def book_all(caller: Caller, mine: Sequence[Hour]) -> list[float]:
        return [book(caller, hour) for hour in mine]

    began = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as pool:
        seconds = list(chain.from_iterable(pool.map(book_all, callers, dealt)))
    throughput = len(seconds) / (time.perf_counter() - began)
    return Result(
        f"{CALLERS} callers, different hours, p99",
        percentile(seconds, 99) / usual,
        "x p50 of one caller",
        note=f"p50 {median(seconds) / usual:.1f}; {throughput:.0f} bookings a second,"
        f" {throughput * usual:.1f} x one caller",
    )


def _one_hour(callers: Sequence[Caller], hours: Iterator[Hour], usual: float) -> Result:
    """All at once for the same hour of the same therapist, each for another client."""
    start = Barrier(CALLERS)
    wanted = list(islice(hours, HOT_HOURS))

    def book_each(number: int) -> list[tuple[int, float]]:
        answers = []
        for hour in wanted:
            start.wait()
            answers.append(callers[number].book(hour.order(number)))
        return answers

    with ThreadPoolExecutor(CALLERS) as pool:
        answers = list(chain.from_iterable(pool.map(book_each, range(CALLERS))))
    statuses = Counter(status for status, _ in answers)
    if statuses != {CREATED: HOT_HOURS, CONFLICT: HOT_HOURS * (CALLERS - 1)}:
        raise AssertionError(f"Of one hour each, these came of it: {dict(statuses)}")
    seconds = [taken for _, taken in answers]
    return Result(
        f"{CALLERS} callers, one hot hour, p99",
        percentile(seconds, 99) / usual,
        "x p50 of one caller",
        15,
        f"p50 {median(seconds) / usual:.1f}; {statuses[CREATED]} booked, "
        f"{statuses[CONFLICT]} refused, nothing else",
    )
