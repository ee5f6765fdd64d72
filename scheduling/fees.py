"""Fees: what a client owes who called off too late, or did not come.

Insurance does not pay for a missed session, so the client does, unless somebody waives
it: that is a decision, and it is recorded with who took it, when, and why. So is that
a session is free, which holds whatever becomes of it.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    Exists,
    F,
    Field,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from scheduling.models import (
    ATTENDING,
    Appointment,
    Attendance,
    AttendanceStatus,
    Fee,
    Guarantee,
    GuaranteeRound,
    GuaranteeState,
)

FREE_AFTER_REMATCH = "Guarantee: the first session after a rematch is free."
_OF_FEES: Mapping[str, "Field[Any, Any]"] = {
    "fee": CharField(),
    "fee_reason": CharField(),
    "fee_decided_by": IntegerField(),
    "fee_decided_at": DateTimeField(),
}


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


def unless_free(
    part: Attendance,
    fields: Mapping[str, Any],  # Any: the values of fields
) -> dict[str, Any]:  # Any: the values of fields
    """`fields` for one part: without those of its fee if it stays free."""
    if part.fee != Fee.FREE or _has_another(part):
        return dict(fields)
    return {name: fields[name] for name in fields if name not in _OF_FEES}


def unless_free_each(
    fields: Mapping[str, Any],  # Any: the values of fields
) -> dict[str, Any]:  # Any: the values of fields, or expressions
    """`fields` for many parts at once; the fee of those that stay free stays."""
    return {
        name: _unless_free(name, value) if name in _OF_FEES else value
        for name, value in fields.items()
    }


def _has_another(part: Attendance) -> bool:
    """Whether the client comes after all, and has been given another session free."""
    gone = part.status not in ATTENDING
    return gone and _attending_free(part.client_id).exists()


def _attending_free(
    client: Any,  # Any: a key, or an outer reference
) -> QuerySet[Attendance]:
    return Attendance.objects.active().filter(client=client, fee=Fee.FREE)


# Who missed a free session has a credit again. If they come to it after all, and have
# used that, it is free no more.
_STAYS_FREE = Q(fee=Fee.FREE) & (
    Q(status__in=ATTENDING) | ~Exists(_attending_free(OuterRef("client")))
)


def _unless_free(name: str, value: Any) -> Case:  # Any: of whichever field
    plain = value.pk if isinstance(value, User) else value
    column = _OF_FEES[name]
    return Case(
        When(_STAYS_FREE, then=F(name)),
        default=Value(plain, output_field=column),
        output_field=column,
    )


def keep_promise(appointment: Appointment, *, now: datetime) -> None:
    """Give a session that was just written free to those of its clients who have a
    credit for a first session with its therapist, and no free session yet.

    The decision is that of whoever took down that they want another therapist.
    """
    parts = {part.client_id: part for part in appointment.attendances.all()}
    rounds = _with_credit(appointment, list(parts)).filter(
        therapist=appointment.therapist_id
    )
    for promised in rounds:
        give_free(parts[promised.guarantee.client_id], promised, now=now)


def follow_move(appointment: Appointment) -> None:
    """A session that was moved beyond the last day of a credit is free no more; whom it
    is with does not matter."""
    lapsed = Guarantee.objects.filter(
        client=OuterRef("client"), credit_until__lt=_day_of(appointment)
    )
    free = appointment.attendances.active().filter(Exists(lapsed), fee=Fee.FREE)
    free.update(**missed(no_show=False))


def has_credit(part: Attendance, promised: GuaranteeRound) -> bool:
    """Whether the credit is good for this session, and has not been used."""
    rounds = _with_credit(part.appointment, [part.client_id])
    return rounds.filter(pk=promised.pk).exists()


def give_free(part: Attendance, promised: GuaranteeRound, *, now: datetime) -> None:
    """Say that the first session after a rematch is free."""
    asked = promised.guarantee.rounds.get(outcome=GuaranteeState.REMATCH_ASKED)
    part.fee, part.fee_reason = Fee.FREE, FREE_AFTER_REMATCH
    part.fee_decided_by, part.fee_decided_at = asked.told_to, now
    part.save(update_fields=_OF_FEES.keys())


def _with_credit(
    appointment: Appointment, clients: Collection[UUID]
) -> QuerySet[GuaranteeRound]:
    """The rounds of `clients` whose credit is good for such a session at that time."""
    if not appointment.session_type.may_be_trial:
        return GuaranteeRound.objects.none()
    has_one = _attending_free(OuterRef("guarantee__client"))
    return GuaranteeRound.objects.filter(
        ~Exists(has_one),
        guarantee__client__in=clients,
        guarantee__credit_until__gte=_day_of(appointment),
        number__gt=1,
        outcome="",
    ).select_related("guarantee")


def _day_of(appointment: Appointment) -> date:
    return appointment.starts_at.astimezone(ZoneInfo(appointment.timezone)).date()
