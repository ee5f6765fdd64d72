from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clients.models import Channel
from scheduling.models import MessageKind, MessageState
from tests.factories.clients import GuardianFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    MessageFactory,
    TherapistFactory,
)
from tests.times import MONDAY_9AM, NOW

pytestmark = pytest.mark.django_db

LIST = "/api/v1/messages/"


def ids(response):
    assert response.status_code == 200, response.json()
    return [row["id"] for row in response.json()["results"]]


def keys(*messages):
    return [str(message.pk) for message in messages]


def test_a_message_says_what_became_of_it(front_desk):
    message = MessageFactory.create(
        state=MessageState.SENT, sent_at=NOW, attempts=2, facts_version=3
    )

    response = front_desk.get(reverse("message-detail", args=[message.pk]))

    body = response.json()
    assert body.pop("created_at").endswith(("-08:00", "-07:00"))
    assert body == {
        "id": str(message.pk),
        "appointment": str(message.appointment_id),
        "recipient": {
            "id": str(message.client_id),
            "display_name": message.client.display_name,
        },
        "kind": "reminder",
        "channel": "sms",
        "for_series": False,
        "due_at": "2027-01-04T08:00:00-08:00",
        "not_after": "2027-01-04T08:45:00-08:00",
        "state": "sent",
        "attempts": 2,
        "sent_at": "2027-01-04T08:00:00-08:00",
        "facts_version": 3,
        "last_error": "",
        "timezone": "America/Los_Angeles",
    }


def test_a_message_to_a_guardian_names_the_guardian(front_desk):
    guardian = GuardianFactory.create()
    message = MessageFactory.create(
        appointment=AppointmentFactory.create(clients=[guardian.client]),
        guardian=guardian,
        recipient=guardian.pk,
    )

    response = front_desk.get(reverse("message-detail", args=[message.pk]))

    assert response.json()["recipient"] == {
        "id": str(guardian.pk),
        "display_name": guardian.display_name,
    }


def test_messages_are_narrowed_by_every_filter(front_desk):
    text = MessageFactory.create()
    mail = MessageFactory.create(
        kind=MessageKind.BOOKED,
        channel=Channel.EMAIL,
        state=MessageState.FAILED,
        due_at=NOW + timedelta(hours=1),
    )

    found = {
        name: ids(front_desk.get(LIST, {name: value}))
        for name, value in {
            "state": "failed",
            "kind": "booked",
            "channel": "email",
            "appointment": mail.appointment_id,
            "due_after": "2027-01-04T09:00:00-08:00",
            "due_before": "2027-01-04T09:00:00-08:00",
        }.items()
    }

    assert found == {
        "state": keys(mail),
        "kind": keys(mail),
        "channel": keys(mail),
        "appointment": keys(mail),
        "due_after": keys(mail),
        "due_before": keys(text),
    }
    assert ids(front_desk.get(LIST, {"state": ["failed", "pending"]})) == keys(
        text, mail
    )
    assert ids(front_desk.get(LIST, {"appointment": uuid4()})) == []


@pytest.mark.parametrize(
    "query",
    [
        *["state=lost", "kind=fax", "channel=fax", "appointment=1", "due_after=today"],
        *["ordering=last_error", "recipient=x", "search=a", "limit=0"],
    ],
)
def test_messages_refuse_what_they_do_not_know(front_desk, query):
    response = front_desk.get(f"{LIST}?{query}")

    assert (response.status_code, response.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize("ordering", ["due_at", "-due_at"])
def test_messages_are_read_page_by_page_either_way(front_desk, ordering):
    messages = [
        MessageFactory.create(due_at=MONDAY_9AM + timedelta(hours=hours))
        for hours in range(3)
    ]

    first = front_desk.get(LIST, {"ordering": ordering, "limit": 2})
    second = front_desk.get(first.json()["next"])

    expected = keys(*messages) if ordering == "due_at" else keys(*reversed(messages))
    assert (ids(first), ids(second)) == (expected[:2], expected[2:])


@pytest.mark.parametrize("count", [1, 3])
def test_messages_need_the_same_queries_for_any_number(
    front_desk, count, django_assert_num_queries
):
    MessageFactory.create_batch(count)

    with django_assert_num_queries(4):
        response = front_desk.get(LIST)

    assert len(ids(response)) == count


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.UNKNOWN])
def test_retry_lets_a_message_wait_again(front_desk, state):
    message = MessageFactory.create(state=state, attempts=8, last_error="http_500")

    response = front_desk.post(reverse("message-retry", args=[message.pk]))

    message.refresh_from_db()
    assert (response.status_code, response.json()["state"]) == (200, "pending")
    assert (message.state, message.attempts) == (MessageState.PENDING, 0)


def test_retry_refuses_a_message_that_is_on_its_way(front_desk):
    message = MessageFactory.create(state=MessageState.SENT, sent_at=NOW)

    response = front_desk.post(reverse("message-retry", args=[message.pk]))

    message.refresh_from_db()
    assert (response.status_code, response.json()["code"]) == (
        409,
        "invalid_transition",
    )
    assert message.state == MessageState.SENT


def test_retry_takes_no_body(front_desk):
    message = MessageFactory.create(state=MessageState.FAILED)

    response = front_desk.post(
        reverse("message-retry", args=[message.pk]), {"channel": "email"}
    )

    message.refresh_from_db()
    assert (response.status_code, message.state) == (400, MessageState.FAILED)


@pytest.mark.parametrize(
    ("caller", "statuses"),
    [
        ("anonymous", [401, 401, 401]),
        ("therapist", [403, 403, 403]),
        ("front_desk", [200, 200, 200]),
        ("manager", [200, 200, 200]),
    ],
)
def test_messages_are_the_front_desks(caller, statuses, request, api, as_therapist):
    message = MessageFactory.create(state=MessageState.FAILED)
    callers = {
        "anonymous": lambda: api,
        "therapist": lambda: as_therapist(message.appointment.therapist),
    }
    client = callers.get(caller, lambda: request.getfixturevalue(caller))()

    answers = [
        client.get(LIST),
        client.get(reverse("message-detail", args=[message.pk])),
        client.post(reverse("message-retry", args=[message.pk])),
    ]

    assert [answer.status_code for answer in answers] == statuses


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_ledger_is_not_written_by_hand(front_desk, method):
    message = MessageFactory.create()

    answers = [
        getattr(front_desk, method)(address).status_code
        for address in (LIST, reverse("message-detail", args=[message.pk]))
    ]

    assert answers == [405, 405]


def test_a_message_that_is_not_there_is_not_found(front_desk):
    TherapistFactory.create()

    response = front_desk.post(reverse("message-retry", args=[uuid4()]))

    assert response.status_code == 404
