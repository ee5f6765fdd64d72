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
from typing import NamedTuple
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from clients.models import AgeGroup, Client
from scheduling import availability, policies
from scheduling.availability import PRACTICE_ZONE, Almanac, Facts
from scheduling.engine import packing, recurrence, rules, slots
from scheduling.engine.intervals import FOREVER, Interval, merge
from scheduling.engine.rules import Code
from scheduling.engine.wall_clock import DAY, MINUTE, day_of, instant
from scheduling.models import SessionType, Therapist

LONGEST_STEP = 92  # days
NEAREST = 3
NEAREST_WITHIN = 14 * DAY
FULLY_BOOKED = "fully_booked"
SETTLED_FIRST = (
    Code.NOT_OFFERED,
    Code.CASELOAD,
    Code.CONSENT,
    Code.PAST,
    Code.HORIZON,
    Code.NOTICE,
    Code.TIME_OFF,
    Code.OFFICE_CLOSED,
    Code.CLIENT_BUSY,
    Code.DAILY_LIMIT,
    Code.WEEKLY_LIMIT,
)


class Slot(NamedTuple):
    """A stretch that could be booked. Sorts by start, then therapist, office and mode.

    The office of telehealth from elsewhere is `""`; only a session in person needs a
    room, and tells how many are free.
    """

    start: int
    therapist: str
    office: str
    mode: str
    end: int
    rooms_free: int | None
    session_type: str
    therapist_name: str
    waste: int = 0

    @property
    def key(self) -> "SlotKey":
        return SlotKey(*self[:4], self.waste)


