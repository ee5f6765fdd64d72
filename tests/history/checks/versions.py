"""A version only goes up, by one for each change, and means one thing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.history.calls import Call
from tests.history.faults import Act, Fault, Finding
from tests.history.rows import Rows

# What changes no version, or not that of what it names.
_UNCOUNTED = frozenset({"look", "let go", "extend series", "move series"})


def order(calls: Sequence[Call]) -> Iterator[Finding]:
    """Nobody is told, or may change, less than had been told before they asked."""
    sightings: dict[str, list[tuple[Call, int]]] = defaultdict(list)
    for call in calls:
        for seen in call.versions():
            sightings[seen["id"]].append((call, seen["version"]))
    for key, of_one in sightings.items():
        for call, version, known in _known_before(of_one):
            asked = call.request.targets.get(key)
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
        (key, version)
        for act in acts
        for key, version in act.request.targets.items()
        if version is not None and act.done and not _stays(act, key)
    )
    for (key, version), count in winners.items():
        if count > 1:
            yield Finding(Fault.STALE_ACCEPTED, f"{key}: {count} changes of {version}")


def changes(acts: Iterable[Act], rows: Rows) -> Iterator[Finding]:
    """What was acknowledged has counted, and what was refused has not."""
    done: Counter[str] = Counter()
    perhaps: Counter[str] = Counter()
    for act in acts:
        done.update(_changed(act))
        perhaps.update(_perhaps_changed(act))
    for row in rows.appointments.values():
        fewest = 1 + done[row.id] + (row.status == "released")  # let go of, or lapsed
        most = fewest + perhaps[row.id] + perhaps[row.series or ""]
        if not fewest <= row.version <= most:
            fault = Fault.LOST if row.version < fewest else Fault.UNASKED
            detail = f"{row.id}: version {row.version}, not {fewest} to {most}"
            yield Finding(fault, detail)


def _changed(act: Act) -> list[str]:
    """What was certainly changed by it, by one version each.

    A series is called off as its report says. A hold is let go of only once.
    """
    kind = act.request.kind
    if not act.done or kind in _UNCOUNTED:
        return []
    if kind == "cancel series":
        return _reported(act)
    return [key for key in act.request.targets if not _stays(act, key)]


def _stays(act: Act, key: str) -> bool:
    """Whether it was a move to where the session is already, which changes nothing."""
    asked = act.request.targets[key]
    told = [call.answer.get("version") for call in act.done]
    return act.request.kind == "move" and asked in told


def _perhaps_changed(act: Act) -> list[str]:
    """What may have been changed by it, by one version each.

    With its series an occurrence moves unless that is where it is already.
    """
    is_move = act.request.kind == "move series"
    if is_move and act.done:
        return _reported(act)
    is_counted = is_move or act.request.kind not in _UNCOUNTED
    return list(act.request.targets) if act.is_open and is_counted else []


def _reported(act: Act) -> list[str]:
    occurrences = act.done[0].answer["occurrences"]
    return [one["id"] for one in occurrences if one["ok"] and "id" in one]


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
