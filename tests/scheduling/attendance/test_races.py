"""Several people at the front desk fill, or empty, the same session at once."""

from collections import Counter

import pytest

from config.errors import Stale
from scheduling import booking
from scheduling.models import Attendance, Mode
from scheduling.orders import Order
from scheduling.placement import Full, SlotTaken
from tests.factories.clients import ClientFactory
from tests.factories.scheduling import AvailabilityRuleFactory, SessionTypeFactory
from tests.scheduling.attendance.conftest import (
    START,
    add,
    booked,
    members,
    parts,
    remove,
)
from tests.scheduling.test_booking_races import at_once, overlaps
from tests.times import NOW

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 4


def outcome(change, *args, **kwargs):
    try:
        change(*args, **kwargs)
    except (Full, SlotTaken, Stale) as refused:
        return refused.code
    return "done"


@pytest.mark.parametrize(("version", "loser"), [(None, "full"), (1, "stale")])
def test_of_two_who_add_somebody_to_the_last_place_one_does(hours, version, loser):
    kind = SessionTypeFactory.create(group=True)
    group = booked(hours, kind, size=3, mode=Mode.TELEHEALTH)
    clients = ClientFactory.create_batch(2)

    outcomes = at_once(
        [
            lambda each=each: outcome(add, group, each, version=version)
            for each in clients
        ]
    )

    assert Counter(outcomes) == {"done": 1, loser: 1}
    assert len(parts(group)) == 4


def test_who_is_added_here_and_booked_there_is_in_one_place(hours):
    kind = SessionTypeFactory.create(group=True)
    group = booked(hours, kind, size=1, mode=Mode.TELEHEALTH)
    hours_there = AvailabilityRuleFactory.create_batch(ROUNDS)

    for there in hours_there:
        client = ClientFactory.create()
        order = Order(
            therapist=there.therapist,
            clients=[client],
            session_type=SessionTypeFactory.create(),
            office=there.office,
            mode=Mode.IN_PERSON,
            starts_at=START,
        )
        outcomes = at_once(
            [
                lambda client=client: outcome(add, group, client, version=None),
                lambda order=order: outcome(booking.book, order, now=NOW),
            ]
        )
        assert Counter(outcomes) == {"done": 1, "slot_taken": 1}
        Attendance.objects.filter(client=client).update(status="cancelled")
    assert overlaps() == []


def test_when_both_partners_leave_at_once_the_appointment_is_called_off(couple):
    outcomes = at_once(
        [
            lambda each=each: outcome(remove, couple, each, version=None)
            for each in members(couple)
        ]
    )

    couple.refresh_from_db()
    assert outcomes == ["done", "done"]
    assert (couple.status, couple.version) == ("cancelled", 3)
    assert parts(couple) == [("cancelled", "none"), ("cancelled", "none")]
