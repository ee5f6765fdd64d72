"""Fields that name rows, each looked up in what the caller may see."""

from collections.abc import Callable, Sequence
from typing import Any, Self
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Model, QuerySet
from rest_framework import serializers
from rest_framework.relations import MANY_RELATION_KWARGS

from config.api import parsing
from config.api.fields.values import MOST_ITEMS, ListField
from config.api.slugs import no_such_slug


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


def limits(field: Any) -> dict[str, Any]:  # Any: a field; a piece of JSON
    """What the schema is to say of a list in a request: how many, and none twice."""
    if not isinstance(field, ListField | _ManyRows):
        return {}
    most = getattr(field, "max_length", None) or MOST_ITEMS
    told: dict[str, Any] = {"maxItems": most, "uniqueItems": True}
    return told if field.allow_empty else {"minItems": 1} | told
