from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scheduling.engine.intervals import Interval, merge, subtract

moments = st.integers(0, 60)
intervals = st.builds(
    lambda start, length: Interval(start, start + length), moments, st.integers(1, 20)
)
sets_of_intervals = st.lists(intervals, max_size=8)


def points(stretches):
    return {moment for start, end in stretches for moment in range(start, end)}


def test_intervals_that_touch_do_not_overlap():
    assert not Interval(9, 10).overlaps(Interval(10, 11))


def test_merge_joins_what_touches_and_drops_what_is_empty():
    assert merge([Interval(5, 9), Interval(1, 3), Interval(3, 5), Interval(7, 7)]) == [
        Interval(1, 9)
    ]


@given(sets_of_intervals)
def test_merge_keeps_every_moment_and_leaves_gaps_between(stretches):
    merged = merge(stretches)

    assert points(merged) == points(stretches)
    assert all(a.end < b.start for a, b in pairwise(merged))


@given(intervals, sets_of_intervals)
def test_subtract_leaves_exactly_the_moments_that_are_not_taken(stretch, taken):
    left = list(subtract(stretch, sorted(taken)))

    assert points(left) == points([stretch]) - points(taken)
    assert left == merge(left)
