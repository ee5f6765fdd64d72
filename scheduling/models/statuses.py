"""The states of an appointment and of a client's part in it, and what each implies."""

from collections.abc import Mapping, Set

from django.db import models


class AppointmentStatus(models.TextChoices):
    HELD = "held", "Held"
    SCHEDULED = "scheduled", "Scheduled"
    CONFIRMED = "confirmed", "Confirmed"
    CHECKED_IN = "checked_in", "Checked in"
    COMPLETED = "completed", "Completed"
    CANCELLED = "cancelled", "Cancelled"
    LATE_CANCELLED = "late_cancelled", "Cancelled late"
    CANCELLED_BY_PRACTICE = "cancelled_by_practice", "Cancelled by the practice"
    NO_SHOW = "no_show", "No-show"
    RELEASED = "released", "Released"


# In these states an appointment keeps its therapist, its room and its clients busy.
OCCUPYING = (
    AppointmentStatus.HELD,
    AppointmentStatus.SCHEDULED,
    AppointmentStatus.CONFIRMED,
    AppointmentStatus.CHECKED_IN,
    AppointmentStatus.COMPLETED,
)
CANCELLED = (
    AppointmentStatus.CANCELLED,
    AppointmentStatus.LATE_CANCELLED,
    AppointmentStatus.CANCELLED_BY_PRACTICE,
)
# In these states a session is to be held, or nobody has said how it went.
OPEN = (
    AppointmentStatus.SCHEDULED,
    AppointmentStatus.CONFIRMED,
    AppointmentStatus.CHECKED_IN,
)
_CALLED_OFF = frozenset(CANCELLED)
CLOSED = frozenset({AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW})
# Which status may follow which. What is cancelled or released does not come back.
TRANSITIONS: Mapping[str, Set[AppointmentStatus]] = {
    AppointmentStatus.HELD: {AppointmentStatus.SCHEDULED, AppointmentStatus.RELEASED},
    AppointmentStatus.SCHEDULED: _CALLED_OFF
    | CLOSED
    | {AppointmentStatus.CONFIRMED, AppointmentStatus.CHECKED_IN},
    AppointmentStatus.CONFIRMED: _CALLED_OFF
    | CLOSED
    | {AppointmentStatus.SCHEDULED, AppointmentStatus.CHECKED_IN},
    AppointmentStatus.CHECKED_IN: {
        AppointmentStatus.COMPLETED,
        AppointmentStatus.SCHEDULED,
    },
    AppointmentStatus.COMPLETED: {
        AppointmentStatus.CHECKED_IN,
        AppointmentStatus.SCHEDULED,
    },
    AppointmentStatus.NO_SHOW: {
        AppointmentStatus.CHECKED_IN,
        AppointmentStatus.SCHEDULED,
    },
}
# Having been in one of these with a therapist makes a client the therapist's own.
TREATING = (
    AppointmentStatus.SCHEDULED,
    AppointmentStatus.CONFIRMED,
    AppointmentStatus.CHECKED_IN,
    AppointmentStatus.COMPLETED,
    AppointmentStatus.LATE_CANCELLED,
    AppointmentStatus.NO_SHOW,
)


class Mode(models.TextChoices):
    IN_PERSON = "in_person", "In person"
    TELEHEALTH = "telehealth", "By video"


class AttendanceStatus(models.TextChoices):
    EXPECTED = "expected", "Expected"
    ATTENDED = "attended", "Attended"
    CANCELLED = "cancelled", "Cancelled"
    LATE_CANCELLED = "late_cancelled", "Cancelled late"
    NO_SHOW = "no_show", "No-show"


# In these states a client is busy for as long as the appointment occupies.
ATTENDING = (AttendanceStatus.EXPECTED, AttendanceStatus.ATTENDED)
LEFT = (AttendanceStatus.CANCELLED, AttendanceStatus.LATE_CANCELLED)
BILLABLE = (AttendanceStatus.LATE_CANCELLED, AttendanceStatus.NO_SHOW)


class Fee(models.TextChoices):
    """What becomes of the fee for a session that a client missed; one that is free
    beforehand stays so, whatever becomes of it."""

    NONE = "none", "None"
    DUE = "due", "Due"
    WAIVED = "waived", "Waived"
    FREE = "free", "Free"


NOT_ASKED_FOR = (Fee.WAIVED, Fee.FREE)
