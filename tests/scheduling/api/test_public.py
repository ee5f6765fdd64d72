"""What the practice's website shows."""

import pytest

from tests.factories.clients import PresentingConcernFactory
from tests.factories.locations import OfficeFactory
from tests.factories.scheduling import (
    ModalityFactory,
    SessionTypeFactory,
    TherapistFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

MODALITIES = "/api/v1/public/modalities/"
THERAPISTS = "/api/v1/public/therapists/"


@pytest.fixture
def ipt():
    modality = ModalityFactory.create(
        summary="About relationships.",
        description="In twelve to sixteen sessions.",
        goals=["fewer symptoms"],
        age_groups=["adult"],
    )
    modality.concerns.add(
        PresentingConcernFactory.create(),
        PresentingConcernFactory.create(slug="old", name="Old", is_active=False),
    )
    return modality


def test_a_modality_tells_who_offers_it_where(api, ipt):
    venice = OfficeFactory.create(slug="venice", name="Venice")
    encino = OfficeFactory.create(slug="encino", name="Encino")
    closed = OfficeFactory.create(is_active=False)
    ada = TherapistFactory.create(
        display_name="Ada Lima",
        offices=[venice, encino, closed],
        modalities=[ipt],
        telehealth=False,
        accepts_new_clients=False,
    )
    ben = TherapistFactory.create(
        display_name="Ben Sato", offices=[venice], modalities=[ipt]
    )
    TherapistFactory.create(offices=[venice], modalities=[ipt], is_active=False)
    TherapistFactory.create(offices=[venice])
    ModalityFactory.create(slug="old", is_active=False)

    answer = api.get(MODALITIES).json()

    of_ada = {
        "id": str(ada.pk),
        "display_name": "Ada Lima",
        "accepts_new_clients": False,
    }
    of_ben = {
        "id": str(ben.pk),
        "display_name": "Ben Sato",
        "accepts_new_clients": True,
    }
    assert answer == {
        "results": [
            {
                "slug": "interpersonal-psychotherapy",
                "name": "Interpersonal Psychotherapy",
                "abbreviation": "IPT",
                "summary": "About relationships.",
                "description": "In twelve to sixteen sessions.",
                "goals": ["fewer symptoms"],
                "age_groups": ["adult"],
                "concerns": [{"slug": "grief-and-loss", "name": "Grief and loss"}],
                "offered": [
                    {
                        "office": {"slug": "encino", "name": "Encino"},
                        "therapists": [of_ada],
                    },
                    {
                        "office": {"slug": "venice", "name": "Venice"},
                        "therapists": [of_ada, of_ben],
                    },
                    {"office": None, "therapists": [of_ben]},
                ],
            }
        ]
    }


def test_a_card_tells_what_a_therapist_says_of_themselves(api, ipt):
    office = OfficeFactory.create(slug="venice", name="Venice")
    ada = TherapistFactory.create(
        display_name="Ada Lima",
        pronouns="she/her",
        license_type="lmft",
        credentials="LMFT",
        profile="I listen.",
        languages=["en", "es"],
        offices=[office, OfficeFactory.create(is_active=False)],
        modalities=[ipt, ModalityFactory.create(slug="old", is_active=False)],
        session_types=[
            SessionTypeFactory.create(intake=True),
            SessionTypeFactory.create(slug="old", is_active=False),
        ],
    )
    ada.concerns.set(ipt.concerns.all())
    TherapistFactory.create(is_active=False)

    answer = api.get(THERAPISTS).json()

    assert answer == {
        "results": [
            {
                "id": str(ada.pk),
                "display_name": "Ada Lima",
                "pronouns": "she/her",
                "license_type": "lmft",
                "license_name": "Marriage and family therapist",
                "credentials": "LMFT",
                "profile": "I listen.",
                "languages": ["en", "es"],
                "age_groups": ["adult"],
                "modalities": [
                    {
                        "slug": "interpersonal-psychotherapy",
                        "name": "Interpersonal Psychotherapy",
                    }
                ],
                "concerns": [{"slug": "grief-and-loss", "name": "Grief and loss"}],
                "session_types": [{"slug": "intake-50", "name": "First session"}],
                "offices": [{"slug": "venice", "name": "Venice"}],
                "telehealth": True,
                "accepts_new_clients": True,
            }
        ]
    }


@pytest.mark.parametrize("address", [MODALITIES, THERAPISTS])
def test_an_unknown_parameter_is_refused(api, address):
    response = api.get(f"{address}?modality=cbt")

    assert response.status_code == 400
    assert response["Cache-Control"] == "private, no-store"