class SlotKey(NamedTuple):
    """Where a slot stands in the order of a search."""

    start: int
    therapist: str
    office: str
    mode: str
    waste: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody looks for. An empty collection means: any.

    `start` and `end` are instants; `time_from` and `time_to` minutes after local
    midnight, of a session's start and of its end. Without `clients` it is for somebody
    new, of one of `age_groups`. A public search adds what binds those who are not
    staff: notice, and only a consultation or an intake for somebody new. `without`
    are appointments that are to move, and do not stand in their own way. The horizon
    does not bind the later weeks of a series (`is_later_week`).

    A search that is `packed` puts, within each day, first what wastes least of a
    therapist's free time (`engine.packing`), and then what is soonest.
    """

    session_type: SessionType
    start: int
    end: int
    therapists: Collection[UUID] = ()
    offices: Collection[UUID] = ()
    modalities: Collection[UUID] = ()
    concerns: Collection[UUID] = ()
    languages: Collection[str] = ()
    age_groups: Collection[str] = ()
    modes: Collection[str] = ()
    weekdays: Collection[int] = ()
    time_from: int = 0
    time_to: int = DAY // MINUTE
    clients: Sequence[Client] = ()
    per_therapist: int | None = None
    is_public: bool = False
    without: Collection[UUID] = ()
    is_later_week: bool = False
    packed: bool = False

    def rank(self, slot: "Slot | SlotKey") -> tuple[object, ...]:
        """Where a slot stands among those of this search."""
        if self.packed:
            return day_of(slot.start, PRACTICE_ZONE), slot.waste, slot[:4]
        return slot[:4]


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
        return Page([], reasons=[(Code.NOT_OFFERED, _considered(wish))])
    therapists = _keys(_open_to(wish, _pool(wish)))
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
        return Page([], reasons=_why_none(wish, _keys(_pool(wish)), now))
    return Page(page[:limit], has_more=len(page) > limit)


def search_each(
    wish: Wish, spans: Sequence[Interval], *, now: int
) -> Iterator[list[Slot]]:
    """All slots that start in each of `spans`, in order, whatever `wish` says of when.

    It takes two or three queries and one for each span.
    """
    therapists = _keys(_open_to(wish, _pool(wish)))
    first, last = min(spans).start, max(span.end for span in spans)
    whole = _reached(wish, Interval(first, last))
    party, almanac = _party(wish, whole), availability.almanac(therapists, whole)
    for span in spans:
        facts = _facts(wish, almanac, span, now)
        yield sorted(_slots(wish, party, facts, span))


def nearest(wish: Wish, *, around: int, now: int) -> list[Slot]:
    """Up to three slots nearest to an instant: as wished, or else at any office and in
    any mode, or else of anyone."""
    around = min(max(around, now), _furthest(wish, now))
    close = replace(wish, start=max(around - NEAREST_WITHIN, now))
    close = replace(close, end=around + NEAREST_WITHIN)
    anywhere = replace(close, offices=(), modes=())
    for attempt in (close, anywhere, replace(anywhere, therapists=())):
        therapists = _keys(_open_to(attempt, _pool(attempt)))
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


def _pool(wish: Wish) -> QuerySet[Therapist]:
    """The therapists who suit the wish by what they do, whenever they work."""
    pool = Therapist.objects.active().filter(
        _linked(Therapist.session_types.through, sessiontype=wish.session_type)
    )
    if wish.therapists:
        pool = pool.filter(pk__in=wish.therapists)
    if wish.modalities:
        pool = pool.filter(
            _linked(Therapist.modalities.through, modality__in=wish.modalities)
        )
    if wish.concerns:
        pool = pool.filter(
            _linked(Therapist.concerns.through, presentingconcern__in=wish.concerns)
        )
    if wish.languages:
        pool = pool.filter(languages__overlap=list(wish.languages))
    if wish.age_groups or not wish.clients:
        ages = wish.age_groups or [AgeGroup.ADULT]
        pool = pool.filter(age_groups__overlap=list(ages))
    return pool


def _open_to(wish: Wish, pool: QuerySet[Therapist]) -> QuerySet[Therapist]:
    """Without those who take nobody new: the rules refuse them too, at more cost."""
    return pool if wish.clients else pool.filter(accepts_new_clients=True)


def _keys(therapists: QuerySet[Therapist]) -> list[str]:
    return [str(key) for key in therapists.values_list("pk", flat=True)]


def _linked(through: type[Model], **to: object) -> Q:
    """Condition on therapists: linked by a many-to-many table to one of `to`."""
    rows = through._default_manager.filter(**to)  # noqa: SLF001
    return Q(pk__in=rows.values("therapist"))


def _party(wish: Wish, span: Interval) -> rules.Party:
    if wish.clients:
        return availability.party(wish.clients, span, without=wish.without)
    return availability.newcomers(wish.session_type.clients_min)


def _walk(
    wish: Wish, therapists: Collection[str], begin: int, now: int, *, enough: int
) -> Iterator[Slot]:
    """Every slot from `begin` on, in order, looked for in steps that grow until there
    are `enough`. What lies behind a step costs nothing until it is asked for."""
    whole = _reached(wish, Interval(begin, wish.end))
    party, almanac = _party(wish, whole), availability.almanac(therapists, whole)
    days, days_seen, slots_seen = _first_days(therapists, enough), 0, 0
    while begin < wish.end:
        midnight = day_of(begin, PRACTICE_ZONE) + timedelta(days=days)
        within = Interval(begin, min(instant(midnight, 0, PRACTICE_ZONE), wish.end))
        facts = _facts(wish, almanac, within, now)
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


def _facts(wish: Wish, almanac: Almanac, within: Interval, now: int) -> Facts:
    facts = almanac.facts(
        _reached(wish, within),
        now=now,
        with_notice=wish.is_public,
        offices=[str(office) for office in wish.offices] or None,
        without=wish.without,
    )
    return facts.without_horizon() if wish.is_later_week else facts


def _reached(wish: Wish, starts: Interval) -> Interval:
    """The span that sessions which start in `starts` reach into."""
    duration = wish.session_type.duration_minutes * MINUTE
    return Interval(starts.start, starts.end + duration)


def _requests(wish: Wish, party: rules.Party, facts: Facts) -> Iterator[rules.Request]:
    """One for each wished place that a therapist has hours at."""
    kind = availability.kind(wish.session_type)
    binding = facts.policies_for(wish.session_type)
    offices = {str(office) for office in wish.offices}
    for therapist, offering in facts.offerings.items():
        calendar = facts.calendar_of(therapist)
        for place in calendar.hours:
            if wish.modes and place.mode not in wish.modes:
                continue
            if offices and place.office not in offices:
                continue
            yield rules.Request(
                kind=kind,
                place=place,
                offering=offering,
                policy=binding[therapist],
                calendar=calendar,
                party=party,
                practice=facts.practice,
            )


def _slots(
    wish: Wish, party: rules.Party, facts: Facts, within: Interval
) -> Iterator[Slot]:
    """What is the same for an office between the same notice and horizon, or for both
    modes of a therapist there, is worked out once."""
    unwanted = _unwanted(wish, within)
    common: dict[tuple[str | None, int, int], list[Interval]] = {}
    own: dict[tuple[str, str | None], list[Interval]] = {}
    for request in _requests(wish, party, facts):
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


def _unwanted(wish: Wish, within: Interval) -> list[Interval]:
    """The times outside the wished weekdays and hours, as stretches to stay out of."""
    if not wish.weekdays and wish.time_from == 0 and wish.time_to == DAY // MINUTE:
        return []
    first, last = (day_of(moment, PRACTICE_ZONE) for moment in within)
    unwanted = []
    for day in recurrence.days_between(first, last):
        midnight, opens, closes, next_midnight = (
            instant(day, minute, PRACTICE_ZONE)
            for minute in (0, wish.time_from, wish.time_to, DAY // MINUTE)
        )
        if wish.weekdays and day.weekday() not in wish.weekdays:
            unwanted.append(Interval(midnight, next_midnight))
        else:
            unwanted += [Interval(midnight, opens), Interval(closes, next_midnight)]
    return merge(unwanted)


def _at_most(count: int, found: Iterator[Slot]) -> Iterator[Slot]:
    """No more than `count` slots of each therapist, the earliest."""
    seen: Counter[str] = Counter()
    for slot in found:
        seen[slot.therapist] += 1
        if seen[slot.therapist] <= count:
            yield slot


def _why_none(
    wish: Wish, therapists: Collection[str], now: int
) -> list[tuple[str, int]]:
    """What keeps how many therapists from having a slot, the most frequent first."""
    span = Interval(wish.start, wish.end)
    reached = _reached(wish, span)
    facts = _facts(wish, availability.almanac(therapists, reached), span, now)
    party = _party(wish, reached)
    unwanted = _unwanted(wish, span)
    causes: Counter[str] = Counter()
    requests: dict[str, list[rules.Request]] = {
        therapist: [] for therapist in therapists
    }
    for request in _requests(wish, party, facts):
        requests[request.offering.id].append(request)
    for mine in requests.values():
        causes[_cause(mine, unwanted, span)] += 1
    others = _considered(wish) - len(therapists)
    if others > 0:
        causes[Code.NOT_OFFERED] += others
    return causes.most_common()


def _considered(wish: Wish) -> int:
    considered = Therapist.objects.active()
    if wish.therapists:
        considered = considered.filter(pk__in=wish.therapists)
    return considered.count()


def _cause(
    requests: Sequence[rules.Request], unwanted: Sequence[Interval], span: Interval
) -> str:
    """The rule that takes a therapist's last start away.

    Rules are applied one after the other, from what is settled for long to what changes
    by the hour.
    """
    taken = [list(unwanted) for _ in requests]
    if not _any_start(requests, taken, span):
        return Code.OUTSIDE_HOURS
    for code in SETTLED_FIRST:
        for request, stretches in zip(requests, taken, strict=True):
            stretches += [
                stretch for cause, stretch in rules.standing(request) if cause == code
            ]
        if not _any_start(requests, taken, span):
            return code
    everything = [[*unwanted, *rules.blocked(request)] for request in requests]
    if not _any_start(requests, everything, span):
        return FULLY_BOOKED
    if not _any_start(requests, everything, span, with_breaks=True):
        return Code.BREAK
    return Code.NO_ROOM


def _any_start(
    requests: Sequence[rules.Request],
    taken: Sequence[Sequence[Interval]],
    span: Interval,
    *,
    with_breaks: bool = False,
) -> bool:
    for request, stretches in zip(requests, taken, strict=True):
        starts = slots.starts(request, sorted(stretches), span)
        if rules.with_breaks(request, starts) if with_breaks else starts:
            return True
    return False
