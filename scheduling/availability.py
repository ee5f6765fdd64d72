"""When therapists work, and when they are free: the rows as the engine wants them.

Search and booking load through here, so that the rules see the same facts in both. Ids
are strings and instants epoch seconds from here down.
"""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from scheduling import snapshots
from scheduling.engine import recurrence, rules
from scheduling.engine.intervals import FOREVER, Interval, merge
from scheduling.engine.recurrence import WeeklyHours
from scheduling.engine.wall_clock import DAY, HOUR, MINUTE, day_of
from scheduling.models import SessionType, WorkMode
from scheduling.policies import Policies

PRACTICE_ZONE = ZoneInfo(settings.TIME_ZONE)

Hours: TypeAlias = dict[rules.Place, list[Interval]]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules need to know about a span of time."""

    policies: Policies
    practice: rules.Practice
    offerings: Mapping[str, rules.Offering]
    calendars: Mapping[str, rules.Calendar]
    with_notice: bool
    has_horizon: bool = True

    def calendar_of(self, therapist: str) -> rules.Calendar:
        return self.calendars.get(therapist) or rules.Calendar()

    def without_horizon(self) -> "Facts":
        """The same, for the later weeks of a series: no date is too far ahead."""
        return replace(self, has_horizon=False)

    def policies_for(self, session_type: SessionType) -> dict[str, rules.Policy]:
        """What binds each therapist with a session type."""
        binding = self.policies.binding(
            session_type, self.offerings, self.practice, with_notice=self.with_notice
        )
        if self.has_horizon:
            return binding
        return {
            therapist: replace(policy, closes_at=FOREVER.end)
            for therapist, policy in binding.items()
        }


def kind(session_type: SessionType) -> rules.Kind:
    return rules.Kind(
        id=str(session_type.pk),
        duration=session_type.duration_minutes * MINUTE,
        step=session_type.start_every_minutes * MINUTE,
        telehealth_only=session_type.telehealth_only,
    )


@dataclass(frozen=True, slots=True)
class Almanac:
    """What stands in the books for some therapists, all but the sessions themselves."""

    policies: Policies
    offerings: Mapping[str, rules.Offering]
    travel: Mapping[tuple[str | None, str | None], int]
    rooms: Sequence[tuple[str, str, int]]  # id, office, capacity
    closures: Mapping[str | None, Sequence[Interval]]
    weekly: Mapping[int, Sequence[tuple[str, str | None, str, WeeklyHours]]]
    opened: Sequence[tuple[str, str | None, str, Interval]]
    time_off: Mapping[str, Sequence[Interval]]

    def facts(
        self,
        span: Interval,
        *,
        now: int,
        with_notice: bool,
        offices: Collection[str] | None = None,
        without: Collection[UUID] = (),
    ) -> Facts:
        """The calendars in `span`, a part of the almanac's own, and the practice.

        Sessions are read for as far around it as a buffer, a journey or a limit can
        reach. `offices` are those whose rooms matter, when not given those at which
        somebody works. `without` are appointments to leave out: one that moves does not
        stand in its own way.
        """
        default_travel = self.policies.practice.default_travel_minutes * MINUTE
        reach = max(
            *self.travel.values(), default_travel, 2 * HOUR, self.policies.reach()
        )
        hours = self.hours(span)
        sessions, taken = _sort_out(
            snapshots.sessions(
                span,
                reach,
                therapists=self.offerings.keys(),
                offices=_offices(hours) if offices is None else offices,
                without=without,
            ),
            self.offerings,
            self.policies,
        )
        return Facts(
            policies=self.policies,
            offerings=self.offerings,
            with_notice=with_notice,
            practice=rules.Practice(
                now=now,
                zone=PRACTICE_ZONE,
                closures=self.closures,
                travel=self.travel,
                default_travel=default_travel,
                rooms=_by_office(self.rooms, taken),
            ),
            calendars={
                therapist: rules.Calendar(
                    hours=hours.get(therapist, {}),
                    time_off=self.time_off.get(therapist, ()),
                    sessions=sessions.get(therapist, ()),
                )
                for therapist in self.offerings
            },
        )

    def hours(self, span: Interval) -> dict[str, Hours]:
        """Each therapist's hours on the days that `span` touches, merged by place."""
        found: dict[str, Hours] = defaultdict(lambda: defaultdict(list))
        touched = _TouchedDays(span)
        for day in _days(span):
            for therapist, office, mode, weekly in self.weekly.get(day.weekday(), ()):
                if weekly.hold_on(day) and touched.concern(weekly, day):
                    _open(found[therapist], office, mode, weekly.on(day))
        for therapist, office, mode, stretch in self.opened:
            _open(found[therapist], office, mode, stretch)
        return {
            therapist: {place: merge(stretches) for place, stretches in places.items()}
            for therapist, places in found.items()
        }


def almanac(therapists: Collection[str], span: Interval) -> Almanac:
    """What stands in the books for `therapists` in `span`, read in one statement."""
    standing = snapshots.standing(therapists, span, _days(span))
    offerings = {row[0]: _offering(*row) for row in standing.offerings}
    weekly = defaultdict(list)
    for therapist, office, mode, timezone, *rule in standing.rules:
        hours = _weekly_hours(rule, timezone)
        weekly[hours.weekday].append((therapist, office, mode, hours))
    return Almanac(
        policies=Policies.of(standing.policy, standing.policy_overrides),
        offerings={key: offerings[key] for key in therapists},
        travel=_both_ways(standing.travel),
        rooms=standing.rooms,
        closures=_stretches(standing.closures),
        weekly=weekly,
        opened=[_opened(*row) for row in standing.overrides],
        time_off=_stretches(standing.time_off),
    )


