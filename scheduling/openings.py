"""Openings: hours that have become free are offered to those who wait.

The database notes them with the change that frees them, whoever makes it (`Opening`).
The sweep works the notes off, one after the other, in transactions that are short: with
the offer that it leads to goes the note, so a worker may die at any moment. What is
left of a longer opening is noted anew, for those who come next.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from django.db.models import Min

from config import transactions
from config.clock import DatabaseNow
from locations.models import Office
from scheduling import offers, orders, policies, waitlist
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.intervals import Interval, subtract
from scheduling.engine.wall_clock import DAY, MINUTE, as_datetime, earliest_outside
from scheduling.models import (
    EntryState,
    Mode,
    Opening,
    SessionType,
    Therapist,
    WaitlistEntry,
)
from scheduling.placement import RulesForbid, SlotTaken
from scheduling.wishes import Slot

logger = logging.getLogger(__name__)

WORKED_OFF_AT_ONCE = 100
TURNS_AT_ONCE = 10
LONGEST = 5.0  # seconds for all of them
ASKED_AT_ONCE = 20  # of those who wait
SLOTS_LOOKED_AT = 50
TO_SEND = timedelta(minutes=5)  # in which a message goes out
PUT_OFF = timedelta(minutes=15)  # for what cannot be worked off

# That a hold lapses changes no row. Nobody has to wait here: whoever books lets go of
# what has lapsed as well.
_RELEASE_LAPSED = """
UPDATE scheduling_appointment SET status = 'released', version = version + 1
WHERE id IN (
  SELECT id FROM scheduling_appointment
  WHERE status = 'held' AND hold_expires_at <= statement_timestamp()
  ORDER BY hold_expires_at LIMIT 200 FOR UPDATE SKIP LOCKED)
"""
# The next hours come first, and weeks that opened after all of them: of these there may
# be many at once. Whoever takes them has a minute; what is left then is somebody else's
# turn.
_TAKE_TURNS = """
WITH turn AS MATERIALIZED (
  SELECT id FROM scheduling_opening WHERE not_before <= clock_timestamp()
  ORDER BY ends_at - starts_at > interval '1 day', starts_at, id
  LIMIT %(most)s FOR UPDATE SKIP LOCKED)
