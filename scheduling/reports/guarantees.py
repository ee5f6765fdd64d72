"""Guarantees: with how many it fits, who is matched again, and what is returned.

Told of rounds by when somebody was matched: each stands for one client and one
therapist. What is undecided is what is left of those who attended.
"""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import as_datetime
from scheduling.models.therapists import SHORTEST_TRIAL_MINUTES

KEYS = ("office", "therapist", "modality")


class Promise(NamedTuple):
    """How many were matched, and what came of it, by whatever was asked for; the rest
    is None.

    The office is where the first session is, and None for who has none yet or comes by
    video from elsewhere. By modality, each round counts for every one that its
    therapist practises. `days_to_session` is the median from the intake, or from the
    promise where there was none, to the first session that anybody has booked.
    """

    office: str | None
    office_name: str | None
    therapist: UUID | None
    therapist_name: str | None
    modality: str | None
    modality_name: str | None
    matched: int
    attended: int
    continued: int
    rematched: int
    refund_asked: int
    refunded: int
    refunded_cents: int
    declined: int
    days_to_session: float | None


def read(
    span: Interval,
    *,
    by: Collection[str],
    offices: Collection[UUID] = (),
    therapists: Collection[UUID] = (),
) -> list[Promise]:
    """Of those who were matched in `span`, by some of `KEYS`, in one query."""
    start, end = map(as_datetime, span)
    with connection.cursor() as cursor:
        cursor.execute(
            _STATEMENT,
            {
                "shortest": SHORTEST_TRIAL_MINUTES,
                "start": start,
                "end": end,
                "offices": list(offices) or None,
                "therapists": list(therapists) or None,
                **{f"by_{key}": key in by for key in KEYS},
            },
        )
        return [Promise(*row) for row in cursor.fetchall()]


# In order: the first session of each round, as `Guarantee.with_progress` finds it; the
# rounds with what came of them; the same for each modality, where that is asked for.
_STATEMENT = """
WITH trials AS (
  SELECT id FROM scheduling_sessiontype
  WHERE duration_minutes >= %(shortest)s AND format <> 'group'
), sessions AS (
  SELECT round.id, coalesce(
    CASE WHEN outcome <> '' THEN trial_id END,
    (SELECT appointment_id FROM scheduling_attendance AS part
     JOIN scheduling_appointment AS session ON session.id = part.appointment_id
     JOIN trials ON trials.id = session.session_type_id
     WHERE client_id = guarantee.client_id AND appointment_id = round.trial_id
       AND part.status IN ('expected', 'attended') AND part.occupies
       AND session.status <> 'held'),
    (SELECT appointment_id FROM scheduling_attendance AS part
     JOIN scheduling_appointment AS session ON session.id = part.appointment_id
     JOIN trials ON trials.id = session.session_type_id
     WHERE client_id = guarantee.client_id AND session.therapist_id = round.therapist_id
       AND part.starts_at >= round.matched_at
       AND part.status IN ('expected', 'attended') AND part.occupies
       AND session.status <> 'held'
     ORDER BY part.starts_at, part.id LIMIT 1)) AS session_id
  FROM scheduling_guaranteeround AS round
  JOIN scheduling_guarantee AS guarantee ON guarantee.id = guarantee_id
  WHERE matched_at >= %(start)s AND matched_at < %(end)s
    AND (%(therapists)s::uuid[] IS NULL OR round.therapist_id = ANY(%(therapists)s))
), rounds AS (
  SELECT round.therapist_id, session.office_id, round.outcome, round.number,
    round.outcome <> '' OR session.status = 'completed' AND part.status = 'attended'
      AS attended,
    CASE WHEN round.outcome = 'refund_asked' THEN guarantee.state END AS settled,
    CASE WHEN round.outcome = 'refund_asked' THEN guarantee.refund_cents END AS cents,
    CASE WHEN round.number = 1 THEN extract(epoch FROM session.starts_at
      - coalesce(intake.created_at, guarantee.created_at)) / 86400 END AS days
  FROM sessions
  JOIN scheduling_guaranteeround AS round ON round.id = sessions.id
  JOIN scheduling_guarantee AS guarantee ON guarantee.id = round.guarantee_id
  LEFT JOIN scheduling_intake AS intake ON intake.id = guarantee.intake_id
  LEFT JOIN scheduling_appointment AS session ON session.id = session_id
  LEFT JOIN scheduling_attendance AS part ON part.appointment_id = session_id
    AND part.client_id = guarantee.client_id
  WHERE %(offices)s::uuid[] IS NULL OR session.office_id = ANY(%(offices)s)
), told AS (
  SELECT CASE WHEN %(by_office)s THEN rounds.office_id END AS office_id,
    CASE WHEN %(by_therapist)s THEN rounds.therapist_id END AS therapist_id,
    practised.modality_id,
    count(*) AS matched,
    count(*) FILTER (WHERE attended) AS attended,
    count(*) FILTER (WHERE outcome = 'continues') AS continued,
    count(*) FILTER (WHERE outcome = 'rematch_asked') AS rematched,
    count(*) FILTER (WHERE outcome = 'refund_asked') AS refund_asked,
    count(*) FILTER (WHERE settled = 'refunded') AS refunded,
    coalesce(sum(cents), 0)::int AS refunded_cents,
    count(*) FILTER (WHERE settled = 'declined') AS declined,
    round(percentile_cont(0.5) WITHIN GROUP (ORDER BY days)::numeric, 1)::float8
      AS days_to_session
  FROM rounds LEFT JOIN scheduling_therapist_modalities AS practised
    ON %(by_modality)s AND practised.therapist_id = rounds.therapist_id
  GROUP BY 1, 2, 3
)
SELECT office.slug, office.name, therapist.id, display_name, modality.slug,
  modality.name, matched, attended, continued, rematched, refund_asked, refunded,
  refunded_cents, declined, days_to_session
FROM told LEFT JOIN locations_office AS office ON office.id = office_id
LEFT JOIN scheduling_therapist AS therapist ON therapist.id = therapist_id
LEFT JOIN scheduling_modality AS modality ON modality.id = modality_id
ORDER BY office.name, office.slug, display_name, therapist.id, modality.name,
  modality.slug
"""
