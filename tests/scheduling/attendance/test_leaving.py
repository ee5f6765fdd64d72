"""One leaves; the others, and their time, stay."""

from datetime import timedelta

import pytest

from config.errors import Malformed, Stale
from scheduling import attendance, booking, orders
from scheduling.engine.wall_clock import as_datetime
from scheduling.models import OPEN, AppointmentStatus, Mode
from scheduling.orders import Order
from scheduling.placement import SlotTaken
from scheduling.transitions import InvalidTransition
from tests.factories.clients import ClientFactory
from tests.factories.config import UserFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    SessionTypeFactory,
)
from tests.scheduling.attendance.conftest import (
    AFTER,
    ATTENDED,
    START,
    TOO_LATE,
    add,
    booked,
    codes,
    counts,
    everything,
    mark,
    members,
    parts,
    remove,
)
from tests.times import NEXT_MONDAY, NOW, at

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", set(AppointmentStatus) - set(OPEN), ids=str)
def test_nobody_joins_or_leaves_what_is_over_or_only_kept(status):
    client = ClientFactory.create()
    appointment = AppointmentFactory.create(
        session_type=SessionTypeFactory.create(group=True),
        status=status,
        clients=[client, ClientFactory.create()],
        cancelled_at=NOW if "cancelled" in status else None,
        hold_expires_at=NOW if status == "held" else None,
    )
    before = everything()

    with pytest.raises(InvalidTransition):
        add(appointment, ClientFactory.create())
    if status != AppointmentStatus.HELD:  # one that has lapsed is released meanwhile
        with pytest.raises(InvalidTransition):
            remove(appointment, client)

    assert everything() == before


@pytest.mark.parametrize(
    ("change", "details"),
    [
        (attendance.add, {}),
        (attendance.remove, {"by": "client"}),
        (attendance.mark, {"status": ATTENDED}),
        (attendance.decide_fee, {"waived": True, "reason": "Ill", "by": None}),
    ],
)
def test_a_change_based_on_a_stale_view_is_refused(group, change, details):
    joins = change is attendance.add
    client = ClientFactory.create() if joins else members(group)[0]
    before = everything()

    with pytest.raises(Stale):
        change(group, client, **details, version=7, now=AFTER)

    assert everything() == before


def test_a_stranger_has_no_part_to_change(group):
    stranger = ClientFactory.create()
    before = everything()

    for change in (remove, lambda *named: mark(*named, ATTENDED)):
        with pytest.raises(Malformed) as refusal:
            change(group, stranger)
        assert refusal.value.field == "client"

    assert everything() == before


def test_who_leaves_in_time_owes_nothing_and_is_free(couple):
    leaves, _ = members(couple)

    remove(couple, leaves, reason="Away")

    assert counts(couple) == ("scheduled", 2, 1)
    assert parts(couple) == [("cancelled", "none"), ("expected", "none")]
    part = couple.attendances.get(client=leaves)
    assert (part.cancelled_at, part.cancel_reason) == (NOW, "Away")
    elsewhere = AppointmentFactory.create(starts_at=START, clients=[leaves])
    assert elsewhere.attendances.get().occupies


def test_nobody_leaves_twice(group):
    leaves, _ = members(group)
    group = remove(group, leaves)
    before = everything()

    with pytest.raises(InvalidTransition):
        remove(group, leaves)

    assert everything() == before


def test_when_the_last_one_leaves_the_appointment_is_called_off(couple):
    first, last = members(couple)
    couple = remove(couple, first, reason="Away")
    user = UserFactory.create()

    remove(
        couple,
        last,
        reason="Ill",
        now=TOO_LATE,
        fee_waived_reason="Fever",
        decided_by=user,
    )

    assert counts(couple) == ("late_cancelled", 3, 2)
    assert (couple.cancelled_at, couple.cancel_reason) == (TOO_LATE, "Ill")
    assert parts(couple) == [("cancelled", "none"), ("late_cancelled", "waived")]
    assert couple.attendances.get(client=last).fee_decided_by == user


def test_an_overlap_is_refused_for_each_partner(couple):
    other = AvailabilityRuleFactory.create()
    before = everything()

    for partner in members(couple):
        order = Order(
            therapist=other.therapist,
            clients=[partner],
            session_type=SessionTypeFactory.create(),
            office=other.office,
            mode=Mode.IN_PERSON,
            starts_at=START + timedelta(minutes=60),
        )
        with pytest.raises(SlotTaken) as refusal:
            booking.book(order, now=NOW)
        assert codes(refusal) == ["client_busy"]

    assert everything() == before


def test_who_is_left_of_a_couple_can_move_and_is_offered_other_times(couple):
    leaves, stays = members(couple)
    couple = remove(couple, leaves)
    AppointmentFactory.create(starts_at=at(NEXT_MONDAY, "13:00"), clients=[stays])
    order = orders.to_move(couple, starts_at=at(NEXT_MONDAY, "13:00"))

    with pytest.raises(SlotTaken) as refusal:
        booking.reschedule(order, version=2, now=NOW)
    offered = [as_datetime(slot.start) for slot in refusal.value.alternatives]
    order = orders.to_move(couple, starts_at=offered[0])
    moved = booking.reschedule(order, version=2, now=NOW)

    assert codes(refusal) == ["client_busy"]
    assert offered == [at(NEXT_MONDAY, hour) for hour in ("14:00", "11:30", "14:30")]
    assert moved.starts_at == offered[0]
    assert parts(couple) == [("cancelled", "none"), ("expected", "none")]


def test_a_room_must_hold_those_who_still_come(hours):
    group = booked(hours, SessionTypeFactory.create(group=True), size=3)
    small = hours.office.rooms.get(capacity=2)
    with pytest.raises(SlotTaken):
        booking.amend(group, room=small, version=1)
    group = remove(group, members(group)[0])

    after = booking.amend(group, room=small, version=2)

    assert (after.room, after.version) == (small, 3)
