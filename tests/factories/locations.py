from datetime import timedelta

from factory import LazyAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from locations.models import Closure, Office, Room, TravelTime
from tests.times import MONDAY_9AM


class OfficeFactory(DjangoModelFactory[Office]):
    class Meta:
        model = Office

    slug = Sequence(lambda n: f"office-{n}")
    name = Sequence(lambda n: f"Office {n}")
    street = "1 Main Street"
    city = "Los Angeles"
    postal_code = "90001"


class RoomFactory(DjangoModelFactory[Room]):
    class Meta:
        model = Room

    office = SubFactory(OfficeFactory)
    name = Sequence(lambda n: f"Room {n}")


class ClosureFactory(DjangoModelFactory[Closure]):
    """One office, closed for an hour on Monday at nine."""

    class Meta:
        model = Closure

    office = SubFactory(OfficeFactory)
    starts_at = MONDAY_9AM
    ends_at = LazyAttribute(lambda closure: closure.starts_at + timedelta(hours=1))


class TravelTimeFactory(DjangoModelFactory[TravelTime]):
    class Meta:
        model = TravelTime

    origin = SubFactory(OfficeFactory)
    destination = SubFactory(OfficeFactory)
    minutes = 20
