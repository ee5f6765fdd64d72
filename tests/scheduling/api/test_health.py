from datetime import timedelta

import pytest

from config.clock import database_now
from scheduling.models import Heartbeat
from tests.factories.scheduling import MessageFactory

pytestmark = pytest.mark.django_db


def beat(*, seconds_ago: int, name: str = "sweep") -> None:
    at = database_now() - timedelta(seconds=seconds_ago)
    Heartbeat.objects.create(name=name, at=at)


def wait(*, seconds: int, **fields: object) -> None:
    due_at = database_now() - timedelta(seconds=seconds)
    MessageFactory.create(due_at=due_at, not_after=due_at + timedelta(days=1), **fields)


def answer(client):
    """Status and body, its ages in whole tens of seconds: tests take time too."""
    response = client.get("/readyz/worker")
    body = {
        key: int(value // 10 * 10) if isinstance(value, float) else value
        for key, value in response.json().items()
    }
    return response.status_code, body


def test_worker_is_well_while_it_sweeps_and_nothing_waits_long(client, settings):
    settings.SWEEP_SECONDS = 30
    beat(seconds_ago=80)
    beat(seconds_ago=60, name="send")
    wait(seconds=200)

    assert answer(client) == (
        200,
        {"status": "ok", "sweep_age": 80, "send_age": 60, "oldest_due_age": 200},
    )


@pytest.mark.parametrize(("seconds", "status"), [(80, 200), (100, 503)])
def test_worker_is_not_well_when_it_rings_and_nobody_hears(
    client, settings, seconds, status
):
    settings.SWEEP_SECONDS = 30
    beat(seconds_ago=1)
    beat(seconds_ago=200, name="send")
    wait(seconds=seconds)

    assert answer(client)[0] == status


def test_worker_that_has_nothing_to_send_is_well_though_it_sends_nothing(client):
    beat(seconds_ago=1)
    beat(seconds_ago=5000, name="send")

    assert answer(client) == (
        200,
        {"status": "ok", "sweep_age": 0, "send_age": 5000, "oldest_due_age": None},
    )


def test_worker_is_not_well_before_its_first_sweep(client):
    assert answer(client) == (
        503,
        {
            "status": "failing",
            "sweep_age": None,
            "send_age": None,
            "oldest_due_age": None,
        },
    )


def test_worker_is_not_well_when_sweeps_fail_to_come(client, settings):
    settings.SWEEP_SECONDS = 30
    beat(seconds_ago=100)

    assert answer(client) == (
        503,
        {
            "status": "failing",
            "sweep_age": 100,
            "send_age": None,
            "oldest_due_age": None,
        },
    )


def test_worker_is_not_well_when_a_message_waits_too_long(client):
    beat(seconds_ago=1)
    beat(seconds_ago=1, name="send")
    wait(seconds=400)

    assert answer(client) == (
        503,
        {"status": "failing", "sweep_age": 0, "send_age": 0, "oldest_due_age": 400},
    )


def test_a_message_put_off_on_purpose_is_not_late(client):
    beat(seconds_ago=1)
    wait(seconds=400, next_attempt_at=database_now() + timedelta(minutes=5))

    assert answer(client) == (
        200,
        {"status": "ok", "sweep_age": 0, "send_age": None, "oldest_due_age": None},
    )
