"""The demo's practice on the Monday of the tests, the same on every run.

The team, its hours, offices, closures and vacations are the demo's own. What is booked
is regular: of every three therapists one has a full first week, and one is taken at the
first hour of each of their shifts for two weeks.
"""

from datetime import date, timedelta
from random import Random

from scheduling import reference
from scheduling.demo import loading, premises, rows, staff
from scheduling.demo.staff import Team
from scheduling.engine.wall_clock import as_datetime, instant
from scheduling.models import Appointment, AvailabilityRule, Mode, SessionType
from tests.times import MONDAY, NOW, ZONE

SEED = "7 0"  # of the demo's first team


def open_practice() -> Team:
    reference.load()
    offers = loading._offers()  # noqa: SLF001  as the demo does it
    rows.write(premises.closures(MONDAY, offers.offices))
    rows.write(premises.rooms(offers.offices))
    team = staff.hire(
        offers,
        MONDAY - timedelta(weeks=loading.WEEKS_BEFORE),
        Random(SEED),  # noqa: S311
    )
    rows.write(team.rows())
    kind = SessionType.objects.get(slug="individual-50")
    numbers = {one: number for number, one in enumerate(team.therapists)}
    rows.write(
        _session(rule, day, hour, kind)
        for rule in team.rules
        for day, hour in _taken(rule, numbers[rule.therapist])
    )
    return team


def _taken(rule: AvailabilityRule, number: int) -> list[tuple[date, int]]:
    first, last = rule.start_minute // 60, rule.end_minute // 60
    hours = {0: range(first, last), 1: range(0), 2: range(first, first + 1)}[number % 3]
    weeks = {0: 1, 1: 0, 2: 2}[number % 3]
    days = [MONDAY + timedelta(rule.weekday, weeks=week) for week in range(weeks)]
    return [
        (day, hour)
        for day in days
        if (day - rule.valid_from).days // 7 % rule.every_weeks == 0
        for hour in hours
    ]


def _session(
    rule: AvailabilityRule, day: date, hour: int, kind: SessionType
) -> Appointment:
    """By video, so that it takes nobody's room."""
    starts_at = as_datetime(instant(day, hour * 60, ZONE))
    return Appointment(
        therapist=rule.therapist,
        office=rule.office,
        session_type=kind,
        mode=Mode.TELEHEALTH,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=50),
        late_cancel_at=starts_at - timedelta(days=1),
        created_at=NOW,
    )
