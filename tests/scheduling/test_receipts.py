"""Receipts come when they like: in any order, more than once, and too early."""

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from django.db import connection

from clients.models import Channel
from config.clock import database_now
from scheduling import outbox, receipts, reminders, replanning
from scheduling.models import Message, MessageState, ProviderEvent
from scheduling.receipts import DeliveryReceipt
from tests import provider
from tests.factories.scheduling import (
    AppointmentFactory,
    MessageFactory,
    PracticePolicyFactory,
    ReminderPlanFactory,
)
from tests.provider import Mood
from tests.threads import in_threads

pytestmark = pytest.mark.django_db

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
SENT, DELIVERED, FAILED = (
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.FAILED,
)


@pytest.fixture
def phones(settings):
    settings.SMS_GATEWAY = "twilio"
    settings.TWILIO_ACCOUNT_SID = settings.TWILIO_AUTH_TOKEN = "x"
    settings.TWILIO_FROM = "+13105550100"
    PracticePolicyFactory.create(quiet_from_minute=0, quiet_until_minute=0)
    with provider.running() as running:
        settings.TWILIO_URL = running.url
        yield running


def message(**values):
    now = database_now()
    return MessageFactory.create(
        appointment=AppointmentFactory.create(starts_at=now + 2 * DAY),
        **{"due_at": now - MINUTE, "not_after": now + DAY} | values,
    )


def sent(**values):
    return message(
        **{"state": SENT, "sent_at": database_now(), "provider_message_id": "SM1"}
        | values
    )


def receive(row, outcome, *, sid="SM1", status="", code="", phone=""):
    receipts.receive(
        DeliveryReceipt(
            provider="twilio",
            event_id=f"{sid}:{status or outcome}",
            provider_key=row.provider_key,
            provider_message_id=sid,
            outcome=outcome,
            code=code,
            phone=phone,
        )
    )


def fate(row):
    row.refresh_from_db()
    return row.state, row.last_error


@pytest.mark.parametrize("order", list(permutations([DELIVERED, FAILED, DELIVERED])))
def test_delivered_is_final_in_any_order(order):
    row = sent()

    for outcome in order:
        receive(row, outcome, code="" if outcome == DELIVERED else "filtered")

    assert fate(row) == (DELIVERED, "")
    assert ProviderEvent.objects.count() == 2


def test_a_receipt_of_an_earlier_time_says_nothing_of_the_last():
    row = sent(provider_message_id="SM2")

    receive(row, FAILED, sid="SM1", code="filtered")
    assert fate(row) == (SENT, "")

    receive(row, FAILED, sid="SM2", code="filtered")
    assert fate(row) == (FAILED, "filtered")


@pytest.mark.parametrize("state", [FAILED, MessageState.UNKNOWN])
def test_what_was_in_doubt_and_is_delivered_was_sent(state):
    row = message(state=state, last_error="connection_lost")

    receive(row, DELIVERED)

    assert fate(row) == (DELIVERED, "")
    assert (row.provider_message_id, row.sent_at is None) == ("SM1", False)


@pytest.mark.parametrize("state", ["pending", "cancelled", "expired"])
def test_what_was_not_sent_stays_as_it_is(state):
    row = message(state=state)

    for outcome in (DELIVERED, FAILED):
        receive(row, outcome)

    assert fate(row) == (state, "")


def test_what_turns_out_to_be_unwanted_goes_by_e_mail(phones):
    appointment = AppointmentFactory.create(starts_at=database_now() + 2 * DAY)
    ReminderPlanFactory.create(notices_by=Channel.SMS)
    reminders.plan(appointment, now=database_now())
    Message.objects.update(due_at=database_now() - MINUTE)
    row = appointment.messages.get()
    outbox.send(row.pk)
    sid, phone = phones.messages[0]["sid"], phones.messages[0]["to"]

    receive(row, FAILED, sid=sid, code="opted_out", phone=phone)
    replanning.work_off(now=database_now())

    assert fate(row) == ("cancelled", "opted_out")
    assert appointment.messages.pending().get().channel == Channel.EMAIL


def test_a_receipt_without_a_message_is_of_no_use_and_no_harm():
    receive(Message(provider_key=uuid4()), DELIVERED)

    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([DELIVERED], (DELIVERED, "")),
        ([FAILED], (FAILED, "filtered")),
        ([DELIVERED, FAILED], (DELIVERED, "")),
        ([FAILED, DELIVERED], (DELIVERED, "")),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_a_receipt_that_is_faster_than_the_worker_is_kept(outcomes, expected, phones):
    row = message()

    def report():
        for outcome in outcomes:
            code = "filtered" if outcome == FAILED else ""
            receive(row, outcome, sid=phones.messages[0]["sid"], code=code)
        connection.close()

    phones.moods = [Mood(meanwhile=report)]
    outbox.send(row.pk)

    assert fate(row) == expected


@pytest.mark.django_db(transaction=True)
def test_a_receipt_for_what_the_worker_heard_nothing_of_is_kept(phones):
    """The answer was lost, the look-up finds the message, and the receipt counts."""
    row = message()

    def report():
        receive(row, DELIVERED, sid=phones.messages[0]["sid"])
        connection.close()

    phones.moods = [Mood(hangs_up=True, meanwhile=report)]
    outbox.send(row.pk)
    assert fate(row) == ("pending", "connection_lost")
    Message.objects.update(next_attempt_at=None)
    outbox.send(row.pk)

    assert fate(row) == (DELIVERED, "")
    assert len(phones.messages) == 1


@pytest.mark.django_db(transaction=True)
def test_settling_and_receipts_at_once_lose_nothing(phones):
    """Whoever comes second, worker or receipt, sees what the first one left."""
    rows = [message() for _ in range(8)]

    def receipt_of(row):
        def wait_and_receive():
            while not Message.objects.filter(pk=row.pk, attempts=1).exists():
                pass
            while not (sids := [m["sid"] for m in phones.messages if is_of(row, m)]):
                pass
            in_order = [FAILED, DELIVERED]
            for outcome in in_order:
                receive(row, outcome, sid=sids[0], code="")

        return wait_and_receive

    def is_of(row, text):
        return text["to"] == str(row.client.phone)

    calls = [lambda key=row.pk: outbox.send(key) for row in rows]
    in_threads(*calls, *map(receipt_of, rows))

    assert [fate(row)[0] for row in rows] == [DELIVERED] * 8
    assert len(phones.messages) == 8


@pytest.mark.django_db(transaction=True)
def test_the_same_receipt_twice_at_once_counts_once():
    row = sent()

    in_threads(*[lambda: receive(row, DELIVERED)] * 4)

    assert fate(row) == (DELIVERED, "")
    assert ProviderEvent.objects.count() == 1
