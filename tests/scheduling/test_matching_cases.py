"""Thirty-three people look for a therapist: the cases of `matching_cases.md`."""

import pytest

from scheduling.engine import scoring
from scheduling.engine.scoring import Criterion, Exclusion
from scheduling.models import MatchWeights
from tests.scheduling import matching_cases
from tests.scheduling.matching_practice import open_practice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

CASES = matching_cases.read()


@pytest.fixture(autouse=True)
def practice():
    return open_practice()


def test_the_first_three_are_those_of_the_table_and_for_its_reasons(front_desk):
    found = {
        title: matching_cases.tell(matching_cases.ask(front_desk, body))
        for title, (body, _) in CASES.items()
    }

    assert len(CASES) >= 30
    assert found == {title: expected for title, (_, expected) in CASES.items()}


def test_the_team_is_that_of_the_table():
    assert matching_cases.tell_team() == matching_cases.read_team()


@pytest.mark.parametrize("criterion", Criterion)
def test_a_weight_that_is_wrong_is_caught(front_desk, criterion):
    """A control: without any one criterion some case comes out differently."""
    weights = MatchWeights.objects.get()
    points = {**weights.points, criterion.value: 0}
    MatchWeights.objects.create(version=2, points=points, leading=weights.leading)

    assert _some_case_fails(front_desk)


def test_a_modality_that_does_not_lead_is_caught(front_desk):
    points = MatchWeights.objects.get().points
    MatchWeights.objects.create(version=2, points=points)

    assert _some_case_fails(front_desk)


@pytest.mark.parametrize("dropped", Exclusion)
def test_an_exclusion_that_is_forgotten_is_caught(front_desk, monkeypatch, dropped):
    true = scoring.exclusions

    def forgetful(*known):
        return [reason for reason in true(*known) if reason != dropped]

    monkeypatch.setattr(scoring, "exclusions", forgetful)
    if dropped == Exclusion.HOURS:
        monkeypatch.setattr(
            "scheduling.matching._Search.leave_out_without_hours", lambda _: []
        )

    assert _some_case_fails(front_desk)


def _some_case_fails(desk):
    return any(
        matching_cases.tell(matching_cases.ask(desk, body)) != expected
        for body, expected in CASES.values()
    )
