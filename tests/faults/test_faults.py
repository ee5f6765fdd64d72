"""The fault runs, for a minute: the most telling of those that `make faults` makes."""

import os
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.faults.deeds import kill_workers
from tests.faults.provider import Conditions
from tests.faults.runs import RUNS, STORM
from tests.faults.trial import MESSAGES_A_CLIENT, Run, undergo
from tests.history.services import Cluster

MESSAGES = 64
SECONDS = 6

pytestmark = pytest.mark.real_clock("all processes have the clock of the machine")

KILLED_IN_A_STORM = Run(
    name="killed in a storm",
    what="a worker and a child of another are killed while the provider misbehaves, "
    "and tells of each message two or three times, in no order",
    fault=partial(kill_workers, times=1),
    seconds=SECONDS,
    conditions=replace(STORM, tells=True),
)
CONTROL = replace(RUNS["F5b"], seconds=SECONDS)
STOPS = replace(RUNS["S"], seconds=SECONDS, conditions=Conditions(seconds=0.1))


@pytest.fixture(scope="module")
def cluster():
    state = Path(os.environ["STATE_DIR"]) / "faults"
    with Cluster(state, "tests.faults.practice") as running:
        yield running


def test_each_message_goes_out_once_whoever_dies_and_whatever_the_provider_does(
    cluster, tmp_path
):
    outcome = undergo(KILLED_IN_A_STORM, cluster, tmp_path, MESSAGES)

    assert outcome.findings == []
    assert outcome.messages == outcome.delivered == MESSAGES
    assert outcome.asked["GET found"] > 0
    assert outcome.asked["delivered"] >= 2 * MESSAGES


def test_nothing_goes_out_to_whoever_has_answered_stop(cluster, tmp_path):
    outcome = undergo(STOPS, cluster, tmp_path, MESSAGES)

    assert outcome.findings == []
    assert MESSAGES / 2 <= outcome.delivered < MESSAGES
    assert outcome.asked["Stop."] == MESSAGES / MESSAGES_A_CLIENT
    assert outcome.looked_at > 0


def test_control_a_provider_that_knows_nothing_sends_twice(cluster, tmp_path):
    outcome = undergo(CONTROL, cluster, tmp_path, MESSAGES)

    assert {finding.fault for finding in outcome.findings} == CONTROL.must_show
    assert outcome.messages == MESSAGES
