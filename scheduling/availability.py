"""When therapists work, and when they are free: the rows as the engine wants them.

Search and booking load through here, so that the rules see the same facts in both. Ids
are strings and instants epoch seconds from here down.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, starmap
from typing import TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    Count,
    Model,
    OuterRef,
    Q,
    QuerySet,
    TextField,
)
from django.db.models.functions import Cast, Extract

from clients.models import AgeGroup, Client
from locations.models import Closure, Room, TravelTime
from scheduling.engine import recurrence, rules
from scheduling.engine.intervals import FOREVER, Interval, merge
from scheduling.engine.recurrence import WeeklyHours
from scheduling.engine.wall_clock import DAY, HOUR, MINUTE, as_datetime, day_of, instant
from scheduling.models import (
    ATTENDING,
    TREATING,
    Appointment,
    Attendance,
    AvailabilityOverride,
    AvailabilityRule,
    PracticePolicy,
    SessionType,
    Therapist,
    TimeOff,
    WorkMode,
)
from scheduling.models.appointments import AppointmentQuerySet

PRACTICE_ZONE = ZoneInfo(settings.TIME_ZONE)
BIRTHDAYS = (13, 18, 65)  # on which the age group changes, in the order of AgeGroup

Hours: TypeAlias = dict[rules.Place, list[Interval]]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules need to know about a span of time."""

    practice: rules.Practice
    calendars: Mapping[str, rules.Calendar]

    def calendar_of(self, therapist: str) -> rules.Calendar:
        return self.calendars.get(therapist) or rules.Calendar()


def policy() -> PracticePolicy:
    """The practice's policy; its defaults until one is saved."""
    return PracticePolicy.objects.first() or PracticePolicy()


def kind(session_type: SessionType) -> rules.Kind:
    return rules.Kind(
        id=str(session_type.pk),
        duration=session_type.duration_minutes * MINUTE,
        buffer_before=session_type.buffer_before_minutes * MINUTE,
        buffer_after=session_type.buffer_after_minutes * MINUTE,
        step=session_type.start_every_minutes * MINUTE,
        telehealth_only=session_type.telehealth_only,
    )


def offerings(therapists: QuerySet[Therapist]) -> dict[str, rules.Offering]:
    """What each of `therapists` offers, by id."""
    rows = therapists.values_list(
        _text("pk"),
        "is_active",
        _linked(Therapist.session_types.through, "sessiontype"),
        _linked(Therapist.offices.through, "office"),
        "telehealth",
        "age_groups",
        "accepts_new_clients",
    )
    return {
        row[0]: rules.Offering(
            id=row[0],
            is_active=row[1],
            session_types=frozenset(row[2]),
            offices=frozenset(row[3]),
            telehealth=row[4],
            age_groups=frozenset(row[5]),
            accepts_new_clients=row[6],
        )
        for row in rows
    }


def party(
    clients: Sequence[Client], span: Interval, *, without: UUID | None = None
) -> rules.Party:
    """Those who are to come, as the rules see them in `span`."""
    keys = [client.pk for client in clients]
    mine = Attendance.objects.filter(client__in=keys, status__in=ATTENDING)
    busy = Appointment.objects.occupying().overlapping(*_datetimes(span))
    return rules.Party(
        size=len(clients),
        ages=[age for client in clients for age in _ages(client, span)],
        has_telehealth_consent=all(client.telehealth_consent_on for client in clients),
        known_to=_therapists_of(keys),
        busy=merge(
            Interval(*row)
            for row in busy.filter(attendances__in=mine)
            .exclude(pk=without)
            .values_list(_epoch("starts_at"), _epoch("ends_at"))
        ),
    )


def newcomers(size: int) -> rules.Party:
    """People nobody knows yet; their age and consent are asked when they book."""
    return rules.Party(size=size, ages=())


