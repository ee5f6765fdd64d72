"""Replanning: what waits follows a change of what is sent, to whom, and by which way.

The database notes each such change with it, whoever makes it (`ContactChange`,
`PlanChange`). The sweep works the notes off in two steps, each in transactions of its
own that are short however much has changed: which appointments a change concerns, and
then one appointment after the other. A note is taken away in the transaction that has
done what it asks for, so a worker may die at any moment.
"""

from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from clients.models import ContactChange
from config import transactions
from scheduling import reminders
from scheduling.models import Appointment, PlanChange, Replanning, Therapist

SPREAD_AT_ONCE = 500
RENEWED_AT_ONCE = 200
TURNS_AT_ONCE = 20
LONGEST = 5.0  # seconds for all of them

# Of the clients, who are locked: whoever books for one of them holds the same lock
# from before they read the terms, so that no appointment is passed over.
_SPREAD_TO_CLIENTS = """
INSERT INTO scheduling_replanning (appointment_id)
SELECT DISTINCT appointment_id FROM scheduling_attendance
WHERE client_id = ANY(%(clients)s) AND starts_at > %(now)s
"""
# Of a therapist, who is locked for the same reason.
_SPREAD_TO_THERAPIST = """
INSERT INTO scheduling_replanning (appointment_id)
SELECT id FROM scheduling_appointment
WHERE therapist_id = %(therapist)s AND starts_at > %(now)s
  AND status NOT IN ('held', 'released')
  AND (%(everybody)s OR session_type_id = ANY(%(session_types)s::uuid[]))
"""
# Whoever takes them has a minute; what is left then is somebody else's turn. As a part
# of the UPDATE, the choice could be made more than once, and so be of more than `most`.
_TAKE_TURNS = """
WITH turn AS MATERIALIZED (
  SELECT id FROM scheduling_replanning
  WHERE not_before <= clock_timestamp() ORDER BY not_before, id
  LIMIT %(most)s FOR UPDATE SKIP LOCKED)
UPDATE scheduling_replanning AS replanning
SET not_before = clock_timestamp() + interval '1 minute'
FROM turn WHERE replanning.id = turn.id
RETURNING appointment_id
"""


def work_off(*, now: datetime) -> int:
    """Plan anew what changes ask for, and tell how many appointments it looked at.

    At most 200 at once, and no longer than some seconds, so that what is due is not
    kept waiting; the rest comes with the next sweep. Safe to run in several workers at
    once.
    """
    began, count = monotonic(), 0
    _spread_contact_changes(now)
    _spread_plan_changes(now)
    while count < RENEWED_AT_ONCE and monotonic() < began + LONGEST:
        turns = _take_turns(min(TURNS_AT_ONCE, RENEWED_AT_ONCE - count))
        if not turns:
            break
        count += len(turns)
        for key in turns:
            transactions.retrying(partial(_renew, key, now))
    return count


def _take_turns(most: int) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_TURNS, {"most": most})
        return list({key for (key,) in cursor.fetchall()})


@transaction.atomic
def _spread_contact_changes(now: datetime) -> None:
    """Those of a client to whose calendar somebody writes wait for the next sweep."""
    changes = list(
        ContactChange.objects.select_related("client")
        .select_for_update(no_key=True, skip_locked=True)
        .order_by("pk")[:SPREAD_AT_ONCE]
    )
    if not changes:
        return
    clients = list({change.client_id for change in changes})
    with connection.cursor() as cursor:
        cursor.execute(_SPREAD_TO_CLIENTS, {"clients": clients, "now": now})
    ContactChange.objects.filter(pk__in=[change.pk for change in changes]).delete()


def _spread_plan_changes(now: datetime) -> None:
    """What this is not finished with is begun anew: it does no harm to do so twice."""
    changes = list(PlanChange.objects.order_by("pk")[:SPREAD_AT_ONCE])
    if not changes:
        return
    session_types = {change.session_type_id for change in changes}
    parameters: dict[str, Any] = {  # Any: what SQL can take
        "now": now,
        "everybody": None in session_types,
        "session_types": list(session_types - {None}),
    }
    therapists = Therapist.objects.order_by("pk")
    for key in therapists.values_list("pk", flat=True):
        with transaction.atomic(), connection.cursor() as cursor:
            therapists.select_for_update(no_key=True).get(pk=key)
            cursor.execute(_SPREAD_TO_THERAPIST, parameters | {"therapist": key})
    PlanChange.objects.filter(pk__in=[change.pk for change in changes]).delete()


@transaction.atomic
def _renew(key: UUID, now: datetime) -> None:
    """Plan one appointment anew; one that somebody is busy with, another time."""
    appointment = (
        Appointment.objects.select_for_update(
            no_key=True, skip_locked=True, of=("self",)
        )
        .select_related("office")
        .filter(pk=key)
        .first()
    )
    if appointment is None:
        return
    # Before the terms are read: what changes from now on is noted anew.
    Replanning.objects.filter(appointment=key).delete()
    if appointment.starts_at > now:
        reminders.renew(appointment, now=now)
