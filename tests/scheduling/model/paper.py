"""A practice on paper, to hold the real one against.

It reads decisions D3 and D6 once more, slowly and for itself: tick by tick and neighbor
by neighbor, in plain values, with nothing of `scheduling`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from tests.scheduling.model.premises import (
    CLIENTS,
    CLOSURES,
    DEFAULT_TRAVEL,
    ELSEWHERE,
    GRACE,
    GRID,
    HORIZON_DAYS,
    HOUR,
    IN_PERSON,
    KINDS,
    MINUTE,
    OPENING,
    REMINDERS,
    ROOMS,
    TELEHEALTH,
    THERAPISTS,
    TICK,
    TRAVEL,
    Wanted,
    Window,
)
from tests.times import ZONE

HARD = frozenset({"therapist_busy", "client_busy", "room_busy", "no_room"})
STANDING = frozenset({"scheduled", "confirmed", "checked_in"})
OCCUPYING = STANDING | {"held", "completed"}
TREATED = STANDING | {"completed", "late_cancelled", "no_show"}
MAY = {
    "reschedule": STANDING,
    "amend": STANDING,
    "cancel": {"scheduled", "confirmed"},
    "confirm": {"scheduled"},
    "check_in": {"scheduled", "confirmed", "completed", "no_show"},
    "complete": STANDING,
    "no_show": {"scheduled", "confirmed"},
    "reopen": {"confirmed", "checked_in", "completed", "no_show"},
}
OPENS = {
    "check_in": -2 * HOUR,
    "reopen": -2 * HOUR,
    "complete": timedelta(),
    "no_show": GRACE,
}


@dataclass
class Session:
    """An appointment. What messages say of it changed last at `told_at`; to each client
    that was news of a kind in `notices`; each last `heard` some, and some is `sent`."""

    key: UUID
    what: Wanted
    status: str = "scheduled"
    overridden: frozenset[str] = frozenset()
    version: int = 1
    facts: int = 1
    moves: int = 0
    told_at: datetime = OPENING
    notices: dict[str, str | None] = field(default_factory=dict)
    heard: dict[str, tuple[object, ...]] = field(default_factory=dict)
    sent: set[tuple[object, ...]] = field(default_factory=set)

    @property
    def is_called_off(self) -> bool:
        return "cancelled" in self.status

    @property
    def news(self) -> tuple[object, ...]:
        """What a message says."""
        what = self.what
        return what.start, what.office, what.therapist, what.mode, self.is_called_off

    @property
    def late_from(self) -> datetime:
        """The later of a day of 24 hours before and the same wall time the day before.

        Python subtracts from the wall, and from UTC what has elapsed.
        """
        wall = self.what.start.astimezone(ZONE) - timedelta(days=1)
        return max(self.what.start - 24 * HOUR, wall.astimezone(UTC))


@dataclass
class Paper:
    now: datetime = OPENING
    sessions: dict[UUID, Session] = field(default_factory=dict)
    windows: dict[object, Window] = field(default_factory=dict)
    time_off: dict[object, Window] = field(default_factory=dict)

    def reasons(self, wanted: Wanted, moving: Session | None = None) -> set[str]:
        """The codes of all rules that speak against it."""
        others = self._others(moving)
        return {
            code
            for code, speaks in [
                *self._of_neighbors(wanted, others),
                *self._of_the_calendar(wanted),
                *self._of_the_people(wanted),
            ]
            if speaks
        }

    def _others(self, moving: Session | None) -> list[Wanted]:
        return [
            session.what
            for session in self.sessions.values()
            if session is not moving and session.status in OCCUPYING
        ]

    def _of_neighbors(
        self, wanted: Wanted, others: list[Wanted]
    ) -> Iterator[tuple[str, bool]]:
        for other in others:
            same_therapist = other.therapist == wanted.therapist
            meets = other.meets(wanted)
            yield "therapist_busy", same_therapist and meets
            yield (
                "client_busy",
                meets and not set(other.clients).isdisjoint(wanted.clients),
            )
            if same_therapist and not meets:
                gap, buffer, journey = _between(
                    *sorted([other, wanted], key=lambda one: one.start)
                )
                yield "buffer", gap < buffer
                yield "travel", gap < journey
        if wanted.room is not None and any(
            other.room == wanted.room and other.meets(wanted) for other in others
        ):
            yield "room_busy", True
        elif wanted.mode == IN_PERSON:
            yield "no_room", not self._rooms(wanted, others)

    def _of_the_calendar(self, wanted: Wanted) -> Iterator[tuple[str, bool]]:
        last_day = _day(self.now) + timedelta(days=HORIZON_DAYS)
        yield "past", wanted.start < self.now
        yield "horizon", _day(wanted.end - TICK) > last_day
        yield (
            "outside_hours",
            not all(
                self._works(wanted, tick) for tick in _ticks(wanted.start, wanted.end)
            ),
        )
        yield (
            "time_off",
            any(
                off.therapist == wanted.therapist
                and off.start < wanted.end
                and wanted.start < off.end
                for off in self.time_off.values()
            ),
        )
        yield (
            "office_closed",
            any(
                office == wanted.office and start < wanted.end and wanted.start < end
                for office, start, end in CLOSURES
            ),
        )

    def _of_the_people(self, wanted: Wanted) -> Iterator[tuple[str, bool]]:
        therapist, kind = THERAPISTS[wanted.therapist], KINDS[wanted.kind]
        clients = [CLIENTS[name] for name in wanted.clients]
        yield "not_offered", wanted.kind not in therapist.kinds
        yield "not_offered", wanted.office not in {ELSEWHERE, *therapist.offices}
        if wanted.mode == TELEHEALTH:
            yield "not_offered", not therapist.by_video
            yield "consent", not all(client.consents_to_video for client in clients)
        else:
            yield "not_offered", kind.by_video_only
        yield (
            "not_offered",
            not therapist.sees_adolescents
            and any(_day(wanted.start) < client.of_age_on for client in clients),
        )
        yield (
            "caseload",
            not therapist.takes_new
            and not all(
                self._treats(wanted.therapist, client) for client in wanted.clients
            ),
        )

    def room_for(self, wanted: Wanted, moving: Session | None = None) -> str | None:
        """The room that is named, or in which it is, or the smallest that is free."""
        if wanted.mode == TELEHEALTH or wanted.room is not None:
            return wanted.room
        free = self._rooms(wanted, self._others(moving))
        if moving is not None and moving.what.room in free:
            return moving.what.room
        return free[0]

    def offers(
        self,
        kind: str,
        clients: tuple[str, ...],
        first: datetime,
        last: datetime,
        moving: Session | None = None,
    ) -> list[tuple[Wanted, int | None]]:
        """What a search of these days should find, and how many rooms are free."""
        found = []
        for therapist, office, mode in self._places():
            for start in self._grid(therapist, office, mode):
                wanted = Wanted(kind, clients, therapist, office, mode, start)
                if first <= start < last and not self.reasons(wanted, moving):
                    rooms = self._rooms(wanted, self._others(moving))
                    found.append((wanted, len(rooms) if mode == IN_PERSON else None))
        return sorted(found, key=repr)

    def forbids(self, action: str, session: Session, *, corrects: bool = False) -> bool:
        """Whether the state of a session, or the hour, does not allow an action."""
        if session.status not in MAY[action]:
            return True
        if session.status in {"completed", "no_show"}:
            same_day = _day(session.what.start) == _day(self.now)
            if not (corrects or action == "reopen") or not same_day:
                return True
        opens = OPENS.get(action)
        return opens is not None and self.now < session.what.start + opens

    def standing_in(self, off: Window) -> set[UUID]:
        """The sessions to come that a time off would uncover: those that somebody has
        not let take place in spite of one."""
        return {
            session.key
            for session in self.sessions.values()
            if session.what.therapist == off.therapist
            and session.status in STANDING
            and session.what.start > self.now
            and session.what.start < off.end
            and off.start < session.what.end
            and "time_off" not in session.overridden
        }

    def tell(self, session: Session) -> None:
        """Messages have something new to say: nothing to those who know it already."""
        session.told_at, session.sent = self.now, set()
        for client in session.what.clients:
            heard = session.heard.get(client)
            if heard is None:
                kind = None if session.is_called_off else "booked"
            elif heard == session.news:
                kind = None
            else:
                kind = "cancelled" if session.is_called_off else "moved"
            session.notices[client] = kind

    def messages(self, session: Session) -> set[tuple[object, ...]]:
        """Those that wait: recipient, kind, minutes before the start, and facts."""
        if session.status in {"held", "released"}:
            return set()
        start = session.what.start
        planned: set[tuple[object, ...]] = set()
        for client in session.what.clients:
            if session.notices[client] and start > session.told_at:
                planned.add((client, session.notices[client], 0, session.facts))
            for ahead in REMINDERS if not session.is_called_off else ():
                wall = start.astimezone(ZONE) - timedelta(days=ahead.days)
                if wall.astimezone(UTC) - ahead % (24 * HOUR) >= session.told_at:
                    minutes = int(ahead / MINUTE)
                    planned.add((client, "reminder", minutes, session.facts))
        return planned - session.sent

    def _rooms(self, wanted: Wanted, others: list[Wanted]) -> list[str]:
        return [
            name
            for name, room in ROOMS.items()
            if room.office == wanted.office
            and room.capacity >= (len(wanted.clients) or KINDS[wanted.kind].size)
            and wanted.room in {None, name}
            and not any(other.room == name and other.meets(wanted) for other in others)
        ]

    def _treats(self, therapist: str, client: str) -> bool:
        return any(
            session.what.therapist == therapist
            and client in session.what.clients
            and session.status in TREATED
            for session in self.sessions.values()
        )

    def _works(self, wanted: Wanted, tick: datetime) -> bool:
        return any(
            (window.therapist, window.office) == (wanted.therapist, wanted.office)
            and window.mode in {wanted.mode, "both"}
            and window.start <= tick < window.end
            for window in self.windows.values()
        )

    def _places(self) -> set[tuple[str, str | None, str]]:
        return {
            (window.therapist, window.office, mode)
            for window in self.windows.values()
            for mode in (IN_PERSON, TELEHEALTH)
            if window.mode in {mode, "both"}
        }

    def _grid(self, therapist: str, office: str | None, mode: str) -> set[datetime]:
        """Half hours from the beginning of each stretch of hours on."""
        probe = Wanted("individual", (), therapist, office, mode, self.now)
        found = set()
        for window in self.windows.values():
            tick = window.start
            if self._works(probe, tick) and not self._works(probe, tick - TICK):
                while self._works(probe, tick):
                    found.add(tick)
                    tick = self._next(probe, tick)
        return found

    def _next(self, probe: Wanted, start: datetime) -> datetime:
        """Half an hour on, or the end of the hours if that comes first."""
        return next(
            (
                tick
                for tick in _ticks(start, start + GRID)
                if not self._works(probe, tick)
            ),
            start + GRID,
        )


def _between(earlier: Wanted, later: Wanted) -> tuple[timedelta, timedelta, timedelta]:
    """The gap between two sessions, and what buffers and the journey ask of it."""
    journey = TRAVEL.get(frozenset({earlier.office, later.office}), DEFAULT_TRAVEL)
    return (
        later.start - earlier.end,
        max(KINDS[earlier.kind].after, KINDS[later.kind].before),
        timedelta() if earlier.office == later.office else journey,
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def _ticks(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += TICK
