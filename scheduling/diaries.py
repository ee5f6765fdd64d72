"""The rows of the screens that people keep open, in one statement each.

A therapist's week and an office's day are asked for all day long; as queries of the ORM
they took longer to put together than to answer. See `snapshots`.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from scheduling import snapshots
from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import as_datetime

# Holds that have lapsed are left out: they stand in nobody's way any more. No
# appointment is longer than four hours, which makes an overlap a range of an index.
_ENTRIES = """
SELECT appointment.id::text, appointment.status, version,
  therapist_id::text, therapist.display_name, appointment.office_id,
  room_id::text, room.name, mode, kind.slug, appointment.starts_at,
  appointment.ends_at, late_cancel_at, appointment.created_at, series_id::text, note,
  (SELECT json_agg(json_build_array(
     client_id, coalesce(nullif(preferred_name, ''), first_name) || ' ' || last_name,
     attendance.status) ORDER BY attendance.id)
   FROM scheduling_attendance AS attendance
   JOIN clients_client AS client ON client.id = client_id
   WHERE appointment_id = appointment.id)
FROM scheduling_appointment AS appointment
JOIN scheduling_therapist AS therapist ON therapist.id = therapist_id
JOIN scheduling_sessiontype AS kind ON kind.id = session_type_id
LEFT JOIN locations_room AS room ON room.id = room_id
WHERE appointment.starts_at > %(start)s - interval '4 hours'
  AND appointment.starts_at < %(end)s AND appointment.ends_at > %(start)s
  AND appointment.status <> ALL(%(hidden)s)
  AND (hold_expires_at IS NULL OR hold_expires_at > clock_timestamp()
       OR appointment.status <> 'held')
"""
_OF_THERAPIST = f"{_ENTRIES} AND therapist_id = %(key)s ORDER BY starts_at, id"
_AT_OFFICE = f"{_ENTRIES} AND appointment.office_id = %(key)s ORDER BY starts_at, id"
_OF_PRACTICE = f"""
{_ENTRIES}
  AND (%(offices)s::uuid[] IS NULL OR appointment.office_id = ANY(%(offices)s::uuid[]))
  AND (%(therapists)s::uuid[] IS NULL OR therapist_id = ANY(%(therapists)s::uuid[]))
ORDER BY starts_at, id
"""

# The rooms in use, and those that were when the day was booked; who has a session
# there, or may have hours.
_PREMISES = """
SELECT
  (SELECT json_agg(json_build_object(
     'id', id, 'name', name, 'capacity', capacity, 'accessible', accessible)
     ORDER BY name, id)
   FROM locations_room
   WHERE office_id = %(office)s AND (is_active OR id = ANY(%(taken)s::uuid[]))),
  (SELECT json_agg(id ORDER BY display_name, id)
   FROM scheduling_therapist
   WHERE id = ANY(%(booked)s::uuid[])
     OR is_active AND id IN (
       SELECT therapist_id FROM scheduling_availabilityrule
       WHERE office_id = %(office)s AND weekday = %(weekday)s
       UNION ALL
       SELECT therapist_id FROM scheduling_availabilityoverride
       WHERE office_id = %(office)s AND date = %(day)s))
"""


class Entry(NamedTuple):
    """An appointment as a diary tells it; `clients` are ids, names and attendances."""

    id: str
    status: str
    version: int
    therapist: str
    therapist_name: str
    office: UUID | None
    room: str | None
    room_name: str | None
    mode: str
    session_type: str
    starts_at: datetime
    ends_at: datetime
    late_cancel_at: datetime
    created_at: datetime
    series: str | None
    note: str
    clients: list[tuple[str, str, str]] | None


def of_therapist(
    therapist: UUID, span: Interval, *, hidden: Collection[str]
) -> list[Entry]:
    """A therapist's appointments in `span`, in order, but those of `hidden` status."""
    return _entries(_OF_THERAPIST, span, hidden, key=therapist)


def at_office(office: UUID, span: Interval, *, hidden: Collection[str]) -> list[Entry]:
    """Those at an office."""
    return _entries(_AT_OFFICE, span, hidden, key=office)


def of_practice(
    span: Interval,
    *,
    hidden: Collection[str],
    offices: Collection[UUID] | None = None,
    therapists: Collection[UUID] | None = None,
) -> list[Entry]:
    """Those at all offices or some, with everybody or some."""
    return _entries(
        _OF_PRACTICE,
        span,
        hidden,
        offices=None if offices is None else list(offices),
        therapists=None if therapists is None else list(therapists),
    )


def premises(
    office: UUID, day: date, *, taken: Collection[str], booked: Collection[str]
) -> tuple[list[dict[str, Any]], list[str]]:  # Any: a column
    """The office's rooms, also those that are `taken`, by name; and the therapists who
    are `booked` or may work there on `day`, by name."""
    ((rooms, therapists),) = snapshots.read(
        _PREMISES,
        office=office,
        day=day,
        weekday=day.weekday(),
        taken=list(taken),
        booked=list(booked),
    )
    return rooms or [], therapists or []


def _entries(
    statement: str,
    span: Interval,
    hidden: Collection[str],
    **more: Any,  # Any: what SQL can take
) -> list[Entry]:
    start, end = map(as_datetime, span)
    rows = snapshots.read(
        statement, start=start, end=end, hidden=[str(each) for each in hidden], **more
    )
    return [Entry(*row) for row in rows]
