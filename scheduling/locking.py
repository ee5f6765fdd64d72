"""Who may write to a calendar now: locks, always taken in the same order.

The exclusion constraints alone keep the calendars right, but two inserts that meet in
them can deadlock. Whoever waits here instead gets a clean answer (decision D4).
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Model

from clients.models import Client
from config.errors import Stale
from locations.models import Room
from scheduling.models import Appointment, Therapist


def lock_calendars(
    *, therapists: Iterable[UUID], clients: Iterable[UUID], rooms: Iterable[UUID]
) -> None:
    """Wait until nobody else writes to these calendars, and keep them until the
    transaction ends."""
    _lock(Therapist, therapists)
    _lock(Client, clients)
    _lock(Room, rooms)


def lock_calendars_of(appointment: Appointment) -> None:
    """Lock every calendar that an appointment stands in."""
    lock_calendars(
        therapists=[appointment.therapist_id],
        clients=appointment.attendances.values_list("client", flat=True),
        rooms=[appointment.room_id] if appointment.room_id else [],
    )


def lock_appointment(key: UUID, *, version: int | None) -> Appointment:
    """The appointment as it is now, after its calendars have been locked.

    Raises `Stale` if it is no longer the `version` that the caller has seen.
    """
    appointment = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("therapist", "office", "room", "session_type")
        .get(pk=key)
    )
    if version is not None and appointment.version != version:
        raise Stale(version=appointment.version)
    return appointment


def _lock(model: type[Model], keys: Iterable[UUID]) -> None:
    # NO KEY UPDATE lets the foreign keys of others refer to the row meanwhile.
    rows = model._default_manager.filter(pk__in=set(keys)).order_by("pk")  # noqa: SLF001
    list(rows.select_for_update(no_key=True).values_list("pk"))
