"""The sessions of a team: placed one by one, each by the practice's own rules."""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from clients.models import Client
from locations.models import Office
from scheduling import availability
from scheduling.availability import PRACTICE_ZONE, Facts
from scheduling.engine import recurrence, rules, slots
from scheduling.engine.intervals import FOREVER, Interval
from scheduling.engine.rules import Code
from scheduling.engine.wall_clock import DAY, MINUTE, day_of
from scheduling.models import AppointmentSeries, Mode, SessionType, Therapist


@dataclass(slots=True)
class Session:
    """What is to become an appointment; instants are epoch seconds."""

    therapist: Therapist
    clients: Sequence[Client]
    session_type: SessionType
    office: Office | None
    mode: Mode
    start: int
    booked_at: int
    room: UUID | None = None
    overridden: list[Code] = field(default_factory=list)
    series: AppointmentSeries | None = None

    @property
    def day(self) -> date:
        return day_of(self.start, PRACTICE_ZONE)

    @property
    def time(self) -> Interval:
        return Interval(
            self.start, self.start + self.session_type.duration_minutes * MINUTE
        )


class Diary:
    """The calendars of therapists, clients and rooms while they fill up."""

    def __init__(
        self,
        facts: Facts,
        offices: Iterable[Office],
    ) -> None:
        self.sessions: list[Session] = []
        self.offices = {str(office.pk): office for office in offices}
        self._facts = facts
        self._policies: dict[UUID, dict[str, rules.Policy]] = {}
        # By therapist and day: nobody's neighbors reach over midnight.
        self._neighbors: dict[tuple[str, date], list[rules.Session]] = defaultdict(list)
        self._busy: dict[UUID, list[Interval]] = defaultdict(list)
        self._taken: dict[str, list[Interval]] = {}
        rooms = {
            office: [
                room._replace(busy=self._taken.setdefault(room.id, list(room.busy)))
                for room in rooms
            ]
            for office, rooms in facts.practice.rooms.items()
        }
        self._practice = replace(facts.practice, rooms=rooms)

    def place(self, session: Session) -> bool:
        """Take the session down, if every rule but the overridden ones allows it."""
        request = self._request(session)
        codes = rules.refusals(request, session.start)
        if codes != session.overridden:
            return False
        if session.mode == Mode.IN_PERSON:
            rooms = request.practice.rooms[request.place.office or ""]
            chosen = rules.free_rooms(rooms, session.time, len(session.clients))[0]
            insort(self._taken[chosen.id], session.time)
            session.room = UUID(chosen.id)
        for client in session.clients:
            self._busy[client.pk].append(session.time)
        policy, office = request.policy, request.place.office
        self._neighbors[request.offering.id, session.day].append(
            rules.Session(
                *session.time, office, policy.buffer_before, policy.buffer_after
            )
        )
        self.sessions.append(session)
        return True

    def starts(self, session: Session) -> list[int]:
        """When a session like this one could start on its day."""
        request = self._request(session)
        day = recurrence.window(session.day, 0, DAY // MINUTE, PRACTICE_ZONE)
        found = slots.starts(request, rules.blocked(request), day)
        return list(rules.with_breaks(request, found))

    def places(self, therapist: Therapist) -> list[rules.Place]:
        return list(self._facts.calendars[str(therapist.pk)].hours)

    def _request(self, session: Session) -> rules.Request:
        therapist = str(session.therapist.pk)
        office = str(session.office.pk) if session.office else None
        calendar = self._facts.calendars[therapist]
        neighbors = self._neighbors[therapist, session.day]
        return rules.Request(
            kind=availability.kind(session.session_type),
            place=rules.Place(office, session.mode),
            offering=self._facts.offerings[therapist],
            policy=self._policies_for(session.session_type)[therapist],
            calendar=replace(calendar, sessions=neighbors),
            party=self._party(session, therapist),
            practice=self._practice,
        )

    def _policies_for(self, session_type: SessionType) -> dict[str, rules.Policy]:
        if session_type.pk not in self._policies:
            self._policies[session_type.pk] = self._facts.policies_for(session_type)
        return self._policies[session_type.pk]

    def _party(self, session: Session, therapist: str) -> rules.Party:
        clients = session.clients
        is_first = session.session_type.for_new_clients
        return rules.Party(
            size=len(clients),
            ages=[(FOREVER, client.age_group_on(session.day)) for client in clients],
            has_telehealth_consent=all(one.telehealth_consent_on for one in clients),
            known_to=frozenset() if is_first else frozenset({therapist}),
            busy=[time for client in clients for time in self._busy[client.pk]],
        )
