"""Coverage: what a change of the practice's books leaves uncovered, and who could help.

No change of hours, time off, closures, offices, rooms or therapists cancels a session.
People decide what becomes of it: they cancel it, move it, give it to somebody else, or
keep it. Bookings wait while the books change, so that each session is told of, or
refused.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from config.errors import Conflict
from locations.models import Closure, Room
from scheduling import appointments, transitions, uncovered
from scheduling.candidates import with_candidates
from scheduling.locking import lock_appointment, lock_calendars, lock_calendars_of
from scheduling.models import OPEN, Appointment, Therapist, TimeOff
from scheduling.uncovered import Cause, Scope, Uncovered


class NotUncovered(Conflict):
    """The books allow the session as it is: there is nothing to decide."""

    code = "not_uncovered"
    message = "Nothing stands against this session."


def change(
    write: Callable[[], object], scope: Scope, *, now: datetime
) -> list[Uncovered]:
    """Let `write` change the books, and tell what it leaves uncovered in `scope`.

    These are the sessions that now have a cause which they did not have before, with
    all their causes, in order.
    """
    with transaction.atomic():
        _lock(scope)
        before = _pairs(uncovered.find(scope, now=now))
        write()
        after = uncovered.find(scope, now=now)
        new = [each for each in after if _pairs([each]) - before]
        return with_candidates(new, now=now)


def take_off(time_off: TimeOff, *, now: datetime) -> list[Uncovered]:
    """Write time off, new or changed; every session to come that it runs into."""
    scope = Scope(
        therapists=[time_off.therapist_id],
        start=time_off.starts_at,
        end=time_off.ends_at,
    )
    return _block(time_off.save, scope, Cause.TIME_OFF, now)


def close(closure: Closure, *, now: datetime) -> list[Uncovered]:
    """Write a closure, new or changed; every session to come that it runs into."""
    scope = Scope(
        offices=[closure.office_id] if closure.office_id else None,
        start=closure.starts_at,
        end=closure.ends_at,
    )
    return _block(closure.save, scope, Cause.OFFICE_CLOSED, now)


def prospects(appointment: Appointment, *, now: datetime) -> Uncovered:
    """One session, covered or not, with those who could take it; one that is called off
    or closed needs nobody."""
    rows = Appointment.objects.filter(pk=appointment.pk)
    session = uncovered.with_those_who_come(rows).get()
    if session.status not in OPEN:
        return Uncovered(session, ())
    causes = uncovered.causes(session, now=now)
    (found,) = with_candidates([Uncovered(session, causes)], now=now)
    return found


def keep(
    appointment: Appointment, *, reason: str, version: int, now: datetime
) -> Appointment:
    """Let an uncovered session take place all the same: what stands against it is
    overridden, for `reason`, beside what was before.

    Raises `Stale`, `InvalidTransition`, `NotUncovered`, or `Malformed` for a reason
    that is too long together with the one that is there.
    """
    with transaction.atomic():
        lock_calendars_of(appointment)
        current = lock_appointment(appointment.pk, version=version)
        transitions.check_open(current)
        causes = uncovered.causes(current, now=now)
        if not causes:
            raise NotUncovered
        overridden = appointments.overriding(current, causes, reason)
        appointments.change(current, **overridden)
    return current


def _block(
    write: Callable[[], object], scope: Scope, cause: Cause, now: datetime
) -> list[Uncovered]:
    with transaction.atomic():
        _lock(scope)
        write()
        found = uncovered.find(scope, now=now)
        met = [each for each in found if cause in each.causes]
        return with_candidates(met, now=now)


def _lock(scope: Scope) -> None:
    """Keep bookings from what the change concerns: some therapists or rooms, or else
    everyone, since anyone may be booked at an office."""
    therapists = scope.therapists or ()
    if scope.therapists is None and scope.rooms is None:
        therapists = Therapist.objects.values_list("pk", flat=True)
    rooms = Room.objects.filter(pk__in=scope.rooms or ())
    lock_calendars(therapists=therapists, clients=[], rooms=rooms)


def _pairs(found: list[Uncovered]) -> set[tuple[object, Cause]]:
    return {(each.appointment.pk, cause) for each in found for cause in each.causes}
