"""Vitals: whether messages are going out, by what workers have noted down.

The sweep notes that it ran, a worker that it took up a message; and each worker that it
answered, which the sweep calls by name: one that has stalled is seen beside others that
work. Ages are by the database's clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import DurationField, ExpressionWrapper, F, Min, QuerySet
from django.db.models.functions import Greatest, Now

from clients.models import ContactChange
from config.clock import DatabaseNow
from scheduling.models import (
    Heartbeat,
    Message,
    PlanChange,
    Replanning,
    WorkerHeartbeat,
)
from scheduling.outbox import RING_AGAIN

SWEEP, SEND, REPLAN = "sweep", "send", "replan"
LONGEST_WAIT = timedelta(minutes=5)
MISSED_SWEEPS = 3
NOTED_EVERY = timedelta(seconds=1)
# A worker that has not answered for so long is gone, whatever became of it.
GONE_AFTER = timedelta(minutes=15)
_AGE = ExpressionWrapper(DatabaseNow() - F("at"), output_field=DurationField())
_SINCE = Greatest("due_at", "next_attempt_at")  # a null does not count
_WAIT = ExpressionWrapper(DatabaseNow() - _SINCE, output_field=DurationField())
_CALLED = ExpressionWrapper(
    DatabaseNow() - F("called_at"), output_field=DurationField()
)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that a worker has not answered yet, and how long ago it was."""

    called_at: datetime
    age: timedelta


@dataclass(frozen=True, slots=True)
class Vitals:
    """When there was last a sweep, and a message taken up; how long ago; and how long
    the longest-waiting message could have been sent, but was not. Each worker by its
    name, with the call that it owes an answer to. How long a change of what is sent has
    waited for somebody to follow it, and how long ago somebody followed any."""

    swept_at: datetime | None
    sent_at: datetime | None
    sweep_age: timedelta | None
    send_age: timedelta | None
    oldest_due_age: timedelta | None
    workers: Mapping[str, Call | None] = field(default_factory=dict)
    oldest_change_age: timedelta | None = None
    replan_age: timedelta | None = None

    @property
    def is_well(self) -> bool:
        if self.silent_workers or not (self._sweeps and self._takes_up):
            return False
        return not self._is_late and self._replans

    @property
    def silent_workers(self) -> list[str]:
        """Those that have stalled: they owe an answer for too long."""
        patience = patience_for_answers()
        calls = self.workers.items()
        return [name for name, call in calls if call and call.age > patience]

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

    @property
    def _replans(self) -> bool:
        """Whether no change waits, or some have been followed not long ago: those that
        concern very many sessions take their time."""
        if self.oldest_change_age is None or self.oldest_change_age < LONGEST_WAIT:
            return True
        return self.replan_age is not None and self.replan_age < LONGEST_WAIT


def patience_for_sweeps() -> timedelta:
    return MISSED_SWEEPS * timedelta(seconds=settings.SWEEP_SECONDS)


def patience_for_sends() -> timedelta:
    """Three intervals, but long enough for a ring that was lost to be made again."""
    ring_again = RING_AGAIN + timedelta(seconds=settings.SWEEP_SECONDS)
    return max(patience_for_sweeps(), ring_again)


def patience_for_answers() -> timedelta:
    """From the call on, so that it is three intervals from the last answer; but each
    process of a worker may have a task first, of which each has a limit."""
    missed = (MISSED_SWEEPS - 1) * timedelta(seconds=settings.SWEEP_SECONDS)
    return max(missed, timedelta(seconds=settings.MESSAGE_LEASE_SECONDS))


def read() -> Vitals:
    """The vitals of now, in a few statements that an index or a short table answers."""
    rows = Heartbeat.objects.annotate(age=_AGE).values_list("name", "at", "age")
    beats: Mapping[str, tuple[datetime, timedelta]] = {
        name: (at, age) for name, at, age in rows
    }
    swept_at, sweep_age = beats.get(SWEEP, (None, None))
    sent_at, send_age = beats.get(SEND, (None, None))
    _, replan_age = beats.get(REPLAN, (None, None))
    workers = WorkerHeartbeat.objects.annotate(age=_CALLED).order_by("name")
    return Vitals(
        swept_at,
        sent_at,
        sweep_age,
        send_age,
        _oldest_due_age(),
        workers={
            name: None if called_at is None else Call(called_at, age)
            for name, called_at, age in workers.values_list("name", "called_at", "age")
        },
        oldest_change_age=_oldest_change_age(),
        replan_age=replan_age,
    )


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
        _note(SEND)


