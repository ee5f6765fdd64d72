from datetime import timedelta

import pytest

from config.models import IdempotencyKey
from scheduling import runs, series
from scheduling.models import Appointment, AppointmentSeries, Mode
from scheduling.occurrences import OnConflict
from scheduling.orders import Order
from scheduling.runs import Length
from tests.factories.clients import ClientFactory
from tests.factories.locations import ClosureFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    SessionTypeFactory,
)
from tests.times import MONDAY, MONDAY_9AM, NOW, at

SERIES = "/api/v1/appointment-series/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]


@pytest.fixture
def monday():
    return AvailabilityRuleFactory.create()


def wanted(hours, **more):
    return {
        "therapist": str(hours.therapist.pk),
        "clients": [str(ClientFactory.create().pk)],
        "session_type": SessionTypeFactory.create().slug,
        "office": hours.office.slug,
        "starts_at": "2027-01-04T09:00:00-08:00",
        "every_weeks": 1,
        "count": 3,
        **more,
    }


def booked(hours, count=3, **changes):
    order = Order(
        **{
            "therapist": hours.therapist,
            "clients": [ClientFactory.create()],
            "session_type": SessionTypeFactory.create(),
            "office": hours.office,
            "mode": Mode.IN_PERSON,
            "starts_at": MONDAY_9AM,
        }
        | changes
    )
    row, _ = series.book(
        runs.run(order, 1, Length(count=count)),
        every_weeks=1,
        on_conflict=OnConflict.REFUSE,
        now=NOW,
    )
    return row


def close(hours, number):
    """The office is closed on the Monday of that week."""
    day = MONDAY + timedelta(weeks=number - 1)
    ClosureFactory.create(
        office=hours.office, starts_at=at(day, "00:00"), ends_at=at(day, "23:00")
    )


def oks(body):
    return [one["ok"] for one in body["occurrences"]]


def statuses(row):
    return list(row.occurrences.order_by("starts_at").values_list("status", flat=True))


def test_a_series_is_booked_with_a_report(front_desk, monday):
    answer = front_desk.post(SERIES, wanted(monday, note="By bus."))

    assert answer.status_code == 201
    row = AppointmentSeries.objects.get()
    first, second, third = row.occurrences.order_by("starts_at")
    assert answer.json() == {
        "id": str(row.pk),
        "occurrences": [
            {
                "starts_at": starts_at,
                "ok": True,
                "reasons": [],
                "alternatives": [],
                "id": str(one.pk),
                "status": "scheduled",
            }
            for starts_at, one in [
                ("2027-01-04T09:00:00-08:00", first),
                ("2027-01-11T09:00:00-08:00", second),
                ("2027-01-18T09:00:00-08:00", third),
            ]
        ],
    }
    assert {one.note for one in (first, second, third)} == {"By bus."}


def test_a_dry_run_reports_and_writes_nothing(front_desk, monday):
    close(monday, 2)

    answer = front_desk.post(
        SERIES, wanted(monday, dry_run=True), headers={"Idempotency-Key": "k"}
    )

    assert answer.status_code == 200
    assert "id" not in answer.json()
    assert answer.json()["occurrences"][1] == {
        "starts_at": "2027-01-11T09:00:00-08:00",
        "ok": False,
        "reasons": [{"code": "office_closed", "detail": "The office is closed then."}],
        "alternatives": [],
    }
    assert not AppointmentSeries.objects.exists()
    assert not Appointment.objects.exists()
    assert not IdempotencyKey.objects.exists()


def test_a_refusal_has_the_whole_report(front_desk, monday):
    AppointmentFactory.create(
        therapist=monday.therapist,
        room=monday.office.rooms.get(),
        starts_at=MONDAY_9AM + timedelta(weeks=1),
    )

    answer = front_desk.post(SERIES, wanted(monday))

    assert answer.status_code == 409
    problem = answer.json()
    assert problem["code"] == "slot_taken"
    assert oks(problem) == [True, False, True]
    refused = problem["occurrences"][1]
    assert [reason["code"] for reason in refused["reasons"]] == [
        "therapist_busy",
        "no_room",
    ]
    assert [slot["starts_at"] for slot in refused["alternatives"]] == [
        "2027-01-11T10:00:00-08:00"
    ]
    assert Appointment.objects.count() == 1


