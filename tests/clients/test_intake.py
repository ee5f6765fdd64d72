from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from clients import intake
from clients.intake import (
    Decision,
    GuardianDetails,
    GuardianInUse,
    GuardianMustConsent,
)
from clients.models import (
    Channel,
    Client,
    ConsentBasis,
    ConsentStatus,
    ContactConsent,
    Guardian,
)
from config.errors import Malformed
from tests.factories.clients import ClientFactory, GuardianFactory
from tests.factories.scheduling import AppointmentFactory, MessageFactory
from tests.times import NOW

pytestmark = pytest.mark.django_db

BORN = date(1990, 5, 17)
TODAY = NOW.date()
TWELVE_TODAY = TODAY.replace(year=TODAY.year - 12)
NOBODY = UUID("01a2069e-917f-72c1-94e6-5972915f372d")


def register(*, now=NOW, guardians=(), decisions=(), **fields):
    client = Client(
        **{
            "first_name": "Ana",
            "last_name": "Gomez",
            "born_on": BORN,
            "email": "ana@example.org",
            **fields,
        }
    )
    return intake.register(client, guardians=guardians, decisions=decisions, now=now)


def consents(client):
    return list(
        client.contact_consents.order_by("pk").values_list(
            "channel", "status", "source", "at"
        )
    )


def guardians(client):
    return list(
        client.guardians.order_by("pk").values_list(
            "first_name", "last_name", "email", "phone", "receives_messages"
        )
    )


def test_register_takes_a_given_number_and_address_as_consent():
    client, _ = register(phone="+13105550123")

    assert consents(client) == [
        ("sms", "granted", "given_at_registration", NOW),
        ("email", "granted", "given_at_registration", NOW),
    ]


def test_register_records_nothing_about_a_channel_without_an_address():
    client, _ = register()

    assert consents(client) == [("email", "granted", "given_at_registration", NOW)]


def test_register_lets_the_callers_word_stand():
    said = Decision(Channel.SMS, ConsentStatus.REVOKED, "phone")

    client, _ = register(phone="+13105550123", decisions=[said])

    assert consents(client) == [
        ("email", "granted", "given_at_registration", NOW),
        ("sms", "revoked", "phone", NOW),
    ]


def test_register_writes_guardians_with_the_client():
    mother = GuardianDetails(first_name="Eva", last_name="Gomez", email="e@example.org")
    father = GuardianDetails(
        first_name="Leo",
        last_name="Gomez",
        phone="+13105550100",
        receives_messages=False,
    )

    client, _ = register(born_on=date(2018, 3, 1), guardians=[mother, father])

    assert guardians(client) == [
        ("Eva", "Gomez", "e@example.org", "", True),
        ("Leo", "Gomez", "", "+13105550100", False),
    ]


@pytest.mark.parametrize("field", ["born_on", "telehealth_consent_on"])
def test_register_refuses_a_day_that_is_still_to_come(field):
    with pytest.raises(Malformed) as refusal:
        register(**{field: TODAY + timedelta(days=1)})

    assert refusal.value.field == field
    assert not Client.objects.exists()


def test_register_takes_today_where_the_day_has_begun():
    evening = datetime(2027, 1, 5, 2, tzinfo=UTC)  # in Los Angeles still the 4th

    client, _ = register(telehealth_consent_on=date(2027, 1, 5), now=evening)

    assert client.telehealth_consent_on == date(2027, 1, 5)


def test_a_minor_may_consent_alone_from_the_twelfth_birthday_on():
    client, _ = register(born_on=TWELVE_TODAY, consent_basis=ConsentBasis.SELF_12_PLUS)

    assert client.consent_basis == ConsentBasis.SELF_12_PLUS


def test_a_minor_under_twelve_may_not_consent_alone():
    tomorrow = TWELVE_TODAY + timedelta(days=1)

    with pytest.raises(GuardianMustConsent):
        register(born_on=tomorrow, consent_basis=ConsentBasis.SELF_12_PLUS)

    assert not Client.objects.exists()


@pytest.mark.parametrize(
    "other",
    [
        {"phone": "+13105550123"},
        {"email": "ANA@example.org"},
        {"last_name": "GOMEZ", "born_on": BORN},
        {"first_name": "Anna", "last_name": "Gómez", "born_on": BORN},
        {"first_name": "Gomez", "last_name": "Ana", "born_on": BORN},
    ],
    ids=["phone", "e-mail", "last name and birthday", "spelling", "names swapped"],
)
def test_register_names_who_may_be_the_same_person(other):
    known = ClientFactory.create(**{"born_on": date(1961, 1, 1)} | other)

    client, possible_duplicates = register(phone="+13105550123")

    assert possible_duplicates == [known]
    assert Client.objects.count() == 2
    assert intake.possible_duplicates(known) == [client]


