"""What somebody writes in their own words is found nowhere but where it is kept, and in
the one answer that is for those who treat them."""

import io
import logging

import pytest
import redis
from django.conf import settings
from django.contrib import admin
from django.db import connection
from rest_framework.test import APIClient

from config import logs
from config.roles import Role
from scheduling.models import IntakeWords, Therapist
from tests.conftest import signed_in
from tests.factories.config import UserFactory
from tests.test_roles import TABLE, names_of, rows  # noqa: F401  a fixture

CANARY = "zaunkoenig"
INTAKES = "/api/v1/intakes/"
SENT = {
    "for_whom": "self",
    "people": [
        {
            "first_name": "Robin",
            "last_name": "Example",
            "born_on": "1990-05-17",
            "phone": "(310) 555-0123",
        }
    ],
    "main_concern": "grief-and-loss",
    "note": f"I dream of a {CANARY}.",
}
PAGES = ["/", "/reports/utilisation.svg", "/metrics", "/admin/"]


@pytest.fixture
def practice(request):
    return request.getfixturevalue("rows")


@pytest.fixture
def output():
    """What everything logged meanwhile looks like."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.DiscreetFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


@pytest.mark.django_db
@pytest.mark.usefixtures("frozen_now")
def test_a_note_is_found_nowhere_else(practice, api, output):
    desk = signed_in(UserFactory.create(role=Role.FRONT_DESK))
    told = send_and_register(api, desk, practice["client"])
    names = names_of(practice)
    names["intake"] = told[0].json()["id"]
    words = f"{INTAKES}{names['intake']}/words/"

    found = [
        (type_of(user), address)
        for user in [None, *everybody(practice)]
        for address in addresses(names)
        if CANARY in read(user, address)
    ]

    assert [each.status_code for each in told] == [201, 201, 400, 413, 200, 200]
    assert not any(CANARY in each.content.decode() for each in told)
    assert found == [("treating", words)]
    assert tables_with(CANARY) == ["scheduling_intakewords"]
    assert CANARY not in output.getvalue()
    assert not any(CANARY.encode() in each for each in cached())
    assert not admin.site.is_registered(IntakeWords)


def send_and_register(api, desk, client):
    """Sent twice, sent wrongly, and what the front desk does with it."""
    once = {"Idempotency-Key": "one"}
    told = [api.post(INTAKES, SENT, headers=once) for _ in range(2)]
    told.append(api.post(INTAKES, SENT | {"note": CANARY * 500, "for_whom": CANARY}))
    told.append(api.post(INTAKES, SENT | {"note": CANARY * 7000}))
    address = f"{INTAKES}{told[0].json()['id']}/"
    told.append(desk.get(f"{INTAKES}?search=robin"))
    person = {
        "id": desk.get(address).json()["people"][0]["id"],
        "client": str(client.pk),
    }
    told.append(
        desk.post(
            f"{address}register/", {"people": [person]}, headers={"If-Match": '"1"'}
        )
    )
    return told


def everybody(practice):
    yield practice["therapist"].user
    yield UserFactory.create(role=Role.THERAPIST)
    yield UserFactory.create(role=Role.FRONT_DESK)
    yield UserFactory.create(role=Role.MANAGER, is_staff=True, is_superuser=True)


def type_of(user):
    treats = user and Therapist.objects.filter(user=user).exists()
    return "treating" if treats else "somebody else"


def addresses(names):
    calls = [call.split() for call in TABLE]
    reads = [route for method, route in calls if method == "GET"]
    return [*(f"/api/v1/{route.format(**names)}" for route in reads), *PAGES]


def read(user, address):
    caller = signed_in(user) if user else APIClient()
    response = caller.get(address)
    if response.streaming:
        return b"".join(response.streaming_content).decode(errors="replace")
    return response.content.decode(errors="replace")


def tables_with(text):
    """Every table that has `text` in any of its columns, those of history too."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = []
        for table in tables:
            cursor.execute(
                f'SELECT EXISTS (SELECT 1 FROM "{table}" t'  # noqa: S608  our own
                " WHERE t::text LIKE %s)",
                [f"%{text}%"],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def cached():
    cache = redis.from_url(settings.CACHE_URL)
    for key in cache.scan_iter():
        yield key
        yield cache.dump(key) or b""
