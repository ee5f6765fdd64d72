"""The people of an intake become clients, or turn out to be clients already.

All of them, or none. The front desk decides who is who; whoever is a client already
stays as they are on record, whatever the intake says, since anybody can send one.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from clients import intake as clients_intake
from clients.intake import Decision, GuardianDetails
from clients.models import Channel, Client, ConsentBasis, ConsentStatus
from config.errors import Malformed
from scheduling import guarantees, intakes
from scheduling.intake_checks import ADULT, check_people, utc_day
from scheduling.models import Intake, IntakePerson, IntakeStatus, PersonRole

SOURCE = "intake"  # of the consents
_GIVEN = ("born_on", "email", "phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What becomes of one person: the `client` they are already, or somebody new, of
    whom what was missing is given along."""

    person: UUID
    client: Client | None = None
    born_on: date | None = None
    email: str = ""
    phone: str = ""


@transaction.atomic
def register(
    intake: Intake, *, version: int, turns: Sequence[Turn], by: User, now: datetime
) -> Intake:
    """Make clients of those whom it is for; who is in none of `turns` is new as told.

    The first of them, if they are new to the practice, is promised a therapist who
    fits, or the money back.

    Raises `Stale`, `Settled`, `Malformed`, or `GuardianMustConsent`.
    """
    intake = intakes.locked(intake.pk, version)
    people = intakes.people_of(intake)
    places = _take(turns, people)
    known = {turn.person: turn.client for turn in turns if turn.client}
    _check(intake, people, known, places, now=now)
    desk = _Desk(intake, people, places, now)
    clients = [
        known.get(person.pk) or desk.client(person)
        for person in people
        if person.role == PersonRole.CLIENT
    ]
    _tie(people, clients)
    intakes.settle(intake, IntakeStatus.REGISTERED, by=by, now=now)
    guarantees.open_if_new(clients[0], intake=intake, by=by, now=now)
    return intake


def _take(turns: Sequence[Turn], people: Sequence[IntakePerson]) -> Mapping[UUID, str]:
    """Give the people what is given along; where in the body each is spoken of."""
    by_key = {person.pk: person for person in people}
    places: dict[UUID, str] = {}
    clients: set[UUID] = set()
    for index, turn in enumerate(turns):
        place = f"people/{index}"
        person = by_key.get(turn.person)
        if person is None or turn.person in places:
            raise Malformed("There is nothing of that name.", field=f"{place}/id")
        if turn.client is not None:
            if person.role == PersonRole.GUARDIAN:
                problem = "A guardian is not registered as a client."
                raise Malformed(problem, field=f"{place}/client")
            if turn.client.pk in clients:
                problem = "Somebody else of them is this client."
                raise Malformed(problem, field=f"{place}/client")
            clients.add(turn.client.pk)
        places[turn.person] = place
        for name in _GIVEN:
            if value := getattr(turn, name):
                setattr(person, name, value)
    return places


def _check(
    intake: Intake,
    people: Sequence[IntakePerson],
    known: Mapping[UUID, Client],
    places: Mapping[UUID, str],
    *,
    now: datetime,
) -> None:
    """That they are still who it says it is for, now that their birthdays are known."""
    as_known = [copy(person) for person in people]
    for number, person in enumerate(as_known, start=1):
        if client := known.get(person.pk):
            person.born_on = client.born_on
        elif person.role == PersonRole.CLIENT and person.born_on is None:
            which = f"person {number} of the intake's {len(as_known)}"
            problem = f"Give the birthday of {which}, whose id is {person.pk}."
            raise Malformed(problem, field=_at(places, person, "born_on"))
    try:
        check_people(intake, as_known, now=now)
    except Malformed as wrong:
        # It points into the body that an intake is sent in; here, people are named.
        _, _, rest = wrong.field.partition("people/")
        index, _, name = rest.partition("/")
        if not index:
            raise
        field = _at(places, people[int(index)], name)
        raise Malformed(wrong.message, field=field) from None


def _tie(people: Sequence[IntakePerson], clients: Sequence[Client]) -> None:
    """Note who became whom; of guardians, whose they are."""
    rest = iter(clients)
    minor = min(clients, key=lambda client: -client.born_on.toordinal())
    for person in people:
        is_client = person.role == PersonRole.CLIENT
        person.client = next(rest) if is_client else minor
        person.save(update_fields=[*_GIVEN, "client"])


@dataclass(frozen=True, slots=True)
class _Desk:
    """Registers those who are new."""

    intake: Intake
    people: Sequence[IntakePerson]
    places: Mapping[UUID, str]
    now: datetime

    def client(self, person: IntakePerson) -> Client:
        intake = self.intake
        is_minor = person.years_on(utc_day(self.now)) < ADULT
        basis = (intake.consent_basis or ConsentBasis.GUARDIAN) if is_minor else ""
        alone = basis == ConsentBasis.SELF_12_PLUS
        guardians = self._guardians(person) if is_minor else []
        reached_by = [person, *([] if alone else guardians)]
        email, phone = next(
            ((one.email, one.phone) for one in reached_by if one.email or one.phone),
            ("", ""),
        )
        if not email and not phone:
            raise self._unreachable(person)
        client = Client(
            first_name=person.first_name,
            last_name=person.last_name,
            preferred_name=person.preferred_name,
            pronouns=person.pronouns,
            born_on=person.born_on,  # type: ignore[misc]  # known: it has been checked
            email=email,
            phone=phone,
            state=intake.state,
            language=intake.language,
            wants_sms=intake.wants_sms,
            wants_email=intake.wants_email,
            telehealth_consent_on=intake.telehealth_consent_on,
            consent_basis=basis,
            # Whether they may be told is for whoever treats the minor to say.
            guardian_contact_ok=not alone,
        )
        clients_intake.enter(
            client,
            guardians=[self._details(guardian) for guardian in guardians],
            decisions=self._decisions(email, phone),
            now=self.now,
        )
        return client

    def _guardians(self, minor: IntakePerson) -> list[IntakePerson]:
        """Those who are named as such; of a family that names none, its adults."""
        named = [one for one in self.people if one.role == PersonRole.GUARDIAN]
        if named:
            return named
        day = utc_day(self.now)
        adults = [one for one in self.people if one.years_on(day) >= ADULT]
        return [one for one in adults if one.email or one.phone]

    def _details(self, guardian: IntakePerson) -> GuardianDetails:
        if not guardian.email and not guardian.phone:
            raise self._unreachable(guardian)
        return GuardianDetails(
            first_name=guardian.first_name,
            last_name=guardian.last_name,
            relationship=guardian.relationship,
            email=guardian.email,
            phone=str(guardian.phone),
        )

    def _decisions(self, email: str, phone: str) -> list[Decision]:
        """What they said about each way; a yes only where there is one."""
        said = [
            (Channel.SMS, phone, self.intake.wants_sms),
            (Channel.EMAIL, email, self.intake.wants_email),
        ]
        return [
            Decision(
                channel,
                ConsentStatus.GRANTED if wanted else ConsentStatus.REVOKED,
                SOURCE,
            )
            for channel, address, wanted in said
            if address or not wanted
        ]

    def _unreachable(self, person: IntakePerson) -> Malformed:
        problem = f"Give an e-mail address or a phone number of {person.pk}."
        return Malformed(problem, field=_at(self.places, person, "email"))


def _at(places: Mapping[UUID, str], person: IntakePerson, name: str) -> str:
    place = places.get(person.pk)
    return f"{place}/{name}" if place else "people"
