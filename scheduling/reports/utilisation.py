"""Utilisation: how much of the hours at which somebody works is booked.

Hours are what could be booked: weekly ones and those opened on a date, of therapists
who are at work, where they work and in the way they do, without time off and closures.
Those that are past are told by their history, as they stood when they were to begin:
what somebody changes today, or that they leave, takes nothing from the weeks before.
Time off and closures are as they are known now, since illness is noted afterwards.
Booked is what occupies, but for holds: sessions to come and sessions that took place.
Both are in minutes, so that the notes after a session of fifty leave a sixth unused.
"""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import as_datetime
from scheduling.models import AppointmentStatus

KEYS = ("office", "therapist", "weekday", "hour")


class Usage(NamedTuple):
    """Minutes of hours, and booked ones, by whatever was asked for; the rest is None.

    No office is telehealth from elsewhere. `weekday` 0 is Monday, and it and `hour` are
    on the wall of the office.
    """

    office: str | None
    office_name: str | None
    therapist: UUID | None
    therapist_name: str | None
    weekday: int | None
    hour: int | None
    available_minutes: int
    booked_minutes: int

    @property
    def utilisation(self) -> float | None:
        """Booked of available; over 1 where more was booked than there were hours."""
        if not self.available_minutes:
            return None
        return round(self.booked_minutes / self.available_minutes, 3)


def read(
    span: Interval,
    *,
    by: Collection[str],
    offices: Collection[UUID] = (),
    therapists: Collection[UUID] = (),
) -> list[Usage]:
    """The usage in `span` by some of `KEYS`, in their order, in one query.

    Hours that somebody has at two offices at once count at each, and once where it is
    not asked at which.
    """
    start, end = map(as_datetime, span)
    with connection.cursor() as cursor:
        cursor.execute(
            _STATEMENT,
            {
                "start": start,
                "end": end,
                "zone": PRACTICE_ZONE.key,
                "held": AppointmentStatus.HELD,
                "offices": list(offices) or None,
                "therapists": list(therapists) or None,
                **{f"by_{key}": key in by for key in KEYS},
            },
        )
        return [Usage(*row) for row in cursor.fetchall()]


def _at(minute: str) -> str:
    """The instant at which the wall of `zone` shows `minute` of `day`, as
    `engine.wall_clock.instant` has it: a time that comes twice is the first of them,
    and one that the clock skips is the end of the gap, which is on the hour."""
    wall = f"(day + {minute} * interval '1 minute')"
    elapsed = f"((day::timestamp AT TIME ZONE zone) + {minute} * interval '1 minute')"
    return f"""
      CASE WHEN {elapsed} AT TIME ZONE zone = {wall} THEN {elapsed}
           WHEN ({wall} AT TIME ZONE zone) AT TIME ZONE zone = {wall}
             THEN {wall} AT TIME ZONE zone
           ELSE date_trunc('hour', {wall} AT TIME ZONE zone, zone) END"""


def _versions(
    table: str, columns: str, *, events: str = "", of: str = "pgh_obj_id"
) -> str:
    """What the rows of a table were, and from when until when they were so: the first
    version since ever, for what was entered late may be about an earlier day. What
    history knows nothing of has always been so."""
    events = events or f"{table}event"
    key = of.replace("pgh_obj_id", "id")
    return f"""
  SELECT {of}, {columns}, pgh_label = 'delete' AS is_gone,
    CASE WHEN lag(pgh_id) OVER past IS NULL THEN '-infinity' ELSE pgh_created_at END
      AS since,
    coalesce(lead(pgh_created_at) OVER past, 'infinity') AS until
  FROM {events} WINDOW past AS (PARTITION BY {of} ORDER BY pgh_id)
  UNION ALL
  SELECT {key}, {columns}, false, '-infinity', 'infinity'
  FROM {table} WHERE ({key}) NOT IN (SELECT {of} FROM {events})
"""  # noqa: S608  nothing of a caller's is in it


def _held(version: str) -> str:
    """Whether a version was there when the hours were to begin."""
    return (
        f"NOT {version}.is_gone "
        f"AND begins >= {version}.since AND begins < {version}.until"
    )


def _windows(hours: str, days: str) -> str:
    """The hours of some versions, one row for each day on which they hold."""
    return f"""
  SELECT hours.therapist_id, hours.office_id, day,
    hours_zone.zone, begins, {_at("end_minute")} AS ends
  FROM {hours} AS hours
  JOIN scheduling_therapist AS somebody ON somebody.id = hours.therapist_id
  JOIN days ON {days}
  LEFT JOIN locations_office AS office ON office.id = hours.office_id
  CROSS JOIN LATERAL (SELECT coalesce(office.timezone, %(zone)s) AS zone) AS hours_zone
  CROSS JOIN LATERAL (SELECT {_at("start_minute")} AS begins) AS start
  JOIN therapists AS therapist ON therapist.pgh_obj_id = hours.therapist_id
    AND therapist.is_active AND {_held("therapist")}
  LEFT JOIN places AS place ON place.therapist_id = hours.therapist_id
    AND place.office_id = hours.office_id AND {_held("place")}
  LEFT JOIN offices AS premises ON premises.pgh_obj_id = hours.office_id
    AND premises.is_active AND {_held("premises")}
  WHERE {_held("hours")} AND (mode <> 'telehealth' OR therapist.telehealth)
    AND (hours.office_id IS NULL OR office.id IS NOT NULL
      AND place.since IS NOT NULL AND premises.since IS NOT NULL)
    AND (%(offices)s::uuid[] IS NULL OR office.id = ANY(%(offices)s))
    AND (%(therapists)s::uuid[] IS NULL OR hours.therapist_id = ANY(%(therapists)s))
"""  # noqa: S608  nothing of a caller's is in it


