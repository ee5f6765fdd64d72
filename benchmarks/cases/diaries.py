"""The two screens that stay open: a therapist's week and an office's day."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from benchmarks.bench import Bench
from benchmarks.server import Served
from benchmarks.timing import ME, Job, Result, in_turn, milliseconds, reading
from scheduling.availability import PRACTICE_ZONE

OFFICE = "venice"

# What is told of an appointment and its client, and nothing else.
_SESSIONS = """
SELECT appointment.id, appointment.status, version, therapist.display_name, room.name,
  mode, kind.slug, appointment.starts_at, appointment.ends_at, late_cancel_at,
  appointment.created_at, note, client.id, preferred_name, first_name, last_name,
  attendance.status
FROM scheduling_appointment AS appointment
JOIN scheduling_therapist AS therapist ON therapist.id = therapist_id
JOIN scheduling_sessiontype AS kind ON kind.id = session_type_id
LEFT JOIN locations_office AS office ON office.id = appointment.office_id
LEFT JOIN locations_room AS room ON room.id = room_id
JOIN scheduling_attendance AS attendance ON attendance.appointment_id = appointment.id
JOIN clients_client AS client ON client.id = client_id
WHERE appointment.starts_at >= %(start)s AND appointment.starts_at < %(end)s
"""
_OF_THERAPIST = " AND therapist_id = %(therapist)s ORDER BY appointment.starts_at"
_AT_OFFICE = " AND office.slug = %(office)s ORDER BY appointment.starts_at"


def run(bench: Bench) -> Iterator[Result]:
    today = datetime.now(PRACTICE_ZONE).date()
    monday = today + timedelta(days=7 - today.weekday())
    with bench.serve(bench.usual) as served:
        yield _week(served, monday, bench.rounds)
        yield _day(served, monday, bench.rounds)


def _week(served: Served, monday: date, rounds: int) -> Result:
    desk = served.caller()
    therapist = desk.get("therapists/", limit=1)[1]["results"][0]["id"]
    sunday = monday + timedelta(days=6)
    address = f"therapists/{therapist}/calendar/?from={monday}&to={sunday}"
    with served.database() as database:
        bare = reading(
            database,
            _SESSIONS + _OF_THERAPIST,
            therapist=therapist,
            start=monday,
            end=monday + timedelta(days=7),
        )
        return _measured("a therapist's week", served, address, bare, rounds)


def _day(served: Served, day: date, rounds: int) -> Result:
    address = f"offices/{OFFICE}/day/?date={day}"
    with served.database() as database:
        bare = reading(
            database,
            _SESSIONS + _AT_OFFICE,
            office=OFFICE,
            start=day,
            end=day + timedelta(days=1),
        )
        return _measured("an office's day", served, address, bare, rounds)


def _measured(
    name: str, served: Served, address: str, bare: Job, rounds: int
) -> Result:
    desk = served.caller()
    jobs = {ME: desk.me, "told": lambda: desk.get(address)[0], "sql": bare}
    medians = in_turn(jobs, rounds)
    sessions = len(desk.get(address)[1]["appointments"])
    return Result(
        f"{name}, {sessions} sessions",
        medians["told"] / medians[ME],
        "x GET me/",
        3,
        milliseconds(medians["told"])
        + f", the bare rows {milliseconds(medians['sql'])}",
    )
