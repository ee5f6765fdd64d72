"""Clients over HTTP: found, registered, kept up to date."""

import base64
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from clients.models import AccessLog, Client, ContactConsent, OptOut
from config import logs
from tests.factories.clients import (
    ClientFactory,
    ContactConsentFactory,
    GuardianFactory,
)
from tests.times import NOW

CLIENTS = "/api/v1/clients/"
ANA = {
    "first_name": "Ana",
    "last_name": "Gomez",
    "born_on": "1990-05-17",
    "phone": "(310) 555-0123",
}
AT_EIGHT = "2027-01-04T08:00:00-08:00"
EVA = {"first_name": "Eva", "last_name": "Gomez", "phone": "818.555.0100"}

pytestmark = pytest.mark.usefixtures("frozen_now")


def test_a_client_is_registered_and_answered_whole(front_desk):
    response = front_desk.post(CLIENTS, ANA)

    client = Client.objects.get()
    expected = {
        "id": str(client.pk),
        "first_name": "Ana",
        "last_name": "Gomez",
        "preferred_name": "",
        "display_name": "Ana Gomez",
        "pronouns": "",
        "born_on": "1990-05-17",
        "email": "",
        "phone": "+13105550123",
        "state": "CA",
        "language": "en",
        "contact_preferences": {"sms": True, "email": True},
        "consents": {
            "sms": {
                "status": "granted",
                "source": "given_at_registration",
                "at": AT_EIGHT,
            },
            "email": None,
        },
        "sms_opted_out_at": None,
        "consent_basis": "",
        "guardian_contact_ok": True,
        "guardians": [],
        "telehealth_consent_on": None,
        "created_at": AT_EIGHT,
    }
    assert response.status_code == 201
    assert response.json() == expected | {"possible_duplicates": []}
    assert front_desk.get(f"{CLIENTS}{client.pk}/").json() == expected


def test_a_minor_is_registered_with_a_guardian(front_desk):
    response = front_desk.post(
        CLIENTS,
        ANA
        | {
            "preferred_name": "Anita",
            "born_on": "2018-05-17",
            "phone": "",
            "email": "ana@example.org",
            "consent_basis": "guardian",
            "contact_preferences": {"sms": False},
            "consents": {"email": {"status": "revoked", "source": "letter"}},
            "guardians": [EVA],
        },
    )

    answer = response.json()
    assert answer["display_name"] == "Anita Gomez"
    assert answer["contact_preferences"] == {"sms": False, "email": True}
    assert answer["consents"] == {
        "sms": None,
        "email": {"status": "revoked", "source": "letter", "at": AT_EIGHT},
    }
    assert answer["guardians"] == [
        {
            "id": str(Client.objects.get().guardians.get().pk),
            "first_name": "Eva",
            "last_name": "Gomez",
            "display_name": "Eva Gomez",
            "relationship": "",
            "email": "",
            "phone": "+18185550100",
            "sms_opted_out_at": None,
            "receives_messages": True,
        }
    ]


def test_a_number_that_wants_no_texts_says_so_whoever_has_it(front_desk):
    number, again = "+13105550123", "+13105550124"
    for phone, status, minutes in (
        (number, "revoked", 0),
        (again, "revoked", 0),
        (again, "granted", 1),
    ):
        said_at = NOW + timedelta(minutes=minutes)
        OptOut.objects.create(phone=phone, status=status, source="sms", at=said_at)
    # Who comes by the number after it has said so has decided nothing.
    guardian = GuardianFactory.create(phone=number, client__phone=again)
    own = ClientFactory.create(phone=number)

    answers = [
        front_desk.get(f"{CLIENTS}{client.pk}/").json()
        for client in (own, guardian.client)
    ]

    assert [
        (answer["sms_opted_out_at"], answer["consents"]["sms"]) for answer in answers
    ] == [(AT_EIGHT, None), (None, None)]
    assert answers[1]["guardians"][0]["sms_opted_out_at"] == AT_EIGHT


def test_a_registration_names_possible_duplicates(front_desk):
    known = ClientFactory.create(
        first_name="Anna", last_name="Gomez", born_on=date(1990, 5, 17)
    )

    response = front_desk.post(CLIENTS, ANA)

    assert response.status_code == 201
    assert response.json()["possible_duplicates"] == [
        {"id": str(known.pk), "display_name": "Anna Gomez", "born_on": "1990-05-17"}
    ]


