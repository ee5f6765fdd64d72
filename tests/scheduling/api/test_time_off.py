from datetime import timedelta
from uuid import uuid4

import pytest

from scheduling.models import TimeOff
from tests.factories.clients import ClientFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    SessionTypeFactory,
    TherapistFactory,
    TimeOffFactory,
)
from tests.times import MONDAY, TUESDAY, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

URL = "/api/v1/time-off/"


def monday(person, **changes):
    return {
        "therapist": str(person.pk),
        "starts_at": "2027-01-04T00:00:00-08:00",
        "ends_at": "2027-01-05T00:00:00-08:00",
        "note": "a family matter",
        **changes,
    }


def errors(response):
    return [error["pointer"] for error in response.json()["errors"]]


def test_time_off_lists_the_sessions_it_uncovers_and_cancels_none(front_desk):
    robin, sam = (
        ClientFactory.create(first_name="Robin", last_name="Ray"),
        ClientFactory.create(
            first_name="Samuel", preferred_name="Sam", last_name="Ray"
        ),
    )
    appointment = AppointmentFactory.create(
        session_type=SessionTypeFactory.create(couples=True), clients=[robin, sam]
    )
    therapist, office = appointment.therapist, appointment.office
    other = AvailabilityRuleFactory.create(
        office=office,
        therapist=TherapistFactory.create(
            offices=[office], session_types=[appointment.session_type]
        ),
    ).therapist

    response = front_desk.post(URL, monday(therapist))

    assert response.status_code == 201
    assert response.json() == monday(
        therapist,
        id=str(TimeOff.objects.get().pk),
        timezone="America/Los_Angeles",
        uncovered_appointments=[
            {
                "id": str(appointment.pk),
                "version": 1,
                "starts_at": "2027-01-04T09:00:00-08:00",
                "ends_at": "2027-01-04T10:20:00-08:00",
                "timezone": "America/Los_Angeles",
                "therapist": {
                    "id": str(therapist.pk),
                    "display_name": therapist.display_name,
                },
                "office": {"slug": office.slug, "name": office.name},
                "session_type": "couples-80",
                "clients": [
                    {"id": str(robin.pk), "display_name": "Robin Ray"},
                    {"id": str(sam.pk), "display_name": "Sam Ray"},
                ],
                "reasons": [
                    {
                        "code": "time_off",
                        "detail": "The therapist has time off then.",
                    },
                    {
                        "code": "outside_hours",
                        "detail": "The therapist does not work there then.",
                    },
                ],
                "rooms": [],
                "candidates": [
                    {"id": str(other.pk), "display_name": other.display_name}
                ],
            }
        ],
    )
    appointment.refresh_from_db()
    assert (appointment.status, appointment.version) == ("scheduled", 1)


def test_time_off_dry_run_answers_the_same_and_writes_nothing(front_desk):
    appointment = AppointmentFactory.create()

    tried = front_desk.post(f"{URL}?dry_run=true", monday(appointment.therapist))
    assert not TimeOff.objects.exists()
    taken = front_desk.post(f"{URL}?dry_run=false", monday(appointment.therapist))

    assert (tried.status_code, taken.status_code) == (200, 201)
    assert tried.json() == taken.json() | {"id": None}
    assert len(tried.json()["uncovered_appointments"]) == 1
    assert TimeOff.objects.count() == 1


def test_time_off_patch_lists_what_the_new_span_uncovers(front_desk):
    time_off = TimeOffFactory.create(
        starts_at=at(TUESDAY, "00:00"), ends_at=at(TUESDAY, "23:00"), note="keep"
    )
    appointment = AppointmentFactory.create(therapist=time_off.therapist)

    response = front_desk.patch(
        f"{URL}{time_off.pk}/", {"starts_at": "2027-01-04T09:30:00-08:00"}
    )

    time_off.refresh_from_db()
    uncovered = response.json()["uncovered_appointments"]
    assert response.status_code == 200
    assert [each["id"] for each in uncovered] == [str(appointment.pk)]
    assert (time_off.starts_at, time_off.note) == (at(MONDAY, "09:30"), "keep")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"ends_at": "2027-01-04T00:00:00-08:00"}, "/ends_at"),
        ({"ends_at": "2027-01-03T00:00:00-08:00"}, "/ends_at"),
        ({"ends_at": "2029-01-06T00:00:00-08:00"}, "/ends_at"),
        ({"ends_at": "2027-01-05T00:00:00"}, "/ends_at"),
        ({"ends_at": "2027-01-05"}, "/ends_at"),
        ({"starts_at": "1999-12-31T00:00:00Z"}, "/starts_at"),
        ({"note": "x" * 501}, "/note"),
        ({"timezone": "UTC"}, "/timezone"),
        ({"reason": "ill"}, "/reason"),
    ],
)
def test_time_off_names_the_field_that_makes_no_sense(front_desk, changes, pointer):
    response = front_desk.post(URL, monday(TherapistFactory.create(), **changes))

    assert (response.status_code, errors(response)) == (400, [pointer])
    assert not TimeOff.objects.exists()


