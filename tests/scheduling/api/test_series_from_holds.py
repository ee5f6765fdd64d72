"""A series whose first hour is kept already, while the caller decides how often."""

from datetime import timedelta

import pytest
from django.db.models import F

from scheduling.models import Appointment, AppointmentSeries, Message
from tests.factories.clients import ClientFactory
from tests.factories.locations import ClosureFactory, RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    PracticePolicyFactory,
    ReminderPlanFactory,
    SessionTypeFactory,
)
from tests.times import MONDAY, MONDAY_9AM, at

SERIES = "/api/v1/appointment-series/"
HOLDS = "/api/v1/holds/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]


@pytest.fixture
def kept(front_desk):
    """Monday at nine, kept for nobody yet; its therapist works on Mondays."""
    hours = AvailabilityRuleFactory.create()
    response = front_desk.post(
        HOLDS,
        {
            "therapist": str(hours.therapist.pk),
            "session_type": SessionTypeFactory.create().slug,
            "office": hours.office.slug,
            "starts_at": "2027-01-04T09:00:00-08:00",
        },
    )
    assert response.status_code == 201, response.json()
    return Appointment.objects.get(pk=response.json()["id"])


def weekly(held, **more):
    client = ClientFactory.create()
    body = {"hold": str(held.pk), "clients": [str(client.pk)], "every_weeks": 1}
    return body | {"count": 3} | more


def test_what_is_kept_becomes_the_first_occurrence(front_desk, kept):
    body = weekly(kept, note="Ground floor")

    response = front_desk.post(SERIES, body)

    assert response.status_code == 201, response.json()
    told = response.json()
    assert told["occurrences"][0]["id"] == str(kept.pk)
    row = AppointmentSeries.objects.get(pk=told["id"])
    found = row.occurrences.order_by("starts_at")
    assert [each.starts_at for each in found] == [
        at(MONDAY + timedelta(weeks=number), "09:00") for number in range(3)
    ]
    assert {each.status for each in found} == {"scheduled"}
    assert {each.note for each in found} == {"Ground floor"}
    assert {each.room for each in found} == {kept.room}
    assert [each.occurs_on for each in found] == [
        MONDAY + timedelta(weeks=number) for number in range(3)
    ]
    clients = {str(each.attendances.get().client_id) for each in found}
    assert clients == {*body["clients"]}
    assert not Appointment.objects.holds().exists()


def test_what_is_kept_is_told_of_as_any_series_is(front_desk, kept):
    PracticePolicyFactory.create()
    ReminderPlanFactory.create()

    front_desk.post(SERIES, weekly(kept))

    [notice] = Message.objects.filter(kind="booked")
    assert (notice.appointment, notice.for_series) == (kept, True)


def test_a_dry_run_finds_the_kept_hour_free_and_keeps_it(front_desk, kept):
    response = front_desk.post(SERIES, weekly(kept, dry_run=True))

    told = response.json()["occurrences"]
    assert [(one["ok"], "id" in one) for one in told] == [(True, False)] * 3
    kept.refresh_from_db()
    assert kept.status == "held"
    assert not AppointmentSeries.objects.exists()


def test_a_date_that_cannot_be_leaves_what_is_kept_as_it_is(front_desk, kept):
    ClosureFactory.create(
        office=kept.office,
        starts_at=at(MONDAY + timedelta(weeks=1), "00:00"),
        ends_at=at(MONDAY + timedelta(weeks=1), "23:00"),
    )

    refused = front_desk.post(SERIES, weekly(kept))
    kept.refresh_from_db()
    status = kept.status
    skipped = front_desk.post(SERIES, weekly(kept, on_conflict="skip"))

    assert (refused.status_code, status) == (409, "held")
    assert [one["ok"] for one in refused.json()["occurrences"]] == [True, False, True]
    assert "id" not in refused.json()["occurrences"][0]
    assert skipped.json()["occurrences"][0]["id"] == str(kept.pk)


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_hold_that_lapsed_books_no_series(front_desk, kept, dry_run):
    Appointment.objects.filter(pk=kept.pk).update(
        hold_expires_at=F("hold_expires_at") - timedelta(days=365)
    )

    response = front_desk.post(SERIES, weekly(kept, dry_run=dry_run))

    assert (response.status_code, response.json()["code"]) == (409, "hold_expired")
    assert not AppointmentSeries.objects.exists()


def test_the_hold_of_somebody_else_stands_in_the_way(front_desk, kept):
    body = weekly(kept) | {
        "therapist": str(kept.therapist_id),
        "session_type": kept.session_type.slug,
        "office": kept.office.slug,
        "starts_at": "2027-01-04T09:00:00-08:00",
    }
    del body["hold"]

    response = front_desk.post(SERIES, body)

    assert (response.status_code, response.json()["code"]) == (409, "slot_taken")


def test_what_is_said_beside_a_hold_has_to_be_what_it_keeps(front_desk, kept):
    response = front_desk.post(
        SERIES, weekly(kept, starts_at="2027-01-04T10:00:00-08:00")
    )

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "/starts_at"


def test_later_weeks_take_another_room_where_the_kept_one_is_taken(front_desk, kept):
    other = RoomFactory.create(office=kept.office)
    AppointmentFactory.create(room=kept.room, starts_at=MONDAY_9AM + timedelta(weeks=1))

    response = front_desk.post(SERIES, weekly(kept))

    assert response.status_code == 201, response.json()
    rooms = AppointmentSeries.objects.get().occurrences.order_by("starts_at")
    assert [each.room for each in rooms] == [kept.room, other, kept.room]
