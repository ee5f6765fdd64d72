"""Which slots could be booked, soonest first.

A search walks the time in steps and stops when the page is full, so that its cost
hardly depends on how far it may look. Of many therapists, a step looks at those who
could have the next slots, so that it hardly depends on how many there are.
"""

import math
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice

from scheduling import availability, frontrunners, policies, pools, why_none, wishes
from scheduling.availability import PRACTICE_ZONE, Facts
from scheduling.engine import packing, rules, slots
from scheduling.engine.intervals import FOREVER, Interval, merge
from scheduling.engine.rules import Code
from scheduling.engine.wall_clock import DAY, HOUR, day_of, instant
from scheduling.frontrunners import NOBODY, Lead, Place
from scheduling.wishes import Slot, SlotKey, Wish

LONGEST_STEP = 92  # days
SPARE = 1.2  # possible starts for each that is likely to be one
NEAREST = 3
NEAREST_WITHIN = 14 * DAY


@dataclass(frozen=True, slots=True)
class Page:
    """Slots in order, whether there are more, and, when there are none, why not.

    `reasons` count therapists by the code of what keeps them from having a slot.
    """

    slots: Sequence[Slot]
    has_more: bool = False
    reasons: Sequence[tuple[str, int]] = ()


def search(wish: Wish, *, now: int, limit: int, after: SlotKey | None = None) -> Page:
    """The first `limit` slots behind `after`.

    Whatever is on the page could be booked when the search ran. It takes one to three
    queries and two or three for each step, of which there are few; where only some
    weekdays are wished for, one more for each of them.
    """
    if not wishes.is_open(wish):
        return Page([], reasons=[(Code.NOT_OFFERED, wishes.considered(wish))])
    party = wishes.party(wish, wishes.reached(wish, Interval(wish.start, wish.end)))
    found = _walk(wish, party, _begin(wish, after), now, enough=limit + 1)
    if after is not None:
        seen = wish.rank(after)
        found = (slot for slot in found if wish.rank(slot) > seen)
    page = list(islice(found, limit + 1))
    if not page and after is None:
        return Page([], reasons=why_none.reasons(wish, pools.suiting(wish), now))
    return Page(page[:limit], has_more=len(page) > limit)


def _begin(wish: Wish, after: SlotKey | None) -> Place:
    if after is None or wish.per_therapist:
        return Place(wish.start)
    if wish.packed:  # what comes later in the order may be earlier in the day
        midnight = instant(day_of(after.start, PRACTICE_ZONE), 0, PRACTICE_ZONE)
        return Place(max(midnight, wish.start))
    return Place(after.start, after.therapist)


def search_each(
    wish: Wish, spans: Sequence[Interval], *, now: int
) -> Iterator[list[Slot]]:
    """All slots that start in each of `spans`, in order, whatever `wish` says of when.

    It takes two or three queries and one for each span.
    """
    first, last = min(spans).start, max(span.end for span in spans)
    whole = wishes.reached(wish, Interval(first, last))
    party = wishes.party(wish, whole)
    almanac = availability.almanac(pools.open_to(wish, party), whole)
    for span in spans:
        facts = wishes.facts(wish, almanac, span, now)
        yield sorted(_slots(wish, _openings(wish, party, facts, span), span))


def nearest(
    wish: Wish, *, around: int, now: int, besides: SlotKey | None = None
) -> list[Slot]:
    """Up to three slots nearest to an instant: as wished, or else at any office and in
    any mode, or else of anyone. `besides` is where somebody is already."""
    around = min(max(around, now), _furthest(wish, now))
    close = replace(wish, start=max(around - NEAREST_WITHIN, now))
    close = replace(close, end=around + NEAREST_WITHIN)
    party = wishes.party(close, wishes.reached(close, Interval(close.start, close.end)))
    anywhere = replace(close, offices=(), modes=())
    for attempt in (close, anywhere, replace(anywhere, therapists=())):
        found = _walk(attempt, party, Place(close.start), now, enough=sys.maxsize)
        others = (slot for slot in found if slot.key != besides)
        by_distance = sorted(others, key=lambda slot: (abs(slot.start - around), slot))
        if by_distance:
            return by_distance[:NEAREST]
    return []