def test_time_off_patch_checks_the_span_as_a_whole(front_desk):
    time_off = TimeOffFactory.create()

    answers = [
        front_desk.patch(f"{URL}{time_off.pk}/", {"ends_at": ends_at})
        for ends_at in ("2027-01-04T09:00:00-08:00", "2029-02-01T00:00:00-08:00")
    ]

    ends_at = time_off.ends_at
    time_off.refresh_from_db()
    assert [(each.status_code, errors(each)) for each in answers] == (
        [(400, ["/ends_at"])] * 2
    )
    assert time_off.ends_at == ends_at


@pytest.mark.parametrize("query", ["dry_run=yes", "dry_run=", "dry-run=true"])
def test_time_off_refuses_parameters_that_make_no_sense(front_desk, query):
    response = front_desk.post(f"{URL}?{query}", monday(TherapistFactory.create()))

    assert response.status_code == 400
    assert not TimeOff.objects.exists()


def test_therapist_keeps_their_own_time_off(as_therapist):
    therapist = TherapistFactory.create()
    caller = as_therapist(therapist)

    made = caller.post(URL, monday(therapist))
    address = f"{URL}{made.json()['id']}/"
    read = caller.get(address)
    changed = caller.patch(address, {"note": ""})
    removed = caller.delete(address)

    assert [each.status_code for each in (made, read, changed, removed)] == [
        201,
        200,
        200,
        204,
    ]
    assert read.json()["note"] == "a family matter"
    assert not TimeOff.objects.exists()


def test_therapist_neither_sees_nor_changes_the_time_off_of_others(as_therapist):
    caller = as_therapist(TherapistFactory.create())
    time_off = TimeOffFactory.create()
    address = f"{URL}{time_off.pk}/"

    answers = [
        caller.get(address).status_code,
        caller.patch(address, {"note": "mine"}).status_code,
        caller.delete(address).status_code,
    ]

    time_off.refresh_from_db()
    assert answers == [404] * 3
    assert caller.get(URL).json()["results"] == []
    assert time_off.note == ""


@pytest.mark.parametrize("query", ["", "?dry_run=true"])
def test_therapist_who_names_another_gets_the_answer_to_an_unknown_id(
    as_therapist, query
):
    caller = as_therapist(TherapistFactory.create())
    appointment = AppointmentFactory.create()

    of_another = caller.post(f"{URL}{query}", monday(appointment.therapist))
    of_nobody = caller.post(
        f"{URL}{query}", monday(appointment.therapist, therapist=str(uuid4()))
    )

    assert (of_another.status_code, errors(of_another)) == (400, ["/therapist"])
    assert of_another.json() == of_nobody.json()
    assert not TimeOff.objects.exists()


def test_time_off_is_closed_to_the_public(api):
    address = f"{URL}{uuid4()}/"

    answers = [
        api.get(URL).status_code,
        api.post(URL, {}).status_code,
        api.get(address).status_code,
        api.patch(address, {}).status_code,
        api.delete(address).status_code,
    ]

    assert answers == [401] * 5


def test_time_off_list_narrows_by_therapist_and_span(front_desk):
    early = TimeOffFactory.create()
    late = TimeOffFactory.create(
        starts_at=early.starts_at + timedelta(days=30),
        ends_at=early.ends_at + timedelta(days=30),
    )

    def found(**query):
        rows = front_desk.get(URL, query).json()["results"]
        return [row["id"] for row in rows]

    assert found() == [str(early.pk), str(late.pk)]
    assert found(therapist=early.therapist_id) == [str(early.pk)]
    assert found(starts_before="2027-01-10T00:00:00-08:00") == [str(early.pk)]
    assert found(starts_before="2027-01-04T09:00:00-08:00") == []
    assert found(ends_after="2027-01-04T17:00:00-08:00") == [str(late.pk)]


@pytest.mark.parametrize("count", [1, 3])
def test_time_off_list_needs_the_same_queries_for_any_number_of_rows(
    front_desk, django_assert_num_queries, count
):
    TimeOffFactory.create_batch(count)

    with django_assert_num_queries(4):
        response = front_desk.get(URL)

    assert len(response.json()["results"]) == count
