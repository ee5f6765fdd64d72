"""Candidates: who, or which room, could take a session where and when it is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from clients.models import Client
from locations.models import Room
from scheduling import availability
from scheduling.availability import PRACTICE_ZONE, Facts
from scheduling.engine import rules
from scheduling.engine.intervals import FOREVER, Interval
from scheduling.engine.rules import Code
from scheduling.engine.wall_clock import DAY, day_of
from scheduling.models import (
    ATTENDING,
    Appointment,
    Attendance,
    Mode,
    Therapist,
)
from scheduling.uncovered import Cause, Uncovered, place_of, time_of

# A session that changes hands keeps its time, however far ahead that is, and its room,
# as long as the room is in use.
KEEPS_ITS_TIME = frozenset({Code.HORIZON})
KEEPS_ITS_ROOM = frozenset({Code.ROOM_BUSY, Code.NO_ROOM})


@dataclass(frozen=True, slots=True)
class Traits:
    """What a therapist has in common with another, or has not."""

    modalities: frozenset[UUID]
    concerns: frozenset[UUID]
    languages: frozenset[str]

    @classmethod
    def of(cls, therapist: Therapist) -> "Traits":
        return cls(
            frozenset(modality.pk for modality in therapist.modalities.all()),
            frozenset(concern.pk for concern in therapist.concerns.all()),
            frozenset(therapist.languages),
        )


def with_candidates(found: Sequence[Uncovered], *, now: datetime) -> list[Uncovered]:
    """Each session with the therapists who could take it, those most alike first.

    Hard is what would make it another therapy, or none. The rules have nothing against
    a candidate: they are free and at work at that office, in that mode, offer the
    session type to every client's age group, and take new clients or know these. And
    they have in common with the present therapist one modality and one concern, where
    the present therapist has any, and speak the language that is spoken there now: each
    client's, where the present therapist speaks it, else one of the therapist's own.

    How much else they share only ranks, since nobody shares everything: modalities
    first, then languages, then concerns, then by name. The present therapist is no
    candidate. A session whose only trouble is its room needs none: it has `rooms`,
    those of its office that are free and hold its clients, the smallest first. The
    queries are the same for any number of sessions.
    """
    if not found:
        return []
    sessions = [each.appointment for each in found]
    pool = _pool(sessions)
    facts = availability.facts(
        list(pool),
        Interval(
            min(time_of(session).start for session in sessions),
            max(time_of(session).end for session in sessions),
        ),
        now=int(now.timestamp()),
        with_notice=False,
        offices={str(session.office_id) for session in sessions if session.office_id},
    )
    parties, rooms = _parties(sessions), _rooms(found)
    traits = {key: Traits.of(therapist) for key, therapist in pool.items()}
    return [
        replace(
            each,
            candidates=_candidates(each, pool, traits, parties, facts),
            rooms=_free_rooms(each, rooms, facts),
        )
        for each in found
    ]


def _pool(sessions: Sequence[Appointment]) -> dict[str, Therapist]:
    """The therapists of the sessions, and all who offer one of the session types."""
    wanted = {session.session_type_id for session in sessions}
    offering = Therapist.objects.active().filter(session_types__in=wanted)
    present = {session.therapist_id for session in sessions}
    rows = Therapist.objects.filter(pk__in=present) | Therapist.objects.filter(
        pk__in=offering.values("pk")
    )
    return {
        str(therapist.pk): therapist
        for therapist in rows.prefetch_related("modalities", "concerns")
    }


def _candidates(
    each: Uncovered,
    pool: Mapping[str, Therapist],
    traits: Mapping[str, Traits],
    parties: Mapping[UUID, rules.Party],
    facts: Facts,
) -> list[Therapist]:
    session, present = each.appointment, str(each.appointment.therapist_id)
    if list(each.causes) == [Cause.ROOM_INACTIVE]:
        return []
    clients = _who_come(session)
    policies = facts.policies_for(session.session_type)
    able = [
        key
        for key in pool
        if key != present
        and _is_alike(traits[key], traits[present], clients)
        and _may_take(session, key, policies[key], parties[session.pk], facts)
    ]
    ranked = sorted(
        able, key=lambda key: _unlikeness(pool[key], traits[key], traits[present])
    )
    return [pool[key] for key in ranked]


def _is_alike(other: Traits, present: Traits, clients: Iterable[Client]) -> bool:
    """Whether they have in common what the clients need."""
    spoken = {client.language for client in clients} & present.languages
    return (
        (not present.modalities or not present.modalities.isdisjoint(other.modalities))
        and (not present.concerns or not present.concerns.isdisjoint(other.concerns))
        and (
            spoken <= other.languages
            if spoken
            else not present.languages.isdisjoint(other.languages)
        )
    )


def _unlikeness(
    therapist: Therapist, other: Traits, present: Traits
) -> tuple[int, int, int, str, UUID]:
    return (
        -len(present.modalities & other.modalities),
        -len(present.languages & other.languages),
        -len(present.concerns & other.concerns),
        therapist.display_name,
        therapist.pk,
    )


def _may_take(
    session: Appointment,
    therapist: str,
    policy: rules.Policy,
    party: rules.Party,
    facts: Facts,
) -> bool:
    time, place = time_of(session), place_of(session)
    calendar = facts.calendar_of(therapist)
    if not any(window.covers(time) for window in calendar.hours.get(place, ())):
        return False  # most are told apart by this alone, and cheaply
    kind = availability.kind(session.session_type)
    request = rules.Request(
        kind=replace(kind, duration=time.end - time.start),
        place=place,
        offering=facts.offerings[therapist],
        policy=policy,
        calendar=calendar.near(time, max(DAY, policy.limits.reach)),
        party=party,
        practice=facts.practice,
    )
    keeps = KEEPS_ITS_TIME
    if session.room is not None and session.room.is_active:
        keeps |= KEEPS_ITS_ROOM
    return keeps.issuperset(rules.refusals(request, time.start))


def _parties(sessions: Sequence[Appointment]) -> dict[UUID, rules.Party]:
    """Who comes to each session. Nothing else can be on their calendars then."""
    clients = {session.pk: _who_come(session) for session in sessions}
    known_to = _therapists_by_client(
        {client.pk for group in clients.values() for client in group}
    )
    parties = {}
    for session in sessions:
        group = clients[session.pk]
        on = day_of(time_of(session).start, PRACTICE_ZONE)
        parties[session.pk] = rules.Party(
            size=len(group),
            ages=[(FOREVER, client.age_group_on(on)) for client in group],
            has_telehealth_consent=all(
                client.telehealth_consent_on for client in group
            ),
            known_to=frozenset.intersection(*(known_to[client.pk] for client in group))
            if group
            else frozenset(),
        )
    return parties


def _who_come(session: Appointment) -> list[Client]:
    return [
        attendance.client
        for attendance in session.attendances.all()
        if attendance.status in ATTENDING
    ]


def _therapists_by_client(clients: set[UUID]) -> Mapping[UUID, frozenset[str]]:
    """The therapists who treat, or have treated, each of `clients`."""
    found: dict[UUID, frozenset[str]] = defaultdict(frozenset)
    rows = Attendance.objects.treating().filter(client__in=clients)
    pairs = rows.values_list("client", "appointment__therapist").distinct()
    for client, therapist in pairs:
        found[client] |= {str(therapist)}
    return found


def _rooms(found: Sequence[Uncovered]) -> dict[str, Room]:
    """The rooms of the offices in which a room has been closed, by key."""
    offices = {
        each.appointment.office_id
        for each in found
        if Cause.ROOM_INACTIVE in each.causes
    }
    rows = Room.objects.active().filter(office__in=offices) if offices else ()
    return {str(room.pk): room for room in rows}


def _free_rooms(each: Uncovered, rooms: Mapping[str, Room], facts: Facts) -> list[Room]:
    session = each.appointment
    if Cause.ROOM_INACTIVE not in each.causes or session.mode == Mode.TELEHEALTH:
        return []
    there = facts.practice.rooms.get(str(session.office_id), ())
    size = len(_who_come(session))
    free = rules.free_rooms(there, time_of(session), size)
    return [rooms[room.id] for room in free if room.id in rooms]
