"""Placement: whether an order can stand, in which room, and why not.

Locks the calendars that an order writes to and asks the rules that search asks. A
single booking, a move, a hold and each occurrence of a series come through here.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from config.constraints import violations_as
from config.errors import Conflict, Reason, RuleViolation
from locations.models import Room
from scheduling import availability, parties, slot_search
from scheduling.engine import rules
from scheduling.engine.intervals import Interval
from scheduling.engine.rules import Code
from scheduling.engine.wall_clock import DAY, as_datetime, hours_before
from scheduling.locking import lock_calendars, release_lapsed_holds
from scheduling.models import (
    Appointment,
    Attendance,
    Mode,
    OfferState,
    WaitlistOffer,
)
from scheduling.orders import Order
from scheduling.wishes import SlotKey, Wish

# Beside the rules' own codes: what is in the way can be taken back.
OFFERED = Reason("offered", "That hour is offered to somebody who waits for one.")


class SlotTaken(Conflict):
    """Someone or something else is there at that time."""

    code = "slot_taken"
    message = "That time is taken."


class RulesForbid(RuleViolation):
    """Nobody is there, but the practice's rules do not allow that time."""

    message = "The practice's rules do not allow that time."


class Full(Conflict):
    """As many clients come as the session type is for."""

    code = "full"
    message = "The session is full."


class HoldExpired(Conflict):
    """The slot is no longer kept: the hold lapsed, was let go of, or was booked."""

    code = "hold_expired"
    message = "This hold is over. The slot may still be free: book it without the hold."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules have against an order, hard ones first, and what it comes to.

    `place` are the appointment's fields, for an order that `may_stand`.
    """

    order: Order
    codes: Sequence[Code]
    place: Mapping[str, Any]  # Any: the values of fields

    @property
    def standing(self) -> list[Code]:
        """The rules against it that are not overridden."""
        return [code for code in self.codes if code not in self.order.overrides]

    @property
    def may_stand(self) -> bool:
        return not self.standing


def lock(orders: Sequence[Order]) -> list[Room]:
    """Lock the calendars of the new places and of those that are given up, and let go
    of what lapsed there. The rooms of all, as they are now."""
    replaced = [order.replaces for order in orders if order.replaces]
    therapists = {order.therapist.pk for order in orders}
    therapists.update(appointment.therapist_id for appointment in replaced)
    clients = {client.pk for order in orders for client in order.clients}
    held = [each.pk for each in replaced if each.hold_expires_at]
    if held:
        kept_for = Attendance.objects.filter(appointment__in=held)
        clients.update(kept_for.values_list("client", flat=True))
    rooms = lock_calendars(
        therapists=therapists, clients=clients, rooms=rooms_in_question(orders)
    )
    release_lapsed_holds(
        _span(orders),
        therapists=therapists,
        clients=clients,
        rooms=[room.pk for room in rooms],
    )
    return rooms


def rooms_in_question(orders: Sequence[Order]) -> QuerySet[Room]:
    """The rooms that are named, or all that could be chosen; and those given up."""
    left = {order.replaces.room_id for order in orders if order.replaces}
    named = {order.room.pk for order in orders if order.room}
    chosen_at = {
        order.office_id
        for order in orders
        if order.room is None and order.mode == Mode.IN_PERSON
    }
    return Room.objects.filter(
        Q(pk__in=(left | named) - {None}) | Q(office__in=chosen_at, is_active=True)
    )


def place(
    order: Order, rooms: Sequence[Room], now: datetime
) -> Mapping[str, Any]:  # Any: the values of fields
    """The fields of the appointment that `order` comes to.

    Raises `SlotTaken` or `RulesForbid`, with every reason.
    """
    (verdict,) = examine([order], rooms, now)
    if verdict.standing:
        raise refusal(verdict.standing)
    return verdict.place


def examine(
    orders: Sequence[Order], rooms: Sequence[Room], now: datetime
) -> list[Verdict]:
    """What the rules say of orders that are alike in all but their time.

    The statements are the same for any number of them. An appointment that an order
    replaces stands in nobody's way. A room is only chosen from `rooms`.
    """
    first, span = orders[0], _span(orders)
    without = [order.replaces.pk for order in orders if order.replaces]
    facts = availability.facts(
        [str(first.therapist.pk)],
        span,
        now=int(now.timestamp()),
        with_notice=False,
        offices=[str(first.office.pk)] if first.office else [],
        without=without,
    )
    if first.clients:
        party = parties.of_clients(first.in_question, span, without=without)
        party = replace(party, size=len(first.clients))
    else:
        party = parties.somebody(first.session_type, first.therapist)
    return [_examine(order, facts, party, rooms) for order in orders]


def refusal(codes: Sequence[Code]) -> SlotTaken | RulesForbid:
    reasons = reasons_of(codes)
    if rules.HARD.isdisjoint(codes):
        return RulesForbid(reasons=reasons)
    return SlotTaken(reasons=reasons)


def check_capacity(appointment: Appointment, coming: int) -> None:
    """Whether `coming` clients are not too many for the session and its room.

    Raises `Full` or `SlotTaken`.
    """
    if coming > appointment.session_type.clients_max:
        raise Full
    if appointment.room is not None and appointment.room.capacity < coming:
        raise refusal([Code.NO_ROOM])


def reasons_of(codes: Sequence[Code]) -> list[Reason]:
    return [Reason(code, rules.EXPLANATIONS[code]) for code in codes]


def double_bookings_refused() -> AbstractContextManager[None]:
    """The database's last word, for whatever got past the locks and the rules."""
    return violations_as(
        {
            "appointment_therapist_free": refusal([Code.THERAPIST_BUSY]),
            "appointment_room_free": refusal([Code.ROOM_BUSY]),
            "attendance_client_free": refusal([Code.CLIENT_BUSY]),
        }
    )


