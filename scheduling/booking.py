"""Booking: how an appointment comes about, moves, and is called off.

Every operation locks the calendars it writes to, asks the rules that search asks,
writes, and plans the messages that the change calls for, all in one transaction. The
database has the last word on double bookings, whoever else writes.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet

from config.constraints import violations_as
from config.errors import Conflict, Malformed, Reason, RuleViolation
from locations.models import Room
from scheduling import availability, reminders, slot_search
from scheduling.engine import rules
from scheduling.engine.rules import Code
from scheduling.engine.wall_clock import as_datetime, hours_before
from scheduling.locking import (
    lock_appointment,
    lock_calendars,
    lock_calendars_of,
    release_lapsed_holds,
)
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    Attendance,
    AttendanceStatus,
    Mode,
)
from scheduling.orders import Order
from scheduling.slot_search import Wish


class SlotTaken(Conflict):
    """Someone or something else is there at that time."""

    code = "slot_taken"
    message = "That time is taken."


class RulesForbid(RuleViolation):
    """Nobody is there, but the practice's rules do not allow that time."""

    message = "The practice's rules do not allow that time."


class InvalidTransition(Conflict):
    """The appointment is not, or not yet, in a state from which this can happen."""

    code = "invalid_transition"
    message = "The appointment's status does not allow this."

    @classmethod
    def of(cls, appointment: Appointment) -> "InvalidTransition":
        status = AppointmentStatus(appointment.status).label.lower()
        return cls(f"The appointment is {status}, which does not allow this.")


MOVABLE = (
    AppointmentStatus.SCHEDULED,
    AppointmentStatus.CONFIRMED,
    AppointmentStatus.CHECKED_IN,
)


def book(
    order: Order, *, note: str = "", by: User | None = None, now: datetime
) -> Appointment:
    """Book an appointment.

    Raises `SlotTaken` or `RulesForbid`, with every reason and up to three alternatives.
    """
    with _offering_alternatives(order, now), transaction.atomic():
        place = _check(order, _lock(order), now)
        with double_bookings_refused():
            appointment = Appointment.objects.create(**place, note=note, created_by=by)
            Attendance.objects.bulk_create(
                Attendance(
                    appointment=appointment,
                    client=client,
                    starts_at=appointment.starts_at,
                    ends_at=appointment.ends_at,
                    occupies=appointment.occupies,
                )
                for client in order.clients
            )
        reminders.plan(appointment, now=now)
    return appointment


def reschedule(
    appointment: Appointment, order: Order, *, version: int, now: datetime
) -> Appointment:
    """Move an appointment to where `order` says; all of it moves, or nothing does.

    Its own old time does not stand in its way, and a confirmation is asked for anew.
    Raises `Stale`, `InvalidTransition`, `SlotTaken` or `RulesForbid`.
    """
    with _offering_alternatives(order, now, moving=appointment), transaction.atomic():
        rooms = _lock(order, appointment)
        current = lock_appointment(appointment.pk, version=version)
        if current.status not in MOVABLE:
            raise InvalidTransition.of(current)
        place = _check(order, rooms, now, moving=current)
        facts_changed = any(
            getattr(current, name) != place[name]
            for name in ("starts_at", "office", "therapist", "mode")
        )
        for name, value in place.items():
            setattr(current, name, value)
        current.status = AppointmentStatus.SCHEDULED
        current.reschedules += 1
        with double_bookings_refused():
            _save(current, [*place, "status", "reschedules"], facts=facts_changed)
        if facts_changed:
            reminders.replan(current, now=now)
    return current


def cancel(
    appointment: Appointment,
    *,
    by: Literal["client", "practice"],
    reason: str = "",
    fee_waived_reason: str = "",
    version: int,
    now: datetime,
) -> Appointment:
    """Call an appointment off; a client who does so after the deadline cancels late.

    A reason to waive the fee waives it. Raises `Stale` or `InvalidTransition`.
    """
    with transaction.atomic():
        lock_calendars_of(appointment)
        current = lock_appointment(appointment.pk, version=version)
        status, attendance = _cancelled_status(current, by, now)
        if not current.may_become(status):
            raise InvalidTransition.of(current)
        current.status = status
        current.cancelled_at, current.cancel_reason = now, reason
        current.fee_waived_reason = fee_waived_reason
        current.fee_waived = bool(fee_waived_reason)
        fields = ["cancelled_at", "cancel_reason", "fee_waived", "fee_waived_reason"]
        _save(current, ["status", *fields], facts=True)
        current.attendances.active().update(status=attendance)
        reminders.replan(current, now=now)
    return current


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
            if room.capacity < current.attendances.active().count():
                raise _refusal([Code.NO_ROOM])
            current.room = room
        with double_bookings_refused():
            _save(current, ["note", "room"], facts=False)
    return current


def _lock(order: Order, moving: Appointment | None = None) -> list[Room]:
    """Lock the calendars of the new and the old place, and let go of what lapsed there.

    The rooms of both, as they are now.
    """
    therapists = {order.therapist.pk}
    if moving is not None:
        therapists.add(moving.therapist_id)
    clients = {client.pk for client in order.clients}
    rooms = lock_calendars(
        therapists=therapists,
        clients=clients,
        rooms=_rooms_in_question(order, moving),
    )
    release_lapsed_holds(
        order.time,
        therapists=therapists,
        clients=clients,
        rooms=[room.pk for room in rooms],
    )
    return rooms


