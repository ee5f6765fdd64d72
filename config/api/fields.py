"""Serializer fields that take exactly what they say: no coercion, nothing repaired.

Use these instead of REST framework's own, which accept a number for a string, dates
without an offset, and digits of any script.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

import phonenumbers
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Model, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.relations import MANY_RELATION_KWARGS

from config.api import parsing
from config.api.slugs import no_such_slug

MOST_ITEMS = 100


def instant_text(instant: datetime, zone: str | None = None) -> str:
    """How a moment is written in answers: to the second, on the clock of `zone`."""
    local = instant.astimezone(ZoneInfo(zone or settings.TIME_ZONE))
    return local.isoformat(timespec="seconds")


def wall_time_text(minutes: int) -> str:
    """Minutes after midnight as HH:MM."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


class _OnlyText:
    """Refuse what is not a JSON string before the field looks at it."""

    def to_internal_value(self, data: Any) -> Any:  # Any: whatever the caller sent
        if not isinstance(data, str):
            raise serializers.ValidationError("Not a string.", code="invalid")
        return super().to_internal_value(data)  # type: ignore[misc]  # a mixin


class _Parsed:
    """A value that `config.api.parsing` reads."""

    def parse(self, text: str) -> Any:  # Any: as many types as there are fields
        raise NotImplementedError

    def to_internal_value(self, data: Any) -> Any:  # Any: whatever the caller sent
        if not isinstance(data, str):
            raise serializers.ValidationError("Not a string.", code="invalid")
        try:
            return self.parse(data)
        except ValueError as refusal:
            raise serializers.ValidationError(str(refusal), code="invalid") from None


class CharField(_OnlyText, serializers.CharField):
    pass


class EmailField(_OnlyText, serializers.EmailField):
    pass


class SlugField(_OnlyText, serializers.SlugField):
    pass


class ChoiceField(_OnlyText, serializers.ChoiceField):
    def to_internal_value(self, data: Any) -> Any:  # Any: whatever the caller sent
        try:
            return super().to_internal_value(data)
        except serializers.ValidationError as invalid:
            if invalid.get_codes() != ["invalid_choice"]:
                raise
            names = filter(None, map(str, self.choices))
            told = f"Give one of {', '.join(names)}."
            raise serializers.ValidationError(told, code="invalid_choice") from None


class IntegerField(serializers.IntegerField):
    default_error_messages = {"invalid": "Give a whole number."}

    def to_internal_value(self, data: Any) -> int:  # Any: whatever the caller sent
        if type(data) is not int:
            self.fail("invalid")
        return data


class BooleanField(serializers.BooleanField):
    default_error_messages = {"invalid": "Give true or false."}

    def to_internal_value(self, data: Any) -> bool:  # Any: whatever the caller sent
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class ListField(serializers.ListField):
    """At most `max_length` items, by default 100, none of them twice."""

    default_error_messages = {
        "twice": "The same item is given twice.",
        "not_a_list": "Give a list.",
        "empty": "Give at least one item.",
    }

    def __init__(self, **kwargs: Any) -> None:  # Any: passed on
        kwargs.setdefault("max_length", MOST_ITEMS)
        super().__init__(**kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:  # Any: as the base
        if isinstance(data, list) and len(data) > (self.max_length or MOST_ITEMS):
            self.fail("max_length", max_length=self.max_length)  # before each is read
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> list[Any]:  # Any: whatever was sent
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=type(data).__name__)
        items = super().to_internal_value(data)
        if any(item in items[:index] for index, item in enumerate(items)):
            self.fail("twice")
        return items


class KeyValueField(_Parsed, serializers.UUIDField):
    """A bare id, such as that of something which is looked up later."""

    def parse(self, text: str) -> UUID:
        return parsing.key(text)


class InstantField(_Parsed, serializers.DateTimeField):
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
class MomentField(_Parsed, serializers.Field[date, str, str, Any]):  # Any: a model
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


class LocalDateField(_Parsed, serializers.DateField):
    """A date on the wall, YYYY-MM-DD."""

    def parse(self, text: str) -> date:
        return parsing.calendar_date(text)

    def to_representation(self, value: date) -> str:
        return value.isoformat()


