from datetime import date, timedelta

import pytest

from scheduling.models import AppointmentStatus, WorkMode
from tests.factories.clients import ClientFactory
from tests.factories.locations import ClosureFactory, OfficeFactory, RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityOverrideFactory,
    AvailabilityRuleFactory,
    TherapistFactory,
    TimeOffFactory,
)
from tests.times import MONDAY, NOW, SATURDAY, TUESDAY, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

VENICE = {"slug": "venice", "name": "Venice"}


@pytest.fixture
def venice():
    return OfficeFactory.create(slug="venice", name="Venice")


@pytest.fixture
def blue(venice):
    return RoomFactory.create(office=venice, name="Blue", capacity=3)


@pytest.fixture
def therapist(venice):
    """Mondays from nine to five in Venice."""
    therapist = TherapistFactory.create(display_name="Ada Lima", offices=[venice])
    AvailabilityRuleFactory.create(therapist=therapist, office=venice)
    return therapist


def address(office):
    return f"/api/v1/offices/{office.slug}/day/"


def hours(windows):
    return [
        f"{window['starts_at'][11:16]}-{window['ends_at'][11:16]}" for window in windows
    ]


def test_day_tells_an_office_in_one_read(front_desk, venice, blue, therapist):
    robin = ClientFactory.create(first_name="Robin", last_name="Ray")
    appointment = AppointmentFactory.create(
        therapist=therapist, room=blue, clients=[robin], note="parks behind the house"
    )
    closure = ClosureFactory.create(
        office=venice,
        starts_at=at(MONDAY, "15:00"),
        ends_at=at(TUESDAY, "12:00"),
        reason="painters",
    )

    response = front_desk.get(address(venice))

    assert response.status_code == 200
    assert response.json() == {
        "office": VENICE,
        "date": "2027-01-04",
        "from": "2027-01-04T00:00:00-08:00",
        "to": "2027-01-05T00:00:00-08:00",
        "timezone": "America/Los_Angeles",
        "rooms": [
            {"id": str(blue.pk), "name": "Blue", "capacity": 3, "accessible": True}
        ],
        "therapists": [
            {
                "id": str(therapist.pk),
                "display_name": "Ada Lima",
                "availability": [
                    {
                        "starts_at": "2027-01-04T09:00:00-08:00",
                        "ends_at": "2027-01-04T17:00:00-08:00",
                        "office": VENICE,
                        "mode": "both",
                    }
                ],
                "free": [
                    {
                        "starts_at": "2027-01-04T09:50:00-08:00",
                        "ends_at": "2027-01-04T15:00:00-08:00",
                        "office": VENICE,
                        "mode": "both",
                    }
                ],
            }
        ],
        "appointments": [
            {
                "id": str(appointment.pk),
                "status": "scheduled",
                "version": 1,
                "therapist": {"id": str(therapist.pk), "display_name": "Ada Lima"},
                "office": VENICE,
                "room": {"id": str(blue.pk), "name": "Blue"},
                "mode": "in_person",
                "session_type": "individual-50",
                "clients": [
                    {
                        "id": str(robin.pk),
                        "display_name": "Robin Ray",
                        "attendance": "expected",
                    }
                ],
                "starts_at": "2027-01-04T09:00:00-08:00",
                "ends_at": "2027-01-04T09:50:00-08:00",
                "timezone": "America/Los_Angeles",
                "series": None,
                "late_cancel_at": "2027-01-03T09:00:00-08:00",
                "created_at": "2027-01-04T08:00:00-08:00",
                "note": "parks behind the house",
            }
        ],
        "closures": [
            {
                "id": str(closure.pk),
                "office": VENICE,
                "starts_at": "2027-01-04T15:00:00-08:00",
                "ends_at": "2027-01-05T12:00:00-08:00",
                "reason": "painters",
            }
        ],
    }


