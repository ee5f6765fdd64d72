"""What the clock on an office's wall says, and the instant at which it says so.

Two aware datetimes of one `ZoneInfo` compare and subtract by wall clock in Python, so
everything here turns into epoch seconds before it is compared.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def instant(day: date, minute: int, zone: ZoneInfo) -> int:
    """The instant at which the wall shows `minute` minutes after midnight of `day`.

    1440 is the midnight that ends the day. A time that the spring change skips means
    the first instant after the gap; one that the autumn change repeats, the first.
    """
    midnight, regular = _midnight(day, zone)
    if regular:
        return midnight + minute * MINUTE
    return _from_wall(_naive(day) + timedelta(minutes=minute), zone)


def day_of(moment: int, zone: ZoneInfo) -> date:
    """The date on the wall at an instant."""
    return datetime.fromtimestamp(moment, zone).date()


def minute_of(moment: int, zone: ZoneInfo) -> int:
    """Minutes after midnight on the wall at an instant."""
    local = datetime.fromtimestamp(moment, zone)
    return local.hour * 60 + local.minute


def hours_before(start: int, hours: int, zone: ZoneInfo) -> int:
    """`hours` before `start`: elapsed, or by the wall clock, whichever is later.

    They differ when the clock changes in between. The later is the kinder deadline for
    a client who has to cancel by then.
    """
    elapsed = start - hours * HOUR
    wall = datetime.fromtimestamp(start, zone).replace(tzinfo=None)
    return max(elapsed, _from_wall(wall - timedelta(hours=hours), zone))


def minutes_before(start: int, minutes: int, zone: ZoneInfo) -> int:
    """`minutes` before `start`: whole days by the wall clock, the rest elapsed.

    A day before Sunday at ten is Saturday at ten, also when the clock changes between.
    """
    days, rest = divmod(minutes, DAY // MINUTE)
    wall = datetime.fromtimestamp(start, zone).replace(tzinfo=None)
    return _from_wall(wall - timedelta(days=days), zone) - rest * MINUTE


def latest_outside(
    moment: int, quiet_from: int, quiet_until: int, zone: ZoneInfo
) -> int:
    """`moment`, or the last minute before the quiet hours it falls into.

    Quiet hours run from `quiet_from` over midnight to `quiet_until`, in minutes after
    local midnight; equal values mean that there are none.
    """
    if not is_quiet(moment, quiet_from, quiet_until, zone):
        return moment
    day = day_of(moment, zone)
    if minute_of(moment, zone) < quiet_until:
        day -= timedelta(days=1)
    return instant(day, quiet_from, zone) - MINUTE


def earliest_outside(
    moment: int, quiet_from: int, quiet_until: int, zone: ZoneInfo
) -> int:
    """`moment`, or the first minute after the quiet hours it falls into."""
    if not is_quiet(moment, quiet_from, quiet_until, zone):
        return moment
    day = day_of(moment, zone)
    if minute_of(moment, zone) >= quiet_from:
        day += timedelta(days=1)
    return instant(day, quiet_until, zone)


def months_after(day: date, months: int) -> date:
    """The same day of the month `months` later, or that month's last."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def is_quiet(moment: int, quiet_from: int, quiet_until: int, zone: ZoneInfo) -> bool:
    """Whether the wall shows a time in the quiet hours."""
    if quiet_from == quiet_until:
        return False
    return not quiet_until <= minute_of(moment, zone) < quiet_from


def _naive(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001  a wall time


def _from_wall(wall: datetime, zone: ZoneInfo) -> int:
    moment = int(wall.replace(tzinfo=zone).timestamp())
    back = datetime.fromtimestamp(moment, zone).replace(tzinfo=None)
    if back == wall:
        return moment
    return _end_of_gap(moment, zone)


def _end_of_gap(moment: int, zone: ZoneInfo) -> int:
    """The change of the clock near `moment`, which was read off a skipped time."""
    before, after = moment - DAY // 2, moment + DAY // 2
    offset = datetime.fromtimestamp(before, zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


@lru_cache(maxsize=8192)
def _midnight(day: date, zone: ZoneInfo) -> tuple[int, bool]:
    """The instant at which `day` begins, and whether it has 24 hours."""
    begins = _from_wall(_naive(day), zone)
    ends = _from_wall(_naive(day) + timedelta(days=1), zone)
    return begins, ends - begins == DAY


def as_datetime(moment: int) -> datetime:
    """An instant as an aware datetime in UTC."""
    return datetime.fromtimestamp(moment, UTC)
