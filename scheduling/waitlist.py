"""The waitlist: who waits for which hours, and whom a free one could suit.

Whoever has waited longest comes first. New entries are not matched with what is free
already, which a search finds: whoever writes one down is told of it at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from config.errors import Conflict, Malformed, Stale
from locations.models import Room
from scheduling import offers, slot_search, snapshots
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import (
    DAY,
    MINUTE,
    as_datetime,
    day_of,
    instant,
    minute_of,
)
from scheduling.locking import lock_calendars
from scheduling.models import (
    Because,
    EntryState,
    OfferState,
    SessionType,
    WaitlistEntry,
)
from scheduling.wishes import Slot, Wish

LONGEST_WAIT = timedelta(days=366)
LOOKED_AHEAD = 92 * DAY
SLOTS_NOW = 3

# The cheap part of each wish; the rules decide about the rest. With `is_offerable` also
# whether they may be offered something now, and have not been offered that very hour.
_WAITING_FOR = """
SELECT entry.id
FROM scheduling_waitlistentry AS entry
JOIN scheduling_therapist AS therapist ON therapist.id = %(therapist)s
  AND therapist.is_active
JOIN scheduling_sessiontype AS kind ON kind.id = entry.session_type_id
  AND kind.is_active AND kind.clients_min = 1
WHERE entry.state = 'waiting' AND entry.until >= %(first_day)s
  AND (%(after)s::uuid IS NULL OR (entry.created_at, entry.id) > (
    SELECT created_at, id FROM scheduling_waitlistentry WHERE id = %(after)s))
  AND EXISTS (
    SELECT FROM scheduling_therapist_session_types AS offered
    WHERE offered.therapist_id = therapist.id AND sessiontype_id = kind.id)
  AND (NOT EXISTS (SELECT FROM scheduling_waitlistentry_therapists AS wanted
                   WHERE wanted.waitlistentry_id = entry.id)
       OR EXISTS (SELECT FROM scheduling_waitlistentry_therapists AS wanted
                  WHERE wanted.waitlistentry_id = entry.id
                    AND wanted.therapist_id = therapist.id))
  AND (entry.modality_id IS NULL OR EXISTS (
    SELECT FROM scheduling_therapist_modalities AS practised
    WHERE practised.therapist_id = therapist.id
      AND practised.modality_id = entry.modality_id))
  AND (entry.concern_id IS NULL OR EXISTS (
    SELECT FROM scheduling_therapist_concerns AS treated
    WHERE treated.therapist_id = therapist.id
      AND presentingconcern_id = entry.concern_id))
  AND (NOT EXISTS (SELECT FROM scheduling_waitlistentry_offices AS wanted
                   WHERE wanted.waitlistentry_id = entry.id)
       OR EXISTS (SELECT FROM scheduling_waitlistentry_offices AS wanted
                  JOIN scheduling_therapist_offices AS worked_at USING (office_id)
                  WHERE wanted.waitlistentry_id = entry.id
                    AND worked_at.therapist_id = therapist.id))
  AND (therapist.telehealth OR entry.modes <> ARRAY['telehealth']::varchar[])
  AND (entry.weekdays = '{}' OR entry.weekdays && %(weekdays)s::smallint[])
  AND entry.time_from < %(to_minute)s AND entry.time_to > %(from_minute)s
  AND (NOT %(is_offerable)s OR (
    NOT EXISTS (
      SELECT FROM scheduling_waitlistoffer AS offer
      WHERE offer.entry_id = entry.id AND state = 'offered')
    AND (SELECT count(*) FROM scheduling_waitlistoffer AS offer
         WHERE offer.entry_id = entry.id AND offered_at >= %(midnight)s
           AND because NOT IN ('desk', 'booked_over'))
        < entry.offers_per_day
    AND NOT EXISTS (
      SELECT FROM scheduling_waitlistoffer AS offer
      JOIN scheduling_appointment AS hold ON hold.id = appointment_id
      WHERE offer.entry_id = entry.id AND hold.therapist_id = therapist.id
        AND hold.starts_at <= %(start)s AND hold.ends_at >= %(end)s)))
