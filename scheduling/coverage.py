"""Coverage: which booked sessions a therapist will miss, and who could take them.

Neither time off nor a therapist's leaving cancels a session. People decide what becomes
of it, and this tells them what there is to decide.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch

from locations.models import Room
from scheduling import availability, booking
from scheduling.availability import PRACTICE_ZONE, Facts
from scheduling.engine import rules
from scheduling.engine.intervals import FOREVER, Interval
from scheduling.engine.rules import Code
from scheduling.engine.wall_clock import DAY, day_of
from scheduling.locking import lock_calendars
from scheduling.models import (
    ATTENDING,
    TREATING,
    Appointment,
    Attendance,
    Therapist,
    TimeOff,
)
from scheduling.models.appointments import AppointmentQuerySet

# A session that changes hands keeps its room.
ROOM = frozenset({Code.ROOM_BUSY, Code.NO_ROOM})


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A booked session that its therapist will miss, and who could take it."""

    appointment: Appointment
    candidates: Sequence[Therapist]


def take_off(time_off: TimeOff, *, now: datetime) -> list[Uncovered]:
    """Write time off, new or changed, and tell which sessions it leaves uncovered.

    Bookings wait meanwhile, so that each is either told or refused.
    """
    with transaction.atomic():
        lock_calendars(
            therapists=[time_off.therapist_id], clients=[], rooms=Room.objects.none()
        )
        time_off.save()  # with all its fields, since it may be new
        return uncovered_by(time_off, now=now)


def uncovered_by(time_off: TimeOff, *, now: datetime) -> list[Uncovered]:
    """The sessions to come that `time_off`, saved or not, runs into, in order."""
    sessions = _to_come(time_off.therapist, now).overlapping(
        time_off.starts_at, time_off.ends_at
    )
    return _with_candidates(time_off.therapist, sessions, now)


def uncovered_without(therapist: Therapist, *, now: datetime) -> list[Uncovered]:
    """Every session to come of a therapist who leaves, in order."""
    return _with_candidates(therapist, _to_come(therapist, now), now)


def candidates(
    therapist: Therapist, sessions: Sequence[Appointment], *, now: datetime
) -> dict[UUID, list[Therapist]]:
    """Who could take each of a therapist's `sessions` where and when it is, by its key.

    The rules have nothing against any of them. Those who share most modalities with the
    therapist come first, then most languages, then most concerns, then by name. The
    queries are the same for any number of sessions.
    """
    if not sessions:
        return {}
    pool = _pool(therapist, sessions)
    facts = availability.facts(
        [str(other.pk) for other in pool],
        Interval(
            min(_time(session).start for session in sessions),
            max(_time(session).end for session in sessions),
        ),
        now=int(now.timestamp()),
        with_notice=False,
        offices={str(session.office_id) for session in sessions if session.office_id},
    )
    parties = _parties(sessions)
    kinds = {session.session_type for session in sessions}
    binding = {kind.pk: facts.policies_for(kind) for kind in kinds}
    return {
        session.pk: [
            other
            for other in pool
            if _may_take(
                session,
                facts.offerings[str(other.pk)],
                binding[session.session_type_id][str(other.pk)],
                parties[session.pk],
                facts,
            )
        ]
        for session in sessions
    }


def _to_come(therapist: Therapist, now: datetime) -> AppointmentQuerySet:
    return Appointment.objects.filter(
        therapist=therapist, status__in=booking.MOVABLE, starts_at__gt=now
    )


def _with_candidates(
    therapist: Therapist, sessions: AppointmentQuerySet, now: datetime
) -> list[Uncovered]:
    attending = Attendance.objects.active().select_related("client").order_by("pk")
    rows = list(
        sessions.select_related("office", "session_type")
        .prefetch_related(Prefetch("attendances", attending))
        .order_by("starts_at", "pk")
    )
    found = candidates(therapist, rows, now=now)
    return [Uncovered(row, found[row.pk]) for row in rows]


def _pool(therapist: Therapist, sessions: Sequence[Appointment]) -> list[Therapist]:
    """All others who offer one of the session types, those most alike first."""
    wanted = {session.session_type_id for session in sessions}
    others = (
        Therapist.objects.active()
        .exclude(pk=therapist.pk)
        .filter(session_types__in=wanted)
        .distinct()
        .prefetch_related("modalities", "concerns")
    )
    return sorted(others, key=_unlikeness_to(therapist))


def _unlikeness_to(
    therapist: Therapist,
) -> Callable[[Therapist], tuple[int, int, int, str, UUID]]:
    modalities, languages, concerns = _traits(therapist)

    def unlikeness(other: Therapist) -> tuple[int, int, int, str, UUID]:
        theirs = _traits(other)
        return (
            -len(modalities & theirs[0]),
            -len(languages & theirs[1]),
            -len(concerns & theirs[2]),
            other.display_name,
            other.pk,
        )

    return unlikeness


def _traits(therapist: Therapist) -> tuple[set[UUID], set[str], set[UUID]]:
    return (
        {modality.pk for modality in therapist.modalities.all()},
        set(therapist.languages),
        {concern.pk for concern in therapist.concerns.all()},
    )


def _parties(sessions: Sequence[Appointment]) -> dict[UUID, rules.Party]:
    """Who comes to each session. Nothing else can be on their calendars then."""
    clients = {
        session.pk: [
            attendance.client
            for attendance in session.attendances.all()
            if attendance.status in ATTENDING
        ]
        for session in sessions
    }
    known_to = _therapists_by_client(
        {client.pk for group in clients.values() for client in group}
    )
    parties = {}
    for session in sessions:
        group = clients[session.pk]
        on = day_of(_time(session).start, PRACTICE_ZONE)
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


def _therapists_by_client(clients: set[UUID]) -> Mapping[UUID, frozenset[str]]:
    """The therapists who treat, or have treated, each of `clients`."""
    found: dict[UUID, frozenset[str]] = defaultdict(frozenset)
    rows = Attendance.objects.filter(
        client__in=clients, appointment__status__in=TREATING
    ).values_list("client", "appointment__therapist")
    for client, therapist in rows.distinct():
        found[client] |= {str(therapist)}
    return found


def _may_take(
    session: Appointment,
    offering: rules.Offering,
    policy: rules.Policy,
    party: rules.Party,
    facts: Facts,
) -> bool:
    place = rules.Place(
        str(session.office_id) if session.office_id else None, session.mode
    )
    time = _time(session)
    calendar = facts.calendar_of(offering.id)
    if not any(window.covers(time) for window in calendar.hours.get(place, ())):
        return False  # most are told apart by this alone, and cheaply
    kind = availability.kind(session.session_type)
    request = rules.Request(
        kind=replace(kind, duration=time.end - time.start),
        place=place,
        offering=offering,
        policy=policy,
        calendar=calendar.near(time, max(DAY, policy.limits.reach)),
        party=party,
        practice=facts.practice,
    )
    return ROOM.issuperset(rules.refusals(request, time.start))


def _time(session: Appointment) -> Interval:
    return Interval(
        int(session.starts_at.timestamp()), int(session.ends_at.timestamp())
    )
