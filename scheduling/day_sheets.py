"""The day of an office on a sheet of paper: who comes when, to whom, and where."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from locations.models import Office
from scheduling.engine.wall_clock import DAY, MINUTE, as_datetime, instant
from scheduling.models import (
    CANCELLED,
    Appointment,
    AppointmentStatus,
    Attendance,
    Mode,
)

NOT_ON_IT = (*CANCELLED, AppointmentStatus.HELD, AppointmentStatus.RELEASED)


class Entry(NamedTuple):
    """One session. Times are on the office's clock; nothing tells what it is about."""

    starts_at: datetime
    ends_at: datetime
    therapist: str
    room: str
    session_type: str
    clients: str
    status: str


def read(office: Office, day: date) -> Sequence[Entry]:
    """The sessions of `office` on `day` that were not called off, in order of start,
    then of therapist. Two queries."""
    start, end = (
        as_datetime(instant(day, minute, office.zone)) for minute in (0, DAY // MINUTE)
    )
    rows = Appointment.objects.filter(office=office).overlapping(start, end)
    found = list(
        rows.exclude(status__in=NOT_ON_IT)
        .order_by("starts_at", "therapist__display_name", "pk")
        .values_list(
            "pk",
            "starts_at",
            "ends_at",
            "therapist__display_name",
            "room__name",
            "mode",
            "session_type__name",
            "status",
        )
    )
    clients = _clients([row[0] for row in found])
    return [
        Entry(
            starts_at=starts_at.astimezone(office.zone),
            ends_at=ends_at.astimezone(office.zone),
            therapist=therapist,
            room="by video" if mode == Mode.TELEHEALTH else room,
            session_type=session_type,
            clients=", ".join(clients[key]),
            status=_said(AppointmentStatus(status)),
        )
        for key, starts_at, ends_at, therapist, room, mode, session_type, status in (
            found
        )
    ]


def _said(status: AppointmentStatus) -> str:
    """As the board says it."""
    if status == AppointmentStatus.CHECKED_IN:
        return "Here"
    return "Done" if status == AppointmentStatus.COMPLETED else status.label


def _clients(appointments: Sequence[UUID]) -> defaultdict[UUID, list[str]]:
    """Those who come to each, named as `Client.display_name` names them."""
    rows = Attendance.objects.staying().filter(appointment__in=appointments)
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for appointment, preferred, first, last in rows.order_by("pk").values_list(
        "appointment",
        "client__preferred_name",
        "client__first_name",
        "client__last_name",
    ):
        found[appointment].append(f"{preferred or first} {last}")
    return found
