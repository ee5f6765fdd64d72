"""Fees: what a client owes who called off too late, or did not come.

Insurance does not pay for a missed session, so the client does, unless somebody waives
it: that is a decision, and it is recorded with who took it, when, and why.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from scheduling.models import Appointment, AttendanceStatus, Fee


def is_late(appointment: Appointment, *, by: str, now: datetime) -> bool:
    """Whether who calls off now does so too late; the practice never does."""
    return by == "client" and now > appointment.late_cancel_at


def called_off(
    *,
    late: bool,
    reason: str = "",
    waived_because: str = "",
    by: User | None = None,
    now: datetime,
) -> dict[str, Any]:  # Any: the values of fields
    """The fields of a client's part in a session that is called off."""
    late_or_not = (
        AttendanceStatus.LATE_CANCELLED if late else AttendanceStatus.CANCELLED
    )
    fields = {
        "status": late_or_not,
        "cancelled_at": now,
        "cancel_reason": reason,
        "fee": Fee.DUE if late else Fee.NONE,
    }
    if not waived_because:
        return fields
    return fields | decided(waived=True, reason=waived_because, by=by, now=now)


def decided(
    *, waived: bool, reason: str, by: User | None, now: datetime
) -> dict[str, Any]:  # Any: the values of fields
    """The fields of a part whose fee somebody waives, or asks for after all."""
    return {
        "fee": Fee.WAIVED if waived else Fee.DUE,
        "fee_reason": reason,
        "fee_decided_by": by,
        "fee_decided_at": now,
    }


def back_again() -> dict[str, Any]:  # Any: the values of fields
    """The fields of the part of a client who had left and comes after all."""
    return {
        "status": AttendanceStatus.EXPECTED,
        "cancelled_at": None,
        "cancel_reason": "",
        **missed(no_show=False),
    }


def missed(*, no_show: bool) -> dict[str, Any]:  # Any: the values of fields
    """The fee of a part whose client did not come, or came after all."""
    return {
        "fee": Fee.DUE if no_show else Fee.NONE,
        "fee_reason": "",
        "fee_decided_by": None,
        "fee_decided_at": None,
    }
