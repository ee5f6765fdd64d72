"""Who of those who come together stayed away, and what becomes of the fees."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from random import Random

from django.contrib.auth.models import User

from scheduling import fees
from scheduling.demo.outcomes import REASONS, Outcome
from scheduling.models import (
    BILLABLE,
    AppointmentStatus,
    Attendance,
    AttendanceStatus,
    PracticePolicy,
    SessionFormat,
)

MISSED_BY_ONE = 0.2  # of the sessions of several clients that took place
LATE = 0.6  # of those who stayed away; the others said nothing
WAIVED = 0.3  # of the fees
WAIVED_BECAUSE = ("Emergency", "First time", "Sick child, told us at once")


def let_some_miss(outcomes: Iterable[Outcome], random: Random) -> None:
    """One of several clients called off late or did not come; the others attended.

    In the first couple that came, one partner called off late, whatever is drawn.
    """
    is_shown = False
    for outcome in _of_several(outcomes):
        is_missed, is_late = random.random() < MISSED_BY_ONE, random.random() < LATE
        part, hours = random.choice(outcome.attendances), random.randint(2, 20)
        is_couple = outcome.appointment.session_type.format == SessionFormat.COUPLE
        if is_couple and not is_shown:
            is_missed = is_late = is_shown = True
        if not is_missed:
            continue
        outcome.appointment.version += 1
        part.status = AttendanceStatus.NO_SHOW
        if is_late:
            part.status = AttendanceStatus.LATE_CANCELLED
            part.cancelled_at = part.starts_at - timedelta(hours=hours)
            part.cancel_reason = random.choice(
                REASONS[AppointmentStatus.LATE_CANCELLED]
            )


def decide_fees(
    outcomes: Iterable[Outcome], policy: PracticePolicy, by: User | None, random: Random
) -> None:
    """Who missed a session owes the fee, unless the front desk waived it at once."""
    grace = timedelta(minutes=policy.no_show_grace_minutes)
    for part in _billable(outcomes):
        told_at = part.cancelled_at or part.starts_at + grace
        is_waived, reason = random.random() < WAIVED, random.choice(WAIVED_BECAUSE)
        fields = fees.missed(no_show=True)
        if is_waived:
            fields = fees.decided(waived=True, reason=reason, by=by, now=told_at)
        for name, value in fields.items():
            setattr(part, name, value)


def _of_several(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    for outcome in outcomes:
        took_place = outcome.appointment.status == AppointmentStatus.COMPLETED
        if took_place and len(outcome.attendances) > 1:
            yield outcome


def _billable(outcomes: Iterable[Outcome]) -> Iterator[Attendance]:
    for outcome in outcomes:
        for part in outcome.attendances:
            if part.status in BILLABLE:
                yield part
