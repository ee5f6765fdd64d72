"""A text that failed goes by e-mail instead: once, and if it is still to be told."""

from datetime import timedelta

import pytest

from clients.models import Channel, Client, ConsentStatus
from config.clock import database_now
from scheduling import outbox, receipts, replanning, waiting
from scheduling.models import (
    Message,
    MessageKind,
    MessageState,
    ReminderPlan,
    ReminderRule,
    Replanning,
)
from scheduling.receipts import DeliveryReceipt
from tests import provider
from tests.factories.clients import ContactConsentFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    MessageFactory,
    MessageResolutionFactory,
    PracticePolicyFactory,
    ReminderPlanFactory,
    ReminderRuleFactory,
)
from tests.provider import Mood
from tests.scheduling.test_reminders import change

pytestmark = pytest.mark.django_db

EMAIL, SMS = Channel.EMAIL, Channel.SMS
PENDING, SENT, FAILED = MessageState.PENDING, MessageState.SENT, MessageState.FAILED
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def phones(settings, db):
    """Texts by a provider and e-mails into a folder, at any hour; a text a day before,
    and notices by text."""
    settings.SMS_GATEWAY, settings.EMAIL_GATEWAY = "twilio", "file"
    settings.TWILIO_ACCOUNT_SID = settings.TWILIO_AUTH_TOKEN = "x"
    settings.TWILIO_FROM = "+13105550100"
    PracticePolicyFactory.create(quiet_from_minute=0, quiet_until_minute=0)
    ReminderRuleFactory.create(plan=ReminderPlanFactory.create(notices_by=SMS))
    with provider.running() as running:
        settings.TWILIO_URL = running.url
        yield running


@pytest.fixture
def outbox_folder(settings, tmp_path):
    settings.OUTBOX_DIR = tmp_path
    return tmp_path


@pytest.fixture(params=[MessageKind.BOOKED, MessageKind.REMINDER])
def text(request, outbox_folder):
    """A text that is due, about a session of tomorrow; there is no other message."""
    now = database_now()
    appointment = AppointmentFactory.create(starts_at=now + 23 * HOUR)
    is_reminder = request.param == MessageKind.REMINDER
    return MessageFactory.create(
        appointment=appointment,
        kind=request.param,
        before_start_minutes=24 * 60 if is_reminder else 0,
        due_at=now - MINUTE,
        not_after=now + 22 * HOUR,
    )


def undelivered(row):
    """It went out, and a receipt says that it did not arrive."""
    outbox.send(row.pk)
    row.refresh_from_db()
    receipts.receive(
        DeliveryReceipt(
            provider="twilio",
            event_id=f"{row.provider_message_id}:undelivered",
            provider_key=row.provider_key,
            provider_message_id=row.provider_message_id,
            outcome=FAILED,
            code="phone_unknown",
        )
    )


def sweep():
    """What the sweep does, and what it rings for."""
    replanning.work_off(now=database_now())
    for key in outbox.sweep():
        outbox.send(key)


def ledger(row):
    rows = Message.objects.filter(appointment=row.appointment_id).order_by("pk")
    return [(each.kind, each.channel, each.state) for each in rows]


def test_a_text_that_was_not_delivered_goes_by_e_mail_once(text, outbox_folder):
    undelivered(text)

    for _ in range(3):
        sweep()
        Replanning.objects.create(appointment_id=text.appointment_id)

    assert ledger(text) == [(text.kind, SMS, FAILED), (text.kind, EMAIL, SENT)]
    assert len(list(outbox_folder.iterdir())) == 1
    assert not Message.objects.stuck(database_now())


def test_a_text_that_is_refused_for_good_goes_by_e_mail(text, phones):
    phones.moods.append(Mood(status=400, takes=False, code=21211))
    outbox.send(text.pk)

    sweep()

    assert ledger(text) == [(text.kind, SMS, FAILED), (text.kind, EMAIL, SENT)]


def test_a_text_that_may_have_been_taken_waits_for_a_person(text):
    Message.objects.update(state=FAILED, attempts=8, last_error="connection_lost")
    Replanning.objects.create(appointment_id=text.appointment_id)

    sweep()

    assert ledger(text) == [(text.kind, SMS, FAILED)]
    assert list(Message.objects.stuck(database_now())) == [text]


def no_mailbox(row):
    Client.objects.update(email="")


def stop_of_e_mail(row):
    ContactConsentFactory.create(
        client=row.client,
        channel=EMAIL,
        status=ConsentStatus.REVOKED,
        at=database_now(),
    )


def left_out_by_the_plan(row):
    ReminderRule.objects.all().delete()
    ReminderPlan.objects.update(tells_booked=False)


def seen_to(row):
    MessageResolutionFactory.create(message=row)


def long_ago(row):
    Message.objects.update(due_at=database_now() - 25 * HOUR)


@pytest.mark.parametrize(
    "obstacle", [no_mailbox, stop_of_e_mail, left_out_by_the_plan, seen_to, long_ago]
)
def test_nothing_takes_its_place_where_nothing_may(text, obstacle):
    undelivered(text)
    obstacle(text)

    sweep()

    assert ledger(text) == [(text.kind, SMS, FAILED)]


def test_nothing_is_told_of_what_has_changed_since(text):
    undelivered(text)
    change(text.appointment, starts_at=text.appointment.starts_at + HOUR)

    sweep()

    about_it = Message.objects.filter(facts_version=text.facts_version)
    assert [(row.channel, row.state) for row in about_it] == [(SMS, FAILED)]


def test_who_has_it_by_e_mail_already_gets_no_second(text):
    twin = waiting.anew(text)
    twin.channel, twin.state, twin.sent_at = EMAIL, SENT, database_now()
    twin.save(force_insert=True)
    undelivered(text)

    sweep()

    assert ledger(text) == [(text.kind, SMS, FAILED), (text.kind, EMAIL, SENT)]
