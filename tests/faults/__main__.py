"""`python -m tests.faults [--only F1 F5] [--messages 300]`: the runs, as a table.

It takes about half an hour.
"""

import argparse
import os
import shutil
import sys
from collections import Counter
from pathlib import Path

import tests.services  # noqa: F401  names a state folder
from tests.faults import controls, table, trial
from tests.faults.controls import ETA_RUNS
from tests.faults.runs import RUNS
from tests.faults.trial import Outcome
from tests.history.services import Cluster

CONTROLS = {run.name: run for run in ETA_RUNS}
NAMES = [*RUNS, *CONTROLS]
DETAILS = 5  # findings that are shown one by one


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--messages", type=int, default=300)
    options = parser.parse_args()
    state = Path(os.environ["STATE_DIR"]) / "faults"
    shutil.rmtree(state, ignore_errors=True)
    outcomes: list[Outcome] = []
    _say(table.HEAD)
    with Cluster(state, "tests.faults.practice") as cluster:
        for name in options.only:
            folder = state / name.replace("'", "-")
            try:
                outcome = _undergo(name, cluster, folder, options.messages)
            except (AssertionError, TimeoutError) as trouble:
                _say(f"| {name} | NOT FINISHED: {trouble} |")
                continue
            outcomes.append(outcome)
            _say(table.line(outcome))
            _explain(outcome)
    _say(table.sums(outcomes))
    good = [outcome for outcome in outcomes if outcome.is_as_it_should_be]
    return 0 if len(good) == len(options.only) else 1


def _undergo(name: str, cluster: Cluster, folder: Path, messages: int) -> Outcome:
    if name in CONTROLS:
        return controls.undergo(CONTROLS[name], folder, messages)
    return trial.undergo(RUNS[name], cluster, folder, messages)


def _explain(outcome: Outcome) -> None:
    """What is wrong that should not be, on the other stream."""
    if outcome.is_as_it_should_be:
        return
    faults = Counter(finding.fault for finding in outcome.findings)
    for fault, number in faults.most_common():
        sys.stderr.write(f"{outcome.name}: {number} times {fault}\n")
        details = [each.detail for each in outcome.findings if each.fault == fault]
        for detail in details[:DETAILS]:
            sys.stderr.write(f"  {detail}\n")
    for fault in set(outcome.must_show) - set(faults):
        sys.stderr.write(f"{outcome.name} has to show, and does not: {fault}\n")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  this is a command


if __name__ == "__main__":
    sys.exit(main())
