"""The therapists, and their weeks: offices, hours, time off and extra hours."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from django.db.models import Model

from clients.models import AgeGroup
from locations.models import Office
from scheduling.availability import PRACTICE_ZONE
from scheduling.demo import names, weeks
from scheduling.demo.weeks import Shift
from scheduling.models import (
    AvailabilityOverride,
    AvailabilityRule,
    Gender,
    LicenseType,
    Modality,
    SessionType,
    Therapist,
    TimeOff,
)

TEAM = 24
LONG_AGO = timedelta(weeks=26)

ADULTS = [AgeGroup.ADULT]
AGES = (
    ADULTS,
    [AgeGroup.ADOLESCENT, AgeGroup.ADULT],
    [AgeGroup.ADULT, AgeGroup.OLDER_ADULT],
    [AgeGroup.CHILD, AgeGroup.ADOLESCENT, AgeGroup.ADULT],
)
LICENSES = (
    (LicenseType.PSYCHOLOGIST, "PhD"),
    (LicenseType.LMFT, "LMFT"),
    (LicenseType.LCSW, "LCSW"),
    (LicenseType.PSYCHOLOGIST, "PsyD"),
    (LicenseType.AMFT, "AMFT"),
    (LicenseType.LPCC, "LPCC"),
)
ASSOCIATES = {LicenseType.AMFT, LicenseType.ASW, LicenseType.APCC}
LANGUAGES = (["en"], ["en", "es"], ["en"], ["en", "fa"], ["en", "ko"])
PRONOUNS = ("she/her", "he/him", "they/them", "")
GENDERS = {
    "she/her": Gender.WOMAN,
    "he/him": Gender.MAN,
    "they/them": Gender.NON_BINARY,
}
STATES = (["CA"], ["CA"], ["CA", "NV"], ["CA"], ["CA", "OR"], ["CA"], ["CA"])


@dataclass(frozen=True, slots=True)
class Offers:
    """The reference data that therapists choose from; concerns by modality."""

    offices: Sequence[Office]
    session_types: Mapping[str, SessionType]
    modalities: Sequence[Modality]
    concerns: Mapping[UUID, Sequence[UUID]]


@dataclass(slots=True)
class Team:
    """Rows about therapists, and the session types that each of them offers."""

    therapists: list[Therapist] = field(default_factory=list)
    links: list[Model] = field(default_factory=list)
    rules: list[AvailabilityRule] = field(default_factory=list)
    overrides: list[AvailabilityOverride] = field(default_factory=list)
    time_off: list[TimeOff] = field(default_factory=list)
    offered: dict[Therapist, dict[str, SessionType]] = field(default_factory=dict)

    def rows(self) -> list[Model]:
        """Everything, in the order in which it is to be written."""
        return [
            *self.therapists,
            *self.links,
            *self.rules,
            *self.overrides,
            *self.time_off,
        ]

    def rules_in_turn(self) -> list[AvailabilityRule]:
        """The first therapist's whole week; then the first hours of each other week,
        the second ones, and so on."""
        turns: Counter[Therapist] = Counter()
        numbered = []
        for rule in self.rules:
            numbered.append((turns[rule.therapist], rule))
            turns[rule.therapist] += rule.therapist is not self.therapists[0]
        return [rule for _, rule in sorted(numbered, key=lambda pair: pair[0])]


def hire(offers: Offers, first_day: date, random: Random) -> Team:
    """A team of therapists, all of whom have worked here for half a year."""
    team = Team()
    for number in range(TEAM):
        week = weeks.WEEKS[number % len(weeks.WEEKS)]
        offices = _offices_of(number, offers.offices, week)
        therapist = _therapist(number, week, random)
        if therapist.license_type in ASSOCIATES:
            therapist.supervisor = team.therapists[0]
        team.therapists.append(therapist)
        team.offered[therapist] = {
            slug: offers.session_types[slug] for slug in _session_types(number)
        }
        team.links += _links(team, therapist, offices, offers, random)
        team.rules += [
            _rule(therapist, shift, offices, first_day - LONG_AGO) for shift in week
        ]
        team.overrides += _extra_hours(number, therapist, offices, first_day)
        team.time_off += _vacation(number, therapist, first_day)
    return team


def _offices_of(
    number: int, offices: Sequence[Office], week: Sequence[Shift]
) -> list[Office]:
    """As many as the week needs; half of the team goes on to the next but one."""
    count = 1 + max(shift.place or weeks.HOME for shift in week)
    step = 1 + number // len(weeks.WEEKS)
    return [offices[(number + step * place) % len(offices)] for place in range(count)]


def _therapist(number: int, week: Sequence[Shift], random: Random) -> Therapist:
    first_name, last_name = names.person(random)
    license_type, credentials = LICENSES[number % len(LICENSES)]
    pronouns = random.choice(PRONOUNS)
    return Therapist(
        display_name=f"{first_name} {last_name}",
        pronouns=pronouns,
        gender=GENDERS.get(pronouns, ""),
        license_type=license_type,
        credentials=credentials,
        license_states=STATES[number % len(STATES)],
        languages=LANGUAGES[number % len(LANGUAGES)],
        age_groups=AGES[number % len(AGES)],
        telehealth=any(shift.mode != weeks.IN_PERSON for shift in week),
        accepts_new_clients=number % 4 != 1,
    )


def _links(
    team: Team,
    therapist: Therapist,
    offices: Sequence[Office],
    offers: Offers,
    random: Random,
) -> list[Model]:
    """What a therapist offers and where, as rows of the many-to-many tables."""
    fitting = [
        modality
        for modality in offers.modalities
        if set(modality.age_groups) & set(therapist.age_groups)
    ]
    modalities = random.sample(fitting, min(len(fitting), random.randint(2, 4)))
    concerns = {key for one in modalities for key in offers.concerns[one.pk]}
    links: list[Model] = []
    for through, name, keys in (
        (Therapist.offices.through, "office_id", [office.pk for office in offices]),
        (Therapist.modalities.through, "modality_id", [one.pk for one in modalities]),
        (Therapist.concerns.through, "presentingconcern_id", sorted(concerns)),
        (
            Therapist.session_types.through,
            "sessiontype_id",
            [kind.pk for kind in team.offered[therapist].values()],
        ),
    ):
        links += [through(therapist_id=therapist.pk, **{name: key}) for key in keys]
    return links


def _session_types(number: int) -> list[str]:
    slugs = ["consultation-15", "intake-50", "individual-50"]
    if number % 3 == 0:
        slugs.append("couples-80")
    if AgeGroup.CHILD in AGES[number % len(AGES)]:
        slugs.append("family-80")
    if number % len(weeks.WEEKS) in (0, 8):
        slugs.append("group-90")
    return slugs


def _rule(
    therapist: Therapist, shift: Shift, offices: Sequence[Office], since: date
) -> AvailabilityRule:
    monday = since - timedelta(days=since.weekday())
    return AvailabilityRule(
        therapist=therapist,
        office=None if shift.place is None else offices[shift.place],
        weekday=shift.weekday,
        start_minute=shift.start_hour * 60,
        end_minute=shift.end_hour * 60,
        valid_from=monday + timedelta(weeks=shift.phase),
        every_weeks=shift.every_weeks,
        mode=shift.mode,
    )


def _extra_hours(
    number: int, therapist: Therapist, offices: Sequence[Office], first_day: date
) -> list[AvailabilityOverride]:
    """Some open a Saturday, for once."""
    if number not in weeks.EXTRA_HOURS:
        return []
    offset, start_hour, end_hour = weeks.EXTRA_HOURS[number]
    day = first_day + timedelta(days=offset)
    return [
        AvailabilityOverride(
            therapist=therapist,
            office=offices[weeks.HOME],
            date=day + timedelta(days=weeks.SAT - day.weekday()),
            start_minute=start_hour * 60,
            end_minute=end_hour * 60,
        )
    ]


def _vacation(number: int, therapist: Therapist, first_day: date) -> list[TimeOff]:
    if number not in weeks.VACATIONS:
        return []
    offset, days = weeks.VACATIONS[number]
    begins = first_day + timedelta(days=offset)
    return [
        TimeOff(
            therapist=therapist,
            starts_at=midnight(begins),
            ends_at=midnight(begins + timedelta(days=days)),
            note="Vacation" if days > 1 else "Training",
        )
    ]


def midnight(day: date) -> datetime:
    """The instant at which a day begins at the practice."""
    return datetime(day.year, day.month, day.day, tzinfo=PRACTICE_ZONE)
