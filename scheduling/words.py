"""What somebody said in their own words, kept so that it stands nowhere else.

Bound by the server: in the text of a statement, it would stand in the database's log as
soon as the statement fails, or takes long.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor

from config.ids import uuid7

_OF_INTAKE = (
    "INSERT INTO scheduling_intakewords (id, intake_id, text, created_at)"
    " VALUES (%s, %s, %s, %s)"
)
_OF_ROUND = (
    "INSERT INTO scheduling_guaranteewords (id, round_id, text, created_at)"
    " VALUES (%s, %s, %s, %s)"
)


def keep_of_intake(intake: UUID, text: str, *, now: datetime) -> None:
    _write(_OF_INTAKE, intake, text, now)


def keep_of_round(guarantee_round: UUID, text: str, *, now: datetime) -> None:
    _write(_OF_ROUND, guarantee_round, text, now)


def _write(statement: str, of: UUID, text: str, now: datetime) -> None:
    cursor: Any = ServerBindingCursor(connection.connection)  # type: ignore[call-arg]  # Any: typed as a mixin
    with connection.wrap_database_errors, cursor:
        cursor.execute(statement, [uuid7(), of, text, now])
