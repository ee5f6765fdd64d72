"""People who look for a therapist: one plain valid row each."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from scheduling.models import (
    ForWhom,
    Intake,
    IntakePerson,
    IntakeSource,
    IntakeStatus,
    IntakeWords,
    PersonRole,
)
from tests.factories.clients import PresentingConcernFactory
from tests.factories.config import UserFactory
from tests.times import NOW


class IntakeFactory(DjangoModelFactory[Intake]):
    """An adult for themselves, from the website; people come by `IntakePersonFactory`.

    `registered` and `closed` say how it ended.
    """

    class Meta:
        model = Intake

    class Params:
        closed = factory.Trait(
            status=IntakeStatus.CLOSED,
            closed_because="Found somebody else",
            settled_at=NOW,
            settled_by=factory.SubFactory(UserFactory),
        )
        registered = factory.Trait(
            status=IntakeStatus.REGISTERED,
            settled_at=NOW,
            settled_by=factory.SubFactory(UserFactory),
        )

    source = IntakeSource.WEBSITE
    for_whom = ForWhom.SELF
    main_concern = factory.SubFactory(PresentingConcernFactory)
    changed_at = NOW


class IntakePersonFactory(DjangoModelFactory[IntakePerson]):
    """An adult who can be reached by e-mail and phone."""

    class Meta:
        model = IntakePerson

    intake = factory.SubFactory(IntakeFactory)
    role = PersonRole.CLIENT
    position = factory.LazyAttribute(lambda person: person.intake.people.count())
    first_name = "Robin"
    last_name = factory.Sequence("Example{}".format)
    born_on = date(1990, 5, 17)
    email = factory.Sequence("client{}@example.org".format)
    phone = factory.Sequence("+1310555{:04}".format)


class IntakeWordsFactory(DjangoModelFactory[IntakeWords]):
    class Meta:
        model = IntakeWords

    intake = factory.SubFactory(IntakeFactory)
    text = "It has been a hard year."
