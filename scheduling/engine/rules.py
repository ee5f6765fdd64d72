"""Why a time can or cannot be booked: every reason at once (decision D3).

Each rule that is about time says which stretches a session must keep out of. Search
takes those stretches away from a therapist's hours; booking asks which of them a wanted
time runs into. Rooms and breaks are looked at start by start, in the same way by both.
What is offered can therefore be booked, and the other way round.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scheduling.engine import limits
from scheduling.engine.intervals import FOREVER, Interval
from scheduling.engine.limits import UNLIMITED, Limits


class Code(StrEnum):
    THERAPIST_BUSY = "therapist_busy"
    CLIENT_BUSY = "client_busy"
    ROOM_BUSY = "room_busy"
    NO_ROOM = "no_room"
    OUTSIDE_HOURS = "outside_hours"
    PAST = "past"
    NOTICE = "notice"
    HORIZON = "horizon"
    TIME_OFF = "time_off"
    OFFICE_CLOSED = "office_closed"
    BUFFER = "buffer"
    TRAVEL = "travel"
    DAILY_LIMIT = "daily_limit"
    WEEKLY_LIMIT = "weekly_limit"
    BREAK = "break"
    NOT_OFFERED = "not_offered"
    CASELOAD = "caseload"
    CONSENT = "consent"


HARD = frozenset({Code.THERAPIST_BUSY, Code.CLIENT_BUSY, Code.ROOM_BUSY, Code.NO_ROOM})

EXPLANATIONS = {
    Code.THERAPIST_BUSY: "The therapist has another session then.",
    Code.CLIENT_BUSY: "A client has another session then.",
    Code.ROOM_BUSY: "The room is taken then.",
    Code.NO_ROOM: "No room that is large enough is free at the office then.",
    Code.OUTSIDE_HOURS: "The therapist does not work there then.",
    Code.PAST: "That time has passed.",
    Code.NOTICE: "That is sooner than the practice's notice allows.",
    Code.HORIZON: "That is further ahead than the practice books.",
    Code.TIME_OFF: "The therapist has time off then.",
    Code.OFFICE_CLOSED: "The office is closed then.",
    Code.BUFFER: "That leaves too little time before or after another session.",
    Code.TRAVEL: "The therapist cannot travel between the offices in time.",
    Code.DAILY_LIMIT: "The therapist has as many sessions as they may on that day.",
    Code.WEEKLY_LIMIT: "The therapist has as many sessions as they may in that week.",
    Code.BREAK: "That leaves the therapist no break after so many sessions in a row.",
    Code.NOT_OFFERED: "The therapist does not offer that there or to that age group.",
    Code.CASELOAD: "The therapist takes no new clients.",
    Code.CONSENT: "A client has not consented to telehealth.",
}

IN_PERSON = "in_person"
TELEHEALTH = "telehealth"


class Place(NamedTuple):
    """An office, or None for elsewhere, and whether clients come or call."""

    office: str | None
    mode: str


class Session(NamedTuple):
    """What is on a therapist's calendar, with its buffers in seconds."""

    start: int
    end: int
    office: str | None
    buffer_before: int
    buffer_after: int


@dataclass(frozen=True, slots=True)
class Kind:
    """A session type: lengths in seconds, starts on a grid of `step` seconds."""

    id: str
    duration: int
    step: int
    telehealth_only: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """What binds one therapist with one session type.

    `opens_at` is the earliest start when notice must be given, `closes_at` the end of
    the booking horizon; buffers are in seconds.
    """

    opens_at: int
    closes_at: int
    buffer_before: int
    buffer_after: int
    limits: Limits = UNLIMITED