def test_a_registration_that_is_sent_again_registers_nobody(front_desk):
    first = front_desk.post(CLIENTS, ANA, headers={"idempotency-key": "once"})

    again = front_desk.post(CLIENTS, ANA, headers={"idempotency-key": "once"})

    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotent-Replayed"] == "true"
    assert (Client.objects.count(), ContactConsent.objects.count()) == (1, 1)


def test_a_child_cannot_consent_alone(front_desk):
    child = ANA | {"born_on": "2018-05-17", "consent_basis": "self_12plus"}

    response = front_desk.post(CLIENTS, child)

    assert response.status_code == 422
    assert response.json()["code"] == "guardian_must_consent"
    assert not Client.objects.exists()


def test_a_revoked_consent_is_added_to_the_history(front_desk):
    client = ContactConsentFactory.create(at=NOW - timedelta(days=1)).client

    response = front_desk.patch(
        f"{CLIENTS}{client.pk}/", {"consents": {"sms": {"status": "revoked"}}}
    )

    assert response.json()["consents"] == {
        "sms": {"status": "revoked", "source": "front_desk", "at": AT_EIGHT},
        "email": None,
    }
    assert [each.status for each in client.contact_consents.order_by("at")] == [
        "granted",
        "revoked",
    ]


def test_a_change_leaves_alone_what_it_does_not_name(front_desk):
    guardian = GuardianFactory.create()
    address = f"{CLIENTS}{guardian.client.pk}/"
    before = front_desk.get(address).json()

    response = front_desk.patch(address, {"contact_preferences": {"email": False}})

    assert response.status_code == 200
    assert response.json() == before | {
        "contact_preferences": {"sms": True, "email": False}
    }


def test_guardians_are_replaced_as_a_whole(front_desk):
    guardian = GuardianFactory.create()
    GuardianFactory.create(client=guardian.client)
    address = f"{CLIENTS}{guardian.client.pk}/"

    response = front_desk.patch(
        address, {"guardians": [EVA | {"id": str(guardian.pk)}, EVA]}
    )

    answer = response.json()["guardians"]
    assert [each["display_name"] for each in answer] == ["Eva Gomez", "Eva Gomez"]
    assert answer[0]["id"] == str(guardian.pk)
    assert guardian.client.guardians.count() == 2
    assert front_desk.patch(address, {"guardians": []}).json()["guardians"] == []


@pytest.fixture
def ana_and_others(db):
    ClientFactory.create(
        first_name="Ana María",
        last_name="Gomez",
        preferred_name="Nita",
        born_on=date(1990, 5, 17),
        email="ana@example.org",
        phone="+13105550123",
    )
    ClientFactory.create(
        first_name="Ana",
        last_name="Ruiz",
        email="r.ana@example.org",
        phone="+13105559999",
    )
    ClientFactory.create(
        first_name="Bo", last_name="Li", email="", phone="+13105559123"
    )


FOUND = {
    "search=ana": ["Nita Gomez", "Ana Ruiz"],
    "search=ANA gom": ["Nita Gomez"],
    "search=gomez  ana": ["Nita Gomez"],
    "search=maría": ["Nita Gomez"],
    "search=maria": ["Nita Gomez"],
    "search=GÓMEZ": ["Nita Gomez"],
    "search=Gomez, Ana": ["Nita Gomez"],
    "search=nit": ["Nita Gomez"],
    "search=i": ["Nita Gomez", "Bo Li", "Ana Ruiz"],
    "search=ana li": [],
    "search=0123": ["Nita Gomez"],
    "search=123": ["Nita Gomez", "Bo Li"],
    "search=(310) 555-0123": ["Nita Gomez"],
    "search=%2B1 310.555.0123": ["Nita Gomez"],
    "search=1-310-555-0123": ["Nita Gomez"],
    "search=5550": [],
    "search=23": [],
    "search=ana@example.org": ["Nita Gomez"],
    "search=R.ANA@": ["Ana Ruiz"],
    "search=r.ana": ["Ana Ruiz"],
    "search=example.org": [],
    "search=%25": [],
    "search=_": [],
    "search=.*": [],
    "search=(": [],
    "search=\\": [],
    "email=ANA@example.org": ["Nita Gomez"],
    "email=ana@example": [],
    "phone=310-555-0123": ["Nita Gomez"],
    "phone=+13105550123": ["Nita Gomez"],
    "phone=3105550199": [],
    "born_on=1990-05-17": ["Nita Gomez", "Bo Li", "Ana Ruiz"],
    "born_on=1990-05-18": [],
    "search=ana&phone=310-555-0123": ["Nita Gomez"],
}