UPDATE scheduling_opening AS opening
SET not_before = clock_timestamp() + interval '1 minute'
FROM turn WHERE opening.id = turn.id
RETURNING opening.id, therapist_id, starts_at, ends_at, after
"""


class _Gone(Exception):
    """Somebody else has worked it off."""


def work_off(*, now: datetime) -> int:
    """Offer what has become free to those who wait, and tell how many openings it
    looked at.

    At most 100 at once, and no longer than some seconds; the rest comes with the next
    sweep. Safe to run in several workers at once.
    """
    began, count = monotonic(), 0
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE_LAPSED)
    offers.settle(now=now)
    while count < WORKED_OFF_AT_ONCE and monotonic() < began + LONGEST:
        turns = _take_turns(TURNS_AT_ONCE)
        if not turns:
            break
        count += len(turns)
        for opening in turns:
            _work_or_put_off(opening, now, began + LONGEST)
    return count


def work(opening: Opening, *, now: datetime, until: float) -> None:
    """Offer an opening to whoever has waited longest of those whom it suits; until the
    clock says `until`, and then go on from there another time."""
    earliest = now + offers.BEFORE_START + offers.SHORTEST
    quiet_ends = _end_of_quiet_hours(now)
    if quiet_ends > now:
        earliest += quiet_ends - now
    if opening.ends_at <= earliest:
        Opening.objects.filter(pk=opening.pk).delete()
        return
    if quiet_ends > now:
        Opening.objects.filter(pk=opening.pk).update(not_before=quiet_ends)
        return
    for entry in _waiting(opening, now):
        try:
            if _offer_best(entry, opening, earliest, now):
                return
        except _Gone:
            return
        opening.after = entry.pk
        if monotonic() > until:
            Opening.objects.filter(pk=opening.pk).update(
                after=opening.after, not_before=DatabaseNow()
            )
            return
    Opening.objects.filter(pk=opening.pk).delete()


def _take_turns(most: int) -> list[Opening]:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_TURNS, {"most": most})
        columns = ("id", "therapist_id", "starts_at", "ends_at", "after")
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return sorted((Opening(**row) for row in rows), key=_turn)


def _turn(opening: Opening) -> tuple[bool, datetime, int]:
    is_long = opening.ends_at - opening.starts_at > timedelta(days=1)
    return is_long, opening.starts_at, opening.pk


def _work_or_put_off(opening: Opening, now: datetime, until: float) -> None:
    """One that cannot be worked off, whatever is wrong with it, does not stop the
    rest."""
    try:
        transactions.retrying(partial(work, opening, now=now, until=until))
    except (OperationalError, InterfaceError) as error:
        if not transactions.sqlstate(error):
            raise  # the database is gone
        # Something is locked: it waits for a minute as it is.
        logger.info("an opening is busy", extra={"opening_id": opening.pk})
    except Exception:
        logger.exception("cannot work off", extra={"opening_id": opening.pk})
        Opening.objects.filter(pk=opening.pk).update(not_before=DatabaseNow() + PUT_OFF)


def _end_of_quiet_hours(now: datetime) -> datetime:
    """Or `now`. Just before them nothing is offered either: the message would come too
    late to go out, and whoever has waited longest would have missed the hour."""
    ends = _end_of_quiet_hours_at(now)
    soon = now + TO_SEND
    later = _end_of_quiet_hours_at(soon)
    return later if ends == now and later > soon else ends


def _end_of_quiet_hours_at(now: datetime) -> datetime:
    policy = policies.of_practice()
    ends = earliest_outside(
        int(now.timestamp()),
        policy.quiet_from_minute,
        policy.quiet_until_minute,
        PRACTICE_ZONE,
    )
    return max(now, as_datetime(ends))


def _offer_best(
    entry: WaitlistEntry, opening: Opening, earliest: datetime, now: datetime
) -> bool:
    """Whether they could be offered something. An entry with which something is wrong
    does not keep the hour from those who come next. Raises `_Gone`."""
    try:
        slot = _best_slot(entry, opening, earliest, now)
        return slot is not None and _offer(entry, slot, opening, now)
    except (_Gone, DatabaseError, InterfaceError):
        raise
    except Exception:
        logger.exception("cannot offer", extra={"entry_id": entry.pk})
        return False


def _waiting(opening: Opening, now: datetime) -> Iterator[WaitlistEntry]:
    """Those whom it could suit, the longest wait first."""
    span, after = _span(opening), opening.after
    rows = WaitlistEntry.objects.select_related("client", "session_type")
    while True:
        keys = waitlist.waiting_for(
            opening.therapist_id,
            span,
            now=now,
            is_offerable=True,
            after=after,
            most=ASKED_AT_ONCE,
        )
        entries = rows.prefetch_related("therapists", "offices").in_bulk(keys)
        for key in keys:
            if key in entries:
                yield entries[key]
        if len(keys) < ASKED_AT_ONCE:
            return
        after = keys[-1]


def _best_slot(
    entry: WaitlistEntry, opening: Opening, earliest: datetime, now: datetime
) -> Slot | None:
    """The hour that starts nearest to where the opening does, and lies in it at least
    in part; not one that they were offered before."""
    span, duration = _span(opening), entry.session_type.duration_minutes * MINUTE
    first = max(span.start - duration + 1, int(earliest.timestamp()))
    last = min(span.end, first + waitlist.LOOKED_AHEAD)
    if last <= first:
        return None
    found = waitlist.slots_of(
        entry,
        opening.therapist_id,
        Interval(first, last),
        now=int(now.timestamp()),
        most=SLOTS_LOOKED_AT,
    )
    if span.end - span.start > DAY:
        found = [slot for slot in found if slot.start >= span.start] or found
    known = _offered_before(entry, opening)
    fresh = [
        slot
        for slot in found
        if not any(time.overlaps(Interval(slot.start, slot.end)) for time in known)
    ]
    nearest = sorted(fresh, key=lambda slot: (abs(slot.start - span.start), slot))
    return nearest[0] if nearest else None


def _offered_before(entry: WaitlistEntry, opening: Opening) -> list[Interval]:
    times = entry.offers.filter(
        appointment__therapist=opening.therapist_id,
        appointment__starts_at__lt=opening.ends_at,
        appointment__ends_at__gt=opening.starts_at,
    ).values_list("appointment__starts_at", "appointment__ends_at")
    return [
        Interval(int(start.timestamp()), int(end.timestamp())) for start, end in times
    ]


def _offer(entry: WaitlistEntry, slot: Slot, opening: Opening, now: datetime) -> bool:
    """Whether the hour could be offered: with that the note goes, or what is left of it
    is noted anew, for those who have waited less. Raises `_Gone`."""
    order = orders.Order(
        therapist=Therapist.objects.get(pk=opening.therapist_id),
        clients=[entry.client],
        session_type=entry.session_type,
        office=Office.objects.get(pk=slot.office) if slot.office else None,
        mode=Mode(slot.mode),
        starts_at=as_datetime(slot.start),
        is_hold=True,
    )
    try:
        with transaction.atomic():
            gone, _ = Opening.objects.filter(pk=opening.pk).delete()
            if not gone:
                raise _Gone
            offers.make(entry, order, now=now)
            _note_what_is_left(opening, entry, slot)
    except offers.NotReached:
        offers.pass_over(entry, now=now)
        return False
    except (SlotTaken, RulesForbid, offers.NotWaiting):
        return False  # the world has moved on; the next one, perhaps
    return True


def _note_what_is_left(opening: Opening, entry: WaitlistEntry, slot: Slot) -> None:
    waiting = SessionType.objects.filter(waitlist_entries__state=EntryState.WAITING)
    shortest = waiting.aggregate(least=Min("duration_minutes"))["least"] or 0
    left = [
        piece
        for piece in subtract(_span(opening), [Interval(slot.start, slot.end)])
        if piece.end - piece.start >= shortest * MINUTE
    ]
    if left:
        Opening.objects.create(
            therapist_id=opening.therapist_id,
            starts_at=as_datetime(left[0].start),
            ends_at=as_datetime(left[-1].end),
            after=entry.pk,
        )


def _span(opening: Opening) -> Interval:
    start, end = opening.starts_at, opening.ends_at
    return Interval(int(start.timestamp()), int(end.timestamp()))
