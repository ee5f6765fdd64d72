"""Series: the same appointment every week or two.

Each occurrence is an appointment of its own. It is changed by itself as any other is;
what is here books many together, and changes one and those that follow. All of them are
written in one transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from django.contrib.auth.models import User
from django.db import transaction

from config.errors import Conflict
from locations.models import Room
from scheduling import (
    appointments,
    booking,
    holds,
    occurrences,
    placement,
    runs,
    series_notices,
)
from scheduling.engine import recurrence
from scheduling.engine.rules import Code
from scheduling.engine.wall_clock import day_of, minute_of
from scheduling.locking import lock_calendars
from scheduling.models import (
    Appointment,
    AppointmentSeries,
    AppointmentStatus,
    Attendance,
)
from scheduling.models.appointments import AppointmentQuerySet
from scheduling.occurrences import Occurrence, OnConflict
from scheduling.orders import Order
from scheduling.placement import HoldExpired, Verdict
from scheduling.reminders import Tell
from scheduling.runs import Change, Length, NothingFollows

# To differ in one of these is to move; its terms are those it was booked under.
MOVES = ("starts_at", "ends_at", "therapist", "office", "mode", "room")
CANCELLABLE = (AppointmentStatus.SCHEDULED, AppointmentStatus.CONFIRMED)


class SeriesChanged(Conflict):
    """An occurrence was changed by somebody else at the same moment."""

    code = "series_changed"
    message = "An occurrence has just been changed. Look again, and repeat it."


def book(
    run: Sequence[Order],
    *,
    every_weeks: int,
    on_conflict: OnConflict,
    note: str = "",
    by: User | None = None,
    now: datetime,
) -> tuple[AppointmentSeries, list[Occurrence]]:
    """Book the orders of a `run`: all of them, or as many as the rules allow.

    What the first of them `replaces` is a hold, which becomes that occurrence, and
    whose note is that of all unless there is another. Raises `SlotTaken`,
    `DatesForbidden` or `NothingBookable`, with what is to be said of each, or
    `HoldExpired`; then nothing has been written.
    """
    with occurrences.explaining_refusals(now), transaction.atomic():
        rooms = placement.lock(run)
        if run[0].replaces is not None:
            held = holds.still_held(run[0].replaces)
            run = [replace(run[0], replaces=held), *run[1:]]
            note = note or held.note
        verdicts = _examine_new(run, rooms, now)
        chosen = occurrences.chosen(verdicts, on_conflict)
        series = _create(run[0], every_weeks, by)
        written = _write(series, chosen, note=note, by=by, now=now)
    return series, occurrences.done(verdicts, written)


def report(run: Sequence[Order], *, now: datetime) -> list[Occurrence]:
    """What booking a `run` would come to now. Nothing is locked or written.

    Raises `HoldExpired`.
    """
    held = run[0].replaces
    kept = Appointment.objects.holds().occupying()
    if held is not None and not kept.filter(pk=held.pk).exists():
        raise HoldExpired
    rooms = list(placement.rooms_in_question(run))
    return occurrences.told(_examine_new(run, rooms, now), now=now)


def extend(
    series: AppointmentSeries,
    length: Length,
    *,
    visible: AppointmentQuerySet,
    on_conflict: OnConflict,
    overrides: Collection[Code] = (),
    override_reason: str = "",
    by: User | None = None,
    now: datetime,
) -> list[Occurrence]:
    """Book what goes on after the last occurrence of a series, for whoever came to the
    last that is `visible` to the caller.

    Raises `SeriesChanged`, or as `continuation` and `book` do.
    """
    with occurrences.explaining_refusals(now), transaction.atomic():
        series = _locked(series)
        last = runs.last_standing(visible)
        further = runs.continuation(
            series,
            last,
            length,
            overrides=overrides,
            override_reason=override_reason,
            now=now,
        )
        rooms = placement.lock(further)
        _lock_occurrences([last])
        verdicts = occurrences.examine(further, rooms, now)
        chosen = occurrences.chosen(verdicts, on_conflict)
        written = _write(series, chosen, by=by, now=now)
    return occurrences.done(verdicts, written)


def reschedule(
    series: AppointmentSeries,
    change: Change,
    *,
    following: AppointmentQuerySet,
    on_conflict: OnConflict,
    now: datetime,
    tell: bool = True,
) -> list[Occurrence]:
    """Move the occurrences `following` that can move, and change the series with them.

    Who comes is told once of all, unless they are not to be told (`tell`). Raises
    `NothingFollows`, `SeriesChanged`, `SlotTaken`, `DatesForbidden` or
    `NothingBookable`.
    """
    with occurrences.explaining_refusals(now), transaction.atomic():
        series = _locked(series)
        wanted = runs.moves(following, change, now=now)
        rooms = placement.lock(wanted)
        _lock_occurrences([order.replaces for order in wanted if order.replaces])
        verdicts = occurrences.examine(wanted, rooms, now)
        chosen = occurrences.chosen(verdicts, on_conflict)
        moved = _move(chosen, change, now, _each(tell))
        _change(series, change.pattern)
        if tell:
            series_notices.tell(
                moved,
                staying=[
                    verdict.order.replaces
                    for verdict in verdicts
                    if verdict.order.replaces and not verdict.may_stand
                ],
                now=now,
            )
    return occurrences.done(verdicts)


def cancel(
    series: AppointmentSeries,
    *,
    following: AppointmentQuerySet,
    by: Literal["client", "practice"],
    reason: str = "",
    decided_by: User | None = None,
    now: datetime,
    tell: bool = True,
) -> list[Occurrence]:
    """Call off the occurrences `following` that have not begun; each by its deadline.

    Who would have come is told once of all, unless they are not to be told (`tell`).
    Raises `NothingFollows` or `SeriesChanged`.
    """
    with transaction.atomic():
        _locked(series)
        ahead = list(
            following.filter(status__in=CANCELLABLE, starts_at__gt=now)
            .select_related("office")
            .order_by("starts_at", "pk")
        )
        if not ahead:
            raise NothingFollows
        _lock_calendars_of_all(ahead)
        _lock_occurrences(ahead)
        for each in ahead:
            booking.call_off(
                each,
                by=by,
                reason=reason,
                decided_by=decided_by,
                now=now,
                tell=_each(tell),
            )
        if tell:
            series_notices.tell(ahead, now=now)
    return [
        Occurrence(each.starts_at, each.timezone, appointment=each) for each in ahead
    ]


def _examine_new(
    run: Sequence[Order], rooms: Sequence[Room], now: datetime
) -> list[Verdict]:
    """Leaving out the first does not make bookable what lies beyond the horizon."""
    verdicts = occurrences.examine(run, rooms, now)
    if Code.HORIZON not in verdicts[0].standing:
        return verdicts
    bound = [replace(order, exempt_from=()) for order in run]
    return occurrences.examine(bound, rooms, now)


def _create(first: Order, every_weeks: int, by: User | None) -> AppointmentSeries:
    zone = runs.zone_of(first.office)
    return AppointmentSeries.objects.create(
        therapist=first.therapist,
        office=first.office,
        session_type=first.session_type,
        mode=first.mode,
        weekday=day_of(first.time.start, zone).weekday(),
        start_minute=minute_of(first.time.start, zone),
        every_weeks=every_weeks,
        created_by=by,
    )


def _write(
    series: AppointmentSeries,
    chosen: Sequence[Verdict],
    *,
    note: str = "",
    by: User | None,
    now: datetime,
) -> dict[datetime, Appointment]:
    """New occurrences with their parts and messages, by their start."""
    first, clients = chosen[0].order, chosen[0].order.clients
    booked = [
        {
            **verdict.place,
            "series": series,
            "occurs_on": runs.local_day(verdict.order),
            "note": note,
        }
        for verdict in chosen
    ]
    written = []
    if first.replaces is not None:
        holds.book(first.replaces, clients, booked.pop(0))
        written.append(first.replaces)
    new = [{**fields, "created_by": by} for fields in booked]
    written += appointments.write(new, clients)
    series_notices.plan(written, clients, now=now)
    return {each.starts_at: each for each in written}


def _each(tell: bool) -> Tell:  # noqa: FBT001  the choice of whoever changes it
    """How each of several is told: by the one notice of all that follows, or not."""
    return Tell.TOGETHER if tell else Tell.NOT


def _move(
    chosen: Sequence[Verdict], change: Change, now: datetime, tell: Tell
) -> list[Appointment]:
    """Move occurrences; those of which there is something to tell, in order of start.

    What is there already stays as it is.
    """
    moved = []
    for verdict in occurrences.in_turn(chosen):
        occurrence = verdict.order.replaces
        if occurrence is None:
            continue
        known, day = occurrence.facts_version, occurrence.occurs_on
        if change.weekday is not None and day is not None:
            day = recurrence.in_week_of(day, change.weekday)
        place = {**verdict.place, "occurs_on": day}
        if any(getattr(occurrence, name) != place[name] for name in MOVES):
            booking.move(occurrence, place, now=now, tell=tell)
        elif occurrence.occurs_on != day:
            appointments.change(occurrence, occurs_on=day)
        if occurrence.facts_version != known:
            moved.append(occurrence)
    return sorted(moved, key=lambda each: each.starts_at)


def _change(
    series: AppointmentSeries,
    pattern: Mapping[str, Any],  # Any: the values of fields
) -> None:
    for name, value in pattern.items():
        setattr(series, name, value)
    series.save(update_fields=pattern.keys())


def _locked(series: AppointmentSeries) -> AppointmentSeries:
    """The series as it is now, for one at a time; before any calendar is locked."""
    rows = AppointmentSeries.objects.select_for_update(no_key=True, of=("self",))
    parts = rows.select_related("therapist", "office", "session_type")
    return parts.get(pk=series.pk)


def _lock_calendars_of_all(appointments: Sequence[Appointment]) -> None:
    parts = Attendance.objects.filter(appointment__in=appointments)
    rooms = {each.room_id for each in appointments if each.room_id}
    lock_calendars(
        therapists={each.therapist_id for each in appointments},
        clients=set(parts.values_list("client", flat=True)),
        rooms=Room.objects.filter(pk__in=rooms),
    )


def _lock_occurrences(seen: Sequence[Appointment]) -> None:
    """Lock occurrences in order of start, once their calendars are locked.

    Raises `SeriesChanged` if one is no longer as it was `seen`.
    """
    rows = Appointment.objects.filter(pk__in=[each.pk for each in seen])
    versions = rows.order_by("starts_at", "pk").select_for_update(of=("self",))
    now = dict(versions.values_list("pk", "version"))
    if now != {each.pk: each.version for each in seen}:
        raise SeriesChanged
