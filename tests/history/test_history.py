"""The history test, for a minute: the product stands it, five sabotages do not."""

import os
from pathlib import Path

import pytest

from tests.history.faults import Fault
from tests.history.sabotage import SABOTAGES
from tests.history.services import Cluster
from tests.history.trial import ROUND, damage, trial

OPERATIONS = 500
MOST_CALLS = 3000
SEED = "0197"

pytestmark = pytest.mark.real_clock("the server is a process of its own")


@pytest.fixture(scope="module")
def cluster():
    with Cluster(Path(os.environ["STATE_DIR"]) / "history") as running:
        yield running


def test_nothing_is_lost_or_done_twice_though_the_database_is_killed(cluster, tmp_path):
    with trial(cluster, tmp_path / "web.log", seed=SEED) as run:
        findings = run.go_on(OPERATIONS, kills=1)
        while run.never_done and len(run.calls) < MOST_CALLS:
            findings = run.go_on(ROUND)  # chance has left something out

    assert findings == []
    assert len(run.outages) == 1
    assert run.never_done == []
    assert {call.status for call in run.calls} >= {409, 412}


def test_a_trial_ends_when_the_server_is_gone(cluster, tmp_path):
    with trial(cluster, tmp_path / "web.log", seed=SEED) as run:
        pass  # and the server goes

    findings = run.go_on(OPERATIONS, kills=1)

    assert {finding.fault for finding in findings} == {Fault.ANSWER}
    assert run.outages == []


@pytest.mark.parametrize("name", SABOTAGES)
def test_control_a_sabotage_is_noticed(cluster, tmp_path, name):
    findings = damage(cluster, tmp_path / "web.log", seed=SEED, sabotage=name)

    assert SABOTAGES[name].is_noticed(findings)
