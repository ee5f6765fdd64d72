"""Fields of plain values: text, choices, numbers, ids and lists of them."""

from typing import Any
from uuid import UUID

import phonenumbers
from django.conf import settings
from rest_framework import serializers

from config.api import parsing

MOST_ITEMS = 100


class _OnlyText:
    """Refuse what is not a JSON string before the field looks at it."""

    def to_internal_value(self, data: Any) -> Any:  # Any: whatever the caller sent
        if not isinstance(data, str):
            raise serializers.ValidationError("Not a string.", code="invalid")
        return super().to_internal_value(data)  # type: ignore[misc]  # a mixin


class Parsed:
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


class KeyValueField(Parsed, serializers.UUIDField):
    """A bare id, such as that of something which is looked up later."""

    def parse(self, text: str) -> UUID:
        return parsing.key(text)


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
