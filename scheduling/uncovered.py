"""Uncovered sessions: those to come that the practice's books no longer allow.

Nothing is stored about them: whether a session is uncovered follows from the hours,
time off, closures, offices and rooms as they are now. So it is uncovered for as long as
that is so, however it came about, and until somebody cancels it, moves it or decides
that it takes place all the same.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch

from locations.models import Room
from scheduling import availability
from scheduling.availability import PRACTICE_ZONE, Almanac, Hours
from scheduling.engine import rules
from scheduling.engine.intervals import Interval
from scheduling.engine.rules import Code
from scheduling.models import Appointment, Attendance, Therapist
from scheduling.models.appointments import AppointmentQuerySet


class Cause(StrEnum):
    """Why the books no longer allow a session; as codes, beside those of the rules.

    What a therapist offers to whom is not among them: it binds new sessions only.
    """

    TIME_OFF = Code.TIME_OFF.value
    OFFICE_CLOSED = Code.OFFICE_CLOSED.value
    OUTSIDE_HOURS = Code.OUTSIDE_HOURS.value
    THERAPIST_INACTIVE = "therapist_inactive"
    NOT_AT_OFFICE = "not_at_office"
    OFFICE_INACTIVE = "office_inactive"
    ROOM_INACTIVE = "room_inactive"


EXPLANATIONS: Mapping[Cause, str] = {
    Cause.TIME_OFF: rules.EXPLANATIONS[Code.TIME_OFF],
    Cause.OFFICE_CLOSED: rules.EXPLANATIONS[Code.OFFICE_CLOSED],
    Cause.OUTSIDE_HOURS: rules.EXPLANATIONS[Code.OUTSIDE_HOURS],
    Cause.THERAPIST_INACTIVE: "The therapist has left.",
    Cause.NOT_AT_OFFICE: "The therapist no longer works at that office.",
    Cause.OFFICE_INACTIVE: "The office is no longer in use.",
    Cause.ROOM_INACTIVE: "The room is no longer in use.",
}

# Who booked somebody at an office in spite of `not_offered` has decided about the
# office. That the therapist may leave one day is another matter.
_SETTLED_BY: Mapping[str, Cause] = {
    **{str(cause): cause for cause in Cause},
    Code.NOT_OFFERED: Cause.NOT_AT_OFFICE,
}

# Too many rather than too few: what the hours say near a change of the clock, and hours
# that join, are left to the engine. Elsewhere a day has 24 hours, and the minutes on
# the wall tell whether a single window covers the session. Weeks begin on Monday.
_SUSPECTS = """
SELECT appointment.id
FROM scheduling_appointment AS appointment
JOIN scheduling_therapist AS therapist ON therapist.id = appointment.therapist_id
LEFT JOIN locations_office AS office ON office.id = appointment.office_id
LEFT JOIN locations_room AS room ON room.id = appointment.room_id
CROSS JOIN LATERAL (SELECT coalesce(office.timezone, %(zone)s) AS name) AS zone
CROSS JOIN LATERAL (
  SELECT appointment.starts_at AT TIME ZONE zone.name AS starts,
    appointment.ends_at - appointment.starts_at AS lasts,
    (appointment.ends_at + interval '1 day') AT TIME ZONE zone.name
      - (appointment.starts_at - interval '1 day') AT TIME ZONE zone.name
      - interval '2 days' AS passes
  OFFSET 0) AS wall  -- worked out once for a session, not for each use
