from datetime import timedelta

import pytest

from scheduling.engine import rules
from scheduling.models import Appointment, AppointmentStatus, Message
from tests.factories.clients import ClientFactory
from tests.factories.locations import RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    SessionTypeFactory,
    TherapistFactory,
)
from tests.times import MONDAY, MONDAY_9AM, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

APPOINTMENTS = "/api/v1/appointments/"
NOBODY = "01a00000-0000-7000-8000-000000000000"


@pytest.fixture
def monday():
    SessionTypeFactory.create()
    return AvailabilityRuleFactory.create()


def body_for(hours, **changes):
    return {
        "therapist": str(hours.therapist.pk),
        "clients": [str(ClientFactory.create().pk)],
        "session_type": "individual-50",
        "office": hours.office.slug,
        "starts_at": "2027-01-04T09:00:00-08:00",
        **changes,
    }


def change(api, appointment, verb, body=None, *, version=1):
    return api.post(
        f"{APPOINTMENTS}{appointment.pk}/{verb}/",
        body or {},
        headers={"If-Match": f'"{version}"'},
    )


def snapshot():
    return list(Appointment.objects.order_by("pk").values())


def test_a_booking_answers_with_the_whole_appointment(front_desk, monday):
    client = ClientFactory.create(preferred_name="Sky")
    body = body_for(monday, clients=[str(client.pk)], note="Prefers the window.")

    answer = front_desk.post(APPOINTMENTS, body)

    booked = Appointment.objects.get()
    assert answer.status_code == 201
    assert answer["ETag"] == '"1"'
    assert answer.json() == {
        "id": str(booked.pk),
        "status": "scheduled",
        "version": 1,
        "therapist": {
            "id": str(monday.therapist.pk),
            "display_name": monday.therapist.display_name,
        },
        "office": {"slug": monday.office.slug, "name": monday.office.name},
        "room": {"id": str(booked.room.pk), "name": booked.room.name},
        "mode": "in_person",
        "session_type": "individual-50",
        "clients": [
            {
                "id": str(client.pk),
                "display_name": f"Sky {client.last_name}",
                "attendance": "expected",
                "fee": "none",
                "fee_reason": "",
                "fee_decided_at": None,
                "fee_decided_by": None,
            }
        ],
        "starts_at": "2027-01-04T09:00:00-08:00",
        "ends_at": "2027-01-04T09:50:00-08:00",
        "timezone": "America/Los_Angeles",
        "series": None,
        "late_cancel_at": "2027-01-03T09:00:00-08:00",
        "note": "Prefers the window.",
        "overridden": [],
        "override_reason": "",
        "cancelled_at": None,
        "cancel_reason": "",
        "fee_waived": False,
        "fee_waived_reason": "",
        "reschedules": 0,
        "created_at": "2027-01-04T08:00:00-08:00",
    }


def test_any_offset_comes_in_and_the_offices_goes_out(front_desk, monday):
    body = body_for(monday, starts_at="2027-01-04T18:00:00+01:00")

    answer = front_desk.post(APPOINTMENTS, body)

    assert answer.json()["starts_at"] == "2027-01-04T09:00:00-08:00"


def test_a_taken_slot_is_409_with_reasons_and_alternatives(front_desk, monday):
    front_desk.post(APPOINTMENTS, body_for(monday))
    before = snapshot()

    answer = front_desk.post(APPOINTMENTS, body_for(monday))

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "slot_taken")
    assert answer["Content-Type"] == "application/problem+json"
    assert [reason["code"] for reason in problem["reasons"]] == [
        "therapist_busy",
        "no_room",
    ]
    assert [slot["starts_at"] for slot in problem["alternatives"]] == [
        "2027-01-04T10:00:00-08:00",
        "2027-01-04T10:30:00-08:00",
        "2027-01-04T11:00:00-08:00",
    ]
    assert snapshot() == before


