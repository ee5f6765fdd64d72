"""Which slots could be booked, soonest first.

A search walks the time in steps and stops when the page is full, so that its cost
hardly depends on how far it may look. Each step is one query for any number of
therapists.
"""

import math
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice

from scheduling import availability, policies, pools, why_none, wishes
from scheduling.availability import PRACTICE_ZONE, Facts
from scheduling.engine import packing, rules, slots
from scheduling.engine.intervals import FOREVER, Interval
from scheduling.engine.rules import Code
from scheduling.engine.wall_clock import DAY, HOUR, day_of, instant
from scheduling.wishes import Slot, SlotKey, Wish

LONGEST_STEP = 92  # days
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
    queries and two for each step, of which there are few.
    """
    if wish.is_public and not wish.session_type.for_new_clients:
        return Page([], reasons=[(Code.NOT_OFFERED, wishes.considered(wish))])
    therapists = pools.open_to(wish)
    begin = wish.start if after is None or wish.per_therapist else after.start
    if wish.packed:  # what comes later in the order may be earlier in the day
        midnight = instant(day_of(begin, PRACTICE_ZONE), 0, PRACTICE_ZONE)
        begin = max(midnight, wish.start)
    found = _walk(wish, therapists, begin, now, enough=limit + 1)
    if after is not None:
        seen = wish.rank(after)
        found = (slot for slot in found if wish.rank(slot) > seen)
    page = list(islice(found, limit + 1))
    if not page and after is None:
        return Page([], reasons=why_none.reasons(wish, pools.suiting(wish), now))
    return Page(page[:limit], has_more=len(page) > limit)


def search_each(
    wish: Wish, spans: Sequence[Interval], *, now: int
) -> Iterator[list[Slot]]:
    """All slots that start in each of `spans`, in order, whatever `wish` says of when.

    It takes two or three queries and one for each span.
    """
    therapists = pools.open_to(wish)
    first, last = min(spans).start, max(span.end for span in spans)
    whole = wishes.reached(wish, Interval(first, last))
    party, almanac = wishes.party(wish, whole), availability.almanac(therapists, whole)
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
    anywhere = replace(close, offices=(), modes=())
    for attempt in (close, anywhere, replace(anywhere, therapists=())):
        therapists = pools.open_to(attempt)
        found = _walk(attempt, therapists, close.start, now, enough=sys.maxsize)
        others = (slot for slot in found if slot.key != besides)
        by_distance = sorted(others, key=lambda slot: (abs(slot.start - around), slot))
        if by_distance:
            return by_distance[:NEAREST]
    return []


def _furthest(wish: Wish, now: int) -> int:
    """The end of the horizon of whoever is wished for, if it binds."""
    if wish.is_later_week:
        return FOREVER.end
    wished: list[str | None] = [str(key) for key in wish.therapists]
    found = policies.read(wish.therapists)
    terms = [found.terms(wish.session_type, key) for key in wished or [None]]
    return max(each.closes_at(now, PRACTICE_ZONE) for each in terms)


def _walk(
    wish: Wish, therapists: Collection[str], begin: int, now: int, *, enough: int
) -> Iterator[Slot]:
    """The slots from `begin` on, in order, looked for in steps that grow until there
    are `enough`. What lies behind a step costs nothing until it is asked for, and who
    has as many as were wished for is looked at no more."""
    party = wishes.party(wish, wishes.reached(wish, Interval(begin, wish.end)))
    days, days_seen, slots_seen = _first_days(therapists, enough), 0, 0
    most, told = wish.per_therapist or sys.maxsize, Counter[str]()
    while begin < wish.end and therapists:
        midnight = day_of(begin, PRACTICE_ZONE) + timedelta(days=days)
        within = Interval(begin, min(instant(midnight, 0, PRACTICE_ZONE), wish.end))
        almanac = availability.almanac(therapists, wishes.reached(wish, within))
        facts = wishes.facts(wish, almanac, within, now)
        openings = _openings(wish, party, facts, within)
        for piece in _pieces(wish, within):
            for slot in sorted(
                _slots(wish, openings, piece), key=wish.rank if wish.packed else None
            ):
                told[slot.therapist] += 1
                if told[slot.therapist] <= most:
                    yield slot
                    slots_seen += 1
        therapists = [key for key in therapists if told[key] < most]
        begin, days_seen = within.end, days_seen + days
        days = _further_days(days_seen, slots_seen, enough)


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
