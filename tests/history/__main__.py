"""`python -m tests.history`: the history test at length, then the sabotages.

`--seed` repeats the choices of an earlier run; which of them meet is up to the machine.
"""

import argparse
import os
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

import tests.services  # noqa: F401  starts Valkey, and names a state folder
from tests.history.faults import Finding
from tests.history.sabotage import SABOTAGES
from tests.history.services import Cluster
from tests.history.trial import Trial, damage, trial

DETAILS = 20  # findings that are shown one by one

console = Console(markup=False, highlight=False)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.history")
    parser.add_argument("--operations", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", default=os.urandom(4).hex())
    options = parser.parse_args()
    console.print(f"Seed {options.seed}")
    state = Path(os.environ["STATE_DIR"])
    log = state / "history-web.log"
    with Cluster(state / "history") as cluster:
        began = time.monotonic()
        with trial(cluster, log, seed=options.seed) as run:
            findings = run.go_on(options.operations, kills=options.kills)
        work = f"{options.operations} operations in {time.monotonic() - began:.0f} s"
        _tell(run, findings, work)
        caught = [
            _is_caught(name, damage(cluster, log, seed=options.seed, sabotage=name))
            for name in SABOTAGES
        ]
    return 0 if not findings and not run.never_done and all(caught) else 1


def _tell(run: Trial, findings: list[Finding], work: str) -> None:
    console.print(_table(run))
    for kind in run.never_done:
        console.print(f"Never done: {kind}")
    console.print(f"{work}, {len(run.outages)} kills, {len(findings)} findings")
    _count(findings)
    for finding in findings[:DETAILS]:
        console.print(f"{finding.fault}: {finding.detail}")


def _is_caught(sabotage: str, found: list[Finding]) -> bool:
    is_caught = SABOTAGES[sabotage].is_noticed(found)
    console.print(f"{sabotage}: {'caught' if is_caught else 'NOT CAUGHT'}")
    _count(found)
    return is_caught


def _count(findings: list[Finding]) -> None:
    for fault, number in Counter(each.fault for each in findings).most_common():
        console.print(f"  {number} times {fault}")


def _table(run: Trial) -> Table:
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    for call in run.calls:
        told = "hung up" if call.hung_up else str(call.status or "no answer")
        outcomes[call.request.kind][f"{told} again" if call.replayed else told] += 1
    table = Table("operation", "calls", "outcomes")
    for kind, counts in sorted(outcomes.items()):
        told = ", ".join(f"{name}: {number}" for name, number in sorted(counts.items()))
        table.add_row(kind, str(counts.total()), told)
    return table


if __name__ == "__main__":
    sys.exit(main())
