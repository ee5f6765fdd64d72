"""Which therapists a search is about, and who of them could have a slot first."""

from typing import Any

from clients.models import AgeGroup
from scheduling import snapshots
from scheduling.wishes import Wish

_SUITING = """
SELECT id::text FROM scheduling_therapist
WHERE is_active AND (accepts_new_clients OR NOT %(takes_new)s)
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


def suiting(wish: Wish) -> list[str]:
    """The therapists who suit the wish by what they do, whenever they work."""
    return [
        key for (key,) in snapshots.read(_SUITING, **_wished(wish, takes_new=False))
    ]


def open_to(wish: Wish) -> list[str]:
    """Without those who take nobody new: the rules refuse them too, at more cost."""
    takes_new = not wish.clients
    return [
        key for (key,) in snapshots.read(_SUITING, **_wished(wish, takes_new=takes_new))
    ]


def _wished(wish: Wish, *, takes_new: bool) -> dict[str, Any]:  # Any: what SQL can take
    ages = wish.age_groups or ([] if wish.clients else [AgeGroup.ADULT])
    return {
        "takes_new": takes_new,
        "session_type": wish.session_type.pk,
        "therapists": list(wish.therapists) or None,
        "modalities": list(wish.modalities) or None,
        "concerns": list(wish.concerns) or None,
        "languages": list(wish.languages) or None,
        "age_groups": list(ages) or None,
    }
