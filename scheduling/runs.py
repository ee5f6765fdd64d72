"""Runs: which appointments a series comes to, as orders that nobody has examined yet.

Dates and hours are those of the wall, on both sides of a clock change.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clients.models import Client
from config.errors import Conflict, Malformed, Reason, RuleViolation
from locations.models import Office
from scheduling import orders
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine import recurrence
from scheduling.engine.rules import Code
from scheduling.engine.wall_clock import as_datetime, day_of, instant, minute_of
from scheduling.models import (
    CANCELLED,
    OPEN,
    Appointment,
    AppointmentSeries,
    AttendanceStatus,
    Mode,
    Therapist,
)
from scheduling.models.appointments import AppointmentQuerySet
from scheduling.orders import Order

MOST = 52  # occurrences of a series that are still to come
LONGEST_INTERVAL = 26  # weeks


class NoSuchRun(RuleViolation):
    """No series can have that many occurrences, or be that far apart."""

    @classmethod
    def because(cls, code: str, detail: str) -> "NoSuchRun":
        return cls(detail, reasons=[Reason(code, detail)])


class NothingFollows(Conflict):
    """No occurrence is left for what is to be done."""

    code = "nothing_follows"
    message = "No occurrence of the series from then on allows this."


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """How long a series goes on: `count` occurrences, or `until` a date, inclusive.

    Raises `Malformed` unless exactly one of them is given.
    """

    count: int | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if (self.count is None) == (self.until is None):
            raise Malformed("Give either a count or an end date.", field="count")

    def dates(self, first: date, every_weeks: int, *, most: int = MOST) -> list[date]:
        """The dates of the occurrences. Raises `NoSuchRun`."""
        if not 1 <= every_weeks <= LONGEST_INTERVAL:
            detail = f"A series comes back every 1 to {LONGEST_INTERVAL} weeks."
            raise NoSuchRun.because("every_weeks_out_of_range", detail)
        count = self.count
        if self.until is not None:
            count = recurrence.count_through(first, every_weeks, self.until)
        if count is None or count < 1:
            raise NoSuchRun.because("no_occurrence", "That makes no occurrence at all.")
        if count > most:
            detail = f"A series has at most {MOST} occurrences to come."
            raise NoSuchRun.because("too_many_occurrences", detail)
        return recurrence.dates(first, every_weeks, count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes different from some date on; what is not given stays as it is.

    Raises `Malformed` if nothing does.
    """

    weekday: int | None = None
    start_minute: int | None = None
    therapist: Therapist | None = None
    office: Office | None = None
    mode: Mode | None = None
    overrides: Collection[Code] = ()
    override_reason: str = ""

    def __post_init__(self) -> None:
        if not self.pattern:
            raise Malformed("Say what is to change.")

    @property
    def pattern(self) -> dict[str, Any]:  # Any: the values of fields
        """What it changes of the series itself."""
        names = ("weekday", "start_minute", "therapist", "office", "mode")
        given = {name: getattr(self, name) for name in names}
        return {name: value for name, value in given.items() if value is not None}


def run(order: Order, every_weeks: int, length: Length) -> list[Order]:
    """The orders of a series, of which `order` is the first, and may book a hold.

    Its hour is that of the wall, on both sides of a clock change. The booking horizon
    binds the first alone (decision D3). Raises `NoSuchRun` or `Malformed`.
    """
    if order.starts_at.second:
        raise Malformed("A series begins on a whole minute.", field="starts_at")
    zone = zone_of(order.office)
    minute = minute_of(order.time.start, zone)
    days = length.dates(day_of(order.time.start, zone), every_weeks)
    later = [
        replace(
            order,
            replaces=None,
            starts_at=as_datetime(instant(day, minute, zone)),
            exempt_from=(Code.HORIZON,),
        )
        for day in days[1:]
    ]
    return [order, *later]


def last_standing(occurrences: AppointmentQuerySet) -> Appointment:
    """The last of some occurrences that is not called off. Raises `NothingFollows`."""
    standing = occurrences.exclude(status__in=CANCELLED)
    last = standing.order_by("-occurs_on", "pk").first()
    if last is None:
        raise NothingFollows
    return last


def continuation(
    series: AppointmentSeries,
    last: Appointment,
    length: Length,
    *,
    overrides: Collection[Code] = (),
    override_reason: str = "",
    now: datetime,
) -> list[Order]:
    """The orders that go on after the last occurrence that stands, for the clients of
    `last`, the last of which the caller knows.

    Raises `NothingFollows` if there is none any more, or nobody in it, and `NoSuchRun`.
    """
    ends_on = last_standing(series.occurrences.all()).occurs_on
    clients = _clients_of(last)
    if ends_on is None or not clients:
        raise NothingFollows
    ahead = series.occurrences.filter(status__in=OPEN, starts_at__gt=now)
    to_come = ahead.count()
    zone = zone_of(series.office)
    day = ends_on + timedelta(weeks=series.every_weeks)
    first = recurrence.in_week_of(day, series.weekday)
    return [
        Order(
            therapist=series.therapist,
            clients=clients,
            session_type=series.session_type,
            office=series.office,
            mode=Mode(series.mode),
            starts_at=as_datetime(instant(day, series.start_minute, zone)),
            overrides=overrides,
            override_reason=override_reason,
            exempt_from=(Code.HORIZON,),
        )
        for day in length.dates(first, series.every_weeks, most=MOST - to_come)
    ]


def moves(
    following: AppointmentQuerySet, change: Change, *, now: datetime
) -> list[Order]:
    """The orders that move what has not begun, each within its own week, in order of
    start.

    Raises `NothingFollows` if there is none that can move.
    """
    rows = following.filter(status__in=OPEN, starts_at__gt=now).with_parts()
    moved = [
        _to_move(row, change)
        for row in rows.order_by("starts_at", "pk")
        if orders.expected(row)  # else it has just been called off by somebody else
    ]
    if not moved:
        raise NothingFollows
    return moved


def zone_of(office: Office | None) -> ZoneInfo:
    """Whose wall the hours of a series are on."""
    return office.zone if office else PRACTICE_ZONE


def local_day(order: Order) -> date:
    """The date of an order on the wall."""
    return day_of(order.time.start, zone_of(order.office))


def _to_move(occurrence: Appointment, change: Change) -> Order:
    office = change.office or occurrence.office
    zone = zone_of(office)
    start = int(occurrence.starts_at.timestamp())
    day, minute = day_of(start, zone), minute_of(start, zone)
    if change.weekday is not None:
        day = recurrence.in_week_of(occurrence.occurs_on or day, change.weekday)
    if change.start_minute is not None:
        minute = change.start_minute
    return orders.to_move(
        occurrence,
        starts_at=as_datetime(instant(day, minute, zone)),
        therapist=change.therapist,
        office=office,
        mode=change.mode,
        overrides=change.overrides,
        override_reason=change.override_reason,
    )


def _clients_of(last: Appointment) -> list[Client]:
    """Whoever came, or was to come, to the last occurrence to its end."""
    left = [AttendanceStatus.CANCELLED, AttendanceStatus.LATE_CANCELLED]
    parts = last.attendances.exclude(status__in=left).select_related("client")
    return [part.client for part in parts.order_by("pk")]
