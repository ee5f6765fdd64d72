"""Intakes: somebody tells what they look for; the front desk completes it, and closes
what leads to nothing. What becomes of its people is `registration`.

Whoever sends one learns nothing of who is known already: nobody is looked up then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.db.models import Model, ProtectedError, QuerySet

from clients import intake as clients_intake
from clients.models import Client, ConsentBasis
from config.errors import Conflict, Malformed, Stale
from config.ids import uuid7
from config.roles import Role, has_role
from scheduling.intake_checks import ROWS, check
from scheduling.models import (
    Attendance,
    ForWhom,
    Intake,
    IntakePerson,
    IntakeSource,
    IntakeStatus,
    IntakeWords,
    Match,
    PersonRole,
)
from scheduling.words import keep_of_intake

PRUNED_AT_ONCE = 500
_WISHES = ("IntakeOtherConcernEvent", "IntakeModalityEvent", "IntakeOfficeEvent")
# Triggers that keep what is to be forgotten.
_KEEPERS = [
    f"scheduling.{name}:append_only"
    for name in ("IntakeWords", "IntakeEvent", "IntakePersonEvent", *_WISHES)
]

Facts = Mapping[str, Any]  # Any: values of Intake's columns, and rows, by their names


class Settled(Conflict):
    code = "intake_settled"
    message = "This intake is registered or closed already."


class NotClosed(Conflict):
    code = "invalid_transition"
    message = "Only an intake that was closed can be reopened."


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDetails:
    """What is told of a person; `id` names one who is there already."""

    id: UUID | None = None
    role: PersonRole
    first_name: str
    last_name: str
    preferred_name: str = ""
    pronouns: str = ""
    relationship: str = ""
    born_on: date | None = None
    age: int | None = None
    email: str = ""
    phone: str = ""


_COLUMNS = [
    "position",
    *(one.name for one in fields(PersonDetails) if one.name != "id"),
]


class Resemblance(NamedTuple):
    person: IntakePerson
    clients: list[Client]


@transaction.atomic
def submit(
    facts: Facts,
    *,
    people: Sequence[PersonDetails],
    words: str = "",
    by: User | None,
    now: datetime,
) -> Intake:
    """Keep what somebody told: `by` the front desk, or by themselves.

    Raises `Malformed` or `GuardianMustConsent`.
    """
    columns, rows = _apart(facts)
    intake = Intake(
        source=IntakeSource.FRONT_DESK if by else IntakeSource.WEBSITE,
        created_by=by,
        created_at=now,
        changed_at=now,
        **columns,
    )
    _imply_consent(intake, columns)
    rows = {name: rows.get(name, []) for name in ROWS}
    persons = _persons(intake, people)
    check(intake, rows, persons, now=now)
    intake.save(force_insert=True)
    _set(intake, {name: some for name, some in rows.items() if some})
    IntakePerson.objects.bulk_create(persons)
    if words:
        keep_of_intake(intake.pk, words, now=now)
    return intake


@transaction.atomic
def complete(
    intake: Intake,
    *,
    version: int,
    changes: Facts,
    people: Sequence[PersonDetails] | None = None,
    now: datetime,
) -> Intake:
    """Change what is known; `people`, if given, replaces all of them.

    Raises `Stale`, `Settled`, `Malformed` or `GuardianMustConsent`.
    """
    intake = locked(intake.pk, version)
    columns, rows = _apart(changes)
    for name, value in columns.items():
        setattr(intake, name, value)
    _imply_consent(intake, columns)
    before = people_of(intake)
    persons = before if people is None else _persons(intake, people, before=before)
    after = {name: rows.get(name, list(getattr(intake, name).all())) for name in ROWS}
    check(intake, after, persons, now=now)
    _save(intake, [*columns, "consent_basis"], now=now)
    _set(intake, rows)
    if people is not None:
        _replace(before, persons)
    return intake


@transaction.atomic
def close(
    intake: Intake, *, version: int, reason: str, by: User, now: datetime
) -> Intake:
    """Say that nothing comes of it, and why. Raises `Stale` or `Settled`."""
    intake = locked(intake.pk, version)
    intake.closed_because = reason
    settle(intake, IntakeStatus.CLOSED, by=by, now=now)
    return intake


@transaction.atomic
def reopen(intake: Intake, *, version: int, now: datetime) -> Intake:
    """Take one that was closed up again. Raises `Stale` or `NotClosed`."""
    intake = _locked(intake.pk, version)
    if intake.status != IntakeStatus.CLOSED:
        raise NotClosed
    intake.status, intake.closed_because = IntakeStatus.NEW, ""
    intake.settled_at = intake.settled_by = None
    columns = ["status", "closed_because", "settled_at", "settled_by"]
    _save(intake, columns, now=now)
    return intake


def people_of(intake: Intake) -> list[IntakePerson]:
    """In the order in which they were named."""
    people = list(intake.people.order_by("position"))
    for person in people:
        person.intake = intake  # which tells when their ages were told
    return people


def resemblances(intake: Intake) -> list[Resemblance]:
    """For each person who is to be a client, up to five clients they may be."""
    return [
        Resemblance(person, clients_intake.possible_duplicates(_as_client(person)))
        for person in people_of(intake)
        if person.role == PersonRole.CLIENT
    ]


def words_readable_by(user: User | AnonymousUser) -> QuerySet[IntakeWords]:
    """The words of those whom `user` treats, and of nobody else.

    A session that was called off in time, or that the client left, is no treatment.
    """
    if not has_role(user, Role.THERAPIST):
        return IntakeWords.objects.none()
    treated = Attendance.objects.treating().filter(appointment__therapist__user=user.pk)
    theirs = IntakePerson.objects.filter(
        role=PersonRole.CLIENT, client__in=treated.values("client")
    )
    return IntakeWords.objects.filter(
        intake__status=IntakeStatus.REGISTERED, intake__in=theirs.values("intake")
    )


def prune(*, now: datetime) -> int:
    """Forget what led to nothing, with its history; how many intakes that were.

    What something else of the practice's record refers to is kept.
    """
    before = now - timedelta(days=settings.INTAKE_KEEP_DAYS)
    old = Intake.objects.exclude(status=IntakeStatus.REGISTERED).filter(
        changed_at__lt=before
    )
    keys = old.order_by("changed_at", "pk").values_list("pk", flat=True)
    return sum(_forget(key, before) for key in keys[:PRUNED_AT_ONCE])


def locked(key: UUID, version: int) -> Intake:
    """The intake, nobody else's to change before the transaction ends, if it is new.

    Raises `Stale` or `Settled`.
    """
    intake = _locked(key, version)
    if intake.status != IntakeStatus.NEW:
        raise Settled
    return intake


def settle(intake: Intake, status: IntakeStatus, *, by: User, now: datetime) -> None:
    """Save the end of an intake that is `locked`."""
    intake.status, intake.settled_at, intake.settled_by = status, now, by
    columns = ["status", "settled_at", "settled_by", "closed_because"]
    _save(intake, columns, now=now)


def _locked(key: UUID, version: int) -> Intake:
    intake = Intake.objects.select_for_update(no_key=True).get(pk=key)
    if intake.version != version:
        raise Stale(version=intake.version)
    return intake


def _save(intake: Intake, columns: Sequence[str], *, now: datetime) -> None:
    intake.version += 1
    intake.changed_at = now
    intake.save(update_fields=[*columns, "version", "changed_at"])


def _apart(facts: Facts) -> tuple[dict[str, Any], dict[str, Sequence[Model]]]:
    """The columns and the rows among `facts`."""
    columns = {name: value for name, value in facts.items() if name not in ROWS}
    return columns, {name: facts[name] for name in ROWS if name in facts}


def _imply_consent(intake: Intake, said: Facts) -> None:
    """A guardian consents for a minor, unless something else is said."""
    if intake.for_whom == ForWhom.MINOR:
        intake.consent_basis = intake.consent_basis or ConsentBasis.GUARDIAN
    elif "consent_basis" not in said:
        intake.consent_basis = ""


def _set(intake: Intake, rows: Mapping[str, Sequence[Model]]) -> None:
    for name, some in rows.items():
        getattr(intake, name).set(some)


def _persons(
    intake: Intake,
    people: Sequence[PersonDetails],
    *,
    before: Sequence[IntakePerson] = (),
) -> list[IntakePerson]:
    """As rows in this order; whoever is named by `id` is one of those `before`."""
    known = {person.pk for person in before}
    persons: list[IntakePerson] = []
    for index, details in enumerate(people):
        values = asdict(details)
        key = values.pop("id")
        if key is not None and key not in known:
            problem = "There is nothing of that name."
            raise Malformed(problem, field=f"people/{index}/id")
        known.discard(key)
        persons.append(
            IntakePerson(id=key or uuid7(), intake=intake, position=index, **values)
        )
    return persons


def _replace(before: Sequence[IntakePerson], after: Sequence[IntakePerson]) -> None:
    kept = {person.pk for person in after} & {person.pk for person in before}
    gone = [person.pk for person in before if person.pk not in kept]
    IntakePerson.objects.filter(pk__in=gone).delete()
    for person in after:
        if person.pk in kept:
            person.save(force_update=True, update_fields=_COLUMNS)
        else:
            person.save(force_insert=True)


def _as_client(person: IntakePerson) -> Client:
    """Never saved; who is a client already is not somebody else who may be them."""
    return Client(
        id=person.client_id or person.pk,
        first_name=person.first_name,
        last_name=person.last_name,
        born_on=person.born_on,  # type: ignore[misc]  # nothing, if it is not known
        email=person.email,
        phone=person.phone,
    )


def _forget(key: UUID, before: datetime) -> bool:
    try:
        with transaction.atomic():
            unchanged = Intake.objects.select_for_update().filter(
                pk=key, changed_at__lt=before
            )
            intake = unchanged.exclude(status=IntakeStatus.REGISTERED).first()
            if intake is None:
                return False
            Match.objects.filter(intake=intake).update(intake=None)
            people = list(intake.people.values_list("pk", flat=True))
            with pgtrigger.ignore(*_KEEPERS):
                intake.delete()
                _forget_history("IntakePersonEvent", pgh_obj_id__in=people)
                _forget_history("IntakeEvent", pgh_obj_id=key)
                for name in _WISHES:
                    _forget_history(name, intake_id=key)
    except ProtectedError:
        return False
    return True


def _forget_history(name: str, **whose: UUID | Sequence[UUID]) -> None:
    events: QuerySet[Model] = QuerySet(apps.get_model("scheduling", name))
    events.filter(**whose).delete()
