"""Fields of moments, dates and times on the wall."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api import parsing
from config.api.fields.values import Parsed


def instant_text(instant: datetime, zone: str | None = None) -> str:
    """How a moment is written in answers: to the second, on the clock of `zone`."""
    local = instant.astimezone(ZoneInfo(zone or settings.TIME_ZONE))
    return local.isoformat(timespec="seconds")


def wall_time_text(minutes: int) -> str:
    """Minutes after midnight as HH:MM."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


class InstantField(Parsed, serializers.DateTimeField):
    """A moment: RFC 3339 with an offset both ways, to the second; UTC in Python.

    It is written in the zone found on the instance by the path `zone`, such as
    "office.timezone", or in the practice's where that leads to nothing.
    """

    def __init__(self, *, zone: str = "", **kwargs: Any) -> None:  # Any: passed on
        self.zone = zone
        super().__init__(**kwargs)

    def parse(self, text: str) -> datetime:
        moment = parsing.instant(text)
        if moment.microsecond:
            raise ValueError("Give whole seconds.")
        return moment

    def get_attribute(self, instance: Any) -> Any:  # Any: a model, a dict, ...
        moment = super().get_attribute(instance)
        if not isinstance(moment, datetime):
            return moment
        return moment.astimezone(ZoneInfo(_zone(instance, self.zone)))

    def to_representation(self, value: datetime) -> str:
        if value.tzinfo is UTC:  # not read from an instance, as in a list
            return instant_text(value)
        return value.isoformat(timespec="seconds")


@extend_schema_field(
    {"type": "string", "description": "A date, or a time with its offset."}
)
class MomentField(Parsed, serializers.Field[date, str, str, Any]):  # Any: a model
    """A date on the wall, or a moment: whoever asks for it tells them apart."""

    def parse(self, text: str) -> date | datetime:
        return parsing.moment(text)


class ZoneField(serializers.CharField):
    """The IANA zone in which the moments beside it are written."""

    def __init__(self, zone: str, **kwargs: Any) -> None:  # Any: passed on
        self.zone = zone
        super().__init__(**kwargs, read_only=True)

    def get_attribute(self, instance: Any) -> str:  # Any: a model, a dict, ...
        return _zone(instance, self.zone)


class LocalDateField(Parsed, serializers.DateField):
    """A date on the wall, YYYY-MM-DD."""

    def parse(self, text: str) -> date:
        return parsing.calendar_date(text)

    def to_representation(self, value: date) -> str:
        return value.isoformat()


@extend_schema_field(
    {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$"}
)
class WallTimeField(Parsed, serializers.Field[int, str, str, Any]):  # Any: a model
    """A time on the wall, "HH:MM"; minutes after midnight in Python."""

    def __init__(
        self, *, allow_24: bool = False, **kwargs: Any
    ) -> None:  # Any: passed on
        self.allow_24 = allow_24
        super().__init__(**kwargs)

    def parse(self, text: str) -> int:
        return parsing.wall_time(text, allow_24=self.allow_24)

    def to_representation(self, value: int) -> str:
        return wall_time_text(value)


def _zone(instance: Any, path: str) -> str:  # Any: a model, a dict, ...
    """The zone's name at `path`, or the practice's where that leads to nothing."""
    if not path:
        return settings.TIME_ZONE
    found = instance
    for name in path.split("."):
        if isinstance(found, Mapping):
            found = found.get(name)
        else:
            found = getattr(found, name, None)
    return found or settings.TIME_ZONE