def test_what_rules_alone_forbid_is_a_conflict_as_well(front_desk, monday):
    close(monday, 2)

    answer = front_desk.post(SERIES, wanted(monday))

    assert (answer.status_code, answer.json()["code"]) == (409, "rule_violated")
    assert oks(answer.json()) == [True, False, True]


def test_a_repeated_key_books_once_and_keeps_its_report(front_desk, monday):
    close(monday, 2)
    body, key = wanted(monday, on_conflict="skip"), {"Idempotency-Key": "call"}
    first = front_desk.post(SERIES, body, headers=key)
    row = AppointmentSeries.objects.get()
    series.cancel(row, following=row.occurrences.all(), by="practice", now=NOW)

    again = front_desk.post(SERIES, body, headers=key)

    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    expected = first.json()
    assert oks(expected) == [True, False, True]
    for number in (0, 2):
        expected["occurrences"][number]["status"] = "cancelled_by_practice"
    assert again.json() == expected
    assert Appointment.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"until": "2027-02-01"}, "/count"),
        ({"count": "3"}, "/count"),
        ({"every_weeks": True}, "/every_weeks"),
        ({"on_conflict": "ignore"}, "/on_conflict"),
        ({"dry_run": "true"}, "/dry_run"),
        ({"starts_at": "2027-01-04T09:00:00"}, "/starts_at"),
        ({"starts_at": "2027-01-04T09:00:30-08:00"}, "/starts_at"),
        ({"clients": []}, "/clients"),
        ({"override": ["no_room"], "override_reason": "x"}, "/override"),
        ({"override": ["buffer"]}, "/override_reason"),
        ({"surprise": 1}, "/surprise"),
    ],
)
def test_a_malformed_request_is_named_and_books_nothing(
    front_desk, monday, change, pointer
):
    answer = front_desk.post(SERIES, wanted(monday) | change)

    assert answer.status_code == 400
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert not Appointment.objects.exists()


def test_without_a_length_the_request_is_malformed(front_desk, monday):
    body = wanted(monday)
    del body["count"]

    answer = front_desk.post(SERIES, body)

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"count": 53}, "too_many_occurrences"),
        ({"count": 10_000}, "too_many_occurrences"),
        ({"count": 0}, "no_occurrence"),
        ({"every_weeks": 0}, "every_weeks_out_of_range"),
        ({"every_weeks": 27}, "every_weeks_out_of_range"),
        ({"count": None, "until": "2027-01-03"}, "no_occurrence"),
        ({"count": None, "until": "2100-12-31"}, "too_many_occurrences"),
    ],
)
def test_a_run_that_no_series_can_have_is_422(front_desk, monday, change, code):
    body = {
        name: value
        for name, value in (wanted(monday) | change).items()
        if value is not None
    }

    answer = front_desk.post(SERIES, body)

    assert answer.status_code == 422
    assert [reason["code"] for reason in answer.json()["reasons"]] == [code]
    assert not Appointment.objects.exists()


def test_a_series_is_shown_with_each_occurrence(front_desk, monday):
    row = booked(monday, 2)
    first, second = row.occurrences.order_by("starts_at")
    client = first.clients.get()

    answer = front_desk.get(f"{SERIES}{row.pk}/").json()

    office = {"slug": monday.office.slug, "name": monday.office.name}
    therapist = {
        "id": str(monday.therapist.pk),
        "display_name": monday.therapist.display_name,
    }
    assert answer == {
        "id": str(row.pk),
        "therapist": therapist,
        "office": office,
        "mode": "in_person",
        "session_type": "individual-50",
        "weekday": 0,
        "start_time": "09:00",
        "every_weeks": 1,
        "timezone": "America/Los_Angeles",
        "to_come": 2,
        "next_starts_at": "2027-01-04T09:00:00-08:00",
        "created_at": "2027-01-04T08:00:00-08:00",
        "occurrences": [
            {
                "id": str(one.pk),
                "status": "scheduled",
                "version": 1,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "timezone": "America/Los_Angeles",
                "therapist": therapist,
                "office": office,
                "mode": "in_person",
                "clients": [
                    {
                        "id": str(client.pk),
                        "display_name": client.display_name,
                        "attendance": "expected",
                    }
                ],
            }
            for one, starts_at, ends_at in [
                (first, "2027-01-04T09:00:00-08:00", "2027-01-04T09:50:00-08:00"),
                (second, "2027-01-11T09:00:00-08:00", "2027-01-11T09:50:00-08:00"),
            ]
        ],
    }


