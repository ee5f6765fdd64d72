"""Whether an intake makes sense: who it is for against the people it names, and whether
what must be is among what is wished for.

Pointers are those of the body that an intake is sent in: `people/0/born_on`.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from django.db.models import Model

from clients.intake import AGE_OF_OWN_CONSENT, GuardianMustConsent
from clients.models import ConsentBasis
from config.errors import Malformed
from scheduling.engine.scoring import Criterion
from scheduling.models import ForWhom, Intake, IntakePerson, PersonRole

ADULT = 18
MOST_GUARDIANS = 4
WHOLE_DAY = (0, 24 * 60)

# How many clients each is for, at least and at most.
CLIENTS = {
    ForWhom.SELF: (1, 1),
    ForWhom.MINOR: (1, 1),
    ForWhom.COUPLE: (2, 2),
    ForWhom.FAMILY: (2, 6),
}
# Of the hours that are wished for: a session has to fit.
LEAST_MINUTES = {
    ForWhom.SELF: 50,
    ForWhom.MINOR: 50,
    ForWhom.COUPLE: 80,
    ForWhom.FAMILY: 80,
}
ROWS = ("other_concerns", "modalities", "offices")  # of an intake, many to many

People = Sequence[IntakePerson]
Rows = Mapping[str, Sequence[Model]]


def utc_day(now: datetime) -> date:
    """The day by which ages count; a caller's may have begun before the practice's."""
    return now.astimezone(UTC).date()


def check(intake: Intake, rows: Rows, people: People, *, now: datetime) -> None:
    """Raise `Malformed`, or `GuardianMustConsent`, for what does not go together.

    `rows` are those of `ROWS`, `people` in their order; none need have been saved.
    """
    _check_wishes(intake, rows, now=now)
    check_people(intake, people, now=now)
    check_reachable(intake, people)


def check_people(intake: Intake, people: People, *, now: datetime) -> None:
    """That they are as many, and as old, as it takes. Raises as `check`."""
    day = utc_day(now)
    clients = _those(people, PersonRole.CLIENT)
    guardians = _those(people, PersonRole.GUARDIAN)
    for index, person in (*clients, *guardians):
        if person.born_on and person.born_on > day:
            raise _wrong(index, "born_on", "This day is still to come.")
    fewest, most = CLIENTS[ForWhom(intake.for_whom)]
    if not fewest <= len(clients) <= most:
        many = str(most) if fewest == most else f"{fewest} to {most}"
        raise Malformed(f"Name {many} with the role client.", field="people")
    if len(guardians) > MOST_GUARDIANS:
        raise Malformed(f"Name at most {MOST_GUARDIANS} guardians.", field="people")
    if intake.for_whom == ForWhom.MINOR:
        _check_minor(intake, *clients[0], has_guardian=bool(guardians), day=day)
    else:
        _check_others(intake, clients, guardians, day=day)


def check_reachable(intake: Intake, people: People) -> None:
    """That somebody can be reached: of a minor who consents alone, the minor, since
    nobody else is written to for them (Family Code 6924)."""
    alone = intake.consent_basis == ConsentBasis.SELF_12_PLUS
    for index, person in enumerate(people):
        if alone and person.role == PersonRole.CLIENT and not _ways(person):
            raise _wrong(index, "email", "Give a minor's own e-mail address or phone.")
    if not any(_ways(person) for person in people):
        raise _wrong(0, "email", "Give an e-mail address or a phone number.")


def _check_minor(
    intake: Intake,
    index: int,
    minor: IntakePerson,
    *,
    has_guardian: bool,
    day: date,
) -> None:
    age = minor.years_on(day)
    if age >= ADULT:
        raise _wrong(index, _told_by(minor), "A minor is under 18.")
    if intake.consent_basis == ConsentBasis.SELF_12_PLUS:
        if age < AGE_OF_OWN_CONSENT:
            raise GuardianMustConsent
    elif not has_guardian:
        raise Malformed(
            "Name a guardian, or, from twelve on, say that the minor consents alone.",
            field="people",
        )


def _check_others(
    intake: Intake,
    clients: Sequence[tuple[int, IntakePerson]],
    guardians: Sequence[tuple[int, IntakePerson]],
    *,
    day: date,
) -> None:
    if intake.consent_basis:
        raise Malformed("This is for a minor alone.", field="consent_basis")
    minors = [index for index, one in clients if one.years_on(day) < ADULT]
    if intake.for_whom != ForWhom.FAMILY:
        for index, person in clients:
            if index in minors:
                problem = "Somebody under 18 comes as a minor, or with their family."
                raise _wrong(index, _told_by(person), problem)
    elif minors and len(minors) == len(clients) and not guardians:
        raise Malformed("Name an adult, or a guardian.", field="people")
    if guardians and not minors:
        raise _wrong(guardians[0][0], "role", "Guardians are those of minors.")


def _check_wishes(intake: Intake, rows: Rows, *, now: datetime) -> None:
    if intake.main_concern in rows["other_concerns"]:
        raise Malformed("This is the main concern already.", field="other_concerns")
    least = LEAST_MINUTES[ForWhom(intake.for_whom)]
    if intake.time_to - intake.time_from < least:
        problem = f"This is not {least} minutes after the beginning."
        raise Malformed(problem, field="time_to")
    consented_on = intake.telehealth_consent_on
    if consented_on and consented_on > utc_day(now):
        raise Malformed("This day is still to come.", field="telehealth_consent_on")
    hours = (intake.time_from, intake.time_to)
    wished = {
        Criterion.CONCERN: True,
        Criterion.MODALITY: rows["modalities"],
        Criterion.LANGUAGE: intake.languages,
        Criterion.GENDER: intake.genders,
        Criterion.PLACE: rows["offices"] or intake.by_video,
        Criterion.HOURS: intake.weekdays or hours != WHOLE_DAY,
    }
    for index, must in enumerate(intake.musts):
        if not wished[Criterion(must)]:
            raise Malformed("Nothing of this is wished for.", field=f"musts/{index}")


def _those(people: People, role: PersonRole) -> list[tuple[int, IntakePerson]]:
    return [(index, one) for index, one in enumerate(people) if one.role == role]


def _ways(person: IntakePerson) -> bool:
    return bool(person.email or person.phone)


def _told_by(person: IntakePerson) -> str:
    return "born_on" if person.born_on else "age"


def _wrong(index: int, name: str, problem: str) -> Malformed:
    return Malformed(problem, field=f"people/{index}/{name}")
