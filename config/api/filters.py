"""Query parameters: declared, checked, and refused when unknown.

django-filter passes over what it does not know and repairs what it half understands;
here both are 400. A parameter of several values is repeated:
`office=venice&office=city`.
"""

import copy
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Self
from uuid import UUID

import django_filters
from django import forms
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from config.api import parsing
from config.api.languages import CODES, NO_LANGUAGE
from config.api.slugs import no_such_slug

MOST_VALUES = 100
LONGEST_TEXT = 200


def refuse_unknown(request: Request, known: Collection[str]) -> None:
    """Raise `ValidationError` if the query has a parameter that is not in `known`."""
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        raise ValidationError(
            {
                f"?{name[:100]}": [ErrorDetail(_unknown(known), "unknown")]
                for name in unknown[:20]
            }
        )


def _unknown(known: Collection[str]) -> str:
    names = ", ".join(sorted(known)) or "none"
    return f"There is no such parameter. Known here: {names}."


class _Values(forms.Widget):
    """All values of a parameter as they were sent."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return data.getlist(name) if isinstance(data, QueryDict) else data.get(name, [])


class _Parameter(forms.Field):
    widget = _Values

    def __init__(
        self, *, read: Callable[[list[str]], Any], most: int, **kwargs: Any
    ) -> None:
        self.read = read
        self.most = most
        super().__init__(**kwargs)

    def clean(self, value: list[str]) -> Any:  # Any: what `read` makes of it
        if not value:
            if self.required:
                raise forms.ValidationError("This parameter is required.", "required")
            return None
        if len(value) > self.most:
            raise forms.ValidationError("Too many values.", "too_many")
        try:
            return self.read(value)
        except ValueError as refusal:
            raise forms.ValidationError(str(refusal), "invalid") from None


class StrictFilter(django_filters.Filter):
    """A filter whose values `parse` reads, and whose OpenAPI schema is `schema`.

    `parse` raises `ValueError` with a sentence for the caller.
    """

    field_class = _Parameter
    many = False
    schema: dict[str, Any] = {"type": "string"}

    def __init__(
        self, field_name: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        most = MOST_VALUES if self.many else 1
        options = {"read": self.read, "most": most, "label": ""} | kwargs
        super().__init__(field_name, *args, **options)
        one = self.schema
        many = {"type": "array", "items": one, "maxItems": MOST_VALUES}
        extend_schema_field(many if self.many else one)(self)
        if self.many:
            self.lookup_expr = "in"

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:  # Any: whatever was copied
        # Each request has filters of its own; what they refer to is never changed, and
        # to copy a queryset would take longer than many a list.
        clone = copy.copy(self)
        if clone.method is not None:
            clone.method = clone.method  # which is looked up through the clone
        return clone

    def read(self, texts: list[str]) -> Any:  # Any: as many types as there are filters
        values = [self.parse(text) for text in texts]
        return values if self.many else values[0]

    def parse(self, text: str) -> Any:  # Any: as many types as there are filters
        raise NotImplementedError


class InstantFilter(StrictFilter):
    schema = {"type": "string", "format": "date-time"}

    def parse(self, text: str) -> datetime:
        # A plus sign that was not escaped arrives as a space.
        return parsing.instant(text.replace(" ", "+"))


class LocalDateFilter(StrictFilter):
    schema = {"type": "string", "format": "date"}

    def parse(self, text: str) -> date:
        return parsing.calendar_date(text)


class FlagFilter(StrictFilter):
    schema = {"type": "boolean"}

    def parse(self, text: str) -> bool:
        if text not in {"true", "false"}:
            raise ValueError("Give true or false.")
        return text == "true"


class TextFilter(StrictFilter):
    schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}

    def parse(self, text: str) -> str:
        if not text.strip() or len(text) > LONGEST_TEXT or "\0" in text:
            raise ValueError(f"Give 1 to {LONGEST_TEXT} characters.")
        return text.strip()


class ChoicesFilter(StrictFilter):
    """Any of several choices: `ChoicesFilter(choices=Appointment.Status)`."""

    many = True

    def __init__(
        self, field_name: str | None = None, *, choices: Any, **kwargs: Any
    ) -> None:
        self.values = [str(value) for value, _ in getattr(choices, "choices", choices)]
        self.schema = {"type": "string", "enum": self.values}
        super().__init__(field_name, **kwargs)

    def parse(self, text: str) -> str:
        if text not in self.values:
            raise ValueError(f"Give one of {', '.join(self.values)}.")
        return text


class KeyFilter(StrictFilter):
    """Rows that refer to one row by its id; none if the caller may not see that one."""

    schema = {"type": "string", "format": "uuid"}

    def __init__(
        self,
        field_name: str | None = None,
        *,
        scope: Callable[[User | AnonymousUser], QuerySet[Any]] | None = None,
        **kwargs: Any,
    ) -> None:
        self.scope = scope
        super().__init__(field_name, **kwargs)

    def parse(self, text: str) -> UUID:
        return parsing.key(text)

    def filter(self, qs: QuerySet[Model], value: Any) -> QuerySet[Model]:
        if value is None or self.scope is None:
            filtered: QuerySet[Model] = super().filter(qs, value)
            return filtered
        keys = value if self.many else [value]
        seen = self.scope(self.parent.request.user).filter(pk__in=keys)
        rows = qs.filter(**{f"{self.field_name}__in": seen.values("pk")})
        return rows.distinct() if self.distinct else rows


class KeysFilter(KeyFilter):
    many = True


class SlugsFilter(StrictFilter):
    """Rows that refer to any of several rows by slug; an unknown slug is 400."""

    many = True

    def __init__(
        self, field_name: str | None = None, *, queryset: QuerySet[Any], **kwargs: Any
    ) -> None:
        self.queryset = queryset
        super().__init__(field_name, **kwargs)

    def parse(self, text: str) -> str:
        if "\0" in text or len(text) > LONGEST_TEXT:
            raise ValueError("This is not a slug.")
        return text

    def read(self, texts: list[str]) -> list[Any]:  # Any: keys of any kind
        wanted = super().read(texts)
        known = dict(self.queryset.filter(slug__in=wanted).values_list("slug", "pk"))
        if unknown := sorted(set(wanted) - known.keys()):
            raise ValueError(no_such_slug(unknown[0], self.queryset))
        return list(known.values())


class SlugFilter(StrictFilter):
    """One row, named by its slug; an unknown slug is 400."""

    def __init__(
        self, field_name: str | None = None, *, queryset: QuerySet[Any], **kwargs: Any
    ) -> None:
        self.queryset = queryset
        super().__init__(field_name, **kwargs)

    def parse(self, text: str) -> Model:
        is_slug = "\0" not in text and len(text) <= LONGEST_TEXT
        row: Model | None = self.queryset.filter(slug=text).first() if is_slug else None
        if row is None:
            raise ValueError(no_such_slug(text, self.queryset))
        return row


class WallTimeFilter(StrictFilter):
    """A time on the wall, "24:00" being the end of a day; minutes after midnight."""

    schema = {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$"}

    def parse(self, text: str) -> int:
        return parsing.wall_time(text, allow_24=True)


class NumberFilter(StrictFilter):
    """A whole number from `lowest` to `highest`."""

    def __init__(
        self,
        field_name: str | None = None,
        *,
        lowest: int,
        highest: int,
        **kwargs: Any,  # Any: passed on
    ) -> None:
        self.lowest, self.highest = lowest, highest
        self.schema = {"type": "integer", "minimum": lowest, "maximum": highest}
        super().__init__(field_name, **kwargs)

    def parse(self, text: str) -> int:
        is_number = text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004
        if not is_number or not self.lowest <= int(text) <= self.highest:
            raise ValueError(f"Give a number from {self.lowest} to {self.highest}.")
        return int(text)


class NumbersFilter(NumberFilter):
    many = True


class LanguagesFilter(StrictFilter):
    """Languages by their ISO 639-1 codes."""

    many = True
    schema = {"type": "string", "pattern": "^[a-z]{2}$"}

    def parse(self, text: str) -> str:
        if text not in CODES:
            raise ValueError(NO_LANGUAGE)
        return text


class StrictFilterSet(django_filters.FilterSet):
    """The declared query parameters of one list.

    `spans` names pairs of parameters that begin and end a span: one that ends before
    it begins is refused.
    """

    spans: ClassVar[Collection[tuple[str, str]]] = ()

    @classmethod
    def names(cls) -> set[str]:
        return set(cls.base_filters)


class StrictFilterBackend(DjangoFilterBackend):
    """Filters lists, and lists only: what a single row's address names is looked up."""

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Model], view: APIView
    ) -> QuerySet[Model]:
        if getattr(view, "detail", False):
            return queryset
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        checked(filterset)
        filtered: QuerySet[Model] = filterset.qs
        return filtered


def checked(filterset: StrictFilterSet) -> Mapping[str, Any]:
    """The parameters by name, `None` where not given. Raises `ValidationError`."""
    if not filterset.is_valid():
        raise ValidationError(_by_parameter(filterset.errors.as_data()))
    values: Mapping[str, Any] = filterset.form.cleaned_data
    for begin, end in filterset.spans:
        _refuse_reversed(values, begin, end)
    return values


def _refuse_reversed(
    values: Mapping[str, Any],  # Any: what the filters have read
    begin: str,
    end: str,
) -> None:
    if values[begin] is None or values[end] is None or values[begin] <= values[end]:
        return
    told = ErrorDetail(f"This is before {begin}.", "invalid")
    raise ValidationError({f"?{end}": [told]})


def _by_parameter(
    errors: Mapping[str, Sequence[forms.ValidationError]],
) -> dict[str, list[ErrorDetail]]:
    return {
        f"?{name}": [
            ErrorDetail(message, error.code or "invalid")
            for error in found
            for message in error.messages
        ]
        for name, found in errors.items()
    }
