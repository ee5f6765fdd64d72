"""Many rows at once, by COPY: several times as fast as INSERT, and `created_at` is
what the demo says instead of now. Constraints hold and history sees it all the same."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import AutoField, Field, GeneratedField, Model

AS_THEY_ARE = {str, int, bool, type(None), datetime, UUID}  # the driver takes these


def write(rows: Iterable[Model]) -> None:
    """Write rows in the order given; those of one model in a row take one statement."""
    for model, some in groupby(rows, key=type):
        _copy(model, list(some))


def _copy(model: type[Model], rows: Sequence[Model]) -> None:
    connection = connections[DEFAULT_DB_ALIAS]
    fields = [field for field in model._meta.concrete_fields if not _is_made(field)]  # noqa: SLF001
    named = [(field.attname, field) for field in fields]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column or "") for field in fields)
    table = quote(model._meta.db_table)  # noqa: SLF001
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(
                [
                    value
                    if type(value) in AS_THEY_ARE
                    else field.get_db_prep_save(value, connection)
                    for name, field in named
                    for value in [getattr(row, name)]
                ]
            )


def _is_made(field: "Field[Any, Any]") -> bool:
    """Whether the database makes the value."""
    return isinstance(field, AutoField | GeneratedField)
