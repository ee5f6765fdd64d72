"""Changes of the books over HTTP: told, tried out first, and nothing is cancelled."""

from datetime import date, timedelta

import pytest

from locations.models import Closure, Office, Room
from scheduling.models import Appointment, AvailabilityRule, Therapist
from tests.factories.locations import ClosureFactory, OfficeFactory, RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityOverrideFactory,
    AvailabilityRuleFactory,
)
from tests.times import MONDAY, MONDAY_9AM, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

API = "/api/v1/"
NINE_TO_TEN = {
    "starts_at": "2027-01-04T09:00:00-08:00",
    "ends_at": "2027-01-04T10:00:00-08:00",
}


@pytest.fixture
def session():
    """Monday at nine, in the office's only room, within the therapist's hours."""
    hours = AvailabilityRuleFactory.create()
    return AppointmentFactory.create(
        therapist=hours.therapist, room=hours.office.rooms.get()
    )


def told(response):
    return [
        (each["id"], [reason["code"] for reason in each["reasons"]])
        for each in response.json()["uncovered_appointments"]
    ]


def untouched(session):
    row = Appointment.objects.get(pk=session.pk)
    return (row.status, row.version) == ("scheduled", 1)


@pytest.mark.parametrize("for_all", [True, False])
def test_closure_lists_what_it_runs_into_and_cancels_nothing(manager, session, for_all):
    office = None if for_all else session.office.slug

    response = manager.post(f"{API}closures/", NINE_TO_TEN | {"office": office})

    assert response.status_code == 201
    assert told(response) == [(str(session.pk), ["office_closed"])]
    assert str(Closure.objects.get().pk) == response.json()["id"]
    assert untouched(session)


def test_closure_that_is_only_tried_out_is_not_written(manager, session):
    response = manager.post(
        f"{API}closures/?dry_run=true", NINE_TO_TEN | {"office": session.office.slug}
    )

    assert response.status_code == 200
    assert response.json()["id"] is None
    assert told(response) == [(str(session.pk), ["office_closed"])]
    assert not Closure.objects.exists()


def test_closure_that_is_moved_lists_what_it_runs_into(manager, session):
    closure = ClosureFactory.create(
        office=session.office, starts_at=at(MONDAY, "12:00")
    )
    address = f"{API}closures/{closure.pk}/"

    tried = manager.patch(f"{address}?dry_run=true", NINE_TO_TEN)
    closure.refresh_from_db()
    start = closure.starts_at
    changed = manager.patch(address, NINE_TO_TEN)

    closure.refresh_from_db()
    assert told(tried) == told(changed) == [(str(session.pk), ["office_closed"])]
    assert (start, closure.starts_at) == (at(MONDAY, "12:00"), MONDAY_9AM)


def test_room_that_closes_tells_the_other_rooms_of_the_office(manager, session):
    AvailabilityRuleFactory.create(office=session.office)
    other = RoomFactory.create(office=session.office)
    address = f"{API}rooms/{session.room.pk}/"

    tried = manager.patch(f"{address}?dry_run=true", {"is_active": False})
    still_active = Room.objects.get(pk=session.room.pk).is_active
    response = manager.patch(address, {"is_active": False})

    (uncovered,) = response.json()["uncovered_appointments"]
    assert told(tried) == told(response) == [(str(session.pk), ["room_inactive"])]
    assert uncovered["rooms"] == [{"id": str(other.pk), "name": other.name}]
    assert uncovered["candidates"] == []
    assert still_active
    assert not Room.objects.get(pk=session.room.pk).is_active
    assert untouched(session)


def test_office_that_closes_for_good_lists_its_sessions(manager, session):
    AppointmentFactory.create()
    address = f"{API}offices/{session.office.slug}/"

    tried = manager.patch(f"{address}?dry_run=true", {"is_active": False})
    still_active = Office.objects.get(pk=session.office_id).is_active
    response = manager.patch(address, {"is_active": False})

    assert told(tried) == told(response) == [(str(session.pk), ["office_inactive"])]
    assert (still_active, response.json()["is_active"]) == (True, False)
    assert untouched(session)


def test_office_whose_clock_is_corrected_lists_what_is_now_outside_the_hours(
    manager, session
):
    response = manager.patch(
        f"{API}offices/{session.office.slug}/", {"timezone": "Pacific/Honolulu"}
    )

    assert told(response) == [(str(session.pk), ["outside_hours"])]


def test_therapist_who_no_longer_works_at_an_office_is_told_as_one_who_leaves(
    manager, session
):
    address = f"{API}therapists/{session.therapist.pk}/"

    tried = manager.patch(f"{address}?dry_run=true", {"offices": []})
    kept = Therapist.objects.get(pk=session.therapist.pk).offices.count()
    response = manager.patch(address, {"offices": []})

    assert told(tried) == told(response) == [(str(session.pk), ["not_at_office"])]
    assert (tried.json()["offices"], kept) == ([], 1)
    assert response.json()["offices"] == []
    assert untouched(session)


