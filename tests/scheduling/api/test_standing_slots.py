from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection

from tests.factories.clients import ClientFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    SessionTypeFactory,
)
from tests.times import MONDAY_9AM

STANDING_SLOTS = "/api/v1/standing-slots/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]


@pytest.fixture
def morning():
    """Two hours on Mondays, in person: from nine to eleven."""
    return AvailabilityRuleFactory.create(end_minute=11 * 60, mode="in_person")


def get(api, **query):
    query = {"session_type": "individual-50", "count": 4} | query
    return api.get(f"{STANDING_SLOTS}?{urlencode(query, doseq=True)}")


def test_a_standing_slot_tells_all_that_a_series_needs(front_desk, morning):
    AppointmentFactory.create(
        therapist=morning.therapist,
        room=morning.office.rooms.get(),
        starts_at=MONDAY_9AM + timedelta(weeks=2, hours=1),
    )

    answer = get(front_desk, client=ClientFactory.create().pk).json()

    assert [one["free_of"] for one in answer["results"]] == [4, 3, 3]
    assert answer["results"][1] == {
        "weekday": 0,
        "start_time": "09:30",
        "starts_at": "2027-01-04T09:30:00-08:00",
        "every_weeks": 1,
        "count": 4,
        "free_of": 3,
        "conflicts": ["2027-01-18T09:30:00-08:00"],
        "timezone": "America/Los_Angeles",
        "mode": "in_person",
        "office": {"slug": morning.office.slug, "name": morning.office.name},
        "therapist": {
            "id": str(morning.therapist.pk),
            "display_name": morning.therapist.display_name,
        },
        "session_type": "individual-50",
    }
    assert (answer["next"], answer["previous"]) == (None, None)


def test_next_leads_through_all_pages(front_desk, morning):
    AvailabilityRuleFactory.create(office=morning.office, end_minute=11 * 60)
    whole = get(front_desk).json()["results"]

    found, answer = [], get(front_desk, limit=4).json()
    while answer["next"]:
        found += answer["results"]
        answer = front_desk.get(answer["next"]).json()

    assert found + answer["results"] == whole
    assert len(whole) == 9


def test_a_client_is_found_only_by_those_who_may_see_them(
    front_desk, as_therapist, morning
):
    client = ClientFactory.create()

    assert get(front_desk, client=client.pk).json()["results"] != []
    assert get(as_therapist(morning.therapist), client=client.pk).json() == {
        "next": None,
        "previous": None,
        "results": [],
    }


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"session_type": "no-such"}, "?session_type"),
        ({"count": "0"}, "?count"),
        ({"count": "53"}, "?count"),
        ({"every_weeks": "0"}, "?every_weeks"),
        ({"every_weeks": "27"}, "?every_weeks"),
        ({"min_free": "5"}, "?min_free"),
        ({"min_free": "0"}, "?min_free"),
        ({"to": "2027-02-01"}, "?to"),
        ({"order": "packed"}, "?order"),
        ({"from": "soon"}, "?from"),
        ({"time_from": "12:00", "time_to": "11:00"}, "?time_to"),
        ({"limit": "201"}, "?limit"),
        ({"cursor": "cD0lMDA="}, "?cursor"),
    ],
)
def test_a_bad_parameter_is_named(front_desk, query, parameter):
    SessionTypeFactory.create()

    answer = get(front_desk, **query)

    assert answer.status_code == 400
    assert parameter in [error["pointer"] for error in answer.json()["errors"]]


def test_a_search_writes_nothing(front_desk, morning):
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")

    assert get(front_desk).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_are_the_same_for_any_number_of_results(
    front_desk, count, django_assert_num_queries
):
    SessionTypeFactory.create()
    first = AvailabilityRuleFactory.create(end_minute=10 * 60, mode="in_person")
    for _ in range(count - 1):
        AvailabilityRuleFactory.create(
            office=first.office, end_minute=10 * 60, mode="in_person"
        )

    with django_assert_num_queries(12):
        answer = get(front_desk)

    assert len(answer.json()["results"]) == count
