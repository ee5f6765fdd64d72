from datetime import timedelta

import pytest

from config.clock import database_now
from scheduling.models import Heartbeat
from tests.factories.scheduling import MessageFactory

pytestmark = pytest.mark.django_db


def beat(*, seconds_ago: int) -> None:
    at = database_now() - timedelta(seconds=seconds_ago)
    Heartbeat.objects.create(name="sweep", at=at)


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
    wait(seconds=200)

    assert answer(client) == (
        200,
        {"status": "ok", "sweep_age": 80, "oldest_due_age": 200},
    )


def test_worker_is_not_well_before_its_first_sweep(client):
    assert answer(client) == (
        503,
        {"status": "failing", "sweep_age": None, "oldest_due_age": None},
    )


def test_worker_is_not_well_when_sweeps_fail_to_come(client, settings):
    settings.SWEEP_SECONDS = 30
    beat(seconds_ago=100)

    assert answer(client) == (
        503,
        {"status": "failing", "sweep_age": 100, "oldest_due_age": None},
    )


def test_worker_is_not_well_when_a_message_waits_too_long(client):
    beat(seconds_ago=1)
    wait(seconds=400)

    assert answer(client) == (
        503,
        {"status": "failing", "sweep_age": 0, "oldest_due_age": 400},
    )


def test_a_message_put_off_on_purpose_is_not_late(client):
    beat(seconds_ago=1)
    wait(seconds=400, next_attempt_at=database_now() + timedelta(minutes=5))

    assert answer(client) == (
        200,
        {"status": "ok", "sweep_age": 0, "oldest_due_age": None},
    )
