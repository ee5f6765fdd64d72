"""How well a therapist suits somebody, as plain numbers with reasons.

Some facts exclude a therapist, and every one that does is named. The others give
points, up to what each is worth by the practice's weights. Nothing here knows, or says,
how well anybody's therapy turns out: a reason repeats what a therapist says they do.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

VIDEO = ""  # the place of a session by video
FULL = 100  # percent
SOONEST_DAYS = 7  # what is soon, if nobody said
LATEST_DAYS = 28  # from when on it gives no points how soon somebody could begin


class Criterion(StrEnum):
    """What gives points, in the order in which the practice lets it weigh."""

    CONCERN = "concern"
    MODALITY = "modality"
    OTHER_CONCERNS = "other_concerns"
    LANGUAGE = "language"
    GENDER = "gender"
    PLACE = "place"
    HOURS = "hours"
    SOON = "soon"
    LOAD = "load"


class Exclusion(StrEnum):
    """What keeps a therapist from being proposed at all."""

    EARLIER_THERAPIST = "earlier_therapist"
    FORMAT = "format"
    AGE_GROUP = "age_group"
    STATE = "state"
    NOT_ACCEPTING = "not_accepting"
    CONCERN = "concern"
    MODALITY = "modality"
    LANGUAGE = "language"
    GENDER = "gender"
    PLACE = "place"
    HOURS = "hours"


# The wishes that can be marked as musts: each excludes under its own name.
MUSTS = frozenset(
    {
        Criterion.CONCERN,
        Criterion.MODALITY,
        Criterion.LANGUAGE,
        Criterion.GENDER,
        Criterion.PLACE,
        Criterion.HOURS,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeker:
    """Who looks for a therapist, and what for. An empty collection means: any.

    `age_groups` are those of all who would come. `places` are offices or `VIDEO`.
    `has_hours` says whether some weekdays or hours are wished for, `within_days` how
    soon they would like to begin. `earlier` are therapists who did not fit before.
    """

    session_type: str
    age_groups: Collection[str]
    state: str
    concern: str | None = None
    other_concerns: Collection[str] = ()
    modalities: Collection[str] = ()
    languages: Collection[str] = ()
    genders: Collection[str] = ()
    places: Collection[str] = ()
    has_hours: bool = False
    within_days: int = SOONEST_DAYS
    musts: Collection[Criterion] = ()
    earlier: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a therapist says they do, for whom and where.

    `load` is how much of their hours in the coming weeks is taken, in percent; None
    where they have no hours.
    """

    id: str
    accepts_new_clients: bool = True
    session_types: Collection[str] = ()
    age_groups: Collection[str] = ()
    states: Collection[str] = ()
    concerns: Collection[str] = ()
    modalities: Collection[str] = ()
    languages: Collection[str] = ()
    gender: str = ""
    places: Collection[str] = ()
    load: int | None = 0


@dataclass(frozen=True, slots=True)
class Hours:
    """When a therapist has a place at a wished place: days until the first start in the
    wished hours, and until the first at all. None: there is none to be had. Where no
    hours are wished for, both are the same."""

    wished: int | None = None
    any: int | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """What each criterion is worth at most, in points.

    `leading` are modalities that the practice lets weigh for their own concerns: there
    they are worth all points, another one that speaks to the concern `supporting`
    percent of them, and half of that if it is not one that was wished for.
    """

    points: Mapping[Criterion, int]
    leading: Collection[str] = ()
    supporting: int = 60


@dataclass(frozen=True, slots=True)
class Terms:
    """The names of what is known by key, to give reasons with, and which concerns each
    modality speaks to."""

    names: Mapping[str, str] = field(default_factory=dict)
    spoken_to: Mapping[str, Collection[str]] = field(default_factory=dict)

    def name(self, key: str) -> str:
        return self.names.get(key, key)

    def listed(self, keys: Iterable[str]) -> str:
        """`a`, `a and b`, or `a, b and c`, whatever the order of `keys`."""
        *others, last = sorted(self.name(key) for key in keys)
        return f"{', '.join(others)} and {last}" if others else last


@dataclass(frozen=True, slots=True)
class Part:
    """What one criterion gives, of how many points, and why in plain words."""

    criterion: Criterion
    points: int
    max: int
    why: str


def exclusions(seeker: Seeker, profile: Profile, hours: Hours) -> list[Exclusion]:
    """Every reason for which a therapist cannot be proposed."""
    found = {
        Exclusion.EARLIER_THERAPIST: profile.id in seeker.earlier,
        Exclusion.FORMAT: seeker.session_type not in profile.session_types,
        Exclusion.AGE_GROUP: not set(seeker.age_groups) <= set(profile.age_groups),
        Exclusion.STATE: seeker.state not in profile.states,
        Exclusion.NOT_ACCEPTING: not profile.accepts_new_clients,
    }
    for must in MUSTS & set(seeker.musts):
        found[Exclusion(must)] = not _is_met(must, seeker, profile, hours)
    return [exclusion for exclusion in Exclusion if found.get(exclusion)]


