"""Occurrences: on which dates of a series the rules let it stand, and what else could.

A report is made with or without locks. What the rules say of all dates together is
asked in a constant number of statements; only a date that cannot stand costs more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from config.errors import Conflict
from locations.models import Room
from scheduling import placement, slot_search
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine import recurrence, rules
from scheduling.engine.intervals import Interval
from scheduling.engine.rules import Code
from scheduling.engine.wall_clock import DAY, MINUTE, day_of, instant, minute_of
from scheduling.models import Appointment
from scheduling.orders import Order
from scheduling.placement import SlotTaken, Verdict
from scheduling.wishes import Slot


class OnConflict(StrEnum):
    """What becomes of a series when some of its dates cannot stand."""

    REFUSE = "refuse"
    SKIP = "skip"


class DatesForbidden(Conflict):
    """Nobody is there, but the practice's rules do not allow some of the dates.

    A conflict, unlike that of a single booking: what it answers is a report to choose
    from.
    """

    code = "rule_violated"
    message = "The practice's rules do not allow some of the dates."


class NothingBookable(Conflict):
    """Of all the dates of a series, none can stand."""

    code = "nothing_bookable"
    message = "None of these times can be booked."


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What the rules say of one date of a series, and its appointment, if there is one.

    `codes` are the rules that stand against it, hard ones first. `alternatives` are
    then up to three: another hour of the day, the same hour elsewhere, another day of
    the week.
    """

    starts_at: datetime
    timezone: str
    codes: Sequence[Code] = ()
    alternatives: Sequence[Slot] = ()
    appointment: Appointment | None = None

    @property
    def ok(self) -> bool:
        return not self.codes


def report(orders: Sequence[Order], *, now: datetime) -> list[Occurrence]:
    """What would become of `orders` now. Nothing is locked or written."""
    rooms = list(placement.rooms_in_question(orders))
    return told(examine(orders, rooms, now), now=now)


def examine(
    orders: Sequence[Order], rooms: Sequence[Room], now: datetime
) -> list[Verdict]:
    """What the rules say of each of `orders`, which may differ in anything.

    The statements are the same for any number that are alike in all but time.
    """
    verdicts: dict[int, Verdict] = {}
    for alike in _alike(orders):
        for verdict in placement.examine(alike, rooms, now):
            verdicts[id(verdict.order)] = verdict
    return [verdicts[id(order)] for order in orders]


def chosen(verdicts: Sequence[Verdict], on_conflict: OnConflict) -> list[Verdict]:
    """Those that are to be written: all or none, or as many as may stand."""
    standing = [verdict for verdict in verdicts if verdict.may_stand]
    if on_conflict == OnConflict.REFUSE and len(standing) < len(verdicts):
        return []
    return standing


def refusal(
    verdicts: Sequence[Verdict], on_conflict: OnConflict, now: datetime
) -> Conflict:
    """The error that tells why none was chosen, with the whole report."""
    standing = {code for verdict in verdicts for code in verdict.standing}
    codes = sorted(standing, key=list(Code).index)
    reasons = placement.reasons_of(codes)
    error: Conflict = DatesForbidden(reasons=reasons)
    if on_conflict == OnConflict.SKIP:
        error = NothingBookable(reasons=reasons)
    elif not rules.HARD.isdisjoint(codes):
        error = SlotTaken(reasons=reasons)
    error.occurrences = told(verdicts, now=now)
    return error


def told(
    verdicts: Sequence[Verdict],
    *,
    written: Mapping[datetime, Appointment] | None = None,
    now: datetime,
) -> list[Occurrence]:
    """Each date with its reasons and alternatives, or with what was `written` for it.

    To be asked when the locks are gone: it looks for alternatives as a search does.
    """
    refused = [verdict.order for verdict in verdicts if not verdict.may_stand]
    others = dict(_alternatives(refused, int(now.timestamp())))
    return [
        Occurrence(
            starts_at=verdict.order.starts_at,
            timezone=_zone(verdict.order).key,
            codes=verdict.standing,
            alternatives=others.get(id(verdict.order), ()),
            appointment=(written or {}).get(
                verdict.order.starts_at, verdict.order.replaces
            ),
        )
        for verdict in verdicts
    ]


def _alike(orders: Iterable[Order]) -> list[list[Order]]:
    """The orders in groups that are alike in all but their time."""
    groups: dict[object, list[Order]] = {}
    for order in orders:
        key = (
            order.therapist.pk,
            order.office_id,
            order.mode,
            tuple(client.pk for client in order.clients),
        )
        groups.setdefault(key, []).append(order)
    return list(groups.values())


def _alternatives(
    orders: Sequence[Order], now: int
) -> Iterator[tuple[int, Sequence[Slot]]]:
    """By the order's identity, what could be booked instead."""
    moving = [order.replaces.pk for order in orders if order.replaces]
    for later in (False, True):
        wanted = [one for one in orders if (Code.HORIZON in one.exempt_from) == later]
        for alike in _alike(wanted):
            for order, slots in zip(
                alike, _instead_of(alike, moving, now), strict=True
            ):
                yield id(order), slots


def _instead_of(
    orders: Sequence[Order], moving: Sequence[UUID], now: int
) -> Iterator[list[Slot]]:
    """For each of some orders that are alike, the best of its own week."""
    own = placement.wish_of(orders[0])
    own = replace(own, offices=(), modes=(), without=moving)
    weeks = slot_search.search_each(own, [_week(one) for one in orders], now=now)
    hours = [Interval(one.time.start, one.time.start + MINUTE) for one in orders]
    anyone = slot_search.search_each(replace(own, therapists=()), hours, now=now)
    for order, week, at_that_hour in zip(orders, weeks, anyone, strict=True):
        yield _best(order, week, at_that_hour)


def _best(
    order: Order, week: Sequence[Slot], at_that_hour: Sequence[Slot]
) -> list[Slot]:
    """Another hour of the day, the same hour elsewhere, another day at that hour."""
    zone, start = _zone(order), order.time.start
    day, minute = day_of(start, zone), minute_of(start, zone)
    office = str(order.office_id or "")

    def unlikeness(slot: Slot) -> tuple[bool, bool, int, Slot]:
        is_elsewhere = (slot.office, slot.mode) != (office, order.mode)
        somebody_else = slot.therapist != str(order.therapist.pk)
        return somebody_else, is_elsewhere, abs(slot.start - start), slot

    others = [slot for slot in week if slot.start != start]
    kinds = (
        [slot for slot in others if day_of(slot.start, zone) == day],
        at_that_hour,
        [slot for slot in others if minute_of(slot.start, zone) == minute],
    )
    return [min(slots, key=unlikeness) for slots in kinds if slots]


def _week(order: Order) -> Interval:
    """The week, Monday to Sunday, that an order falls into."""
    zone = _zone(order)
    monday = recurrence.in_week_of(day_of(order.time.start, zone), 0)
    sunday = recurrence.in_week_of(monday, 6)
    return Interval(
        instant(monday, 0, zone),
        instant(sunday, DAY // MINUTE, zone),
    )


def _zone(order: Order) -> ZoneInfo:
    return order.office.zone if order.office else PRACTICE_ZONE