def test_a_soft_rule_is_422_and_gives_way_to_a_reason(front_desk, monday):
    body = body_for(monday, starts_at="2027-01-04T17:00:00-08:00")

    refused = front_desk.post(APPOINTMENTS, body)
    booked = front_desk.post(
        APPOINTMENTS,
        body | {"override": ["outside_hours"], "override_reason": "Agreed."},
    )

    assert (refused.status_code, refused.json()["code"]) == (422, "rule_violated")
    assert [each["code"] for each in refused.json()["reasons"]] == ["outside_hours"]
    assert refused.json()["alternatives"][0]["starts_at"] == "2027-01-04T16:00:00-08:00"
    assert (booked.status_code, booked.json()["overridden"]) == (201, ["outside_hours"])


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"therapist": NOBODY}, "/therapist"),
        ({"therapist": 7}, "/therapist"),
        ({"clients": []}, "/clients"),
        ({"clients": [NOBODY]}, "/clients"),
        ({"clients": NOBODY}, "/clients"),
        ({"session_type": "seance"}, "/session_type"),
        ({"office": "atlantis"}, "/office"),
        ({"starts_at": "2027-01-04T09:00:00"}, "/starts_at"),
        ({"starts_at": "2027-01-04"}, "/starts_at"),
        ({"starts_at": "2027-W01-1T09:00:00Z"}, "/starts_at"),
        ({"starts_at": "2027-03-14T02:30:00"}, "/starts_at"),
        ({"starts_at": "\u0662\u0660\u0662\u0667-01-04T09:00:00Z"}, "/starts_at"),
        ({"starts_at": 1799078400}, "/starts_at"),
        ({"starts_at": "9999-12-31T09:00:00Z"}, "/starts_at"),
        ({"mode": "phone"}, "/mode"),
        ({"mode": []}, "/mode"),
        ({"room": NOBODY}, "/room"),
        ({"override": ["therapist_busy"], "override_reason": "x"}, "/override"),
        ({"override": ["outside_hours"]}, "/override_reason"),
        ({"override": ["no_such_rule"], "override_reason": "x"}, "/override/0"),
        ({"note": "\u0000"}, ""),
        ({"note": 5}, "/note"),
        ({"note": "x" * 2001}, "/note"),
        ({"status": "completed"}, "/status"),
        ({"ends_at": "2027-01-04T10:00:00-08:00"}, "/ends_at"),
        ({"surprise": 1}, "/surprise"),
    ],
)
def test_a_malformed_booking_is_400_and_names_what_is_wrong(
    front_desk, monday, changes, pointer
):
    answer = front_desk.post(APPOINTMENTS, body_for(monday) | changes)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    if pointer:
        assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert snapshot() == []


def test_a_client_named_twice_is_400(front_desk, monday):
    body = body_for(monday)

    answer = front_desk.post(APPOINTMENTS, body | {"clients": body["clients"] * 2})

    assert answer.status_code == 400


def test_the_room_of_another_office_is_400(front_desk, monday):
    other = str(RoomFactory.create().pk)

    answer = front_desk.post(APPOINTMENTS, body_for(monday, room=other))

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/room"


@pytest.mark.parametrize(
    ("starts_at", "codes"),
    [
        ("2026-12-28T09:00:00-08:00", ["past"]),
        ("2028-03-06T09:00:00-08:00", ["horizon"]),
        ("2027-01-04T23:30:00-08:00", ["outside_hours"]),
    ],
)
def test_times_that_cannot_be_are_422(front_desk, monday, starts_at, codes):
    answer = front_desk.post(APPOINTMENTS, body_for(monday, starts_at=starts_at))

    assert answer.status_code == 422
    assert [reason["code"] for reason in answer.json()["reasons"]] == codes


@pytest.mark.parametrize("gone", ["left", "elsewhere", "other work"])
def test_who_left_or_does_not_do_that_there_is_422_not_offered(
    front_desk, monday, gone
):
    therapist = monday.therapist
    if gone == "left":
        therapist.is_active = False
        therapist.save(update_fields=["is_active"])
    elif gone == "elsewhere":
        therapist.offices.clear()
    else:
        therapist.session_types.clear()

    answer = front_desk.post(APPOINTMENTS, body_for(monday))

    assert answer.status_code == 422
    assert [reason["code"] for reason in answer.json()["reasons"]] == ["not_offered"]


