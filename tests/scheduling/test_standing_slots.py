from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scheduling import runs, series, standing_slots
from scheduling.engine.wall_clock import as_datetime
from scheduling.models import Mode
from scheduling.orders import Order
from scheduling.runs import Length
from scheduling.standing_slots import Run
from scheduling.wishes import Wish
from tests.factories.clients import ClientFactory
from tests.factories.locations import RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    PracticePolicyFactory,
    SessionTypeFactory,
    TimeOffFactory,
)
from tests.times import MONDAY, NOW, ZONE, at

pytestmark = pytest.mark.django_db

PRESENT = int(NOW.timestamp())


@pytest.fixture
def morning():
    """Two hours on Mondays, in person: from nine to eleven."""
    return AvailabilityRuleFactory.create(end_minute=11 * 60, mode="in_person")


def week(number, time="09:00"):
    return at(MONDAY + timedelta(weeks=number - 1), time)


def search(*, every_weeks=1, count=4, min_free=3, begin=PRESENT, now=PRESENT, **wish):
    wish = Wish(
        session_type=SessionTypeFactory.create(), start=begin, end=begin + 1, **wish
    )
    return standing_slots.search(wish, Run(every_weeks, count, min_free), now=now)


def busy(hours, number, time="09:00"):
    AppointmentFactory.create(
        therapist=hours.therapist,
        room=hours.office.rooms.get(),
        starts_at=week(number, time),
    )


def told(found):
    """When each begins on the wall, and in which of its weeks it is not free."""
    return [
        (
            f"{as_datetime(one.start).astimezone(ZONE):%a %b %-d %H:%M}",
            [f"{as_datetime(gap).astimezone(ZONE):%b %-d}" for gap in one.conflicts],
        )
        for one in found
    ]


def test_hours_that_are_free_each_week_come_first_and_then_those_that_nearly_are(
    morning,
):
    busy(morning, 3)

    found = search()

    # On the third Monday the first hour is taken, and ten minutes for notes.
    assert told(found) == [
        ("Mon Jan 4 10:00", []),
        ("Mon Jan 4 09:00", ["Jan 18"]),
        ("Mon Jan 4 09:30", ["Jan 18"]),
    ]
    assert [one.missing for one in found] == [0, 1, 1]


def test_those_with_too_many_conflicts_are_left_out(morning):
    busy(morning, 2)
    busy(morning, 3)

    assert told(search()) == [("Mon Jan 4 10:00", [])]


def test_the_first_may_be_what_is_not_free(morning):
    busy(morning, 1)

    assert told(search())[1] == ("Mon Jan 4 09:00", ["Jan 4"])


def test_every_other_week_is_found_in_both_of_its_phases(morning):
    for number in (1, 3, 5, 7):
        busy(morning, number)
        busy(morning, number, "10:00")

    assert told(search(every_weeks=2)) == [
        ("Mon Jan 11 09:00", []),
        ("Mon Jan 11 09:30", []),
        ("Mon Jan 11 10:00", []),
    ]


def test_an_hour_that_has_passed_this_week_begins_in_the_next(morning):
    quarter_to_ten = int(week(1, "09:45").timestamp())

    found = search(begin=quarter_to_ten, now=quarter_to_ten)

    assert told(found) == [
        ("Mon Jan 4 10:00", []),
        ("Mon Jan 11 09:00", []),
        ("Mon Jan 11 09:30", []),
    ]


def test_the_horizon_binds_the_first_week_alone(morning):
    PracticePolicyFactory.create(booking_horizon_days=9)

    assert told(search(count=12, min_free=12))[0] == ("Mon Jan 4 09:00", [])
    assert told(search(begin=int(week(3, "00:00").timestamp()))) == []


def test_the_hour_stays_that_of_the_wall_when_the_clocks_change(morning):
    found = search(begin=int(week(9, "00:00").timestamp()), count=4, min_free=4)

    assert told(found)[0] == ("Mon Mar 1 09:00", [])


def test_the_wish_counts_as_in_a_search(morning):
    client = ClientFactory.create()
    other_office = RoomFactory.create().office
    AppointmentFactory.create(starts_at=week(2, "10:00"), clients=[client])

    assert told(search(clients=[client], min_free=4)) == [("Mon Jan 4 09:00", [])]
    assert told(search(time_from=600)) == [("Mon Jan 4 10:00", [])]
    assert told(search(weekdays=[1])) == []
    assert told(search(offices=[other_office.pk])) == []
    assert len(search(per_therapist=1)) == 1


@pytest.mark.parametrize("therapists", [1, 3])
def test_the_statements_are_the_same_for_any_number_of_therapists(morning, therapists):
    for _ in range(therapists - 1):
        AvailabilityRuleFactory.create(office=morning.office)

    with CaptureQueriesContext(connection) as queries:
        found = search(count=12, min_free=9)

    assert len({one.therapist for one in found}) == therapists
    assert len(queries) == 12 + 4  # one of them for the wish itself


def test_what_is_found_can_be_booked(morning):
    """With its conflicts, and no others, left out."""
    TimeOffFactory.create(
        therapist=morning.therapist,
        starts_at=week(2, "00:00"),
        ends_at=week(2, "09:30"),
    )
    busy(morning, 3, "10:00")
    client = ClientFactory.create()

    for one in search(clients=[client], min_free=1):
        order = Order(
            therapist=morning.therapist,
            clients=[client],
            session_type=SessionTypeFactory.create(),
            office=morning.office,
            mode=Mode(one.mode),
            starts_at=as_datetime(one.start),
        )
        report = series.report(runs.run(order, 1, Length(count=4)), now=NOW)
        assert [
            int(each.starts_at.timestamp()) for each in report if not each.ok
        ] == list(one.conflicts)
