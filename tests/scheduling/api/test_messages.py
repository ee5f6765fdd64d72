import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from clients.models import Channel
from config.ids import of_account
from scheduling.models import (
    Message,
    MessageKind,
    MessageResolution,
    MessageState,
)
from tests.factories.clients import GuardianFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    MessageFactory,
    MessageResolutionFactory,
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
        "resolution": None,
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


@pytest.mark.usefixtures("frozen_now")
def test_messages_are_narrowed_by_every_filter(front_desk):
    text = MessageFactory.create()
    mail = MessageFactory.create(
        appointment__room__office__slug="encino",
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
            "office": mail.appointment.office.slug,
            "client": mail.client_id,
            "recipient": mail.recipient,
            "needs_attention": "true",
            "due_after": "2027-01-04T09:00:00-08:00",
            "due_before": "2027-01-04T09:00:00-08:00",
        }.items()
    }

    assert found == {
        "state": keys(mail),
        "kind": keys(mail),
        "channel": keys(mail),
        "appointment": keys(mail),
        "office": keys(mail),
        "client": keys(mail),
        "recipient": keys(mail),
        "needs_attention": keys(mail),
        "due_after": keys(mail),
        "due_before": keys(text),
    }
    assert ids(front_desk.get(LIST, {"state": ["failed", "pending"]})) == keys(
        text, mail
    )
    assert ids(front_desk.get(LIST, {"needs_attention": "false"})) == keys(text)
    for name in ("appointment", "client", "recipient"):
        assert ids(front_desk.get(LIST, {name: uuid4()})) == []


def test_messages_are_found_by_whoever_they_go_to(front_desk):
    guardian = GuardianFactory.create()
    appointment = AppointmentFactory.create(clients=[guardian.client])
    to_guardian = MessageFactory.create(
        appointment=appointment, guardian=guardian, recipient=guardian.pk
    )
    to_client = MessageFactory.create(appointment=appointment)

    found = [
        ids(front_desk.get(LIST, {name: key}))
        for name, key in [
            ("recipient", guardian.pk),
            ("recipient", guardian.client.pk),
            ("client", guardian.client.pk),
            ("recipient", [guardian.pk, guardian.client.pk]),
        ]
    ]

    assert found == [
        keys(to_guardian),
        keys(to_client),
        keys(to_guardian, to_client),
        keys(to_guardian, to_client),
    ]


@pytest.mark.usefixtures("frozen_now")
def test_messages_need_attention_while_somebody_could_still_do_something(front_desk):
    stuck = MessageFactory.create(state=MessageState.UNKNOWN)
    MessageFactory.create()
    MessageFactory.create(state=MessageState.FAILED, not_after=NOW)
    MessageFactory.create(state=MessageState.FAILED, appointment__facts_version=2)
    Message.objects.filter(facts_version=2).update(facts_version=1)
    resolved = MessageFactory.create(state=MessageState.FAILED)
    MessageResolutionFactory.create(message=resolved)

    assert ids(front_desk.get(LIST, {"needs_attention": "true"})) == keys(stuck)


@pytest.mark.parametrize(
    "query",
    [
        *["state=lost", "kind=fax", "channel=fax", "appointment=1", "due_after=today"],
        *["ordering=last_error", "recipient=x", "search=a", "limit=0"],
        *["office=mars", "client=1", "needs_attention=1", "needs_attention=True"],
        *["recipient=%00", "office=%00", "office=venice%20", "guardian=x"],
        *["needs_attention=true&needs_attention=false"],
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
    for message in MessageFactory.create_batch(count):
        MessageResolutionFactory.create(message=message)

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
        ("anonymous", [401, 401, 401, 401]),
        ("therapist", [403, 403, 403, 403]),
        ("front_desk", [200, 200, 200, 200]),
        ("manager", [200, 200, 200, 200]),
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
        client.post(
            reverse("message-resolve", args=[message.pk]), {"decision": "arrived"}
        ),
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


@pytest.mark.parametrize("verb", ["retry", "resolve"])
def test_a_message_that_is_not_there_is_not_found(front_desk, verb):
    TherapistFactory.create()

    response = front_desk.post(reverse(f"message-{verb}", args=[uuid4()]))

    assert response.status_code == 404


@pytest.mark.usefixtures("frozen_now")
@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.UNKNOWN])
def test_resolve_takes_a_message_off_the_work_list_and_says_who_decided(
    front_desk, state
):
    message = MessageFactory.create(state=state)
    assert work_items(front_desk) == keys(message)

    response = resolve(front_desk, message, note="Called at nine.")

    user = User.objects.get()
    told = front_desk.get(reverse("message-detail", args=[message.pk])).json()
    assert (response.status_code, response.json()) == (200, told)
    assert (told["state"], told["resolution"]) == (
        state,
        {
            "decision": "told_otherwise",
            "note": "Called at nine.",
            "by": {"id": str(of_account(user)), "display_name": user.username},
            "at": "2027-01-04T08:00:00-08:00",
        },
    )
    assert work_items(front_desk) == []


@pytest.mark.usefixtures("frozen_now")
def test_retry_voids_what_was_decided(front_desk):
    message = MessageFactory.create(state=MessageState.FAILED)
    resolve(front_desk, message)

    response = front_desk.post(reverse("message-retry", args=[message.pk]))

    assert (response.status_code, response.json()["resolution"]) == (200, None)
    assert MessageResolution.objects.count() == 0


def test_resolve_repeated_with_its_key_says_the_same(front_desk):
    message = MessageFactory.create(state=MessageState.FAILED)
    key = {"Idempotency-Key": "a"}
    first = resolve(front_desk, message, headers=key)

    again = resolve(front_desk, message, headers=key)
    other = resolve(front_desk, message, decision="arrived", headers=key)

    assert (again.status_code, again.json()) == (200, first.json())
    assert again["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    "body",
    [
        *[{}, [], None, "x", {"decision": None}, {"decision": "ignored"}],
        *[{"decision": ["arrived"]}, {"decision": "arrived", "note": 5}],
        {"decision": "arrived", "note": "x" * 501},
        {"decision": "arrived", "note": "a\0b"},
        {"decision": "arrived", "note": "\ud800"},
        {"decision": "arrived", "by": 1},
        {"decision": "arrived", "state": "sent"},
    ],
)
def test_resolve_refuses_what_it_does_not_know(front_desk, body):
    message = MessageFactory.create(state=MessageState.FAILED)

    response = front_desk.post(
        reverse("message-resolve", args=[message.pk]),
        json.dumps(body),
        content_type="application/json",
    )

    assert response.status_code == 400
    assert MessageResolution.objects.count() == 0


@pytest.mark.parametrize(
    "state", sorted(set(MessageState) - {"failed", "unknown", "sending"})
)
def test_resolve_refuses_a_message_that_leaves_nothing_to_decide(front_desk, state):
    message = MessageFactory.create(state=state, sent_at=NOW)

    response = resolve(front_desk, message)

    assert (response.status_code, response.json()["code"]) == (
        409,
        "invalid_transition",
    )
    assert MessageResolution.objects.count() == 0


def resolve(client, message, *, headers=None, **body):
    return client.post(
        reverse("message-resolve", args=[message.pk]),
        {"decision": "told_otherwise", **body},
        headers=headers or {},
    )


def work_items(client):
    response = client.get("/api/v1/work-items/", {"kind": "message"})
    return [item["message"]["id"] for item in response.json()["results"]]
