"""Clients as they call: one plain valid row each."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from clients.models import (
    Channel,
    Client,
    ConsentStatus,
    ContactConsent,
    Guardian,
    PresentingConcern,
)
from tests.times import NOW


class PresentingConcernFactory(DjangoModelFactory[PresentingConcern]):
    class Meta:
        model = PresentingConcern
        django_get_or_create = ("slug",)

    slug = "grief-and-loss"
    name = "Grief and loss"


class ClientFactory(DjangoModelFactory[Client]):
    """An adult with e-mail and phone who has consented to telehealth."""

    class Meta:
        model = Client

    first_name = "Robin"
    last_name = factory.Sequence("Example{}".format)
    born_on = date(1990, 5, 17)
    email = factory.Sequence("client{}@example.org".format)
    phone = factory.Sequence("+1310555{:04}".format)
    telehealth_consent_on = date(2026, 12, 1)


class GuardianFactory(DjangoModelFactory[Guardian]):
    class Meta:
        model = Guardian

    client = factory.SubFactory(ClientFactory, born_on=date(2015, 5, 17))
    first_name = "Alex"
    last_name = factory.Sequence("Parent{}".format)
    relationship = "parent"
    email = factory.Sequence("parent{}@example.org".format)
    phone = factory.Sequence("+1818555{:04}".format)


class ContactConsentFactory(DjangoModelFactory[ContactConsent]):
    class Meta:
        model = ContactConsent

    client = factory.SubFactory(ClientFactory)
    channel = Channel.SMS
    status = ConsentStatus.GRANTED
    source = "phone"
    at = NOW
