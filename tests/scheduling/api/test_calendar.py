from datetime import date, timedelta

import pytest

from scheduling.models import AppointmentStatus, Mode, WorkMode
from tests.factories.clients import ClientFactory
from tests.factories.locations import OfficeFactory, RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityOverrideFactory,
    AvailabilityRuleFactory,
    TherapistFactory,
    TimeOffFactory,
)
from tests.times import MONDAY, NEXT_MONDAY, NOW, SATURDAY, SUNDAY, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]


def address(therapist):
    return f"/api/v1/therapists/{therapist.pk}/calendar/"


@pytest.fixture
def venice():
    return OfficeFactory.create(slug="venice", name="Venice")


@pytest.fixture
def therapist(venice):
    """Mondays from nine to noon in Venice; one session, one afternoon off."""
    therapist = TherapistFactory.create(display_name="Ada Lima", offices=[venice])
    AvailabilityRuleFactory.create(
        therapist=therapist, office=venice, end_minute=12 * 60
    )
    TimeOffFactory.create(
        therapist=therapist,
        starts_at=at(MONDAY, "11:00"),
        ends_at=at(MONDAY, "12:00"),
        note="dentist",
    )
    return therapist


@pytest.fixture
def appointment(therapist, venice):
    robin = ClientFactory.create(first_name="Robin", last_name="Ray")
    sam = ClientFactory.create(first_name="S.", preferred_name="Sam", last_name="Ray")
    return AppointmentFactory.create(
        therapist=therapist,
        room=RoomFactory.create(office=venice, name="Blue"),
        clients=[robin, sam],
        note="parks behind the house",
    )


def starts(response):
    return [each["starts_at"] for each in response.json()["appointments"]]


