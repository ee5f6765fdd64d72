"""Attendance: each client's own part in a session of a couple, a family or a group.

One of them may leave, come back, miss it or attend while the others' parts, and what
they are told, stay as they are. Each operation counts the appointment's version up, and
raises `Stale` or `InvalidTransition`; `Malformed` for somebody who is not part of it.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from django.contrib.auth.models import User
from django.db import transaction

from clients.models import Client
from config.errors import Malformed, Stale
from scheduling import (
    appointments,
    booking,
    fees,
    orders,
    placement,
    policies,
    reminders,
    transitions,
)
from scheduling.engine.rules import Code
from scheduling.locking import lock_appointment, lock_calendars_of
from scheduling.models import (
    BILLABLE,
    OPEN,
    Appointment,
    AppointmentStatus,
    Attendance,
    AttendanceStatus,
    remember_parts,
)
from scheduling.orders import Order
from scheduling.placement import double_bookings_refused
from scheduling.reminders import Tell
from scheduling.transitions import InvalidTransition


def add(
    appointment: Appointment,
    client: Client,
    *,
    overrides: Collection[Code] = (),
    override_reason: str = "",
    version: int | None,
    now: datetime,
) -> Appointment:
    """Let another client come, or one who had left come after all.

    The rules are asked as for a booking; what they had overridden for the session stays
    so. A larger room is taken where the present one does not do. Only the client is
    told. Raises `Full`, `SlotTaken` or `RulesForbid` as well.
    """
    order = _order(appointment, client, overrides, override_reason)
    with placement.offering_alternatives(order, now), transaction.atomic():
        rooms = placement.lock([order])
        current = lock_appointment(appointment.pk, version=version)
        if current.facts_version != appointment.facts_version:
            raise Stale(version=current.version)  # other calendars were locked
        order = _order(current, client, overrides, override_reason)
        _take_in(client, current, placement.place(order, rooms, now))
        reminders.replan(current, now=now, only=client)
    return current


def remove(
    appointment: Appointment,
    client: Client,
    *,
    by: Literal["client", "practice"],
    reason: str = "",
    fee_waived_reason: str = "",
    decided_by: User | None = None,
    version: int | None,
    now: datetime,
    tell: bool = True,
) -> Appointment:
    """Call one client's part off, late or not as it would be for the whole session.

    Only the client is told, if they know of the session, and unless told not to.
    When the last one leaves, the appointment is called off.
    """
    with transaction.atomic():
        lock_calendars_of(appointment)
        current = lock_appointment(appointment.pk, version=version)
        part = _part(current, client)
        transitions.check_open(current)
        if part.status != AttendanceStatus.EXPECTED:
            raise _not_while(part)
        if current.attendances.active().count() == 1:
            return booking.cancel(
                current,
                by=by,
                reason=reason,
                fee_waived_reason=fee_waived_reason,
                decided_by=decided_by,
                version=current.version,
                now=now,
                tell=tell,
            )
        called_off = fees.called_off(
            late=fees.is_late(current, by=by, now=now),
            reason=reason,
            waived_because=fee_waived_reason,
            by=decided_by,
            now=now,
        )
        _write(part, fees.unless_free(part, called_off))
        appointments.change(current)
        reminders.replan(current, now=now, only=client, tell=Tell.when(tell))
    return current


def mark(
    appointment: Appointment,
    client: Client,
    status: AttendanceStatus,
    *,
    version: int | None,
    now: datetime,
    may_correct: bool = False,
) -> Appointment:
    """Say that one client attended, missed the session, or is expected still.

    From the start on, a no-show from the end of the grace on; a completed session is
    corrected within the day, by those who may. When nobody came, the appointment is a
    no-show. Raises `Full` or `SlotTaken` where a no-show's place was given away.
    """
    with transaction.atomic():
        lock_calendars_of(appointment)
        current = lock_appointment(appointment.pk, version=version)
        part = _part(current, client)
        may_correct &= current.is_on_the_day_of(now)
        _check_open(current, status, may_correct=may_correct)
        _check_hour(current, status, now)
        if part.has_left:
            raise _not_while(part)
        if part.status == status:
            return current  # nothing changes, so nobody's version grows old
        if part.status == AttendanceStatus.NO_SHOW:
            coming = current.attendances.active().count() + 1
            placement.check_capacity(current, coming)
        is_no_show = status == AttendanceStatus.NO_SHOW
        with double_bookings_refused():
            missed = fees.unless_free(part, fees.missed(no_show=is_no_show))
            _write(part, {"status": status, **missed})
        if is_no_show and not current.attendances.active().exists():
            transitions.check(current, AppointmentStatus.NO_SHOW)
            appointments.change(current, status=AppointmentStatus.NO_SHOW)
        else:
            appointments.change(current)
    return current


def decide_fee(
    appointment: Appointment,
    client: Client,
    *,
    waived: bool,
    reason: str,
    by: User | None,
    version: int | None,
    now: datetime,
) -> Appointment:
    """Waive the fee of one client's late cancellation or no-show, or ask for it after
    all; who decided so, when and why is kept."""
    if not reason.strip():
        raise Malformed("Say why.", field="reason")
    with transaction.atomic():
        lock_calendars_of(appointment)
        current = lock_appointment(appointment.pk, version=version)
        part = _part(current, client)
        if part.status not in BILLABLE:
            raise InvalidTransition("The client owes nothing for this session.")
        _write(part, fees.decided(waived=waived, reason=reason, by=by, now=now))
        appointments.change(current)
    return current


def _order(
    appointment: Appointment,
    client: Client,
    overrides: Collection[Code],
    override_reason: str,
) -> Order:
    """The order for all who come, with `client`, if there may be one.

    Who comes is read once for all of it: others may join or leave meanwhile.
    """
    transitions.check_open(appointment)
    parts = list(appointment.attendances.select_related("client"))
    for part in parts:
        if part.client_id == client.pk and not part.has_left:
            raise _not_while(part)
    remember_parts(appointment, parts)
    if len(orders.expected(appointment)) >= appointment.session_type.clients_max:
        raise placement.Full
    return orders.to_join(
        appointment, client, overrides=overrides, override_reason=override_reason
    )


def _take_in(
    client: Client,
    appointment: Appointment,
    place: Mapping[str, Any],  # Any: the values of fields
) -> None:
    changed = {"room": place["room"]}
    new = [code for code in place["overridden"] if code not in appointment.overridden]
    if new:
        changed |= appointments.overriding(appointment, new, place["override_reason"])
    part = appointment.attendances.filter(client=client).first()
    with double_bookings_refused():
        appointments.change(appointment, **changed)
        if part is None:
            Attendance.objects.bulk_create([appointments.part(appointment, client)])
        else:
            _write(part, fees.unless_free(part, fees.back_again()))


def _part(appointment: Appointment, client: Client) -> Attendance:
    part = appointment.attendances.filter(client=client).first()
    if part is None:
        raise Malformed("The client is not part of this session.", field="client")
    return part


def _not_while(part: Attendance) -> InvalidTransition:
    status = AttendanceStatus(part.status).label.lower()
    return InvalidTransition(f"The client is {status}, which does not allow this.")


def _check_hour(
    appointment: Appointment, status: AttendanceStatus, now: datetime
) -> None:
    opens = appointment.starts_at
    if status == AttendanceStatus.NO_SHOW:
        terms = policies.terms_of(appointment)
        opens += timedelta(minutes=terms.no_show_grace_minutes)
    if now < opens:
        raise InvalidTransition.before(opens, appointment)


def _check_open(
    appointment: Appointment, status: AttendanceStatus, *, may_correct: bool
) -> None:
    """Whether clients can be marked, as nobody, or somebody today, has closed it."""
    if appointment.status in OPEN:
        return
    is_completed = appointment.status == AppointmentStatus.COMPLETED
    if not is_completed or status == AttendanceStatus.EXPECTED:
        raise InvalidTransition.of(appointment)
    if not may_correct:
        raise InvalidTransition("It was closed, and not today.")


def _write(
    part: Attendance,
    fields: Mapping[str, Any],  # Any: the values of fields
) -> None:
    for name, value in fields.items():
        setattr(part, name, value)
    part.save(update_fields=fields.keys())
