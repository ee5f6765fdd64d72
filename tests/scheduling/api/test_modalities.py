import pytest

from scheduling.models import Modality
from tests.factories.clients import PresentingConcernFactory
from tests.factories.intakes import IntakeFactory
from tests.factories.scheduling import ModalityFactory, TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/modalities/"
IPT = f"{URL}interpersonal-psychotherapy/"


def test_modality_is_made_by_the_manager_and_read_by_anyone(api, manager):
    PresentingConcernFactory.create(slug="grief-and-loss")
    body = {
        "slug": "interpersonal-psychotherapy",
        "name": "Interpersonal Psychotherapy",
        "abbreviation": "IPT",
        "summary": "About relationships.",
        "description": "In twelve to sixteen sessions.",
        "goals": ["fewer symptoms", "better relationships"],
        "age_groups": ["adolescent", "adult"],
        "concerns": ["grief-and-loss"],
        "is_active": True,
    }

    made = manager.post(URL, body)

    read = api.get(IPT)
    assert made.status_code == 201
    assert read.json() == {"id": made.json()["id"], **body}


def test_modality_patch_replaces_the_concerns(manager):
    modality = ModalityFactory.create()
    modality.concerns.add(PresentingConcernFactory.create(slug="grief-and-loss"))
    PresentingConcernFactory.create(slug="low-mood")

    response = manager.patch(IPT, {"concerns": ["low-mood"]})

    assert response.status_code == 200
    assert api_concerns(manager) == ["low-mood"]


def api_concerns(client):
    return client.get(IPT).json()["concerns"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("age_groups", ["teenager"]),
        ("age_groups", ["adult", "adult"]),
        ("concerns", ["unheard-of"]),
        ("goals", "fewer symptoms"),
        ("slug", "not a slug"),
        ("name", 5),
        ("id", "01900000-0000-7000-8000-000000000000"),
    ],
)
def test_modality_refuses_what_makes_no_sense(manager, field, value):
    ModalityFactory.create()

    response = manager.patch(IPT, {field: value})

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"].startswith(f"/{field}")


def test_modality_that_a_therapist_offers_is_not_deleted(manager):
    modality = ModalityFactory.create()
    therapist = TherapistFactory.create(modalities=[modality])

    response = manager.delete(IPT)

    assert (response.status_code, response.json()["code"]) == (409, "in_use")
    assert list(therapist.modalities.all()) == [modality]


def test_modality_that_an_intake_asks_for_is_not_deleted(manager):
    intake = IntakeFactory.create()
    intake.modalities.add(ModalityFactory.create())

    response = manager.delete(IPT)

    assert (response.status_code, response.json()["code"]) == (409, "in_use")
    assert intake.modalities.count() == 1


def test_modality_that_nobody_offers_is_deleted(manager):
    ModalityFactory.create().concerns.add(PresentingConcernFactory.create())

    response = manager.delete(IPT)

    assert response.status_code == 204
    assert not Modality.objects.exists()


def test_modality_is_not_changed_by_others(api, front_desk, as_therapist):
    ModalityFactory.create()
    callers = [api, front_desk, as_therapist(TherapistFactory.create())]

    answers = [
        [
            caller.post(URL, {}).status_code,
            caller.patch(IPT, {}).status_code,
            caller.delete(IPT).status_code,
        ]
        for caller in callers
    ]

    assert answers == [[401] * 3, [403] * 3, [403] * 3]
    assert Modality.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_modality_list_needs_the_same_queries_for_any_number_of_rows(
    api, django_assert_num_queries, count
):
    concern = PresentingConcernFactory.create()
    for number in range(count):
        ModalityFactory.create(slug=f"way-{number}").concerns.add(concern)

    with django_assert_num_queries(2):
        response = api.get(URL)

    assert [row["concerns"] for row in response.json()["results"]] == (
        [["grief-and-loss"]] * count
    )