WHERE appointment.status IN ('scheduled', 'confirmed', 'checked_in')
  AND appointment.starts_at > %(now)s
  AND (%(start)s IS NULL
       OR (appointment.ends_at > %(start)s
           AND appointment.starts_at > %(start)s::timestamptz - interval '4 hours'))
  AND (%(end)s IS NULL OR appointment.starts_at < %(end)s)
  AND (%(therapists)s::uuid[] IS NULL
       OR appointment.therapist_id = ANY(%(therapists)s::uuid[]))
  AND (%(offices)s::uuid[] IS NULL
       OR appointment.office_id = ANY(%(offices)s::uuid[]))
  AND (%(rooms)s::uuid[] IS NULL OR appointment.room_id = ANY(%(rooms)s::uuid[]))
  AND (%(appointments)s::uuid[] IS NULL
       OR appointment.id = ANY(%(appointments)s::uuid[]))
  AND (%(after_start)s IS NULL
       OR (appointment.starts_at, appointment.id) > (%(after_start)s, %(after_key)s))
  AND (
    NOT therapist.is_active
    OR NOT coalesce(office.is_active, true)
    OR NOT coalesce(room.is_active, true)
    OR (appointment.office_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM scheduling_therapist_offices AS worked_at
      WHERE worked_at.therapist_id = appointment.therapist_id
        AND worked_at.office_id = appointment.office_id))
    OR EXISTS (
      SELECT FROM scheduling_timeoff AS off
      WHERE off.therapist_id = appointment.therapist_id
        AND off.starts_at < appointment.ends_at
        AND off.ends_at > appointment.starts_at)
    OR EXISTS (
      SELECT FROM locations_closure AS closure
      WHERE (closure.office_id IS NULL OR closure.office_id = appointment.office_id)
        AND closure.starts_at < appointment.ends_at
        AND closure.ends_at > appointment.starts_at)
    OR wall.passes <> wall.lasts
    OR (NOT EXISTS (
      SELECT FROM scheduling_availabilityrule AS weekly
      WHERE weekly.therapist_id = appointment.therapist_id
        AND weekly.office_id IS NOT DISTINCT FROM appointment.office_id
        AND weekly.mode IN ('both', appointment.mode)
        AND weekly.weekday = extract(isodow FROM wall.starts)::int - 1
        AND weekly.valid_from <= wall.starts::date
        AND (weekly.valid_until IS NULL OR weekly.valid_until >= wall.starts::date)
        AND (date_trunc('week', wall.starts)::date
             - date_trunc('week', weekly.valid_from::timestamp)::date)
            / 7 %% weekly.every_weeks = 0
        AND wall.starts::time::interval >= weekly.start_minute * interval '1 minute'
        AND wall.starts::time::interval + wall.lasts
            <= weekly.end_minute * interval '1 minute')
    AND NOT EXISTS (
      SELECT FROM scheduling_availabilityoverride AS opened
      WHERE opened.therapist_id = appointment.therapist_id
        AND opened.office_id IS NOT DISTINCT FROM appointment.office_id
        AND opened.mode IN ('both', appointment.mode)
        AND opened.date = wall.starts::date
        AND wall.starts::time::interval >= opened.start_minute * interval '1 minute'
        AND wall.starts::time::interval + wall.lasts
            <= opened.end_minute * interval '1 minute')))
ORDER BY appointment.starts_at, appointment.id
LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which sessions to come are looked at: those with one of `therapists`, and so on;
    None means any. With `start` and `end`, those that share an instant with
    `[start, end)`."""

    therapists: Collection[UUID] | None = None
    offices: Collection[UUID] | None = None
    rooms: Collection[UUID] | None = None
    appointments: Collection[UUID] | None = None
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A session that the books do not allow, why, and what could be done about it.

    `candidates` are therapists who could take it, `rooms` those it could move to, where
    somebody has looked for them.
    """

    appointment: Appointment
    causes: Sequence[Cause]
    candidates: Sequence[Therapist] = ()
    rooms: Sequence[Room] = ()


def find(
    scope: Scope,
    *,
    now: datetime,
    after: tuple[datetime, UUID] | None = None,
    limit: int | None = None,
) -> list[Uncovered]:
    """The uncovered sessions of `scope` in order of start, at most `limit`; those
    behind the start and key `after`.

    One statement finds all that may be, the rules tell which of them are.
    """
    found: list[Uncovered] = []
    while True:
        suspects = _suspects(scope, now, after, limit)
        found += _confirmed(suspects)
        if limit is None or len(suspects) < limit or len(found) >= limit:
            return found[:limit]
        after = suspects[-1].starts_at, suspects[-1].pk


