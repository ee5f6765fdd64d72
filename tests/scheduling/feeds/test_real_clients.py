"""A feed as vdirsyncer fetches it over HTTP and khal shows it, in another zone."""

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine

from scheduling.models import AppointmentStatus
from tests.factories.locations import OfficeFactory, RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    CalendarLinkFactory,
    TherapistFactory,
    TimeOffFactory,
)
from tests.times import ZONE, at

pytestmark = pytest.mark.django_db(transaction=True)

NEW_YORK = ZoneInfo("America/New_York")
BIN = Path(sys.executable).parent
# From here, sixty days back and a year ahead hold both changes of the clock.
DECEMBER = at(date(2026, 12, 1), "12:00")

# The clocks of both coasts change on one day, but three hours apart.
WALLS = [
    ((2026, 10, 30), "09:00", "2026-10-30 12:00"),
    ((2026, 11, 1), "00:30", "2026-11-01 02:30"),
    ((2026, 11, 1), "09:00", "2026-11-01 12:00"),
    ((2026, 11, 24), "10:00", "2026-11-24 13:00"),
    ((2027, 3, 13), "23:30", "2027-03-14 03:30"),
    ((2027, 3, 14), "00:45", "2027-03-14 04:45"),
    ((2027, 3, 14), "09:00", "2027-03-14 12:00"),
]


@pytest.fixture
def app(tmp_path, live_server):
    """A phone in New York that subscribes to a feed."""
    return Phone(tmp_path, f"{live_server.url}/calendar/hush.ics")


class Phone:
    def __init__(self, home: Path, url: str) -> None:
        self.home = home
        (home / "calendar").mkdir()
        (home / "vdirsyncer").write_text(
            f"""
[general]
status_path = "{home}/status"
[pair feed]
a = "remote"
b = "local"
collections = null
conflict_resolution = "a wins"
[storage remote]
type = "http"
url = "{url}"
[storage local]
type = "filesystem"
path = "{home}/calendar"
fileext = ".ics"
"""
        )
        (home / "khal").write_text(
            f"""
[calendars]
[[feed]]
path = {home}/calendar
readonly = True
[locale]
local_timezone = America/New_York
default_timezone = America/New_York
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {home}/khal.db
"""
        )
        self.run("vdirsyncer", "discover", "feed")

    def refresh(self) -> None:
        self.run("vdirsyncer", "sync")

    def shows(self, start: str, days: int) -> list[str]:
        form = "{start-long} {end-time} {title} {status}"
        told = self.run(
            "khal", "list", "--day-format", "", "--format", form, start, f"{days}d"
        )
        return [line.strip() for line in told.splitlines() if line.strip()]

    def run(self, program: str, *arguments: str) -> str:
        config = ["-c", str(self.home / program)]
        environment = {**os.environ, "HOME": str(self.home), "TZ": "America/New_York"}
        done = subprocess.run(
            [BIN / program, *config, *arguments],
            capture_output=True,
            check=False,
            env=environment,
            input="y\n",
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def test_a_phone_in_new_york_shows_the_right_hours_around_both_changes(app):
    therapist, room = _at_work()
    for day, wall, _ in WALLS:
        AppointmentFactory.create(
            therapist=therapist, room=room, starts_at=at(date(*day), wall)
        )
    TimeOffFactory.create(
        therapist=therapist,
        starts_at=at(date(2026, 10, 31), "00:00"),
        ends_at=at(date(2026, 11, 1), "00:00"),
    )

    with time_machine.travel(DECEMBER):
        app.refresh()

    shown = [*app.shows("2026-10-29", 30), *app.shows("2027-03-12", 4)]
    sessions = [line for line in shown if "Time off" not in line]
    assert [line[: len("2026-10-30 12:00")] for line in sessions] == [
        wall for *_, wall in WALLS
    ]
    assert sessions[0] == "2026-10-30 12:00 12:50 Session - Encino CONFIRMED"
    [time_off] = {line for line in shown if "Time off" in line}
    assert time_off == "2026-10-31 03:00 02:00 Time off"


def test_a_phone_follows_a_move_and_a_cancellation(app):
    therapist, room = _at_work()
    moved, cancelled = (
        AppointmentFactory.create(
            therapist=therapist, room=room, starts_at=at(date(2026, 11, 24), wall)
        )
        for wall in ("09:00", "11:00")
    )

    with time_machine.travel(DECEMBER):
        app.refresh()
        before = app.shows("2026-11-24", 3)
        _change(moved, starts_at=moved.starts_at + timedelta(days=1))
        _change(cancelled, status=AppointmentStatus.CANCELLED, cancelled_at=DECEMBER)
        app.refresh()
    after = app.shows("2026-11-24", 3)

    assert before == [
        "2026-11-24 12:00 12:50 Session - Encino CONFIRMED",
        "2026-11-24 14:00 14:50 Session - Encino CONFIRMED",
    ]
    assert after == [
        "2026-11-24 14:00 14:50 Cancelled: Session - Encino CANCELLED",
        "2026-11-25 12:00 12:50 Session - Encino CONFIRMED",
    ]


def test_the_walls_are_what_the_zones_say():
    for day, wall, shown in WALLS:
        there = at(date(*day), wall).astimezone(NEW_YORK)
        assert f"{there:%Y-%m-%d %H:%M}" == shown
    assert ZONE.key == "America/Los_Angeles"


def _at_work():
    encino = OfficeFactory.create(slug="encino", name="Encino")
    therapist = TherapistFactory.create(offices=[encino])
    CalendarLinkFactory.create(therapist=therapist, secret="hush")
    return therapist, RoomFactory.create(office=encino)


def _change(appointment, **values):
    if "starts_at" in values:
        values["ends_at"] = values["starts_at"] + timedelta(minutes=50)
    for name, value in values.items():
        setattr(appointment, name, value)
    appointment.facts_version += 1
    appointment.save(update_fields=[*values, "facts_version"])
