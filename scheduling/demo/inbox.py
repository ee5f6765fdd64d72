"""The inbox of intakes: most wait for the front desk, some are settled already.

One comes from somebody who is a client, and says so to nobody but the search for
duplicates; one became a client of the therapist who can sign in, who may read the note.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Model

from clients.models import Client, ConsentBasis, PresentingConcern
from locations.models import Office
from scheduling.demo import names
from scheduling.demo.clientele import CONTACTS
from scheduling.engine.scoring import Criterion
from scheduling.models import (
    ForWhom,
    Intake,
    IntakePerson,
    IntakeSource,
    IntakeStatus,
    IntakeWords,
    PersonRole,
)

YEAR = 365.25  # days
Wishes = dict[str, Any]  # Any: values of Intake's columns
AFTER_SCHOOL: Wishes = {
    "weekdays": [0, 1, 2, 3, 4],
    "time_from": 15 * 60,
    "time_to": 19 * 60,
}
EVENINGS: Wishes = {"weekdays": [1, 2, 3], "time_from": 17 * 60, "time_to": 21 * 60}


@dataclass(slots=True)
class Inbox:
    """Takes down one intake after the other; `desk` is who sits there."""

    today: date
    now: datetime
    desk: User
    random: Random
    concerns: dict[str, PresentingConcern]
    offices: dict[str, Office]
    contacts: Iterator[int] = field(
        default_factory=lambda: iter(range(CONTACTS - 1, 0, -1))
    )
    intakes: list[Intake] = field(default_factory=list)
    parts: list[Model] = field(default_factory=list)

    def rows(self) -> list[Model]:
        """Everything, in the order in which it is to be written."""
        return [*self.intakes, *self.parts]

    def take(
        self,
        for_whom: ForWhom,
        people: Sequence[IntakePerson],
        concerns: Sequence[str],
        *,
        hours_ago: int,
        offices: Iterable[str] = (),
        note: str = "",
        **wishes: Any,  # Any: values of Intake's columns
    ) -> Intake:
        """The first of `concerns` is the main one."""
        main, *others = (self.concerns[slug] for slug in concerns)
        at = self.now - timedelta(hours=hours_ago)
        intake = Intake(
            for_whom=for_whom,
            main_concern=main,
            created_at=at,
            changed_at=at,
            **{"source": IntakeSource.WEBSITE} | wishes,
        )
        self.intakes.append(intake)
        for position, person in enumerate(people):
            person.intake, person.position = intake, position
        self.parts += people
        for rows, keys in (
            (Intake.other_concerns, [concern.pk for concern in others]),
            (Intake.offices, [self.offices[slug].pk for slug in offices]),
        ):
            self.parts += _links(rows.through, intake, keys)
        if note:
            self.parts.append(IntakeWords(intake=intake, text=note, created_at=at))
        return intake

    def settle(self, intake: Intake, status: IntakeStatus, because: str = "") -> None:
        at = intake.created_at + timedelta(hours=self.random.randint(1, 30))
        intake.status, intake.closed_because = status, because
        intake.settled_at = intake.changed_at = min(at, self.now)
        intake.settled_by, intake.version = self.desk, 2

    def somebody(self, years: int, **known: Any) -> IntakePerson:  # Any: of its columns
        first_name, last_name = names.person(self.random)
        number = next(self.contacts)
        told = {
            "role": PersonRole.CLIENT,
            "first_name": first_name,
            "last_name": last_name,
            "born_on": self._birthday(years),
            "email": names.email(first_name, last_name, number),
            "phone": names.phone(number),
        }
        return IntakePerson(**told | known)

    def child(self, years: int, parent: IntakePerson) -> IntakePerson:
        """Who is reached by their parent."""
        return self.somebody(years, last_name=parent.last_name, email="", phone="")

    def _birthday(self, years: int) -> date:
        return self.today - timedelta(days=YEAR * years + self.random.randint(30, 330))


def fill(inbox: Inbox, *, known: Client, treated: Client) -> None:
    """Eight intakes: of `known`, who asks again, of `treated`, who was registered from
    theirs, and of six whom nobody knows yet."""
    inbox.take(
        ForWhom.SELF,
        [inbox.somebody(34, born_on=None, age=34, email="")],
        ["anxiety", "life-transitions"],
        hours_ago=2,
        offices=["venice"],
        start_within_days=14,
        musts=[Criterion.HOURS],
        note="Evenings only, please. I start a new job and hardly sleep.",
        **EVENINGS,
    )
    inbox.take(
        ForWhom.SELF,
        [_as_told(known)],
        ["depression"],
        hours_ago=5,
        by_video=True,
        languages=["es"],
        genders=["woman"],
        musts=[Criterion.LANGUAGE],
    )
    inbox.take(
        ForWhom.COUPLE,
        [inbox.somebody(41), inbox.somebody(39)],
        ["interpersonal-conflict", "role-disputes"],
        hours_ago=26,
        offices=["encino"],
        by_video=True,
        telehealth_consent_on=inbox.today - timedelta(days=2),
        note="We argue about the same three things every week.",
    )
    parent = inbox.somebody(38, role=PersonRole.GUARDIAN, relationship="mother")
    parent.born_on = None
    inbox.take(
        ForWhom.MINOR,
        [inbox.child(9, parent), parent],
        ["anxiety"],
        hours_ago=50,
        consent_basis=ConsentBasis.GUARDIAN,
        **AFTER_SCHOOL,
    )
    inbox.take(
        ForWhom.MINOR,
        [inbox.somebody(15)],
        ["social-anxiety"],
        hours_ago=74,
        by_video=True,
        wants_email=False,
        consent_basis=ConsentBasis.SELF_12_PLUS,
        **AFTER_SCHOOL,
    )
    father = inbox.somebody(45)
    inbox.take(
        ForWhom.FAMILY,
        [father, inbox.somebody(44), inbox.child(11, father)],
        ["role-disputes"],
        hours_ago=98,
        source=IntakeSource.FRONT_DESK,
        created_by=inbox.desk,
    )
    _registered(inbox, treated)
    elsewhere = inbox.take(
        ForWhom.SELF, [inbox.somebody(52)], ["grief-and-loss"], hours_ago=200
    )
    because = "Found somebody nearer to home"
    inbox.settle(elsewhere, IntakeStatus.CLOSED, because)


def _registered(inbox: Inbox, client: Client) -> None:
    """The intake of somebody who has been a client since."""
    since = inbox.now - client.created_at
    intake = inbox.take(
        ForWhom.SELF,
        [_as_told(client, client=client)],
        ["grief-and-loss", "depression"],
        hours_ago=round(since / timedelta(hours=1)) + 24,
        note="My father died in the spring. I would like to speak about him.",
    )
    inbox.settle(intake, IntakeStatus.REGISTERED)


def _as_told(somebody: Client, **known: Any) -> IntakePerson:  # Any: of its columns
    names = ("first_name", "last_name", "born_on", "email", "phone")
    told = {name: getattr(somebody, name) for name in names}
    return IntakePerson(role=PersonRole.CLIENT, **told | known)


def _links(
    through: type[Model], intake: Intake, keys: Iterable[UUID]
) -> Iterator[Model]:
    """Rows that join `intake` to what has these keys."""
    [name] = {field.attname for field in through._meta.concrete_fields} - {  # noqa: SLF001
        "id",
        "intake_id",
    }
    for key in keys:
        yield through(intake_id=intake.pk, **{name: key})
