"""Which sessions there are in eight weeks: standing ones, first ones, exceptions."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from random import Random

from clients.models import Client
from scheduling.availability import PRACTICE_ZONE
from scheduling.demo.diary import Diary, Session
from scheduling.demo.standing import StandingTime
from scheduling.engine.recurrence import WeeklyHours
from scheduling.engine.rules import Code
from scheduling.engine.wall_clock import DAY, HOUR, as_datetime, instant
from scheduling.models import (
    AppointmentSeries,
    AvailabilityRule,
    Mode,
    SessionType,
    Therapist,
    WorkMode,
)

MISSED = 0.04  # of standing times, agreed on beforehand and never booked
OVERRIDDEN = 2
ATTEMPTS = 24
SOON = 7  # days


@dataclass(frozen=True, slots=True)
class Wish:
    """A first session that a newcomer asks for."""

    client: Client
    therapist: Therapist
    session_type: SessionType
    days: Sequence[date]


def keep_standing_times(
    diary: Diary, times: Sequence[StandingTime], days: Sequence[date], random: Random
) -> None:
    """Place every standing time in each of the weeks in which its party comes: as a
    series, booked before the first. Where the rooms were taken, the party calls
    instead, which was booked by itself."""
    opening = instant(days[0], 0, PRACTICE_ZONE)
    booked = [
        opening - random.randint(7, 30) * DAY + random.randint(9, 16) * HOUR
        for _ in times
    ]
    hours = [_weekly_hours(time.rule) for time in times]
    series = [
        _series(time, as_datetime(moment))
        for time, moment in zip(times, booked, strict=True)
    ]
    for day in days:
        for time, weekly, booked_at, row in zip(
            times, hours, booked, series, strict=True
        ):
            if not (weekly.hold_on(day) and time.falls_on(day)):
                continue
            if random.random() < MISSED:
                continue
            session = Session(
                therapist=time.rule.therapist,
                clients=time.clients,
                session_type=time.session_type,
                office=time.rule.office,
                mode=time.mode,
                start=instant(day, time.minute, weekly.zone),
                booked_at=booked_at,
                series=row,
            )
            if not diary.place(session) and time.rule.mode == WorkMode.BOTH:
                alone = replace(session, mode=Mode.TELEHEALTH, series=None)
                diary.place(alone)
    _dissolve_single(diary.sessions)


def welcome(
    diary: Diary,
    newcomers: Iterable[Client],
    therapists: Sequence[Therapist],
    kinds: Sequence[SessionType],
    *,
    days: Sequence[date],
    random: Random,
) -> None:
    """Give each newcomer a first session of each of `kinds`, one after the other."""
    today = instant(days[len(days) // 2], 0, PRACTICE_ZONE)
    for client in newcomers:
        therapist = random.choice(therapists)
        begin = random.randrange(len(days) - 2 * SOON)
        for kind in kinds:
            near = days[begin : begin + SOON]
            wish = Wish(client, therapist, kind, near)
            session = _first_free(diary, wish, random)
            if session is not None:
                latest = min(session.start, today) - random.randint(10, 30) * HOUR
                session.booked_at = min(
                    session.start - random.randint(2, 9) * DAY, latest
                )
                begin = days.index(session.day) + 2


def make_exceptions(diary: Diary, random: Random) -> None:
    """A few sessions an hour before the therapist's hours begin."""
    sessions = random.sample(diary.sessions, len(diary.sessions))
    placed = 0
    for session in sessions:
        extra = replace(
            session,
            clients=_somebody_else(diary, session),
            start=session.start - HOUR,
            room=None,
            overridden=[Code.OUTSIDE_HOURS],
            series=None,
        )
        placed += bool(extra.clients) and diary.place(extra)
        if placed == OVERRIDDEN:
            return


def _series(time: StandingTime, created_at: datetime) -> AppointmentSeries:
    return AppointmentSeries(
        therapist=time.rule.therapist,
        office=time.rule.office,
        session_type=time.session_type,
        mode=time.mode,
        weekday=time.rule.weekday,
        start_minute=time.minute,
        every_weeks=time.rule.every_weeks * time.every_weeks,
        created_at=created_at,
    )


def _dissolve_single(sessions: Iterable[Session]) -> None:
    """One session makes no series."""
    members = Counter(one.series.pk for one in sessions if one.series)
    for session in sessions:
        if session.series and members[session.series.pk] == 1:
            session.series = None


def _first_free(diary: Diary, wish: Wish, random: Random) -> Session | None:
    """A session on one of the wished days, or None when none was found."""
    for _ in range(ATTEMPTS):
        place = random.choice(diary.places(wish.therapist))
        session = Session(
            therapist=wish.therapist,
            clients=[wish.client],
            session_type=wish.session_type,
            office=diary.offices.get(place.office or ""),
            mode=Mode(place.mode),
            start=instant(random.choice(wish.days), 0, PRACTICE_ZONE),
            booked_at=0,
        )
        starts = diary.starts(session)
        if starts:
            session.start = random.choice(starts)
            if diary.place(session):
                return session
    return None


def _somebody_else(diary: Diary, session: Session) -> Sequence[Client]:
    """Another client of the same therapist, who comes alone and on another day."""
    for one in diary.sessions:
        if (
            one.therapist is session.therapist
            and one.session_type is session.session_type
            and len(one.clients) == 1
            and one.day.weekday() != session.day.weekday()
        ):
            return one.clients
    return ()


def _weekly_hours(rule: AvailabilityRule) -> WeeklyHours:
    return WeeklyHours(
        rule.weekday,
        rule.start_minute,
        rule.end_minute,
        rule.valid_from,
        rule.valid_until,
        rule.every_weeks,
        rule.office.zone if rule.office else PRACTICE_ZONE,
    )
