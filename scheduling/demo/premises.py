"""The offices' rooms, and the days on which offices are closed."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from locations.models import Closure, Office, Room
from scheduling.demo import weeks
from scheduling.demo.staff import midnight

ROOMS = (4, 3, 3, 3, 2)  # by office, in the order of their names
CAPACITIES = (10, 4, 3, 2)


def closures(today: date, offices: Sequence[Office]) -> list[Closure]:
    """A holiday of the whole practice, and an office that was closed for a day."""
    holiday = today + timedelta(days=10)
    while holiday.weekday() > weeks.FRI:
        holiday += timedelta(days=1)
    repairs = today - timedelta(days=17)
    return [
        Closure(
            office=office,
            starts_at=midnight(day),
            ends_at=midnight(day + timedelta(days=1)),
            reason=reason,
        )
        for office, day, reason in (
            (None, holiday, "Holiday"),
            (offices[0], repairs, "Repairs"),
        )
    ]


def rooms(offices: Sequence[Office]) -> Iterator[Room]:
    """More rooms for each office, one of them large."""
    for office, count in zip(offices, ROOMS, strict=False):
        there = office.rooms.count()
        for number in range(count):
            yield Room(
                office=office,
                name=f"Room {there + number + 1}",
                capacity=CAPACITIES[number],
            )
