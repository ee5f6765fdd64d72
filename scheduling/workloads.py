"""How much of their hours therapists have given away in the coming weeks."""

from collections.abc import Collection
from datetime import timedelta

from scheduling import snapshots
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.recurrence import days_between
from scheduling.engine.wall_clock import as_datetime, day_of, instant

DAYS = 28  # each weekday four times
FULL = 100  # percent

# In order: the hours of every week or date; whole minutes of them, of which most need
# no look at the days; what time off and closures take away from those they touch; and
# what is taken. A statement of many therapists: each part is one pass over its rows.
_MINUTES = """
SELECT therapist_id::text, sum(minutes)::int, sum(taken)::int FROM (
  WITH place AS (
    SELECT therapist_id, office_id FROM scheduling_therapist_offices
    JOIN locations_office AS office ON office.id = office_id AND office.is_active
  ), therapist AS (
    SELECT id, telehealth FROM scheduling_therapist
    WHERE id = ANY(%(therapists)s::uuid[])
  ), shift AS MATERIALIZED (
    SELECT hours.*
    FROM (
      SELECT id, therapist_id, office_id, mode, weekday::int, start_minute, end_minute,
        valid_from, valid_until, every_weeks::int
      FROM scheduling_availabilityrule
      WHERE valid_from <= %(last)s
        AND (valid_until IS NULL OR valid_until >= %(first)s)
      UNION ALL
      SELECT id, therapist_id, office_id, mode, extract(isodow FROM date)::int - 1,
        start_minute, end_minute, date, date, 1
      FROM scheduling_availabilityoverride
      WHERE date BETWEEN %(first)s AND %(last)s
    ) AS hours
    JOIN therapist ON therapist.id = therapist_id
    WHERE (mode <> 'telehealth' OR telehealth)
      AND (office_id IS NULL
           OR (therapist_id, office_id) IN (SELECT therapist_id, office_id FROM place))
  ), day AS MATERIALIZED (
    SELECT day, extract(isodow FROM day)::int - 1 AS weekday,
      day - extract(isodow FROM day)::int AS week
    FROM unnest(%(days)s::date[]) AS day
  ), away AS MATERIALIZED (
    SELECT therapist_id, office_id, closes_all, day, weekday, week, off
    FROM (
      SELECT therapist_id, NULL::uuid AS office_id, false AS closes_all,
        starts_at AT TIME ZONE %(zone)s AS since, ends_at AT TIME ZONE %(zone)s AS until
      FROM scheduling_timeoff
      WHERE therapist_id = ANY(%(therapists)s::uuid[])
        AND starts_at < %(end)s AND ends_at > %(start)s
      UNION ALL
      SELECT NULL, office_id, office_id IS NULL,
        starts_at AT TIME ZONE %(zone)s, ends_at AT TIME ZONE %(zone)s
      FROM locations_closure WHERE starts_at < %(end)s AND ends_at > %(start)s
    ) AS absence
    JOIN day ON day < until AND day + 1 > since,
    LATERAL (SELECT tsrange(since, until)) AS stretch (off)
  ), touched AS (
    SELECT shift.*, day, week, off FROM shift JOIN away USING (therapist_id, weekday)
    UNION ALL
    SELECT shift.*, day, week, off FROM shift JOIN away USING (office_id, weekday)
    UNION ALL
    SELECT shift.*, day, week, off FROM shift JOIN away USING (weekday)
    WHERE closes_all
  )
  SELECT therapist_id, 0 AS taken, (end_minute - start_minute) * CASE
      WHEN every_weeks = 1 AND valid_from <= %(first)s
        AND (valid_until IS NULL OR valid_until >= %(last)s) THEN 4
      ELSE (SELECT count(*) FROM day WHERE day.weekday = shift.weekday
              AND day >= valid_from AND (valid_until IS NULL OR day <= valid_until)
              AND (week - valid_from + extract(isodow FROM valid_from)::int) / 7
                %% every_weeks = 0)
    END AS minutes
  FROM shift
  UNION ALL
  SELECT therapist_id, 0, -(
    SELECT coalesce(extract(epoch FROM sum(upper(part) - lower(part))) / 60, 0)
    FROM unnest(range_agg(off) * tsmultirange(tsrange(
      day + start_minute * interval '1 minute', day + end_minute * interval '1 minute'
    ))) AS part)
  FROM touched
  WHERE day >= valid_from AND (valid_until IS NULL OR day <= valid_until)
    AND (week - valid_from + extract(isodow FROM valid_from)::int) / 7
      %% every_weeks = 0
  GROUP BY id, therapist_id, day, start_minute, end_minute
  UNION ALL
  SELECT therapist_id, extract(epoch FROM sum(ends_at - starts_at)) / 60, 0
  FROM scheduling_appointment
  WHERE occupies AND therapist_id = ANY(%(therapists)s::uuid[])
    AND starts_at >= %(start)s AND starts_at < %(end)s
  GROUP BY therapist_id
) AS counted
GROUP BY therapist_id
"""


def shares(therapists: Collection[str], *, now: int) -> dict[str, int]:
    """How much of the hours of each of `therapists` is taken, today and in the 27 days
    after, in percent; who has no hours is not in it.

    It is what the report on utilisation says of the same days, but that a hold takes
    its time too, and hours that somebody has at two places at once count twice.
    """
    first = day_of(now, PRACTICE_ZONE)
    last = first + timedelta(days=DAYS - 1)
    rows = snapshots.read(
        _MINUTES,
        therapists=f"{{{','.join(therapists)}}}",  # in a list, each would be quoted
        first=first,
        last=last,
        days=list(days_between(first, last)),
        start=as_datetime(instant(first, 0, PRACTICE_ZONE)),
        end=as_datetime(instant(last + timedelta(days=1), 0, PRACTICE_ZONE)),
        zone=PRACTICE_ZONE.key,
    )
    return {key: FULL * taken // minutes for key, minutes, taken in rows if minutes > 0}
