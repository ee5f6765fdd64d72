"""How a booked session goes: confirmed, checked in, completed, or nobody came.

Nothing here is done by a job: a person says what happened, and can take it back within
the day. Each operation raises `Stale` or `InvalidTransition`.
"""

from datetime import datetime, timedelta

from django.db import transaction

from scheduling import appointments, fees, policies, transitions
from scheduling.locking import lock_appointment, lock_calendars_of
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    AttendanceStatus,
)
from scheduling.placement import check_capacity, double_bookings_refused
from scheduling.transitions import InvalidTransition

CHECK_IN_OPENS = timedelta(hours=2)


def confirm(appointment: Appointment, *, version: int, now: datetime) -> Appointment:
    """The client says that they will come."""
    return _advance(
        appointment,
        AppointmentStatus.CONFIRMED,
        version=version,
        now=now,
    )


def check_in(
    appointment: Appointment,
    *,
    version: int,
    now: datetime,
    may_correct: bool = False,
) -> Appointment:
    """The client is here, at most two hours early; also corrects a session closed by
    mistake, for those who may."""
    return _advance(
        appointment,
        AppointmentStatus.CHECKED_IN,
        version=version,
        now=now,
        opens=-CHECK_IN_OPENS,
        may_correct=may_correct,
    )


def complete(appointment: Appointment, *, version: int, now: datetime) -> Appointment:
    """The session took place; not before its start."""
    return _advance(
        appointment,
        AppointmentStatus.COMPLETED,
        version=version,
        now=now,
        opens=timedelta(),
    )


def no_show(appointment: Appointment, *, version: int, now: datetime) -> Appointment:
    """Nobody came; not before the grace is over."""
    terms = policies.terms_of(appointment)
    return _advance(
        appointment,
        AppointmentStatus.NO_SHOW,
        version=version,
        now=now,
        opens=timedelta(minutes=terms.no_show_grace_minutes),
    )


def reopen(appointment: Appointment, *, version: int, now: datetime) -> Appointment:
    """Take back a confirmation, a check-in, a completion or a no-show: it is scheduled
    again, from two hours before the start on.

    Raises `SlotTaken` or `Full` when the place of a no-show has been given away since.
    """
    return _advance(
        appointment,
        AppointmentStatus.SCHEDULED,
        version=version,
        now=now,
        opens=-CHECK_IN_OPENS,
        may_correct=True,
    )


def _advance(
    appointment: Appointment,
    status: AppointmentStatus,
    *,
    version: int,
    now: datetime,
    opens: timedelta | None = None,
    may_correct: bool = False,
) -> Appointment:
    """Set `status`, no earlier than `opens` after the start.

    The clients' parts follow, but not those that somebody marked otherwise.
    """
    with transaction.atomic():
        lock_calendars_of(appointment)
        current = lock_appointment(appointment.pk, version=version)
        if current.status == AppointmentStatus.HELD:
            raise InvalidTransition.of(current)
        transitions.check(current, status)
        may_correct &= current.is_on_the_day_of(now)
        if current.is_closed and not may_correct:
            raise InvalidTransition("It was closed, and not today.")
        if opens is not None and now < current.starts_at + opens:
            raise InvalidTransition.before(current.starts_at + opens, current)
        if status == AppointmentStatus.NO_SHOW and _somebody_attended(current):
            raise InvalidTransition("Somebody attended.")
        before, after = _part_in(current.status), _part_in(status)
        with double_bookings_refused():
            appointments.change(current, status=status)
            if before != after:
                is_no_show = after == AttendanceStatus.NO_SHOW
                fee = fees.unless_free_each(fees.missed(no_show=is_no_show))
                current.attendances.filter(status=before).update(status=after, **fee)
        if before == AttendanceStatus.NO_SHOW:  # somebody may have come instead
            check_capacity(current, current.attendances.active().count())
    return current


def _part_in(status: str) -> AttendanceStatus:
    """What the part of a client is in a session with this status, unless marked."""
    match status:
        case AppointmentStatus.COMPLETED:
            return AttendanceStatus.ATTENDED
        case AppointmentStatus.NO_SHOW:
            return AttendanceStatus.NO_SHOW
    return AttendanceStatus.EXPECTED


def _somebody_attended(appointment: Appointment) -> bool:
    return appointment.attendances.filter(status=AttendanceStatus.ATTENDED).exists()
