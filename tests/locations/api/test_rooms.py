from locations.models import Room
from tests.factories.locations import OfficeFactory, RoomFactory

ROOMS = "/api/v1/rooms/"


def test_a_room_is_added_to_an_office(manager):
    OfficeFactory.create(slug="venice")

    response = manager.post(ROOMS, {"office": "venice", "name": "Blue", "capacity": 6})

    assert (response.status_code, response.json()) == (
        201,
        {
            "id": str(Room.objects.get().pk),
            "office": "venice",
            "name": "Blue",
            "capacity": 6,
            "accessible": True,
            "is_active": True,
        },
    )


def test_a_name_is_taken_once_in_an_office(manager):
    room = RoomFactory.create(name="Blue")

    response = manager.post(ROOMS, {"office": room.office.slug, "name": "Blue"})

    assert (response.status_code, Room.objects.count()) == (409, 1)


def test_rooms_are_filtered_by_office(front_desk):
    RoomFactory.create()
    here = RoomFactory.create(office__slug="venice")

    answer = front_desk.get(f"{ROOMS}?office=venice").json()

    assert [room["id"] for room in answer["results"]] == [str(here.pk)]
