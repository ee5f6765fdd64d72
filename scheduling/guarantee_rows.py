"""A guarantee's row: locked, asked whether it may go on, and saved.

And the two spans of time that count for it: the week after a first session, and the
months of a credit.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from config.errors import RuleViolation, Stale
from scheduling.availability import PRACTICE_ZONE
from scheduling.models import (
    Appointment,
    Guarantee,
    GuaranteeRound,
    GuaranteeState,
)
from scheduling.transitions import InvalidTransition

WINDOW = timedelta(days=7)


class CreditLapsed(RuleViolation):
    code = "credit_lapsed"
    message = "The credit for another first session has lapsed."


def progress_of(guarantee: Guarantee) -> Guarantee:
    """The guarantee as it is now, with its `session` and `progress`."""
    rows = Guarantee.objects.with_progress().select_related(
        "client", "current__therapist"
    )
    return rows.get(pk=guarantee.pk)


def may_be_asked_until(session: Appointment) -> date:
    """The last day of the week after a first session, where it took place."""
    zone = ZoneInfo(session.timezone)
    return session.ends_at.astimezone(zone).date() + WINDOW


def window_is_open(session: Appointment, now: datetime) -> bool:
    """Whether it is still, where the session took place, a day of that week."""
    today = now.astimezone(ZoneInfo(session.timezone)).date()
    return today <= may_be_asked_until(session)


def credit_lives(guarantee: Guarantee, now: datetime) -> bool:
    until = guarantee.credit_until
    return until is not None and now.astimezone(PRACTICE_ZONE).date() <= until


def check_credit(guarantee: Guarantee, now: datetime) -> None:
    """Raise `CreditLapsed` unless what was promised with it can be had still."""
    if not credit_lives(guarantee, now):
        raise CreditLapsed


def locked(key: UUID, version: int | None) -> Guarantee:
    """The guarantee as it is, with its progress, until the transaction ends; after the
    client's calendar has been locked. Raises `Stale`."""
    # Locked first: a row that waits for its lock is not computed anew.
    Guarantee.objects.select_for_update(no_key=True).get(pk=key)
    rows = Guarantee.objects.with_progress().select_related("client", "current")
    current = rows.get(pk=key)
    if version is not None and current.version != version:
        raise Stale(version=current.version)
    return current


def check(current: Guarantee, state: GuaranteeState) -> None:
    """Raise `InvalidTransition` unless the table has this step."""
    if not current.may_become(state):
        raise not_from(current)


def not_from(current: Guarantee) -> InvalidTransition:
    state = GuaranteeState(current.progress).label.lower()
    return InvalidTransition(f"The guarantee is at: {state}. That rules this out.")


def present_round(current: Guarantee) -> GuaranteeRound:
    assert current.current is not None  # noqa: S101  a constraint: it is matched
    return current.current


def write(
    row: GuaranteeRound,
    fields: Mapping[str, Any],  # Any: the values of fields
) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=fields.keys())


def save(current: Guarantee, *fields: str) -> None:
    current.version += 1
    current.save(update_fields=[*fields, "version"])
