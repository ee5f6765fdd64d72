"""Which therapists a search is about."""

from typing import Any

from clients.models import AgeGroup
from scheduling import snapshots, wishes
from scheduling.engine import rules
from scheduling.engine.intervals import Interval
from scheduling.wishes import Wish

_SUITING = """
SELECT id::text FROM scheduling_therapist
WHERE is_active
  AND id IN (SELECT therapist_id FROM scheduling_therapist_session_types
             WHERE sessiontype_id = %(session_type)s)
  AND (%(therapists)s::uuid[] IS NULL OR id = ANY(%(therapists)s))
  AND (%(modalities)s::uuid[] IS NULL OR id IN (
         SELECT therapist_id FROM scheduling_therapist_modalities
         WHERE modality_id = ANY(%(modalities)s)))
  AND (%(concerns)s::uuid[] IS NULL OR id IN (
         SELECT therapist_id FROM scheduling_therapist_concerns
         WHERE presentingconcern_id = ANY(%(concerns)s)))
  AND (%(languages)s::varchar[] IS NULL OR languages && %(languages)s)
  AND (%(age_groups)s::varchar[] IS NULL OR age_groups && %(age_groups)s)
"""

_OPEN_TO = f"""
{_SUITING}
  AND age_groups @> %(ages)s::varchar[]
  AND (accepts_new_clients OR id = ANY(%(known_to)s::uuid[]))
"""


def suiting(wish: Wish) -> list[str]:
    """The therapists who suit the wish by what they do, whenever they work."""
    return [key for (key,) in snapshots.read(_SUITING, **_wished(wish))]


def open_to(wish: Wish, party: rules.Party) -> list[str]:
    """Without those who take nobody new or nobody of that age: the rules refuse them
    too, at more cost."""
    whole = wishes.reached(wish, Interval(wish.start, wish.end))
    ages = {group for stretch, group in party.ages if stretch.covers(whole)}
    rows = snapshots.read(
        _OPEN_TO, ages=sorted(ages), known_to=list(party.known_to), **_wished(wish)
    )
    return [key for (key,) in rows]


def _wished(wish: Wish) -> dict[str, Any]:  # Any: what SQL can take
    ages = wish.age_groups or ([] if wish.clients else [AgeGroup.ADULT])
    return {
        "session_type": wish.session_type.pk,
        "therapists": list(wish.therapists) or None,
        "modalities": list(wish.modalities) or None,
        "concerns": list(wish.concerns) or None,
        "languages": list(wish.languages) or None,
        "age_groups": list(ages) or None,
    }
