from datetime import timedelta
from uuid import uuid4

import pytest

from scheduling import booking
from scheduling.models import Appointment
from tests.factories.locations import RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    TimeOffFactory,
)
from tests.times import MONDAY_10AM, NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

URL = "/api/v1/reassignments/"


@pytest.fixture
def sessions():
    """Monday at nine and at ten, one therapist, one room."""
    first = AppointmentFactory.create()
    return [
        first,
        AppointmentFactory.create(
            therapist=first.therapist, room=first.room, starts_at=MONDAY_10AM
        ),
    ]


@pytest.fixture
def colleague(sessions):
    return AvailabilityRuleFactory.create(office=sessions[0].office).therapist


def body(therapist, sessions, **more):
    named = [
        {"id": str(each.pk), "version": 1, "therapist": str(therapist.pk)}
        for each in sessions
    ]
    return {"appointments": named, **more}


def outcomes(sessions, version, **last):
    told = [
        {"id": str(each.pk), "version": version, "ok": True, "reasons": []}
        for each in sessions
    ]
    return [*told[:-1], told[-1] | last]


def untouched():
    return set(Appointment.objects.values_list("version", flat=True)) == {1}


def test_reassignment_moves_all_and_tells_their_new_versions(
    front_desk, sessions, colleague
):
    response = front_desk.post(URL, body(colleague, sessions))

    assert response.status_code == 200
    assert response.json()["appointments"] == outcomes(sessions, 2)
    assert set(Appointment.objects.values_list("therapist", flat=True)) == (
        {colleague.pk}
    )


def test_reassignment_of_what_was_called_off_is_refused(
    front_desk, sessions, colleague
):
    booking.cancel(sessions[1], by="practice", version=1, now=NOW)
    asked = body(colleague, sessions)

    unseen = front_desk.post(URL, asked)
    asked["appointments"][1]["version"] = 2
    seen = front_desk.post(URL, asked)

    assert (unseen.status_code, unseen.json()["code"]) == (412, "stale")
    assert (seen.status_code, seen.json()["code"]) == (409, "invalid_transition")
    sessions[0].refresh_from_db()
    assert sessions[0].version == 1


def test_reassignment_that_is_repeated_with_its_key_happens_once(
    front_desk, sessions, colleague
):
    headers = {"Idempotency-Key": "k"}

    answers = [
        front_desk.post(URL, body(colleague, sessions), headers=headers)
        for _ in range(2)
    ]

    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert set(Appointment.objects.values_list("version", flat=True)) == {2}


def test_reassignment_can_be_tried_out(front_desk, sessions, colleague):
    headers = {"Idempotency-Key": "k"}
    asked = body(colleague, sessions, dry_run=True)

    response = front_desk.post(URL, asked, headers=headers)

    assert (response.status_code, response.json()["id"]) == (200, None)
    assert response.json()["appointments"] == outcomes(sessions, 1)
    assert untouched()


@pytest.mark.parametrize("dry_run", [True, False])
def test_refusal_reports_every_session_and_changes_none(
    front_desk, sessions, colleague, dry_run
):
    TimeOffFactory.create(
        therapist=colleague,
        starts_at=MONDAY_10AM,
        ends_at=MONDAY_10AM + timedelta(hours=1),
    )

    response = front_desk.post(URL, body(colleague, sessions, dry_run=dry_run))

    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "rule_violated")
    assert response["Content-Type"] == "application/problem+json"
    assert problem["appointments"] == outcomes(
        sessions,
        1,
        ok=False,
        reasons=[{"code": "time_off", "detail": "The therapist has time off then."}],
    )
    assert untouched()


def test_refusal_is_a_conflict_when_somebody_is_there(front_desk, sessions, colleague):
    room = RoomFactory.create(office=sessions[0].office)
    AppointmentFactory.create(therapist=colleague, room=room, starts_at=MONDAY_10AM)

    response = front_desk.post(URL, body(colleague, sessions))

    assert (response.status_code, response.json()["code"]) == (409, "slot_taken")
    assert [each["ok"] for each in response.json()["appointments"]] == [True, False]
    assert untouched()


def test_reassignment_of_a_stale_view_is_412_and_says_which(
    front_desk, sessions, colleague
):
    asked = body(colleague, sessions)
    asked["appointments"][1]["version"] = 3

    response = front_desk.post(URL, asked)

    assert (response.status_code, response["ETag"]) == (412, '"1"')
    assert str(sessions[1].pk) in response.json()["detail"]
    assert untouched()


@pytest.mark.parametrize(
    "change",
    [
        {"id": str(uuid4())},
        {"id": 5},
        {"version": 0},
        {"version": "1"},
        {"therapist": str(uuid4())},
        {"room": str(uuid4())},
        {"starts_at": "2027-01-04T09:00:00-08:00"},
    ],
)
def test_reassignment_refuses_what_makes_no_sense(
    front_desk, sessions, colleague, change
):
    asked = body(colleague, sessions)
    asked["appointments"][0] |= change

    response = front_desk.post(URL, asked)

    assert response.status_code == 400
    assert untouched()


@pytest.mark.parametrize(
    "more",
    [
        {"appointments": []},
        {"override": ["therapist_busy"], "override_reason": "No"},
        {"override": ["time_off"]},
        {"dry_run": "yes"},
        {"note": "x"},
    ],
)
def test_reassignment_refuses_a_whole_that_makes_no_sense(
    front_desk, sessions, colleague, more
):
    response = front_desk.post(URL, body(colleague, sessions) | more)

    assert response.status_code == 400
    assert untouched()


def test_reassignment_refuses_a_session_that_is_named_twice(
    front_desk, sessions, colleague
):
    asked = body(colleague, [sessions[0], sessions[0]])
    asked["appointments"][1]["room"] = str(sessions[0].room.pk)

    response = front_desk.post(URL, asked)

    assert response.status_code == 400
    assert [each["pointer"] for each in response.json()["errors"]] == ["/appointments"]
    assert untouched()
