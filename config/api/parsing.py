"""Text to values, strictly: what is not exactly right is refused, never repaired.

Each function raises `ValueError` with a sentence that a caller can be told.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

EARLIEST_YEAR, LATEST_YEAR = 2000, 2100
EARLIEST_DATE, LATEST_DATE = date(1900, 1, 1), date(LATEST_YEAR, 12, 31)
MINUTES_OF_A_DAY = 24 * 60

_INSTANT = re.compile(
    r"(?P<wall>\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(\.(?P<fraction>\d{1,9}))?"
    r"(?P<offset>[Zz]|[+-]\d\d:\d\d)",
    re.ASCII,
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_WALL_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)", re.ASCII)
_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def instant(text: str) -> datetime:
    """An RFC 3339 time with its offset, in the years 2000 to 2100, as UTC."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise ValueError(
            "Give a time with its offset, as in 2027-01-04T09:00:00-08:00."
        )
    try:
        wall = datetime.strptime(match["wall"].upper(), "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007
    except ValueError:
        raise ValueError("There is no such time.") from None
    if not EARLIEST_YEAR <= wall.year <= LATEST_YEAR:
        raise ValueError(f"The year is not in {EARLIEST_YEAR} to {LATEST_YEAR}.")
    microseconds = int((match["fraction"] or "0").ljust(6, "0")[:6])
    zone = timezone(_offset(match["offset"]))
    return wall.replace(microsecond=microseconds, tzinfo=zone).astimezone(UTC)


def calendar_date(text: str) -> date:
    """A date as YYYY-MM-DD, from 1900 to 2100."""
    if _DATE.fullmatch(text) is None:
        raise ValueError("Give a date, as in 2027-01-04.")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("There is no such date.") from None
    if not EARLIEST_DATE <= day <= LATEST_DATE:
        raise ValueError("The year is not in 1900 to 2100.")
    return day


def moment(text: str) -> date | datetime:
    """A date, or a time with its offset."""
    if len(text) == len("2027-01-04"):
        return calendar_date(text)
    return instant(text)


def wall_time(text: str, *, allow_24: bool = False) -> int:
    """A time on the wall as HH:MM, in minutes after midnight.

    "24:00", the midnight that ends a day, is a time only with `allow_24`.
    """
    match = _WALL_TIME.fullmatch(text)
    minutes = int(match[1]) * 60 + int(match[2]) if match else MINUTES_OF_A_DAY + 1
    if minutes > (MINUTES_OF_A_DAY if allow_24 else MINUTES_OF_A_DAY - 1):
        raise ValueError("Give a time of day, as in 09:30.")
    return minutes


def key(text: str) -> UUID:
    if _KEY.fullmatch(text) is None:
        raise ValueError("This is not an id.")
    return UUID(text)


def _offset(text: str) -> timedelta:
    if text in "Zz":
        return timedelta()
    hours, minutes = int(text[1:3]), int(text[4:])
    if hours > 23 or minutes > 59:  # noqa: PLR2004  hours of a day, minutes of an hour
        raise ValueError("There is no such offset.")
    distance = timedelta(hours=hours, minutes=minutes)
    return -distance if text[0] == "-" else distance
