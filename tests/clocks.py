"""A pytest plugin: the suite as if it were run on another day.

With `--today 2027-03-14` Python's clock runs from noon of that date in Los Angeles in
every test, with `--today 2027-03-14T01:30` from that time on; PostgreSQL's stays where
it is. It ticks, as the clock of that day would: what passes on a real day has to pass
on this one, and a test that needs an hour to stand still stops it by itself.

A test that is honest only if both clocks agree keeps the real one by the marker
`real_clock` and says why. `python -m tests.clocks` runs the suite in two zones of the
process, around both changes of the clock and in the hour before each.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date, datetime

import pytest
import time_machine

from tests.times import at

ZONES = ("UTC", "Pacific/Auckland")
TODAYS = (
    "2027-03-13",
    "2027-03-14T01:30",  # 02:00 to 03:00 does not exist
    "2027-03-14",
    "2027-03-15",
    "2027-11-06",
    "2027-11-07T01:30",  # 01:00 to 02:00 comes twice; this is the first
    "2027-11-07",
    "2027-11-08",
)


def moment(text: str) -> datetime:
    """Noon of a date, or the wall time that stands behind it, in Los Angeles."""
    day, _, wall_time = text.partition("T")
    return at(date.fromisoformat(day), wall_time or "12:00")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--today",
        type=moment,
        help="run every test from noon of this date, or this time, in Los Angeles on",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "real_clock(reason): keeps the clock of the machine under --today"
    )


@pytest.fixture(autouse=True)
def today(request: pytest.FixtureRequest) -> Iterator[None]:
    """It is the day that was asked for; a test that travels on its own goes on."""
    start = request.config.getoption("today")
    stays = start is None or request.node.get_closest_marker("real_clock")
    with nullcontext() if stays else time_machine.travel(start):
        yield


def main(arguments: list[str]) -> int:
    """Run pytest with `arguments` under each clock, a line for each; 1 if any fails."""
    runs = [
        *((f"TZ={zone}", {"TZ": zone}, []) for zone in ZONES),
        *((f"today {today}", {}, ["--today", today]) for today in TODAYS),
    ]
    failed = False
    for name, variables, options in runs:
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *options, *arguments],
            env=os.environ | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        lines = run.stdout.splitlines() or ["no output"]
        print(f"{name:22} {lines[-1]}", flush=True)  # noqa: T201  what it is for
        if run.returncode != 0:
            failed = True
            print(run.stdout)  # noqa: T201
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
