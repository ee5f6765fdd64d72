"""From the search to the reminder and past the end, over HTTP, with a real worker."""

import json
import os
import sys
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from config import processes
from config.roles import Role
from scheduling.models import Heartbeat, Message
from tests.factories.clients import ClientFactory
from tests.factories.config import UserFactory
from tests.factories.scheduling import (
    AvailabilityRuleFactory,
    PracticePolicyFactory,
    ReminderRuleFactory,
    SessionTypeFactory,
)

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 40
PASSWORD = "on-the-sticky-note"


@pytest.mark.real_clock("the worker is a process of its own, with the clock it has")
@pytest.mark.django_db(transaction=True)
def test_a_session_is_booked_reminded_once_moved_and_called_off(live_server, tmp_path):
    therapist, client = _practice()
    desk = _Desk(live_server.thread.host, live_server.thread.port)
    slot = desk.get(
        f"slots/?session_type=individual-50&therapist={therapist.pk}&limit=1"
    )["results"][0]
    override = {
        "override": ["outside_hours"],
        "override_reason": "A reminder that is due while the test looks on.",
    }

    with _worker(tmp_path / "outbox"):
        booked = desk.post(
            "appointments/",
            {
                "therapist": slot["therapist"]["id"],
                "clients": [str(client.pk)],
                "session_type": slot["session_type"],
                "office": slot["office"]["slug"],
                "starts_at": _whose_reminder_is_due_in(seconds=3),
                **override,
            },
        )
        _wait_for({("booked", "sent"): 1, ("reminder", "sent"): 1})

        moved = desk.post(
            f"appointments/{booked['id']}/reschedule/",
            {"starts_at": _whose_reminder_is_due_in(seconds=3), **override},
            version=1,
        )
        _wait_for({("moved", "sent"): 1, ("reminder", "sent"): 2})

        desk.post(f"appointments/{moved['id']}/cancel/", {"by": "client"}, version=2)
        _wait_for({("cancelled", "sent"): 1})
        time.sleep(3)  # three sweeps in which nothing more may go out

    assert _ledger() == {
        ("booked", "sent"): 1,
        ("moved", "sent"): 1,
        ("cancelled", "sent"): 1,
        ("reminder", "sent"): 2,  # the e-mail of each version, once
        ("reminder", "cancelled"): 2,  # the text of each version, never
    }
    sent = Message.objects.filter(state="sent")
    assert {message.attempts for message in sent} == {1}
    assert len(list((tmp_path / "outbox").glob("[!.]*"))) == sent.count()
    assert desk.get(f"messages/?appointment={booked['id']}&state=sent")["results"]


def _practice():
    """Open day and night, without quiet hours, with two reminders of each session."""
    PracticePolicyFactory.create(
        quiet_from_minute=0, quiet_until_minute=0, booked_notice_delay_minutes=0
    )
    ReminderRuleFactory.create(before_minutes=25 * 60, channel="email")
    ReminderRuleFactory.create(before_minutes=24 * 60, channel="sms")
    SessionTypeFactory.create()
    hours = AvailabilityRuleFactory.create(start_minute=0, end_minute=1440)
    for weekday in range(1, 7):
        AvailabilityRuleFactory.create(
            therapist=hours.therapist,
            office=hours.office,
            weekday=weekday,
            start_minute=0,
            end_minute=1440,
        )
    user = UserFactory.create(username="desk", role=Role.FRONT_DESK)
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return hours.therapist, ClientFactory.create()


class _Desk:
    """The front desk, signed in from an app."""

    def __init__(self, host, port):
        self.address = (host, port)
        self.headers = {"Content-Type": "application/json"}
        answer = self._call(
            200,
            "POST",
            "/_allauth/app/v1/auth/login",
            {"username": "desk", "password": PASSWORD},
        )
        self.headers["X-Session-Token"] = answer["meta"]["session_token"]

    def get(self, path):
        return self._call(200, "GET", f"/api/v1/{path}")

    def post(self, path, body, version=None):
        expected, headers = (
            (201, {}) if version is None else (200, {"If-Match": f'"{version}"'})
        )
        return self._call(expected, "POST", f"/api/v1/{path}", body, headers)

    def _call(self, expected, method, path, body=None, headers=None):
        connection = HTTPConnection(*self.address, timeout=30)
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, self.headers | (headers or {}))
        response = connection.getresponse()
        answer = json.loads(response.read())
        connection.close()
        assert response.status == expected, answer
        return answer


@contextmanager
def _worker(outbox):
    """The product's own worker and beat, at work on the test's database."""
    settings = connection.settings_dict
    host = quote(settings["HOST"], safe="")
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgresql://{settings['USER']}:@/{settings['NAME']}?host={host}",
        "OUTBOX_DIR": str(outbox),
        "SWEEP_SECONDS": "1",
    }
    with (outbox.parent / "worker.log").open("wb") as log:
        children = [
            processes.spawn(
                [sys.executable, "-m", *processes.COMMANDS[name]],
                cwd=ROOT,
                env=environment,
                output=log.fileno(),
            )
            for name in ("worker", "beat")
        ]
        try:
            _wait_until(Heartbeat.objects.exists)
            yield
        finally:
            processes.end(children)


def _ledger():
    return Counter(Message.objects.values_list("kind", "state"))


def _whose_reminder_is_due_in(seconds):
    start = datetime.now(UTC) + timedelta(hours=25, seconds=seconds + 1)
    return start.replace(microsecond=0).isoformat()


def _wait_for(wanted):
    _wait_until(lambda: Counter(wanted) <= _ledger())


def _wait_until(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, _ledger()
        time.sleep(0.1)