def facts(
    therapists: Collection[str],
    span: Interval,
    *,
    now: int,
    with_notice: bool,
    offices: Collection[str] | None = None,
    without: UUID | None = None,
) -> Facts:
    """The calendars of `therapists` in `span`, and the practice around them.

    Sessions are read for as far around `span` as a buffer or a journey can reach.
    `offices` are those whose rooms matter, all when not given. `without` is an
    appointment to leave out: one that moves does not stand in its own way.
    """
    policy_, travel = policy(), _travel()
    reach = max(*travel.values(), policy_.default_travel_minutes * MINUTE, 2 * HOUR)
    wide = Interval(span.start - reach, span.end + reach)
    rows = _occupied(wide, therapists, offices).exclude(pk=without)
    sessions, taken = _sort_out(rows)
    worked, time_off = hours(therapists, span), _time_off(therapists, span)
    return Facts(
        practice=rules.Practice(
            now=now,
            opens_at=now + policy_.minimum_notice_hours * HOUR if with_notice else now,
            closes_at=_horizon(now, policy_),
            closures=_closures(span),
            travel=travel,
            default_travel=policy_.default_travel_minutes * MINUTE,
            rooms=_rooms(taken, offices),
        ),
        calendars={
            therapist: rules.Calendar(
                hours=worked.get(therapist, {}),
                time_off=time_off.get(therapist, []),
                sessions=sessions.get(therapist, []),
            )
            for therapist in therapists
        },
    )


def hours(therapists: Collection[str], span: Interval) -> dict[str, Hours]:
    """The hours of each therapist on the days that `span` touches, merged by place."""
    days = _days(span)
    found: dict[str, Hours] = defaultdict(lambda: defaultdict(list))
    rules_ = AvailabilityRule.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=days[0]),
        therapist__in=therapists,
        valid_from__lte=days[-1],
        weekday__in={day.weekday() for day in days},
    ).values_list(
        _text("therapist"),
        _text("office"),
        "mode",
        "office__timezone",
        "weekday",
        "start_minute",
        "end_minute",
        "valid_from",
        "valid_until",
        "every_weeks",
    )
    for therapist, office, mode, timezone, *weekly in rules_:
        weekly_hours = WeeklyHours(*weekly, zone=_zone(timezone))
        for place in _places(office, mode):
            found[therapist][place].extend(recurrence.expand(weekly_hours, days))
    overrides = AvailabilityOverride.objects.filter(
        therapist__in=therapists, date__range=(days[0], days[-1])
    ).values_list(
        _text("therapist"),
        _text("office"),
        "mode",
        "office__timezone",
        "date",
        "start_minute",
        "end_minute",
    )
    for therapist, office, mode, timezone, day, start, end in overrides:
        opened = recurrence.window(day, start, end, _zone(timezone))
        for place in _places(office, mode):
            found[therapist][place].append(opened)
    return {
        therapist: {place: merge(stretches) for place, stretches in places.items()}
        for therapist, places in found.items()
    }


