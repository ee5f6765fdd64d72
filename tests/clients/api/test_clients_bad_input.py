"""What a clumsy or hostile caller says about a client; nothing of it is kept."""

import json
from datetime import timedelta

import pytest

from clients.models import Client, ContactConsent, Guardian
from tests.factories.clients import ClientFactory
from tests.times import MONDAY

CLIENTS = "/api/v1/clients/"
ANA = {
    "first_name": "Ana",
    "last_name": "Gomez",
    "born_on": "1990-05-17",
    "phone": "(310) 555-0123",
}
EVA = {"first_name": "Eva", "last_name": "Gomez", "phone": "(310) 555-0100"}

pytestmark = pytest.mark.usefixtures("frozen_now")

FIELDS = {
    "NUL": ("first_name", "A\0na", ""),
    "lone surrogate": ("last_name", "\ud800", ""),
    "number for a name": ("first_name", 5, "/first_name"),
    "null for a name": ("last_name", None, "/last_name"),
    "blank name": ("first_name", "  ", "/first_name"),
    "name too long": ("last_name", "x" * 101, "/last_name"),
    "list for a name": ("preferred_name", ["Ana"], "/preferred_name"),
    "born tomorrow": ("born_on", str(MONDAY + timedelta(days=1)), "/born_on"),
    "born in 1899": ("born_on", "1899-12-31", "/born_on"),
    "born on 30 February": ("born_on", "1990-02-30", "/born_on"),
    "born at a time": ("born_on", "1990-05-17T00:00:00Z", "/born_on"),
    "born in a week": ("born_on", "1990-W01-1", "/born_on"),
    "born in other digits": ("born_on", "\u0661990-05-17", "/born_on"),
    "born in a number": ("born_on", 19900517, "/born_on"),
    "never born": ("born_on", None, "/born_on"),
    "no phone": ("phone", "555", "/phone"),
    "phone in letters": ("phone", "call me", "/phone"),
    "phone with extension": ("phone", "310-555-0123 ext. 5", "/phone"),
    "phone as number": ("phone", 3105550123, "/phone"),
    "no e-mail": ("email", "ana@", "/email"),
    "two e-mails": ("email", "a@example.org,b@example.org", "/email"),
    "e-mail with a header": ("email", "a@example.org\nBcc: b@example.org", "/email"),
    "state in words": ("state", "California", "/state"),
    "state in lower case": ("state", "ca", "/state"),
    "language in words": ("language", "English", "/language"),
    "language that is none": ("language", "zz", "/language"),
    "language of three letters": ("language", "eng", "/language"),
    "unknown consent basis": ("consent_basis", "trust", "/consent_basis"),
    "flag as text": ("guardian_contact_ok", "true", "/guardian_contact_ok"),
    "consent in the future": (
        "telehealth_consent_on",
        "2027-02-01",
        "/telehealth_consent_on",
    ),
    "preference 1": ("contact_preferences", {"sms": 1}, "/contact_preferences/sms"),
    "preference null": ("contact_preferences", None, "/contact_preferences"),
    "unknown channel": (
        "contact_preferences",
        {"fax": True},
        "/contact_preferences/fax",
    ),
    "consent true": ("consents", {"sms": True}, "/consents/sms"),
    "consent null": ("consents", {"sms": None}, "/consents/sms"),
    "consent empty": ("consents", {"sms": {}}, "/consents/sms/status"),
    "consent unknown": (
        "consents",
        {"sms": {"status": "maybe"}},
        "/consents/sms/status",
    ),
    "consent backdated": (
        "consents",
        {"sms": {"status": "granted", "at": "2020-01-01T00:00:00Z"}},
        "/consents/sms/at",
    ),
    "consent by a long way": (
        "consents",
        {"sms": {"status": "granted", "source": "x" * 51}},
        "/consents/sms/source",
    ),
    "consent by fax": ("consents", {"fax": {"status": "granted"}}, "/consents/fax"),
    "guardians null": ("guardians", None, "/guardians"),
    "guardians as object": ("guardians", {}, "/guardians"),
    "guardian as text": ("guardians", ["Eva"], "/guardians/0"),
    "guardian without name": ("guardians", [{"phone": "x"}], "/guardians/0/first_name"),
    "guardian out of reach": (
        "guardians",
        [{"first_name": "Eva", "last_name": "Gomez"}],
        "/guardians/0/email",
    ),
    "guardian of someone else": (
        "guardians",
        [EVA | {"id": "01a2069e-917f-72c1-94e6-5972915f372d"}],
        "/guardians",
    ),
    "guardian with an odd id": ("guardians", [EVA | {"id": 1}], "/guardians/0/id"),
    "guardian with a display name": (
        "guardians",
        [EVA | {"display_name": "Eva"}],
        "/guardians/0/display_name",
    ),
    "eleven guardians": ("guardians", [EVA] * 11, "/guardians"),
    "id": ("id", "01a2069e-917f-72c1-94e6-5972915f372d", "/id"),
    "display name": ("display_name", "Ana", "/display_name"),
    "created": ("created_at", "2027-01-01T00:00:00Z", "/created_at"),
    "column of the model": ("wants_sms", True, "/wants_sms"),
    "duplicates": ("possible_duplicates", [], "/possible_duplicates"),
    "unknown": ("diagnosis", "none of your business", "/diagnosis"),
}


