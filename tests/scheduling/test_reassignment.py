from datetime import timedelta

import pytest

from config.errors import Malformed
from scheduling import orders, reassignment
from scheduling.engine.rules import Code
from scheduling.models import Appointment, Message, MessageState
from scheduling.reassignment import (
    Handover,
    NotAllAllowed,
    NotAllTaken,
    Outcome,
    SessionStale,
)
from scheduling.transitions import InvalidTransition
from tests.factories.locations import RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    MessageFactory,
    TherapistFactory,
    TimeOffFactory,
)
from tests.scheduling.test_booking_races import at_once
from tests.times import MONDAY_9AM, MONDAY_10AM, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def sessions():
    """Monday at nine and at ten, one therapist, one room."""
    first = AppointmentFactory.create()
    return [
        first,
        AppointmentFactory.create(
            therapist=first.therapist, room=first.room, starts_at=MONDAY_10AM
        ),
    ]


def colleague(session):
    return AvailabilityRuleFactory.create(office=session.office).therapist


def to(therapist, session, *, version=1, **more):
    order = orders.to_move(
        session, starts_at=session.starts_at, therapist=therapist, **more
    )
    return Handover(order, version)


def therapists():
    rows = Appointment.objects.order_by("starts_at", "pk")
    return [(row.therapist, row.version) for row in rows]


def codes(refused):
    return [
        (each.id, each.version, each.ok, [reason.code for reason in each.reasons])
        for each in refused.value.outcomes
    ]


def test_reassign_gives_each_session_to_its_new_therapist_in_its_room(sessions):
    one, other = colleague(sessions[0]), colleague(sessions[0])

    outcomes = reassignment.reassign(
        [to(other, sessions[1]), to(one, sessions[0])], now=NOW
    )

    assert outcomes == [Outcome(session.pk, 1, []) for session in sessions]
    assert therapists() == [(one, 2), (other, 2)]
    assert set(Appointment.objects.values_list("room", flat=True)) == (
        {sessions[0].room.pk}
    )


def test_reassign_takes_all_or_none_and_tells_what_is_against_each(sessions):
    free, away = colleague(sessions[0]), colleague(sessions[0])
    TimeOffFactory.create(therapist=away)

    with pytest.raises(NotAllAllowed) as refused:
        reassignment.reassign([to(free, sessions[0]), to(away, sessions[1])], now=NOW)

    assert codes(refused) == [
        (sessions[0].pk, 1, True, []),
        (sessions[1].pk, 1, False, ["time_off"]),
    ]
    assert therapists() == [(sessions[0].therapist, 1)] * 2
    assert not Message.objects.exists()


def test_two_sessions_that_go_to_one_therapist_see_each_other():
    first = AppointmentFactory.create()
    second = AppointmentFactory.create(
        room=RoomFactory.create(office=first.office),
        starts_at=MONDAY_9AM + timedelta(minutes=30),
    )
    other = colleague(first)

    with pytest.raises(NotAllTaken) as refused:
        reassignment.reassign([to(other, first), to(other, second)], now=NOW)

    assert codes(refused) == [
        (first.pk, 1, True, []),
        (second.pk, 1, False, ["therapist_busy"]),
    ]
    assert therapists() == [(first.therapist, 1), (second.therapist, 1)]


def test_reassign_overrides_what_it_is_told_to_and_keeps_to_how_far_ahead_it_is(
    sessions,
):
    away = colleague(sessions[0])
    TimeOffFactory.create(therapist=away)
    overriding = {"overrides": [Code.TIME_OFF], "override_reason": "They offered"}

    reassignment.reassign([to(away, sessions[0], **overriding)], now=NOW)

    row = Appointment.objects.get(pk=sessions[0].pk)
    assert (row.therapist, row.overridden, row.override_reason) == (
        away,
        ["time_off"],
        "They offered",
    )


def test_reassign_can_give_a_session_another_room(sessions):
    room = RoomFactory.create(office=sessions[0].office)
    hours = AvailabilityRuleFactory.create(
        therapist=sessions[0].therapist, office=sessions[0].office
    )

    reassignment.reassign([to(hours.therapist, sessions[0], room=room)], now=NOW)

    assert Appointment.objects.get(pk=sessions[0].pk).room == room


def test_clients_are_told_of_each_session_once(sessions):
    for session in sessions:
        MessageFactory.create(
            appointment=session, kind="booked", state=MessageState.SENT, sent_at=NOW
        )
    other = colleague(sessions[0])

    reassignment.reassign([to(other, each) for each in sessions], now=NOW)

    waiting = Message.objects.pending().order_by("appointment__starts_at")
    assert [(each.appointment, each.kind) for each in waiting] == [
        (session, "moved") for session in sessions
    ]


def test_reassign_refuses_a_stale_view_a_session_named_twice_or_called_off(sessions):
    other = colleague(sessions[0])
    called_off = AppointmentFactory.create(cancelled=True)

    with pytest.raises(SessionStale) as stale:
        reassignment.reassign(
            [to(other, sessions[0]), to(other, sessions[1], version=2)], now=NOW
        )
    with pytest.raises(Malformed):
        reassignment.reassign([to(other, sessions[0])] * 2, now=NOW)
    with pytest.raises(InvalidTransition):
        reassignment.reassign([to(other, sessions[0]), to(other, called_off)], now=NOW)

    assert str(sessions[1].pk) in stale.value.message
    assert stale.value.version == 1
    assert Appointment.objects.filter(version=1).count() == 3


@pytest.mark.django_db(transaction=True)
def test_reassignments_that_cross_do_not_deadlock():
    """Each takes the calendars of all, in the same order, before it looks."""
    one, other = AppointmentFactory.create_batch(2)
    there = [colleague(one), colleague(other)]

    def call(handovers):
        try:
            reassignment.reassign(handovers, now=NOW)
        except SessionStale:
            return "stale"
        return "moved"

    handovers = [to(there[0], one), to(there[1], other)]
    outcomes = at_once(
        [
            lambda: call(handovers),
            lambda: call(handovers[::-1]),
            lambda: call(handovers),
        ]
    )

    assert sorted(outcomes) == ["moved", "stale", "stale"]
    assert therapists() == [(there[0], 2), (there[1], 2)]


def test_reassign_asks_who_is_named_not_who_works_there():
    session = AppointmentFactory.create()

    with pytest.raises(NotAllAllowed) as refused:
        reassignment.reassign([to(TherapistFactory.create(), session)], now=NOW)

    assert codes(refused) == [(session.pk, 1, False, ["outside_hours", "not_offered"])]
