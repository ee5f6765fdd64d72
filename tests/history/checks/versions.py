"""A version only goes up, by one for each change, and means one thing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.history.calls import Call
from tests.history.faults import Act, Fault, Finding
from tests.history.rows import Rows


def order(calls: Sequence[Call]) -> Iterator[Finding]:
    """Nobody is told, or may change, less than had been told before they asked."""
    sightings: dict[str, list[tuple[Call, int]]] = defaultdict(list)
    for call in calls:
        for seen in call.versions():
            sightings[seen["id"]].append((call, seen["version"]))
    for key, of_one in sightings.items():
        for call, version, known in _known_before(of_one):
            asked = call.request.version
            if version < known:
                yield Finding(Fault.WENT_BACK, f"{key}: {version} after {known}")
            if asked is not None and asked < known and not call.replayed:
                yield Finding(Fault.STALE_ACCEPTED, f"{key}: {asked} after {known}")


def contents(calls: Iterable[Call], rows: Rows) -> Iterator[Finding]:
    """A version says the same whenever it is told, and in the database."""
    said: dict[tuple[str, int], object] = {
        (row.id, row.version): (row.status, row.starts_at, row.therapist, row.room)
        for row in rows.appointments.values()
    }
    for call in calls:
        for seen in call.versions():
            if "therapist" in seen:
                version, content = (seen["id"], seen["version"]), _content(seen)
                if said.setdefault(version, content) != content:
                    yield Finding(Fault.TWO_CONTENTS, f"{version}: {content}")


def lost_updates(acts: Iterable[Act]) -> Iterator[Finding]:
    """Of the changes that are asked of one version, one succeeds."""
    winners = Counter(
        (act.request.target, act.request.version)
        for act in acts
        if act.request.version is not None and act.done
    )
    for (key, version), count in winners.items():
        if count > 1:
            yield Finding(Fault.STALE_ACCEPTED, f"{key}: {count} changes of {version}")


def changes(acts: Iterable[Act], rows: Rows) -> Iterator[Finding]:
    """What was acknowledged has counted, and what was refused has not."""
    done: Counter[str | None] = Counter()
    perhaps: Counter[str | None] = Counter()
    for act in acts:
        if act.request.method != "GET":
            done[act.request.target] += bool(act.done)
            perhaps[act.request.target] += act.is_open
    for row in rows.appointments.values():
        fewest = 1 + done[row.id]
        most = fewest + perhaps[row.id] + row.was_held
        if row.series is not None:
            most += done[row.series] + perhaps[row.series]
        if not fewest <= row.version <= most:
            fault = Fault.LOST if row.version < fewest else Fault.UNASKED
            detail = f"{row.id}: version {row.version}, not {fewest} to {most}"
            yield Finding(fault, detail)


def _known_before(
    sightings: Sequence[tuple[Call, int]],
) -> Iterator[tuple[Call, int, int]]:
    """Each with the highest version that had been told when it was asked for."""
    told = sorted(sightings, key=lambda sighting: sighting[0].ended, reverse=True)
    known = 0
    for call, version in sightings:
        while told and told[-1][0].ended < call.began:
            known = max(known, told.pop()[1])
        yield call, version, known


def _content(seen: Mapping[str, Any]) -> object:
    return (
        seen["status"],
        datetime.fromisoformat(seen["starts_at"]),
        seen["therapist"]["id"],
        seen["room"]["id"] if seen["room"] else None,
    )