@contextmanager
def offering_alternatives(order: Order, now: datetime) -> Iterator[None]:
    """Add the nearest bookable times to a refusal, once its locks are gone."""
    try:
        yield
    except (SlotTaken, RulesForbid, HoldExpired) as refused:
        if isinstance(refused, SlotTaken) and _is_offered(order):
            refused.reasons = (*refused.reasons, OFFERED)
        wish = wish_of(order)
        if isinstance(refused, HoldExpired):  # what it became may stand in the way
            wish = replace(wish, without=())
        refused.alternatives = slot_search.nearest(
            wish,
            around=order.time.start,
            now=int(now.timestamp()),
            besides=_present_place(order),
        )
        raise


def _is_offered(order: Order) -> bool:
    """Whether the hour is kept for somebody who waits."""
    start, end = map(as_datetime, order.time)
    holds = Appointment.objects.holds().occupying().overlapping(start, end)
    theirs = Q(appointment__therapist=order.therapist) | Q(
        entry__client__in=order.clients
    )
    offers = WaitlistOffer.objects.filter(theirs, state=OfferState.OFFERED)
    return offers.filter(appointment__in=holds).exists()


def _present_place(order: Order) -> SlotKey | None:
    """Where that which is to move is now: no alternative to moving it."""
    moves = order.replaces
    if moves is None or moves.is_hold:
        return None
    return SlotKey(
        int(moves.starts_at.timestamp()),
        str(moves.therapist_id),
        str(moves.office_id or ""),
        moves.mode,
    )


def wish_of(order: Order) -> Wish:
    """What somebody looks for who would like another time for `order`."""
    return Wish(
        session_type=order.session_type,
        start=order.time.start,
        end=order.time.end,
        therapists=[order.therapist.pk],
        offices=[order.office.pk] if order.office else [],
        modes=[order.mode],
        clients=order.clients,
        without=[order.replaces.pk] if order.replaces else [],
        is_later_week=Code.HORIZON in order.exempt_from,
    )


def _span(orders: Sequence[Order]) -> Interval:
    return Interval(
        min(order.time.start for order in orders),
        max(order.time.end for order in orders),
    )


def _examine(
    order: Order,
    facts: availability.Facts,
    party: rules.Party,
    rooms: Sequence[Room],
) -> Verdict:
    therapist = str(order.therapist.pk)
    policy = facts.policies_for(order.session_type)[therapist]
    request = rules.Request(
        kind=availability.kind(order.session_type),
        place=rules.Place(str(order.office.pk) if order.office else None, order.mode),
        offering=facts.offerings[therapist],
        policy=policy,
        calendar=facts.calendar_of(therapist).near(
            order.time, max(DAY, policy.limits.reach)
        ),
        party=party,
        practice=facts.practice,
    )
    named = str(order.room.pk) if order.room else None
    codes = [
        code
        for code in rules.refusals(request, order.time.start, room=named)
        if code not in order.exempt_from
    ]
    room = None
    if order.mode == Mode.IN_PERSON:
        room = order.room or _choose_room(request, order, rooms)
        if room is None and rules.HARD.isdisjoint(codes):
            # The free one was furnished while we waited for the others.
            codes = [Code.NO_ROOM, *codes]
    zone = order.office.zone if order.office else availability.PRACTICE_ZONE
    terms = facts.policies.terms(order.session_type, therapist)
    deadline = hours_before(order.time.start, terms.late_cancel_hours, zone)
    overridden = [code for code in codes if code in order.overrides]
    fields = {
        "therapist": order.therapist,
        "office": order.office,
        "room": room,
        "session_type": order.session_type,
        "mode": order.mode,
        "starts_at": as_datetime(order.time.start),
        "ends_at": as_datetime(order.time.end),
        "late_cancel_at": as_datetime(deadline),
        "overridden": overridden,
        "override_reason": order.override_reason if overridden else "",
    }
    return Verdict(order, codes, fields)


def _choose_room(
    request: rules.Request, order: Order, rooms: Sequence[Room]
) -> Room | None:
    """The room it is in already, if it may stay there, else the smallest that fits."""
    there = request.practice.rooms[str(order.office_id)]
    locked = {str(room.pk): room for room in rooms}
    free = [
        locked[room.id]
        for room in rules.free_rooms(there, order.time, request.party.size)
        if room.id in locked
    ]
    if order.replaces is not None and order.replaces.room in free:
        return order.replaces.room
    return free[0] if free else None
