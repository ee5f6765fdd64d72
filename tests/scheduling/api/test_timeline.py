"""What the front desk reads of an appointment. History's times are the database's."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pghistory
import pytest
from django.contrib.auth.models import User
from django.db import transaction

from clients.models import Channel
from config import ids
from config.clock import database_now
from scheduling import answers, resolutions, runs, series, timeline
from scheduling.models import (
    AnswerVia,
    Appointment,
    Decision,
    Message,
    MessageKind,
    MessageState,
    Mode,
)
from scheduling.occurrences import OnConflict
from scheduling.orders import Order
from scheduling.runs import Length
from tests.factories.clients import ClientFactory, GuardianFactory
from tests.factories.locations import RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    MessageFactory,
    PracticePolicyFactory,
    SessionTypeFactory,
)
from tests.times import MONDAY_9AM, NEXT_MONDAY, NOW, at

APPOINTMENTS = "/api/v1/appointments/"
TEN = at(NEXT_MONDAY, "10:00")

in_transactions_of_their_own = pytest.mark.django_db(transaction=True)


def read(desk, appointment):
    response = desk.get(f"{APPOINTMENTS}{appointment}/timeline/")
    assert response.status_code == 200, response.json()
    return response.json()


def events(desk, appointment):
    return [entry["event"] for entry in read(desk, appointment)["entries"]]


def change(desk, appointment, verb, body=None):
    version = Appointment.objects.get(pk=appointment).version
    answer = desk.post(
        f"{APPOINTMENTS}{appointment}/{verb}/",
        body or {},
        headers={"If-Match": f'"{version}"'},
    )
    assert answer.status_code == 200, answer.json()


def book(desk, hours, *clients, **body):
    answer = desk.post(
        APPOINTMENTS,
        {
            "therapist": hours.therapist.pk,
            "clients": [client.pk for client in clients],
            "session_type": SessionTypeFactory.create().slug,
            "office": hours.office.slug,
            "starts_at": TEN.isoformat(),
            **body,
        },
    )
    assert answer.status_code == 201, answer.json()
    return answer.json()["id"]


def become(message, state, **values):
    """What a worker writes."""
    sending = state == MessageState.SENDING
    lease = {"lease_token": uuid4() if sending else None, "lease_until": NOW}
    Message.objects.filter(pk=message.pk).update(
        state=state, **lease | {"sent_at": message.sent_at} | values
    )


@pytest.fixture
def hours(db):
    PracticePolicyFactory.create()
    return AvailabilityRuleFactory.create()


@in_transactions_of_their_own
@pytest.mark.usefixtures("frozen_now")
def test_timeline_tells_what_became_of_a_session_and_who_was_told(front_desk, hours):
    client = ClientFactory.create()
    key = book(front_desk, hours, client)
    change(front_desk, key, "reschedule", {"starts_at": "2027-01-11T12:00:00-08:00"})
    notice = Message.objects.get(kind=MessageKind.BOOKED, state=MessageState.PENDING)
    become(notice, MessageState.SENDING, attempts=1)
    waits = {"last_error": "http_503", "next_attempt_at": NOW}
    become(notice, MessageState.PENDING, **waits)
    become(notice, MessageState.SENDING, attempts=2)
    become(notice, MessageState.SENT, sent_at=NOW, last_error="")
    become(notice, MessageState.DELIVERED, sent_at=NOW)
    with pghistory.context(via="link"):
        Appointment.objects.update(status="confirmed", version=3)

    told = read(front_desk, key)

    assert (told["timezone"], told["is_whole"]) == ("America/Los_Angeles", True)
    entries = told["entries"]
    staff = {
        "id": str(ids.of_account(User.objects.get())),
        "display_name": User.objects.get().username,
    }
    assert [(each["event"], each["by"], each["via"]) for each in entries] == [
        ("booked", staff, "staff"),
        ("message_planned", staff, "staff"),
        ("moved", staff, "staff"),
        ("message_cancelled", staff, "staff"),
        ("message_planned", staff, "staff"),
        ("message_tried", None, "system"),
        ("message_sent", None, "system"),
        ("message_delivered", None, "system"),
        ("confirmed", None, "link"),
    ]
    assert [each["place"] and each["place"]["starts_at"] for each in entries] == [
        *["2027-01-11T10:00:00-08:00", None, "2027-01-11T12:00:00-08:00"],
        *[None] * 5,
        "2027-01-11T12:00:00-08:00",
    ]
    assert entries[2]["place"] == {
        "starts_at": "2027-01-11T12:00:00-08:00",
        "ends_at": "2027-01-11T12:50:00-08:00",
        "therapist": {
            "id": str(hours.therapist.pk),
            "display_name": hours.therapist.display_name,
        },
        "office": {"slug": hours.office.slug, "name": hours.office.name},
        "room": entries[0]["place"]["room"],
        "mode": "in_person",
        "override_reason": "",
    }
    assert entries[5] == {
        "at": entries[5]["at"],
        "event": "message_tried",
        "by": None,
        "via": "system",
        "place": None,
        "client": None,
        "message": {
            "id": str(notice.pk),
            "appointment": key,
            "recipient": {"id": str(client.pk), "display_name": client.display_name},
            "kind": "booked",
            "channel": "email",
            "state": "pending",
            "for_series": False,
            "due_at": "2027-01-04T08:03:00-08:00",
            "next_attempt_at": "2027-01-04T08:00:00-08:00",
            "attempts": 1,
            "code": "http_503",
        },
        "resolution": None,
    }
    times = [datetime.fromisoformat(each["at"]) for each in entries]
    assert times == sorted(times)


@in_transactions_of_their_own
def test_timeline_tells_what_was_decided_about_a_message(front_desk, hours):
    guardian = GuardianFactory.create()
    appointment = AppointmentFactory.create(clients=[guardian.client])
    message = MessageFactory.create(
        appointment=appointment, guardian=guardian, recipient=guardian.pk
    )
    become(message, MessageState.SENDING, attempts=1)
    become(message, MessageState.FAILED, last_error="http_400")
    user = User.objects.get()
    decided_at = database_now()
    resolutions.resolve(
        message, decision=Decision.ARRIVED, note="Said so.", by=user, now=decided_at
    )

    [*_, failed, resolved] = read(front_desk, appointment.pk)["entries"]

    assert (failed["event"], failed["message"]["code"]) == (
        "message_failed",
        "http_400",
    )
    assert failed["message"]["recipient"]["id"] == str(guardian.pk)
    assert (resolved["event"], resolved["via"], resolved["resolution"]) == (
        "message_resolved",
        "staff",
        {"decision": "arrived", "note": "Said so."},
    )
    assert resolved["by"] == {
        "id": str(ids.of_account(user)),
        "display_name": user.username,
    }


@in_transactions_of_their_own
@pytest.mark.usefixtures("frozen_now")
def test_timeline_tells_what_a_client_answered_and_by_which_way(front_desk, hours):
    appointment = Appointment.objects.get(pk=book(front_desk, hours, ClientFactory()))
    message = appointment.messages.get(kind=MessageKind.BOOKED)
    facts = {"facts_version": appointment.facts_version, "now": NOW}

    answers.confirm(message, via=AnswerVia.LINK, **facts)
    answers.ask_for_call(message, via=AnswerVia.SMS, now=NOW)

    told = read(front_desk, appointment.pk)["entries"]
    assert {
        (each["event"], each["via"]) for each in told if each["via"] != "staff"
    } == {
        ("confirmed", "link"),
        ("answered_yes", "link"),
        ("asked_for_call", "sms"),
    }


@in_transactions_of_their_own
@pytest.mark.usefixtures("frozen_now")
def test_timeline_of_a_kept_slot_that_is_booked_and_called_off(front_desk, hours):
    body = {
        "therapist": hours.therapist.pk,
        "session_type": SessionTypeFactory.create().slug,
        "office": hours.office.slug,
        "starts_at": TEN.isoformat(),
    }
    held = front_desk.post("/api/v1/holds/", body).json()["id"]
    booked = {"hold": held, "clients": [ClientFactory.create().pk]}
    answer = front_desk.post(APPOINTMENTS, booked)
    assert answer.status_code == 201, answer.json()
    change(front_desk, held, "confirm")
    change(front_desk, held, "cancel", {"by": "practice"})

    assert events(front_desk, held) == [
        *["held", "booked", "message_planned", "confirmed"],
        *["cancelled_by_practice", "message_cancelled"],
    ]


@in_transactions_of_their_own
@pytest.mark.usefixtures("frozen_now")
def test_timeline_tells_who_joined_and_who_left(front_desk, hours):
    kind = SessionTypeFactory.create(group=True)
    hours.therapist.session_types.add(kind)
    first, second = ClientFactory.create_batch(2)
    key = book(front_desk, hours, first, session_type=kind.slug)
    change(front_desk, key, "add-client", {"client": second.pk})
    change(front_desk, key, "remove-client", {"client": first.pk, "by": "client"})
    change(front_desk, key, "cancel", {"by": "client"})

    entries = read(front_desk, key)["entries"]

    own = [each for each in entries if each["message"] is None]
    assert [
        (each["event"], each["client"] and each["client"]["id"]) for each in own
    ] == [
        ("booked", None),
        ("client_joined", str(second.pk)),
        ("client_left", str(first.pk)),
        ("cancelled", None),
    ]


@in_transactions_of_their_own
def test_timeline_of_a_day_of_changes_of_mind(front_desk):
    """Each status from the one before, as an operation writes it."""
    with transaction.atomic():
        session = AppointmentFactory.create(starts_at=MONDAY_9AM)
    another = RoomFactory.create(office=session.office)
    for number, status in enumerate(
        [
            *["confirmed", "scheduled", "checked_in", "completed", "checked_in"],
            *["completed", "scheduled", "no_show", "scheduled"],
        ]
    ):
        Appointment.objects.update(status=status, version=number + 2)
    Appointment.objects.update(note="Nothing to tell of.", version=20)
    Appointment.objects.update(room=another)

    assert events(front_desk, session.pk) == [
        *["booked", "confirmed", "reopened", "checked_in", "completed"],
        *["checked_in", "completed", "reopened", "no_show", "reopened"],
        "room_changed",
    ]


@in_transactions_of_their_own
@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([{"state": "cancelled"}, {"state": "pending"}], ["cancelled", "replanned"]),
        ([{"due_at": NOW - timedelta(hours=1)}], ["replanned"]),
        ([{"next_attempt_at": NOW}], ["put_off"]),
        ([{"dispatched_until": NOW}, {"dispatched_until": None}], []),
        ([{"state": "expired"}], ["expired"]),
        ([{"state": "unknown"}, {"state": "pending"}], ["unknown", "retried"]),
        ([{"state": "failed"}, {"state": "pending"}], ["failed", "retried"]),
        ([{"state": "sent"}, {"state": "failed"}], ["sent", "failed"]),
    ],
)
def test_timeline_of_a_message(front_desk, steps, told):
    with transaction.atomic():
        message = MessageFactory.create()
    for values in steps:
        Message.objects.update(**{"sent_at": NOW} | values)

    happened = events(front_desk, message.appointment_id)

    assert happened == [
        *["booked", "message_planned"],
        *[f"message_{name}" for name in told],
    ]


@in_transactions_of_their_own
def test_timeline_of_an_occurrence_has_the_notice_that_spoke_of_the_series(
    front_desk, hours
):
    order = Order(
        therapist=hours.therapist,
        clients=[ClientFactory.create()],
        session_type=SessionTypeFactory.create(),
        office=hours.office,
        mode=Mode.IN_PERSON,
        starts_at=TEN,
    )
    row, _ = series.book(
        runs.run(order, 1, Length(count=3)),
        every_weeks=1,
        on_conflict=OnConflict.REFUSE,
        now=NOW,
    )
    first, second, third = row.occurrences.order_by("occurs_on")
    MessageFactory.create(appointment=first, channel=Channel.EMAIL, for_series=False)

    def messages(occurrence):
        entries = read(front_desk, occurrence.pk)["entries"]
        return [
            (each["message"]["for_series"], each["message"]["appointment"])
            for each in entries
            if each["message"]
        ]

    assert messages(third) == messages(second) == [(True, str(first.pk))]
    assert len(messages(first)) == 2


def test_timeline_leaves_out_the_oldest_of_a_very_long_history(front_desk, monkeypatch):
    monkeypatch.setattr(timeline, "MOST", 3)
    message = MessageFactory.create()
    for hours in range(1, 6):
        Message.objects.update(due_at=NOW + timedelta(hours=hours))

    told = read(front_desk, message.appointment_id)

    assert told["is_whole"] is False
    assert [
        each["message"]["due_at"] for each in told["entries"] if each["message"]
    ] == [f"2027-01-04T{hour}:00:00-08:00" for hour in (11, 12, 13)]


@pytest.mark.parametrize("count", [1, 3])
def test_timeline_needs_the_same_queries_for_any_length(
    front_desk, count, django_assert_num_queries
):
    appointment = AppointmentFactory.create()
    for number in range(count):
        MessageFactory.create(appointment=appointment, before_start_minutes=number)
        Appointment.objects.update(starts_at=MONDAY_9AM - timedelta(minutes=number))

    with django_assert_num_queries(
        9
    ):  # who asks, in three; of what; its history, in five
        assert len(read(front_desk, appointment.pk)["entries"]) == 2 * count


@pytest.mark.parametrize(
    ("caller", "status"),
    [("anonymous", 401), ("therapist", 403), ("front_desk", 200), ("manager", 200)],
)
@pytest.mark.django_db
def test_timeline_is_the_front_desks(caller, status, request, api, as_therapist):
    appointment = AppointmentFactory.create()
    callers = {
        "anonymous": lambda: api,
        "therapist": lambda: as_therapist(appointment.therapist),
    }
    client = callers.get(caller, lambda: request.getfixturevalue(caller))()

    response = client.get(f"{APPOINTMENTS}{appointment.pk}/timeline/")

    assert response.status_code == status


@pytest.mark.parametrize("key", [uuid4(), "1", "%00", "%D9%A1", 2**70])
def test_timeline_of_nothing_is_not_found(front_desk, key):
    assert front_desk.get(f"{APPOINTMENTS}{key}/timeline/").status_code == 404


def test_timeline_takes_no_parameter_and_is_only_read(front_desk):
    address = f"{APPOINTMENTS}{AppointmentFactory.create().pk}/timeline/"

    refused = front_desk.get(address, {"limit": 5})

    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
    assert front_desk.post(address).status_code == 405


def test_timeline_says_nothing_of_what_is_not_the_front_desks(front_desk):
    appointment = AppointmentFactory.create(note="a private word")
    MessageFactory.create(appointment=appointment)

    text = front_desk.get(f"{APPOINTMENTS}{appointment.pk}/timeline/").content.decode()

    assert "private" not in text
    assert "provider" not in text


def test_entries_of_one_thing_never_go_back_in_time(front_desk):
    message = MessageFactory.create()
    Message.objects.update(due_at=NOW)
    times = [
        datetime.fromisoformat(each["at"]).astimezone(UTC)
        for each in read(front_desk, message.appointment_id)["entries"]
    ]
    assert all(one <= other for one, other in pairwise(times))
