"""Transitions: whether the status of an appointment allows what is to become of it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from config.errors import Conflict
from scheduling.models import OPEN, Appointment, AppointmentStatus
from scheduling.texts.words import ENGLISH


class InvalidTransition(Conflict):
    """The appointment is not, or not yet, in a state from which this can happen."""

    code = "invalid_transition"
    message = "The appointment's status does not allow this."

    @classmethod
    def of(cls, appointment: Appointment) -> "InvalidTransition":
        status = AppointmentStatus(appointment.status).label.lower()
        return cls(f"The appointment is {status}, which does not allow this.")

    @classmethod
    def before(
        cls, possible: datetime, appointment: Appointment
    ) -> "InvalidTransition":
        local = possible.astimezone(ZoneInfo(appointment.timezone))
        return cls(f"It is too early: possible from {ENGLISH.moment(local)} on.")


def check(appointment: Appointment, status: AppointmentStatus) -> None:
    """Raise `InvalidTransition` unless `status` may follow on the present one."""
    if not appointment.may_become(status):
        raise InvalidTransition.of(appointment)


def check_open(appointment: Appointment) -> None:
    """Raise `InvalidTransition` unless the session is to be held, or nobody has said
    how it went: only then can it move."""
    if appointment.status not in OPEN:
        raise InvalidTransition.of(appointment)
