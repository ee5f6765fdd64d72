"""A year of reminders, through both changes of the clock, beside a table of minutes.

The table knows what the wall shows at each minute of the year and no other arithmetic:
a reminder is found in it by looking. Then the year passes, by a clock of PostgreSQL's
that the test sets, and each message goes out at its minute.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from clients.models import Channel
from scheduling import drafts, outbox, reminders
from scheduling.models import Appointment, Message, MessageKind, MessageState, Mode
from tests.factories.clients import ClientFactory
from tests.factories.locations import OfficeFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    PracticePolicyFactory,
    ReminderRuleFactory,
    TherapistFactory,
)

pytestmark = pytest.mark.django_db

PLANNED_AT = datetime(2027, 1, 4, 20, tzinfo=UTC)  # noon
FIRST_WEEK = date(2027, 1, 18)
WEEKS = 52
CHANGES = (date(2027, 3, 14), date(2027, 11, 7))
ZONES = ["America/Los_Angeles"] * 4 + ["America/New_York"]
STARTS = [  # a weekday, 0 is Monday, and what the wall shows
    (0, "00:30"),
    (0, "01:30"),
    (0, "02:30"),
    (6, "02:30"),
    (6, "09:00"),
    (1, "23:30"),
]
OFFSETS = {
    7 * 24 * 60: Channel.EMAIL,
    48 * 60: Channel.EMAIL,
    24 * 60: Channel.SMS,
    2 * 60: Channel.SMS,
}
LOUD = range(8 * 60, 20 * 60)  # minutes of the day outside quiet hours
ALWAYS = range(24 * 60)

Wall = tuple[date, int]  # what it shows: the date, and minutes after midnight


@dataclass(frozen=True)
class Minutes:
    """What a wall shows from minute to minute; the minutes are of the epoch."""

    first: int
    walls: list[Wall]

    def showing(self, day: date, minute: int) -> int:
        """The first minute at which the wall shows that, or more."""
        shown = self._by_wall()
        while (day, minute) not in shown:
            minute += 1  # in the skipped hour
        return shown[day, minute]

    def wall(self, moment: int) -> Wall:
        return self.walls[moment - self.first]

    @cache  # noqa: B019  one for each zone
    def _by_wall(self) -> Mapping[Wall, int]:
        last_to_first = enumerate(reversed(self.walls))
        end = self.first + len(self.walls) - 1
        return {wall: end - number for number, wall in last_to_first}

    def __hash__(self) -> int:
        return id(self)


@cache
def minutes_of(zone: str) -> Minutes:
    tz = ZoneInfo(zone)
    moment = datetime(2027, 1, 1, tzinfo=UTC)
    first, walls = int(moment.timestamp()) // 60, []
    for _ in range((WEEKS + 6) * 7 * 24 * 60):
        local = moment.astimezone(tz)
        walls.append((local.date(), local.hour * 60 + local.minute))
        moment += timedelta(minutes=1)
    return Minutes(first, walls)


def looked_up(start: int, before: int, zone: str, allowed: range) -> int:
    """When a reminder is due, `before` minutes ahead of `start`: as many whole days
    earlier on the wall, the rest by the minutes that pass, and from there back until
    the wall shows a time that is allowed."""
    minutes = minutes_of(zone)
    day, minute = minutes.wall(start)
    due = minutes.showing(day - timedelta(days=before // 1440), minute) - before % 1440
    while minutes.wall(due)[1] not in allowed:
        due -= 1
    return due


@pytest.fixture
def year() -> list[Appointment]:
    """Sessions each week of a year at five offices, by video at all hours."""
    for before, channel in OFFSETS.items():
        ReminderRuleFactory.create(before_minutes=before, channel=channel)
    offices = [OfficeFactory.create(timezone=zone) for zone in ZONES]
    therapists = [TherapistFactory.create(offices=offices) for _ in STARTS]
    clients = ClientFactory.create_batch(len(STARTS))
    return [
        AppointmentFactory.create(
            mode=Mode.TELEHEALTH,
            room=None,
            office=offices[(week + number) % len(offices)],
            therapist=therapists[number],
            clients=[clients[number]],
            starts_at=_start(
                FIRST_WEEK + timedelta(weeks=week, days=weekday),
                wall_time,
                ZONES[(week + number) % len(offices)],
            ),
        )
        for week in range(WEEKS)
        for number, (weekday, wall_time) in enumerate(STARTS)
    ]


def _start(day: date, wall_time: str, zone: str) -> datetime:
    hour, minute = map(int, wall_time.split(":"))
    moment = minutes_of(zone).showing(day, hour * 60 + minute)
    return datetime.fromtimestamp(moment * 60, UTC)


def plan(appointments: list[Appointment]) -> None:
    for appointment in appointments:
        reminders.plan(appointment, now=PLANNED_AT)


def wrong(appointments: list[Appointment], allowed: range) -> list[date]:
    """The days of the sessions that are reminded of at another minute than the table
    says, by another way or not at all; one for each such reminder."""
    found = []
    for appointment in appointments:
        zone, start = appointment.timezone, int(appointment.starts_at.timestamp()) // 60
        wanted = {
            (channel, looked_up(start, before, zone, allowed))
            for before, channel in OFFSETS.items()
        }
        rows = appointment.messages.filter(kind=MessageKind.REMINDER)
        planned = {
            (row.channel, int(row.due_at.timestamp()) // 60)
            for row in rows
            if row.due_at.second == 0
        }
        found += [minutes_of(zone).wall(start)[0]] * len(wanted - planned)
    return found


def elapsed_before(start: int, minutes: int, _zone: ZoneInfo) -> int:
    return start - minutes * 60


@pytest.mark.parametrize(
    ("quiet", "allowed"),
    [
        ({}, LOUD),
        ({"quiet_from_minute": 0, "quiet_until_minute": 0}, ALWAYS),
    ],
    ids=["with quiet hours", "at any hour"],
)
def test_each_reminder_of_a_year_is_due_when_the_wall_says_so(year, quiet, allowed):
    PracticePolicyFactory.create(**quiet)

    plan(year)

    assert wrong(year, allowed) == []
    reminded = Message.objects.filter(kind=MessageKind.REMINDER).count()
    assert reminded == len(year) * len(OFFSETS)


def test_control_the_table_notices_hours_that_are_counted_where_days_are_meant(
    year, monkeypatch
):
    PracticePolicyFactory.create(quiet_from_minute=0, quiet_until_minute=0)
    monkeypatch.setattr(drafts, "minutes_before", elapsed_before)

    plan(year)

    days = wrong(year, ALWAYS)
    assert {_change_before(day) for day in days} == set(CHANGES)


def _change_before(day: date) -> date | None:
    """The change of the clock that is at most a week before a day."""
    week = [change for change in CHANGES if 0 <= (day - change).days <= 7]
    return week[0] if week else None


@pytest.fixture
def set_clock(transactional_db: None) -> Iterator[Callable[[datetime], None]]:
    """Sets the clock that PostgreSQL's own functions tell, for this connection.

    They are found before those of `pg_catalog`, which comes last in the path.
    """
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA driven")
        for name in ("clock_timestamp", "statement_timestamp"):
            cursor.execute(
                f"CREATE FUNCTION driven.{name}() RETURNS timestamptz"
                " LANGUAGE sql STABLE AS"
                " $$ SELECT current_setting('driven.now')::timestamptz $$"
            )
        cursor.execute("SET search_path = driven, public, pg_catalog")

    def set_to(moment: datetime) -> None:
        with connection.cursor() as cursor:
            now = [moment.isoformat()]
            cursor.execute("SELECT set_config('driven.now', %s, false)", now)

    yield set_to
    with connection.cursor() as cursor:
        cursor.execute("SET search_path = DEFAULT")
        cursor.execute("DROP SCHEMA driven CASCADE")


@pytest.mark.django_db(transaction=True)
def test_each_message_of_a_year_goes_out_at_its_minute(
    set_clock, year, settings, tmp_path
):
    settings.SMS_GATEWAY = settings.EMAIL_GATEWAY = "file"
    settings.OUTBOX_DIR = tmp_path
    PracticePolicyFactory.create()
    plan(year)

    ticks = Message.objects.order_by("due_at").values_list("due_at", flat=True)
    for moment in ticks.distinct():
        set_clock(moment)
        while Message.objects.due().exists():
            for key in outbox.sweep():
                outbox.send(key)

    rows = list(Message.objects.select_related("appointment__office"))
    assert {row.state for row in rows} == {MessageState.SENT}
    assert [row.pk for row in rows if row.sent_at != row.due_at] == []
    assert [row.pk for row in rows if row.sent_at >= row.appointment.starts_at] == []
    walls = {_minute_on_the_wall(row.appointment, row.sent_at) for row in rows}
    assert walls <= set(LOUD)
    assert len(list(tmp_path.iterdir())) == len(rows)
    assert len(rows) == len(year) * (1 + len(OFFSETS))


def _minute_on_the_wall(appointment: Appointment, moment: datetime) -> int:
    minutes = minutes_of(appointment.timezone)
    return minutes.wall(int(moment.timestamp()) // 60)[1]
