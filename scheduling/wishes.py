"""Wishes: what somebody looks for, and what the rules are to be asked because of it.

A search begins here, and so do the reasons why it finds nothing: both mean the same.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from clients.models import Client
from scheduling import availability, parties
from scheduling.availability import PRACTICE_ZONE, Almanac, Facts
from scheduling.engine import recurrence, rules
from scheduling.engine.intervals import Interval, merge, subtract
from scheduling.engine.wall_clock import DAY, MINUTE, day_of, instant
from scheduling.models import SessionType, Therapist


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

    Where `has_video_anywhere`, `offices` are only about sessions in person. `size` is
    how many would come, by default as few as the session type is for.

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
    has_video_anywhere: bool = False
    size: int | None = None

    def rank(self, slot: "Slot | SlotKey") -> tuple[object, ...]:
        """Where a slot stands among those of this search."""
        if self.packed:
            return day_of(slot.start, PRACTICE_ZONE), slot.waste, slot[:4]
        return slot[:4]


def is_open(wish: Wish) -> bool:
    """Whether the session type is one that whoever wishes for it may have at all: the
    rule of a public search, which every search keeps."""
    return not wish.is_public or wish.session_type.for_new_clients


def party(wish: Wish, span: Interval) -> rules.Party:
    """Those who are to come, or people nobody knows yet."""
    if wish.clients:
        return parties.of_clients(wish.clients, span, without=wish.without)
    return parties.newcomers(wish.size or wish.session_type.clients_min)


def facts(wish: Wish, almanac: Almanac, within: Interval, now: int) -> Facts:
    """What the rules need to know of sessions that start in `within`."""
    known = almanac.facts(
        reached(wish, within),
        now=now,
        with_notice=wish.is_public,
        offices=[str(office) for office in wish.offices] or None,
        without=wish.without,
    )
    return known.without_horizon() if wish.is_later_week else known


def reached(wish: Wish, starts: Interval) -> Interval:
    """The span that sessions which start in `starts` reach into."""
    duration = wish.session_type.duration_minutes * MINUTE
    return Interval(starts.start, starts.end + duration)


def requests(wish: Wish, party: rules.Party, facts: Facts) -> Iterator[rules.Request]:
    """One for each wished place that a therapist has hours at."""
    if not is_open(wish):
        return
    kind = availability.kind(wish.session_type)
    binding = facts.policies_for(wish.session_type)
    offices = {str(office) for office in wish.offices}
    for therapist, offering in facts.offerings.items():
        calendar = facts.calendar_of(therapist)
        for place in calendar.hours:
            if wish.modes and place.mode not in wish.modes:
                continue
            is_by_video = wish.has_video_anywhere and place.mode == rules.TELEHEALTH
            if offices and place.office not in offices and not is_by_video:
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


def unwanted(wish: Wish, within: Interval) -> list[Interval]:
    """The times outside the wished weekdays and hours, as stretches to stay out of."""
    if not wish.weekdays and wish.time_from == 0 and wish.time_to == DAY // MINUTE:
        return []
    first, last = (day_of(moment, PRACTICE_ZONE) for moment in within)
    outside = []
    for day in recurrence.days_between(first, last):
        midnight, opens, closes, next_midnight = (
            instant(day, minute, PRACTICE_ZONE)
            for minute in (0, wish.time_from, wish.time_to, DAY // MINUTE)
        )
        if wish.weekdays and day.weekday() not in wish.weekdays:
            outside.append(Interval(midnight, next_midnight))
        else:
            outside += [Interval(midnight, opens), Interval(closes, next_midnight)]
    return merge(outside)


def wanted(wish: Wish, within: Interval) -> Iterator[Interval]:
    """`within`, but for what nobody wants for a day or longer, and need not be read."""
    idle = [each for each in unwanted(wish, within) if each.end - each.start >= DAY]
    return subtract(within, idle)


def considered(wish: Wish) -> int:
    """How many therapists there are to choose from, whether they suit or not."""
    therapists = Therapist.objects.active()
    if wish.therapists:
        therapists = therapists.filter(pk__in=wish.therapists)
    return therapists.count()