def _notice_ends(wish: Wish, therapists: Collection[str], now: int) -> int:
    """The earliest start that the notice of any of `therapists` allows."""
    found = policies.read(therapists)
    terms = [
        found.terms(wish.session_type, key) for key in (None, *found.of_therapists)
    ]
    return now + min(each.minimum_notice_hours for each in terms) * HOUR


def _furthest(wish: Wish, now: int) -> int:
    """The end of the horizon of whoever is wished for, if it binds."""
    if wish.is_later_week:
        return FOREVER.end
    wished: list[str | None] = [str(key) for key in wish.therapists]
    found = policies.read(wish.therapists)
    terms = [found.terms(wish.session_type, key) for key in wished or [None]]
    return max(each.closes_at(now, PRACTICE_ZONE) for each in terms)


def _walk(
    wish: Wish, party: rules.Party, since: Place, now: int, *, enough: int
) -> Iterator[Slot]:
    """The slots from `since` on, in order, looked for in steps until there are
    `enough`. What lies behind a step costs nothing until it is asked for, and who has
    as many as were wished for is looked at no more."""
    therapists = pools.open_to(wish, party)
    if wish.is_public:
        since = max(since, Place(_notice_ends(wish, therapists, now)))
    pace = _Pace(wish, party, enough)
    most, told = wish.per_therapist or sys.maxsize, Counter[str]()
    while since.start < wish.end and therapists:
        lead = pace.next(therapists, since)
        for slot in within(lead, wish, party, now):
            told[slot.therapist] += 1
            if told[slot.therapist] <= most:
                yield slot
                pace.slots_seen += 1
        therapists = [key for key in therapists if told[key] < most]
        since = lead.until


def within(lead: Lead, wish: Wish, party: rules.Party, now: int) -> Iterator[Slot]:
    """The slots of a lead, in order."""
    if not lead.therapists:
        return
    end = lead.until.start + (lead.until.therapist != NOBODY)
    within = Interval(lead.since.start, end)
    almanac = availability.almanac(lead.therapists, wishes.reached(wish, within))
    for span in wishes.wanted(wish, within):
        facts = wishes.facts(wish, almanac, span, now)
        openings = _openings(wish, party, facts, span)
        for piece in _pieces(wish, span):
            found = _slots(wish, openings, piece)
            for slot in sorted(found, key=wish.rank if wish.packed else None):
                if lead.since <= slot[:2] < lead.until:
                    yield slot


@dataclass(slots=True)
class _Pace:
    """Whom to look at next, and how far.

    Few therapists are looked at for as many days as are likely to fill the page. Of
    many, those who could have its first slots are looked at as far as these go. A step
    that fell short makes the next one longer, so that even a search that finds little
    takes few.
    """

    wish: Wish
    party: rules.Party
    enough: int
    slots_seen: int = 0
    days_seen: int = 0
    length: int = HOUR
    most: int = field(init=False)
    barred: Sequence[Interval] = field(init=False)

    def __post_init__(self) -> None:
        modes = 1 if len(self.wish.modes) == 1 else 2  # most starts are told in both
        self.most = math.ceil(self.enough * SPARE / modes) + 1
        unwanted = wishes.unwanted(self.wish, Interval(self.wish.start, self.wish.end))
        self.barred = merge([*unwanted, *self.party.busy])

    def next(self, therapists: Collection[str], since: Place) -> Lead:
        """Those who can have slots from `since` up to a place in the order."""
        if self.wish.packed or len(therapists) < self.most:
            return Lead(therapists, since, self._days_later(therapists, since))
        lead = frontrunners.first(
            self.wish,
            therapists,
            since,
            barred=self.barred,
            most=self.most,
            length=self.length,
        )
        if lead.is_cut:
            self.most *= 2
        else:
            self.length = min(2 * self.length, DAY)  # a lead ends with its day
        return lead

    def _days_later(self, therapists: Collection[str], since: Place) -> Place:
        days = _first_days(therapists, self.enough)
        if self.days_seen:
            days = _further_days(self.days_seen, self.slots_seen, self.enough)
        self.days_seen += days
        midnight = day_of(since.start, PRACTICE_ZONE) + timedelta(days=days)
        return Place(min(instant(midnight, 0, PRACTICE_ZONE), self.wish.end))


