"""The one week that all tests live in: Monday, 4 January 2027, in Los Angeles."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Los_Angeles")

MONDAY = date(2027, 1, 4)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = (
    MONDAY + timedelta(days) for days in range(1, 7)
)
NEXT_MONDAY = MONDAY + timedelta(7)


def at(day: date, wall_time: str) -> datetime:
    """`wall_time` ("HH:MM") on `day` in Los Angeles, in UTC."""
    local = datetime.combine(day, time.fromisoformat(wall_time), ZONE)
    return local.astimezone(UTC)


NOW = at(MONDAY, "08:00")
MONDAY_9AM = at(MONDAY, "09:00")
MONDAY_10AM = at(MONDAY, "10:00")
FIFTY_MINUTES = timedelta(minutes=50)
