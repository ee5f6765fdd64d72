"""The rows of scheduling. Each rule that must never be broken is a constraint here."""

from scheduling.models.answers import (
    ASKING,
    LONGEST_WORDS,
    Answer,
    AnswerKind,
    AnswerVia,
    ProviderEvent,
)
from scheduling.models.appointments import (
    Appointment,
    Attendance,
    read_parts,
    remember_parts,
)
from scheduling.models.availability import (
    AvailabilityOverride,
    AvailabilityRule,
    TimeOff,
    WorkMode,
)
from scheduling.models.messages import Heartbeat, Message, MessageKind, MessageState
from scheduling.models.policies import (
    PolicyOverride,
    PracticePolicy,
    ReminderRule,
    SessionLimits,
)
from scheduling.models.series import AppointmentSeries
from scheduling.models.statuses import (
    ATTENDING,
    BILLABLE,
    CANCELLED,
    LEFT,
    OCCUPYING,
    OPEN,
    TRANSITIONS,
    TREATING,
    AppointmentStatus,
    AttendanceStatus,
    Fee,
    Mode,
)
from scheduling.models.therapists import (
    LicenseType,
    Modality,
    SessionFormat,
    SessionType,
    Therapist,
)

__all__ = [
    "ASKING",
    "ATTENDING",
    "BILLABLE",
    "CANCELLED",
    "LEFT",
    "LONGEST_WORDS",
    "OCCUPYING",
    "OPEN",
    "TRANSITIONS",
    "TREATING",
    "Answer",
    "AnswerKind",
    "AnswerVia",
    "Appointment",
    "AppointmentSeries",
    "AppointmentStatus",
    "Attendance",
    "AttendanceStatus",
    "AvailabilityOverride",
    "AvailabilityRule",
    "Fee",
    "Heartbeat",
    "LicenseType",
    "Message",
    "MessageKind",
    "MessageState",
    "Modality",
    "Mode",
    "PolicyOverride",
    "PracticePolicy",
    "ProviderEvent",
    "ReminderRule",
    "SessionFormat",
    "SessionLimits",
    "SessionType",
    "Therapist",
    "TimeOff",
    "WorkMode",
    "read_parts",
    "remember_parts",
]
