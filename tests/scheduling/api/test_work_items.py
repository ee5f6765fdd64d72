from datetime import timedelta

import pytest

from scheduling.models import GuaranteeState, MessageState
from tests.factories.guarantees import asked
from tests.factories.scheduling import (
    AnswerFactory,
    AppointmentFactory,
    AvailabilityRuleFactory,
    MessageFactory,
)
from tests.times import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

URL = "/api/v1/work-items/"


def covered(**more):
    """A session within its therapist's hours, Monday at nine."""
    hours = AvailabilityRuleFactory.create()
    return AppointmentFactory.create(
        therapist=hours.therapist, room=hours.office.rooms.get(), **more
    )


def stuck():
    return MessageFactory.create(
        appointment=covered(), state=MessageState.FAILED, last_error="rejected"
    )


def concerned(session):
    client = session.clients.get()
    return {
        "id": str(session.pk),
        "version": 1,
        "status": "scheduled",
        "starts_at": "2027-01-04T09:00:00-08:00",
        "ends_at": "2027-01-04T09:50:00-08:00",
        "timezone": "America/Los_Angeles",
        "therapist": {
            "id": str(session.therapist.pk),
            "display_name": session.therapist.display_name,
        },
        "office": {"slug": session.office.slug, "name": session.office.name},
        "clients": [{"id": str(client.pk), "display_name": client.display_name}],
    }


def found(api, query=""):
    return [each["kind"] for each in api.get(URL + query).json()["results"]]


def test_list_tells_of_each_item_what_it_is_about(front_desk):
    message, session = stuck(), AppointmentFactory.create()

    response = front_desk.get(URL)

    assert response.status_code == 200
    assert response.json() == {
        "next": None,
        "previous": None,
        "results": [
            {
                "kind": "message",
                "at": "2027-01-04T08:00:00-08:00",
                "reasons": [],
                "appointment": concerned(message.appointment),
                "message": {
                    "id": str(message.pk),
                    "kind": "reminder",
                    "channel": "sms",
                    "state": "failed",
                    "last_error": "rejected",
                },
                "reply": None,
                "guarantee": None,
            },
            {
                "kind": "uncovered",
                "at": "2027-01-04T09:00:00-08:00",
                "reasons": [
                    {
                        "code": "outside_hours",
                        "detail": "The therapist does not work there then.",
                    }
                ],
                "appointment": concerned(session),
                "message": None,
                "reply": None,
                "guarantee": None,
            },
        ],
    }


def test_list_narrows_by_kind_office_and_therapist(front_desk):
    message, session = stuck(), AppointmentFactory.create()
    AppointmentFactory.create(starts_at=NOW - timedelta(days=1))

    assert found(front_desk) == ["unresolved", "message", "uncovered"]
    assert found(front_desk, "?kind=message&kind=uncovered") == ["message", "uncovered"]
    assert found(front_desk, f"?office={session.office.slug}") == ["uncovered"]
    assert found(front_desk, f"?therapist={message.appointment.therapist_id}") == [
        "message"
    ]


def test_pages_lead_from_one_to_the_next(front_desk):
    sessions = sorted(AppointmentFactory.create_batch(3), key=lambda each: each.pk)
    first = front_desk.get(f"{URL}?limit=2&kind=uncovered").json()

    second = front_desk.get(first["next"]).json()

    rows = [*first["results"], *second["results"]]
    assert [each["appointment"]["id"] for each in rows] == [
        str(session.pk) for session in sessions
    ]
    assert second["next"] is None


@pytest.mark.parametrize(
    "query",
    [
        "kind=late",
        "office=nowhere",
        "therapist=5",
        "limit=0",
        "limit=201",
        "cursor=x",
        "cursor=a&cursor=b",
        "status=open",
        "ordering=at",
    ],
)
def test_list_refuses_parameters_that_make_no_sense(front_desk, query):
    assert front_desk.get(f"{URL}?{query}").status_code == 400


def test_cursor_of_another_list_is_refused(front_desk):
    AppointmentFactory.create_batch(2)
    following = front_desk.get("/api/v1/appointments/?limit=1").json()["next"]

    response = front_desk.get(following.replace("appointments", "work-items"))

    assert response.status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_list_needs_the_same_queries_for_any_number_of_items(
    front_desk, django_assert_num_queries, count
):
    for _ in range(count):
        message = stuck()
        AnswerFactory.create(message=message)
        AppointmentFactory.create()
        AppointmentFactory.create(starts_at=NOW - timedelta(days=1))
        asked(GuaranteeState.REFUND_ASKED)

    with django_assert_num_queries(15):
        response = front_desk.get(URL)

    assert len(response.json()["results"]) == 5 * count


def test_list_tells_of_a_guarantee_what_is_wanted(front_desk):
    guarantee = asked(GuaranteeState.REMATCH_ASKED)

    (item,) = front_desk.get(URL + "?kind=guarantee").json()["results"]

    assert item["appointment"]["id"] == str(guarantee.current.trial.pk)
    assert item["guarantee"] == {
        "id": str(guarantee.pk),
        "version": 1,
        "state": "rematch_asked",
        "client": {
            "id": str(guarantee.client.pk),
            "display_name": guarantee.client.display_name,
        },
        "reason": "rapport",
        "credit_until": "2027-04-04",
    }
