"""The rows behind the rules, read in one statement for each kind of fact.

Search and booking read the same facts of every table that has a say. As queries of the
ORM that was two dozen round trips, and building them took longer than answering them;
`benchmarks` measures what is left. Each statement sees one state of the database. They
are prepared: to plan the longest takes twice as long as to carry it out.

Ids come as text and instants as epoch seconds, the way the engine wants them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor

from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import as_datetime
from scheduling.models import ATTENDING, TREATING, PracticePolicy

Row: TypeAlias = Sequence[Any]  # Any: the columns that the statement names
Days: TypeAlias = Sequence[date]

# The practice's policy, and what overrides it for some therapists.
_POLICIES = """
SELECT
  (SELECT to_json(policy) FROM scheduling_practicepolicy AS policy),
  (SELECT json_agg(word) FROM scheduling_policyoverride AS word
   WHERE session_type_id IS NOT NULL
     OR therapist_id = ANY(%(therapists)s::uuid[]))
"""

# And what else does not change by the hour, for them and a span of time.
_STANDING = f"""
{_POLICIES},
  (SELECT json_agg(json_build_array(
     therapist.id, display_name, is_active,
     array(SELECT sessiontype_id FROM scheduling_therapist_session_types AS offered
           WHERE offered.therapist_id = therapist.id),
     array(SELECT office_id FROM scheduling_therapist_offices AS worked_at
           JOIN locations_office AS office ON office.id = office_id AND office.is_active
           WHERE worked_at.therapist_id = therapist.id),
     telehealth, age_groups, accepts_new_clients))
   FROM scheduling_therapist AS therapist
   WHERE therapist.id = ANY(%(therapists)s::uuid[])),
  (SELECT json_agg(json_build_array(origin_id, destination_id, minutes))
   FROM locations_traveltime),
  (SELECT json_agg(json_build_array(room.id, office_id, capacity))
   FROM locations_room AS room JOIN locations_office AS office ON office.id = office_id
   WHERE room.is_active AND office.is_active),
  (SELECT json_agg(json_build_array(
     office_id, extract(epoch FROM starts_at)::bigint,
     extract(epoch FROM ends_at)::bigint))
   FROM locations_closure WHERE starts_at < %(end)s AND ends_at > %(start)s),
  (SELECT json_agg(json_build_array(
     therapist_id, office_id, mode, timezone, weekday, start_minute, end_minute,
     valid_from, valid_until, every_weeks))
   FROM scheduling_availabilityrule LEFT JOIN locations_office AS office
     ON office.id = office_id
   WHERE therapist_id = ANY(%(therapists)s::uuid[])
     AND weekday = ANY(%(weekdays)s) AND valid_from <= %(last)s
     AND (valid_until IS NULL OR valid_until >= %(first)s)),
  (SELECT json_agg(json_build_array(
     therapist_id, office_id, mode, timezone, date, start_minute, end_minute))
   FROM scheduling_availabilityoverride LEFT JOIN locations_office AS office
     ON office.id = office_id
   WHERE therapist_id = ANY(%(therapists)s::uuid[])
     AND date BETWEEN %(first)s AND %(last)s),
  (SELECT json_agg(json_build_array(
     therapist_id, extract(epoch FROM starts_at)::bigint,
     extract(epoch FROM ends_at)::bigint))
   FROM scheduling_timeoff
   WHERE therapist_id = ANY(%(therapists)s::uuid[])
     AND starts_at < %(end)s AND ends_at > %(start)s)
"""  # noqa: S608  nothing of a caller's is in it

_TERMS = """
SELECT
  (SELECT to_json(policy) FROM scheduling_practicepolicy AS policy),
  (SELECT json_agg(json_build_array(
     session_type_id, client_id, notices_by, tells_booked, tells_moved, tells_cancelled,
     (SELECT json_agg(json_build_array(before_minutes, channel)
        ORDER BY before_minutes DESC, channel)
      FROM scheduling_reminderrule WHERE plan_id = plan.id)))
   FROM scheduling_reminderplan AS plan
   WHERE client_id IS NULL OR client_id = ANY(%(clients)s::uuid[])),
  (SELECT json_agg(json_build_array(coalesce(guardian_id, client_id), channel, status))
   FROM (
     SELECT DISTINCT ON (client_id, guardian_id, channel)
       client_id, guardian_id, channel, status
     FROM clients_contactconsent WHERE client_id = ANY(%(clients)s::uuid[])
     ORDER BY client_id, guardian_id, channel, at DESC, id DESC) AS newest),
  (SELECT json_agg(phone)
   FROM (
     SELECT DISTINCT ON (phone) phone, status FROM clients_optout
     WHERE phone IN (
       SELECT phone FROM clients_client WHERE id = ANY(%(clients)s::uuid[])
       UNION
       SELECT phone FROM clients_guardian WHERE client_id = ANY(%(clients)s::uuid[]))
     ORDER BY phone, at DESC, id DESC) AS newest
   WHERE status = 'revoked')
"""

# No appointment is longer than four hours, which makes an overlap a range of an index.
_OCCUPYING = """
  appointment.occupies
  AND appointment.starts_at > %(start)s - interval '4 hours'
  AND appointment.starts_at < %(end)s AND appointment.ends_at > %(start)s
  AND (hold_expires_at IS NULL OR hold_expires_at > clock_timestamp())
  AND appointment.id <> ALL(%(without)s::uuid[])
