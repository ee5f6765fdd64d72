import pytest

from scheduling.models import Appointment
from tests.factories.locations import ClosureFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    TherapistFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]


@pytest.fixture
def session():
    """Monday at nine, outside the therapist's hours."""
    return AppointmentFactory.create()


def keep(session):
    return f"/api/v1/appointments/{session.pk}/keep/"


def candidates(session):
    return f"/api/v1/appointments/{session.pk}/candidates/"


def test_keep_says_why_a_session_takes_place_all_the_same(front_desk, session):
    response = front_desk.post(
        keep(session), {"reason": "As an exception"}, headers={"If-Match": '"1"'}
    )

    body = response.json()
    assert (response.status_code, response["ETag"]) == (200, '"2"')
    assert [body["overridden"], body["override_reason"], body["version"]] == [
        ["outside_hours"],
        "As an exception",
        2,
    ]
    assert front_desk.get("/api/v1/work-items/").json()["results"] == []


def test_keep_has_one_effect_for_one_key(front_desk, session):
    headers = {"If-Match": '"1"', "Idempotency-Key": "k"}

    answers = [
        front_desk.post(keep(session), {"reason": "Yes"}, headers=headers)
        for _ in range(2)
    ]

    assert [each.status_code for each in answers] == [200, 200]
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert Appointment.objects.get().version == 2


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ({"reason": "Yes"}, {}, 428),
        ({"reason": "Yes"}, {"If-Match": '"2"'}, 412),
        ({"reason": "  "}, {"If-Match": '"1"'}, 400),
        ({}, {"If-Match": '"1"'}, 400),
        ({"reason": "x" * 501}, {"If-Match": '"1"'}, 400),
        ({"reason": "Yes", "codes": ["past"]}, {"If-Match": '"1"'}, 400),
    ],
)
def test_keep_refuses_what_makes_no_sense(front_desk, session, body, headers, status):
    response = front_desk.post(keep(session), body, headers=headers)

    row = Appointment.objects.get()
    assert response.status_code == status
    assert (row.overridden, row.version) == ([], 1)


def test_keep_of_a_session_that_nothing_stands_against_is_a_conflict(front_desk):
    hours = AvailabilityRuleFactory.create()
    covered = AppointmentFactory.create(
        therapist=hours.therapist, room=hours.office.rooms.get()
    )

    response = front_desk.post(
        keep(covered), {"reason": "To be sure"}, headers={"If-Match": '"1"'}
    )

    assert (response.status_code, response.json()["code"]) == (409, "not_uncovered")
    assert Appointment.objects.get().overridden == []


def test_candidates_tell_who_could_take_a_session_and_why_it_is_uncovered(
    as_therapist, session
):
    other = AvailabilityRuleFactory.create(office=session.office).therapist

    response = as_therapist(session.therapist).get(candidates(session))

    client, office, own = (
        session.clients.get(),
        session.office,
        session.therapist,
    )
    assert (response.status_code, response["ETag"]) == (200, '"1"')
    assert response.json() == {
        "id": str(session.pk),
        "version": 1,
        "starts_at": "2027-01-04T09:00:00-08:00",
        "ends_at": "2027-01-04T09:50:00-08:00",
        "timezone": "America/Los_Angeles",
        "therapist": {"id": str(own.pk), "display_name": own.display_name},
        "office": {"slug": office.slug, "name": office.name},
        "session_type": "individual-50",
        "clients": [{"id": str(client.pk), "display_name": client.display_name}],
        "reasons": [
            {
                "code": "outside_hours",
                "detail": "The therapist does not work there then.",
            }
        ],
        "candidates": [{"id": str(other.pk), "display_name": other.display_name}],
        "rooms": [],
    }


def test_candidates_are_nobody_while_the_office_is_closed_or_once_it_is_off(front_desk):
    closed, cancelled = (
        AppointmentFactory.create(),
        AppointmentFactory.create(cancelled=True),
    )
    ClosureFactory.create(office=closed.office)
    for session in (closed, cancelled):
        AvailabilityRuleFactory.create(office=session.office)

    answers = [
        front_desk.get(candidates(session)).json() for session in (closed, cancelled)
    ]

    assert [each["candidates"] for each in answers] == [[], []]


def test_candidates_of_others_sessions_are_not_a_therapists_to_know(
    as_therapist, session
):
    response = as_therapist(TherapistFactory.create()).get(candidates(session))

    assert response.status_code == 404
