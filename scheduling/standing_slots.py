"""Standing slots: weekly times that are free for a whole run, or nearly.

The run is looked at week by week, each time for all therapists at once; the hours of
the wall at which most weeks have a slot are what is looked for.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from scheduling import policies, slot_search
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import MINUTE, day_of, instant, minute_of
from scheduling.models import SessionType
from scheduling.wishes import Slot, Wish

WEEKS_TO_BEGIN_IN = 4  # at most


@dataclass(frozen=True, slots=True)
class Run:
    """So many times, `every_weeks` apart, of which at least `min_free` are free."""

    every_weeks: int
    count: int
    min_free: int


class StandingSlot(NamedTuple):
    """A time that is free in each week of a run but for `conflicts`, by their starts.

    Sorts by how many those are, then by the first `start`, which may be one of them.
    `like` is a slot of one of the weeks.
    """

    missing: int
    start: int
    therapist: str
    office: str
    mode: str
    like: Slot
    conflicts: tuple[int, ...]


class _Time(NamedTuple):
    """So many days after the beginning of a week, on the wall; with whom and where."""

    day: int
    minute: int
    therapist: str
    office: str
    mode: str


def search(wish: Wish, run: Run, *, now: int) -> list[StandingSlot]:
    """The standing times that begin from `wish.start` on, the freest and soonest first.

    They begin within `every_weeks`, and within four weeks. The horizon binds the first
    of a run alone. Of each therapist there are at most `wish.per_therapist`. It takes a
    few queries and one for each week of the run.
    """
    begin = -(-wish.start // MINUTE) * MINUTE
    weeks = list(_weeks(begin, run))
    free: dict[_Time, dict[int, Slot]] = defaultdict(dict)
    found = slot_search.search_each(replace(wish, is_later_week=True), weeks, now=now)
    for number, slots in enumerate(found):
        for slot in slots:
            free[_time(slot, weeks[number])][number] = slot
    standing = sorted(
        _standing(time, slots, weeks)
        for time, slots in free.items()
        if len(slots) >= run.min_free
    )
    in_time = _within_horizon(standing, wish.session_type, now)
    return list(_at_most(wish.per_therapist, in_time))


def _weeks(begin: int, run: Run) -> Iterator[Interval]:
    """Where each occurrence of a run can lie: as long as a run may take to begin."""
    first, minute = day_of(begin, PRACTICE_ZONE), minute_of(begin, PRACTICE_ZONE)
    length = timedelta(weeks=min(run.every_weeks, WEEKS_TO_BEGIN_IN))
    for number in range(run.count):
        day = first + number * timedelta(weeks=run.every_weeks)
        yield Interval(
            instant(day, minute, PRACTICE_ZONE),
            instant(day + length, minute, PRACTICE_ZONE),
        )


def _time(slot: Slot, week: Interval) -> _Time:
    first = day_of(week.start, PRACTICE_ZONE)
    return _Time(
        (day_of(slot.start, PRACTICE_ZONE) - first).days,
        minute_of(slot.start, PRACTICE_ZONE),
        slot.therapist,
        slot.office,
        slot.mode,
    )


def _standing(
    time: _Time, slots: Mapping[int, Slot], weeks: Sequence[Interval]
) -> StandingSlot:
    starts = [
        instant(
            day_of(week.start, PRACTICE_ZONE) + timedelta(days=time.day),
            time.minute,
            PRACTICE_ZONE,
        )
        for week in weeks
    ]
    return StandingSlot(
        missing=len(weeks) - len(slots),
        start=starts[0],
        therapist=time.therapist,
        office=time.office,
        mode=time.mode,
        like=next(iter(slots.values())),
        conflicts=tuple(
            start for number, start in enumerate(starts) if number not in slots
        ),
    )


def _within_horizon(
    standing: Sequence[StandingSlot], session_type: SessionType, now: int
) -> Iterator[StandingSlot]:
    """Those whose first is not too far ahead for its therapist."""
    therapists = {one.therapist for one in standing}
    settled = policies.read([UUID(therapist) for therapist in therapists])
    closes_at = {
        therapist: settled.terms(session_type, therapist).closes_at(now, PRACTICE_ZONE)
        for therapist in therapists
    }
    for one in standing:
        duration = one.like.end - one.like.start
        if one.start + duration <= closes_at[one.therapist]:
            yield one


def _at_most(
    per_therapist: int | None, standing: Iterable[StandingSlot]
) -> Iterator[StandingSlot]:
    """Of each therapist no more than so many."""
    seen: Counter[str] = Counter()
    for one in standing:
        seen[one.therapist] += 1
        if per_therapist is None or seen[one.therapist] <= per_therapist:
            yield one
