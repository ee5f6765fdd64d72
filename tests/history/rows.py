"""What is in the database at one moment, as far as the checker wants to know."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

_APPOINTMENTS = """
SELECT *, hold_expires_at <= clock_timestamp() AS lapsed,
  array(SELECT client_id FROM scheduling_attendance
        WHERE appointment_id = appointment.id
          AND status IN ('expected', 'attended')) AS clients,
  array(SELECT key FROM config_idempotencykey
        WHERE object_id IN (appointment.id, appointment.series_id)) AS keys
FROM scheduling_appointment AS appointment
"""
_MESSAGES = "SELECT * FROM scheduling_message"
_REMINDERS = "SELECT before_minutes FROM scheduling_reminderrule"

EVER = datetime.min.replace(tzinfo=UTC)
OCCUPYING = frozenset({"held", "scheduled", "confirmed", "checked_in", "completed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """`keys` are those of the requests that booked or changed it, or its series, of
    whose `week` it is the occurrence.

    It `is_lapsed` if it is held, and its time to be kept is up.
    """

    id: str
    status: str
    version: int
    facts_version: int
    therapist: str
    room: str | None
    clients: frozenset[str]
    starts_at: datetime
    ends_at: datetime
    note: str = ""
    series: str | None = None
    week: date = date.min
    created_at: datetime = EVER
    keys: frozenset[str] = frozenset()
    is_lapsed: bool = False

    @property
    def tag(self) -> str | None:
        """The first word of its note, which names the request that booked it."""
        return self.note.split()[0] if self.note else None

    @property
    def occupies(self) -> bool:
        return self.status in OCCUPYING and not self.is_lapsed


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    appointment: str
    facts_version: int
    kind: str
    recipient: str
    channel: str
    before_minutes: int
    state: str
    for_series: bool = False
    created_at: datetime = EVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """`reminders` are the minutes before the start at which one is due."""

    appointments: Mapping[str, Appointment] = field(default_factory=dict)
    messages: Collection[Message] = ()
    reminders: frozenset[int] = frozenset()


def read(url: str) -> Rows:
    """All of it as it is at this moment, in one view of the database."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        appointments = [_appointment(row) for row in connection.execute(_APPOINTMENTS)]
        messages = [_message(row) for row in connection.execute(_MESSAGES)]
        reminders = connection.execute(_REMINDERS).fetchall()
    return Rows(
        appointments={row.id: row for row in appointments},
        messages=messages,
        reminders=frozenset(row["before_minutes"] for row in reminders),
    )


def _appointment(row: Mapping[str, Any]) -> Appointment:  # Any: columns
    return Appointment(
        id=str(row["id"]),
        status=row["status"],
        version=row["version"],
        facts_version=row["facts_version"],
        therapist=str(row["therapist_id"]),
        room=str(row["room_id"]) if row["room_id"] else None,
        clients=frozenset(map(str, row["clients"])),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        note=row["note"],
        series=str(row["series_id"]) if row["series_id"] else None,
        week=row["occurs_on"] or date.min,
        created_at=row["created_at"],
        keys=frozenset(row["keys"]),
        is_lapsed=row["status"] == "held" and bool(row["lapsed"]),
    )


def _message(row: Mapping[str, Any]) -> Message:  # Any: columns
    return Message(
        appointment=str(row["appointment_id"]),
        facts_version=row["facts_version"],
        kind=row["kind"],
        recipient=str(row["recipient"]),
        channel=row["channel"],
        before_minutes=row["before_start_minutes"],
        state=row["state"],
        for_series=row["for_series"],
        created_at=row["created_at"],
    )