@pytest.mark.parametrize(
    "other",
    [
        {"last_name": "Gomez", "first_name": "Ana"},
        {"born_on": BORN, "first_name": "Wilhelm", "last_name": "Stark"},
        {"email": "", "phone": "+13105550199"},
    ],
    ids=["same name, another birthday", "same birthday", "no e-mail either"],
)
def test_register_does_not_name_others(other):
    ClientFactory.create(**{"born_on": date(1961, 1, 1)} | other)

    _, possible_duplicates = register(email="", phone="+13105550123")

    assert possible_duplicates == []


def test_at_most_five_are_named_those_of_the_likest_name_first():
    for first_name in ["Zoe", "Anita", "Max", "Ana", "Udo", "Ida"]:
        ClientFactory.create(
            first_name=first_name, last_name="Gomez", phone="+13105550123"
        )

    _, possible_duplicates = register(phone="+13105550123")

    assert [each.first_name for each in possible_duplicates][:2] == ["Ana", "Anita"]
    assert len(possible_duplicates) == 5


def test_amend_changes_only_what_it_is_given():
    client, _ = register(phone="+13105550123")

    amended = intake.amend(client, changes={"pronouns": "she/her"}, now=NOW)

    client.refresh_from_db()
    assert (amended, client.pronouns, client.phone) == (
        client,
        "she/her",
        "+13105550123",
    )
    assert len(consents(client)) == 2


def test_amend_keeps_the_history_of_consents():
    client, _ = register()
    later = NOW + timedelta(hours=1)

    intake.amend(
        client,
        changes={},
        decisions=[Decision(Channel.EMAIL, ConsentStatus.REVOKED, "phone")],
        now=later,
    )

    assert consents(client) == [
        ("email", "granted", "given_at_registration", NOW),
        ("email", "revoked", "phone", later),
    ]


def test_amend_replaces_guardians_and_knows_them_by_id():
    stays = GuardianFactory.create(first_name="Eva", last_name="Gomez", phone="")
    GuardianFactory.create(client=stays.client)

    intake.amend(
        stays.client,
        changes={},
        guardians=[
            GuardianDetails(
                id=stays.pk, first_name="Eva", last_name="Ruiz", email="e@example.org"
            ),
            GuardianDetails(first_name="Leo", last_name="Ruiz", phone="+13105550100"),
        ],
        now=NOW,
    )

    assert guardians(stays.client) == [
        ("Eva", "Ruiz", "e@example.org", "", True),
        ("Leo", "Ruiz", "", "+13105550100", True),
    ]
    assert Guardian.objects.filter(pk=stays.pk).exists()


@pytest.mark.parametrize("whose", ["nobody's", "another client's"])
def test_amend_refuses_a_guardian_of_someone_else(whose):
    mine = GuardianFactory.create()
    stranger = NOBODY if whose == "nobody's" else GuardianFactory.create().pk
    details = GuardianDetails(
        id=stranger, first_name="Eva", last_name="Ruiz", phone="+13105550100"
    )

    with pytest.raises(Malformed, match="There is nothing of that name"):
        intake.amend(mine.client, changes={}, guardians=[details], now=NOW)

    assert mine.client.guardians.get() == mine
    assert not Guardian.objects.filter(last_name="Ruiz").exists()


def test_amend_refuses_the_same_guardian_twice():
    mine = GuardianFactory.create()
    details = GuardianDetails(
        id=mine.pk, first_name="Eva", last_name="Ruiz", phone="+13105550100"
    )

    with pytest.raises(Malformed, match="twice"):
        intake.amend(mine.client, changes={}, guardians=[details] * 2, now=NOW)

    assert mine.client.guardians.get() == mine


def test_amend_keeps_a_guardian_who_has_been_written_to():
    guardian = GuardianFactory.create()
    appointment = AppointmentFactory.create(clients=[guardian.client])
    MessageFactory.create(
        appointment=appointment, guardian=guardian, recipient=guardian.pk
    )

    with pytest.raises(GuardianInUse):
        intake.amend(
            guardian.client, changes={"pronouns": "they"}, guardians=[], now=NOW
        )

    guardian.client.refresh_from_db()
    assert (guardian.client.guardians.get(), guardian.client.pronouns) == (guardian, "")


def test_amend_refuses_a_birthday_that_makes_the_consent_void():
    client, _ = register(
        born_on=date(2012, 1, 1), consent_basis=ConsentBasis.SELF_12_PLUS
    )

    with pytest.raises(GuardianMustConsent):
        intake.amend(client, changes={"born_on": date(2020, 1, 1)}, now=NOW)

    client.refresh_from_db()
    assert client.born_on == date(2012, 1, 1)
    assert ContactConsent.objects.count() == 1
