"""The thin edge towards Celery, without a broker."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from config.celery import app
from config.clock import database_now
from config.models import FailedSignIn, IdempotencyKey
from scheduling import replanning, tasks
from scheduling.models import MessageState, Opening
from tests.factories.config import UserFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    MessageFactory,
    PracticePolicyFactory,
)

pytestmark = pytest.mark.django_db


def test_beat_rings_for_tasks_that_exist():
    timetable = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert timetable == {tasks.sweep.name, tasks.prune.name}


def test_sweep_rings_for_each_message_and_a_worker_sends_it(
    monkeypatch, settings, tmp_path
):
    monkeypatch.setitem(app.conf, "task_always_eager", True)  # noqa: FBT003
    settings.SMS_GATEWAY, settings.OUTBOX_DIR = "file", tmp_path
    PracticePolicyFactory.create(quiet_from_minute=0, quiet_until_minute=0)
    now = database_now()
    messages = [
        MessageFactory.create(
            appointment=AppointmentFactory.create(starts_at=now + timedelta(days=2)),
            due_at=now,
            not_after=now + timedelta(days=1),
        )
        for _ in range(2)
    ]

    count = tasks.sweep()

    for message in messages:
        message.refresh_from_db()
    assert count == 2
    assert [message.state for message in messages] == [MessageState.SENT] * 2
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        message.provider_message_id for message in messages
    )


def test_what_is_wrong_with_planning_anew_does_not_keep_hours_back(monkeypatch):
    def work_off(**_):
        raise ArithmeticError

    monkeypatch.setattr(replanning, "work_off", work_off)
    past = database_now() - timedelta(hours=1)
    Opening.objects.create(therapist_id=uuid4(), starts_at=past, ends_at=past)

    with pytest.raises(ArithmeticError):
        tasks.sweep()

    assert not Opening.objects.exists()


@pytest.fixture
def rings(monkeypatch):
    """The rings for messages, which nobody hears."""
    made: list[list[str]] = []
    monkeypatch.setattr(tasks.send, "delay", lambda *keys: made.append(list(keys)))
    return made


@pytest.mark.parametrize(
    ("due", "together"), [(1, [1]), (8, [1] * 8), (25, [2] * 12 + [1])]
)
def test_sweep_rings_for_many_together_and_for_few_one_by_one(due, together, rings):
    now = database_now()
    for _ in range(due):
        MessageFactory.create(due_at=now, not_after=now + timedelta(days=1))

    tasks.sweep()

    assert [len(ring) for ring in rings] == together


def test_send_rings_anew_for_those_after_one_that_goes_wrong(rings):
    with pytest.raises(ValueError, match="badly formed"):
        tasks.send("no key", "second", "third")

    assert rings == [["second", "third"]]


def test_send_rings_anew_for_those_after_its_turn(rings, monkeypatch):
    monkeypatch.setattr(tasks, "TURN_SECONDS", 0.05)
    keys = [str(uuid4()) for _ in range(3)]
    monkeypatch.setattr(tasks.outbox, "send", lambda _: time.sleep(0.06))

    tasks.send(*keys)

    assert rings == [keys[1:]]


def test_prune_forgets_what_is_old():
    user = UserFactory.create()
    for hours in (47, 49):
        key = IdempotencyKey.objects.create(user=user, key=f"{hours} hours ago")
        IdempotencyKey.objects.filter(pk=key.pk).update(
            created_at=timezone.now() - timedelta(hours=hours)
        )
    for hours in (23, 25):
        failure = FailedSignIn.objects.create(username_digest=f"{hours} hours ago")
        FailedSignIn.objects.filter(pk=failure.pk).update(
            at=timezone.now() - timedelta(hours=hours)
        )

    count = tasks.prune()

    assert count == 2
    assert [row.key for row in IdempotencyKey.objects.all()] == ["47 hours ago"]
    assert [row.username_digest for row in FailedSignIn.objects.all()] == [
        "23 hours ago"
    ]