def test_a_repeated_request_books_once_and_shows_the_appointment_as_it_is_now(
    front_desk, monday
):
    body, key = body_for(monday), {"Idempotency-Key": "call-1"}
    first = front_desk.post(APPOINTMENTS, body, headers=key)
    change(front_desk, Appointment.objects.get(), "confirm")

    again = front_desk.post(APPOINTMENTS, body, headers=key)
    other = front_desk.post(APPOINTMENTS, body | {"note": "x"}, headers=key)

    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert again.json()["id"] == first.json()["id"]
    assert (again.json()["status"], again["ETag"]) == ("confirmed", '"2"')
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Appointment.objects.count() == 1


def test_a_refused_request_leaves_its_key_free(front_desk, monday):
    key = {"Idempotency-Key": "call-1"}
    body = body_for(monday, starts_at="2027-01-04T17:00:00-08:00")

    assert front_desk.post(APPOINTMENTS, body, headers=key).status_code == 422
    again = front_desk.post(APPOINTMENTS, body_for(monday), headers=key)

    assert again.status_code == 201


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 428),
        ('"2"', 412),
        ('"0"', 412),
        ("*", 400),
        ('W/"1"', 400),
        ('"1", "2"', 400),
        ("1", 400),
        ('"one"', 400),
    ],
)
def test_changes_need_the_version_that_was_seen(front_desk, header, status):
    appointment = AppointmentFactory.create()
    headers = {"If-Match": header} if header else {}
    before = snapshot()

    answer = front_desk.post(
        f"{APPOINTMENTS}{appointment.pk}/cancel/", {"nonsense": 1}, headers=headers
    )

    assert answer.status_code == status
    assert snapshot() == before
    if status == 412:
        assert answer["ETag"] == '"1"'


def test_a_move_and_its_repetition(front_desk, monday):
    front_desk.post(APPOINTMENTS, body_for(monday))
    appointment = Appointment.objects.get()
    headers = {"If-Match": '"1"', "Idempotency-Key": "move"}
    url = f"{APPOINTMENTS}{appointment.pk}/reschedule/"
    body = {"starts_at": "2027-01-04T13:00:00-08:00"}

    moved = front_desk.post(url, body, headers=headers)
    again = front_desk.post(url, body, headers=headers)

    assert (moved.status_code, moved["ETag"]) == (200, '"2"')
    assert moved.json()["starts_at"] == "2027-01-04T13:00:00-08:00"
    assert (again.status_code, again.json()) == (200, moved.json())
    assert again["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("hour", "body", "is_elsewhere"), [(13, {}, False), (15, {"office": None}, True)]
)
def test_a_call_is_moved_to_elsewhere_or_stays_with_its_office(
    front_desk, monday, hour, body, is_elsewhere
):
    monday.end_minute = 15 * 60
    monday.save(update_fields=["end_minute"])
    AvailabilityRuleFactory.create(
        therapist=monday.therapist,
        office=None,
        mode="telehealth",
        start_minute=15 * 60,
    )
    appointment = AppointmentFactory.create(
        therapist=monday.therapist, office=monday.office, telehealth=True
    )

    answer = change(
        front_desk,
        appointment,
        "reschedule",
        {"starts_at": f"2027-01-04T{hour}:00:00-08:00", **body},
    )

    assert answer.status_code == 200
    told = answer.json()["office"]
    assert (told and told["slug"]) == (None if is_elsewhere else monday.office.slug)


def test_a_session_in_person_cannot_be_moved_to_elsewhere(front_desk, monday):
    front_desk.post(APPOINTMENTS, body_for(monday))
    before = snapshot()

    answer = change(
        front_desk,
        Appointment.objects.get(),
        "reschedule",
        {"starts_at": "2027-01-04T13:00:00-08:00", "office": None},
    )

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/office"
    assert snapshot() == before


def test_a_move_that_is_refused_leaves_everything_as_it_was(front_desk, monday):
    front_desk.post(APPOINTMENTS, body_for(monday))
    appointment = Appointment.objects.get()
    messages = list(Message.objects.order_by("pk").values())
    before = snapshot()

    answer = change(
        front_desk,
        appointment,
        "reschedule",
        {"starts_at": "2027-01-04T18:00:00-08:00"},
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "rule_violated")
    assert answer.json()["alternatives"]
    assert snapshot() == before
    assert list(Message.objects.order_by("pk").values()) == messages


