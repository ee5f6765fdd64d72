"""Why a search found nothing: how many therapists are kept from a slot by what."""

from collections import Counter
from collections.abc import Collection, Sequence

from scheduling import availability, wishes
from scheduling.engine import rules, slots
from scheduling.engine.intervals import Interval
from scheduling.engine.rules import Code
from scheduling.wishes import Wish

FULLY_BOOKED = "fully_booked"
SETTLED_FIRST = (
    Code.NOT_OFFERED,
    Code.CASELOAD,
    Code.CONSENT,
    Code.PAST,
    Code.HORIZON,
    Code.NOTICE,
    Code.TIME_OFF,
    Code.OFFICE_CLOSED,
    Code.CLIENT_BUSY,
    Code.DAILY_LIMIT,
    Code.WEEKLY_LIMIT,
)


def reasons(wish: Wish, therapists: Collection[str], now: int) -> list[tuple[str, int]]:
    """What keeps how many therapists from having a slot, the most frequent first."""
    span = Interval(wish.start, wish.end)
    reached = wishes.reached(wish, span)
    facts = wishes.facts(wish, availability.almanac(therapists, reached), span, now)
    party = wishes.party(wish, reached)
    unwanted = wishes.unwanted(wish, span)
    causes: Counter[str] = Counter()
    requests: dict[str, list[rules.Request]] = {
        therapist: [] for therapist in therapists
    }
    for request in wishes.requests(wish, party, facts):
        requests[request.offering.id].append(request)
    for mine in requests.values():
        causes[_cause(mine, unwanted, span)] += 1
    others = wishes.considered(wish) - len(therapists)
    if others > 0:
        causes[Code.NOT_OFFERED] += others
    return causes.most_common()


def _cause(
    requests: Sequence[rules.Request], unwanted: Sequence[Interval], span: Interval
) -> str:
    """The rule that takes a therapist's last start away.

    Rules are applied one after the other, from what is settled for long to what changes
    by the hour.
    """
    taken = [list(unwanted) for _ in requests]
    if not _any_start(requests, taken, span):
        return Code.OUTSIDE_HOURS
    for code in SETTLED_FIRST:
        for request, stretches in zip(requests, taken, strict=True):
            stretches += [
                stretch for cause, stretch in rules.standing(request) if cause == code
            ]
        if not _any_start(requests, taken, span):
            return code
    everything = [[*unwanted, *rules.blocked(request)] for request in requests]
    if not _any_start(requests, everything, span):
        return FULLY_BOOKED
    if not _any_start(requests, everything, span, with_breaks=True):
        return Code.BREAK
    return Code.NO_ROOM


def _any_start(
    requests: Sequence[rules.Request],
    taken: Sequence[Sequence[Interval]],
    span: Interval,
    *,
    with_breaks: bool = False,
) -> bool:
    for request, stretches in zip(requests, taken, strict=True):
        starts = slots.starts(request, sorted(stretches), span)
        if rules.with_breaks(request, starts) if with_breaks else starts:
            return True
    return False
