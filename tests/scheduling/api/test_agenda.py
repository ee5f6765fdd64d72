from datetime import timedelta

import pytest

from scheduling.models import WorkMode
from tests.factories.clients import ClientFactory
from tests.factories.locations import ClosureFactory, OfficeFactory, RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    TherapistFactory,
    TimeOffFactory,
)
from tests.times import MONDAY, MONDAY_10AM, SUNDAY, TUESDAY, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

AGENDA = "/api/v1/agenda/"
ENCINO = {"slug": "encino", "name": "Encino"}


@pytest.fixture
def venice():
    return OfficeFactory.create(slug="venice", name="Venice")


@pytest.fixture
def encino():
    return OfficeFactory.create(slug="encino", name="Encino")


def at_work(office, **rule):
    therapist = TherapistFactory.create(offices=[office])
    AvailabilityRuleFactory.create(therapist=therapist, office=office, **rule)
    return therapist


def ids(rows):
    return {row["id"] for row in rows}


def test_agenda_tells_all_offices_in_one_read(front_desk, venice, encino):
    ada = at_work(encino)
    ben = at_work(venice, end_minute=12 * 60, mode=WorkMode.TELEHEALTH)
    robin = ClientFactory.create(first_name="Robin", last_name="Ray")
    room = RoomFactory.create(office=encino, name="Blue")
    booked = AppointmentFactory.create(therapist=ada, room=room, clients=[robin])
    call = AppointmentFactory.create(therapist=ben, office=venice, telehealth=True)
    off = TimeOffFactory.create(therapist=ben)
    closure = ClosureFactory.create(office=encino, reason="painters")

    agenda = front_desk.get(AGENDA).json()

    assert {name: agenda[name] for name in ("from", "to", "timezone", "time_off")} == {
        "from": "2027-01-04T00:00:00-08:00",
        "to": "2027-01-05T00:00:00-08:00",
        "timezone": "America/Los_Angeles",
        "time_off": [
            {
                "id": str(off.pk),
                "therapist": str(ben.pk),
                "starts_at": "2027-01-04T09:00:00-08:00",
                "ends_at": "2027-01-04T17:00:00-08:00",
            }
        ],
    }
    assert ids(agenda["appointments"]) == {str(booked.pk), str(call.pk)}
    assert agenda["availability"] == [
        {
            "therapist": str(ada.pk),
            "starts_at": "2027-01-04T09:00:00-08:00",
            "ends_at": "2027-01-04T17:00:00-08:00",
            "office": ENCINO,
            "mode": "both",
        },
        {
            "therapist": str(ben.pk),
            "starts_at": "2027-01-04T09:00:00-08:00",
            "ends_at": "2027-01-04T12:00:00-08:00",
            "office": {"slug": "venice", "name": "Venice"},
            "mode": "telehealth",
        },
    ]
    assert agenda["closures"] == [
        {
            "id": str(closure.pk),
            "office": ENCINO,
            "starts_at": "2027-01-04T09:00:00-08:00",
            "ends_at": "2027-01-04T10:00:00-08:00",
            "reason": "painters",
        }
    ]


def test_agenda_narrows_by_office_and_therapist(front_desk, venice, encino):
    ada, ben = at_work(encino), at_work(venice)
    here = AppointmentFactory.create(
        therapist=ada, room=RoomFactory.create(office=encino)
    )
    there = AppointmentFactory.create(
        therapist=ben, room=RoomFactory.create(office=venice)
    )
    ClosureFactory.create(office=venice)
    everywhere = ClosureFactory.create(office=None)

    at_encino = front_desk.get(AGENDA, {"office": "encino"}).json()
    of_ben = front_desk.get(AGENDA, {"therapist": str(ben.pk)}).json()

    assert ids(at_encino["appointments"]) == {str(here.pk)}
    assert [each["therapist"] for each in at_encino["availability"]] == [str(ada.pk)]
    assert ids(at_encino["closures"]) == {str(everywhere.pk)}
    assert ids(of_ben["appointments"]) == {str(there.pk)}
    assert [each["therapist"] for each in of_ben["availability"]] == [str(ben.pk)]


def test_agenda_leaves_out_what_is_called_off_unless_asked(front_desk):
    standing = AppointmentFactory.create()
    cancelled = AppointmentFactory.create(cancelled=True)
    held = AppointmentFactory.create(
        held=True, room=None, office=None, mode="telehealth"
    )
    released = AppointmentFactory.create(status="released")

    usual = front_desk.get(AGENDA).json()["appointments"]
    whole = front_desk.get(AGENDA, {"include_cancelled": "true"}).json()["appointments"]

    assert ids(usual) == {str(standing.pk), str(held.pk)}
    assert ids(whole) == {str(standing.pk), str(held.pk), str(cancelled.pk)}
    assert str(released.pk) not in ids(whole)


def test_agenda_covers_the_days_that_are_asked_for(front_desk, encino):
    at_work(encino)
    monday = AppointmentFactory.create(starts_at=MONDAY_10AM)
    tuesday = AppointmentFactory.create(starts_at=at(TUESDAY, "10:00"))

    one_day = front_desk.get(AGENDA, {"from": MONDAY, "to": MONDAY}).json()
    week = front_desk.get(AGENDA, {"from": MONDAY, "to": SUNDAY}).json()
    too_long = front_desk.get(
        AGENDA, {"from": MONDAY, "to": MONDAY + timedelta(days=14)}
    )

    assert ids(one_day["appointments"]) == {str(monday.pk)}
    assert ids(week["appointments"]) == {str(monday.pk), str(tuesday.pk)}
    assert (week["from"], week["to"]) == (
        "2027-01-04T00:00:00-08:00",
        "2027-01-11T00:00:00-08:00",
    )
    assert (too_long.status_code, too_long.json()["errors"][0]["pointer"]) == (
        400,
        "?to",
    )


def test_agenda_is_for_the_front_desk(api, as_therapist, encino):
    therapist = as_therapist(at_work(encino))

    assert api.get(AGENDA).status_code == 401
    assert therapist.get(AGENDA).status_code == 403


def test_agenda_takes_as_many_queries_however_much_there_is(
    front_desk, django_assert_max_num_queries
):
    for hour in range(9, 15):
        AppointmentFactory.create(starts_at=at(MONDAY, f"{hour:02}:00"))

    with django_assert_max_num_queries(12):
        front_desk.get(AGENDA)
