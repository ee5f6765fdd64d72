"""The rows of scheduling. Each rule that must never be broken is a constraint here."""

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
from scheduling.models.messages import (
    NO_WAY,
    NOT_OPEN,
    NOT_TOLD,
    SMS_CAP,
    Heartbeat,
    Message,
    MessageKind,
    MessageState,
)
from scheduling.models.policies import (
    PolicyOverride,
    PracticePolicy,
    SessionLimits,
)
from scheduling.models.reminder_plans import (
    PlanChange,
    ReminderPlan,
    ReminderRule,
    Replanning,
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
    "ATTENDING",
    "BILLABLE",
    "CANCELLED",
    "LEFT",
    "NOT_OPEN",
    "NOT_TOLD",
    "NO_WAY",
    "OCCUPYING",
    "OPEN",
    "SMS_CAP",
    "TRANSITIONS",
    "TREATING",
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
    "PlanChange",
    "PolicyOverride",
    "PracticePolicy",
    "ReminderPlan",
    "ReminderRule",
    "Replanning",
    "SessionFormat",
    "SessionLimits",
    "SessionType",
    "Therapist",
    "TimeOff",
    "WorkMode",
    "read_parts",
    "remember_parts",
]
