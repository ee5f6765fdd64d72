from datetime import timedelta

import pytest

from clients.models import ContactChange
from config.clock import database_now
from scheduling.models import Heartbeat, PlanChange, Replanning, WorkerHeartbeat
from tests.factories.clients import ClientFactory
from tests.factories.scheduling import AppointmentFactory, MessageFactory

pytestmark = pytest.mark.django_db


def beat(*, seconds_ago: int, name: str = "sweep") -> None:
    at = database_now() - timedelta(seconds=seconds_ago)
    Heartbeat.objects.create(name=name, at=at)


def wait(*, seconds: int, **fields: object) -> None:
    due_at = database_now() - timedelta(seconds=seconds)
    MessageFactory.create(due_at=due_at, not_after=due_at + timedelta(days=1), **fields)


NO_MORE = {"oldest_change_age": None, "workers": 0, "silent": 0}


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
        {"status": "ok", "sweep_age": 80, "send_age": 60, "oldest_due_age": 200}
        | NO_MORE,
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
        {"status": "ok", "sweep_age": 0, "send_age": 5000, "oldest_due_age": None}
        | NO_MORE,
    )


def test_worker_is_not_well_before_its_first_sweep(client):
    assert answer(client) == (
        503,
        {
            "status": "failing",
            "sweep_age": None,
            "send_age": None,
            "oldest_due_age": None,
        }
        | NO_MORE,
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
        }
        | NO_MORE,
    )


def test_worker_is_not_well_when_a_message_waits_too_long(client):
    beat(seconds_ago=1)
    beat(seconds_ago=1, name="send")
    wait(seconds=400)

    assert answer(client) == (
        503,
        {"status": "failing", "sweep_age": 0, "send_age": 0, "oldest_due_age": 400}
        | NO_MORE,
    )


def test_a_message_put_off_on_purpose_is_not_late(client):
    beat(seconds_ago=1)
    wait(seconds=400, next_attempt_at=database_now() + timedelta(minutes=5))

    assert answer(client) == (
        200,
        {"status": "ok", "sweep_age": 0, "send_age": None, "oldest_due_age": None}
        | NO_MORE,
    )


@pytest.mark.parametrize(("seconds", "silent"), [(50, 0), (70, 1)])
def test_one_worker_that_does_not_answer_is_told_though_another_does(
    client, settings, seconds, silent
):
    settings.SWEEP_SECONDS = 30
    beat(seconds_ago=1)
    beat(seconds_ago=1, name="send")
    called_at = database_now() - timedelta(seconds=seconds)
    for name, owed in (("one@host", called_at), ("two@host", None)):
        WorkerHeartbeat.objects.create(
            name=name, at=called_at - timedelta(seconds=30), called_at=owed
        )

    status, body = answer(client)

    assert (status, body["workers"], body["silent"]) == (
        503 if silent else 200,
        2,
        silent,
    )


@pytest.mark.parametrize(
    ("put_off", "replanned", "status"),
    [
        (False, None, 503),
        (False, 400, 503),
        (False, 10, 200),  # there are very many
        (True, None, 200),
    ],
)
def test_a_change_that_nobody_follows_is_told(client, put_off, replanned, status):
    now = database_now()
    beat(seconds_ago=1)
    if replanned is not None:
        beat(seconds_ago=replanned, name="replan")
    Replanning.objects.create(
        appointment=AppointmentFactory.create(),
        since=now - timedelta(seconds=400),
        not_before=now + (1 if put_off else -1) * timedelta(seconds=400),
    )

    told = answer(client)

    assert (told[0], told[1]["oldest_change_age"]) == (status, None if put_off else 400)


@pytest.mark.parametrize("model", [ContactChange, PlanChange])
def test_a_change_that_has_not_come_to_any_session_yet_is_told(client, model):
    beat(seconds_ago=1)
    since = database_now() - timedelta(seconds=400)
    whose = {"client": ClientFactory.create()} if model is ContactChange else {}
    model.objects.create(since=since, **whose)

    assert answer(client)[0] == 503