def test_a_session_from_its_booking_to_its_end(front_desk, monday):
    front_desk.post(APPOINTMENTS, body_for(monday))
    appointment = Appointment.objects.get()

    statuses = [
        change(front_desk, appointment, "confirm", version=1).json()["status"],
        change(front_desk, appointment, "check-in", version=2).json()["status"],
        change(front_desk, appointment, "complete", version=3).json()["code"],
        change(front_desk, appointment, "reopen", version=3).json()["status"],
        change(front_desk, appointment, "cancel", {"by": "client"}, version=4).json()[
            "status"
        ],
        change(front_desk, appointment, "confirm", version=5).json()["code"],
    ]

    assert statuses == [
        "confirmed",
        "checked_in",
        "invalid_transition",
        "scheduled",
        "late_cancelled",
        "invalid_transition",
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"by": "client", "fee_waived": True, "fee_waived_reason": "Ill"}, 200),
        ({"by": "practice", "reason": "Leak in the ceiling"}, 200),
        ({"by": "client", "fee_waived": True}, 400),
        ({"by": "client", "fee_waived_reason": "Ill"}, 400),
        ({"by": "nobody"}, 400),
        ({}, 400),
    ],
)
def test_cancelling_says_who_and_waiving_why(front_desk, body, status):
    appointment = AppointmentFactory.create()

    answer = change(front_desk, appointment, "cancel", body)

    assert answer.status_code == status
    appointment.refresh_from_db()
    assert (appointment.version == 2) == (status == 200)


def test_patch_changes_note_and_room_and_nothing_else(front_desk, monday):
    front_desk.post(APPOINTMENTS, body_for(monday))
    appointment = Appointment.objects.get()
    room = RoomFactory.create(office=monday.office)
    url, headers = f"{APPOINTMENTS}{appointment.pk}/", {"If-Match": '"1"'}

    refused = front_desk.patch(url, {"status": "completed"}, headers=headers)
    amended = front_desk.patch(
        url, {"note": "Ground floor.", "room": str(room.pk)}, headers=headers
    )

    assert refused.status_code == 400
    assert (amended.status_code, amended["ETag"]) == (200, '"2"')
    assert amended.json()["room"] == {"id": str(room.pk), "name": room.name}
    assert amended.json()["note"] == "Ground floor."


def test_a_patch_that_changes_nothing_leaves_the_version(front_desk):
    appointment = AppointmentFactory.create(note="Ground floor.")
    url, headers = f"{APPOINTMENTS}{appointment.pk}/", {"If-Match": '"1"'}

    for body in ({}, {"note": "Ground floor."}, {"room": str(appointment.room.pk)}):
        answer = front_desk.patch(url, body, headers=headers)
        assert (answer.status_code, answer["ETag"]) == (200, '"1"')


def test_what_is_cancelled_cannot_be_moved_and_says_so(front_desk):
    appointment = AppointmentFactory.create()
    change(front_desk, appointment, "cancel", {"by": "client"})

    answer = change(
        front_desk,
        appointment,
        "reschedule",
        {"starts_at": "2027-01-04T13:00:00-08:00"},
        version=2,
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "invalid_transition")
    assert "cancelled" in answer.json()["detail"]


def test_a_therapist_has_their_own_calendar_and_no_other(as_therapist, front_desk):
    own, other = AppointmentFactory.create(), AppointmentFactory.create()
    therapist = as_therapist(own.therapist)

    listed = therapist.get(APPOINTMENTS).json()["results"]

    assert [each["id"] for each in listed] == [str(own.pk)]
    assert therapist.get(f"{APPOINTMENTS}{own.pk}/").status_code == 200
    assert therapist.get(f"{APPOINTMENTS}{other.pk}/").status_code == 404
    assert change(therapist, own, "confirm").status_code == 200
    assert change(therapist, other, "confirm").status_code == 404
    assert change(therapist, own, "reopen", version=2).status_code == 403
    assert front_desk.get(f"{APPOINTMENTS}{other.pk}/").status_code == 200


def test_a_therapist_neither_books_nor_overrides_nor_hands_over(as_therapist, monday):
    appointment = AppointmentFactory.create(
        therapist=monday.therapist, room=monday.office.rooms.get()
    )
    therapist = as_therapist(monday.therapist)
    later = {"starts_at": "2027-01-04T13:00:00-08:00"}
    colleague = str(TherapistFactory.create().pk)

    assert therapist.post(APPOINTMENTS, body_for(monday)).status_code == 403
    overridden = later | {"override": ["buffer"], "override_reason": "x"}
    assert change(therapist, appointment, "reschedule", overridden).status_code == 403
    handed = later | {"therapist": colleague}
    assert change(therapist, appointment, "reschedule", handed).status_code == 400
    assert change(therapist, appointment, "reschedule", later).status_code == 200


