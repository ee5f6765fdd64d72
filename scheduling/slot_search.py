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

from scheduling import availability, policies, why_none, wishes
from scheduling.availability import PRACTICE_ZONE, Facts
from scheduling.engine import packing, rules, slots
from scheduling.engine.intervals import FOREVER, Interval
from scheduling.engine.rules import Code
from scheduling.engine.wall_clock import DAY, day_of, instant
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

    Whatever is on the page could be booked when the search ran. It takes two or three
    queries and one for each step, of which there are few.
    """
    if wish.is_public and not wish.session_type.for_new_clients:
        return Page([], reasons=[(Code.NOT_OFFERED, wishes.considered(wish))])
    therapists = wishes.keys(wishes.open_to(wish, wishes.pool(wish)))
    begin = wish.start if after is None or wish.per_therapist else after.start
    if wish.packed:  # what comes later in the order may be earlier in the day
        midnight = instant(day_of(begin, PRACTICE_ZONE), 0, PRACTICE_ZONE)
        begin = max(midnight, wish.start)
    found = _walk(wish, therapists, begin, now, enough=limit + 1)
    if wish.per_therapist is not None:
        found = _at_most(wish.per_therapist, found)
    if after is not None:
        seen = wish.rank(after)
        found = (slot for slot in found if wish.rank(slot) > seen)
    page = list(islice(found, limit + 1))
    if not page and after is None:
        return Page(
            [], reasons=why_none.reasons(wish, wishes.keys(wishes.pool(wish)), now)
        )
    return Page(page[:limit], has_more=len(page) > limit)


def search_each(
    wish: Wish, spans: Sequence[Interval], *, now: int
) -> Iterator[list[Slot]]:
    """All slots that start in each of `spans`, in order, whatever `wish` says of when.

    It takes two or three queries and one for each span.
    """
    therapists = wishes.keys(wishes.open_to(wish, wishes.pool(wish)))
    first, last = min(spans).start, max(span.end for span in spans)
    whole = wishes.reached(wish, Interval(first, last))
    party, almanac = wishes.party(wish, whole), availability.almanac(therapists, whole)
    for span in spans:
        facts = wishes.facts(wish, almanac, span, now)
        yield sorted(_slots(wish, party, facts, span))


def nearest(wish: Wish, *, around: int, now: int) -> list[Slot]:
    """Up to three slots nearest to an instant: as wished, or else at any office and in
    any mode, or else of anyone."""
    around = min(max(around, now), _furthest(wish, now))
    close = replace(wish, start=max(around - NEAREST_WITHIN, now))
    close = replace(close, end=around + NEAREST_WITHIN)
    anywhere = replace(close, offices=(), modes=())
    for attempt in (close, anywhere, replace(anywhere, therapists=())):
        therapists = wishes.keys(wishes.open_to(attempt, wishes.pool(attempt)))
        found = _walk(attempt, therapists, close.start, now, enough=sys.maxsize)
        by_distance = sorted(found, key=lambda slot: (abs(slot.start - around), slot))
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
    """Every slot from `begin` on, in order, looked for in steps that grow until there
    are `enough`. What lies behind a step costs nothing until it is asked for."""
    whole = wishes.reached(wish, Interval(begin, wish.end))
    party, almanac = wishes.party(wish, whole), availability.almanac(therapists, whole)
    days, days_seen, slots_seen = _first_days(therapists, enough), 0, 0
    while begin < wish.end:
        midnight = day_of(begin, PRACTICE_ZONE) + timedelta(days=days)
        within = Interval(begin, min(instant(midnight, 0, PRACTICE_ZONE), wish.end))
        facts = wishes.facts(wish, almanac, within, now)
        found = sorted(
            _slots(wish, party, facts, within), key=wish.rank if wish.packed else None
        )
        yield from found
        begin, days_seen, slots_seen = (
            within.end,
            days_seen + days,
            slots_seen + len(found),
        )
        days = _further_days(days_seen, slots_seen, enough)


def _first_days(therapists: Collection[str], enough: int) -> int:
    """As if each therapist had a free hour every other day."""
    return min(math.ceil(2 * enough / max(len(therapists), 1)), LONGEST_STEP)


def _further_days(days_seen: int, slots_seen: int, enough: int) -> int:
    """As if it went on as it began; at least half as much again as was seen, so that
    even a search that finds little takes few steps."""
    rate = max(slots_seen, 1) / days_seen
    likely = math.ceil((enough - slots_seen) / rate)
    return max(math.ceil(days_seen / 2), min(likely, 4 * days_seen))


def _slots(
    wish: Wish, party: rules.Party, facts: Facts, within: Interval
) -> Iterator[Slot]:
    """What is the same for an office between the same notice and horizon, or for both
    modes of a therapist there, is worked out once."""
    unwanted = wishes.unwanted(wish, within)
    common: dict[tuple[str | None, int, int], list[Interval]] = {}
    own: dict[tuple[str, str | None], list[Interval]] = {}
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
        taken = [*common[shared], *bars, *time_off, *own[key]]
        starts = slots.starts(request, sorted([*taken, *unwanted]), within)
        wastes = packing.wastes(request, sorted(taken), starts) if wish.packed else {}
        for start in rules.with_breaks(request, starts):
            rooms_free = _rooms_free(request, start)
            if rooms_free != 0:
                yield _slot(wish, request, start, rooms_free, wastes.get(start, 0))


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


def _rooms_free(request: rules.Request, start: int) -> int | None:
    if request.place.mode == rules.TELEHEALTH:
        return None
    wanted = Interval(start, start + request.kind.duration)
    rooms = request.practice.rooms.get(request.place.office or "", ())
    return len(rules.free_rooms(rooms, wanted, request.party.size))


def _at_most(count: int, found: Iterator[Slot]) -> Iterator[Slot]:
    """No more than `count` slots of each therapist, the earliest."""
    seen: Counter[str] = Counter()
    for slot in found:
        seen[slot.therapist] += 1
        if seen[slot.therapist] <= count:
            yield slot
