"""Booking: how an appointment comes about, moves, and is called off.

Every operation locks the calendars it writes to, asks the rules that search asks,
writes, and plans the messages that the change calls for, all in one transaction. The
database has the last word on double bookings, whoever else writes.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction

from clients.models import Client
from config.clock import database_now
from config.errors import Conflict, Malformed, RuleViolation
from locations.models import Room
from scheduling import availability, fees, placement, reminders
from scheduling.engine.rules import Code
from scheduling.locking import lock_appointment, lock_calendars_of, lock_user
from scheduling.models import (
    OPEN,
    Appointment,
    AppointmentStatus,
    Attendance,
    AttendanceStatus,
    Mode,
    remember_parts,
)
from scheduling.orders import Order
from scheduling.placement import HoldExpired, double_bookings_refused
from scheduling.reminders import Tell
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


class TooManyHolds(RuleViolation):
    """Someone keeps as many slots as the practice lets one person keep."""

    code = "too_many_holds"
    message = "You keep as many slots as one may. Let go of one, or book it."


MOVABLE = OPEN
LONGEST_REASON = 500


def hold(order: Order, *, by: User, now: datetime) -> Appointment:
    """Keep a slot for the practice's `hold_minutes`, while somebody decides.

    It lapses by the database's clock; nothing has to run for that. Raises `SlotTaken`
    or `RulesForbid`, with every reason and up to three alternatives, or `TooManyHolds`.
    """
    with placement.offering_alternatives(order, now), transaction.atomic():
        lock_user(by)
        policy = availability.policy()
        kept = Appointment.objects.holds().occupying().filter(created_by=by)
        if kept.count() >= policy.holds_per_user:
            raise TooManyHolds
        return keep(order, minutes=policy.hold_minutes, by=by, now=now)


def keep(
    order: Order,
    *,
    minutes: int,
    until: datetime | None = None,
    by: User | None = None,
    now: datetime,
) -> Appointment:
    """Keep a slot for so many minutes by the database's clock, but not after `until`;
    within the caller's transaction.

    Raises `SlotTaken` or `RulesForbid`, with every reason.
    """
    place = placement.place(order, placement.lock([order]), now)
    expires_at = database_now() + timedelta(minutes=minutes)
    return _write(
        order,
        place,
        status=AppointmentStatus.HELD,
        hold_expires_at=min(expires_at, until or expires_at),
        created_by=by,
    )


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
        current.status = AppointmentStatus.RELEASED
        _save(current, ["status"], facts=False)


def book(
    order: Order, *, note: str = "", by: User | None = None, now: datetime
) -> Appointment:
    """Book an appointment, or turn the hold that `order` replaces into one.

    Raises `SlotTaken`, `RulesForbid` or `HoldExpired`, with every reason and up to
    three alternatives.
    """
    with placement.offering_alternatives(order, now), transaction.atomic():
        rooms = placement.lock([order])
        if order.replaces is not None:
            held = still_held(order.replaces)
            place = placement.place(order, rooms, now)
            appointment = book_held(held, order, {**place, "note": note})
        else:
            place = placement.place(order, rooms, now)
            appointment = _write(order, place, note=note, created_by=by)
        fees.keep_promise(appointment, now=now)
        reminders.plan(appointment, now=now)
    return appointment


def reschedule(
    order: Order, *, version: int, now: datetime, tell: bool = True
) -> Appointment:
    """Move the appointment that `order` replaces; all of it moves, or nothing does.

    Its own old time does not stand in its way, and a confirmation is asked for anew.
    Where nothing changes, nothing is done. Unless told not to, its clients are told.
    Raises `Stale`, `InvalidTransition`, `SlotTaken` or `RulesForbid`.
    """
    with placement.offering_alternatives(order, now), transaction.atomic():
        rooms = placement.lock([order])
        current = lock_appointment(_replaced(order).pk, version=version)
        if current.status not in MOVABLE:
            raise InvalidTransition.of(current)
        place = placement.place(order, rooms, now)
        if not _is_there(current, place):
            move(current, place, now=now, tell=Tell.when(tell))
    return current


def _is_there(
    current: Appointment,
    place: Mapping[str, Any],  # Any: the values of fields
) -> bool:
    """Whether it has that place already; the deadline and the reason follow from it."""
    return all(
        getattr(current, name) == value
        for name, value in place.items()
        if name not in {"late_cancel_at", "override_reason"}
    )


def move(
    current: Appointment,
    place: Mapping[str, Any],  # Any: the values of fields
    *,
    now: datetime,
    tell: Tell = Tell.NOW,
) -> None:
    """Give a locked appointment the `place` that the rules have found for it.

    Unless told not to, its clients are told if what they know of it has changed.
    """
    facts_changed = any(
        getattr(current, name) != place[name]
        for name in ("starts_at", "office", "therapist", "mode")
    )
    is_at_another_time = current.starts_at != place["starts_at"]
    if current.starts_at <= now:  # else nobody can have been marked
        current.attendances.filter(status=AttendanceStatus.ATTENDED).update(
            status=AttendanceStatus.EXPECTED
        )
    for name, value in place.items():
        setattr(current, name, value)
    current.status = AppointmentStatus.SCHEDULED
    current.reschedules += 1
    with double_bookings_refused():
        _save(current, [*place, "status", "reschedules"], facts=facts_changed)
    if is_at_another_time:
        fees.follow_move(current)
    if facts_changed:
        reminders.replan(current, now=now, tell=tell)


def cancel(
    appointment: Appointment,
    *,
    by: Literal["client", "practice"],
    reason: str = "",
    fee_waived_reason: str = "",
    decided_by: User | None = None,
    version: int | None,
    now: datetime,
    tell: bool = True,
) -> Appointment:
    """Call an appointment off; a client who does so after the deadline cancels late.

    A late cancellation leaves a fee due, unless there is a reason to waive it. Unless
    told not to, the clients are told. Raises `Stale` or `InvalidTransition`.
    """
    with transaction.atomic():
        lock_calendars_of(appointment)
        current = lock_appointment(appointment.pk, version=version)
        call_off(
            current,
            by=by,
            reason=reason,
            fee_waived_reason=fee_waived_reason,
            decided_by=decided_by,
            now=now,
            tell=Tell.when(tell),
        )
    return current


def call_off(
    current: Appointment,
    *,
    by: Literal["client", "practice"],
    reason: str = "",
    fee_waived_reason: str = "",
    decided_by: User | None = None,
    now: datetime,
    tell: Tell = Tell.NOW,
) -> None:
    """Cancel a locked appointment, as `cancel` does.

    Unless told not to, its clients are told. Raises `InvalidTransition`.
    """
    status = _cancelled_status(current, by, now)
    if not current.may_become(status):
        raise InvalidTransition.of(current)
    current.status = status
    current.cancelled_at, current.cancel_reason = now, reason
    _save(current, ["status", "cancelled_at", "cancel_reason"], facts=True)
    current.attendances.active().update(
        **fees.unless_free_each(
            fees.called_off(
                late=status == AppointmentStatus.LATE_CANCELLED,
                reason=reason,
                waived_because=fee_waived_reason,
                by=decided_by,
                now=now,
            )
        )
    )
    reminders.replan(current, now=now, tell=tell)


def amend(
    appointment: Appointment,
    *,
    note: str | None = None,
    room: Room | None = None,
    version: int,
) -> Appointment:
    """Change the note, or the room within the office.

    Raises `Malformed`, `Stale`, `InvalidTransition` or `SlotTaken`.
    """
    if room is not None and room.office_id != appointment.office_id:
        raise Malformed("The room is not at that office.", field="room")
    if room is not None and appointment.mode == Mode.TELEHEALTH:
        raise Malformed("A telehealth session needs no room.", field="room")
    with transaction.atomic():
        lock_calendars_of(appointment, room=room)
        current = lock_appointment(appointment.pk, version=version)
        moves = room is not None and room.pk != current.room_id
        if not moves and note in {None, current.note}:
            return current  # nothing changes, so nobody's version grows old
        if note is not None:
            current.note = note
        if room is not None and moves:
            if current.status not in MOVABLE:
                raise InvalidTransition.of(current)
            room.refresh_from_db(fields=["is_active", "capacity"])  # behind its lock
            if not (room.is_active and room.office.is_active):
                raise placement.refusal([Code.NO_ROOM])
            current.room = room
            placement.check_capacity(current, current.attendances.active().count())
        with double_bookings_refused():
            _save(current, ["note", "room"], facts=False)
    return current


def override(appointment: Appointment, codes: Sequence[str], reason: str) -> None:
    """Set further rules aside for a locked appointment, beside those that are; without
    saving it.

    Raises `Malformed` for a reason that is too long together with the one that is
    there.
    """
    reasons = dict.fromkeys(filter(None, [appointment.override_reason, reason]))
    appointment.override_reason = "\n".join(reasons)
    if len(appointment.override_reason) > LONGEST_REASON:
        message = f"With the reason that is there, over {LONGEST_REASON} characters."
        raise Malformed(message, field="reason")
    appointment.overridden = [*appointment.overridden, *codes]


def _replaced(order: Order) -> Appointment:
    if order.replaces is None:
        raise ValueError("The order is for something new.")
    return order.replaces


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


def _write(
    order: Order,
    place: Mapping[str, Any],  # Any: the values of fields
    **more: Any,  # Any: the values of fields
) -> Appointment:
    """A new appointment with a part for each client."""
    with double_bookings_refused():
        appointment = Appointment.objects.create(**place, **more)
        written = Attendance.objects.bulk_create(parts(appointment, order.clients))
    remember_parts(appointment, written)
    return appointment


def book_held(
    held: Appointment,
    order: Order,
    booked: Mapping[str, Any],  # Any: the values of fields
) -> Appointment:
    """Turn a locked hold into the appointment that is `booked`.

    Whom the slot was kept for gives way to those who come. Raises `SlotTaken`.
    """
    for name, value in booked.items():
        setattr(held, name, value)
    held.status, held.hold_expires_at = AppointmentStatus.SCHEDULED, None
    with double_bookings_refused():
        _save(held, [*booked, "status", "hold_expires_at"], facts=False)
        held.attendances.all().delete()
        written = Attendance.objects.bulk_create(parts(held, order.clients))
    remember_parts(held, written)
    return held


def parts(appointment: Appointment, clients: Iterable[Client]) -> list[Attendance]:
    """Each client's part in an appointment, as rows that are not saved yet."""
    return [
        Attendance(
            appointment=appointment,
            client=client,
            starts_at=appointment.starts_at,
            ends_at=appointment.ends_at,
            occupies=appointment.occupies,
        )
        for client in clients
    ]


def _cancelled_status(
    appointment: Appointment, by: str, now: datetime
) -> AppointmentStatus:
    if by == "practice":
        return AppointmentStatus.CANCELLED_BY_PRACTICE
    if fees.is_late(appointment, by=by, now=now):
        return AppointmentStatus.LATE_CANCELLED
    return AppointmentStatus.CANCELLED


def _save(appointment: Appointment, fields: Sequence[str], *, facts: bool) -> None:
    appointment.version += 1
    appointment.facts_version += facts
    appointment.save(update_fields=[*fields, "version", "facts_version"])
