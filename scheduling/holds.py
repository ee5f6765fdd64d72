"""Holds: a slot is kept for some minutes, while somebody decides.

A hold is an appointment that only keeps its place, for somebody or for nobody yet. It
lapses by the database's clock; nothing has to run for that. Whoever takes the locks of
its calendars lets go of it then.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from clients.models import Client
from config.clock import database_now
from config.errors import RuleViolation
from scheduling import appointments, placement, policies
from scheduling.locking import lock_appointment, lock_calendars_of, lock_user
from scheduling.models import Appointment, AppointmentStatus
from scheduling.orders import Order
from scheduling.placement import HoldExpired
from scheduling.transitions import InvalidTransition


class TooManyHolds(RuleViolation):
    """Someone keeps as many slots as the practice lets one person keep."""

    code = "too_many_holds"
    message = "You keep as many slots as one may. Let go of one, or book it."


def hold(order: Order, *, note: str = "", by: User, now: datetime) -> Appointment:
    """Keep a slot for the practice's `hold_minutes`.

    Raises `SlotTaken` or `RulesForbid`, with every reason and up to three alternatives,
    or `TooManyHolds`.
    """
    with placement.offering_alternatives(order, now), transaction.atomic():
        lock_user(by)
        policy = policies.of_practice()
        kept = Appointment.objects.holds().occupying().filter(created_by=by)
        if kept.count() >= policy.holds_per_user:
            raise TooManyHolds
        return keep(order, minutes=policy.hold_minutes, note=note, by=by, now=now)


def keep(
    order: Order,
    *,
    minutes: int,
    until: datetime | None = None,
    note: str = "",
    by: User | None = None,
    now: datetime,
) -> Appointment:
    """Keep a slot for so many minutes by the database's clock, but not after `until`;
    within the caller's transaction.

    Raises `SlotTaken` or `RulesForbid`, with every reason.
    """
    place = placement.place(order, placement.lock([order]), now)
    expires_at = database_now() + timedelta(minutes=minutes)
    held = {
        **place,
        "status": AppointmentStatus.HELD,
        "hold_expires_at": min(expires_at, until or expires_at),
        "note": note,
        "created_by": by,
    }
    (appointment,) = appointments.write([held], order.clients)
    return appointment


def let_go(held: Appointment) -> None:
    """Give up a hold; one that has lapsed, or was given up before, stays so.

    Raises `InvalidTransition` if it has been booked.
    """
    with transaction.atomic():
        lock_calendars_of(held)
        current = lock_appointment(held.pk, version=None)
        if not current.is_hold:
            raise InvalidTransition.of(current)
        release(current)


def release(current: Appointment) -> None:
    """Give up a locked hold, if it is kept still."""
    if current.status == AppointmentStatus.HELD:
        appointments.change(current, status=AppointmentStatus.RELEASED)


def still_held(held: Appointment) -> Appointment:
    """The hold, locked. Those that lapsed have been let go of with the locks.

    Raises `HoldExpired`.
    """
    current = lock_appointment(held.pk, version=None)
    if not current.is_hold:
        raise HoldExpired("This hold has been booked.")
    if current.status != AppointmentStatus.HELD:
        raise HoldExpired
    return current


def book(
    held: Appointment,
    clients: Sequence[Client],
    booked: Mapping[str, Any],  # Any: the values of fields
) -> None:
    """Turn a locked hold into the appointment that is `booked`, for `clients`.

    Whom the slot was kept for gives way to those who come. Raises `SlotTaken`.
    """
    kept = {"status": AppointmentStatus.SCHEDULED, "hold_expires_at": None}
    appointments.change(held, **booked, **kept)
    appointments.give_to(held, clients)
