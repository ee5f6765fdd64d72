"""Reassignment: several sessions given to other therapists, all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from config.errors import Conflict, Malformed, Reason, RuleViolation, Stale
from locations.models import Room
from scheduling import booking, placement, transitions
from scheduling.engine import rules
from scheduling.engine.rules import Code
from scheduling.locking import lock_appointment
from scheduling.models import Appointment
from scheduling.orders import Order
from scheduling.reminders import Tell


@dataclass(frozen=True, slots=True)
class Handover:
    """The order that gives one session to somebody else, and the version of the
    session that the caller has seen."""

    order: Order
    version: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would become of one session, in the version that the caller has seen;
    `reasons` speak against it."""

    id: UUID
    version: int
    reasons: Sequence[Reason] = ()

    @property
    def ok(self) -> bool:
        return not self.reasons


class NotAllTaken(Conflict):
    """Somebody, or something, is there at the time of one of the sessions."""

    code = "slot_taken"
    message = "Not every session can be taken over, so none was."

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self.outcomes = outcomes
        super().__init__()


class NotAllAllowed(RuleViolation):
    """Nobody is in the way, but the rules forbid one of the sessions."""

    message = "The practice's rules do not allow every session, so none was changed."

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self.outcomes = outcomes
        super().__init__()


class SessionStale(Stale):
    """One of the sessions has changed since the caller saw it; says which."""

    def __init__(self, appointment: UUID, *, version: int) -> None:
        super().__init__(version=version)
        self.message = f"Session {appointment} has changed. Read it again first."


def reassign(
    handovers: Sequence[Handover], *, now: datetime, tell: bool = True
) -> list[Outcome]:
    """Give each session to its new therapist, in order of start; all or none.

    All calendars are locked at once, and each session is looked at with the ones before
    it moved already, so that two that go to one therapist see each other. Two that
    change places therefore refuse each other. The clients of each session are told of
    it once, unless they are not to be told (`tell`). Raises `Malformed` for a session
    that is named twice, `SessionStale`, `InvalidTransition`, and `NotAllTaken` or
    `NotAllAllowed` with what is against each.
    """
    by_start = sorted(handovers, key=_start_and_key)
    keys = [handover.order.moved.pk for handover in by_start]
    if len(set(keys)) < len(keys):
        raise Malformed("A session is named twice.", field="appointments")
    with transaction.atomic():
        rooms = placement.lock([handover.order for handover in by_start])
        current = [_lock(handover) for handover in by_start]
        outcomes = [
            _hand_over(session, handover, rooms, now, Tell.when(tell))
            for session, handover in zip(current, by_start, strict=True)
        ]
        if not all(outcome.ok for outcome in outcomes):
            raise _refusal(outcomes)
    return outcomes


def _start_and_key(handover: Handover) -> tuple[datetime, UUID]:
    session = handover.order.moved
    return session.starts_at, session.pk


def _lock(handover: Handover) -> Appointment:
    session = handover.order.moved
    try:
        current = lock_appointment(session.pk, version=handover.version)
    except Stale as stale:
        raise SessionStale(session.pk, version=stale.version) from None
    transitions.check_open(current)
    return current


def _hand_over(
    session: Appointment,
    handover: Handover,
    rooms: Sequence[Room],
    now: datetime,
    tell: Tell,
) -> Outcome:
    (verdict,) = placement.examine([handover.order], rooms, now)
    if verdict.may_stand:
        booking.move(session, verdict.place, now=now, tell=tell)
    reasons = placement.reasons_of(verdict.standing)
    return Outcome(session.pk, handover.version, reasons)


def _refusal(outcomes: Sequence[Outcome]) -> NotAllTaken | NotAllAllowed:
    codes = {Code(each.code) for outcome in outcomes for each in outcome.reasons}
    is_hard = not rules.HARD.isdisjoint(codes)
    return NotAllTaken(outcomes) if is_hard else NotAllAllowed(outcomes)
