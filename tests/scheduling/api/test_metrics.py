import re
from datetime import timedelta
from uuid import uuid4

import pytest

from clients.models import Channel
from config.clock import database_now
from scheduling.api.metrics import CONTENT_TYPE, Gauge, exposition
from scheduling.models import (
    Heartbeat,
    MessageState,
    PlanChange,
    WorkerHeartbeat,
)
from tests.factories.scheduling import (
    AppointmentFactory,
    MessageFactory,
    MessageResolutionFactory,
)

pytestmark = pytest.mark.django_db

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
QUOTED = r'"((?:[^"\\\n]|\\[\\"n])*)"'
LABEL = re.compile(rf"({NAME})={QUOTED}(?:,|$)")
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? ([-+0-9.eE]+|NaN|[-+]Inf)")
UNESCAPED = {r"\\": "\\", r"\"": '"', r"\n": "\n"}
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def parsed(text):
    """Samples by name and labels, read as Prometheus does: strictly, and each family
    once, with its help and type before it."""
    assert text.endswith("\n")
    samples, families, family = {}, set(), None
    lines = iter(text.split("\n")[:-1])
    for line in lines:
        if line.startswith("# HELP "):
            family = re.fullmatch(rf"# HELP ({NAME}) .+", line)[1]
            assert family not in families
            families.add(family)
            assert next(lines) == f"# TYPE {family} gauge"
            continue
        name, labels, value = SAMPLE.fullmatch(line).groups()
        assert name == family
        pairs = LABEL.findall(labels or "")
        assert ",".join(f'{key}="{quoted}"' for key, quoted in pairs) == (labels or "")
        key = (name, *((label, unescaped(quoted)) for label, quoted in pairs))
        assert key not in samples
        samples[key] = float(value)
    return samples


def unescaped(text):
    return re.sub(r'\\[\\"n]', lambda match: UNESCAPED[match[0]], text)


def message(**values):
    """A text about an appointment in two days, by the database's clock."""
    now = database_now()
    appointment = AppointmentFactory.create(starts_at=now + timedelta(days=2))
    return MessageFactory.create(
        appointment=appointment,
        **{"due_at": now - MINUTE, "not_after": now + timedelta(days=1)} | values,
    )


def read(client, **headers):
    response = client.get("/metrics", headers=headers)
    assert (response.status_code, response["Content-Type"]) == (200, CONTENT_TYPE)
    return parsed(response.content.decode())


@pytest.mark.real_clock("sessions are ahead by the clock of the database here")
def test_metrics_tell_how_messages_fare(client):
    now = database_now()
    Heartbeat.objects.create(name="sweep", at=now - timedelta(seconds=20))
    WorkerHeartbeat.objects.create(name="idle@host", at=now)
    WorkerHeartbeat.objects.create(
        name="stalled@host", at=now - HOUR, called_at=now - 10 * MINUTE
    )
    PlanChange.objects.create(since=now - 10 * MINUTE)
    leased = {"lease_token": uuid4(), "state": MessageState.SENDING}
    message(lease_until=now - MINUTE, **leased)
    message(lease_until=now + MINUTE, **leased)
    message()
    message(due_at=now - 10 * MINUTE)
    message(due_at=now - 10 * MINUTE, next_attempt_at=now + HOUR)
    message(due_at=now - HOUR, next_attempt_at=now - 2 * MINUTE)
    message(due_at=now + HOUR)
    message(state=MessageState.SENT, sent_at=now, channel=Channel.EMAIL)
    message(state=MessageState.DELIVERED, sent_at=now, channel=Channel.EMAIL)
    message(state=MessageState.SENT, sent_at=now - 2 * HOUR)
    message(state=MessageState.FAILED)
    message(state=MessageState.UNKNOWN, channel=Channel.EMAIL)
    MessageResolutionFactory.create(message=message(state=MessageState.FAILED))

    told = read(client)

    of_day = {key: told.pop(key) for key in list(told) if "last_day" in key[0]}
    age = told.pop(("practice_messages_sweep_age_seconds",))
    wait = told.pop(("practice_messages_oldest_due_seconds",))
    change = told.pop(("practice_messages_oldest_change_seconds",))
    silence = told.pop(("practice_worker_silence_seconds", ("worker", "stalled@host")))
    assert (age // 20, wait // 600, change // 600, silence // 600) == (1, 1, 1, 1)
    sms, email = ("channel", "sms"), ("channel", "email")
    assert told == {
        ("practice_up",): 1,
        ("practice_worker_silence_seconds", ("worker", "idle@host")): 0,
        ("practice_messages_abandoned",): 1,
        ("practice_messages_due",): 3,
        ("practice_messages_late",): 1,
        ("practice_messages_sent_last_hour", sms): 0,
        ("practice_messages_sent_last_hour", email): 2,
        ("practice_messages_failed", sms): 1,
        ("practice_messages_failed", email): 0,
        ("practice_messages_unknown", sms): 0,
        ("practice_messages_unknown", email): 1,
    }
    assert {key[1:]: number for key, number in of_day.items() if number} == {
        (sms, ("state", "pending")): 4,
        (sms, ("state", "sending")): 2,
        (sms, ("state", "sent")): 1,
        (sms, ("state", "failed")): 2,
        (email, ("state", "sent")): 1,
        (email, ("state", "delivered")): 1,
        (email, ("state", "unknown")): 1,
    }
    assert len(of_day) == 2 * len(MessageState)


def test_labels_and_help_are_escaped():
    awkward = 'a "quoted" \\ and\na line'
    text = exposition(
        [Gauge("g", f"Help: {awkward}", [({"one": awkward, "two": "{},="}, 1234567)])]
    )

    assert text.splitlines()[0] == '# HELP g Help: a "quoted" \\\\ and\\na line'
    assert parsed(text) == {("g", ("one", awkward), ("two", "{},=")): 1234567}


@pytest.mark.parametrize("count", [1, 4])
def test_metrics_need_the_same_queries_for_any_number(
    client, count, django_assert_num_queries
):
    for _ in range(count):
        message()

    with django_assert_num_queries(12):
        read(client)


def test_metrics_are_for_who_has_the_token(client, settings):
    settings.METRICS_TOKEN = "of-the-prometheus"

    assert read(client, authorization="Bearer of-the-prometheus")
    for headers in (
        {},
        {"authorization": "Bearer "},
        {"authorization": "Bearer of-the-prometheu"},
        {"authorization": "Basic of-the-prometheus"},
        {"authorization": "of-the-prometheus"},
        {"authorization": "Bearer ü"},
    ):
        response = client.get("/metrics", headers=headers)
        assert (response.status_code, response.content) == (401, b"")
        assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_without_a_token_this_machine_is_answered(client, address):
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 200


@pytest.mark.parametrize("address", ["203.0.113.5", "172.17.0.1", ""])
def test_without_a_token_nobody_else_is(client, address):
    response = client.get("/metrics", REMOTE_ADDR=address)

    assert (response.status_code, response.content) == (404, b"")


@pytest.mark.parametrize(
    "name", ["X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "Via", "X-Real-IP"]
)
def test_without_a_token_nothing_is_that_a_proxy_hands_on(client, name):
    assert client.get("/metrics", headers={name: "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_metrics_are_only_read(client, method):
    assert getattr(client, method)("/metrics").status_code == 405
