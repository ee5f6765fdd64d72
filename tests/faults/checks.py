"""What must not be, whatever went wrong: from the evidence of a run to findings."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from tests.faults.desk import Told
from tests.faults.ledger import SENT, Evidence, Row

MOST_ATTEMPTS = 8
TAKEN = 204


class Fault(StrEnum):
    DUPLICATE = "somebody got a message twice"
    LOST = "a message that was due and wanted did not go out"
    NOT_THERE = "a message is sent by the ledger, but not by the provider"
    UNACCOUNTED = "something went out that the ledger knows nothing of"
    STALE = "a message was claimed after its facts had changed"
    UNTOLD = "somebody was not told what is so now"
    UNWANTED = "a message was claimed after its recipient had opted out"
    QUIET = "a message was claimed in quiet hours"
    NOT_BOOKED = "what was acknowledged is not there, or more is"
    CHANGED = "a session changed that nobody at the desk has changed"
    NOT_HEARD = "the provider said what became of a message, and nobody knows"
    GONE_BACK = "a message that had gone out went back"
    TOO_OFTEN = "a message was tried more than eight times"
    NAMED = "the broker held a name or a number"


@dataclass(frozen=True, slots=True)
class Finding:
    fault: Fault
    detail: str


@dataclass(frozen=True, slots=True)
class Lag:
    """Seconds from when a message was to go out until it had: the median, the longest;
    and how long after the end of the faults the last of those due by then had."""

    median: float
    longest: float
    after: float


def check(
    evidence: Evidence, told: Sequence[Told], *, excused: Collection[str] = ()
) -> list[Finding]:
    """All that is wrong, once nothing is under way any more.

    `excused` are messages that are not to go out for a reason of the run's.
    """
    found = [
        *_duplicates(evidence),
        *_lost(evidence, told, excused),
        *_unaccounted(evidence),
        *_stale(evidence, told),
        *_untold(evidence, told, excused),
        *_after(evidence, told, "opted_out", Fault.UNWANTED),
        *_after(evidence, told, "policy", Fault.QUIET),
        *_not_booked(evidence, told),
        *_changed(evidence, told),
        *_not_heard(evidence),
        *(Finding(Fault.GONE_BACK, detail) for detail in evidence.gone_back),
        *(
            Finding(Fault.TOO_OFTEN, row.id)
            for row in evidence.rows
            if row.attempts > MOST_ATTEMPTS
        ),
    ]
    return list(dict.fromkeys(found))


def lag(rows: Sequence[Row], ended_at: float) -> Lag:
    gone = [(row.wanted_at, row.sent_at) for row in rows if row.sent_at is not None]
    waits = [sent_at - wanted_at for wanted_at, sent_at in gone]
    late = [sent_at - ended_at for wanted_at, sent_at in gone if wanted_at <= ended_at]
    if not waits:
        return Lag(0, 0, 0)
    return Lag(median(waits), max(waits), max([0.0, *late]))


def _duplicates(evidence: Evidence) -> Iterator[Finding]:
    """No two messages to one address have the same words."""
    times = Counter((effect.to, effect.words) for effect in evidence.effects)
    for (to, _), number in times.items():
        for _ in range(number - 1):
            yield Finding(Fault.DUPLICATE, f"{to} {number} times")


def _is_closed_to(row: Row) -> bool:
    """Whether who has opted out of texts, and wants no e-mail, is not to get it."""
    return row.channel == "sms" or row.last_error == "not_open"


def _lost(
    evidence: Evidence, told: Sequence[Told], excused: Collection[str]
) -> Iterator[Finding]:
    opted_out = {each.key for each in told if each.kind == "opted_out"}
    effects = {effect.id for effect in evidence.effects}
    for row in evidence.rows:
        if row.state in SENT:
            if row.provider_message_id not in effects:
                yield Finding(Fault.NOT_THERE, row.id)
            continue
        is_wanted = (
            row.is_due
            and row.is_current
            and (row.is_on or row.kind != "reminder")
            and not (row.client in opted_out and _is_closed_to(row))
        )
        if row.state == "sending" or (is_wanted and row.id not in excused):
            way = f"{row.kind} {row.id} by {row.channel}"
            detail = f"{way} is {row.state} {row.last_error}"
            yield Finding(Fault.LOST, detail)


def _unaccounted(evidence: Evidence) -> Iterator[Finding]:
    """An effect has its row. One whose attempt was in doubt may have been called off
    since: the row was tried then, and is not sent."""
    named = Counter(
        row.provider_message_id for row in evidence.rows if row.provider_message_id
    )
    for effect_id, number in named.items():
        if number > 1:
            yield Finding(Fault.UNACCOUNTED, f"{number} rows name {effect_id}")
    in_doubt = Counter(
        row.phone for row in evidence.rows if row.attempts and row.state not in SENT
    )
    seen: set[tuple[str, str]] = {
        (effect.to, effect.words) for effect in evidence.effects if effect.id in named
    }
    for effect in evidence.effects:
        if (effect.to, effect.words) in seen:
            continue  # told of as a duplicate, if it is one
        seen.add((effect.to, effect.words))
        in_doubt[effect.to] -= 1
        if in_doubt[effect.to] < 0:
            yield Finding(Fault.UNACCOUNTED, f"{effect.id} to {effect.to}")


def _stale(evidence: Evidence, told: Sequence[Told]) -> Iterator[Finding]:
    changes = [each for each in told if each.kind in {"moved", "cancelled"}]
    for change in changes:
        facts_version = evidence.facts[change.key, change.version]
        for claim in evidence.claims:
            if (
                claim.appointment == change.key
                and claim.facts_version < facts_version
                and claim.at > change.at
            ):
                yield Finding(Fault.STALE, claim.message)


def _untold(
    evidence: Evidence, told: Sequence[Told], excused: Collection[str]
) -> Iterator[Finding]:
    """Whoever takes part knows the facts of now; who knew of a session that was called
    off, that it was."""
    opted_out = {each.key for each in told if each.kind == "opted_out"}
    known = {
        (row.appointment, row.client)
        for row in evidence.rows
        if row.is_current
        and (row.state in SENT or row.id in excused or _waits_for_its_day(row))
    }
    got = [row for row in evidence.rows if row.state in SENT]
    knew = {
        (row.appointment, row.client)
        for row in [*got, *_got_unknown(evidence)]
        if not row.is_on
    }
    for part in sorted({*evidence.parts, *knew} - known):
        if part[1] not in opted_out:
            yield Finding(Fault.UNTOLD, " ".join(part))


def _got_unknown(evidence: Evidence) -> list[Row]:
    """Rows that somebody got, by the provider, though the ledger does not say so: the
    only one to a number that was tried, where there is one text that no row names."""
    named = {row.provider_message_id for row in evidence.rows}
    known = {(each.to, each.words) for each in evidence.effects if each.id in named}
    orphans = {
        effect.to
        for effect in evidence.effects
        if effect.id not in named and (effect.to, effect.words) not in known
    }
    tried = [row for row in evidence.rows if row.attempts and row.state not in SENT]
    numbers = Counter(row.phone for row in tried)
    return [row for row in tried if numbers[row.phone] == 1 and row.phone in orphans]


def _waits_for_its_day(row: Row) -> bool:
    """Whether it is news that was written in quiet hours."""
    return row.state == "pending" and not row.is_due and row.kind != "reminder"


def _after(
    evidence: Evidence, told: Sequence[Told], kind: str, fault: Fault
) -> Iterator[Finding]:
    """Claims after a word that forbids them: to one client, or to anybody."""
    since = {each.key: each.at for each in told if each.kind == kind}
    for claim in evidence.claims:
        forbidden = since.get(claim.client, since.get(""))
        if forbidden is not None and claim.at > forbidden and claim.channel == "sms":
            yield Finding(fault, claim.message)


def _not_booked(evidence: Evidence, told: Sequence[Told]) -> Iterator[Finding]:
    """The messages of a booking are there if and only if it was acknowledged: nobody
    has stopped asking without an answer."""
    booked = {each.key for each in told if each.kind == "booked"}
    there = {key for key, _ in evidence.facts}
    for key in sorted(booked ^ there):
        yield Finding(Fault.NOT_BOOKED, key)
    written = {row.appointment for row in evidence.rows}
    for key in sorted(there - written):
        yield Finding(Fault.NOT_BOOKED, f"{key} has no messages")


def _changed(evidence: Evidence, told: Sequence[Told]) -> Iterator[Finding]:
    """A session has the versions that were acknowledged, and no others."""
    acknowledged = {(each.key, each.version) for each in told}
    booked = {each.key for each in told if each.kind == "booked"}
    for key, version in sorted(evidence.facts.keys() - acknowledged):
        if key in booked:
            yield Finding(Fault.CHANGED, f"{key} to version {version}")


def _not_heard(evidence: Evidence) -> Iterator[Finding]:
    """Each receipt was taken, and what was ever called delivered is so."""
    states = {row.provider_message_id: row.state for row in evidence.rows}
    for receipt in evidence.receipts:
        state = states.get(receipt.message, "delivered")  # none: it is unaccounted for
        is_known = receipt.said != "delivered" or state == "delivered"
        if receipt.answered != TAKEN or not is_known:
            detail = f"{receipt.message} {receipt.said}, {receipt.answered}: {state}"
            yield Finding(Fault.NOT_HEARD, detail)
