"""A key has one effect and one answer, and no answer is out of the ordinary."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from tests.history.calls import Call
from tests.history.faults import Act, Fault, Finding, Outage
from tests.history.rows import Rows

RECOVERY_SECONDS = 5

_BOOKING = frozenset({201, 409, 422})
_CHANGE = frozenset({200, 409, 412, 422})
_SERIES_CHANGE = frozenset({200, 409, 422})
EXPECTED = {
    "book": _BOOKING,
    "book twice": _BOOKING,
    "book hold": _BOOKING,
    "hold": _BOOKING,
    "series, refuse": _BOOKING,
    "series, skip": _BOOKING,
    "look": frozenset({200}),
    "confirm": _CHANGE,
    "move": _CHANGE,
    "cancel": _CHANGE,
    "amend": _CHANGE,
    "add client": _CHANGE,
    "remove client": _CHANGE,
    "reassign": _CHANGE,
    "stale change": frozenset({412}),
    "let go": frozenset({204, 404, 409}),
    "extend series": _SERIES_CHANGE,
    "cancel series": _SERIES_CHANGE,
    "move series": _SERIES_CHANGE,
}
FEASIBLE = {kind for kind, told in EXPECTED.items() if min(told) < 300}
# The words for a constraint that nobody has expected to be violated.
_NAMELESS = frozenset({"conflict", "already_exists", "in_use"})


def keys(acts: Iterable[Act], rows: Rows) -> Iterator[Finding]:
    """One key, one effect; and once it is done, every repetition is told so."""
    tags = Counter(row.tag for row in rows.appointments.values() if row.tag)
    for tag, count in tags.items():
        if count > 1:
            yield Finding(Fault.KEY_TWICE, f"{count} appointments of {tag}")
    for act in acts:
        name = f"{act.request.kind} {act.request.key}"
        if sum(not call.replayed for call in act.done) > 1:
            yield Finding(Fault.KEY_TWICE, name)
        for call, first in _repetitions(act):
            if (call.status, call.id) != (first.status, first.id):
                detail = f"{name}: {call.status} {call.code} after {first.status}"
                yield Finding(Fault.REPLAY_DIFFERS, detail)


def unexpected(calls: Iterable[Call], outages: Collection[Outage]) -> Iterator[Finding]:
    """Only refusals that the API promises; 503 only while the database is away."""
    for call in calls:
        detail = (
            f"{call.request.kind}, {call.request.path}: {call.status} {call.answer}"
        )
        if call.status == 503 and not _is_excused(call, outages):
            yield Finding(Fault.UNAVAILABLE, detail)
        if not _is_expected(call):
            yield Finding(Fault.ANSWER, detail)


def _repetitions(act: Act) -> Iterator[tuple[Call, Call]]:
    """The calls that began after the first that was done had been answered."""
    first = min(act.done, key=lambda call: call.ended, default=None)
    for call in act.calls:
        if first is not None and call.began > first.ended and not call.is_open:
            yield call, first


def _is_excused(call: Call, outages: Collection[Outage]) -> bool:
    return call.retry_after is not None and any(
        call.ended >= outage.began and call.began <= outage.ended + RECOVERY_SECONDS
        for outage in outages
    )


def _is_expected(call: Call) -> bool:
    if call.status is None:
        return call.hung_up
    if call.code in _NAMELESS:
        return False
    return call.is_open or call.status in EXPECTED[call.request.kind]
