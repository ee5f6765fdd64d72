import pytest

from scheduling.models import SessionType
from tests.factories.scheduling import (
    AppointmentFactory,
    SessionTypeFactory,
    TherapistFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/session-types/"
INDIVIDUAL = f"{URL}individual-50/"


def test_session_type_is_made_by_the_manager_and_read_by_anyone(api, manager):
    body = {
        "slug": "couples-80",
        "name": "Couples session",
        "format": "couple",
        "duration_minutes": 80,
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 10,
        "start_every_minutes": 30,
        "clients_min": 2,
        "clients_max": 2,
        "telehealth_only": False,
        "for_new_clients": False,
        "is_active": True,
    }

    made = manager.post(URL, body)

    read = api.get(f"{URL}couples-80/")
    assert made.status_code == 201
    assert read.json() == {"id": made.json()["id"], **body}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"duration_minutes": 4}, "duration_minutes"),
        ({"duration_minutes": 241}, "duration_minutes"),
        ({"duration_minutes": "50"}, "duration_minutes"),
        ({"duration_minutes": 50.0}, "duration_minutes"),
        ({"buffer_before_minutes": -1}, "buffer_before_minutes"),
        ({"buffer_before_minutes": 121}, "buffer_before_minutes"),
        ({"buffer_after_minutes": 121}, "buffer_after_minutes"),
        ({"start_every_minutes": 0}, "start_every_minutes"),
        ({"start_every_minutes": 241}, "start_every_minutes"),
        ({"clients_min": 0}, "clients_min"),
        ({"clients_min": 2}, "clients_max"),
        ({"clients_max": 2**31}, "clients_max"),
        ({"telehealth_only": "false"}, "telehealth_only"),
        ({"format": "trio"}, "format"),
        ({"length": 50}, "length"),
    ],
)
def test_session_type_names_the_field_that_makes_no_sense(manager, changes, field):
    session_type = SessionTypeFactory.create()

    response = manager.patch(INDIVIDUAL, changes)

    kept = SessionType.objects.get()
    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == [f"/{field}"]
    assert (kept.duration_minutes, kept.clients_min, kept.clients_max) == (
        session_type.duration_minutes,
        1,
        1,
    )


def test_session_type_with_a_taken_slug_is_a_conflict(manager):
    SessionTypeFactory.create()

    response = manager.post(
        URL, {"slug": "individual-50", "name": "Another", "duration_minutes": 30}
    )

    assert (response.status_code, response.json()["code"]) == (409, "already_exists")


def test_session_type_that_is_offered_or_booked_is_not_deleted(manager):
    offered = SessionTypeFactory.create(slug="offered")
    TherapistFactory.create(session_types=[offered])
    booked = SessionTypeFactory.create(slug="booked")
    AppointmentFactory.create(
        session_type=booked, therapist=TherapistFactory.create(session_types=[])
    )
    SessionTypeFactory.create(slug="unused")

    statuses = [
        manager.delete(f"{URL}{slug}/").status_code
        for slug in ("offered", "booked", "unused")
    ]

    assert statuses == [409, 409, 204]
    assert set(SessionType.objects.values_list("slug", flat=True)) == {
        "offered",
        "booked",
    }


def test_session_type_is_not_changed_by_others(api, front_desk, as_therapist):
    SessionTypeFactory.create()
    callers = [api, front_desk, as_therapist(TherapistFactory.create())]

    answers = [
        [
            caller.post(URL, {}).status_code,
            caller.patch(INDIVIDUAL, {}).status_code,
            caller.delete(INDIVIDUAL).status_code,
        ]
        for caller in callers
    ]

    assert answers == [[401] * 3, [403] * 3, [403] * 3]
    assert SessionType.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_session_type_list_needs_one_query(api, django_assert_num_queries, count):
    for number in range(count):
        SessionTypeFactory.create(slug=f"type-{number}")

    with django_assert_num_queries(1):
        response = api.get(URL, {"is_active": "true"})

    assert len(response.json()["results"]) == count