"""

# Of somebody's sessions those count that are near, in a room those that are just then.
_SESSIONS = f"""
SELECT therapist_id::text, room_id::text, office_id::text,
  extract(epoch FROM starts_at)::bigint, extract(epoch FROM ends_at)::bigint,
  buffer_before_minutes, buffer_after_minutes
FROM scheduling_appointment AS appointment
JOIN scheduling_sessiontype AS kind ON kind.id = session_type_id
WHERE {_OCCUPYING}
  AND (therapist_id IN (SELECT unnest(%(therapists)s::uuid[]))
       OR (room_id IS NOT NULL AND office_id = ANY(%(offices)s::uuid[])
           AND appointment.starts_at < %(until)s AND appointment.ends_at > %(since)s))
"""  # noqa: S608  nothing of a caller's is in it

# When clients are busy, and the therapists who treat every one of them.
_CLIENTS = f"""
SELECT
  (SELECT json_agg(json_build_array(
     extract(epoch FROM appointment.starts_at)::bigint,
     extract(epoch FROM appointment.ends_at)::bigint))
   FROM scheduling_attendance AS attendance
   JOIN scheduling_appointment AS appointment ON appointment.id = appointment_id
   WHERE client_id = ANY(%(clients)s) AND attendance.status = ANY(%(attending)s)
     AND attendance.starts_at > %(start)s - interval '4 hours'
     AND attendance.starts_at < %(end)s AND {_OCCUPYING}),
  (SELECT json_agg(therapist_id) FROM (
     SELECT therapist_id
     FROM scheduling_attendance AS attendance
     JOIN scheduling_appointment AS appointment ON appointment.id = appointment_id
     WHERE client_id = ANY(%(clients)s) AND appointment.status = ANY(%(treating)s)
       AND attendance.status <> 'cancelled'
     GROUP BY therapist_id
     HAVING count(DISTINCT client_id) = cardinality(%(clients)s)) AS known)
"""  # noqa: S608  nothing of a caller's is in it


@dataclass(frozen=True, slots=True)
class Standing:
    """What does not change by the hour. Rows are in the order of the statement."""

    policy: PracticePolicy
    policy_overrides: Sequence[Mapping[str, Any]]  # Any: columns by name
    offerings: Sequence[Row]
    travel: Sequence[Row]
    rooms: Sequence[tuple[str, str, int]]
    closures: Sequence[Row]
    rules: Sequence[Row]
    overrides: Sequence[Row]
    time_off: Sequence[Row]


def policies(
    therapists: Collection[UUID | str],
) -> tuple[PracticePolicy, list[Mapping[str, Any]]]:  # Any: columns by name
    """The policy, and its overrides for `therapists` and for all session types."""
    ((policy, overrides),) = read(_POLICIES, therapists=list(therapists))
    return PracticePolicy(**policy or {}), overrides or []


def standing(therapists: Collection[str], span: Interval, days: Days) -> Standing:
    """Policies, distances, rooms, closures; what `therapists` offer, and when."""
    (row,) = read(
        _STANDING,
        therapists=list(therapists),
        first=days[0],
        last=days[-1],
        weekdays=sorted({day.weekday() for day in days}),
        **_bounds(span),
    )
    policy, *tables = row
    return Standing(PracticePolicy(**policy or {}), *(table or [] for table in tables))


def terms(
    clients: Iterable[UUID],
) -> tuple[PracticePolicy, list[Row], list[Row], list[str]]:
    """What decides about messages: the policy; the plans that are not for one client,
    and those of `clients`, each with its reminders, the first first; the newest
    decision of each client, and of each of their guardians, about each channel; and
    which of their numbers want no texts."""
    ((policy, *found),) = read(_TERMS, clients=list(clients))
    plans, consents, opted_out = (each or [] for each in found)
    return PracticePolicy(**policy or {}), plans, consents, opted_out


def sessions(
    span: Interval,
    reach: int,
    *,
    therapists: Collection[str],
    offices: Collection[str],
    without: Collection[UUID],
) -> list[Row]:
    """What occupies `therapists` up to `reach` seconds around `span`, and in `span` the
    rooms at `offices`."""
    return read(
        _SESSIONS,
        therapists=list(therapists),
        offices=list(offices),
        without=list(without),
        since=as_datetime(span.start),
        until=as_datetime(span.end),
        **_bounds(Interval(span.start - reach, span.end + reach)),
    )


def of_clients(
    clients: Sequence[UUID], span: Interval, *, without: Collection[UUID]
) -> tuple[list[Row], list[str]]:
    """When any of `clients` is busy in `span`, and which therapists treat them all."""
    (row,) = read(
        _CLIENTS,
        clients=list(clients),
        attending=list(ATTENDING),
        treating=list(TREATING),
        without=list(without),
        **_bounds(span),
    )
    busy, known = row
    return busy or [], known or []


def _bounds(span: Interval) -> dict[str, datetime]:
    return {"start": as_datetime(span.start), "end": as_datetime(span.end)}


def read(statement: str, **parameters: Any) -> list[Row]:  # Any: what SQL can take
    with connection.cursor() as cursor:
        # Django's own cursors put the values into the text, which cannot be prepared.
        cursor.cursor = ServerBindingCursor(connection.connection)  # type: ignore[call-arg]  # typed as a mixin
        cursor.execute(statement, parameters)
        rows: list[Row] = cursor.fetchall()
    return rows