def test_a_series_that_is_over_has_nothing_to_come(front_desk, monday):
    row = booked(monday, 2)
    series.cancel(row, following=row.occurrences.all(), by="client", now=NOW)

    (shown,) = front_desk.get(SERIES).json()["results"]

    assert (shown["to_come"], shown["next_starts_at"]) == (0, None)
    assert "occurrences" not in shown


def test_series_are_found_by_client_and_therapist(front_desk, monday):
    other = AvailabilityRuleFactory.create()
    row = booked(monday)
    booked(other)
    client = row.occurrences.all()[0].clients.get()

    for query in (f"client={client.pk}", f"therapist={monday.therapist.pk}"):
        found = front_desk.get(f"{SERIES}?{query}").json()["results"]
        assert [one["id"] for one in found] == [str(row.pk)]


def test_appointments_and_calendar_name_their_series(front_desk, monday):
    row = booked(monday)

    listed = front_desk.get(f"/api/v1/appointments/?series={row.pk}").json()["results"]
    calendar = front_desk.get(
        f"/api/v1/therapists/{monday.therapist.pk}/calendar/?from=2027-01-04"
        "&to=2027-01-10"
    ).json()

    assert [one["series"] for one in listed] == [str(row.pk)] * 3
    assert [one["series"] for one in calendar["appointments"]] == [str(row.pk)]


def test_moving_this_and_the_following(front_desk, monday):
    row = booked(monday)
    body = {"from": "2027-01-11", "start_time": "14:00"}

    tried = front_desk.post(f"{SERIES}{row.pk}/reschedule/", body | {"dry_run": True})
    moved = front_desk.post(f"{SERIES}{row.pk}/reschedule/", body)

    assert (tried.status_code, moved.status_code) == (200, 200)
    assert "id" not in tried.json()
    assert oks(tried.json()) == [True, True]
    assert moved.json()["id"] == str(row.pk)
    assert [one["starts_at"] for one in moved.json()["occurrences"]] == [
        "2027-01-11T14:00:00-08:00",
        "2027-01-18T14:00:00-08:00",
    ]
    row.refresh_from_db()
    assert row.start_minute == 14 * 60


@pytest.mark.parametrize(
    ("since", "left"),
    [
        ("2027-01-11", 1),
        ("2027-01-11T09:00:00-08:00", 1),
        ("2027-01-11T17:00:00Z", 1),
        ("2027-01-11T09:00:01-08:00", 2),
    ],
)
def test_cancelling_from_a_date_or_a_time_on(front_desk, monday, since, left):
    row = booked(monday)

    answer = front_desk.post(f"{SERIES}{row.pk}/cancel/", {"from": since})

    assert answer.status_code == 200
    assert statuses(row) == ["scheduled"] * left + ["cancelled"] * (3 - left)


def test_cancelling_without_a_date_calls_off_all_that_is_to_come(front_desk, monday):
    row = booked(monday)

    answer = front_desk.post(f"{SERIES}{row.pk}/cancel/", {"by": "practice"})

    assert answer.status_code == 200
    assert statuses(row) == ["cancelled_by_practice"] * 3
    again = front_desk.post(f"{SERIES}{row.pk}/cancel/", {})
    assert (again.status_code, again.json()["code"]) == (409, "nothing_follows")


def test_extending(front_desk, monday):
    row = booked(monday)

    answer = front_desk.post(f"{SERIES}{row.pk}/extend/", {"until": "2027-02-01"})

    assert answer.status_code == 200
    assert [one["starts_at"] for one in answer.json()["occurrences"]] == [
        "2027-01-25T09:00:00-08:00",
        "2027-02-01T09:00:00-08:00",
    ]