@pytest.mark.parametrize("query", FOUND)
def test_clients_are_found(front_desk, ana_and_others, query):
    response = front_desk.get(f"{CLIENTS}?{query}")

    assert [each["display_name"] for each in response.json()["results"]] == FOUND[query]


def test_clients_are_paged_by_name(front_desk):
    for first_name, last_name in [("B", "Li"), ("A", "Li"), ("C", "Abt")]:
        ClientFactory.create(first_name=first_name, last_name=last_name)

    first = front_desk.get(f"{CLIENTS}?limit=2").json()
    second = front_desk.get(first["next"]).json()

    names = [each["display_name"] for each in first["results"] + second["results"]]
    assert names == ["C Abt", "A Li", "B Li"]
    assert second["next"] is None


def test_no_name_is_in_the_address_of_the_next_page(front_desk):
    ClientFactory.create_batch(2, last_name="Quillfeather")

    address = front_desk.get(f"{CLIENTS}?limit=1").json()["next"]

    (cursor,) = parse_qs(urlsplit(address).query)["cursor"]
    content, _, _ = cursor.partition(":")
    assert b"Quillfeather" not in base64.urlsafe_b64decode(content + "==")


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_needs_the_same_queries_for_any_number_of_rows(
    front_desk, django_assert_num_queries, count
):
    for _ in range(count):
        client = GuardianFactory.create().client
        ContactConsentFactory.create_batch(2, client=client)

    # The session, the user, the roles, the page, its guardians and consents, the log.
    with django_assert_num_queries(7):
        response = front_desk.get(CLIENTS)

    assert len(response.json()["results"]) == count


def test_every_look_is_noted_with_whom_it_showed(front_desk):
    one, other = ClientFactory.create_batch(2)
    headers = {"x-request-id": "request-1"}

    front_desk.get(f"{CLIENTS}?limit=1", headers=headers)
    front_desk.get(f"{CLIENTS}{other.pk}/", headers=headers)
    front_desk.get(f"{CLIENTS}?search=nobody", headers=headers)

    noted = AccessLog.objects.order_by("pk")
    assert [(each.action, each.clients) for each in noted] == [
        ("list", [one.pk]),
        ("retrieve", [other.pk]),
        ("list", []),
    ]
    assert {each.request_id for each in noted} == {"request-1"}
    assert {str(each.user_id) for each in noted} == {
        front_desk.session["_auth_user_id"]
    }


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "key-1"}])
def test_a_trial_tells_who_may_be_known_and_notes_only_that(front_desk, headers):
    known = ClientFactory.create(
        first_name="Anna", last_name="Gomez", born_on="1990-05-17"
    )

    response = front_desk.post(f"{CLIENTS}?dry_run=true", ANA, headers=headers)
    refused = front_desk.post(
        f"{CLIENTS}?dry_run=true", ANA | {"born_on": "2100-01-01"}, headers=headers
    )

    assert (response.status_code, response.json()) == (
        200,
        {
            "possible_duplicates": [
                {
                    "id": str(known.pk),
                    "display_name": "Anna Gomez",
                    "born_on": "1990-05-17",
                }
            ]
        },
    )
    assert refused.status_code == 400
    assert (Client.objects.get(), ContactConsent.objects.count()) == (known, 0)
    noted = AccessLog.objects.get()
    assert (noted.action, noted.clients) == ("compare", [known.pk])


def test_a_refused_look_is_not_noted(front_desk):
    response = front_desk.get(f"{CLIENTS}?search=%00")

    assert response.status_code == 400
    assert not AccessLog.objects.exists()


def test_no_name_or_contact_is_logged(front_desk, caplog):
    caplog.handler.setFormatter(logs.DiscreetFormatter())
    caplog.set_level("DEBUG")
    body = ANA | {"email": "not an address", "last_name": "Quetzal"}

    front_desk.get(f"{CLIENTS}?search=Quetzal&phone=%2B13105550123")
    front_desk.get(f"{CLIENTS}?search=Quetzal&wrong=3105550123")
    front_desk.post(CLIENTS, body)
    front_desk.post(CLIENTS, body | {"email": "quetzal@example.org"})

    text = caplog.text.casefold()
    assert text.count('"path": "/api/v1/clients/"') == 4
    assert "quetzal" not in text
    assert "5550123" not in text
