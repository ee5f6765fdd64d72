"""Nobody is in two places, and what is there is what was answered."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from tests.history.calls import Call
from tests.history.faults import Act, Fault, Finding
from tests.history.rows import Appointment, Rows

_CALLED_OFF = frozenset({"cancelled", "late_cancelled", "cancelled_by_practice"})


def overlaps(rows: Rows) -> Iterator[Finding]:
    """No therapist, room or client has two sessions that share an instant."""
    busy: dict[tuple[Fault, str], list[Appointment]] = defaultdict(list)
    for row in rows.appointments.values():
        if not row.occupies:
            continue
        busy[Fault.THERAPIST_TWICE, row.therapist].append(row)
        if row.room is not None:
            busy[Fault.ROOM_TWICE, row.room].append(row)
        for client in row.clients:
            busy[Fault.CLIENT_TWICE, client].append(row)
    for (fault, _), sessions in busy.items():
        sessions.sort(key=lambda row: (row.starts_at, row.ends_at))
        for one, other in pairwise(sessions):
            if other.starts_at < one.ends_at:
                yield Finding(fault, f"{one.id} and {other.id}")


def losses(calls: Iterable[Call], rows: Rows) -> Iterator[Finding]:
    """What somebody was told of is there, no older than they were told; and what they
    were told was called off does not come back."""
    told: dict[str, int] = {}
    called_off: set[str] = set()
    for call in calls:
        for seen in call.appointments():
            told[seen["id"]] = max(seen.get("version", 1), told.get(seen["id"], 1))
            if seen.get("status") in _CALLED_OFF:
                called_off.add(seen["id"])
    for key, version in told.items():
        row = rows.appointments.get(key)
        if row is None or row.version < version:
            yield Finding(Fault.LOST, f"{key}, version {version}")
        elif key in called_off and row.status not in _CALLED_OFF:
            yield Finding(Fault.LOST, f"{key} was called off, and is {row.status}")


def unasked(acts: Iterable[Act], rows: Rows) -> Iterator[Finding]:
    """What is there was acknowledged, or booked by one of the requests that nobody
    answered: its note, or the key of its own or of its series, names which."""
    told: set[str | None] = set()
    untold: list[Act] = []
    for act in acts:
        told.update(call.id for call in act.done)
        if act.is_open:
            untold.append(act)
    tags = {act.request.tag for act in untold}
    keys = {act.request.key for act in untold}
    for row in rows.appointments.values():
        is_known = row.id in told or (row.series and row.series in told)
        may_be = row.tag in tags - {None} or not row.keys.isdisjoint(keys)
        if not is_known and not may_be:
            yield Finding(Fault.UNASKED, f"{row.id}, {row.status}")


def series(acts: Iterable[Act], rows: Rows) -> Iterator[Finding]:
    """A series consists of what its reports call booked, each of them whole unless it
    may skip; and of what it may have been extended by without a report."""
    members: dict[str | None, set[str]] = defaultdict(set)
    for row in rows.appointments.values():
        members[row.series].add(row.id)
    booked: dict[str, set[str]] = defaultdict(set)
    unreported: set[str] = set()
    for act in acts:
        asked = act.request.body
        if not isinstance(asked, dict) or "on_conflict" not in asked:
            continue
        unreported.update(act.request.targets if act.is_open else ())
        for call in act.done[:1]:
            found = {one["id"] for one in call.answer["occurrences"] if one["ok"]}
            booked[call.answer["id"]] |= found
            if len(found) < asked["count"] and asked["on_conflict"] != "skip":
                yield Finding(Fault.SERIES_IN_PIECES, f"{call.answer['id']}: {found}")
    yield from _in_pieces(booked, members, unreported)


def _in_pieces(
    booked: Mapping[str, set[str]],
    members: Mapping[str | None, set[str]],
    unreported: set[str],
) -> Iterator[Finding]:
    for key, told in booked.items():
        is_missing = bool(told - members[key])
        is_untold = bool(members[key] - told) and key not in unreported
        if is_missing or is_untold:
            yield Finding(Fault.SERIES_IN_PIECES, key)