@pytest.mark.parametrize("change", ["reschedule", "cancel", "extend"])
@pytest.mark.parametrize(
    "body",
    [
        {"from": "soon"},
        {"from": "2027-02-30"},
        {"from": 5},
        {"surprise": 1},
        {"from": "2027-01-04", "by": "nobody", "weekday": 7, "count": "1"},
    ],
)
def test_a_malformed_change_is_400_and_changes_nothing(
    front_desk, monday, change, body
):
    row = booked(monday)
    before = list(Appointment.objects.order_by("pk").values())

    answer = front_desk.post(f"{SERIES}{row.pk}/{change}/", body)

    assert answer.status_code == 400
    assert list(Appointment.objects.order_by("pk").values()) == before


def test_a_move_that_names_no_change_is_400(front_desk, monday):
    row = booked(monday)

    answer = front_desk.post(f"{SERIES}{row.pk}/reschedule/", {"from": "2027-01-04"})

    assert answer.status_code == 400


def test_therapists_change_their_own_series_without_overrides(as_therapist, monday):
    row = booked(monday)
    own = as_therapist(monday.therapist)
    other = as_therapist(AvailabilityRuleFactory.create().therapist)
    move = f"{SERIES}{row.pk}/reschedule/"
    body = {"from": "2027-01-11", "start_time": "14:00"}
    override = {"override": ["buffer"], "override_reason": "Agreed"}

    assert [one["id"] for one in own.get(SERIES).json()["results"]] == [str(row.pk)]
    assert other.get(SERIES).json()["results"] == []
    assert other.post(move, body).status_code == 404
    assert own.post(move, body | override).status_code == 403
    assert own.post(move, body).status_code == 200
    assert own.post(SERIES, wanted(monday)).status_code == 403


def test_a_therapist_leaves_alone_what_a_colleague_has_taken_over(as_therapist, monday):
    row = booked(monday)
    colleague = AvailabilityRuleFactory.create(office=monday.office).therapist
    Appointment.objects.filter(occurs_on=MONDAY + timedelta(weeks=1)).update(
        therapist=colleague
    )
    own = as_therapist(monday.therapist)

    shown = own.get(f"{SERIES}{row.pk}/").json()["occurrences"]
    own.post(f"{SERIES}{row.pk}/cancel/", {"from": "2027-01-05"})

    assert [one["starts_at"][:10] for one in shown] == ["2027-01-04", "2027-01-18"]
    assert statuses(row) == ["scheduled", "scheduled", "cancelled"]


def test_a_therapist_is_offered_only_hours_of_their_own(as_therapist, monday):
    AvailabilityRuleFactory.create(office=monday.office)
    row = booked(monday)
    close(monday, 2)
    AppointmentFactory.create(
        therapist=monday.therapist,
        room=monday.office.rooms.get(),
        starts_at=at(MONDAY + timedelta(weeks=2), "14:00"),
    )
    body = {"from": "2027-01-11", "start_time": "14:00"}

    answer = as_therapist(monday.therapist).post(f"{SERIES}{row.pk}/reschedule/", body)

    assert answer.status_code == 409
    offered = [
        slot["therapist"]["id"]
        for one in answer.json()["occurrences"]
        for slot in one["alternatives"]
    ]
    assert set(offered) == {str(monday.therapist.pk)}


@pytest.mark.parametrize("count", [1, 3])
def test_list_needs_the_same_queries_for_any_number_of_series(
    front_desk, count, django_assert_num_queries
):
    for _ in range(count):
        booked(AvailabilityRuleFactory.create())

    with django_assert_num_queries(4):
        answer = front_desk.get(SERIES)

    assert len(answer.json()["results"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_series_needs_the_same_queries_for_any_number_of_occurrences(
    front_desk, monday, count, django_assert_num_queries
):
    row = booked(monday, count)

    with django_assert_num_queries(6):
        answer = front_desk.get(f"{SERIES}{row.pk}/")

    assert len(answer.json()["occurrences"]) == count