def test_calendar_tells_the_week_in_one_read(front_desk, therapist, appointment):
    response = front_desk.get(address(therapist))

    clients = [each.client for each in appointment.attendances.order_by("pk")]
    venice = {"slug": "venice", "name": "Venice"}
    assert response.status_code == 200
    assert response.json() == {
        "therapist": {"id": str(therapist.pk), "display_name": "Ada Lima"},
        "from": "2027-01-04T00:00:00-08:00",
        "to": "2027-01-11T00:00:00-08:00",
        "timezone": "America/Los_Angeles",
        "appointments": [
            {
                "id": str(appointment.pk),
                "status": "scheduled",
                "version": 1,
                "therapist": {"id": str(therapist.pk), "display_name": "Ada Lima"},
                "office": venice,
                "room": {"id": str(appointment.room_id), "name": "Blue"},
                "mode": "in_person",
                "session_type": "individual-50",
                "clients": [
                    {
                        "id": str(client.pk),
                        "display_name": client.display_name,
                        "attendance": "expected",
                    }
                    for client in clients
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
        "availability": [
            {
                "starts_at": "2027-01-04T09:00:00-08:00",
                "ends_at": "2027-01-04T12:00:00-08:00",
                "office": venice,
                "mode": "both",
            }
        ],
        "time_off": [
            {
                "id": str(therapist.time_off.get().pk),
                "starts_at": "2027-01-04T11:00:00-08:00",
                "ends_at": "2027-01-04T12:00:00-08:00",
                "note": "dentist",
            }
        ],
    }


def test_calendar_is_the_same_for_the_therapist_and_the_front_desk(
    front_desk, as_therapist, therapist, appointment
):
    own = as_therapist(therapist).get(address(therapist))

    assert own.json() == front_desk.get(address(therapist)).json()


def test_calendar_tells_other_therapists_when_and_where_and_no_more(
    as_therapist, therapist, appointment
):
    AppointmentFactory.create(
        therapist=therapist, cancelled=True, starts_at=at(MONDAY, "10:00")
    )
    colleague = as_therapist(TherapistFactory.create())

    response = colleague.get(address(therapist), {"include_cancelled": "true"})

    assert response.status_code == 200
    assert response.json() == {
        "therapist": {"id": str(therapist.pk), "display_name": "Ada Lima"},
        "from": "2027-01-04T00:00:00-08:00",
        "to": "2027-01-11T00:00:00-08:00",
        "timezone": "America/Los_Angeles",
        "busy": [
            {
                "starts_at": "2027-01-04T09:00:00-08:00",
                "ends_at": "2027-01-04T09:50:00-08:00",
                "office": {"slug": "venice", "name": "Venice"},
            }
        ],
    }


def test_calendar_is_closed_to_the_public_and_knows_no_strangers(
    api, front_desk, therapist
):
    stranger = "/api/v1/therapists/01900000-0000-7000-8000-000000000000/calendar/"

    answers = [
        api.get(address(therapist)).status_code,
        api.get(stranger).status_code,
        front_desk.get(stranger).status_code,
        front_desk.post(address(therapist), {}).status_code,
    ]

    assert answers == [401, 401, 404, 405]


def test_calendar_leaves_out_what_was_called_off_unless_asked(front_desk, therapist):
    for number, status in enumerate(AppointmentStatus):
        AppointmentFactory.create(
            therapist=therapist,
            status=status,
            starts_at=at(MONDAY, f"{number + 9:02}:00"),
            cancelled_at=NOW if "cancelled" in status else None,
            hold_expires_at=NOW if status == AppointmentStatus.HELD else None,
        )

    def told(**query):
        rows = front_desk.get(address(therapist), query).json()["appointments"]
        return [row["status"] for row in rows]

    kept = ["held", "scheduled", "confirmed", "checked_in", "completed"]
    called_off = ["cancelled", "late_cancelled", "cancelled_by_practice"]
    assert told() == [*kept, "no_show"]
    assert told(include_cancelled="true") == [*kept, *called_off, "no_show"]


def test_calendar_leaves_out_a_hold_that_lapsed(front_desk, as_therapist, therapist):
    AppointmentFactory.create(
        therapist=therapist,
        status=AppointmentStatus.HELD,
        hold_expires_at=at(date(2026, 1, 5), "09:00"),
    )
    colleague = as_therapist(TherapistFactory.create())

    assert starts(front_desk.get(address(therapist))) == []
    assert colleague.get(address(therapist)).json()["busy"] == []


def test_calendar_runs_through_the_end_of_a_date_and_up_to_a_time(
    front_desk, therapist
):
    for day, wall_time in ((SUNDAY, "23:10"), (NEXT_MONDAY, "00:00")):
        AppointmentFactory.create(therapist=therapist, starts_at=at(day, wall_time))
    late, early = "2027-01-10T23:10:00-08:00", "2027-01-11T00:00:00-08:00"

    def told(**query):
        return starts(front_desk.get(address(therapist), query))

    assert told() == [late]
    assert told(**{"from": "2027-01-10", "to": "2027-01-10"}) == [late]
    assert told(**{"from": "2027-01-11"}) == [early]
    assert told(to="2027-01-11T00:00:01-08:00") == [late, early]
    assert told(to="2027-01-11T00:00:00-08:00") == [late]
    assert told(**{"from": "2027-01-10T23:30:00-08:00"}) == [late, early]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("from=2027-01-04&to=2027-01-03", "?to"),
        ("from=2027-01-04T09:00:00-08:00&to=2027-01-04T09:00:00-08:00", "?to"),
        ("from=2027-01-04&to=2027-04-06", "?to"),
        ("from=2027-13-01", "?from"),
        ("from=2027-01-04T09:00:00", "?from"),
        ("from=monday", "?from"),
        ("include_cancelled=1", "?include_cancelled"),
        ("until=2027-01-04", "?until"),
    ],
)
def test_calendar_names_the_parameter_that_makes_no_sense(
    front_desk, therapist, query, parameter
):
    response = front_desk.get(f"{address(therapist)}?{query}")

    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == [parameter]


def test_calendar_spans_up_to_92_days(front_desk, therapist):
    response = front_desk.get(f"{address(therapist)}?from=2026-09-01&to=2026-12-01")

    assert response.status_code == 200
    assert (response.json()["from"], response.json()["to"]) == (
        "2026-09-01T00:00:00-07:00",
        "2026-12-02T00:00:00-08:00",
    )


def test_calendar_tells_hours_by_place_and_mode(front_desk, venice):
    encino = OfficeFactory.create(slug="encino", name="Encino")
    therapist = TherapistFactory.create(offices=[venice, encino])
    for office, start, end, mode in (
        (venice, 9, 12, WorkMode.IN_PERSON),
        (encino, 14, 18, WorkMode.BOTH),
        (encino, 18, 24, WorkMode.TELEHEALTH),
        (None, 12, 13, WorkMode.TELEHEALTH),
    ):
        AvailabilityRuleFactory.create(
            therapist=therapist,
            office=office,
            start_minute=start * 60,
            end_minute=end * 60,
            mode=mode,
        )
    AvailabilityOverrideFactory.create(
        therapist=therapist, office=venice, date=SATURDAY
    )

    response = front_desk.get(address(therapist))

    told = [
        (
            window["starts_at"][:16],
            window["ends_at"][:16],
            window["office"] and window["office"]["slug"],
            window["mode"],
        )
        for window in response.json()["availability"]
    ]
    assert told == [
        ("2027-01-04T09:00", "2027-01-04T12:00", "venice", "in_person"),
        ("2027-01-04T12:00", "2027-01-04T13:00", None, "telehealth"),
        ("2027-01-04T14:00", "2027-01-04T18:00", "encino", "in_person"),
        ("2027-01-04T14:00", "2027-01-05T00:00", "encino", "telehealth"),
        ("2027-01-09T10:00", "2027-01-09T14:00", "venice", "both"),
    ]


def test_calendar_tells_telehealth_from_elsewhere_without_office_and_room(
    front_desk, therapist
):
    AppointmentFactory.create(therapist=therapist, telehealth=True, office=None)

    (told,) = front_desk.get(address(therapist)).json()["appointments"]

    assert (told["office"], told["room"], told["mode"], told["timezone"]) == (
        None,
        None,
        Mode.TELEHEALTH,
        "America/Los_Angeles",
    )


@pytest.mark.parametrize("count", [1, 3])
def test_calendar_needs_the_same_queries_for_any_number_of_rows(
    front_desk, django_assert_num_queries, venice, count
):
    therapist = TherapistFactory.create(offices=[venice])
    for day in range(count):
        shift = timedelta(days=day)
        AvailabilityRuleFactory.create(therapist=therapist, weekday=day)
        TimeOffFactory.create(
            therapist=therapist,
            starts_at=at(MONDAY, "13:00") + shift,
            ends_at=at(MONDAY, "14:00") + shift,
        )
        AppointmentFactory.create(
            therapist=therapist, starts_at=at(MONDAY, "09:00") + shift
        )

    with django_assert_num_queries(9):
        body = front_desk.get(address(therapist)).json()

    assert [
        len(body[name]) for name in ("appointments", "availability", "time_off")
    ] == [count] * 3
