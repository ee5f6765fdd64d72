"""Appointments: their rows and those of the clients' parts, as they are written.

Whatever becomes of an appointment is written here, in the transaction of the operation
that has locked its calendars and asked the rules. Each change counts its version up,
and one of what a message says of it that of the facts as well. The database has the
last word on double bookings: what it refuses is a `SlotTaken`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from clients.models import Client
from config.errors import Malformed
from scheduling.models import Appointment, Attendance, remember_parts
from scheduling.placement import double_bookings_refused

FACTS = ("starts_at", "office", "therapist", "mode", "cancelled_at")
LONGEST_REASON = 500


def write(
    placed: Sequence[Mapping[str, Any]],  # Any: the values of fields
    clients: Sequence[Client],
) -> list[Appointment]:
    """New appointments, each for all of `clients`, with their parts at hand.

    The statements are the same for any number of them. Raises `SlotTaken`.
    """
    new = [Appointment(**fields) for fields in placed]
    with double_bookings_refused():
        Appointment.objects.bulk_create(new)
        _write_parts(new, clients)
    return new


def change(current: Appointment, **fields: Any) -> None:  # Any: the values of fields
    """Change a locked appointment; without `fields`, to say that a part of it changed.

    Raises `SlotTaken`.
    """
    current.facts_version += any(
        getattr(current, name) != fields[name] for name in FACTS if name in fields
    )
    current.version += 1
    for name, value in fields.items():
        setattr(current, name, value)
    with double_bookings_refused():
        current.save(update_fields=[*fields, "version", "facts_version"])


def give_to(current: Appointment, clients: Sequence[Client]) -> None:
    """Let `clients` come to a locked appointment, in place of whoever it was kept for.

    Raises `SlotTaken`.
    """
    with double_bookings_refused():
        current.attendances.all().delete()
        _write_parts([current], clients)


def part(appointment: Appointment, client: Client) -> Attendance:
    """A client's part in an appointment, as a row that is not saved yet."""
    return Attendance(
        appointment=appointment,
        client=client,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        occupies=appointment.occupies,
    )


def overriding(
    appointment: Appointment, codes: Sequence[str], reason: str
) -> dict[str, Any]:  # Any: the values of fields
    """The fields of an appointment for which further rules are set aside, beside those
    that are.

    Raises `Malformed` for a reason that is too long together with the one that is
    there.
    """
    reasons = dict.fromkeys(filter(None, [appointment.override_reason, reason]))
    joined = "\n".join(reasons)
    if len(joined) > LONGEST_REASON:
        message = f"With the reason that is there, over {LONGEST_REASON} characters."
        raise Malformed(message, field="reason")
    return {
        "overridden": [*appointment.overridden, *codes],
        "override_reason": joined,
    }


def _write_parts(
    appointments: Sequence[Appointment], clients: Sequence[Client]
) -> None:
    parts = [[part(each, client) for client in clients] for each in appointments]
    Attendance.objects.bulk_create(one for those in parts for one in those)
    for appointment, those in zip(appointments, parts, strict=True):
        remember_parts(appointment, those)