def test_nobody_gets_401(api):
    appointment = AppointmentFactory.create()

    for answer in (
        api.get(APPOINTMENTS),
        api.get(f"{APPOINTMENTS}{appointment.pk}/"),
        api.post(APPOINTMENTS, {}),
        change(api, appointment, "cancel"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [0, 1, 2]),
        ("ordering=-starts_at", [2, 1, 0]),
        ("status=cancelled", [2]),
        ("status=cancelled&status=completed", [0, 2]),
        ("mode=telehealth", [1]),
        ("starts_after=2027-01-04T09:00:00-08:00", [1, 2]),
        ("starts_before=2027-01-04T09:00:00-08:00", [0]),
        ("unresolved=true", []),
        ("therapist={0.therapist.pk}&therapist={1.therapist.pk}", [0, 1]),
        ("therapist={2.therapist.pk}", [2]),
        ("office={1.office.slug}", [1]),
        ("room={0.room.pk}", [0]),
        ("client={client.pk}", [1]),
        (f"client={NOBODY}", []),
    ],
)
def test_filters(front_desk, query, found):
    rows = [
        AppointmentFactory.create(
            starts_at=MONDAY_9AM - timedelta(1), status="completed"
        ),
        AppointmentFactory.create(telehealth=True),
        AppointmentFactory.create(starts_at=at(MONDAY, "11:00"), cancelled=True),
    ]
    client = rows[1].clients.get()

    answer = front_desk.get(f"{APPOINTMENTS}?{query.format(*rows, client=client)}")

    assert [each["id"] for each in answer.json()["results"]] == [
        str(rows[index].pk) for index in found
    ]


def test_unresolved_are_past_sessions_that_nobody_closed(front_desk):
    open_ = AppointmentFactory.create(starts_at=MONDAY_9AM - timedelta(days=1))
    AppointmentFactory.create(
        starts_at=MONDAY_9AM - timedelta(days=1), status=AppointmentStatus.COMPLETED
    )
    AppointmentFactory.create()

    answer = front_desk.get(f"{APPOINTMENTS}?unresolved=true")

    assert [each["id"] for each in answer.json()["results"]] == [str(open_.pk)]


@pytest.mark.parametrize(
    "query",
    [
        "status=lost",
        "ordering=note",
        "ordering=",
        "office=atlantis",
        "starts_after=monday",
        "x=1",
    ],
)
def test_a_bad_filter_is_400(front_desk, query):
    assert front_desk.get(f"{APPOINTMENTS}?{query}").status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_needs_the_same_queries_for_any_number_of_rows(
    front_desk, count, django_assert_num_queries
):
    for index in range(count):
        AppointmentFactory.create(starts_at=MONDAY_9AM + timedelta(hours=index))

    with django_assert_num_queries(5):  # session, user, roles; rows, attendances
        answer = front_desk.get(APPOINTMENTS)

    assert len(answer.json()["results"]) == count


def test_the_database_has_the_last_word_without_a_500(front_desk, monday, monkeypatch):
    """As if the rules had overlooked a session: the constraint's name becomes 409."""
    front_desk.post(APPOINTMENTS, body_for(monday))
    monkeypatch.setattr(rules, "refusals", lambda *_, **__: [])
    RoomFactory.create(office=monday.office)

    answer = front_desk.post(APPOINTMENTS, body_for(monday))

    assert answer.status_code == 409
    assert [each["code"] for each in answer.json()["reasons"]] == ["therapist_busy"]


@pytest.mark.parametrize("address", [APPOINTMENTS, "/api/v1/appointment-series/"])
@pytest.mark.parametrize("key", ["call-at-ten", "not a key"])
def test_who_may_not_book_is_told_so_before_their_key_is_read(
    as_therapist, monday, address, key
):
    therapist = as_therapist(monday.therapist)

    answer = therapist.post(address, {}, headers={"Idempotency-Key": key})

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