@pytest.mark.parametrize(
    "changes",
    [
        {"weekday": 1},
        {"end_time": "09:30"},
        {"valid_from": "2027-02-01"},
        {"valid_until": "2026-12-31"},
        {"valid_from": "2026-12-28", "every_weeks": 2},
        {"mode": "telehealth"},
    ],
)
def test_weekly_hours_that_are_cut_list_what_they_no_longer_cover(
    front_desk, session, changes
):
    rule = session.therapist.availability_rules.get()
    address = f"{API}availability-rules/{rule.pk}/"

    tried = front_desk.patch(f"{address}?dry_run=true", changes)
    unchanged = AvailabilityRule.objects.filter(
        weekday=0, end_minute=17 * 60, valid_from=date(2026, 1, 5), every_weeks=1
    ).exists()
    changed = front_desk.patch(address, changes)

    assert told(tried) == told(changed) == [(str(session.pk), ["outside_hours"])]
    assert unchanged
    assert untouched(session)


def test_weekly_hours_that_go_to_a_colleague_leave_the_therapists_own(
    front_desk, session
):
    rule = session.therapist.availability_rules.get()
    colleague = AvailabilityRuleFactory.create(
        office=session.office, weekday=1
    ).therapist

    response = front_desk.patch(
        f"{API}availability-rules/{rule.pk}/", {"therapist": str(colleague.pk)}
    )

    assert told(response) == [(str(session.pk), ["outside_hours"])]


@pytest.mark.parametrize("resource", ["availability-rules", "availability-overrides"])
def test_hours_that_go_are_answered_with_what_they_leave_or_with_nothing(
    front_desk, resource
):
    factory = {
        "availability-rules": AvailabilityRuleFactory,
        "availability-overrides": AvailabilityOverrideFactory,
    }[resource]
    needed = factory.create()
    unneeded = factory.create(therapist=needed.therapist, office=needed.office)
    start = (
        MONDAY_9AM
        if resource == "availability-rules"
        else at(date(2027, 1, 9), "10:00")
    )
    session = AppointmentFactory.create(
        therapist=needed.therapist, room=needed.office.rooms.get(), starts_at=start
    )

    first = front_desk.delete(f"{API}{resource}/{unneeded.pk}/")
    tried = front_desk.delete(f"{API}{resource}/{needed.pk}/?dry_run=true")
    last = front_desk.delete(f"{API}{resource}/{needed.pk}/")
    gone = front_desk.delete(f"{API}{resource}/{needed.pk}/")

    assert [first.status_code, tried.status_code, last.status_code] == [204, 200, 200]
    assert told(tried) == told(last) == [(str(session.pk), ["outside_hours"])]
    assert gone.status_code == 404
    assert untouched(session)


def test_override_that_is_cut_lists_what_it_no_longer_covers(front_desk):
    opened = AvailabilityOverrideFactory.create()
    session = AppointmentFactory.create(
        therapist=opened.therapist,
        room=opened.office.rooms.get(),
        starts_at=at(opened.date, "10:00"),
    )

    response = front_desk.patch(
        f"{API}availability-overrides/{opened.pk}/", {"start_time": "11:00"}
    )

    assert told(response) == [(str(session.pk), ["outside_hours"])]


@pytest.mark.parametrize(
    "query", ["dry_run=maybe", "dry_run=", "dry_run=true&dry_run=true", "dryrun=true"]
)
def test_trial_that_is_misspelt_changes_nothing(manager, session, query):
    rule = session.therapist.availability_rules.get()
    addresses = [
        f"{API}rooms/{session.room.pk}/",
        f"{API}offices/{session.office.slug}/",
        f"{API}therapists/{session.therapist.pk}/",
    ]

    answers = [
        manager.patch(f"{each}?{query}", {"is_active": False}) for each in addresses
    ]
    answers.append(manager.delete(f"{API}availability-rules/{rule.pk}/?{query}"))

    assert [each.status_code for each in answers] == [400] * 4
    assert AvailabilityRule.objects.filter(pk=rule.pk).exists()
    assert Office.objects.get(pk=session.office_id).is_active
    assert Therapist.objects.get(pk=session.therapist.pk).is_active


def test_past_sessions_and_other_offices_are_not_told(manager, session):
    begun = at(MONDAY, "07:30")
    AppointmentFactory.create(room=session.room, starts_at=begun)
    OfficeFactory.create()

    response = manager.post(
        f"{API}closures/",
        {
            "office": session.office.slug,
            "starts_at": "2027-01-04T07:00:00-08:00",
            "ends_at": "2027-01-04T09:00:00-08:00",
        },
    )

    assert told(response) == []
    assert begun + timedelta(minutes=90) == session.starts_at
