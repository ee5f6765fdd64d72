import pytest

from locations.models import TravelTime
from tests.factories.locations import OfficeFactory, TravelTimeFactory

TRAVEL_TIMES = "/api/v1/travel-times/"


@pytest.fixture
def between_venice_and_city(db: None) -> TravelTime:
    return TravelTimeFactory.create(
        origin=OfficeFactory.create(slug="venice"),
        destination=OfficeFactory.create(slug="city"),
    )


def test_travel_times_are_found_from_either_end(front_desk, between_venice_and_city):
    TravelTimeFactory.create()
    row = {
        "id": str(between_venice_and_city.pk),
        "origin": "venice",
        "destination": "city",
        "minutes": 20,
    }

    answers = [
        front_desk.get(f"{TRAVEL_TIMES}?office={slug}").json()["results"]
        for slug in ("venice", "city")
    ]

    assert answers == [[row], [row]]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"origin": "city", "destination": "venice", "minutes": 5}, 409),
        ({"origin": "city", "destination": "city", "minutes": 5}, 400),
        ({"origin": "venice", "destination": "city", "minutes": 481}, 400),
        ({"origin": "venice", "destination": "city", "minutes": -1}, 400),
    ],
)
def test_a_travel_time_that_cannot_be_is_refused(
    manager, between_venice_and_city, body, status
):
    assert manager.post(TRAVEL_TIMES, body).status_code == status
    assert TravelTime.objects.count() == 1
