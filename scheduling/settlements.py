"""Settlements: what is said after a first session, and what is decided about it.

Whoever stays ends the guarantee. Whom the therapist does not fit is matched again, or
asks for the money, of which the manager decides; the practice moves none of it here: a
refund is the record that it is owed. Each raises `Stale` or `InvalidTransition`.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from config.errors import Conflict, Malformed, RuleViolation
from locations.models import Room
from scheduling import guarantee_rows
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.wall_clock import months_after
from scheduling.locking import lock_appointment, lock_calendars
from scheduling.models import (
    Appointment,
    Guarantee,
    GuaranteeState,
    NoFit,
    Party,
)
from scheduling.words import keep_of_round

CREDIT_MONTHS = 3


class WindowClosed(RuleViolation):
    code = "guarantee_window_closed"
    message = "That is possible within a week after the first session."


class RematchUsed(RuleViolation):
    code = "rematch_used"
    message = "The client has been matched again already, which is possible once."


class RefundedAlready(Conflict):
    code = "refunded_already"
    message = "This first session has been refunded already, to another of its clients."


def say_continues(
    guarantee: Guarantee, *, version: int | None, by: User | None, now: datetime
) -> Guarantee:
    """The client stays with the therapist. It ends the guarantee, whenever it is said
    after the first session."""
    with transaction.atomic():
        current = _waiting(guarantee, version)
        _end_round(current, GuaranteeState.CONTINUES, by=by, now=now)
    return guarantee_rows.progress_of(guarantee)


def ask_rematch(
    guarantee: Guarantee,
    *,
    said_by: Party,
    reason: NoFit,
    words: str = "",
    version: int | None,
    by: User | None,
    now: datetime,
) -> Guarantee:
    """It is no fit, and the client wants another therapist: once, within the week after
    the first session. Raises `WindowClosed` or `RematchUsed`."""
    with transaction.atomic():
        current = _waiting(guarantee, version)
        guarantee_rows.check(current, GuaranteeState.REMATCH_ASKED)
        if guarantee_rows.present_round(current).number > 1:
            raise RematchUsed
        _check_window(current, now)
        current.credit_until = months_after(
            now.astimezone(PRACTICE_ZONE).date(), CREDIT_MONTHS
        )
        _end_round(
            current,
            GuaranteeState.REMATCH_ASKED,
            by=by,
            now=now,
            said_by=said_by,
            reason=reason,
            words=words,
        )
    return guarantee_rows.progress_of(guarantee)


def ask_refund(
    guarantee: Guarantee,
    *,
    said_by: Party,
    reason: NoFit,
    words: str = "",
    version: int | None,
    by: User | None,
    now: datetime,
) -> Guarantee:
    """It is no fit, and the client wants the money back, within the week after the
    first session; or instead of another therapist, while the credit for that lives,
    which then ends. Raises `WindowClosed` or `CreditLapsed`."""
    with transaction.atomic():
        current = _waiting(guarantee, version)
        guarantee_rows.check(current, GuaranteeState.REFUND_ASKED)
        if current.state == GuaranteeState.REMATCH_ASKED:
            guarantee_rows.check_credit(current, now)
            current.credit_until = None
        else:
            _check_window(current, now)
        _end_round(
            current,
            GuaranteeState.REFUND_ASKED,
            by=by,
            now=now,
            said_by=said_by,
            reason=reason,
            words=words,
        )
    return guarantee_rows.progress_of(guarantee)


def refund(
    guarantee: Guarantee,
    *,
    amount_cents: int,
    reason: str,
    version: int | None,
    by: User,
    now: datetime,
) -> Guarantee:
    """Decide that the client gets so much back; of a session of several, one of them.

    Raises `RefundedAlready`.
    """
    return _settle(
        guarantee,
        GuaranteeState.REFUNDED,
        reason,
        version=version,
        by=by,
        now=now,
        refund_cents=amount_cents,
    )


def decline(
    guarantee: Guarantee, *, reason: str, version: int | None, by: User, now: datetime
) -> Guarantee:
    """Decide that the client gets nothing back, and why."""
    return _settle(
        guarantee, GuaranteeState.DECLINED, reason, version=version, by=by, now=now
    )


def _waiting(guarantee: Guarantee, version: int | None) -> Guarantee:
    """The guarantee as it is, once nobody else changes the client's sessions."""
    lock_calendars(
        therapists=[], clients=[guarantee.client_id], rooms=Room.objects.none()
    )
    return guarantee_rows.locked(guarantee.pk, version)


def _check_window(current: Guarantee, now: datetime) -> None:
    assert current.session is not None  # noqa: S101  it was attended
    session = Appointment.objects.select_related("office").get(pk=current.session)
    if not guarantee_rows.window_is_open(session, now):
        raise WindowClosed


def _end_round(
    current: Guarantee,
    outcome: GuaranteeState,
    *,
    by: User | None,
    now: datetime,
    said_by: str = "",
    reason: str = "",
    words: str = "",
) -> None:
    guarantee_rows.check(current, outcome)
    at_hand = guarantee_rows.present_round(current)
    guarantee_rows.write(
        at_hand,
        {
            "trial_id": current.session,
            "outcome": outcome,
            "said_by": said_by,
            "reason": reason,
            "told_at": now,
            "told_to": by,
        },
    )
    if words.strip():
        keep_of_round(at_hand.pk, words.strip(), now=now)
    current.state = outcome
    guarantee_rows.save(current, "state", "credit_until")


def _check_refunded_once(current: Guarantee) -> None:
    assert current.session is not None  # noqa: S101  a constraint: an outcome has one
    lock_appointment(
        current.session, version=None
    )  # for those who ask at the same time
    refunded = Guarantee.objects.filter(
        state=GuaranteeState.REFUNDED, current__trial=current.session
    )
    if refunded.exclude(pk=current.pk).exists():
        raise RefundedAlready


def _settle(
    guarantee: Guarantee,
    state: GuaranteeState,
    reason: str,
    *,
    version: int | None,
    by: User,
    now: datetime,
    refund_cents: int | None = None,
) -> Guarantee:
    if not reason.strip():
        raise Malformed("Say why.", field="reason")
    with transaction.atomic():
        current = _waiting(guarantee, version)
        guarantee_rows.check(current, state)
        if state == GuaranteeState.REFUNDED:
            _check_refunded_once(current)
        current.state, current.settled_because = state, reason.strip()
        current.settled_at, current.settled_by = now, by
        current.refund_cents = refund_cents
        guarantee_rows.save(
            current,
            "state",
            "settled_because",
            "settled_at",
            "settled_by",
            "refund_cents",
        )
    return guarantee_rows.progress_of(guarantee)
