"""Who attended, and who did not, told one by one."""

from datetime import timedelta

import pytest

from scheduling import attendance, booking, orders, progress
from scheduling.engine.rules import Code
from scheduling.placement import Full, SlotTaken
from scheduling.transitions import InvalidTransition
from tests.factories.clients import ClientFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    PolicyOverrideFactory,
    SessionTypeFactory,
)
from tests.scheduling.attendance.conftest import (
    AFTER,
    ATTENDED,
    EXPECTED,
    NO_SHOW,
    START,
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
from tests.times import NEXT_MONDAY, at

pytestmark = pytest.mark.django_db


def test_one_attends_and_the_other_does_not(couple):
    one, other = members(couple)

    couple = mark(couple, one, ATTENDED)
    couple = mark(couple, other, NO_SHOW)

    assert counts(couple) == ("scheduled", 3, 1)
    assert parts(couple) == [("attended", "none"), ("no_show", "due")]


def test_completing_leaves_those_who_missed_it_as_they_are(group):
    client, _ = members(group)
    group = mark(group, client, NO_SHOW)

    progress.complete(group, version=2, now=AFTER)

    assert counts(group) == ("completed", 3, 1)
    assert parts(group) == [("no_show", "due"), ("attended", "none")]


def test_checking_in_or_taking_it_back_leaves_the_marks(group):
    client, _ = members(group)
    group = mark(group, client, NO_SHOW)

    progress.check_in(group, version=2, now=AFTER)
    progress.reopen(group, version=3, now=AFTER)

    assert parts(group) == [("no_show", "due"), ("expected", "none")]


def test_a_completed_session_that_is_reopened_expects_those_who_attended(group):
    client, _ = members(group)
    group = mark(group, client, NO_SHOW)
    progress.complete(group, version=2, now=AFTER)

    progress.reopen(group, version=3, now=AFTER)

    assert parts(group) == [("no_show", "due"), ("expected", "none")]


def test_when_nobody_came_the_appointment_is_a_no_show(couple):
    one, other = members(couple)
    couple = mark(couple, one, NO_SHOW)

    couple = mark(couple, other, NO_SHOW)

    assert counts(couple) == ("no_show", 3, 1)
    assert parts(couple) == [("no_show", "due"), ("no_show", "due")]


def test_who_had_left_does_not_keep_a_session_from_being_a_no_show(couple):
    leaves, other = members(couple)
    couple = remove(couple, leaves)

    couple = mark(couple, other, NO_SHOW)

    assert counts(couple)[0] == "no_show"
    assert parts(couple) == [("cancelled", "none"), ("no_show", "due")]


def test_nobody_came_is_not_said_where_somebody_did(couple):
    one, _ = members(couple)
    couple = mark(couple, one, ATTENDED)
    before = everything()

    with pytest.raises(InvalidTransition):
        progress.no_show(couple, version=2, now=AFTER)

    assert everything() == before


def test_somebody_is_here_where_it_is_checked_in(couple):
    one, other = members(couple)
    couple = progress.check_in(couple, version=1, now=AFTER)
    couple = mark(couple, one, NO_SHOW)
    before = everything()

    with pytest.raises(InvalidTransition):
        mark(couple, other, NO_SHOW)

    assert everything() == before


@pytest.mark.parametrize(
    ("status", "opens"),
    [
        (ATTENDED, timedelta()),
        (EXPECTED, timedelta()),
        (NO_SHOW, timedelta(minutes=15)),
    ],
)
def test_each_mark_has_its_hour(group, status, opens):
    client, _ = members(group)
    before = everything()

    with pytest.raises(InvalidTransition):
        mark(group, client, status, now=START + opens - timedelta(seconds=1))
    assert everything() == before
    after = mark(group, client, status, now=START + opens)

    assert after.version == (1 if status == EXPECTED else 2)
    assert parts(group)[0][0] == status


def test_the_grace_before_one_is_a_no_show_is_the_narrowest_word(group):
    PolicyOverrideFactory.create(therapist=group.therapist, no_show_grace_minutes=30)
    client, _ = members(group)

    with pytest.raises(InvalidTransition):
        mark(group, client, NO_SHOW, now=START + timedelta(minutes=29))
    mark(group, client, NO_SHOW, now=START + timedelta(minutes=30))

    assert parts(group) == [("no_show", "due"), ("expected", "none")]


def test_a_mark_is_taken_back_and_the_fee_with_it(couple):
    one, _ = members(couple)
    couple = mark(couple, one, NO_SHOW)

    couple = mark(couple, one, EXPECTED)

    assert parts(couple) == [("expected", "none"), ("expected", "none")]


def test_the_same_mark_again_changes_nothing(couple):
    one, _ = members(couple)
    couple = mark(couple, one, NO_SHOW)
    couple = attendance.decide_fee(
        couple, one, waived=True, reason="Ill", by=None, version=2, now=AFTER
    )
    before = everything()

    mark(couple, one, NO_SHOW)

    assert everything() == before


def test_a_completed_session_is_corrected_within_the_day_by_those_who_may(couple):
    one, other = members(couple)
    couple = progress.complete(couple, version=1, now=AFTER)
    before = everything()

    for changes in (
        {"may_correct": False},
        {"may_correct": True, "now": AFTER + timedelta(days=1)},
    ):
        with pytest.raises(InvalidTransition):
            mark(couple, one, NO_SHOW, **changes)
    with pytest.raises(InvalidTransition):
        mark(couple, one, EXPECTED, may_correct=True)
    assert everything() == before
    couple = mark(couple, one, NO_SHOW, may_correct=True)
    with pytest.raises(InvalidTransition):
        mark(couple, other, NO_SHOW, may_correct=True)

    assert counts(couple) == ("completed", 3, 1)
    assert parts(couple) == [("no_show", "due"), ("attended", "none")]


def test_who_has_left_is_not_marked(couple):
    leaves, _ = members(couple)
    couple = remove(couple, leaves)
    before = everything()

    with pytest.raises(InvalidTransition):
        mark(couple, leaves, ATTENDED)

    assert everything() == before


def test_a_no_show_whose_place_was_given_away_cannot_attend(couple):
    one, _ = members(couple)
    couple = mark(couple, one, NO_SHOW)
    couple = add(
        couple,
        ClientFactory.create(),
        now=AFTER,
        overrides=[Code.PAST],
        override_reason="Came instead.",
    )
    before = everything()

    with pytest.raises(Full):
        mark(couple, one, ATTENDED)

    assert everything() == before


def test_a_no_show_who_was_elsewhere_meanwhile_cannot_attend(couple):
    one, _ = members(couple)
    couple = mark(couple, one, NO_SHOW)
    AppointmentFactory.create(starts_at=START, clients=[one])
    before = everything()

    with pytest.raises(SlotTaken) as refusal:
        mark(couple, one, ATTENDED)

    assert codes(refusal) == ["client_busy"]
    assert everything() == before


def test_who_attended_is_expected_again_when_the_session_moves(couple):
    one, _ = members(couple)
    couple = mark(couple, one, ATTENDED)
    later = orders.to_move(couple, starts_at=at(NEXT_MONDAY, "14:00"))

    booking.reschedule(later, version=2, now=AFTER)

    assert parts(couple) == [("expected", "none"), ("expected", "none")]


def test_reopening_is_refused_where_somebody_has_a_no_shows_place(hours):
    kind = SessionTypeFactory.create(couples=True)
    hours.therapist.session_types.add(kind)
    couple = booked(hours, kind)
    one, _ = members(couple)
    couple = mark(couple, one, NO_SHOW)
    couple = add(
        couple,
        ClientFactory.create(),
        now=AFTER,
        overrides=[Code.PAST],
        override_reason="Came instead",
    )
    couple = progress.no_show(couple, version=couple.version, now=AFTER)
    before = everything()

    with pytest.raises(Full):
        progress.reopen(couple, version=couple.version, now=AFTER)

    assert everything() == before
