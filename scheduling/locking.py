"""Who may write to a calendar now: locks, always taken in the same order.

The exclusion constraints alone keep the calendars right, but two inserts that meet in
them can deadlock. Whoever waits here instead gets a clean answer (decision D4).
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import QuerySet

from config.errors import Stale
from locations.models import Room
from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import as_datetime
from scheduling.models import Appointment

# By hand, since every booking runs it and hardly ever finds anything.
_RELEASE = """
UPDATE scheduling_appointment
SET status = 'released', version = version + 1
WHERE id IN (
  SELECT id FROM scheduling_appointment AS held
  WHERE status = 'held' AND hold_expires_at <= clock_timestamp()
    AND starts_at < %(end)s AND ends_at > %(start)s
    AND (therapist_id = ANY(%(therapists)s::uuid[]) OR room_id = ANY(%(rooms)s::uuid[])
         OR EXISTS (SELECT FROM scheduling_attendance
                    WHERE appointment_id = held.id
                      AND client_id = ANY(%(clients)s::uuid[])))
  ORDER BY starts_at, id FOR UPDATE)
"""


def lock_calendars(
    *, therapists: Iterable[UUID], clients: Iterable[UUID], rooms: QuerySet[Room]
) -> list[Room]:
    """Wait until nobody else writes to these calendars, and keep them until the
    transaction ends. The rooms as they are now."""
    _lock("scheduling_therapist", therapists)
    _lock("clients_client", clients)
    return list(rooms.order_by("pk").select_for_update(no_key=True, of=("self",)))


def lock_user(user: User) -> None:
    """Wait until nobody else acts in the name of `user`; before any calendar is locked,
    and only to count what is theirs."""
    _lock("auth_user", [user.pk], key="integer")


def lock_calendars_of(appointment: Appointment, *, room: Room | None = None) -> None:
    """Lock every calendar that an appointment stands in, and that of the `room` it is
    to have; let go of the holds that have lapsed there."""
    clients = list(appointment.attendances.values_list("client", flat=True))
    wanted = [key for key in (appointment.room_id, room and room.pk) if key]
    rooms = lock_calendars(
        therapists=[appointment.therapist_id],
        clients=clients,
        rooms=Room.objects.filter(pk__in=wanted),
    )
    release_lapsed_holds(
        Interval(
            int(appointment.starts_at.timestamp()), int(appointment.ends_at.timestamp())
        ),
        therapists=[appointment.therapist_id],
        clients=clients,
        rooms=[each.pk for each in rooms],
    )


def release_lapsed_holds(
    span: Interval,
    *,
    therapists: Collection[UUID],
    clients: Collection[UUID],
    rooms: Collection[UUID],
) -> None:
    """Let go of the holds on these calendars in `span` whose time is up.

    A constraint cannot read the clock, so they have to go before something else comes.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _RELEASE,
            {
                "start": as_datetime(span.start),
                "end": as_datetime(span.end),
                "therapists": list(therapists),
                "clients": list(clients),
                "rooms": list(rooms),
            },
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


def _lock(table: str, keys: Iterable[UUID | int], *, key: str = "uuid") -> None:
    # NO KEY UPDATE lets the foreign keys of others refer to the row meanwhile.
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT FROM {table} WHERE id = ANY(%s::{key}[])"
            " ORDER BY id FOR NO KEY UPDATE",
            [list(keys)],
        )
