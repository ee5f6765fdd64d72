"""Vitals: whether messages are going out, by what workers have noted down.

The sweep notes that it ran, a worker that it took up a message. Ages are by the
database's clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import DurationField, ExpressionWrapper, F, QuerySet
from django.db.models.functions import Greatest, Now

from config.clock import DatabaseNow
from scheduling.models import Heartbeat, Message
from scheduling.outbox import RING_AGAIN

SWEEP, SEND = "sweep", "send"
LONGEST_WAIT = timedelta(minutes=5)
MISSED_SWEEPS = 3
NOTED_EVERY = timedelta(seconds=1)
_AGE = ExpressionWrapper(DatabaseNow() - F("at"), output_field=DurationField())
_SINCE = Greatest("due_at", "next_attempt_at")  # a null does not count
_WAIT = ExpressionWrapper(DatabaseNow() - _SINCE, output_field=DurationField())


@dataclass(frozen=True, slots=True)
class Vitals:
    """When there was last a sweep, and a message taken up; how long ago; and how long
    the longest-waiting message could have been sent, but was not."""

    swept_at: datetime | None
    sent_at: datetime | None
    sweep_age: timedelta | None
    send_age: timedelta | None
    oldest_due_age: timedelta | None

    @property
    def is_well(self) -> bool:
        return self._sweeps and self._takes_up and not self._is_late

    @property
    def _sweeps(self) -> bool:
        return self.sweep_age is not None and self.sweep_age <= patience_for_sweeps()

    @property
    def _takes_up(self) -> bool:
        """Whether nothing waits, or a worker has taken up something not long ago."""
        patience = patience_for_sends()
        waits = self.oldest_due_age is not None and self.oldest_due_age > patience
        return not waits or (self.send_age is not None and self.send_age <= patience)

    @property
    def _is_late(self) -> bool:
        return self.oldest_due_age is not None and self.oldest_due_age >= LONGEST_WAIT


def patience_for_sweeps() -> timedelta:
    return MISSED_SWEEPS * timedelta(seconds=settings.SWEEP_SECONDS)


def patience_for_sends() -> timedelta:
    """Three intervals, but long enough for a ring that was lost to be made again."""
    ring_again = RING_AGAIN + timedelta(seconds=settings.SWEEP_SECONDS)
    return max(patience_for_sweeps(), ring_again)


def read() -> Vitals:
    """The vitals of now, in two statements."""
    rows = Heartbeat.objects.filter(name__in=[SWEEP, SEND]).annotate(age=_AGE)
    beats: Mapping[str, tuple[datetime, timedelta]] = {
        name: (at, age) for name, at, age in rows.values_list("name", "at", "age")
    }
    swept_at, sweep_age = beats.get(SWEEP, (None, None))
    sent_at, send_age = beats.get(SEND, (None, None))
    return Vitals(swept_at, sent_at, sweep_age, send_age, _oldest_due_age())


def late() -> QuerySet[Message]:
    """Those that could have been sent for so long that something must be wrong."""
    long_ago = Now() - LONGEST_WAIT
    waiting = Message.objects.pending().filter(due_at__lte=long_ago)
    return waiting.alias(since=_SINCE).filter(since__lte=long_ago)


def note_send() -> None:
    """Note that a worker takes up a message, where nobody did within the last second:
    workers at work need not wait for one another's notes."""
    lately = DatabaseNow() - NOTED_EVERY
    if not Heartbeat.objects.filter(name=SEND, at__gt=lately).exists():
        Heartbeat.objects.bulk_create(
            [Heartbeat(name=SEND, at=DatabaseNow())],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["at"],
        )


class Watch:
    """Tells whether a worker has stalled, by whether what it notes down changes.

    Time is the watcher's own, in seconds: no other clock that jumps, and no night that
    a machine slept through, makes a worker look stalled. Whoever has just begun to
    watch, or could not look, gives it `starting` seconds to start.
    """

    def __init__(self, now: float, *, starting: float = 60) -> None:
        self._starting = starting
        self.begin(now)

    def begin(self, now: float) -> None:
        """Forget what was seen."""
        self._seen: Vitals | None = None
        self._looked_at = now
        sweeps, sends = patience_for_sweeps(), patience_for_sends()
        self._sweep_by = now + max(sweeps.total_seconds(), self._starting)
        self._send_by = now + max(sends.total_seconds(), self._starting)

    def look(self, vitals: Vitals, now: float) -> str | None:
        """What is wrong, in words, if something has been for too long."""
        seen, self._seen = self._seen, vitals
        if seen is not None and vitals.swept_at != seen.swept_at:
            age = (vitals.sweep_age or timedelta(0)).total_seconds()
            swept_at = now - min(max(age, 0), now - self._looked_at)
            self._sweep_by = swept_at + patience_for_sweeps().total_seconds()
        self._looked_at = now
        takes_up = seen is not None and vitals.sent_at != seen.sent_at
        if vitals.oldest_due_age is None or takes_up:
            patience = patience_for_sends().total_seconds()
            self._send_by = max(self._send_by, now + patience)
        if now > self._sweep_by:
            return "no sweep has run for three intervals"
        if now > self._send_by:
            return "messages wait, and no worker takes them up"
        return None

    def look_again_in(self, now: float) -> float:
        """Seconds until there may be something to tell, at most one interval."""
        left = min(self._sweep_by, self._send_by) - now
        return max(0.05, min(left + 0.05, float(settings.SWEEP_SECONDS)))


def _oldest_due_age() -> timedelta | None:
    # The statement's clock narrows it down by an index, which a volatile one cannot.
    waiting = Message.objects.pending().filter(due_at__lte=Now())
    due = waiting.annotate(age=_WAIT).filter(age__gte=timedelta(0)).order_by("-age")
    return due.values_list("age", flat=True).first()
