"""Booking: how an appointment comes about, moves, and is called off.

Every operation locks the calendars it writes to, asks the rules that search asks,
writes, and plans the messages that the change calls for, all in one transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from django.contrib.auth.models import User
from django.db import transaction

from config.errors import Malformed
from locations.models import Room
from scheduling import appointments, fees, holds, placement, reminders, transitions
from scheduling.engine.rules import Code
from scheduling.locking import lock_appointment, lock_calendars_of
from scheduling.models import Appointment, AppointmentStatus, AttendanceStatus, Mode
from scheduling.orders import Order
from scheduling.reminders import Tell


def book(
    order: Order, *, note: str = "", by: User | None = None, now: datetime
) -> Appointment:
    """Book an appointment, or turn the hold that `order` replaces into one, whose note
    stays unless there is another.

    Raises `SlotTaken`, `RulesForbid` or `HoldExpired`, with every reason and up to
    three alternatives.
    """
    with placement.offering_alternatives(order, now), transaction.atomic():
        rooms = placement.lock([order])
        held = holds.still_held(order.replaces) if order.replaces else None
        note = note or (held.note if held else "")
        booked = {**placement.place(order, rooms, now), "note": note}
        if held is not None:
            appointment = held
            holds.book(held, order.clients, booked)
        else:
            new = [booked | {"created_by": by}]
            (appointment,) = appointments.write(new, order.clients)
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
        current = lock_appointment(order.moved.pk, version=version)
        transitions.check_open(current)
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
    known, start = current.facts_version, current.starts_at
    if start <= now:  # else nobody can have been marked
        current.attendances.filter(status=AttendanceStatus.ATTENDED).update(
            status=AttendanceStatus.EXPECTED
        )
    appointments.change(
        current,
        **place,
        status=AppointmentStatus.SCHEDULED,
        reschedules=current.reschedules + 1,
    )
    if current.starts_at != start:
        fees.follow_move(current)
    if current.facts_version != known:
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
    transitions.check(current, status)
    appointments.change(current, status=status, cancelled_at=now, cancel_reason=reason)
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
        if room is not None and moves:
            transitions.check_open(current)
            _enter(current, room)
        note = current.note if note is None else note
        appointments.change(current, note=note, room=current.room)
    return current


def _cancelled_status(
    appointment: Appointment, by: str, now: datetime
) -> AppointmentStatus:
    if by == "practice":
        return AppointmentStatus.CANCELLED_BY_PRACTICE
    if fees.is_late(appointment, by=by, now=now):
        return AppointmentStatus.LATE_CANCELLED
    return AppointmentStatus.CANCELLED


def _enter(current: Appointment, room: Room) -> None:
    """Let a session take place in another room, whose lock is held. Raises `SlotTaken`
    where it cannot be used, or is too small."""
    room.refresh_from_db(fields=["is_active", "capacity"])
    if not (room.is_active and room.office.is_active):
        raise placement.refusal([Code.NO_ROOM])
    current.room = room
    placement.check_capacity(current, current.attendances.active().count())