def _pieces(wish: Wish, within: Interval) -> Iterator[Interval]:
    """A step piece by piece, for its beginning often fills the page. Each is twice as
    long as the one before; what is packed is ranked by whole days."""
    begin, length = within.start, HOUR
    while begin < within.end:
        end = begin + length
        if wish.packed:
            tomorrow = day_of(begin, PRACTICE_ZONE) + timedelta(days=1)
            end = instant(tomorrow, 0, PRACTICE_ZONE)
        yield Interval(begin, min(end, within.end))
        begin, length = end, 2 * length


def _first_days(therapists: Collection[str], enough: int) -> int:
    """As if each therapist had a free hour a day."""
    return min(math.ceil(enough / max(len(therapists), 1)), LONGEST_STEP)


def _further_days(days_seen: int, slots_seen: int, enough: int) -> int:
    """As if it went on as it began; at least half as much again as was seen, so that
    even a search that finds little takes few steps."""
    rate = max(slots_seen, 1) / days_seen
    likely = math.ceil((enough - slots_seen) / rate)
    return max(math.ceil(days_seen / 2), min(likely, 4 * days_seen))


@dataclass(frozen=True, slots=True)
class Opening:
    """A place of a therapist, and what a session there must keep out of, in order:
    `taken`, and, where somebody's wish leaves out some times, `unwanted` as well."""

    request: rules.Request
    taken: Sequence[Interval]
    unwanted: Sequence[Interval]


def _openings(
    wish: Wish, party: rules.Party, facts: Facts, within: Interval
) -> list[Opening]:
    """What is the same for an office between the same notice and horizon, or for both
    modes of a therapist there, is worked out once."""
    unwanted = wishes.unwanted(wish, within)
    common: dict[tuple[str | None, int, int], list[Interval]] = {}
    own: dict[tuple[str, str | None], list[Interval]] = {}
    found = []
    for request in wishes.requests(wish, party, facts):
        bars = _stretches(rules.bars(request))
        if FOREVER in bars:
            continue
        office, policy = request.place.office, request.policy
        shared = office, policy.opens_at, policy.closes_at
        if shared not in common:
            common[shared] = _stretches(rules.common(request))
        key = request.offering.id, office
        if key not in own:
            own[key] = [*rules.kept_clear(request), *_stretches(rules.full(request))]
        time_off = request.calendar.time_off
        taken = sorted([*common[shared], *bars, *time_off, *own[key]])
        both = sorted([*taken, *unwanted]) if unwanted else taken
        found.append(Opening(request, taken, both))
    return found


def _slots(wish: Wish, openings: Iterable[Opening], within: Interval) -> Iterator[Slot]:
    rooms_free: dict[tuple[str | None, int], int] = {}
    for opening in openings:
        request, place = opening.request, opening.request.place
        starts = slots.starts(request, opening.unwanted, within)
        wastes = packing.wastes(request, opening.taken, starts) if wish.packed else {}
        for start in rules.with_breaks(request, starts):
            rooms = None
            if place.mode == rules.IN_PERSON:
                if (place.office, start) not in rooms_free:
                    rooms_free[place.office, start] = _rooms_free(request, start)
                rooms = rooms_free[place.office, start]
            if rooms != 0:
                yield _slot(wish, request, start, rooms, wastes.get(start, 0))


def _stretches(found: Iterable[tuple[Code, Interval]]) -> list[Interval]:
    return [stretch for _, stretch in found]


def _slot(
    wish: Wish,
    request: rules.Request,
    start: int,
    rooms_free: int | None,
    waste: int,
) -> Slot:
    return Slot(
        start,
        request.offering.id,
        request.place.office or "",
        request.place.mode,
        start + request.kind.duration,
        rooms_free,
        wish.session_type.slug,
        request.offering.name,
        waste,
    )


def _rooms_free(request: rules.Request, start: int) -> int:
    wanted = Interval(start, start + request.kind.duration)
    rooms = request.practice.rooms.get(request.place.office or "", ())
    return len(rules.free_rooms(rooms, wanted, request.party.size))