@pytest.mark.parametrize("name", FIELDS)
def test_a_registration_that_makes_no_sense_is_pointed_at(front_desk, name):
    field, value, pointer = FIELDS[name]

    response = post(front_desk, ANA | {field: value})

    assert pointer_of(response) == pointer
    assert not Client.objects.exists()
    assert not ContactConsent.objects.exists()
    assert not Guardian.objects.exists()


@pytest.mark.parametrize("name", FIELDS)
def test_a_change_that_makes_no_sense_is_pointed_at(front_desk, name):
    field, value, pointer = FIELDS[name]
    client = ClientFactory.create()
    before = Client.objects.values().get()

    response = front_desk.generic(
        "PATCH",
        f"{CLIENTS}{client.pk}/",
        json.dumps({field: value}),
        content_type="application/json",
    )

    assert pointer_of(response) == pointer
    assert Client.objects.values().get() == before
    assert not ContactConsent.objects.exists()
    assert not Guardian.objects.exists()


@pytest.mark.parametrize(
    ("missing", "pointer"),
    [
        ("first_name", "/first_name"),
        ("last_name", "/last_name"),
        ("born_on", "/born_on"),
        ("phone", "/email"),
    ],
)
def test_a_registration_needs_a_name_a_birthday_and_a_contact(
    front_desk, missing, pointer
):
    body = {name: value for name, value in ANA.items() if name != missing}

    response = post(front_desk, body)

    assert pointer_of(response) == pointer
    assert not Client.objects.exists()


def test_the_last_contact_cannot_be_taken_away(front_desk):
    client = ClientFactory.create(email="")

    response = front_desk.patch(f"{CLIENTS}{client.pk}/", {"phone": ""})

    before = client.phone
    client.refresh_from_db()
    assert (pointer_of(response), client.phone) == ("/email", before)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("search=", "?search"),
        ("search=%00", "?search"),
        (f"search={'x' * 201}", "?search"),
        ("search=a&search=b", "?search"),
        ("phone=12", "?phone"),
        ("phone=%00", "?phone"),
        ("born_on=1990", "?born_on"),
        ("born_on=17.5.1990", "?born_on"),
        ("name=ana", "?name"),
        ("first_name__icontains=a", "?first_name__icontains"),
        ("ordering=born_on", "?ordering"),
        ("limit=0", "?limit"),
        ("cursor=cD0yMDI3", "?cursor"),
    ],
)
def test_a_query_that_makes_no_sense_is_pointed_at(front_desk, query, pointer):
    assert pointer_of(front_desk.get(f"{CLIENTS}?{query}")) == pointer


def test_a_body_of_three_megabytes_is_too_large(front_desk):
    response = post(front_desk, ANA | {"first_name": "x" * 3_000_000})

    assert (response.status_code, response.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("body", [[], None, "Ana", 1, {}])
def test_a_body_that_is_no_client_is_refused(front_desk, body):
    response = post(front_desk, body)

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert not Client.objects.exists()


def post(caller, document):
    body = json.dumps(document)
    return caller.generic("POST", CLIENTS, body, content_type="application/json")


def pointer_of(response):
    """Where the one error is, or "" when the body could not be read at all."""
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    return response.json().get("errors", [{"pointer": ""}])[0]["pointer"]
