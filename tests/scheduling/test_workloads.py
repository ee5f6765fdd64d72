"""How much of their hours is taken: as the report on utilisation counts it."""

from datetime import datetime, time, timedelta

import pytest

from scheduling import workloads
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import day_of
from scheduling.models import Therapist
from scheduling.reports import utilisation
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    TherapistFactory,
    TimeOffFactory,
)
from tests.scheduling.matching_practice import open_practice
from tests.times import MONDAY, MONDAY_10AM, NOW, at

pytestmark = pytest.mark.django_db


def keys():
    return [str(key) for key in Therapist.objects.values_list("pk", flat=True)]


@pytest.mark.parametrize("weeks", [-2, 0, 1, 2, 3, 8, 41])
def test_shares_are_those_of_the_report(weeks):
    """In January and about both changes of the clock; vacations, closures, hours every
    other week and Saturdays opened for once are among them."""
    open_practice()
    now = int((NOW + timedelta(weeks=weeks)).timestamp())
    midnight = datetime.combine(day_of(now, PRACTICE_ZONE), time(), PRACTICE_ZONE)
    ends = midnight + timedelta(days=28)  # on the wall
    span = Interval(int(midnight.timestamp()), int(ends.timestamp()))
    report = utilisation.read(span, by=["therapist"])

    assert workloads.shares(keys(), now=now) == {
        str(usage.therapist): 100 * usage.booked_minutes // usage.available_minutes
        for usage in report
        if usage.available_minutes
    }


def test_time_off_leaves_fewer_hours_of_which_the_same_are_taken():
    rule = AvailabilityRuleFactory.create()  # eight hours on four Mondays
    therapist = rule.therapist
    for hour in range(4):
        AppointmentFactory.create(
            therapist=therapist,
            room=rule.office.rooms.get(),
            starts_at=MONDAY_10AM + timedelta(hours=hour),
        )
    before = workloads.shares([str(therapist.pk)], now=int(NOW.timestamp()))
    for week in (1, 2, 3):
        TimeOffFactory.create(
            therapist=therapist,
            starts_at=at(MONDAY + timedelta(weeks=week), "00:00"),
            ends_at=at(MONDAY + timedelta(weeks=week, days=1), "00:00"),
        )

    after = workloads.shares([str(therapist.pk)], now=int(NOW.timestamp()))

    assert (before, after) == ({str(therapist.pk): 10}, {str(therapist.pk): 41})


def test_who_has_no_hours_has_no_share():
    TherapistFactory.create()

    assert workloads.shares(keys(), now=int(NOW.timestamp())) == {}
