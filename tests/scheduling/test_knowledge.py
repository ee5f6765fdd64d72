"""What somebody may know has to be set right, and what they may not know to be told."""

from datetime import timedelta

import pytest

from clients.models import Channel
from config.clock import database_now
from scheduling import booking, outbox, reminders, resolutions, series_notices
from scheduling.models import Decision, Message, MessageState, Mode
from tests import provider
from tests.factories.clients import ClientFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AppointmentSeriesFactory,
    PracticePolicyFactory,
    ReminderPlanFactory,
)
from tests.provider import Mood
from tests.scheduling.test_reminders import (
    BOOKED,
    CANCELLED,
    FRIDAY_10AM,
    MOVED,
    NOW,
    change,
    mark,
    plan,
)

pytestmark = pytest.mark.django_db

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
TROUBLE = Mood(502)


@pytest.fixture
def phones(settings):
    """Notices go by text, at any hour."""
    settings.SMS_GATEWAY = "twilio"
    settings.TWILIO_ACCOUNT_SID = settings.TWILIO_AUTH_TOKEN = "x"
    settings.TWILIO_FROM = "+13105550100"
    PracticePolicyFactory.create(quiet_from_minute=0, quiet_until_minute=0)
    ReminderPlanFactory.create(notices_by=Channel.SMS)
    with provider.running() as running:
        settings.TWILIO_URL = running.url
        yield running


def tried(phones, mood, appointments):
    """Sessions whose notice was tried once."""
    clients = [appointments[0].clients.get()]
    series_notices.plan(appointments, clients, now=database_now())
    Message.objects.update(due_at=database_now() - MINUTE)
    phones.moods = [mood]
    outbox.send(Message.objects.get().pk)


def session(**values):
    return AppointmentFactory.create(starts_at=database_now() + 2 * DAY, **values)


def cancel(appointment, now):
    booking.cancel(appointment, by="practice", version=appointment.version, now=now)


def kinds(appointment):
    return [row.kind for row in appointment.messages.pending().order_by("pk")]


@pytest.mark.parametrize(
    "mood", [TROUBLE, Mood(hangs_up=True), Mood(503, retry_after="60")]
)
def test_who_may_have_got_a_notice_is_told_that_the_session_is_off(phones, mood):
    appointment = session()
    tried(phones, mood, [appointment])

    cancel(appointment, database_now())

    assert len(phones.messages) == 1
    assert kinds(appointment) == [CANCELLED]


def test_who_certainly_got_no_notice_is_told_nothing_of_the_end(phones):
    appointment = session()
    tried(phones, Mood(429, takes=False), [appointment])

    cancel(appointment, database_now())

    assert kinds(appointment) == []


def test_a_doubt_is_not_forgotten_when_it_cannot_be_looked_up(phones, settings):
    appointment = session()
    tried(phones, TROUBLE, [appointment])
    Message.objects.update(next_attempt_at=None)
    settings.TWILIO_URL = "http://127.0.0.1:1"
    outbox.send(appointment.messages.get().pk)
    errors = list(appointment.messages.values_list("last_error", flat=True))

    cancel(appointment, database_now())

    assert errors == ["unreachable"]
    assert kinds(appointment) == [CANCELLED]


def test_who_was_out_of_reach_twice_is_told_nothing_of_the_end(phones, settings):
    settings.TWILIO_URL = "http://127.0.0.1:1"
    appointment = session()
    tried(phones, TROUBLE, [appointment])
    Message.objects.update(next_attempt_at=None)
    outbox.send(appointment.messages.get().pk)

    cancel(appointment, database_now())

    assert kinds(appointment) == []


def test_a_session_that_moves_and_comes_back_is_told_of_to_who_may_not_know(phones):
    appointment = session()
    before = appointment.starts_at
    tried(phones, TROUBLE, [appointment])

    change(appointment, starts_at=before + DAY)
    reminders.replan(appointment, now=database_now())
    moved = kinds(appointment)
    change(appointment, starts_at=before)
    reminders.replan(appointment, now=database_now())

    assert (moved, kinds(appointment)) == ([MOVED], [BOOKED])


def test_planning_again_leaves_what_is_in_doubt_to_be_looked_up(phones):
    appointment = session()
    tried(phones, TROUBLE, [appointment])
    before = list(appointment.messages.values())

    reminders.replan(appointment, now=database_now())
    reminders.renew(appointment, now=database_now())

    assert list(appointment.messages.values()) == before


def test_who_may_know_of_a_series_is_told_of_the_first_that_is_off(phones):
    series, client = AppointmentSeriesFactory.create(), ClientFactory.create()
    first = database_now().replace(microsecond=0) + 7 * DAY
    occurrences = [
        AppointmentFactory.create(
            series=series,
            therapist=series.therapist,
            office=series.office,
            room=None,
            mode=Mode.TELEHEALTH,
            occurs_on=start.date(),
            starts_at=start,
            clients=[client],
        )
        for start in (first, first + 7 * DAY)
    ]
    tried(phones, TROUBLE, occurrences)

    cancel(occurrences[0], database_now())

    assert [kinds(each) for each in occurrences] == [[CANCELLED], [BOOKED]]


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        (Decision.TOLD_OTHERWISE, [CANCELLED]),
        (Decision.ARRIVED, [CANCELLED]),
        (Decision.NOT_NEEDED, []),
    ],
)
def test_who_is_said_to_know_is_told_that_the_session_is_off(decision, told):
    appointment = plan(FRIDAY_10AM)
    mark(appointment, MessageState.FAILED)
    resolutions.resolve(appointment.messages.get(), decision=decision, by=None, now=NOW)

    cancel(appointment, NOW)

    assert kinds(appointment) == told
