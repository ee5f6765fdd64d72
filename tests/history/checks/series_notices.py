"""Whoever comes to a series is told of each occurrence, and of a run of them once.

No message goes out in this test: what anybody will be told is what waits.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.history.checks.ledger import COMING, REMINDER
from tests.history.faults import Act, Fault, Finding
from tests.history.rows import Appointment, Message, Rows

_BOOKINGS = frozenset({"series, refuse", "series, skip", "extend series"})

Waiting = Mapping[str | None, Sequence[tuple[Message, Appointment]]]


def untold(rows: Rows) -> Iterator[Finding]:
    """Of each occurrence a notice speaks, its own or one for the series that waits with
    it or with an earlier one."""
    waiting = _waiting(rows)
    for row in rows.appointments.values():
        if row.series is None or row.status not in COMING:
            continue
        told = {
            message.recipient
            for message, about in waiting[row.series]
            if about.id == row.id or _speaks_of(message, about, row)
        }
        for client in row.clients - told:
            detail = f"{row.id} of series {row.series}: {client} is told nothing"
            yield Finding(Fault.MESSAGES, detail)


def told_apart(acts: Iterable[Act], rows: Rows) -> Iterator[Finding]:
    """Of a run that was booked at once, and is as it was booked, each client is told by
    one notice for the series that waits with the first."""
    waiting = _waiting(rows)
    changed = {row.series for row in rows.appointments.values() if row.version > 1}
    for act in acts:
        run = _run(act, rows) if act.done and act.request.kind in _BOOKINGS else []
        if len(run) < 2 or run[0].series in changed:
            continue
        keys = {row.id for row in run}
        found = Counter(
            (about.id, message.recipient, message.for_series)
            for message, about in waiting[run[0].series]
            if about.id in keys
        )
        if found != Counter((run[0].id, client, True) for client in run[0].clients):
            detail = f"a run of series {run[0].series} is told by {list(found)}"
            yield Finding(Fault.MESSAGES, detail)


def _waiting(rows: Rows) -> Waiting:
    """The notices that wait, with what they are about, by series."""
    notices: dict[str | None, list[tuple[Message, Appointment]]] = defaultdict(list)
    for message in rows.messages:
        about = rows.appointments[message.appointment]
        if message.state == "pending" and message.kind != REMINDER:
            notices[about.series].append((message, about))
    return notices


def _speaks_of(message: Message, about: Appointment, row: Appointment) -> bool:
    """Whether a notice for the series tells of `row` too, which was there by then."""
    return (
        message.for_series
        and about.week <= row.week
        and row.created_at <= message.created_at
    )


def _run(act: Act, rows: Rows) -> list[Appointment]:
    booked = [one["id"] for one in act.done[0].answer["occurrences"] if one["ok"]]
    found = [rows.appointments[key] for key in booked if key in rows.appointments]
    return sorted(found, key=lambda row: row.starts_at)