@extend_schema_field(
    {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$"}
)
class WallTimeField(_Parsed, serializers.Field[int, str, str, Any]):  # Any: a model
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


class PhoneField(CharField):
    """A telephone number, in any US form or with its country code; E.164 out."""

    default_error_messages = {"phone": "This is not a telephone number."}

    def to_internal_value(self, data: Any) -> str:  # Any: whatever the caller sent
        text = super().to_internal_value(data)
        try:
            number = phonenumbers.parse(text, settings.PHONENUMBER_DEFAULT_REGION)
        except phonenumbers.NumberParseException:
            self.fail("phone")
        # E.164 has no place for an extension: refuse it rather than lose it.
        usable = text.isascii() and phonenumbers.is_valid_number(number)
        if not usable or number.extension:
            self.fail("phone")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class _ManyRows(serializers.ManyRelatedField):
    """Several rows: at most 100, none of them twice, found in one query."""

    default_error_messages = {
        "twice": "The same item is given twice.",
        "max_length": "At most {max_length} items.",
        "not_a_list": "Give a list.",
        "empty": "Give at least one item.",
    }

    def __init__(self, row_field: "_RowField", **kwargs: Any) -> None:  # Any: passed on
        self._row_field = row_field
        super().__init__(child_relation=row_field, **kwargs)  # type: ignore[arg-type]  # a mixin

    def to_internal_value(self, data: Any) -> list[Model]:  # Any: whatever was sent
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=type(data).__name__)
        if not self.allow_empty and not data:
            self.fail("empty")
        if len(data) > MOST_ITEMS:
            self.fail("max_length", max_length=MOST_ITEMS)
        rows = self._row_field.find(data)
        if len(set(rows)) < len(rows):
            self.fail("twice")
        return rows


def limits(field: Any) -> dict[str, Any]:  # Any: a field; a piece of JSON
    """What the schema is to say of a list in a request: how many, and none twice."""
    if not isinstance(field, ListField | _ManyRows):
        return {}
    most = getattr(field, "max_length", None) or MOST_ITEMS
    told: dict[str, Any] = {"maxItems": most, "uniqueItems": True}
    return told if field.allow_empty else {"minItems": 1} | told


class _RowField:
    """A row named by one of its columns, looked up in what the caller may see.

    What is missing and what the caller must not see get the same answer.
    """

    def __init__(
        self,
        *,
        scope: Callable[[User | AnonymousUser], QuerySet[Any]] | None = None,
        **kwargs: Any,  # Any: passed on
    ) -> None:
        self.scope = scope
        if scope is not None:
            kwargs["queryset"] = scope
        super().__init__(**kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:  # Any: whatever was copied
        # Each request has fields of its own; their querysets are never changed, and to
        # copy one takes longer than to look a row up.
        return type(self)(*self._args, **self._kwargs)  # type: ignore[attr-defined]  # a mixin

    @classmethod
    def many_init(cls, *args: Any, **kwargs: Any) -> _ManyRows:  # Any: passed on
        many = {name: kwargs[name] for name in MANY_RELATION_KWARGS if name in kwargs}
        one = {
            name: kwargs[name] for name in kwargs if name not in {"many", "allow_empty"}
        }
        return _ManyRows(cls(*args, **one), **many)

    def get_queryset(self) -> Any:  # Any: of whichever model
        if self.scope is not None:
            return self.scope(self.context["request"].user)  # type: ignore[attr-defined]
        return super().get_queryset()  # type: ignore[misc]  # a mixin

    def column(self) -> str:
        raise NotImplementedError

    def parse(self, text: str) -> Any:  # Any: a UUID or a slug
        raise NotImplementedError

    def no_such(self, value: Any) -> str:  # Any: a UUID or a slug
        return "There is nothing of that name."

    def to_internal_value(self, data: Any) -> Any:  # Any: whatever the caller sent
        return self.find([data])[0]

    def find(self, data: Sequence[Any]) -> list[Any]:
        """The rows named by `data`, in that order."""
        wanted = [self._read(item) for item in data]
        column = self.column()
        rows = self.get_queryset().filter(**{f"{column}__in": wanted})
        known = {getattr(row, column): row for row in rows}
        for value in wanted:
            if value not in known:
                told = self.no_such(value)
                raise serializers.ValidationError(told, code="does_not_exist")
        return [known[value] for value in wanted]

    def _read(self, item: Any) -> Any:  # Any: whatever the caller sent
        try:
            if isinstance(item, str):
                return self.parse(item)
        except ValueError as refusal:
            raise serializers.ValidationError(str(refusal), code="invalid") from None
        raise serializers.ValidationError("Not a string.", code="invalid")


class KeyField(_RowField, serializers.PrimaryKeyRelatedField[Any]):  # Any: any model
    """A row by its id: `KeyField(queryset=...)`, or with the caller's own `scope=`."""

    def __init__(self, **kwargs: Any) -> None:  # Any: passed on
        super().__init__(pk_field=serializers.UUIDField(), **kwargs)

    def column(self) -> str:
        return "pk"

    def parse(self, text: str) -> UUID:
        return parsing.key(text)


class SlugKeyField(_RowField, serializers.SlugRelatedField[Any]):  # Any: any model
    """A row by its slug, as offices, modalities and concerns are named."""

    def __init__(self, **kwargs: Any) -> None:  # Any: passed on
        super().__init__(slug_field="slug", **kwargs)

    def column(self) -> str:
        return "slug"

    def parse(self, text: str) -> str:
        if "\0" in text or not text.isascii():
            raise ValueError("This is not a slug.")
        return text

    def no_such(self, value: str) -> str:
        return no_such_slug(value, self.get_queryset())


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