def parts(
    seeker: Seeker, profile: Profile, hours: Hours, weights: Weights, terms: Terms
) -> list[Part]:
    """What each criterion gives about which there is a wish; how soon somebody could
    begin, and how busy the therapist is, always count."""
    shares = {
        Criterion.CONCERN: _concern(seeker, profile, terms),
        Criterion.MODALITY: _modality(seeker, profile, weights, terms),
        Criterion.OTHER_CONCERNS: _other_concerns(seeker, profile, terms),
        Criterion.LANGUAGE: _language(seeker, profile, terms),
        Criterion.GENDER: _gender(seeker, profile),
        Criterion.PLACE: _place(seeker, profile, terms),
        Criterion.HOURS: _hours(seeker, hours),
        Criterion.SOON: _soon(seeker, hours),
        Criterion.LOAD: _load(profile),
    }
    found = []
    for criterion, share in shares.items():
        most = weights.points.get(criterion, 0)
        if most and share is not None:
            percent, why = share
            found.append(Part(criterion, most * percent // FULL, most, why))
    return found


def _is_met(must: Criterion, seeker: Seeker, profile: Profile, hours: Hours) -> bool:
    """Whether a wish that is a must is met; one that nobody has is met by anyone."""
    match must:
        case Criterion.CONCERN:
            return seeker.concern is None or seeker.concern in profile.concerns
        case Criterion.MODALITY:
            return _shared(seeker.modalities, profile.modalities)
        case Criterion.LANGUAGE:
            return _shared(seeker.languages, profile.languages)
        case Criterion.GENDER:
            return _shared(seeker.genders, [profile.gender])
        case Criterion.PLACE:
            return _shared(seeker.places, profile.places)
        case _:
            return not seeker.has_hours or hours.wished is not None


def _shared(wished: Collection[str], there: Collection[str]) -> bool:
    return not wished or not set(wished).isdisjoint(there)


Share: TypeAlias = (
    tuple[int, str] | None
)  # percent of the points and why, or no such wish


def _concern(seeker: Seeker, profile: Profile, terms: Terms) -> Share:
    if seeker.concern is None:
        return None
    name = terms.name(seeker.concern)
    if seeker.concern in profile.concerns:
        return FULL, f"Says they treat {name}."
    return 0, f"Does not name {name} among what they treat."


def _modality(
    seeker: Seeker, profile: Profile, weights: Weights, terms: Terms
) -> Share:
    """The wished modality, or else the one that speaks most to the main concern."""
    if not seeker.modalities and seeker.concern is None:
        return None
    wished = set(seeker.modalities) & set(profile.modalities)
    if wished:
        return FULL, f"Practises {terms.listed(wished)}, as wished."
    speaking = {
        key
        for key in profile.modalities
        if seeker.concern in terms.spoken_to.get(key, ())
    }
    if not speaking:
        return 0, "Practises none of the modalities that are wished for or suited."
    leading = speaking & set(weights.leading)
    percent = FULL if leading else weights.supporting
    concern = terms.name(str(seeker.concern))
    told = leading or speaking
    speak = "speaks" if len(told) == 1 else "speak"
    why = f"Practises {terms.listed(told)}, which {speak} to {concern}."
    return (percent // 2 if seeker.modalities else percent), why


def _other_concerns(seeker: Seeker, profile: Profile, terms: Terms) -> Share:
    wished = set(seeker.other_concerns)
    if not wished:
        return None
    shared = wished & set(profile.concerns)
    percent = FULL * len(shared) // len(wished)
    if not shared:
        return 0, "Names none of the other concerns among what they treat."
    return percent, f"Says they also treat {terms.listed(shared)}."


def _language(seeker: Seeker, profile: Profile, terms: Terms) -> Share:
    if not seeker.languages:
        return None
    shared = set(seeker.languages) & set(profile.languages)
    if shared:
        return FULL, f"Speaks {terms.listed(shared)}."
    return 0, f"Does not speak {terms.listed(seeker.languages)}."


def _gender(seeker: Seeker, profile: Profile) -> Share:
    if not seeker.genders:
        return None
    if profile.gender in seeker.genders:
        return FULL, "Is of the gender that is wished for."
    return 0, "Is not known to be of the gender that is wished for."


def _place(seeker: Seeker, profile: Profile, terms: Terms) -> Share:
    if not seeker.places:
        return None
    shared = set(seeker.places) & set(profile.places)
    offices = shared - {VIDEO}
    where = [f"at {terms.listed(offices)}"] if offices else []
    where += ["by video"] if VIDEO in shared else []
    if not shared:
        return 0, "Works at none of the wished places."
    return FULL, f"Sees clients {' and '.join(where)}."


def _hours(seeker: Seeker, hours: Hours) -> Share:
    if not seeker.has_hours:
        return None
    if hours.wished is not None:
        return FULL, "Has time in the wished hours."
    return 0, "Has no time in the wished hours in the weeks looked at."


def _soon(seeker: Seeker, hours: Hours) -> Share:
    """All points within the wished days, and none from four weeks on.

    Time outside the wished hours gives none, however soon: else a therapist who gains
    a late hour among the wished ones could lose by it.
    """
    first = hours.any if hours.wished is None else hours.wished
    if first is None:
        return 0, "Has no time in the weeks looked at."
    if seeker.has_hours and hours.wished is None:
        return 0, f"First time {_in_days(first)}, outside the wished hours."
    why = f"First time {_in_days(first)}."
    if first <= seeker.within_days:
        return FULL, why
    left = max(LATEST_DAYS - first, 0)
    return FULL * left // max(LATEST_DAYS - seeker.within_days, 1), why


def _in_days(days: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def _load(profile: Profile) -> Share:
    if profile.load is None:
        return 0, "Has no hours in the coming weeks."
    taken = min(max(profile.load, 0), FULL)
    return FULL - taken, f"{taken} % of their hours in the coming weeks are taken."