def note_replanning() -> None:
    """Note that somebody follows changes of what is sent."""
    _note(REPLAN)


def note_worker(name: str) -> None:
    """Note that a worker answers: it owes no answer any more."""
    WorkerHeartbeat.objects.bulk_create(
        [WorkerHeartbeat(name=name, at=DatabaseNow(), called_at=None)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at", "called_at"],
    )


def forget_worker(name: str) -> None:
    """It ends, as somebody wants it to."""
    WorkerHeartbeat.objects.filter(name=name).delete()


def call_workers() -> tuple[list[str], list[str]]:
    """The workers that are to be called now, and those that are forgotten: they have
    answered nothing for so long that they must be gone."""
    gone = WorkerHeartbeat.objects.filter(called_at__lt=DatabaseNow() - GONE_AFTER)
    forgotten = list(gone.values_list("name", flat=True))
    WorkerHeartbeat.objects.filter(pk__in=forgotten).delete()
    WorkerHeartbeat.objects.filter(called_at=None).update(called_at=DatabaseNow())
    there = WorkerHeartbeat.objects.order_by("name").values_list("name", flat=True)
    return list(there), forgotten


def _note(name: str) -> None:
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=DatabaseNow())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )


class Watch:
    """Tells whether a worker has stalled, by whether what it notes down changes.

    Time is the watcher's own, in seconds: no other clock that jumps, and no night that
    a machine slept through, makes a worker look stalled. Whoever has just begun to
    watch, or could not look, gives it `starting` seconds to start. Of the workers only
    those on `host` are its own to judge.
    """

    def __init__(self, now: float, *, starting: float = 60, host: str = "") -> None:
        self._starting = starting
        self._host = host
        self.begin(now)

    def begin(self, now: float) -> None:
        """Forget what was seen."""
        self._seen: Vitals | None = None
        self._looked_at = now
        sweeps, sends = patience_for_sweeps(), patience_for_sends()
        self._sweep_by = now + max(sweeps.total_seconds(), self._starting)
        self._send_by = now + max(sends.total_seconds(), self._starting)
        self._judge_from = now + self._starting
        self._answer_by: dict[str, tuple[datetime, float]] = {}

    def look(self, vitals: Vitals, now: float) -> str | None:
        """What is wrong, in words, if something has been for too long."""
        seen, self._seen = self._seen, vitals
        self._note_calls(vitals.workers, now)
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
        if any(now > by for _, by in self._answer_by.values()):
            return "a worker does not answer, though others may"
        return None

    def _note_calls(self, workers: Mapping[str, Call | None], now: float) -> None:
        """By when each worker here has to answer; it has that from the call on, as far
        as that can have been while this watched."""
        before, self._answer_by = self._answer_by, {}
        patience = patience_for_answers().total_seconds()
        for name, call in workers.items():
            if call is None or not name.endswith(f"@{self._host}"):
                continue
            known_at, by = before.get(name, (None, 0.0))
            if known_at != call.called_at:
                age = max(call.age.total_seconds(), 0)
                by = now - min(age, now - self._looked_at) + patience
                by = max(by, self._judge_from)
            self._answer_by[name] = call.called_at, by

    def look_again_in(self, now: float) -> float:
        """Seconds until there may be something to tell, at most one interval."""
        answers = [by for _, by in self._answer_by.values()]
        left = min(self._sweep_by, self._send_by, *answers) - now
        return max(0.05, min(left + 0.05, float(settings.SWEEP_SECONDS)))


def _oldest_due_age() -> timedelta | None:
    # The statement's clock narrows it down by an index, which a volatile one cannot.
    waiting = Message.objects.pending().filter(due_at__lte=Now())
    due = waiting.annotate(age=_WAIT).filter(age__gte=timedelta(0)).order_by("-age")
    return due.values_list("age", flat=True).first()


def _oldest_change_age() -> timedelta | None:
    """Of what waits, not of what is put off: that is tried again by and by."""
    in_turn = Replanning.objects.filter(not_before__lte=Now())
    ages = [
        rows.aggregate(
            age=ExpressionWrapper(
                DatabaseNow() - Min(since), output_field=DurationField()
            )
        )["age"]
        for rows, since in (
            (ContactChange.objects.all(), "since"),
            (PlanChange.objects.all(), "since"),
            (in_turn, Greatest("since", "not_before")),
        )
    ]
    return max((age for age in ages if age is not None), default=None)
