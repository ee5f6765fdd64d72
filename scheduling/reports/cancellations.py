"""Cancellations: what became of the sessions that were to take place, and of each
client's part in them: of a group that met, some came, some left and some did not."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import as_datetime
from scheduling.models import (
    CANCELLED,
    OPEN,
    Appointment,
    AppointmentStatus,
    AttendanceStatus,
    OfferState,
    WaitlistOffer,
)
from scheduling.models.appointments import LONGEST

KEYS = ("office", "therapist", "session_type")
_NEVER_SESSIONS = (AppointmentStatus.HELD, AppointmentStatus.RELEASED)
_CLOSED = (  # in the order of the columns
    AppointmentStatus.COMPLETED,
    AppointmentStatus.CANCELLED,
    AppointmentStatus.LATE_CANCELLED,
    AppointmentStatus.CANCELLED_BY_PRACTICE,
    AppointmentStatus.NO_SHOW,
)
_PARTS = (  # in the order of the columns
    AttendanceStatus.EXPECTED,
    AttendanceStatus.ATTENDED,
    AttendanceStatus.CANCELLED,
    AttendanceStatus.LATE_CANCELLED,
    AttendanceStatus.NO_SHOW,
)
_COLUMNS = {
    "office": ("office__slug", "office__name"),
    "therapist": ("therapist", "therapist__display_name"),
    "session_type": ("session_type__slug", "session_type__name"),
}


class Outcomes(NamedTuple):
    """How many sessions there were to be, and what became of them and of their
    attendances, by whatever was asked for; the rest is None. No office is telehealth
    from elsewhere. `refilled` are those of the cancelled whose hour somebody took who
    had waited for one."""

    office: str | None
    office_name: str | None
    therapist: UUID | None
    therapist_name: str | None
    session_type: str | None
    session_type_name: str | None
    sessions: int
    open: int
    completed: int
    cancelled: int
    late_cancelled: int
    cancelled_by_practice: int
    no_show: int
    refilled: int
    attendances: int
    attendances_expected: int
    attendances_attended: int
    attendances_cancelled: int
    attendances_late_cancelled: int
    attendances_no_show: int


def read(
    span: Interval,
    *,
    by: Collection[str],
    offices: Collection[UUID] = (),
    therapists: Collection[UUID] = (),
) -> list[Outcomes]:
    """Of sessions that start in `span`, by some of `KEYS`, in one query."""
    start, end = map(as_datetime, span)
    rows = Appointment.objects.exclude(status__in=_NEVER_SESSIONS).filter(
        starts_at__gte=start, starts_at__lt=end
    )
    if offices:
        rows = rows.filter(office__in=offices)
    if therapists:
        rows = rows.filter(therapist__in=therapists)
    names = [name for key in KEYS if key in by for name in _COLUMNS[key]]
    counted = rows.values(*names).annotate(
        sessions=_sessions(),
        still_open=_sessions(status__in=OPEN),
        parts=Count("attendances"),
        **{f"as_{status}": _sessions(status=status) for status in _CLOSED},
        **{
            f"part_{status}": Count("attendances", filter=Q(attendances__status=status))
            for status in _PARTS
        },
        refilled=_sessions(Exists(_taken()), status__in=CANCELLED),
    )
    # The name before its key: people read the list.
    ordered = counted.order_by(
        *(name for key in KEYS if key in by for name in reversed(_COLUMNS[key]))
    )
    return [_outcomes(row) for row in ordered if row["sessions"]]


def _taken() -> QuerySet[WaitlistOffer]:
    """What those who waited took of a session's hour, since it was called off."""
    return WaitlistOffer.objects.filter(
        state=OfferState.ACCEPTED,
        offered_at__gte=OuterRef("cancelled_at"),
        appointment__therapist=OuterRef("therapist"),
        appointment__starts_at__gt=OuterRef("starts_at") - LONGEST,
        appointment__starts_at__lt=OuterRef("ends_at"),
        appointment__ends_at__gt=OuterRef("starts_at"),
    )


def _sessions(*conditions: Exists, **of: object) -> Count:
    """Each once, however many come to it."""
    only = Q(*conditions, **of) if conditions or of else None
    return Count("pk", filter=only, distinct=True)


def _outcomes(row: Mapping[str, Any]) -> Outcomes:  # Any: of each column
    grouped = (row.get(name) for key in KEYS for name in _COLUMNS[key])
    closed = (row[f"as_{status}"] for status in _CLOSED)
    parts = (row[f"part_{status}"] for status in _PARTS)
    sessions, still_open = row["sessions"], row["still_open"]
    counts = [sessions, still_open, *closed, row["refilled"], row["parts"], *parts]
    return Outcomes._make([*grouped, *counts])
