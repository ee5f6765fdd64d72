"""Lists by cursor: every page costs the same, however far in; nothing is counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core import signing
from django.db.models import BooleanField, F, Field, Func, Model, QuerySet, Value
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

DEFAULT_LIMIT = 50
HIGHEST_LIMIT = 200

Ordering = tuple[str, ...]
Row = Any  # a model's instance, or a dict from `.values()`
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: after the row with these `values`, or before it."""

    ordering: str
    values: list[str]
    backwards: bool


class KeysetPagination(BasePagination):
    """`?limit=` rows after a cursor, in the order that the view names.

    A view says `ordering = ("starts_at", "pk")`, or `orderings`, a mapping from what
    `?ordering=` may be to such tuples, the first being the default. All columns of an
    ordering go the same way, the last one is unique, and none is ever null.

    A cursor carries the values of the row it stands at, readable for whoever sees the
    address. A view whose ordering nobody but its caller may know sets `cursor_by_key`:
    then the cursor has the row's id alone, and its values are read anew.
    """

    def paginate_queryset(
        self,
        queryset: Any,  # Any: a QuerySet; the stubs allow a list as well
        request: Request,
        view: APIView | None = None,
    ) -> list[Row]:
        self.request = request
        self.limit = limit_of(request)
        self.name, self.ordering = _ordering(request, view)
        self.by_key = getattr(view, "cursor_by_key", False)
        cursor = self._cursor()
        backwards = cursor is not None and cursor.backwards
        columns = _reversed(self.ordering) if backwards else self.ordering
        if cursor is not None:
            values = self._position(cursor, queryset)
            queryset = _after(queryset, columns, values)
        rows = list(queryset.order_by(*columns)[: self.limit + 1])
        has_more = len(rows) > self.limit
        rows = rows[: self.limit]
        if backwards:
            rows.reverse()
        self.next = bool(rows) and (backwards or has_more)
        self.previous = bool(rows) and (has_more if backwards else cursor is not None)
        self.page = rows
        return rows

    def get_paginated_response(self, data: Any) -> Response:  # Any: serialized rows
        return Response(
            {
                "next": self._link(self.page[-1], backwards=False)
                if self.next
                else None,
                "previous": (
                    self._link(self.page[0], backwards=True) if self.previous else None
                ),
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        limit = {
            "type": "integer",
            "minimum": 1,
            "maximum": HIGHEST_LIMIT,
            "default": DEFAULT_LIMIT,
        }
        place = {"type": "string", "minLength": 1}
        parameters = [
            _parameter("limit", limit, "How many results a page has at most."),
            _parameter("cursor", place, "From `next` or `previous`."),
        ]
        if orderings := getattr(view, "orderings", None):
            names = {"type": "string", "enum": list(orderings)}
            parameters.append(
                _parameter("ordering", names, "The first is the default.")
            )
        return parameters

    def _cursor(self) -> Cursor | None:
        text = single(self.request, "cursor")
        if text is None:
            return None
        try:
            cursor = Cursor(*signing.loads(text, salt=self._salt()))
        except signing.BadSignature:
            raise invalid_parameter(
                "cursor", "This is not a cursor of this list."
            ) from None
        if cursor.ordering != self.name:
            raise invalid_parameter(
                "cursor", "This cursor belongs to another ordering."
            )
        return cursor

    def _position(self, cursor: Cursor, queryset: QuerySet[M]) -> Sequence[str]:
        if not self.by_key:
            return cursor.values
        names = [column.lstrip("-") for column in self.ordering]
        row = queryset.filter(pk=cursor.values[0]).values_list(*names).first()
        if row is None:
            raise invalid_parameter("cursor", "What this cursor stood at is gone.")
        return [_text(value) for value in row]

    def _link(self, row: Row, *, backwards: bool) -> str:
        columns = ("pk",) if self.by_key else self.ordering
        values = [_text(_value(row, column)) for column in columns]
        content = [self.name, values, backwards]
        cursor = signing.dumps(content, salt=self._salt())
        here = remove_query_param(self.request.build_absolute_uri(), "cursor")
        return replace_query_param(here, "cursor", cursor)

    def _salt(self) -> str:
        return f"cursor {self.request.path}"


def limit_of(request: Request) -> int:
    """How many results a page has at most. Raises `ValidationError`."""
    text = single(request, "limit")
    if text is None:
        return DEFAULT_LIMIT
    is_number = (
        text.isascii() and text.isdigit() and len(text) <= len(str(HIGHEST_LIMIT))
    )
    if not is_number or not 1 <= int(text) <= HIGHEST_LIMIT:
        raise invalid_parameter("limit", f"Give a number from 1 to {HIGHEST_LIMIT}.")
    return int(text)


def _ordering(request: Request, view: APIView | None) -> tuple[str, Ordering]:
    orderings: Mapping[str, Ordering] | None = getattr(view, "orderings", None)
    if orderings is None:
        return "", getattr(view, "ordering", ("pk",))
    name = single(request, "ordering")
    if name is None:
        name = next(iter(orderings))
    if name not in orderings:
        raise invalid_parameter("ordering", f"Give one of {', '.join(orderings)}.")
    return name, orderings[name]


def single(request: Request, name: str) -> str | None:
    """A parameter that must not be repeated. Raises `ValidationError`."""
    values: list[str] = request.query_params.getlist(name)
    if len(values) > 1:
        raise invalid_parameter(name, "Give this once.")
    return values[0] if values else None


def invalid_parameter(name: str, message: str) -> ValidationError:
    return ValidationError({f"?{name}": [ErrorDetail(message, "invalid")]})


def _reversed(ordering: Ordering) -> Ordering:
    return tuple(
        column[1:] if column.startswith("-") else f"-{column}" for column in ordering
    )


def _after(
    queryset: QuerySet[M], ordering: Ordering, texts: Sequence[str]
) -> QuerySet[M]:
    """The rows after `texts`, by a comparison of whole rows that an index answers."""
    names = [column.lstrip("-") for column in ordering]
    columns = [_field(queryset, name) for name in names]
    values = [
        Value(column.to_python(text), output_field=column)
        for column, text in zip(columns, texts, strict=True)
    ]
    comparison = Func(
        _Tuple(*map(F, names)),
        _Tuple(*values),
        template="%(expressions)s",
        arg_joiner=" < " if ordering[0].startswith("-") else " > ",
        output_field=BooleanField(),
    )
    return queryset.filter(comparison)


class _Tuple(Func):
    template = "(%(expressions)s)"
    output_field = BooleanField()  # it has none of its own; Django asks for one


def _field(queryset: QuerySet[M], name: str) -> "Field[Any, Any]":
    if annotation := queryset.query.annotations.get(name):
        return annotation.output_field
    meta = queryset.model._meta  # noqa: SLF001  Django's public name
    field = meta.pk if name == "pk" else meta.get_field(name)
    if not isinstance(field, Field):
        raise TypeError(f"A list cannot be ordered by {name}.")
    return field


def _value(row: Row, column: str) -> Any:  # Any: of whichever type
    name = column.lstrip("-")
    if isinstance(row, Mapping):
        return row["id" if name == "pk" else name]
    return getattr(row, name)


def _text(value: Any) -> str:  # Any: of whichever type
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str | int | UUID):
        return str(value)
    raise TypeError(f"A list cannot be ordered by a {type(value).__name__}.")


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
    }
