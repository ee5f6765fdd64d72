"""What has become of each session by now, as rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.contrib.auth.models import User

from scheduling.availability import PRACTICE_ZONE
from scheduling.demo.diary import Session
from scheduling.engine.wall_clock import DAY, HOUR, MINUTE, as_datetime, hours_before
from scheduling.models import (
    CANCELLED,
    OCCUPYING,
    Appointment,
    AppointmentStatus,
    Attendance,
    AttendanceStatus,
    PracticePolicy,
)

Status = AppointmentStatus

# How sessions end, and how often in a hundred.
FATES = {
    Status.COMPLETED: 84,
    Status.NO_SHOW: 4,
    Status.CANCELLED: 6,
    Status.LATE_CANCELLED: 4,
    Status.CANCELLED_BY_PRACTICE: 2,
}
CONFIRMED = 0.7  # of all sessions, in their last three days
FORGOTTEN = 0.05  # of the past days' sessions: nobody has said how they went
FORGOTTEN_FOR = 4 * DAY
STILL_HERE = 2
CHECK_IN = 10 * MINUTE  # before the start
REASONS = {
    Status.CANCELLED: ("Out of town", "Work", "Feeling better"),
    Status.LATE_CANCELLED: ("Sick", "Traffic", "Sick child"),
    Status.CANCELLED_BY_PRACTICE: ("The therapist is sick",),
}
ATTENDANCES = {
    Status.COMPLETED: AttendanceStatus.ATTENDED,
    Status.NO_SHOW: AttendanceStatus.NO_SHOW,
    Status.CANCELLED: AttendanceStatus.CANCELLED,
    Status.LATE_CANCELLED: AttendanceStatus.LATE_CANCELLED,
    Status.CANCELLED_BY_PRACTICE: AttendanceStatus.CANCELLED,
}
OVERRIDE_REASON = "Outside the usual hours, as agreed with the therapist."


@dataclass(frozen=True, slots=True)
class Outcome:
    """An appointment with its attendances, and when it was booked."""

    appointment: Appointment
    attendances: Sequence[Attendance]
    booked_at: datetime


def settle(
    sessions: Iterable[Session],
    policy: PracticePolicy,
    by: User | None,
    now: int,
    random: Random,
) -> list[Outcome]:
    """Each session as it stands now, in order of start.

    The last newcomer only asked: their hold lapsed. Whoever came last is still here.
    """
    ordered = sorted(sessions, key=lambda session: session.start)
    asked = [one for one in ordered if one.session_type.for_new_clients][-1:]
    came = [one for one in ordered if one.start <= now][-STILL_HERE:]
    known: set[tuple[object, object]] = set()
    outcomes = []
    for session in ordered:
        fate = _Fate(session, policy, random)
        pair = (session.therapist, session.clients[0])
        if pair not in known or session in came:
            fate.ends_as = Status.COMPLETED
        known.add(pair)
        if session in asked:
            status = Status.RELEASED
        elif session in came:
            status = Status.CHECKED_IN
        else:
            status = fate.status(now)
        outcomes.append(_outcome(session, fate, status, policy, by))
    return outcomes


class _Fate:
    """How a session will end; drawn without a look at the clock."""

    def __init__(
        self, session: Session, policy: PracticePolicy, random: Random
    ) -> None:
        self.session = session
        self.zone = session.office.zone if session.office else PRACTICE_ZONE
        self.late_cancel_at = hours_before(
            session.start, policy.late_cancel_hours, self.zone
        )
        self.no_show_at = session.start + policy.no_show_grace_minutes * MINUTE
        self.ends_as = random.choices(list(FATES), list(FATES.values()))[0]
        self.is_forgotten = random.random() < FORGOTTEN
        self.is_confirmed = random.random() < CONFIRMED
        self.confirmed_at = session.start - random.randint(5, 70) * HOUR
        self.cancelled_at = self._cancelled_at(random.random())
        self.reason = random.choice(REASONS.get(self.ends_as, ("",)))
        if self.cancelled_at <= session.booked_at:
            self.ends_as = Status.COMPLETED

    def status(self, now: int) -> AppointmentStatus:
        start, end = self.session.time
        if self.ends_as in CANCELLED and self.cancelled_at <= now:
            return self.ends_as
        if end <= now and not (self.is_forgotten and end > now - FORGOTTEN_FOR):
            return Status.COMPLETED if self.ends_as in CANCELLED else self.ends_as
        if self.ends_as == Status.NO_SHOW and self.no_show_at <= now:
            return Status.NO_SHOW
        if start - CHECK_IN <= now < end and self.ends_as == Status.COMPLETED:
            return Status.CHECKED_IN
        if self.is_confirmed and self.confirmed_at <= now:
            return Status.CONFIRMED
        return Status.SCHEDULED

    def _cancelled_at(self, share: float) -> int:
        """Some time before the session; `share` says where in what is possible."""
        if self.ends_as == Status.LATE_CANCELLED:
            return self.session.start - 2 * HOUR - int(share * 20 * HOUR)
        return self.late_cancel_at - HOUR - int(share * 4 * DAY)


def _outcome(
    session: Session,
    fate: _Fate,
    status: AppointmentStatus,
    policy: PracticePolicy,
    by: User | None,
) -> Outcome:
    booked_at = as_datetime(session.booked_at)
    appointment = Appointment(
        therapist=session.therapist,
        office=session.office,
        room_id=session.room,
        session_type=session.session_type,
        mode=session.mode,
        series=session.series,
        occurs_on=session.day if session.series else None,
        status=status,
        starts_at=as_datetime(session.time.start),
        ends_at=as_datetime(session.time.end),
        late_cancel_at=as_datetime(fate.late_cancel_at),
        version=1 + _changes(status),
        overridden=session.overridden,
        override_reason=OVERRIDE_REASON if session.overridden else "",
        created_by=by,
        created_at=booked_at,
    )
    if status in CANCELLED:
        appointment.cancelled_at = as_datetime(fate.cancelled_at)
        appointment.cancel_reason = fate.reason
        appointment.facts_version = 2
    if status == Status.RELEASED:
        appointment.hold_expires_at = as_datetime(
            session.booked_at + policy.hold_minutes * MINUTE
        )
    return Outcome(appointment, list(_attendances(session, appointment)), booked_at)


def _attendances(session: Session, appointment: Appointment) -> Iterator[Attendance]:
    for client in session.clients:
        yield Attendance(
            appointment=appointment,
            client=client,
            status=ATTENDANCES.get(
                AppointmentStatus(appointment.status), AttendanceStatus.EXPECTED
            ),
            starts_at=appointment.starts_at,
            ends_at=appointment.ends_at,
            occupies=appointment.status in OCCUPYING,
            cancelled_at=appointment.cancelled_at,
            cancel_reason=appointment.cancel_reason,
        )


def _changes(status: AppointmentStatus) -> int:
    """How often an appointment was changed on its way to a status."""
    if status == Status.SCHEDULED:
        return 0
    return 3 if status == Status.COMPLETED else 1
