"""The guarantee: every step of its table, and none beside it."""

from datetime import timedelta
from functools import partial

import pytest

from scheduling import guarantees
from scheduling.booking import InvalidTransition
from scheduling.models import (
    GUARANTEE_TRANSITIONS,
    GuaranteeState,
    MovedBy,
    NoFit,
    Party,
)
from tests.factories.config import UserFactory
from tests.factories.guarantees import in_state
from tests.factories.scheduling import TherapistFactory
from tests.times import NOW

pytestmark = pytest.mark.django_db

State = GuaranteeState
LATER = NOW + timedelta(hours=3)


def no_fit(ask, row, **at):
    return ask(row, said_by=Party.CLIENT, reason=NoFit.RAPPORT, **at)


# By which call each state is reached.
WAYS = {
    State.MATCHED: lambda row, **at: guarantees.choose(
        row, TherapistFactory.create(), **at
    ),
    State.CONTINUES: guarantees.say_continues,
    State.REMATCH_ASKED: partial(no_fit, guarantees.ask_rematch),
    State.REFUND_ASKED: partial(no_fit, guarantees.ask_refund),
    State.REFUNDED: partial(guarantees.refund, amount_cents=15_000, reason="Promised"),
    State.DECLINED: partial(guarantees.decline, reason="Why not"),
}
STEPS = [(before, after) for before in State for after in WAYS]


def decided(before, after):
    mover = GUARANTEE_TRANSITIONS[before].get(after)
    return mover in {MovedBy.STAFF, MovedBy.MANAGER}


def take(row, after):
    return WAYS[after](row, version=row.version, by=UserFactory.create(), now=LATER)


@pytest.mark.parametrize("state", State)
def test_a_guarantee_is_where_its_session_and_its_decisions_say(state):
    guarantee = in_state(state)

    assert guarantees.progress_of(guarantee).progress == state


@pytest.mark.parametrize(
    ("before", "after"), [step for step in STEPS if decided(*step)]
)
def test_each_step_of_the_table_is_taken_and_recorded(before, after):
    guarantee = in_state(before)

    moved = take(guarantee, after)

    assert (moved.progress, moved.version) == (after, 2)


@pytest.mark.parametrize(
    ("before", "after"), [step for step in STEPS if not decided(*step)]
)
def test_each_step_beside_the_table_is_refused(before, after):
    guarantee = in_state(before)

    with pytest.raises(InvalidTransition) as refusal:
        take(guarantee, after)

    assert (refusal.value.status, refusal.value.code) == (409, "invalid_transition")
    assert guarantees.progress_of(guarantee).progress == before
    assert guarantees.progress_of(guarantee).version == 1
