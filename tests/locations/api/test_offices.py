import pytest

from locations.models import Office
from tests.factories.locations import OfficeFactory

OFFICES = "/api/v1/offices/"
ENCINO = {
    "slug": "encino",
    "name": "Encino",
    "address": {
        "street": "16133 Ventura Boulevard",
        "city": "Encino",
        "state": "CA",
        "postal_code": "91436",
    },
    "area": "San Fernando Valley",
    "timezone": "America/Los_Angeles",
    "phone": "(310) 555-0123",
    "is_active": True,
}


def test_an_office_is_added_and_found_by_its_slug(manager, api):
    added = manager.post(OFFICES, ENCINO)

    office = Office.objects.get()
    expected = ENCINO | {"id": str(office.pk), "phone": "+13105550123"}
    assert (added.status_code, added.json()) == (201, expected)
    assert api.get(f"{OFFICES}encino/").json() == expected


def test_a_slug_is_taken_only_once(manager):
    OfficeFactory.create(slug="encino")

    response = manager.post(OFFICES, ENCINO)

    assert (response.status_code, response.json()["code"]) == (409, "already_exists")
    assert Office.objects.count() == 1


def test_a_part_of_the_address_is_changed(manager):
    OfficeFactory.create(slug="venice", city="Venice")

    response = manager.patch(
        f"{OFFICES}venice/", {"address": {"street": "2 Main Street"}}
    )

    assert response.json()["address"] == {
        "street": "2 Main Street",
        "city": "Venice",
        "state": "CA",
        "postal_code": "90001",
    }


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"timezone": "Mars/Olympus"}, "/timezone"),
        ({"address": {"planet": "Mars"}}, "/address/planet"),
        ({"address": {"street": ""}}, "/address/street"),
        ({"address": None}, "/address"),
        ({"phone": "1"}, "/phone"),
        ({"slug": "two words"}, "/slug"),
    ],
)
def test_a_change_that_makes_no_sense_is_pointed_at(manager, change, pointer):
    OfficeFactory.create(slug="venice")

    response = manager.patch(f"{OFFICES}venice/", change)

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (
        400,
        pointer,
    )


def test_offices_are_listed_by_name_and_filtered(api, db):
    OfficeFactory.create(slug="b", name="B")
    OfficeFactory.create(slug="a", name="A")
    OfficeFactory.create(slug="old", is_active=False)

    answer = api.get(f"{OFFICES}?is_active=true").json()

    assert [office["slug"] for office in answer["results"]] == ["a", "b"]
