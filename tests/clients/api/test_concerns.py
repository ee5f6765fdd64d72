"""Presenting concerns over HTTP."""

import pytest
from rest_framework.test import APIClient

from clients.models import PresentingConcern
from config.roles import Role
from tests.conftest import signed_in
from tests.factories.clients import PresentingConcernFactory
from tests.factories.config import UserFactory
from tests.factories.intakes import IntakeFactory
from tests.factories.scheduling import ModalityFactory, TherapistFactory

CONCERNS = "/api/v1/concerns/"
GRIEF = f"{CONCERNS}grief-and-loss/"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["anonymous", "no role", *Role.values])
def test_anyone_reads_concerns_and_the_manager_writes_them(name):
    PresentingConcernFactory.create()
    role = Role(name) if name in Role.values else None
    caller = APIClient() if name == "anonymous" else signed_in(UserFactory(role=role))

    answers = [
        caller.get(CONCERNS),
        caller.get(GRIEF),
        caller.post(CONCERNS, {"slug": "anxiety", "name": "Anxiety"}),
        caller.patch(GRIEF, {"name": "Grief"}),
        caller.delete(GRIEF),
    ]

    refusal = 401 if name == "anonymous" else 403
    writes = [201, 200, 204] if name == Role.MANAGER else [refusal] * 3
    assert [each.status_code for each in answers] == [200, 200, *writes]


def test_concerns_are_listed_by_name_and_filtered(manager):
    PresentingConcernFactory.create(slug="anxiety", name="Anxiety")
    grief = PresentingConcernFactory.create()
    PresentingConcernFactory.create(slug="old", is_active=False)

    everything = manager.get(CONCERNS).json()["results"]
    active = manager.get(f"{CONCERNS}?is_active=true").json()["results"]

    assert [each["slug"] for each in everything] == ["anxiety", "grief-and-loss", "old"]
    assert active[1:] == [
        {
            "id": str(grief.pk),
            "slug": "grief-and-loss",
            "name": "Grief and loss",
            "is_active": True,
        }
    ]


def test_a_concern_that_an_intake_names_beside_another_is_not_deleted(manager):
    concern = PresentingConcernFactory.create()
    intake = IntakeFactory.create(main_concern__slug="anxiety")
    intake.other_concerns.add(concern)

    response = manager.delete(GRIEF)

    assert (response.status_code, response.json()["code"]) == (409, "in_use")
    assert list(intake.other_concerns.all()) == [concern]


@pytest.mark.parametrize("factory", [ModalityFactory, TherapistFactory])
def test_a_concern_that_others_refer_to_is_not_deleted(manager, factory):
    concern = PresentingConcernFactory.create()
    other = factory.create()
    other.concerns.add(concern)

    response = manager.delete(GRIEF)

    assert (response.status_code, response.json()["code"]) == (409, "in_use")
    assert (
        list(other.concerns.all()) == [concern] == list(PresentingConcern.objects.all())
    )