def _horizon(now: int, policy_: PracticePolicy) -> int:
    """The end of the last day that can be booked."""
    last = day_of(now, PRACTICE_ZONE) + timedelta(days=policy_.booking_horizon_days)
    return instant(last, DAY // MINUTE, PRACTICE_ZONE)


def _occupied(
    span: Interval, therapists: Collection[str], offices: Collection[str] | None
) -> AppointmentQuerySet:
    rows = Appointment.objects.occupying().overlapping(*_datetimes(span))
    if offices is None:
        return rows
    return rows.filter(Q(therapist__in=therapists) | Q(office__in=offices))


def _sort_out(
    rows: AppointmentQuerySet,
) -> tuple[dict[str, list[rules.Session]], dict[str, list[Interval]]]:
    """The sessions of each therapist, and when each room is taken."""
    sessions: dict[str, list[rules.Session]] = defaultdict(list)
    taken: dict[str, list[Interval]] = defaultdict(list)
    for therapist, room, office, start, end, before, after in rows.values_list(
        _text("therapist"),
        _text("room"),
        _text("office"),
        _epoch("starts_at"),
        _epoch("ends_at"),
        "session_type__buffer_before_minutes",
        "session_type__buffer_after_minutes",
    ):
        sessions[therapist].append(
            rules.Session(start, end, office, before * MINUTE, after * MINUTE)
        )
        if room is not None:
            taken[room].append(Interval(start, end))
    return sessions, taken


def _places(office: str | None, mode: str) -> list[rules.Place]:
    modes = _MODES[WorkMode(mode)]
    return [rules.Place(office, mode) for mode in modes]


_MODES = {
    WorkMode.IN_PERSON: (rules.IN_PERSON,),
    WorkMode.TELEHEALTH: (rules.TELEHEALTH,),
    WorkMode.BOTH: (rules.IN_PERSON, rules.TELEHEALTH),
}


def _time_off(therapists: Collection[str], span: Interval) -> dict[str, list[Interval]]:
    start, end = _datetimes(span)
    found: dict[str, list[Interval]] = defaultdict(list)
    for therapist, *stretch in TimeOff.objects.filter(
        therapist__in=therapists, starts_at__lt=end, ends_at__gt=start
    ).values_list(_text("therapist"), _epoch("starts_at"), _epoch("ends_at")):
        found[therapist].append(Interval(*stretch))
    return found


def _closures(span: Interval) -> dict[str | None, list[Interval]]:
    start, end = _datetimes(span)
    found: dict[str | None, list[Interval]] = defaultdict(list)
    for office, *stretch in Closure.objects.filter(
        starts_at__lt=end, ends_at__gt=start
    ).values_list(_text("office"), _epoch("starts_at"), _epoch("ends_at")):
        found[office].append(Interval(*stretch))
    return found


def _travel() -> dict[tuple[str | None, str | None], int]:
    found: dict[tuple[str | None, str | None], int] = {}
    for one, other, minutes in TravelTime.objects.values_list(
        _text("origin"), _text("destination"), "minutes"
    ):
        found[one, other] = found[other, one] = minutes * MINUTE
    return found


def _rooms(
    taken: Mapping[str, list[Interval]], offices: Collection[str] | None
) -> dict[str, list[rules.Room]]:
    rooms = Room.objects.active()
    if offices is not None:
        rooms = rooms.filter(office__in=offices)
    found: dict[str, list[rules.Room]] = defaultdict(list)
    for key, office, capacity in rooms.values_list(
        _text("pk"), _text("office"), "capacity"
    ):
        found[office].append(rules.Room(key, office, capacity, sorted(taken[key])))
    return found


def _therapists_of(clients: Sequence[UUID]) -> frozenset[str]:
    """The therapists who treat, or have treated, every one of `clients`."""
    rows = (
        Attendance.objects.filter(client__in=clients, appointment__status__in=TREATING)
        .values("appointment__therapist")
        .annotate(known=Count("client", distinct=True))
        .filter(known=len(clients))
        .values_list(_text("appointment__therapist"), flat=True)
    )
    return frozenset(rows)


def _ages(client: Client, span: Interval) -> list[tuple[Interval, str]]:
    """The age groups that a client belongs to in `span`, each with its stretch."""
    birthdays = [
        instant(_birthday(client.born_on, age), 0, PRACTICE_ZONE) for age in BIRTHDAYS
    ]
    stretches = pairwise([FOREVER.start, *birthdays, FOREVER.end])
    groups = zip(starmap(Interval, stretches), AgeGroup, strict=True)
    return [(stretch, group) for stretch, group in groups if stretch.overlaps(span)]


def _birthday(born_on: date, age: int) -> date:
    """The day on which somebody completes `age` years; 29 February becomes 1 March."""
    try:
        return born_on.replace(year=born_on.year + age)
    except ValueError:
        return date(born_on.year + age, 3, 1)


def _days(span: Interval) -> list[date]:
    """The dates that `span` touches on any wall, each zone being within a day of ours."""
    first = day_of(span.start, PRACTICE_ZONE) - timedelta(days=1)
    last = day_of(span.end, PRACTICE_ZONE) + timedelta(days=1)
    return list(recurrence.days_between(first, last))


def _zone(name: str | None) -> ZoneInfo:
    return PRACTICE_ZONE if name is None else ZoneInfo(name)


def _datetimes(span: Interval) -> tuple[datetime, datetime]:
    return as_datetime(span.start), as_datetime(span.end)


def _epoch(name: str) -> Cast:
    """An instant in epoch seconds, twice as fast to read as a datetime."""
    return Cast(Extract(name, "epoch", tzinfo=UTC), BigIntegerField())


def _text(name: str) -> Cast:
    return Cast(name, TextField())


def _linked(through: type[Model], name: str) -> ArraySubquery:
    """The keys that a many-to-many table links to each therapist."""
    rows = through._default_manager.filter(therapist=OuterRef("pk"))  # noqa: SLF001
    return ArraySubquery(rows.values_list(_text(name), flat=True))
