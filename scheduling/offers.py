"""Offers: an hour is kept for somebody who waits, until they answer or it lapses.

An offer is a hold. Whoever makes one, answers it or takes it back changes the hold, the
offer and the entry in one transaction, behind the locks that every booking takes: so an
hour is never offered to two people, and of an answer, the clock and the front desk one
comes first.
"""

import logging
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import pghistory
from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, F, OuterRef, Q

from config import transactions
from config.clock import DatabaseNow
from config.constraints import violations_as
from config.errors import Conflict, Malformed
from locations.models import Closure, Room
from scheduling import booking, drafts, holds, orders, placement, policies, recipients
from scheduling.locking import lock_appointment, lock_calendars
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    Because,
    EntryState,
    Message,
    MessageState,
    OfferState,
    OfferVia,
    Replanning,
    TimeOff,
    WaitlistEntry,
    WaitlistOffer,
)
from scheduling.orders import Order
from scheduling.placement import HoldExpired

logger = logging.getLogger(__name__)

BEFORE_START = timedelta(hours=1)  # an offer ends, so that they can still come
SHORTEST = timedelta(minutes=15)  # in which somebody can answer
SETTLED_AT_ONCE = 200

# In these a message has reached somebody, or may have, or will.
_MAY_REACH = (
    MessageState.PENDING,
    MessageState.SENDING,
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.UNKNOWN,
)


class OfferOver(Conflict):
    """It was answered or taken back, or has lapsed."""

    code = "offer_over"
    message = "This offer is over: it was answered or taken back, or has lapsed."


class NotReached(Conflict):
    """No way to those who wait is open."""

    code = "not_reached"
    message = "No way to this client is open."


class NotWaiting(Conflict):
    """They wait no longer, or have an offer already."""

    code = "not_waiting"
    message = "They wait no longer, or have an offer already."


@transaction.atomic
def make(entry: WaitlistEntry, order: Order, *, now: datetime) -> WaitlistOffer:
    """Keep the hour of `order` for whoever waits, and write to them.

    Raises `SlotTaken` or `RulesForbid`, `NotWaiting` or `NotReached`; then nothing has
    happened.
    """
    held = holds.keep(
        order,
        minutes=policies.of_practice().offer_minutes,
        until=order.starts_at - BEFORE_START,
        now=now,
    )
    # Behind the lock of the client, which every offer to them takes.
    current = WaitlistEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    if current.state != EntryState.WAITING or held.hold_expires_at is None:
        raise NotWaiting
    with violations_as({"waitlist_offer_one_at_a_time": NotWaiting()}):
        offer = WaitlistOffer.objects.create(
            entry=current,
            appointment=held,
            offered_at=now,
            expires_at=held.hold_expires_at,
        )
    present = recipients.terms([order.clients[0].pk])
    found = recipients.of_clients(held, order.clients, present)
    if not any(recipient.channels for recipient in found):
        raise NotReached
    Message.objects.bulk_create(drafts.offer(held, each, now) for each in found)
    return offer


def of_hold(hold: UUID) -> WaitlistOffer | None:
    """The offer that an appointment was, or became."""
    rows = WaitlistOffer.objects.select_related("entry__client", "appointment__office")
    return rows.filter(appointment=hold).first()


def is_live(offer: WaitlistOffer) -> bool:
    """Whether it can be taken at this moment, by the database's clock."""
    live = Appointment.objects.holds().occupying().filter(pk=offer.appointment_id)
    return offer.state == OfferState.OFFERED and live.exists()


def accept(offer: WaitlistOffer, *, via: OfferVia, now: datetime) -> Appointment:
    """Turn an offer into an appointment, whose client waits no longer.

    Raises `OfferOver`; or `SlotTaken` or `RulesForbid` where what has changed since
    forbids it.
    """
    with _by_way_of(via), transaction.atomic():
        held = Appointment.objects.select_related(
            "therapist", "office", "room", "session_type"
        ).get(pk=offer.appointment_id)
        if held.status != AppointmentStatus.HELD:
            raise OfferOver
        try:
            order = orders.to_book(held, clients=[offer.entry.client])
            booked = booking.book(order, now=now)
        except HoldExpired:
            raise OfferOver from None
        _answer(offer, state=OfferState.ACCEPTED, via=via, now=now)
        WaitlistEntry.objects.filter(pk=offer.entry_id).update(
            state=EntryState.BOOKED, version=F("version") + 1
        )
    return booked


def decline(offer: WaitlistOffer, *, via: OfferVia, now: datetime) -> None:
    """Whoever it was for keeps waiting; the hour is free for the next one. Raises
    `OfferOver`."""
    with _by_way_of(via):
        _end(offer, state=OfferState.DECLINED, via=via, now=now)


def withdraw(offer: WaitlistOffer, *, because: Because, now: datetime) -> None:
    """Take an offer back. Raises `OfferOver`."""
    _end(offer, state=OfferState.WITHDRAWN, because=because, now=now)


