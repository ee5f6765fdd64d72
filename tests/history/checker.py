"""What is wrong with a history: from the calls and the rows to findings, no more."""

from collections.abc import Collection, Iterable

from tests.history import faults
from tests.history.calls import Call
from tests.history.checks import answers, calendar, ledger, series_notices, versions
from tests.history.faults import Finding, Outage
from tests.history.rows import Rows


def check(
    calls: Iterable[Call], rows: Rows, outages: Collection[Outage] = ()
) -> list[Finding]:
    """All that must not be, if no call was under way when the rows were read."""
    calls = sorted(calls, key=lambda call: call.began)
    acts = faults.acts(calls)
    return [
        *calendar.overlaps(rows),
        *calendar.losses(calls, rows),
        *calendar.unasked(acts, rows),
        *calendar.series(acts, rows),
        *versions.order(calls),
        *versions.contents(calls, rows),
        *versions.lost_updates(acts),
        *versions.changes(acts, rows),
        *answers.keys(acts, rows),
        *answers.unexpected(calls, outages),
        *ledger.messages(rows),
        *series_notices.untold(rows),
        *series_notices.told_apart(acts, rows),
    ]


def never_done(calls: Collection[Call]) -> list[str]:
    """What was never carried out, by the kind of request; a history of such calls
    alone says nothing about it. "replay" if none was answered again by its key."""
    done = {call.request.kind for call in calls if call.is_done}
    done |= {"replay" for call in calls if call.replayed}
    return sorted({*answers.FEASIBLE, "replay"} - done)