def _rooms_in_question(order: Order, moving: Appointment | None) -> QuerySet[Room]:
    """The room that is named, or all that could be chosen; and the one it leaves."""
    rooms = Q(pk=moving.room_id if moving else None)
    if order.room is not None:
        rooms |= Q(pk=order.room.pk)
    elif order.mode == Mode.IN_PERSON:
        rooms |= Q(office=order.office, is_active=True)
    return Room.objects.filter(rooms)


def _check(
    order: Order,
    rooms: Sequence[Room],
    now: datetime,
    *,
    moving: Appointment | None = None,
) -> dict[str, Any]:  # Any: the values of fields
    """What the order comes to, field by field, or `SlotTaken` or `RulesForbid`."""
    without = moving.pk if moving else None
    facts = _facts(order, now, without)
    request = _request(order, facts, without)
    named = str(order.room.pk) if order.room else None
    codes = rules.refusals(request, order.time.start, room=named)
    standing = [code for code in codes if code not in order.overrides]
    if standing:
        raise _refusal(standing)
    zone = order.office.zone if order.office else availability.PRACTICE_ZONE
    terms = facts.policies.terms(order.session_type, str(order.therapist.pk))
    deadline = hours_before(order.time.start, terms.late_cancel_hours, zone)
    return {
        "therapist": order.therapist,
        "office": order.office,
        "room": order.room or _choose_room(request, order, rooms, moving),
        "session_type": order.session_type,
        "mode": order.mode,
        "starts_at": as_datetime(order.time.start),
        "ends_at": as_datetime(order.time.end),
        "late_cancel_at": as_datetime(deadline),
        "overridden": [code for code in codes if code in order.overrides],
        "override_reason": order.override_reason,
    }


def _facts(order: Order, now: datetime, without: UUID | None) -> availability.Facts:
    return availability.facts(
        [str(order.therapist.pk)],
        order.time,
        now=int(now.timestamp()),
        with_notice=False,
        offices=[str(order.office.pk)] if order.office else [],
        without=without,
    )


def _request(
    order: Order, facts: availability.Facts, without: UUID | None
) -> rules.Request:
    therapist = str(order.therapist.pk)
    return rules.Request(
        kind=availability.kind(order.session_type),
        place=rules.Place(str(order.office.pk) if order.office else None, order.mode),
        offering=facts.offerings[therapist],
        policy=facts.policies_for(order.session_type)[therapist],
        calendar=facts.calendar_of(therapist),
        party=availability.party(order.clients, order.time, without=without),
        practice=facts.practice,
    )


def _choose_room(
    request: rules.Request,
    order: Order,
    rooms: Sequence[Room],
    moving: Appointment | None,
) -> Room | None:
    """The room it is in already, if it may stay there, else the smallest that fits."""
    if order.mode == Mode.TELEHEALTH:
        return None
    there = request.practice.rooms[str(order.office_id)]
    locked = {str(room.pk): room for room in rooms}
    free = [
        locked[room.id]
        for room in rules.free_rooms(there, order.time, len(order.clients))
        if room.id in locked
    ]
    if moving is not None and moving.room in free:
        return moving.room
    if not free:  # the free one was furnished while we waited for the others
        raise _refusal([Code.NO_ROOM])
    return free[0]


def _cancelled_status(
    appointment: Appointment, by: str, now: datetime
) -> tuple[AppointmentStatus, AttendanceStatus]:
    if by == "practice":
        return AppointmentStatus.CANCELLED_BY_PRACTICE, AttendanceStatus.CANCELLED
    if now > appointment.late_cancel_at:
        return AppointmentStatus.LATE_CANCELLED, AttendanceStatus.LATE_CANCELLED
    return AppointmentStatus.CANCELLED, AttendanceStatus.CANCELLED


def _save(appointment: Appointment, fields: Sequence[str], *, facts: bool) -> None:
    appointment.version += 1
    appointment.facts_version += facts
    appointment.save(update_fields=[*fields, "version", "facts_version"])


def _refusal(codes: Sequence[Code]) -> SlotTaken | RulesForbid:
    reasons = [Reason(code, rules.EXPLANATIONS[code]) for code in codes]
    if rules.HARD.isdisjoint(codes):
        return RulesForbid(reasons=reasons)
    return SlotTaken(reasons=reasons)


def double_bookings_refused() -> AbstractContextManager[None]:
    """The database's last word, for whatever got past the locks and the rules."""
    return violations_as(
        {
            "appointment_therapist_free": _refusal([Code.THERAPIST_BUSY]),
            "appointment_room_free": _refusal([Code.ROOM_BUSY]),
            "attendance_client_free": _refusal([Code.CLIENT_BUSY]),
        }
    )


@contextmanager
def _offering_alternatives(
    order: Order, now: datetime, *, moving: Appointment | None = None
) -> Iterator[None]:
    """Add the nearest bookable times to a refusal, once its locks are gone."""
    try:
        yield
    except (SlotTaken, RulesForbid) as refusal:
        wish = Wish(
            session_type=order.session_type,
            start=order.time.start,
            end=order.time.end,
            therapists=[order.therapist.pk],
            offices=[order.office.pk] if order.office else [],
            modes=[order.mode],
            clients=order.clients,
            without=moving.pk if moving else None,
        )
        refusal.alternatives = slot_search.nearest(
            wish, around=order.time.start, now=int(now.timestamp())
        )
        raise
