"""A small practice with one busy Monday ahead, for the stories played on it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from clients.models import Client
from locations.models import Office, Room
from scheduling.models import Appointment, Therapist
from tests.factories.clients import ClientFactory, PresentingConcernFactory
from tests.factories.locations import OfficeFactory, RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    ModalityFactory,
    SessionTypeFactory,
    TherapistFactory,
)
from tests.times import ZONE, at


@dataclass(frozen=True, slots=True)
class Practice:
    """Ada and Cleo work in Venice (Blue, Green), Ben in Encino (Garden), on Mondays."""

    day: date
    venice: Office
    encino: Office
    blue: Room
    green: Room
    ada: Therapist
    ben: Therapist
    cleo: Therapist
    robin: Client
    kim: Client
    robins: Appointment
    kims: Appointment
    call: Appointment


def furnish() -> Practice:
    """Ada sees Robin at ten in Blue, Ben sees Kim at ten, Cleo calls Sam at two."""
    day = _next_monday()
    grief = PresentingConcernFactory.create()
    ipt = ModalityFactory.create()
    kinds = [SessionTypeFactory.create(), SessionTypeFactory.create(couples=True)]
    venice = OfficeFactory.create(slug="venice", name="Venice")
    encino = OfficeFactory.create(slug="encino", name="Encino")
    blue = RoomFactory.create(office=venice, name="Blue", capacity=4)
    green = RoomFactory.create(office=venice, name="Green", capacity=3)
    garden = RoomFactory.create(office=encino, name="Garden", capacity=4)

    def hire(name: str, office: Office) -> Therapist:
        therapist: Therapist = TherapistFactory.create(
            display_name=name, offices=[office], session_types=kinds, modalities=[ipt]
        )
        therapist.concerns.set([grief])
        AvailabilityRuleFactory.create(
            therapist=therapist, office=office, valid_from=date(2026, 1, 5)
        )
        return therapist

    def meet(first: str, last: str) -> Client:
        client: Client = ClientFactory.create(first_name=first, last_name=last)
        return client

    ada, cleo = hire("Ada Lima", venice), hire("Cleo Park", venice)
    ben = hire("Ben Ortiz", encino)
    robin, kim = meet("Robin", "Ray"), meet("Kim", "Sato")
    ten, two = at(day, "10:00"), at(day, "14:00")
    return Practice(
        day=day,
        venice=venice,
        encino=encino,
        blue=blue,
        green=green,
        ada=ada,
        ben=ben,
        cleo=cleo,
        robin=robin,
        kim=kim,
        robins=AppointmentFactory.create(
            therapist=ada, room=blue, starts_at=ten, clients=[robin]
        ),
        kims=AppointmentFactory.create(
            therapist=ben, room=garden, starts_at=ten, clients=[kim], status="confirmed"
        ),
        call=AppointmentFactory.create(
            therapist=cleo,
            office=venice,
            telehealth=True,
            starts_at=two,
            clients=[meet("Sam", "Cho")],
        ),
    )


def _next_monday() -> date:
    """At least two days ahead, so that nothing on it is late."""
    soon: datetime = timezone.now().astimezone(ZONE) + timedelta(days=2)
    return soon.date() + timedelta(days=(7 - soon.weekday()) % 7)