def _by_hour(rows: str) -> str:
    """Minutes of stretches (`therapist_id, office_id, zone, stretch`) by hour."""
    return f"""
  SELECT therapist_id, office_id, zone, hour, extract(epoch FROM
    least(upper(stretch), hour + interval '1 hour') - greatest(lower(stretch), hour)
  ) / 60 AS minutes
  FROM {rows}, generate_series(
    date_trunc('hour', lower(stretch), zone),
    upper(stretch) - interval '1 microsecond', interval '1 hour') AS hour
"""  # noqa: S608  nothing of a caller's is in it


_WINDOW = "therapist_id, office_id, start_minute, end_minute, mode"
# In order: the days; what stood in the books, and when; the hours of each day; whole
# stretches at each office without what is closed; the same without time off, joined
# where the office is not asked for; what is booked; both hour by hour.
_STATEMENT = f"""
WITH days AS (
  SELECT day::date FROM generate_series(
    (%(start)s AT TIME ZONE %(zone)s)::date - 1,
    (%(end)s AT TIME ZONE %(zone)s)::date + 1, interval '1 day') AS day
), weekly AS (
  {
    _versions(
        "scheduling_availabilityrule",
        f"{_WINDOW}, weekday, valid_from, valid_until, every_weeks",
    )
}
), dated AS (
  {_versions("scheduling_availabilityoverride", f"{_WINDOW}, date")}
), therapists AS (
  {_versions("scheduling_therapist", "is_active, telehealth")}
), places AS (
  {
    _versions(
        "scheduling_therapist_offices",
        "id",
        events="scheduling_therapistofficeevent",
        of="therapist_id, office_id",
    )
}
), offices AS (
  {_versions("locations_office", "is_active")}
), windows AS (
  {
    _windows(
        "weekly",
        "extract(isodow FROM day) = weekday + 1 AND day >= valid_from "
        "AND (valid_until IS NULL OR day <= valid_until) "
        "AND (date_trunc('week', day)::date - date_trunc('week', valid_from)::date) "
        "/ 7 %% every_weeks = 0",
    )
}
  UNION ALL
  {_windows("dated", "day = hours.date")}
), open AS (
  SELECT therapist_id, office_id, zone,
    range_agg(tstzrange(begins, ends))
    - coalesce((
      SELECT range_agg(tstzrange(starts_at, ends_at)) FROM locations_closure AS closure
      WHERE (closure.office_id IS NULL OR closure.office_id = windows.office_id)
        AND starts_at < %(end)s AND ends_at > %(start)s), '{{}}') AS stretches
  FROM windows GROUP BY therapist_id, office_id, zone
), free AS (
  SELECT therapist_id, asked.office_id, asked.zone,
    range_agg(stretches) * tstzmultirange(tstzrange(%(start)s, %(end)s))
    - coalesce((
      SELECT range_agg(tstzrange(starts_at, ends_at)) FROM scheduling_timeoff AS absence
      WHERE absence.therapist_id = open.therapist_id
        AND starts_at < %(end)s AND ends_at > %(start)s), '{{}}') AS stretches
  FROM open, LATERAL (SELECT
    CASE WHEN %(by_office)s THEN open.office_id END AS office_id,
    CASE WHEN %(by_office)s THEN open.zone ELSE %(zone)s END AS zone) AS asked
  GROUP BY therapist_id, asked.office_id, asked.zone
), available AS (
  SELECT therapist_id, office_id, zone, stretch
  FROM free, unnest(stretches) AS stretch
), booked AS (
  SELECT therapist_id, CASE WHEN %(by_office)s THEN office_id END AS office_id,
    CASE WHEN %(by_office)s THEN coalesce(timezone, %(zone)s) ELSE %(zone)s END AS zone,
    tstzrange(starts_at, ends_at) * tstzrange(%(start)s, %(end)s) AS stretch
  FROM scheduling_appointment AS appointment
  LEFT JOIN locations_office AS office ON office.id = office_id
  WHERE occupies AND status <> %(held)s
    AND starts_at > %(start)s::timestamptz - interval '4 hours'
    AND starts_at < %(end)s AND ends_at > %(start)s
    AND (%(offices)s::uuid[] IS NULL OR office_id = ANY(%(offices)s))
    AND (%(therapists)s::uuid[] IS NULL OR therapist_id = ANY(%(therapists)s))
), pieces AS (
  SELECT therapist_id, office_id, zone, hour, minutes AS available, 0 AS booked
  FROM ({_by_hour("available")}) AS hourly
  UNION ALL
  SELECT therapist_id, office_id, zone, hour, 0, minutes
  FROM ({_by_hour("booked")}) AS hourly
), told AS (
  SELECT office_id,
    CASE WHEN %(by_therapist)s THEN therapist_id END AS therapist_id,
    CASE WHEN %(by_weekday)s
      THEN extract(isodow FROM hour AT TIME ZONE zone)::int - 1 END AS weekday,
    CASE WHEN %(by_hour)s
      THEN extract(hour FROM hour AT TIME ZONE zone)::int END AS hour,
    round(sum(available))::int AS available, round(sum(booked))::int AS booked
  FROM pieces GROUP BY 1, 2, 3, 4
)
SELECT office.slug, office.name, therapist_id, display_name, weekday, hour,
  available, booked
FROM told LEFT JOIN locations_office AS office ON office.id = office_id
LEFT JOIN scheduling_therapist AS therapist ON therapist.id = therapist_id
ORDER BY office.name, office.slug, display_name, therapist_id, weekday, hour
"""  # noqa: S608  nothing of a caller's is in it