def test_day_leaves_free_what_nothing_of_the_therapist_takes(
    front_desk, venice, blue, therapist
):
    AppointmentFactory.create(
        therapist=therapist, room=blue, starts_at=at(MONDAY, "10:00")
    )
    AppointmentFactory.create(therapist=therapist, starts_at=at(MONDAY, "12:00"))
    AppointmentFactory.create(
        therapist=therapist, room=blue, starts_at=at(MONDAY, "14:00"), cancelled=True
    )
    TimeOffFactory.create(
        therapist=therapist,
        starts_at=at(MONDAY, "16:00"),
        ends_at=at(MONDAY, "18:00"),
    )
    ClosureFactory.create(
        office=None, starts_at=at(MONDAY, "08:00"), ends_at=at(MONDAY, "09:30")
    )

    body = front_desk.get(address(venice)).json()

    (told,) = body["therapists"]
    assert hours(told["free"]) == ["09:30-10:00", "10:50-12:00", "12:50-16:00"]
    assert [closure["office"] for closure in body["closures"]] == [None]


def test_day_tells_who_works_or_has_a_session_there(front_desk, venice, blue):
    elsewhere = OfficeFactory.create(slug="encino", name="Encino")

    def works(name, **rule):
        therapist = TherapistFactory.create(display_name=name)
        AvailabilityRuleFactory.create(
            therapist=therapist, **{"office": venice, **rule}
        )
        return therapist

    works("Works")
    works("Works on Tuesdays", weekday=1)
    works("Works elsewhere", office=elsewhere)
    works("Works no more", valid_until=date(2026, 12, 31))
    works("Works in other weeks", every_weeks=2, valid_from=date(2026, 12, 28))
    left = works("Has left")
    leaves = works("Leaves")
    for therapist in (left, leaves):
        therapist.is_active = False
        therapist.save(update_fields=["is_active"])
    AppointmentFactory.create(therapist=leaves, room=blue)
    opens = TherapistFactory.create(display_name="Opens")
    AvailabilityOverrideFactory.create(therapist=opens, office=venice, date=MONDAY)
    visits = TherapistFactory.create(display_name="Visits")
    AppointmentFactory.create(
        therapist=visits, room=blue, starts_at=at(MONDAY, "13:00")
    )

    response = front_desk.get(address(venice))

    told = [
        (each["display_name"], hours(each["availability"]))
        for each in response.json()["therapists"]
    ]
    assert told == [
        ("Leaves", []),
        ("Opens", ["10:00-14:00"]),
        ("Visits", []),
        ("Works", ["09:00-17:00"]),
    ]


def test_day_tells_hours_by_mode(front_desk, venice, therapist):
    for start, mode in ((18, WorkMode.TELEHEALTH), (20, WorkMode.IN_PERSON)):
        AvailabilityRuleFactory.create(
            therapist=therapist,
            office=venice,
            start_minute=start * 60,
            end_minute=24 * 60,
            mode=mode,
        )
    AvailabilityRuleFactory.create(
        therapist=therapist, office=venice, weekday=1, start_minute=0, end_minute=60
    )

    (told,) = front_desk.get(address(venice)).json()["therapists"]

    modes = [window["mode"] for window in told["availability"]]
    assert list(zip(hours(told["availability"]), modes, strict=True)) == [
        ("09:00-17:00", "both"),
        ("18:00-00:00", "telehealth"),
        ("20:00-00:00", "in_person"),
    ]


def test_day_tells_every_appointment_but_what_was_let_go(front_desk, venice, therapist):
    for number, status in enumerate(AppointmentStatus):
        AppointmentFactory.create(
            therapist=therapist,
            room=None,
            office=venice,
            mode="telehealth",
            status=status,
            starts_at=at(MONDAY, f"{number + 9:02}:00"),
            cancelled_at=NOW if "cancelled" in status else None,
            hold_expires_at=at(date(2100, 1, 4), "09:00") if status == "held" else None,
        )
    AppointmentFactory.create(
        therapist=therapist,
        room=None,
        office=venice,
        mode="telehealth",
        status=AppointmentStatus.HELD,
        starts_at=at(MONDAY, "20:00"),
        hold_expires_at=at(date(2026, 1, 5), "09:00"),
    )

    rows = front_desk.get(address(venice)).json()["appointments"]

    assert [row["status"] for row in rows] == [
        status for status in AppointmentStatus if status != "released"
    ]


