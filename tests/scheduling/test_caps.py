"""How many texts a number gets: reminders are held back, and never silently lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from clients.models import Channel, ConsentStatus
from config.clock import database_now
from scheduling import caps, outbox, replanning
from scheduling.models import (
    NOT_OPEN,
    SMS_CAP,
    Message,
    MessageKind,
    MessageState,
    PracticePolicy,
    Replanning,
)
from tests.factories.clients import (
    ClientFactory,
    ContactConsentFactory,
    GuardianFactory,
)
from tests.factories.scheduling import (
    AppointmentFactory,
    MessageFactory,
    PracticePolicyFactory,
    ReminderRuleFactory,
)
from tests.times import FRIDAY, MONDAY, NEXT_MONDAY, SUNDAY, THURSDAY, WEDNESDAY, at

pytestmark = pytest.mark.django_db

PHONE = "+13105550177"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
PATIENCE = 0.3  # seconds to wait for someone who may not come
SENT, PENDING, CANCELLED = (
    MessageState.SENT,
    MessageState.PENDING,
    MessageState.CANCELLED,
)


@pytest.fixture(autouse=True)
def practice(request, settings, tmp_path):
    """One text a day, three a week, at any hour, into files."""
    transactional = request.node.get_closest_marker("django_db").kwargs
    request.getfixturevalue("transactional_db" if transactional else "db")
    settings.SMS_GATEWAY = settings.EMAIL_GATEWAY = "file"
    settings.OUTBOX_DIR = tmp_path
    return PracticePolicyFactory.create(
        quiet_from_minute=0, quiet_until_minute=0, sms_per_day=1, sms_per_week=3
    )


def text(client=None, **values):
    """A text that is due, to somebody at the number."""
    client = client or ClientFactory.create(phone=PHONE)
    now = database_now()
    start = now + 2 * DAY + timedelta(hours=client.appointments.count())
    appointment = AppointmentFactory.create(starts_at=start, clients=[client])
    sent_at = values.get("sent_at")
    return MessageFactory.create(
        **{
            "appointment": appointment,
            "client": client,
            "due_at": sent_at or now - MINUTE,
            "not_after": now + DAY,
            "state": SENT if sent_at else PENDING,
        }
        | values
    )


def ledger(appointment):
    rows = appointment.messages.order_by("pk")
    return [(row.channel, row.state, row.last_error) for row in rows]


def is_one_too_many(message, now):
    return caps.is_one_too_many(message, PHONE, PracticePolicy.objects.get(), now)


def test_a_reminder_over_the_cap_goes_by_e_mail_and_says_why():
    client = ClientFactory.create(phone=PHONE)
    first, second = text(client), text(client)

    outbox.send(first.pk)
    outbox.send(second.pk)
    for key in outbox.sweep():
        outbox.send(key)

    assert ledger(first.appointment) == [("sms", SENT, "")]
    assert ledger(second.appointment) == [
        ("sms", CANCELLED, SMS_CAP),
        ("email", SENT, ""),
    ]


def test_a_reminder_over_the_cap_without_another_way_is_not_sent_and_says_why():
    client = ClientFactory.create(phone=PHONE, email="")
    first, second = text(client), text(client)

    outbox.send(first.pk)
    outbox.send(second.pk)

    assert ledger(second.appointment) == [("sms", CANCELLED, SMS_CAP)]


def test_a_reminder_over_the_cap_is_not_sent_twice_by_e_mail():
    client = ClientFactory.create(phone=PHONE)
    text(client, sent_at=database_now())
    second = text(client)
    same = {
        "appointment": second.appointment,
        "client": client,
        "channel": Channel.EMAIL,
        "due_at": second.due_at,
    }
    MessageFactory.create(**same, state=SENT, sent_at=database_now())

    outbox.send(second.pk)

    assert ledger(second.appointment) == [
        ("sms", CANCELLED, SMS_CAP),
        ("email", SENT, ""),
    ]


def test_planning_again_does_not_let_through_what_was_one_too_many():
    ReminderRuleFactory.create()
    client = ClientFactory.create(phone=PHONE)
    text(client, sent_at=database_now())
    second = text(client, due_at=database_now() - MINUTE)
    outbox.send(second.pk)

    ContactConsentFactory.create(client=client, at=database_now())
    replanning.work_off(now=database_now())

    assert ledger(second.appointment) == [
        ("sms", CANCELLED, SMS_CAP),
        ("email", PENDING, ""),
    ]


def test_notices_count_but_always_go():
    client = ClientFactory.create(phone=PHONE)
    reminder = text(client)
    notices = [text(client, kind=MessageKind.MOVED) for _ in range(2)]

    for message in [*notices, reminder]:
        outbox.send(message.pk)

    assert [ledger(each.appointment)[0][1:] for each in [*notices, reminder]] == [
        (SENT, ""),
        (SENT, ""),
        (CANCELLED, SMS_CAP),
    ]


def test_without_caps_every_reminder_goes(practice):
    PracticePolicy.objects.update(sms_per_day=None, sms_per_week=None)
    client = ClientFactory.create(phone=PHONE)
    messages = [text(client) for _ in range(4)]

    for message in messages:
        outbox.send(message.pk)

    assert {ledger(each.appointment)[0][1] for each in messages} == {SENT}


def test_those_who_share_a_number_share_its_cap():
    child = ClientFactory.create(born_on=database_now().date() - 3000 * DAY)
    guardian = GuardianFactory.create(client=child, phone=PHONE)
    first = text()
    other = text(child, guardian=guardian, recipient=guardian.pk)

    outbox.send(first.pk)
    outbox.send(other.pk)

    assert ledger(other.appointment)[0] == ("sms", CANCELLED, SMS_CAP)


@pytest.mark.parametrize(
    ("state", "values", "counts"),
    [
        (SENT, {"sent_at": at(FRIDAY, "09:00")}, True),
        (MessageState.DELIVERED, {"sent_at": at(FRIDAY, "09:00")}, True),
        (MessageState.UNKNOWN, {}, True),
        (
            MessageState.SENDING,
            {"lease_token": uuid4(), "lease_until": at(FRIDAY, "09:01")},
            True,
        ),
        (PENDING, {"attempts": 1}, True),
        (PENDING, {}, False),
        (MessageState.FAILED, {}, False),
        (CANCELLED, {}, False),
        (MessageState.EXPIRED, {}, False),
    ],
)
def test_what_may_have_reached_the_number_counts(state, values, counts):
    text(**{"due_at": at(FRIDAY, "09:00"), "state": state} | values)

    assert is_one_too_many(text(), at(FRIDAY, "12:00")) is counts


@pytest.mark.parametrize(
    ("sent", "counts"),
    [
        ([at(THURSDAY, "23:59")], False),
        ([at(FRIDAY, "00:00")], True),
        ([at(FRIDAY, "23:59")], True),
        ([at(MONDAY, "00:00"), at(WEDNESDAY, "12:00"), at(THURSDAY, "12:00")], True),
        ([at(WEDNESDAY, "12:00")] * 2, False),
        ([at(MONDAY, "00:00") - MINUTE, *[at(WEDNESDAY, "12:00")] * 2], False),
        ([at(SUNDAY, "12:00"), at(NEXT_MONDAY, "12:00")] * 2, False),
    ],
)
def test_days_and_weeks_are_the_practices(sent, counts):
    client = ClientFactory.create(phone=PHONE)
    for moment in sent:
        text(client, sent_at=moment)

    assert is_one_too_many(text(client), at(FRIDAY, "12:00")) is counts


def test_what_was_let_through_once_is_let_through_again():
    client = ClientFactory.create(phone=PHONE)
    text(client, sent_at=database_now())
    tried = text(
        client, attempts=1, last_error="twilio_503", first_tried_at=database_now()
    )

    outbox.send(tried.pk)

    assert ledger(tried.appointment) == [("sms", SENT, "")]


def test_what_could_not_be_made_ready_was_not_let_through():
    client = ClientFactory.create(phone=PHONE, email="")
    text(client, sent_at=database_now())
    unready = text(client, attempts=1, last_error="not_made_ready")

    outbox.send(unready.pk)

    assert ledger(unready.appointment) == [("sms", CANCELLED, SMS_CAP)]


@pytest.mark.django_db(transaction=True)
def test_of_two_reminders_at_once_one_counts_the_other():
    """One has been let through, and its worker is about to say so."""
    client = ClientFactory.create(phone=PHONE, email="")
    first, second = text(client), text(client)

    def send():
        try:
            outbox.send(second.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            let_through = not is_one_too_many(first, database_now())
            other = pool.submit(send)
            with suppress(TimeoutError):
                other.result(PATIENCE)
            waited = not other.done()
            Message.objects.filter(pk=first.pk).update(
                state=SENT, sent_at=database_now()
            )
        other.result()

    assert (let_through, waited) == (True, True)
    assert ledger(second.appointment) == [("sms", CANCELLED, SMS_CAP)]


@pytest.mark.django_db(transaction=True)
def test_of_many_reminders_to_one_number_at_once_one_goes_by_text():
    messages = [text() for _ in range(6)]
    start = threading.Barrier(len(messages))

    def send(message):
        start.wait()
        try:
            outbox.send(message.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(messages)) as pool:
        list(pool.map(send, messages))

    texts = [ledger(each.appointment)[0][1:] for each in messages]
    assert sorted(texts) == sorted([(SENT, ""), *[(CANCELLED, SMS_CAP)] * 5])


# What the worker finds when it is about to send.


def test_a_way_that_is_closed_when_a_reminder_is_to_go_gives_way_to_the_other():
    ReminderRuleFactory.create()
    client = ClientFactory.create(phone=PHONE)
    tomorrow = AppointmentFactory.create(
        starts_at=database_now() + timedelta(hours=22), clients=[client]
    )
    message = text(client, appointment=tomorrow)
    replanning.work_off(now=database_now())
    ContactConsentFactory.create(
        client=client, status=ConsentStatus.REVOKED, at=database_now()
    )

    outbox.send(message.pk)
    refused = ledger(message.appointment), Replanning.objects.count()
    replanning.work_off(now=database_now())
    for key in outbox.sweep():
        outbox.send(key)

    assert refused == ([("sms", CANCELLED, NOT_OPEN)], 1)
    assert ledger(message.appointment) == [
        ("sms", CANCELLED, NOT_OPEN),
        ("email", SENT, ""),
    ]