@dataclass(frozen=True, slots=True)
class Offering:
    """What a therapist offers: to whom, what and where."""

    id: str
    name: str
    is_active: bool
    session_types: frozenset[str]
    offices: frozenset[str]
    telehealth: bool
    age_groups: frozenset[str]
    accepts_new_clients: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """A therapist's hours by place, each list merged, and what stands in them."""

    hours: Mapping[Place, Sequence[Interval]] = field(default_factory=dict)
    time_off: Sequence[Interval] = ()
    sessions: Sequence[Session] = ()

    def near(self, time: Interval, margin: int) -> "Calendar":
        """Without the sessions further than `margin` seconds from `time`."""
        first, last = time.start - margin, time.end + margin
        near = [one for one in self.sessions if first < one.end and one.start < last]
        return replace(self, sessions=near)


@dataclass(frozen=True, slots=True)
class Party:
    """Those who are to come together.

    `ages` says in which stretches somebody is of which age group; `known_to` are the
    therapists who treat all of them already.
    """

    size: int
    ages: Sequence[tuple[Interval, str]]
    has_telehealth_consent: bool = True
    known_to: frozenset[str] = frozenset()
    busy: Sequence[Interval] = ()


class Room(NamedTuple):
    """A room, and when it is taken, in order."""

    id: str
    office: str
    capacity: int
    busy: Sequence[Interval] = ()


@dataclass(frozen=True, slots=True)
class Practice:
    """What is the same for every therapist.

    `zone` tells which day it is, `travel` the seconds between two offices, in either
    order. `closures` are by office; those under None close everything.
    """

    now: int
    zone: ZoneInfo
    closures: Mapping[str | None, Sequence[Interval]]
    travel: Mapping[tuple[str | None, str | None], int]
    default_travel: int
    rooms: Mapping[str, Sequence[Room]]

    def travel_between(self, one: str | None, other: str | None) -> int:
        if one == other:
            return 0
        return self.travel.get((one, other), self.default_travel)


@dataclass(frozen=True, slots=True)
class Request:
    """One therapist, one place, some people: all of a session but its time."""

    kind: Kind
    place: Place
    offering: Offering
    policy: Policy
    calendar: Calendar
    party: Party
    practice: Practice


def refusals(request: Request, start: int, *, room: str | None = None) -> list[Code]:
    """Every rule that forbids the session at `start`, hard ones first."""
    wanted = Interval(start, start + request.kind.duration)
    codes = {code for code, stretch in standing(request) if stretch.overlaps(wanted)}
    codes.update(_neighbors(request, wanted))
    codes.update(_rooms(request, wanted, room))
    if not with_breaks(request, [start]):
        codes.add(Code.BREAK)
    hours = request.calendar.hours.get(request.place, ())
    if not any(window.covers(wanted) for window in hours):
        codes.add(Code.OUTSIDE_HOURS)
    return sorted(codes, key=list(Code).index)


def blocked(request: Request) -> list[Interval]:
    """All stretches to keep out of, in order; rooms and breaks are apart."""
    standing_ = [stretch for _, stretch in standing(request)]
    return sorted([*standing_, *kept_clear(request)])


def kept_clear(request: Request) -> list[Interval]:
    """The other sessions with the time that must stay free around each of them.

    It is the same whichever mode the wanted session has. This is `clearance`, written
    out for the thousands of sessions that a search asks about.
    """
    policy, sessions = request.policy, request.calendar.sessions
    travel = {
        office: request.practice.travel_between(office, request.place.office)
        for office in {session.office for session in sessions}
    }
    return [
        Interval(
            start - max(policy.buffer_after, before, travel[office]),
            end + max(after, policy.buffer_before, travel[office]),
        )
        for start, end, office, before, after in sessions
    ]


def clearance(request: Request, session: Session) -> tuple[int, int, int]:
    """Seconds to keep free before and after a neighbor, and to travel to or from it.

    Between two sessions the larger of their buffers counts, not the sum.
    """
    policy = request.policy
    return (
        max(policy.buffer_after, session.buffer_before),
        max(session.buffer_after, policy.buffer_before),
        request.practice.travel_between(session.office, request.place.office),
    )


def full(request: Request) -> Iterator[tuple[Code, Interval]]:
    """The days and weeks in which the therapist has as many sessions as they may."""
    most, zone = request.policy.limits, request.practice.zone
    for day in limits.full_days(most, request.calendar.sessions, zone):
        yield Code.DAILY_LIMIT, day
    for week in limits.full_weeks(most, request.calendar.sessions, zone):
        yield Code.WEEKLY_LIMIT, week


