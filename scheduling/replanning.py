"""Replanning: what waits follows a change of what is sent, to whom, and by which way.

The database notes each such change with it, whoever makes it (`ContactChange`,
`PlanChange`). The sweep works the notes off in two steps, each in transactions of its
own that are short however much has changed: which appointments a change concerns, and
then one appointment after the other. A note is taken away in the transaction that has
done what it asks for, so a worker may die at any moment.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction

from clients.models import ContactChange
from config import transactions
from config.clock import DatabaseNow
from scheduling import reminders
from scheduling.models import Appointment, PlanChange, Replanning, Therapist

logger = logging.getLogger(__name__)

SPREAD_AT_ONCE = 500
RENEWED_AT_ONCE = 200
TURNS_AT_ONCE = 20
LONGEST = 5.0  # seconds for all of them
PUT_OFF = timedelta(minutes=15)  # for what cannot be planned

# Of the clients, who are locked: whoever books for one of them holds the same lock
# from before they read the terms, so that no appointment is passed over.
_SPREAD_TO_CLIENTS = """
INSERT INTO scheduling_replanning (appointment_id, since)
SELECT appointment_id, min(since) FROM scheduling_attendance
JOIN unnest(%(clients)s::uuid[], %(since)s::timestamptz[]) AS change (client_id, since)
  USING (client_id)
WHERE starts_at > %(now)s GROUP BY appointment_id
"""
# Of a therapist, who is locked for the same reason.
_SPREAD_TO_THERAPIST = """
INSERT INTO scheduling_replanning (appointment_id, since)
SELECT id, %(since)s FROM scheduling_appointment
WHERE therapist_id = %(therapist)s AND starts_at > %(now)s
  AND status NOT IN ('held', 'released')
  AND (%(everybody)s OR session_type_id = ANY(%(session_types)s::uuid[]))
"""
# The next sessions come first. Whoever takes them has a minute; what is left then is
# somebody else's turn. As a part of the UPDATE, the choice could be made more than
# once, and so be of more than `most`.
_TAKE_TURNS = """
WITH turn AS MATERIALIZED (
  SELECT replanning.id FROM scheduling_replanning AS replanning
  LEFT JOIN scheduling_appointment AS appointment ON appointment.id = appointment_id
  WHERE not_before <= clock_timestamp()
  ORDER BY appointment.starts_at, replanning.id
  LIMIT %(most)s FOR UPDATE OF replanning SKIP LOCKED)
UPDATE scheduling_replanning AS replanning
SET not_before = clock_timestamp() + interval '1 minute'
FROM turn WHERE replanning.id = turn.id
RETURNING appointment_id
"""
_TAKE_AWAY = """
DELETE FROM scheduling_replanning WHERE appointment_id = %(key)s RETURNING since
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
            _renew_or_put_off(key, now)
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
    clients = [change.client_id for change in changes]
    since = [change.since for change in changes]
    with connection.cursor() as cursor:
        cursor.execute(
            _SPREAD_TO_CLIENTS, {"clients": clients, "since": since, "now": now}
        )
    ContactChange.objects.filter(pk__in=[change.pk for change in changes]).delete()


def _spread_plan_changes(now: datetime) -> None:
    """Those to whose calendar somebody writes wait for the next sweep, each by itself.
    What this is not finished with is begun anew: it does no harm to do so twice."""
    changes = list(PlanChange.objects.order_by("pk")[:SPREAD_AT_ONCE])
    if not changes:
        return
    left: dict[tuple[UUID, UUID | None], PlanChange] = {}
    for key in Therapist.objects.order_by("pk").values_list("pk", flat=True):
        theirs = [each for each in changes if each.therapist_id in (None, key)]
        if theirs and not _spread_to(key, theirs, now):
            for each in theirs:
                note = PlanChange(
                    session_type_id=each.session_type_id,
                    therapist_id=key,
                    since=each.since,
                )
                left.setdefault((key, each.session_type_id), note)
    with transaction.atomic():
        PlanChange.objects.filter(pk__in=[change.pk for change in changes]).delete()
        PlanChange.objects.bulk_create(left.values())


@transaction.atomic
def _spread_to(key: UUID, changes: Sequence[PlanChange], now: datetime) -> bool:
    """Whether it could be done for a therapist."""
    free = Therapist.objects.select_for_update(no_key=True, skip_locked=True)
    if not free.filter(pk=key):
        return False
    session_types = {change.session_type_id for change in changes}
    with connection.cursor() as cursor:
        cursor.execute(
            _SPREAD_TO_THERAPIST,
            {
                "now": now,
                "since": min(change.since for change in changes),
                "therapist": key,
                "everybody": None in session_types,
                "session_types": list(session_types - {None}),
            },
        )
    return True


def _renew_or_put_off(key: UUID, now: datetime) -> None:
    """One that cannot be planned, whatever is wrong with it, does not stop the rest."""
    try:
        transactions.retrying(partial(_renew, key, now))
    except (OperationalError, InterfaceError) as error:
        if not transactions.sqlstate(error):
            raise  # the database is gone
        # Something is locked: it waits for a minute as it is.
        logger.info("an appointment is busy", extra={"appointment_id": key})
    except Exception:
        logger.exception("cannot plan anew", extra={"appointment_id": key})
        Replanning.objects.filter(appointment=key).update(
            not_before=DatabaseNow() + PUT_OFF
        )


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
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_AWAY, {"key": key})
        since = min([*(since for (since,) in cursor.fetchall()), now])
    if appointment.starts_at > now:
        reminders.renew(appointment, now=now, since=since)
