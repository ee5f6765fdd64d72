from urllib.parse import urlencode

import pytest

from scheduling.models import SessionType
from tests.factories.clients import ClientFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    SessionTypeFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

SLOTS = "/api/v1/slots/"


@pytest.fixture
def monday():
    return AvailabilityRuleFactory.create()


def get(api, **query):
    query = {"session_type": "individual-50", "to": "2027-01-04"} | query
    return api.get(f"{SLOTS}?{urlencode(query, doseq=True)}")


def test_a_slot_tells_all_that_a_booking_needs(front_desk, monday):
    answer = get(front_desk, limit=1).json()

    assert answer["results"] == [
        {
            "starts_at": "2027-01-04T09:00:00-08:00",
            "ends_at": "2027-01-04T09:50:00-08:00",
            "timezone": "America/Los_Angeles",
            "mode": "in_person",
            "office": {"slug": monday.office.slug, "name": monday.office.name},
            "therapist": {
                "id": str(monday.therapist.pk),
                "display_name": monday.therapist.display_name,
            },
            "session_type": "individual-50",
            "rooms_free": 1,
        }
    ]
    assert answer["previous"] is None


def test_next_leads_through_all_pages(front_desk, monday):
    whole = get(front_desk, limit=200).json()["results"]

    found, url = [], f"{SLOTS}?session_type=individual-50&to=2027-01-04&limit=8"
    while url:
        page = front_desk.get(url).json()
        found += page["results"]
        url = page["next"]

    assert found == whole
    assert len(whole) == 30


def test_hours_from_elsewhere_have_no_office(front_desk):
    AvailabilityRuleFactory.create(office=None, mode="telehealth")

    slot = get(front_desk).json()["results"][0]

    assert (slot["office"], slot["rooms_free"], slot["mode"]) == (
        None,
        None,
        "telehealth",
    )


def test_nothing_free_says_why(front_desk, monday):
    answer = get(front_desk, mode="in_person", time_from="17:00").json()

    assert answer == {
        "next": None,
        "previous": None,
        "results": [],
        "reasons": [
            {
                "code": "outside_hours",
                "detail": "The therapist does not work there then.",
                "therapists": 1,
            }
        ],
        "alternatives": [],
    }


def test_nothing_free_offers_staff_the_nearest_hours(api, front_desk, monday):
    tuesday = {"from": "2027-01-05", "to": "2027-01-05", "per_therapist": 1}

    near = get(front_desk, **tuesday).json()["alternatives"]

    assert [slot["starts_at"][:10] for slot in near] == ["2027-01-04"] * 3
    assert "alternatives" not in get(api, **tuesday).json()


def test_anyone_may_search_and_gives_notice(api, monday):
    SessionTypeFactory.create(intake=True)
    monday.therapist.session_types.add(*SessionType.objects.all())

    answer = get(api, session_type="intake-50", to="2027-01-11").json()

    assert answer["results"][0]["starts_at"] == "2027-01-11T09:00:00-08:00"


def test_a_client_is_found_only_by_those_who_may_see_them(
    api, front_desk, as_therapist, monday
):
    client = ClientFactory.create()

    assert get(front_desk, client=client.pk).json()["results"]
    for caller in (api, as_therapist(monday.therapist)):
        answer = get(caller, client=client.pk)
        assert (answer.status_code, answer.json()["results"]) == (200, [])


def test_a_therapist_searches_for_their_own_client(as_therapist, monday):
    client = ClientFactory.create()
    AppointmentFactory.create(therapist=monday.therapist, clients=[client])

    assert get(as_therapist(monday.therapist), client=client.pk).json()["results"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"session_type": []}, "?session_type"),
        ({"session_type": "no-such"}, "?session_type"),
        ({"from": "2027-01-05", "to": "2027-01-04"}, "?to"),
        ({"from": "2027-01-04", "to": "2027-04-07"}, "?to"),
        ({"from": "2027-01-04T09:00:00"}, "?from"),
        ({"from": "2027-02-30"}, "?from"),
        ({"to": "9999-12-31"}, "?to"),
        ({"office": "atlantis"}, "?office"),
        ({"therapist": "7"}, "?therapist"),
        ({"age_group": "toddler"}, "?age_group"),
        ({"language": "English"}, "?language"),
        ({"language": "zz"}, "?language"),
        ({"mode": "phone"}, "?mode"),
        ({"weekday": "7"}, "?weekday"),
        ({"weekday": "\u0661"}, "?weekday"),
        ({"time_from": "25:00"}, "?time_from"),
        ({"time_from": "12:00", "time_to": "11:00"}, "?time_to"),
        ({"per_therapist": "0"}, "?per_therapist"),
        ({"limit": "201"}, "?limit"),
        ({"limit": "-1"}, "?limit"),
        ({"cursor": "cD0lMDA="}, "?cursor"),
        ({"surprise": "1"}, "?surprise"),
        ({"from": "2027-01-04 09:00:00\x00"}, "?from"),
    ],
)
def test_a_bad_parameter_is_named(front_desk, monday, query, parameter):
    answer = get(front_desk, **query)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert parameter in [error["pointer"] for error in answer.json()["errors"]]


def test_from_and_to_may_be_so_many_days_apart(api, front_desk, monday):
    def status(someone, to):
        return get(someone, **{"from": "2027-01-04", "to": to}).status_code

    assert [status(front_desk, to) for to in ("2027-04-06", "2027-04-07")] == [200, 400]
    assert [status(api, to) for to in ("2027-03-05", "2027-03-06")] == [200, 400]


def test_an_id_that_is_not_there_finds_nothing(front_desk, monday):
    nobody = "01a00000-0000-7000-8000-000000000000"

    assert get(front_desk, therapist=nobody).json()["results"] == []
    assert get(front_desk, client=nobody).json()["results"] == []


def test_as_many_clients_as_the_session_is_for(front_desk, monday):
    couple = [client.pk for client in ClientFactory.create_batch(2)]

    answer = get(front_desk, client=couple)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "?client"


def test_a_search_writes_nothing(front_desk, monday, django_assert_max_num_queries):
    with django_assert_max_num_queries(12) as queries:
        get(front_desk)

    assert [
        q["sql"] for q in queries if not q["sql"].strip().startswith("SELECT")
    ] == []
