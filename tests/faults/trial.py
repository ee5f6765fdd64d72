"""A trial: a practice at work, something goes wrong, and what comes of it."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.faults import checks, ledger
from tests.faults.broker import Lookout
from tests.faults.checks import MOST_ATTEMPTS, Fault, Finding, Lag
from tests.faults.desk import LEAD, Desk
from tests.faults.ledger import OPEN, SENT, Evidence
from tests.faults.practice import GROUP_SIZE
from tests.faults.provider import WELL, Conditions
from tests.faults.services import Site, wait_until
from tests.history.services import Cluster

PATIENCE_SECONDS = 150
MESSAGES_A_CLIENT = 2  # that it was booked, and the reminder
PEOPLE = 2  # at the desk


@dataclass
class Trial:
    """What a fault has to do with: everything that is there, and a way to say more.

    `excused` are messages that are not to go out; `notes` are told in the table.
    """

    site: Site
    desk: Desk
    bookings: int
    excused: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    working: list[Future[None]] = field(default_factory=list)

    @property
    def is_booking(self) -> bool:
        return not all(each.done() for each in self.working)

    def wait_for_a_send(self) -> None:
        """Until the provider is asked to send something, or nothing is left to send."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and not self.site.provider.is_asked():
            time.sleep(0.005)