def with_breaks(request: Request, starts: Sequence[int]) -> Sequence[int]:
    """Those of `starts` that leave the therapist a break after so many in a row."""
    most, duration = request.policy.limits, request.kind.duration
    return limits.with_breaks(most, request.calendar.sessions, starts, duration)


def free_rooms(rooms: Iterable[Room], wanted: Interval, size: int) -> list[Room]:
    """The rooms that hold `size` clients and are free, the smallest first."""
    return sorted(
        (room for room in rooms if room.capacity >= size and _is_free(room, wanted)),
        key=lambda room: (room.capacity, room.id),
    )


def bars(request: Request) -> Iterator[tuple[Code, Interval]]:
    """What keeps these clients from this therapist and place, and for how long."""
    place, offering, party = request.place, request.offering, request.party
    if not _offers(request.kind, place, offering):
        yield Code.NOT_OFFERED, FOREVER
    for stretch, age_group in party.ages:
        if age_group not in offering.age_groups:
            yield Code.NOT_OFFERED, stretch
    if not offering.accepts_new_clients and offering.id not in party.known_to:
        yield Code.CASELOAD, FOREVER
    if place.mode == TELEHEALTH and not party.has_telehealth_consent:
        yield Code.CONSENT, FOREVER


def _offers(kind: Kind, place: Place, offering: Offering) -> bool:
    if not offering.is_active or kind.id not in offering.session_types:
        return False
    if place.office is not None and place.office not in offering.offices:
        return False
    if place.mode == TELEHEALTH:
        return offering.telehealth
    return not kind.telehealth_only


def standing(request: Request) -> Iterator[tuple[Code, Interval]]:
    """What stands in the way whoever is next to the session."""
    yield from common(request)
    yield from bars(request)
    for stretch in request.calendar.time_off:
        yield Code.TIME_OFF, stretch
    yield from full(request)


def common(request: Request) -> Iterator[tuple[Code, Interval]]:
    """What stands in the way of these clients at this office under this policy, whoever
    the therapist."""
    practice, policy = request.practice, request.policy
    yield Code.PAST, Interval(FOREVER.start, practice.now)
    if policy.opens_at > practice.now:
        yield Code.NOTICE, Interval(FOREVER.start, policy.opens_at)
    yield Code.HORIZON, Interval(policy.closes_at, FOREVER.end)
    for office in {None, request.place.office}:
        for stretch in practice.closures.get(office, ()):
            yield Code.OFFICE_CLOSED, stretch
    for stretch in request.party.busy:
        yield Code.CLIENT_BUSY, stretch


def _neighbors(request: Request, wanted: Interval) -> Iterator[Code]:
    for session in request.calendar.sessions:
        taken = Interval(session.start, session.end)
        if taken.overlaps(wanted):
            yield Code.THERAPIST_BUSY
            continue
        before, after, travel = clearance(request, session)
        if Interval(taken.start - before, taken.end + after).overlaps(wanted):
            yield Code.BUFFER
        if Interval(taken.start - travel, taken.end + travel).overlaps(wanted):
            yield Code.TRAVEL


def _rooms(request: Request, wanted: Interval, room_id: str | None) -> Iterator[Code]:
    if request.place.mode == TELEHEALTH:
        return
    rooms = request.practice.rooms.get(request.place.office or "", ())
    if room_id is not None:
        rooms = [room for room in rooms if room.id == room_id]
        if any(not _is_free(room, wanted) for room in rooms):
            yield Code.ROOM_BUSY
            return
    if not free_rooms(rooms, wanted, request.party.size):
        yield Code.NO_ROOM


def _is_free(room: Room, wanted: Interval) -> bool:
    """What is taken is in order and disjoint: the last before the end decides."""
    before = bisect_left(room.busy, (wanted.end,))
    return before == 0 or room.busy[before - 1].end <= wanted.start