def book_over(
    offer: WaitlistOffer,
    order: Order,
    *,
    note: str = "",
    by: User | None = None,
    now: datetime,
) -> Appointment:
    """Take an offer back and book its hour for somebody else; both, or neither.

    Raises `OfferOver`, `Malformed` for another hour, and what `booking.book` raises.
    """
    held = offer.appointment
    start, end = (int(moment.timestamp()) for moment in (held.starts_at, held.ends_at))
    if not (order.time.start < end and start < order.time.end):
        raise Malformed("This is another hour.", field="instead_of_offer")
    with transaction.atomic():
        rooms = placement.rooms_in_question([order])
        if held.room_id is not None:
            rooms = rooms | Room.objects.filter(pk=held.room_id)
        lock_calendars(
            therapists={order.therapist.pk, held.therapist_id},
            clients={*(client.pk for client in order.clients), offer.entry.client_id},
            rooms=rooms,
        )
        withdraw(offer, because=Because.BOOKED_OVER, now=now)
        return booking.book(order, note=note, by=by, now=now)


def settle(*, now: datetime) -> int:
    """Write down which offers have lapsed, and take back those that reached nobody; how
    many that were. What nobody could take any more lapses before its time. Safe to run
    in several workers at once."""
    reaches = Message.objects.filter(
        appointment=OuterRef("appointment"), state__in=_MAY_REACH
    )
    # What could not go by one way may be about to go by the other.
    planned = Replanning.objects.filter(appointment=OuterRef("appointment"))
    live = WaitlistOffer.objects.filter(state=OfferState.OFFERED).select_related(
        "entry"
    )
    is_held = Q(appointment__status=AppointmentStatus.HELD)
    is_over = Q(expires_at__lte=DatabaseNow()) | ~is_held | _is_called_off()
    over = list(live.filter(is_over).order_by("expires_at", "pk")[:SETTLED_AT_ONCE])
    unheard = list(
        live.exclude(is_over).filter(~Exists(reaches), ~Exists(planned))[
            :SETTLED_AT_ONCE
        ]
    )
    lapsed = (partial(_end, each, state=OfferState.LAPSED, now=now) for each in over)
    taken_back = (partial(_not_reached, each, now) for each in unheard)
    return _each([*lapsed, *taken_back])


def _is_called_off() -> Q:
    """Whether its therapist has left or is away by then, or the office is closed."""
    then = {
        "starts_at__lt": OuterRef("appointment__ends_at"),
        "ends_at__gt": OuterRef("appointment__starts_at"),
    }
    away = TimeOff.objects.filter(therapist=OuterRef("appointment__therapist"), **then)
    closed = Closure.objects.filter(
        Q(office=None) | Q(office=OuterRef("appointment__office")), **then
    )
    has_left = Q(appointment__therapist__is_active=False)
    return has_left | Exists(away) | Exists(closed)


def _by_way_of(via: OfferVia) -> AbstractContextManager[object]:
    """What history is to say of it: of a telephone call, that staff did it."""
    return pghistory.context(via=via) if via == OfferVia.LINK else nullcontext()


def _each(steps: "Iterable[partial[None]]") -> int:
    """One that cannot be taken, whatever is wrong with it, does not stop the rest."""
    count = 0
    for step in steps:
        offer = step.args[0]
        try:
            transactions.retrying(step)
            count += 1
        except OfferOver:  # somebody else was faster
            continue
        except (OperationalError, InterfaceError) as error:
            if not transactions.sqlstate(error):
                raise  # the database is gone
            logger.info("an offer is busy", extra={"offer_id": offer.pk})
        except Exception:
            logger.exception("cannot settle an offer", extra={"offer_id": offer.pk})
    return count


def _not_reached(offer: WaitlistOffer, now: datetime) -> None:
    withdraw(offer, because=Because.NOT_REACHED, now=now)
    # By itself: whoever offers something holds the entry before the offer.
    pass_over(offer.entry, now=now)


def pass_over(entry: WaitlistEntry, *, now: datetime) -> None:
    """Let the front desk see that somebody could not be told of an hour."""
    WaitlistEntry.objects.filter(pk=entry.pk).update(passed_over_at=now)


@transaction.atomic
def _end(
    offer: WaitlistOffer,
    *,
    state: OfferState,
    via: OfferVia | None = None,
    because: Because | None = None,
    now: datetime,
) -> None:
    """Let go of the hold of an offer that does not become an appointment."""
    current = lock_appointment(offer.appointment_id, version=None)
    _answer(offer, state=state, via=via, because=because, now=now)
    holds.release(current)
    current.messages.pending().update(state=MessageState.CANCELLED)


def _answer(
    offer: WaitlistOffer,
    *,
    state: OfferState,
    via: OfferVia | None = None,
    because: Because | None = None,
    now: datetime,
) -> None:
    """Compare and swap: of all that can become of an offer, one thing does."""
    changed = WaitlistOffer.objects.filter(
        pk=offer.pk, state=OfferState.OFFERED
    ).update(state=state, answered_at=now, via=via or "", because=because or "")
    if not changed:
        raise OfferOver