def causes(appointment: Appointment, *, now: datetime) -> Sequence[Cause]:
    """Why the books do not allow one session; nothing if they do, or if it is past."""
    found = find(Scope(appointments=[appointment.pk]), now=now)
    return found[0].causes if found else ()


def _suspects(
    scope: Scope,
    now: datetime,
    after: tuple[datetime, UUID] | None,
    limit: int | None,
) -> list[Appointment]:
    """The sessions that may be uncovered, in order, with all that is told of them."""
    after_start, after_key = after or (None, None)
    narrowed = {
        name: list(keys) if isinstance(keys, Collection) else keys
        for name, keys in asdict(scope).items()
    }
    own = {"now": now, "zone": PRACTICE_ZONE.key, "limit": limit}
    behind = {"after_start": after_start, "after_key": after_key}
    with connection.cursor() as cursor:
        cursor.execute(_SUSPECTS, narrowed | own | behind)
        keys = [key for (key,) in cursor.fetchall()]
    if not keys:
        return []
    rows = Appointment.objects.filter(pk__in=keys)
    return list(with_those_who_come(rows).order_by("starts_at", "pk"))


def with_those_who_come(rows: AppointmentQuerySet) -> AppointmentQuerySet:
    """With all that is told of a session to come; of its clients, those who come."""
    parts = Attendance.objects.active().select_related("client").order_by("pk")
    related = rows.select_related("therapist", "office", "room", "session_type")
    return related.prefetch_related(Prefetch("attendances", parts))


def _confirmed(suspects: Sequence[Appointment]) -> Iterator[Uncovered]:
    """Those that the rules forbid, but for what somebody has decided about each."""
    if not suspects:
        return
    span = Interval(
        min(time_of(session).start for session in suspects),
        max(time_of(session).end for session in suspects),
    )
    therapists = {str(session.therapist_id) for session in suspects}
    almanac = availability.almanac(therapists, span)
    hours = almanac.hours(span)
    for session in suspects:
        settled = {_SETTLED_BY.get(code) for code in session.overridden}
        against = set(_causes(session, almanac, hours)) - settled
        if against:
            yield Uncovered(session, [cause for cause in Cause if cause in against])


def _causes(
    session: Appointment, almanac: Almanac, hours: Mapping[str, Hours]
) -> Iterator[Cause]:
    therapist, time = str(session.therapist_id), time_of(session)
    place = place_of(session)
    if any(away.overlaps(time) for away in almanac.time_off.get(therapist, ())):
        yield Cause.TIME_OFF
    if any(
        closed.overlaps(time)
        for office in {None, place.office}
        for closed in almanac.closures.get(office, ())
    ):
        yield Cause.OFFICE_CLOSED
    windows = hours.get(therapist, {}).get(place, ())
    if not any(window.covers(time) for window in windows):
        yield Cause.OUTSIDE_HOURS
    yield from _out_of_use(session, almanac.offerings[therapist].offices)


def _out_of_use(session: Appointment, offices: Collection[str]) -> Iterator[Cause]:
    """What of a session is no longer there. `offices` are those in use at which the
    therapist works."""
    if not session.therapist.is_active:
        yield Cause.THERAPIST_INACTIVE
    if session.office is not None and not session.office.is_active:
        yield Cause.OFFICE_INACTIVE
    elif session.office is not None and str(session.office_id) not in offices:
        yield Cause.NOT_AT_OFFICE
    if session.room is not None and not session.room.is_active:
        yield Cause.ROOM_INACTIVE


def time_of(session: Appointment) -> Interval:
    return Interval(
        int(session.starts_at.timestamp()), int(session.ends_at.timestamp())
    )


def place_of(session: Appointment) -> rules.Place:
    office = str(session.office_id) if session.office_id else None
    return rules.Place(office, session.mode)
