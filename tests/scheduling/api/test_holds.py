from datetime import timedelta

import pytest
from django.db import connection

from config.ids import of_account
from config.roles import Role
from scheduling.models import Appointment, AppointmentStatus, Attendance, Message
from tests.conftest import signed_in
from tests.factories.clients import ClientFactory
from tests.factories.config import UserFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    SessionTypeFactory,
)
from tests.times import MONDAY_9AM, MONDAY_10AM, ZONE

HOLDS = "/api/v1/holds/"
APPOINTMENTS = "/api/v1/appointments/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]


@pytest.fixture
def monday():
    return AvailabilityRuleFactory.create()


def wanted(hours, time="09:00", **more):
    return {
        "therapist": str(hours.therapist.pk),
        "session_type": SessionTypeFactory.create().slug,
        "office": hours.office.slug,
        "starts_at": f"2027-01-04T{time}:00-08:00",
        **more,
    }


def lapse(hold):
    """Let the time of a hold run out, by the only clock that counts."""
    Appointment.objects.filter(pk=hold["id"]).update(
        hold_expires_at=MONDAY_9AM - timedelta(days=365)
    )


def everything():
    """All that a refusal must leave as it was."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Appointment, Attendance, Message)
    ]


def offered(api):
    page = api.get("/api/v1/slots/?session_type=individual-50&mode=in_person").json()
    return [slot["starts_at"][11:16] for slot in page["results"][:2]]


def test_a_hold_keeps_a_slot_for_the_minutes_of_the_policy(front_desk, monday):
    answer = front_desk.post(HOLDS, wanted(monday))

    assert answer.status_code == 201
    row = Appointment.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s - clock_timestamp()", [row.hold_expires_at])
        (left,) = cursor.fetchone()
    assert timedelta(minutes=4, seconds=50) < left <= timedelta(minutes=5)
    assert not Message.objects.exists()


def test_a_hold_is_the_whole_appointment_that_it_may_become(front_desk, monday):
    client = ClientFactory.create()

    answer = front_desk.post(HOLDS, wanted(monday, clients=[str(client.pk)]))

    row = Appointment.objects.get()
    expires_at = row.hold_expires_at.astimezone(ZONE).isoformat(timespec="seconds")
    assert answer.json() == {
        "id": str(row.pk),
        "expires_at": expires_at,
        "created_by": {
            "id": str(of_account(row.created_by)),
            "display_name": row.created_by.username,
        },
        "status": "held",
        "version": 1,
        "therapist": {
            "id": str(monday.therapist.pk),
            "display_name": monday.therapist.display_name,
        },
        "office": {"slug": monday.office.slug, "name": monday.office.name},
        "room": {"id": str(row.room.pk), "name": row.room.name},
        "mode": "in_person",
        "session_type": "individual-50",
        "clients": [
            {
                "id": str(client.pk),
                "display_name": client.display_name,
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
        "note": "",
        "overridden": [],
        "override_reason": "",
        "cancelled_at": None,
        "cancel_reason": "",
        "fee_waived": False,
        "fee_waived_reason": "",
        "reschedules": 0,
        "created_at": "2027-01-04T08:00:00-08:00",
    }
    one = front_desk.get(f"{HOLDS}{row.pk}/")
    assert (answer["ETag"], one["ETag"]) == ('"1"', '"1"')
    assert one.json() == answer.json()
    assert front_desk.get(HOLDS).json()["results"] == [answer.json()]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("mine=true", ["mine"]),
        ("mine=false", ["other"]),
        ("therapist={mine.therapist.pk}", ["mine"]),
        ("therapist={other.therapist.pk}", ["other"]),
        ("office={mine.office.slug}", ["mine"]),
        ("office={other.office.slug}&mine=true", []),
        ("office={mine.office.slug}&office={other.office.slug}", ["mine", "other"]),
    ],
)
def test_holds_are_narrowed_by_every_filter(front_desk, monday, query, found):
    front_desk.post(HOLDS, wanted(monday))
    holds = {
        "mine": Appointment.objects.get(),
        "other": AppointmentFactory.create(held=True),
    }

    listed = front_desk.get(f"{HOLDS}?{query.format(**holds)}").json()["results"]

    assert {one["id"] for one in listed} == {str(holds[name].pk) for name in found}


def test_a_hold_takes_the_slot_from_search_at_once_and_gives_it_back(
    front_desk, monday
):
    held = front_desk.post(HOLDS, wanted(monday)).json()
    while_held = offered(front_desk)

    answer = front_desk.delete(f"{HOLDS}{held['id']}/")

    assert while_held == ["10:00", "10:30"]
    assert answer.status_code == 204
    assert offered(front_desk) == ["09:00", "09:30"]
    assert Appointment.objects.get().status == AppointmentStatus.RELEASED


def test_a_hold_refuses_a_rival_and_says_why(front_desk, monday):
    front_desk.post(HOLDS, wanted(monday))

    answer = front_desk.post(
        APPOINTMENTS, wanted(monday, clients=[str(ClientFactory.create().pk)])
    )

    assert answer.status_code == 409
    assert [reason["code"] for reason in answer.json()["reasons"]] == [
        "therapist_busy",
        "no_room",
    ]
    assert Appointment.objects.count() == 1


def test_what_is_held_is_booked_under_the_same_id(front_desk, monday):
    held = front_desk.post(HOLDS, wanted(monday)).json()
    client = ClientFactory.create()

    answer = front_desk.post(
        APPOINTMENTS,
        {"hold": held["id"], "clients": [str(client.pk)], "note": "By bus."},
    )

    assert answer.status_code == 201
    booked = answer.json()
    assert (booked["id"], booked["status"], booked["version"], booked["note"]) == (
        held["id"],
        "scheduled",
        2,
        "By bus.",
    )
    assert [one["id"] for one in booked["clients"]] == [str(client.pk)]
    assert booked["room"] == held["room"]
    assert set(Message.objects.values_list("kind", flat=True)) == {"booked"}


def test_the_note_of_a_hold_stays_unless_the_booking_has_another(front_desk, monday):
    clients, notes = [str(ClientFactory.create().pk)], []
    for time, note in (("09:00", {}), ("11:00", {"note": "By bus."})):
        order = wanted(monday, time, note="By car.")
        held = front_desk.post(HOLDS, order).json()
        body = {"hold": held["id"], "clients": clients, **note}
        notes += [held["note"], front_desk.post(APPOINTMENTS, body).json()["note"]]

    assert notes == ["By car.", "By car.", "By car.", "By bus."]


def test_the_note_of_a_hold_is_that_of_the_series_that_it_begins(front_desk, monday):
    held = front_desk.post(HOLDS, wanted(monday, note="By car.")).json()
    clients = [str(ClientFactory.create().pk)]
    run = {"hold": held["id"], "clients": clients, "every_weeks": 1, "count": 2}

    assert front_desk.post("/api/v1/appointment-series/", run).status_code == 201

    assert list(Appointment.objects.values_list("note", flat=True)) == ["By car."] * 2


def test_without_a_hold_a_booking_says_what_it_lacks(front_desk):
    answer = front_desk.post(
        APPOINTMENTS, {"clients": [str(ClientFactory.create().pk)]}
    )

    assert answer.status_code == 400
    assert [
        (error["pointer"], error["detail"]) for error in answer.json()["errors"]
    ] == [
        ("/therapist", "This field is required."),
        ("/session_type", "This field is required."),
        ("/starts_at", "This field is required."),
    ]
    assert not Appointment.objects.exists()


def test_a_hold_for_one_client_can_be_booked_for_another(front_desk, monday):
    first, second = ClientFactory.create_batch(2)
    held = front_desk.post(HOLDS, wanted(monday, clients=[str(first.pk)])).json()

    booked = front_desk.post(
        APPOINTMENTS,
        wanted(monday, clients=[str(second.pk)], hold=held["id"]),
    ).json()

    assert [one["id"] for one in held["clients"]] == [str(first.pk)]
    assert [one["id"] for one in booked["clients"]] == [str(second.pk)]


def test_booking_something_else_than_the_hold_keeps_is_refused(front_desk, monday):
    held = front_desk.post(HOLDS, wanted(monday)).json()
    client = str(ClientFactory.create().pk)

    answer = front_desk.post(
        APPOINTMENTS, wanted(monday, "11:00", clients=[client], hold=held["id"])
    )

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/starts_at"
    assert Appointment.objects.get().status == AppointmentStatus.HELD


def test_a_lapsed_hold_cannot_be_booked_but_the_hour_is_offered(front_desk, monday):
    held = front_desk.post(HOLDS, wanted(monday)).json()
    lapse(held)

    answer = front_desk.post(
        APPOINTMENTS, {"hold": held["id"], "clients": [str(ClientFactory.create().pk)]}
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "hold_expired")
    times = [slot["starts_at"] for slot in answer.json()["alternatives"]]
    assert "2027-01-04T09:00:00-08:00" in times
    assert Appointment.objects.get().status == AppointmentStatus.HELD


def test_a_booking_takes_the_place_of_a_lapsed_hold_with_no_sweep(front_desk, monday):
    held = front_desk.post(HOLDS, wanted(monday)).json()
    lapse(held)

    answer = front_desk.post(
        APPOINTMENTS, wanted(monday, clients=[str(ClientFactory.create().pk)])
    )

    assert answer.status_code == 201
    assert Appointment.objects.get(pk=held["id"]).status == AppointmentStatus.RELEASED


@pytest.mark.parametrize("how", ["let go", "booked"])
def test_a_hold_that_is_over_is_over_for_good(front_desk, monday, how):
    held = front_desk.post(HOLDS, wanted(monday)).json()
    body = {"hold": held["id"], "clients": [str(ClientFactory.create().pk)]}
    if how == "booked":
        front_desk.post(APPOINTMENTS, body)
    else:
        front_desk.delete(f"{HOLDS}{held['id']}/")

    answer = front_desk.post(APPOINTMENTS, body)

    assert (answer.status_code, answer.json()["code"]) == (409, "hold_expired")
    assert Appointment.objects.count() == 1
    assert front_desk.get(f"{HOLDS}{held['id']}/").status_code == 404


def test_a_hold_is_over_for_whoever_comes_after_its_booking_has_moved(
    front_desk, monday
):
    kept = wanted(monday)
    held = front_desk.post(HOLDS, kept).json()
    body = {**kept, "hold": held["id"], "clients": [str(ClientFactory.create().pk)]}
    front_desk.post(APPOINTMENTS, body)
    front_desk.post(
        f"{APPOINTMENTS}{held['id']}/reschedule/",
        {"starts_at": wanted(monday, "11:00")["starts_at"]},
        headers={"If-Match": '"2"'},
    )

    answer = front_desk.post(APPOINTMENTS, body)

    assert (answer.status_code, answer.json()["code"]) == (409, "hold_expired")
    assert Appointment.objects.get().starts_at == MONDAY_9AM + timedelta(hours=2)


def test_one_user_keeps_a_few_slots_and_no_more(front_desk, monday):
    held = [
        front_desk.post(HOLDS, wanted(monday, f"{hour:02}:00")).status_code
        for hour in (9, 10, 11)
    ]
    before = everything()

    answer = front_desk.post(HOLDS, wanted(monday, "13:00"))

    assert held == [201, 201, 201]
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_holds")
    assert everything() == before
    colleague = signed_in(UserFactory.create(role=Role.FRONT_DESK))
    assert colleague.post(HOLDS, wanted(monday, "13:00")).status_code == 201


def test_a_hold_asks_no_more_of_a_client_who_is_not_named(front_desk, monday):
    monday.therapist.accepts_new_clients = False
    monday.therapist.save(update_fields=["accepts_new_clients"])
    held = front_desk.post(HOLDS, wanted(monday)).json()
    body = {"hold": held["id"], "clients": [str(ClientFactory.create().pk)]}
    before = everything()

    answer = front_desk.post(APPOINTMENTS, body)

    assert answer.status_code == 422
    assert [reason["code"] for reason in answer.json()["reasons"]] == ["caseload"]
    assert everything() == before


def test_a_repeated_key_holds_once_and_is_answered_after_the_booking(
    front_desk, monday
):
    body, key = wanted(monday), {"Idempotency-Key": "call"}
    held = front_desk.post(HOLDS, body, headers=key).json()
    again = front_desk.post(HOLDS, body, headers=key)
    front_desk.post(
        APPOINTMENTS, {"hold": held["id"], "clients": [str(ClientFactory.create().pk)]}
    )

    later = front_desk.post(HOLDS, body, headers=key)

    assert (again.status_code, again["ETag"], again.json()) == (201, '"1"', held)
    assert (later.status_code, later.json()["status"]) == (201, "scheduled")
    assert later["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("change", [{"office": "nowhere"}, {"starts_at": "soon"}])
def test_bad_input_keeps_nothing(front_desk, monday, change):
    answer = front_desk.post(HOLDS, wanted(monday) | change)

    assert answer.status_code == 400
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_list_needs_the_same_queries_for_any_number_of_holds(
    front_desk, count, django_assert_num_queries
):
    AppointmentFactory.create_batch(count, held=True)
    lapsed = AppointmentFactory.create(held=True, starts_at=MONDAY_10AM)
    lapse({"id": lapsed.pk})

    with django_assert_num_queries(5):
        answer = front_desk.get(f"{HOLDS}?mine=false")

    assert len(answer.json()["results"]) == count


def test_booking_twice_from_one_hold_is_told_so_and_not_offered_its_own_hour(
    front_desk, monday
):
    held = front_desk.post(HOLDS, wanted(monday)).json()
    body = {"hold": held["id"], "clients": [str(ClientFactory.create().pk)]}
    front_desk.post(APPOINTMENTS, body)

    answer = front_desk.post(APPOINTMENTS, body).json()

    assert (answer["code"], answer["detail"]) == (
        "hold_expired",
        "This hold has been booked.",
    )
    assert [slot["starts_at"][11:16] for slot in answer["alternatives"]] == [
        "10:00",
        "10:30",
        "11:00",
    ]
