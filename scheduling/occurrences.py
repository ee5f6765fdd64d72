"""Occurrences: on which dates of a series the rules let it stand, and what else could.

A report is made with or without locks. What the rules say of all dates together is
asked in a constant number of statements; only a date that cannot stand costs more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
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
from scheduling.uncovered import time_of
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
    then up to three, unless other dates have been written: another hour of the day, the
    same hour elsewhere, another day of the week.
    """

    starts_at: datetime
    timezone: str
    codes: Sequence[Code] = ()
    alternatives: Sequence[Slot] = ()
    appointment: Appointment | None = None

    @property
    def ok(self) -> bool:
        return not self.codes


class NoneChosen(Exception):
    """Ends a transaction, and with it the locks, before a refusal is worded."""

    def __init__(self, verdicts: Sequence[Verdict], on_conflict: OnConflict) -> None:
        self.verdicts = verdicts
        self.on_conflict = on_conflict
        super().__init__()


@contextmanager
def explaining_refusals(now: datetime) -> Iterator[None]:
    """Turn `NoneChosen` into the error that tells why, once its locks are gone."""
    try:
        yield
    except NoneChosen as none:
        raise refusal(none.verdicts, none.on_conflict, now) from None


def report(orders: Sequence[Order], *, now: datetime) -> list[Occurrence]:
    """What would become of `orders` now. Nothing is locked or written."""
    rooms = list(placement.rooms_in_question(orders))
    return told(examine(orders, rooms, now), now=now)


def examine(
    orders: Sequence[Order], rooms: Sequence[Room], now: datetime
) -> list[Verdict]:
    """What the rules say of each of `orders`, which may differ in anything.

    The statements are the same for any number that are alike in all but time. What
    moves stands in nobody's way, but what cannot move does: then the rest is asked
    about again, until no more has to stay.
    """
    verdicts = _verdicts(orders, rooms, now)
    moving = [order for order in orders if order.replaces]
    while moving:
        able = [
            verdict for order in moving if (verdict := verdicts[id(order)]).may_stand
        ]
        turn = in_turn(able)
        for stuck in _without(able, turn):
            codes = [Code.CLIENT_BUSY, *stuck.codes]
            verdicts[id(stuck.order)] = replace(stuck, codes=codes)
        if len(turn) == len(moving):
            break
        moving = [verdict.order for verdict in turn]
        verdicts |= _verdicts(moving, rooms, now)
    return [verdicts[id(order)] for order in orders]


def in_turn(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """In the order in which they can be written, each when no other is where it goes.

    Left out is what goes where another goes, and those that wait for each other.
    """
    waiting, turn = list(verdicts), list[Verdict]()
    while free := next((one for one in waiting if _is_clear(one, waiting, turn)), None):
        turn.append(free)
        waiting = _without(waiting, [free])
    return turn


def chosen(verdicts: Sequence[Verdict], on_conflict: OnConflict) -> list[Verdict]:
    """Those that are to be written: all, or as many as may stand. Raises `NoneChosen`,
    which is for `explaining_refusals`."""
    standing = [verdict for verdict in verdicts if verdict.may_stand]
    is_refused = on_conflict == OnConflict.REFUSE and len(standing) < len(verdicts)
    if is_refused or not standing:
        raise NoneChosen(verdicts, on_conflict)
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


def told(verdicts: Sequence[Verdict], *, now: datetime) -> list[Occurrence]:
    """Each date with its reasons and alternatives, for which it looks as a search does:
    not to be asked under locks."""
    refused = [verdict.order for verdict in verdicts if not verdict.may_stand]
    others = dict(_alternatives(refused, int(now.timestamp())))
    return [
        replace(one, alternatives=others.get(id(verdict.order), ()))
        for one, verdict in zip(done(verdicts), verdicts, strict=True)
    ]


def done(
    verdicts: Sequence[Verdict],
    written: Mapping[datetime, Appointment] | None = None,
) -> list[Occurrence]:
    """Each date with what was `written` for it, by its start, or why nothing was.

    Without alternatives: whoever has written keeps the locks until the end.
    """
    return [
        Occurrence(
            starts_at=verdict.order.starts_at,
            timezone=_zone(verdict.order).key,
            codes=verdict.standing,
            appointment=(written or {}).get(
                verdict.order.starts_at, _moving(verdict.order)
            ),
        )
        for verdict in verdicts
    ]


def _verdicts(
    orders: Sequence[Order], rooms: Sequence[Room], now: datetime
) -> dict[int, Verdict]:
    """By the order's identity, what the rules say of it if all of them are written."""
    return {
        id(verdict.order): verdict
        for alike in _alike(orders)
        for verdict in placement.examine(alike, rooms, now)
    }


def _moving(order: Order) -> Appointment | None:
    """What is there already. A hold is none of the series until it is written."""
    replaced = order.replaces
    return None if replaced is None or replaced.is_hold else replaced


def _without(verdicts: Iterable[Verdict], others: Iterable[Verdict]) -> list[Verdict]:
    left_out = {id(each) for each in others}
    return [each for each in verdicts if id(each) not in left_out]


def _is_clear(
    verdict: Verdict, waiting: Iterable[Verdict], written: Iterable[Verdict]
) -> bool:
    """Whether it can be written before all others that are `waiting`."""
    before = [
        time_of(each.order.replaces)
        for each in waiting
        if each is not verdict and each.order.replaces
    ]
    after = [each.order.time for each in written]
    return not any(verdict.order.time.overlaps(time) for time in before + after)


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
