"""The booking engine beside a model of it; `make model` walks 50,000 steps."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from scheduling import placement, reminders
from scheduling.engine import rules
from scheduling.engine.wall_clock import HOUR
from tests.scheduling.model import stage
from tests.scheduling.model.weekend import Weekend

pytestmark = pytest.mark.django_db

STEPS_OF_A_WEEKEND = 40
WALK = settings(
    deadline=None,
    stateful_step_count=STEPS_OF_A_WEEKEND,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def weekends():
    """Weekends of the practice that the paper describes, and that is written here."""
    return type("CountedWeekend", (Weekend,), {"cast": stage.cast(), "steps": 0})


def test_the_practice_does_what_the_paper_says(weekends, request):
    wanted = request.config.getoption("model_steps")

    while weekends.steps < wanted:
        missing = wanted - weekends.steps
        run_state_machine_as_test(
            weekends,
            settings=settings(WALK, max_examples=max(missing // STEPS_OF_A_WEEKEND, 1)),
        )

    print(f"{weekends.steps} steps beside the paper")  # noqa: T201  shown by -s


def without_journeys(request, session):
    before, after, _ = CLEARANCE(request, session)
    return before, after, 0


CLEARANCE = rules.clearance


@pytest.mark.parametrize(
    ("module", "name", "careless"),
    [
        (rules, "clearance", without_journeys),
        (rules, "_is_free", lambda *_: True),
        (placement, "hours_before", lambda start, hours, _: start - hours * HOUR),
        (reminders, "replan", lambda *_, **__: None),
    ],
)
def test_control_the_paper_notices_a_rule_that_is_left_out(
    weekends, monkeypatch, module, name, careless
):
    monkeypatch.setattr(module, name, careless)

    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            weekends,
            settings=settings(WALK, max_examples=100, phases=[Phase.generate]),
        )
