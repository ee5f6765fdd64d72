"""The table that tells what came of the runs, in Markdown."""

from collections.abc import Sequence

from tests.faults.checks import Fault
from tests.faults.trial import Outcome

HEAD = """\
| run | what goes wrong | messages | sent | twice | lost | stale | unwanted | asked | \
lag p50 | lag max | after | notes |
| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --- |"""
_SHOWN_APART = (
    Fault.DUPLICATE,
    Fault.LOST,
    Fault.NOT_THERE,
    Fault.UNTOLD,
    Fault.STALE,
    Fault.UNWANTED,
    Fault.QUIET,
    Fault.NAMED,
)


def line(outcome: Outcome) -> str:
    count, lag = outcome.count, outcome.lag
    others = [
        f"{finding.fault}: {finding.detail}"
        for finding in outcome.findings
        if finding.fault not in _SHOWN_APART
    ]
    cells = [
        outcome.name,
        outcome.what,
        outcome.messages,
        outcome.delivered,
        count(Fault.DUPLICATE),
        count(Fault.LOST, Fault.NOT_THERE, Fault.UNTOLD),
        count(Fault.STALE),
        count(Fault.UNWANTED, Fault.QUIET),
        f"{outcome.asked.get('POST', 0)} + {outcome.asked.get('GET', 0)}",
        f"{lag.median:.1f} s",
        f"{lag.longest:.1f} s",
        f"{lag.after:.1f} s",
        "; ".join(
            [
                *outcome.notes,
                *_replays(outcome),
                *_names(outcome),
                *others[:2],
                "" if outcome.is_as_it_should_be else "NOT AS IT SHOULD BE",
            ]
        ).rstrip("; "),
    ]
    return f"| {' | '.join(map(str, cells))} |"


def sums(outcomes: Sequence[Outcome]) -> str:
    honest = [outcome for outcome in outcomes if not outcome.must_show]
    messages = sum(outcome.messages for outcome in outcomes)
    looked_at = sum(outcome.looked_at for outcome in outcomes)
    findings = sum(len(outcome.findings) for outcome in honest)
    minutes = sum(outcome.seconds for outcome in outcomes) / 60
    return (
        f"\n{messages} messages in {len(outcomes)} runs, {minutes:.0f} minutes; "
        f"{findings} findings in the {len(honest)} that are no controls; "
        f"{looked_at} things in Valkey looked at."
    )


def _names(outcome: Outcome) -> list[str]:
    names = outcome.count(Fault.NAMED)
    return [f"{names} names or numbers in Valkey"] if names else []


def _replays(outcome: Outcome) -> list[str]:
    repeated = outcome.asked.get("POST repeated", 0)
    return [f"{repeated} repeats known by the provider"] if repeated else []