@dataclass(frozen=True, kw_only=True)
class Run:
    """A kind of trial: what goes wrong, and all that is unlike the product as it is.

    `fault` goes on while people book `seconds` long, sessions whose reminders are due
    after `lead`; `changes` is how many sessions move or are called off meanwhile, for
    each that is booked. A control `must_show` faults, or it controls nothing. A run
    `may_give_up` where chance alone can let all eight attempts fail: what does so is
    before a person, and no loss.
    """

    name: str
    what: str
    fault: Callable[[Trial], None]
    seconds: float = 10
    lead: timedelta = LEAD
    changes: float = 0
    conditions: Conditions = WELL
    settings: Mapping[str, str] = field(default_factory=dict)
    celery: Mapping[str, Any] = field(default_factory=dict)
    workers: Sequence[tuple[str, float]] = (("worker", 0),)
    beats: Sequence[tuple[str, float]] = (("beat", 0),)
    must_show: Collection[Fault] = ()
    may_give_up: bool = False
    share: float = 1  # of the messages that a run has


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The row of the table."""

    name: str
    what: str
    messages: int
    delivered: int
    findings: Sequence[Finding]
    lag: Lag
    asked: Mapping[str, int]
    notes: Sequence[str]
    must_show: Collection[Fault]
    seconds: float
    looked_at: int = 0

    def count(self, *faults: Fault) -> int:
        return sum(finding.fault in faults for finding in self.findings)

    @property
    def is_as_it_should_be(self) -> bool:
        found = {finding.fault for finding in self.findings}
        return found == set(self.must_show)


def undergo(run: Run, cluster: Cluster, folder: Path, messages: int) -> Outcome:
    """Carry out a run with about so many messages, and judge it."""
    began = time.monotonic()
    bookings = max(2, round(messages * run.share / GROUP_SIZE / MESSAGES_A_CLIENT))
    with Site(
        cluster,
        folder,
        conditions=run.conditions,
        settings=run.settings,
        celery=run.celery,
    ) as site:
        _start(site, run)
        with (
            closing(Desk(site.address, run.name)) as desk,
            Lookout(site.valkey.url, _secrets(site)) as lookout,
        ):
            trial = Trial(site, desk, bookings)
            ended_at = _work(trial, run)
            evidence = _settled(trial)
        if run.may_give_up:
            _excuse_what_was_given_up(trial, evidence)
        findings = [
            *checks.check(evidence, desk.told, excused=trial.excused),
            *(Finding(Fault.NAMED, secret) for secret in sorted(lookout.found)),
            *trial.findings,
        ]
        return Outcome(
            name=run.name,
            what=run.what,
            messages=len([row for row in evidence.rows if row.is_due]),
            delivered=len([row for row in evidence.rows if row.state in SENT]),
            findings=findings,
            lag=checks.lag(evidence.rows, ended_at),
            asked=_asked(site),
            notes=[*trial.notes, *_remarks(evidence, desk)],
            must_show=run.must_show,
            seconds=time.monotonic() - began,
            looked_at=lookout.seen,
        )


def _start(site: Site, run: Run) -> None:
    for name, clock in run.workers:
        site.start_worker(name, clock=clock)
    site.start_web()
    for name, _ in run.workers:
        site.wait_for_worker(name)
    for name, clock in run.beats:
        site.start_beat(name, clock=clock)
    wait_until(lambda: site.query("SELECT 1 FROM scheduling_heartbeat"), "a heartbeat")


def _work(trial: Trial, run: Run) -> float:
    """Book, and let go wrong what does; when the last of it was over."""
    turns = iter(range(trial.bookings))
    began = time.monotonic()

    def book() -> None:
        for number in turns:
            wait = began + run.seconds * number / trial.bookings - time.monotonic()
            time.sleep(max(0, wait))
            trial.desk.book(number, lead=run.lead)

    def change() -> None:
        for number in range(round(trial.bookings * run.changes)):
            share = (number + 1) / (trial.bookings * run.changes)
            wait = began + run.seconds * share + 0.5 - time.monotonic()
            time.sleep(max(0, wait))
            wait_until(lambda: trial.desk.sessions, "there is a session to change")
            session = trial.desk.chance(trial.desk.sessions)
            deed = trial.desk.cancel if number % 6 == 0 else trial.desk.move
            deed(session)

    with ThreadPoolExecutor(PEOPLE + 1) as pool:
        trial.working = [pool.submit(book) for _ in range(PEOPLE)]
        if run.changes:
            trial.working.append(pool.submit(change))
        run.fault(trial)
        ended_at = time.time()
        for each in trial.working:
            each.result()
    return ended_at


def _settled(trial: Trial) -> Evidence:
    """What there is once nothing is under way; or after long enough, what is stuck."""

    def is_settled() -> bool:
        soon = time.time() + 60
        return not trial.site.provider.owes_a_call() and all(
            row.state == "pending"
            and max(row.wanted_at, row.next_attempt_at or 0) > soon
            for row in ledger.rows(trial.site)
            if row.state in OPEN
        )

    try:
        wait_until(is_settled, "all is settled", seconds=PATIENCE_SECONDS, every=0.3)
    except TimeoutError:
        trial.notes.append("never settled")
    time.sleep(2)  # in which nothing more may go out
    return ledger.read(trial.site)


def _excuse_what_was_given_up(trial: Trial, evidence: Evidence) -> None:
    given_up = {
        row.id
        for row in evidence.rows
        if row.state == "failed" and row.attempts == MOST_ATTEMPTS
    }
    trial.excused |= given_up
    if given_up:
        trial.notes.append(f"{len(given_up)} given up after {MOST_ATTEMPTS} attempts")


def _secrets(site: Site) -> list[str]:
    people = site.query("SELECT last_name, phone FROM clients_client")
    return [
        *{name for name, _ in people},
        *(phone.removeprefix("+") for _, phone in people),
    ]


def _asked(site: Site) -> Mapping[str, int]:
    statement = "SELECT method, outcome, count(*) FROM requests GROUP BY 1, 2"
    counts: Counter[str] = Counter()
    for method, outcome, number in site.provider.read(statement):
        counts[method] += number
        counts[f"{method} {outcome}"] += number
    statement = "SELECT said, count(*) FROM calls GROUP BY 1"
    return counts + Counter(dict(site.provider.read(statement)))


def _remarks(evidence: Evidence, desk: Desk) -> list[str]:
    again = sum(row.attempts > 1 for row in evidence.rows)
    told = Counter(each.kind for each in desk.told)
    remarks = [f"{again} tried again"] if again else []
    if told["moved"] or told["cancelled"]:
        remarks.append(f"{told['moved'] + told['cancelled']} changes")
    if evidence.receipts:
        sent_at = {row.provider_message_id: row.sent_at for row in evidence.rows}
        early = {
            each.message
            for each in evidence.receipts
            if each.said == "delivered" and each.at < (sent_at.get(each.message) or 0)
        }
        remarks.append(
            f"{len(evidence.receipts)} receipts, {len(early)} messages delivered before"
            " their worker had written that they were sent"
        )
    if desk.repeated:
        remarks.append(f"{desk.repeated} calls to the desk repeated")
    return remarks