def facts(
    therapists: Collection[str],
    span: Interval,
    *,
    now: int,
    with_notice: bool,
    offices: Collection[str] | None = None,
    without: Collection[UUID] = (),
) -> Facts:
    """`Almanac.facts` for all of its span."""
    return almanac(therapists, span).facts(
        span, now=now, with_notice=with_notice, offices=offices, without=without
    )


def _offering(  # noqa: PLR0917  the columns of a row
    therapist: str,
    name: str,
    is_active: bool,  # noqa: FBT001
    session_types: list[str],
    offices: list[str],
    telehealth: bool,  # noqa: FBT001
    age_groups: list[str],
    accepts_new_clients: bool,  # noqa: FBT001
) -> rules.Offering:
    return rules.Offering(
        id=therapist,
        name=name,
        is_active=is_active,
        session_types=frozenset(session_types),
        offices=frozenset(offices),
        telehealth=telehealth,
        age_groups=frozenset(age_groups),
        accepts_new_clients=accepts_new_clients,
    )


def _weekly_hours(rule: Sequence[Any], timezone: str | None) -> WeeklyHours:
    weekday, start_minute, end_minute, valid_from, valid_until, every_weeks = rule
    return WeeklyHours(
        weekday,
        start_minute,
        end_minute,
        date.fromisoformat(valid_from),
        date.fromisoformat(valid_until) if valid_until else None,
        every_weeks,
        _zone(timezone),
    )


def _opened(  # noqa: PLR0917  the columns of a row
    therapist: str,
    office: str | None,
    mode: str,
    timezone: str | None,
    day: str,
    start_minute: int,
    end_minute: int,
) -> tuple[str, str | None, str, Interval]:
    stretch = recurrence.window(
        date.fromisoformat(day), start_minute, end_minute, _zone(timezone)
    )
    return therapist, office, mode, stretch


def _open(hours: Hours, office: str | None, mode: str, stretch: Interval) -> None:
    for place_mode in _MODES[WorkMode(mode)]:
        hours[rules.Place(office, place_mode)].append(stretch)


_MODES = {
    WorkMode.IN_PERSON: (rules.IN_PERSON,),
    WorkMode.TELEHEALTH: (rules.TELEHEALTH,),
    WorkMode.BOTH: (rules.IN_PERSON, rules.TELEHEALTH),
}


def _offices(hours: Mapping[str, Hours]) -> set[str]:
    """Where somebody works who may need a room."""
    return {
        place.office
        for places in hours.values()
        for place in places
        if place.office is not None and place.mode == rules.IN_PERSON
    }


def _sort_out(
    rows: Iterable[Sequence[Any]], therapists: Container[str], policies: Policies
) -> tuple[dict[str, list[rules.Session]], dict[str, list[Interval]]]:
    """The sessions of each of `therapists`, and when each room is taken."""
    sessions: dict[str, list[rules.Session]] = defaultdict(list)
    taken: dict[str, list[Interval]] = defaultdict(list)
    for therapist, room, office, start, end, *buffers in rows:
        if therapist in therapists:
            before, after = policies.buffers(therapist, *buffers)
            sessions[therapist].append(
                rules.Session(start, end, office, before * MINUTE, after * MINUTE)
            )
        if room is not None:
            taken[room].append(Interval(start, end))
    return sessions, taken


def _by_office(
    rooms: Iterable[tuple[str, str, int]], taken: Mapping[str, list[Interval]]
) -> dict[str, list[rules.Room]]:
    found: dict[str, list[rules.Room]] = defaultdict(list)
    for room, office, capacity in rooms:
        busy = sorted(taken[room]) if room in taken else ()
        found[office].append(rules.Room(room, office, capacity, busy))
    return found


def _stretches(rows: Iterable[Sequence[Any]]) -> dict[Any, list[Interval]]:
    """Stretches by what each row begins with."""
    found: dict[Any, list[Interval]] = defaultdict(list)
    for key, start, end in rows:
        found[key].append(Interval(start, end))
    return found


def _both_ways(
    rows: Iterable[Sequence[Any]],
) -> dict[tuple[str | None, str | None], int]:
    found: dict[tuple[str | None, str | None], int] = {}
    for one, other, minutes in rows:
        found[one, other] = found[other, one] = minutes * MINUTE
    return found


class _TouchedDays:
    """The dates that a span touches, on the wall of each zone that is asked for."""

    def __init__(self, span: Interval) -> None:
        self.span = span
        self.found: dict[ZoneInfo, tuple[date, date]] = {}

    def concern(self, weekly: WeeklyHours, day: date) -> bool:
        """Whether the hours of that day can be in the span, or touch some that are."""
        if weekly.zone not in self.found:
            first, last = (day_of(moment, weekly.zone) for moment in self.span)
            self.found[weekly.zone] = first, last
        first, last = self.found[weekly.zone]
        if day < first:
            return weekly.end_minute == DAY // MINUTE
        return day <= last or weekly.start_minute == 0


def _days(span: Interval) -> list[date]:
    """The dates that `span` touches on any wall, and the one before: hours of which may
    go on past midnight. No wall is more than a day from ours."""
    first = day_of(span.start, PRACTICE_ZONE) - timedelta(days=1)
    last = day_of(span.end, PRACTICE_ZONE) + timedelta(days=1)
    return list(recurrence.days_between(first, last))


def _zone(name: str | None) -> ZoneInfo:
    return PRACTICE_ZONE if name is None else ZoneInfo(name)
