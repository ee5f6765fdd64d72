"""Who of many therapists could have a slot first.

The engine would have to know the hours and the sessions of everybody before it could
tell the first hour. PostgreSQL, which has them at hand, tells instead who comes into
question: it knows hours, sessions, time off, closures and what nobody wants, but no
buffer, journey, room or limit. What it says is never too late, and often just right.
The engine then looks at those few, and has the last word on every slot.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from scheduling import snapshots
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.intervals import Interval
from scheduling.engine.recurrence import days_between
from scheduling.engine.wall_clock import MINUTE, day_of, instant
from scheduling.models import WorkMode
from scheduling.wishes import Wish

NOBODY = str(UUID(int=0))  # before every id

# An hour on the wall is told as the earliest and the latest instant that it can mean.
# They differ about a change of the clock; then, and where hours touch others or
# midnight, so that their grid may begin elsewhere, all that is said is when they open.
# It begins with SELECT, for else history would put a second command before it wherever
# something is written in the same request.
POSSIBLE_STARTS = """
SELECT * FROM (
WITH wall AS MATERIALIZED (
  SELECT office_id, day, extract(isodow FROM day)::int - 1 AS weekday,
    least(midnight, day_before + 86400, day_after - 86400) AS early,
    greatest(midnight, day_before + 86400, day_after - 86400) AS late
  FROM (SELECT id, timezone FROM locations_office
        UNION ALL SELECT %(nowhere)s::uuid, %(zone)s) AS office (office_id, zone),
    unnest(%(days)s::date[]) AS day,
    LATERAL (SELECT
      extract(epoch FROM day::timestamp AT TIME ZONE zone)::bigint,
      extract(epoch FROM (day - 1)::timestamp AT TIME ZONE zone)::bigint,
      extract(epoch FROM (day + 1)::timestamp AT TIME ZONE zone)::bigint
    ) AS midnights (midnight, day_before, day_after)
),
near AS MATERIALIZED (
  SELECT * FROM wall WHERE early < %(until)s AND late + 86400 > %(begin)s
),
hours AS (
  SELECT therapist_id, office_id, mode, weekday, start_minute, end_minute,
    valid_from, valid_until, every_weeks
  FROM scheduling_availabilityrule
  WHERE therapist_id = ANY(%(therapists)s::uuid[])
    AND weekday = ANY(array(SELECT weekday FROM near))
  UNION ALL
  SELECT therapist_id, office_id, mode, extract(isodow FROM date)::int - 1,
    start_minute, end_minute, date, date, 1
  FROM scheduling_availabilityoverride
  WHERE therapist_id = ANY(%(therapists)s::uuid[])
    AND date = ANY(array(SELECT day FROM near))
),
stretch AS MATERIALIZED (
  SELECT therapist_id, near.office_id, opens, closes,
    %(begin)s + (therapist_id < %(first)s)::int AS begin,
    early = late AND start_minute > 0 AND end_minute < 1440
      AND coalesce(max(closes) OVER earlier < opens, true)
      AND coalesce(lead(opens) OVER at_office > closes, true) AS is_sure
  FROM hours JOIN near ON near.weekday = hours.weekday
      AND near.office_id = coalesce(hours.office_id, %(nowhere)s::uuid),
    LATERAL (SELECT early + start_minute * 60, late + end_minute * 60)
      AS told (opens, closes)
  WHERE (%(offices)s::uuid[] IS NULL OR hours.office_id = ANY(%(offices)s::uuid[]))
    AND (%(modes)s::varchar[] IS NULL OR mode = ANY(%(modes)s::varchar[]))
    AND valid_from <= day AND (valid_until IS NULL OR valid_until >= day)
    AND (every_weeks = 1 OR (day - extract(isodow FROM day)::int
      - valid_from + extract(isodow FROM valid_from)::int) / 7 %% every_weeks = 0)
  WINDOW at_office AS (PARTITION BY therapist_id, near.office_id ORDER BY opens),
    earlier AS (at_office ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),
reached AS MATERIALIZED (
  SELECT least(min(greatest(opens, begin)) + %(length)s, %(until)s) AS until
  FROM stretch
  WHERE closes >= begin + %(duration)s * is_sure::int AND opens < %(until)s
)
SELECT until, (SELECT json_agg(json_build_array(start, therapist_id)) FROM (
  SELECT start, therapist_id
  FROM (
    SELECT start, therapist_id, office_id, is_sure
    FROM stretch, generate_series(
      CASE WHEN is_sure
        THEN opens + (greatest(begin - opens, 0) + %(step)s - 1) / %(step)s * %(step)s
        ELSE greatest(opens, begin) END,
      CASE WHEN is_sure THEN least(closes - %(duration)s, until - 1)
        ELSE least(closes, until, greatest(opens, begin) + 1) - 1 END,
      %(step)s) AS start
    WHERE opens < until AND closes > begin
    ORDER BY start, therapist_id
  ) AS possible
  WHERE NOT is_sure OR NOT EXISTS (
    SELECT FROM unnest(%(barred_from)s::bigint[], %(barred_until)s::bigint[])
      AS barred (opens, closes)
    WHERE barred.opens < start + %(duration)s AND barred.closes > start
    UNION ALL
    SELECT FROM scheduling_appointment AS appointment
    WHERE appointment.therapist_id = possible.therapist_id AND occupies
      AND starts_at > to_timestamp(start) - interval '4 hours'
      AND starts_at < to_timestamp(start + %(duration)s)
      AND ends_at > to_timestamp(start)
      AND (hold_expires_at IS NULL OR hold_expires_at > clock_timestamp())
      AND id <> ALL(%(without)s::uuid[])
    UNION ALL
    SELECT FROM scheduling_timeoff AS time_off
    WHERE time_off.therapist_id = possible.therapist_id
      AND starts_at < to_timestamp(start + %(duration)s)
      AND ends_at > to_timestamp(start)
    UNION ALL
    SELECT FROM locations_closure AS closure
    WHERE (closure.office_id IS NULL OR closure.office_id = possible.office_id)
      AND starts_at < to_timestamp(start + %(duration)s)
      AND ends_at > to_timestamp(start))
  LIMIT %(most)s) AS found)
FROM reached
) AS told
"""


class Place(NamedTuple):
    """A place in the order of slots, before all those of a therapist at an instant."""

    start: int
    therapist: str = NOBODY


@dataclass(frozen=True, slots=True)
class Lead:
    """Nobody but `therapists` has a slot from `since` on and before `until`."""

    therapists: Collection[str]
    since: Place
    until: Place
    is_cut: bool = False  # because there were as many starts as were asked for


def first(
    wish: Wish,
    therapists: Collection[str],
    since: Place,
    *,
    barred: Sequence[Interval],
    most: int,
    length: int,
) -> Lead:
    """Whose slots could be the first from `since` on, on the same day.

    It ends with the `most`-th possible start, or `length` seconds after the hours that
    open first. In `barred`, which is merged, nobody can have a session.
    """
    since = _behind(since, barred)
    tomorrow = day_of(since.start, PRACTICE_ZONE) + timedelta(days=1)
    until = min(instant(tomorrow, 0, PRACTICE_ZONE), wish.end)
    if since.start >= until:
        return Lead((), since, Place(until))
    duration = wish.session_type.duration_minutes * MINUTE
    here = Interval(since.start, until + duration)
    near = [stretch for stretch in barred if stretch.overlaps(here)]
    ((reached, found),) = snapshots.read(
        POSSIBLE_STARTS,
        therapists=f"{{{','.join(therapists)}}}",  # in a list, each would be quoted
        offices=None if wish.has_video_anywhere else list(wish.offices) or None,
        modes=[*wish.modes, WorkMode.BOTH] if wish.modes else None,
        without=list(wish.without),
        duration=duration,
        step=wish.session_type.start_every_minutes * MINUTE,
        begin=since.start,
        first=since.therapist,
        until=until,
        days=list(days_between(tomorrow - timedelta(days=2), tomorrow)),
        zone=PRACTICE_ZONE.key,
        nowhere=NOBODY,
        barred_from=[stretch.start for stretch in near],
        barred_until=[stretch.end for stretch in near],
        most=most,
        length=length,
    )
    starts = [Place(*start) for start in found or ()]
    is_cut = len(starts) == most
    end = starts[-1] if is_cut else Place(reached)
    few = {start.therapist for start in starts if start < end}
    return Lead(few, since, end, is_cut)


def _behind(since: Place, barred: Iterable[Interval]) -> Place:
    for stretch in barred:
        if stretch.start <= since.start < stretch.end:
            return Place(stretch.end)
    return since
