"""The messages are those that the appointments call for. None goes out in this test."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator

from tests.history.faults import Fault, Finding
from tests.history.rows import Appointment, Message, Rows

REMINDER = "reminder"
NOTICE = "booked"  # of a move as well, as long as nobody has been told anything
COMING = frozenset({"scheduled", "confirmed"})


def messages(rows: Rows) -> Iterator[Finding]:
    """What waits is called for, once to each, and about the present facts; the rest is
    about facts that the appointment once had."""
    ledger: dict[str, list[Message]] = defaultdict(list)
    for message in rows.messages:
        ledger[message.appointment].append(message)
    for row in rows.appointments.values():
        standing = ledger[row.id]
        if any(each.facts_version > row.facts_version for each in standing):
            yield Finding(Fault.MESSAGES, f"{row.id}: about facts to come")
        if any(count > 1 for count in Counter(map(_identity, standing)).values()):
            yield Finding(Fault.MESSAGES, f"{row.id}: the same message twice")
        waiting, wanted = _waiting(row, standing), _called_for(row, rows.reminders)
        if waiting != wanted:
            amiss = f"{list(waiting - wanted)} waits, {list(wanted - waiting)} does not"
            yield Finding(Fault.MESSAGES, f"{row.id}, {row.status}: {amiss}")


def _identity(message: Message) -> tuple[object, ...]:
    return (
        message.facts_version,
        message.recipient,
        message.kind,
        message.before_minutes,
        message.channel,
    )


def _waiting(row: Appointment, standing: Iterable[Message]) -> Counter[object]:
    """What is told of a series at once is told by one of its messages, so there only
    the reminders count."""
    return Counter(
        (each.facts_version, each.recipient, each.kind, each.before_minutes)
        for each in standing
        if each.state == "pending" and (row.series is None or each.kind == REMINDER)
    )


def _called_for(row: Appointment, reminders: Collection[int]) -> Counter[object]:
    if row.status not in COMING:
        return Counter()
    kinds = [(REMINDER, minutes) for minutes in reminders]
    if row.series is None:
        kinds.append((NOTICE, 0))
    return Counter(
        (row.facts_version, client, kind, minutes)
        for client in row.clients
        for kind, minutes in kinds
    )