def test_day_tells_the_rooms_in_use_and_those_that_are_booked(
    front_desk, venice, blue, therapist
):
    RoomFactory.create(office=venice, name="Attic", is_active=False)
    cellar = RoomFactory.create(office=venice, name="Cellar", is_active=False)
    AppointmentFactory.create(therapist=therapist, room=cellar)

    rooms = front_desk.get(address(venice)).json()["rooms"]

    assert [room["name"] for room in rooms] == ["Blue", "Cellar"]


def test_day_is_that_of_the_wall_when_the_clock_changes(front_desk, venice, blue):
    sunday = date(2027, 3, 14)
    therapist = TherapistFactory.create(offices=[venice])
    AvailabilityRuleFactory.create(
        therapist=therapist, office=venice, weekday=6, start_minute=60, end_minute=1440
    )
    for wall_time in ("01:00", "23:00"):
        AppointmentFactory.create(
            therapist=therapist, room=blue, starts_at=at(sunday, wall_time)
        )
    AppointmentFactory.create(
        therapist=therapist, room=blue, starts_at=at(sunday + timedelta(1), "00:00")
    )

    body = front_desk.get(address(venice), {"date": "2027-03-14"}).json()

    (told,) = body["therapists"]
    assert (body["from"], body["to"]) == (
        "2027-03-14T00:00:00-08:00",
        "2027-03-15T00:00:00-07:00",
    )
    assert [each["starts_at"] for each in body["appointments"]] == [
        "2027-03-14T01:00:00-08:00",
        "2027-03-14T23:00:00-07:00",
    ]
    assert hours(told["availability"]) == ["01:00-00:00"]
    assert hours(told["free"]) == ["01:50-23:00", "23:50-00:00"]


def test_day_is_told_by_the_clock_of_the_office(front_desk):
    office = OfficeFactory.create(slug="city", timezone="Asia/Tokyo")

    body = front_desk.get(address(office)).json()

    assert (body["date"], body["from"]) == ("2027-01-05", "2027-01-05T00:00:00+09:00")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("date=2027-02-30", "?date"),
        ("date=2027-01-04T09:00:00-08:00", "?date"),
        ("date=today", "?date"),
        ("date=", "?date"),
        ("date=2027-01-04&date=2027-01-05", "?date"),
        ("day=2027-01-04", "?day"),
    ],
)
def test_day_names_the_parameter_that_makes_no_sense(
    front_desk, venice, query, parameter
):
    response = front_desk.get(f"{address(venice)}?{query}")

    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == [parameter]


def test_day_knows_no_other_offices(front_desk):
    assert front_desk.get("/api/v1/offices/atlantis/day/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_day_needs_the_same_queries_for_any_number_of_rows(
    front_desk, django_assert_num_queries, venice, count
):
    for number in range(count):
        therapist = TherapistFactory.create(offices=[venice])
        AvailabilityRuleFactory.create(
            therapist=therapist, office=venice, weekday=SATURDAY.weekday()
        )
        AppointmentFactory.create(
            therapist=therapist,
            room=RoomFactory.create(office=venice, name=f"Room {number}"),
            starts_at=at(SATURDAY, "09:00"),
        )
        ClosureFactory.create(
            office=venice,
            starts_at=at(SATURDAY, "13:00"),
            ends_at=at(SATURDAY, "14:00"),
        )

    with django_assert_num_queries(9):
        body = front_desk.get(address(venice), {"date": "2027-01-09"}).json()

    names = ("rooms", "therapists", "appointments", "closures")
    assert [len(body[name]) for name in names] == [count] * 4