ORDER BY entry.created_at, entry.id
LIMIT %(most)s
"""


class NotWaiting(Conflict):
    """They wait no longer."""

    code = "not_waiting"
    message = "They wait no longer."


def join(
    *,
    by: User | None,
    now: datetime,
    therapists: Sequence[Any] = (),  # Any: therapists
    offices: Sequence[Any] = (),  # Any: offices
    **wished: Any,  # Any: of each field
) -> WaitlistEntry:
    """Let a client wait. Raises `Malformed`."""
    _check(wished, now)
    with transaction.atomic():
        entry = WaitlistEntry.objects.create(created_by=by, created_at=now, **wished)
        entry.therapists.set(therapists)
        entry.offices.set(offices)
    return entry


def amend(
    entry: WaitlistEntry, changes: Mapping[str, Any], *, version: int, now: datetime
) -> None:
    """Change what somebody waits for; they keep their place. An offer that is out stays
    as it is. Raises `Stale`, `NotWaiting` or `Malformed`."""
    _check(changes, now)
    with transaction.atomic():
        current = _locked(entry, version)
        many = {
            name: changes[name] for name in ("therapists", "offices") if name in changes
        }
        fields = {name: changes[name] for name in changes if name not in many}
        for name, value in fields.items():
            setattr(current, name, value)
        current.version += 1
        current.save(update_fields=[*fields, "version"])
        for name, rows in many.items():
            getattr(current, name).set(rows)


def withdraw(entry: WaitlistEntry, *, version: int, now: datetime) -> None:
    """Let somebody wait no longer; an offer that is out is taken back. Raises `Stale`
    or `NotWaiting`."""
    with transaction.atomic():
        # Whoever makes an offer to them holds this as well.
        nowhere = Room.objects.none()
        lock_calendars(therapists=[], clients=[entry.client_id], rooms=nowhere)
        for offer in entry.offers.filter(state=OfferState.OFFERED):
            offers.withdraw(offer, because=Because.ENTRY_WITHDRAWN, now=now)
        current = _locked(entry, version)
        current.state, current.version = EntryState.WITHDRAWN, current.version + 1
        current.save(update_fields=["state", "version"])


def wish_of(entry: WaitlistEntry, span: Interval) -> Wish:
    """What a search is to look for in `span`, up to the last day that they wait."""
    ends = instant(entry.until, DAY // MINUTE, PRACTICE_ZONE)
    return Wish(
        session_type=entry.session_type,
        start=span.start,
        end=max(min(span.end, ends), span.start),
        therapists=[each.pk for each in entry.therapists.all()],
        offices=[each.pk for each in entry.offices.all()],
        modalities=[entry.modality_id] if entry.modality_id else [],
        concerns=[entry.concern_id] if entry.concern_id else [],
        modes=entry.modes,
        weekdays=entry.weekdays,
        time_from=entry.time_from,
        time_to=entry.time_to,
        clients=[entry.client],
    )


def slots_now(entry: WaitlistEntry, *, now: datetime) -> Sequence[Slot]:
    """Up to three hours that are free already: nobody is to wait for those."""
    present = int(now.timestamp())
    wish = wish_of(entry, Interval(present, present + LOOKED_AHEAD))
    return slot_search.search(wish, now=present, limit=SLOTS_NOW).slots


def slots_of(
    entry: WaitlistEntry, therapist: UUID, span: Interval, *, now: int, most: int
) -> Sequence[Slot]:
    """The first hours of a therapist that start in `span` and suit whoever waits, by
    the rules that every booking asks."""
    wish = replace(wish_of(entry, span), therapists=[therapist])
    if wish.end <= wish.start:
        return []
    if wish.end - wish.start <= DAY:
        found = next(
            slot_search.search_each(wish, [Interval(wish.start, wish.end)], now=now)
        )
        return found[:most]
    return slot_search.search(wish, now=now, limit=most).slots


def waiting_for(
    therapist: UUID,
    span: Interval,
    *,
    now: datetime,
    is_offerable: bool,
    after: UUID | None = None,
    most: int,
) -> list[UUID]:
    """Those whom hours of a therapist in `span` could suit, the longest wait first.

    One statement. It asks what is cheap to ask: an hour that is really free, and suits
    them by all rules, has yet to be found.
    """
    first, last = (day_of(at, PRACTICE_ZONE) for at in (span.start, span.end - 1))
    from_minute, to_minute = 0, DAY // MINUTE
    if first == last:
        from_minute = minute_of(span.start, PRACTICE_ZONE)
        to_minute = minute_of(span.end - 1, PRACTICE_ZONE) + 1
    rows = snapshots.read(
        _WAITING_FOR,
        therapist=therapist,
        first_day=first,
        weekdays=_weekdays(first, last),
        from_minute=from_minute,
        to_minute=to_minute,
        midnight=as_datetime(instant(_today(now), 0, PRACTICE_ZONE)),
        start=as_datetime(span.start),
        end=as_datetime(span.end),
        is_offerable=is_offerable,
        after=after,
        most=most,
    )
    return [key for (key,) in rows]


def has_lapsed(entry: WaitlistEntry, now: datetime) -> bool:
    """Whether nothing was found up to the last day."""
    return entry.state == EntryState.WAITING and entry.until < _today(now)


def _locked(entry: WaitlistEntry, version: int) -> WaitlistEntry:
    current = WaitlistEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    if current.version != version:
        raise Stale(version=current.version)
    if current.state != EntryState.WAITING:
        raise NotWaiting
    return current


def _check(wished: Mapping[str, Any], now: datetime) -> None:
    """What makes no sense. Raises `Malformed`."""
    kind: SessionType | None = wished.get("session_type")
    if kind is not None and kind.clients_min > 1:
        raise Malformed(f"{kind.name} is {kind.for_whom}.", field="session_type")
    until: date | None = wished.get("until")
    if until is not None and until < _today(now):
        raise Malformed("This has passed.", field="until")
    if until is not None and until > _today(now) + LONGEST_WAIT:
        raise Malformed("This is more than a year ahead.", field="until")


def _weekdays(first: date, last: date) -> list[int]:
    count = min((last - first).days + 1, 7)
    return [(first + timedelta(days=number)).weekday() for number in range(count)]


def _today(now: datetime) -> date:
    return day_of(int(now.timestamp()), PRACTICE_ZONE)
