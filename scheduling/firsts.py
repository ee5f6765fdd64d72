"""The first slots of each of some therapists: one search for all of them.

It looks ever further ahead, each time only at those who have not enough, and whoever
asks may tell on the way of whom it is not worth to look on.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

from scheduling import frontrunners, slot_search, wishes
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.intervals import Interval, merge
from scheduling.engine.wall_clock import DAY, HOUR, day_of, instant
from scheduling.frontrunners import Lead, Place
from scheduling.wishes import Slot, Wish

MANY = 60  # therapists, of whom it is worth to ask who could be first
STARTS = 60  # that are asked for, and twice as many each time that they fill up
LEADS = 8  # after which the rest are looked at day by day

Found: TypeAlias = Mapping[str, Sequence[Slot]]
Still: TypeAlias = Callable[[int, Found], Collection[str]]


def of_each(
    wish: Wish, therapists: Collection[str], *, now: int, most: int
) -> dict[str, list[Slot]]:
    """The first `most` slots of each of `therapists`, who are whoever is named, whether
    they suit the wish or not. Nobody without a slot is in it.

    It takes a query for clients, and two or three for each step, of which there are
    few.
    """
    return _look(_Ahead(wish, is_race=False), therapists, now, most, None)


def in_a_race(
    wish: Wish, therapists: Collection[str], *, now: int, still: Still
) -> dict[str, list[Slot]]:
    """The first slot of each, for as long as they can still come in.

    `still` is told up to when was looked and what was found, and tells who of the rest
    may matter. Of many therapists those are looked at who could have the next slots.
    """
    return _look(_Ahead(wish, is_race=True), therapists, now, 1, still)


def _look(
    ahead: "_Ahead",
    therapists: Collection[str],
    now: int,
    most: int,
    still: Still | None,
) -> dict[str, list[Slot]]:
    wish, found = ahead.wish, dict[str, list[Slot]]()
    if not wishes.is_open(wish):
        return found
    party = wishes.party(wish, wishes.reached(wish, Interval(wish.start, wish.end)))
    ahead.barred = merge([*ahead.barred, *party.busy])
    wanted, since = list(therapists), Place(wish.start)
    while since.start < wish.end and wanted:
        lead = ahead.next(wanted, since)
        for slot in slot_search.within(lead, wish, party, now):
            of_theirs = found.setdefault(slot.therapist, [])
            if len(of_theirs) < most:
                of_theirs.append(slot)
        wanted = [key for key in wanted if len(found.get(key, ())) < most]
        since = lead.until
        if still is not None:
            worth = set(still(since.start, found))
            wanted = [key for key in wanted if key in worth]
    return found


@dataclass(slots=True)
class _Ahead:
    """Whom to look at next, and how far."""

    wish: Wish
    is_race: bool
    barred: list[Interval] = field(init=False)
    leads: int = 0
    starts: int = STARTS
    length: int = HOUR
    days: int = 1

    def __post_init__(self) -> None:
        whole = Interval(self.wish.start, self.wish.end)
        self.barred = wishes.unwanted(self.wish, whole)

    def next(self, therapists: Sequence[str], since: Place) -> Lead:
        """Those who can have slots from `since` up to a place in the order."""
        if self.is_race and len(therapists) >= MANY and self.leads < LEADS:
            return self._next_of_many(therapists, since)
        midnight = day_of(since.start, PRACTICE_ZONE) + timedelta(days=self.days)
        self.days *= 2
        until = min(instant(midnight, 0, PRACTICE_ZONE), self.wish.end)
        return Lead(therapists, since, Place(until))

    def _next_of_many(self, therapists: Sequence[str], since: Place) -> Lead:
        lead = frontrunners.first(
            self.wish,
            therapists,
            since,
            barred=self.barred,
            most=self.starts,
            length=self.length,
        )
        self.leads += bool(lead.therapists)
        if lead.is_cut:
            self.starts *= 2
        else:
            self.length = min(2 * self.length, DAY)  # a lead ends with its day
        return lead
