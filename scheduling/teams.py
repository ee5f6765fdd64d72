"""The team as somebody who looks for a therapist sees it, and how busy each one is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from django.conf.locale import LANG_INFO

from scheduling import snapshots, workloads
from scheduling.engine.scoring import VIDEO, Profile, Terms

# What therapists at work say of themselves, and what the keys in it are called. A
# modality that the practice offers no more counts for nobody.
_TEAM = """
SELECT
  (SELECT json_agg(json_build_array(
     id, display_name, accepts_new_clients, age_groups, license_states, languages,
     gender, telehealth, coalesce(offered, '{}'), coalesce(treated, '{}'),
     coalesce(practised, '{}'), coalesce(worked_at, '{}')) ORDER BY id)
   FROM scheduling_therapist
   LEFT JOIN (SELECT therapist_id, array_agg(sessiontype_id)
              FROM scheduling_therapist_session_types GROUP BY therapist_id)
     AS session_type (therapist_id, offered) ON session_type.therapist_id = id
   LEFT JOIN (SELECT therapist_id, array_agg(presentingconcern_id)
              FROM scheduling_therapist_concerns GROUP BY therapist_id)
     AS concern (therapist_id, treated) ON concern.therapist_id = id
   LEFT JOIN (SELECT therapist_id, array_agg(modality_id)
              FROM scheduling_therapist_modalities
              JOIN scheduling_modality AS known
                ON known.id = modality_id AND known.is_active
              GROUP BY therapist_id)
     AS modality (therapist_id, practised) ON modality.therapist_id = id
   LEFT JOIN (SELECT therapist_id, array_agg(office_id)
              FROM scheduling_therapist_offices
              JOIN locations_office AS at ON at.id = office_id AND at.is_active
              GROUP BY therapist_id)
     AS office (therapist_id, worked_at) ON office.therapist_id = id
   WHERE is_active),
  (SELECT json_agg(json_build_array(id, slug, name,
     array(SELECT presentingconcern_id FROM scheduling_modality_concerns AS link
           WHERE link.modality_id = modality.id)))
   FROM scheduling_modality AS modality WHERE is_active),
  (SELECT json_agg(json_build_array(id, name)) FROM (
     SELECT id, name FROM clients_presentingconcern
     UNION ALL SELECT id, name FROM locations_office) AS named)
"""


@dataclass(frozen=True, slots=True)
class Team:
    """`names` are those of the therapists; `leading` are keys of modalities by slug."""

    profiles: Sequence[Profile]
    names: Mapping[str, str]
    terms: Terms
    modalities: Mapping[str, str]


def read() -> Team:
    """Everyone at work, in order of key, in one statement. Loads are left out."""
    ((therapists, modalities, named),) = snapshots.read(_TEAM)
    names = {
        **{code: told["name"] for code, told in LANG_INFO.items() if "name" in told},
        **dict(named or ()),
        **{key: name for key, _, name, _ in modalities or ()},
    }
    return Team(
        profiles=[_profile(*row) for row in therapists or ()],
        names={key: name for key, name, *_ in therapists or ()},
        terms=Terms(names, {key: spoken for key, _, _, spoken in modalities or ()}),
        modalities={slug: key for key, slug, _, _ in modalities or ()},
    )


def _profile(  # noqa: PLR0917  the columns of a row
    key: str,
    _name: str,
    accepts_new_clients: bool,  # noqa: FBT001
    age_groups: list[str],
    states: list[str],
    languages: list[str],
    gender: str,
    telehealth: bool,  # noqa: FBT001
    session_types: list[str],
    concerns: list[str],
    modalities: list[str],
    offices: list[str],
) -> Profile:
    return Profile(
        id=key,
        accepts_new_clients=accepts_new_clients,
        session_types=session_types,
        age_groups=age_groups,
        states=states,
        concerns=concerns,
        modalities=modalities,
        languages=languages,
        gender=gender,
        places=[*offices, VIDEO] if telehealth else offices,
    )


def with_loads(profiles: Collection[Profile], *, now: int) -> list[Profile]:
    """With how much of their hours in the coming weeks is taken, in one query."""
    loads = workloads.shares([profile.id for profile in profiles], now=now)
    return [replace(profile, load=loads.get(profile.id)) for profile in profiles]
