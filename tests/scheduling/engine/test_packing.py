from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from scheduling.engine import packing, slots
from scheduling.engine.intervals import Interval
from scheduling.engine.rules import Calendar
from tests.scheduling.engine.test_rules import REQUEST, VENICE, H, M

MORNING = Interval(9 * H, 13 * H)
HALF, SESSION = 30 * M, 60 * M  # with ten minutes for notes
REQUEST_OF_THE_MORNING = replace(REQUEST, calendar=Calendar(hours={VENICE: [MORNING]}))


def wastes(taken=()):
    starts = slots.starts(REQUEST_OF_THE_MORNING, taken, MORNING)
    return packing.wastes(REQUEST_OF_THE_MORNING, taken, starts)


def test_an_end_of_a_free_morning_wastes_nothing_and_its_middle_splits_it():
    assert {start / H: waste for start, waste in wastes().items()} == {
        9: 0,
        9.5: 2,  # three more hours, where four sessions had a place
        10: 1,
        10.5: 3,
        11: 1,
        11.5: 2,
        12: 0,
    }


def test_next_to_another_session_is_better_than_half_an_hour_away():
    found = wastes([Interval(9 * H, 10 * H)])

    assert found[10 * H] < found[10 * H + HALF]


@given(st.sets(st.integers(0, 7), max_size=3))
def test_what_is_said_to_be_lost_is_what_plain_filling_loses(halves):
    """Fill the morning from its beginning, with the session and without it."""
    taken = [
        Interval(MORNING.start + half * HALF, MORNING.start + (half + 1) * HALF)
        for half in sorted(halves)
    ]

    for start, waste in wastes(taken).items():
        around = Interval(start - 10 * M, start + SESSION)
        lost = filled(taken) - filled(sorted([*taken, around])) - 1
        assert waste // 2 == lost


def filled(taken):
    count, end = 0, 0
    for start in slots.starts(REQUEST_OF_THE_MORNING, taken, MORNING):
        if start >= end:
            count, end = count + 1, start + SESSION
    return count
