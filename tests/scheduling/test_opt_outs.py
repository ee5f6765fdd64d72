"""A number that wants no texts: for everybody who has it, at once, and only texts."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from clients.models import (
    Channel,
    ConsentStatus,
    ContactChange,
    ContactConsent,
    OptOut,
)
from config.clock import database_now
from scheduling import inbound, opt_outs, outbox, recipients
from scheduling.inbound import Text
from scheduling.models import Appointment, Message, MessageState
from tests import provider
from tests.factories.clients import (
    ClientFactory,
    ContactConsentFactory,
    GuardianFactory,
)
from tests.factories.scheduling import (
    AppointmentFactory,
    MessageFactory,
    PracticePolicyFactory,
)
from tests.provider import Mood
from tests.threads import in_threads

pytestmark = pytest.mark.django_db

NUMBER, OTHER_NUMBER = "+13105550123", "+13105550124"
REVOKED, GRANTED = ConsentStatus.REVOKED, ConsentStatus.GRANTED
PENDING, CANCELLED = MessageState.PENDING, MessageState.CANCELLED
CHILD = {"born_on": date(2018, 5, 17)}
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def session(*clients, days=2):
    return AppointmentFactory.create(
        starts_at=database_now() + days * DAY, clients=list(clients)
    )


def message(appointment, person=None, **values):
    guardian = {"guardian": person, "recipient": person.pk} if person else {}
    now = database_now()
    return MessageFactory.create(
        appointment=appointment,
        **{"due_at": now - MINUTE, "not_after": now + DAY} | guardian | values,
    )


def states(*messages):
    found = dict(Message.objects.values_list("pk", "state"))
    return [found[each.pk] for each in messages]


def decisions():
    rows = ContactConsent.objects.order_by("pk")
    return list(rows.values_list("client", "guardian", "status", "source"))


def ways(appointment):
    """Who is written to about an appointment, and by which channels."""
    clients = [part.client for part in recipients.parts(appointment)]
    present = recipients.terms(client.pk for client in clients)
    found = recipients.of_clients(appointment, clients, present)
    return {each.person.pk: list(each.channels) for each in found}


def test_a_number_opts_out_for_everybody_who_has_it_and_what_waits_is_taken_back():
    one, same, other = (
        ClientFactory.create(phone=number) for number in (NUMBER, NUMBER, OTHER_NUMBER)
    )
    guardian = GuardianFactory.create(phone=NUMBER, client__born_on=CHILD["born_on"])
    texts = [message(session(client)) for client in (one, same)]
    texts.append(message(session(guardian.client), guardian))
    mail = message(texts[0].appointment, channel=Channel.EMAIL)
    others = message(session(other))
    sent = message(texts[0].appointment, before_start_minutes=60, state="failed")
    before = list(Appointment.objects.order_by("pk").values())

    opt_outs.opt_out(NUMBER, source="sms_reply")

    assert states(*texts) == [CANCELLED] * 3
    assert states(mail, others, sent) == [PENDING, PENDING, MessageState.FAILED]
    assert sorted(decisions(), key=str) == sorted(
        [
            (one.pk, None, REVOKED, "sms_reply"),
            (same.pk, None, REVOKED, "sms_reply"),
            (guardian.client_id, guardian.pk, REVOKED, "sms_reply"),
        ],
        key=str,
    )
    assert list(Appointment.objects.order_by("pk").values()) == before


def test_it_is_written_down_once():
    ClientFactory.create(phone=NUMBER)

    for _ in range(2):
        opt_outs.opt_out(NUMBER, source="sms_reply")

    assert len(decisions()) == 1


def test_a_guardian_who_opts_out_silences_neither_the_child_nor_the_other_guardian():
    child = ClientFactory.create(**CHILD, phone=OTHER_NUMBER)
    mother = GuardianFactory.create(client=child, phone=NUMBER)
    father = GuardianFactory.create(client=child)
    grown_up = ClientFactory.create(phone=NUMBER[:-1] + "9")
    appointment, other = session(child), session(grown_up)

    opt_outs.opt_out(NUMBER, source="sms_reply")

    assert ways(appointment) == {
        mother.pk: [Channel.EMAIL],
        father.pk: [Channel.EMAIL, Channel.SMS],
    }
    assert ways(other) == {grown_up.pk: [Channel.EMAIL, Channel.SMS]}
    child.guardian_contact_ok = False
    child.save()
    assert ways(appointment) == {child.pk: [Channel.EMAIL, Channel.SMS]}


def test_a_clients_own_word_holds_for_whoever_is_written_to_about_them():
    guardian = GuardianFactory.create(client__born_on=CHILD["born_on"])
    appointment = session(guardian.client)
    ContactConsentFactory.create(client=guardian.client, status=REVOKED)

    assert ways(appointment) == {guardian.pk: [Channel.EMAIL]}


def test_a_number_opts_in_again():
    client = ClientFactory.create(phone=NUMBER)
    guardian = GuardianFactory.create(phone=NUMBER, client__born_on=CHILD["born_on"])
    appointment, childs = session(client), session(guardian.client)
    opt_outs.opt_out(NUMBER, source="sms_reply")

    had_opted_out = [opt_outs.opt_in(NUMBER, source="sms_reply") for _ in range(2)]

    assert had_opted_out == [True, False]
    assert ways(appointment)[client.pk] == [Channel.EMAIL, Channel.SMS]
    assert ways(childs)[guardian.pk] == [Channel.EMAIL, Channel.SMS]
    assert [status for _, _, status, _ in decisions()] == [REVOKED] * 2 + [GRANTED] * 2


def test_who_never_opted_out_is_not_opted_in():
    ClientFactory.create(phone=NUMBER)

    assert opt_outs.opt_in(NUMBER, source="sms_reply") is False
    assert decisions() == []


def test_an_empty_number_is_nobodys():
    client = ClientFactory.create(phone="")

    opt_outs.opt_out("", source="gateway")

    assert (decisions(), OptOut.objects.count()) == ([], 0)
    assert ways(session(client)) == {client.pk: [Channel.EMAIL]}


def new_client():
    return session(ClientFactory.create(phone=NUMBER))


def new_guardian():
    return session(
        GuardianFactory.create(
            phone=NUMBER, client__born_on=CHILD["born_on"], client__phone=""
        ).client
    )


def somebody_elses():
    client = ClientFactory.create(phone=OTHER_NUMBER)
    client.phone = NUMBER
    client.save()
    return session(client)


@pytest.mark.parametrize("holder", [new_client, new_guardian, somebody_elses])
@pytest.mark.parametrize("was_somebodys", [False, True])
def test_a_number_that_has_opted_out_has_so_for_whoever_gets_it(holder, was_somebodys):
    if was_somebodys:
        ClientFactory.create(phone=NUMBER)
    opt_outs.opt_out(NUMBER, source="sms_reply")
    appointment = holder()

    assert list(ways(appointment).values()) == [[Channel.EMAIL]]
    assert opt_outs.opt_in(NUMBER, source="sms_reply") is True
    assert list(ways(appointment).values()) == [[Channel.EMAIL, Channel.SMS]]


def test_the_newest_word_of_a_number_counts_and_all_are_kept():
    appointment = new_client()

    for _ in range(2):
        opt_outs.opt_out(NUMBER, source="sms_reply")
        opt_outs.opt_out(NUMBER, source="gateway")
        opt_outs.opt_in(NUMBER, source="sms_reply")
    opt_outs.opt_out(NUMBER, source="gateway")

    said = OptOut.objects.order_by("at", "pk").values_list("status", flat=True)
    assert list(said) == [REVOKED, GRANTED, REVOKED, GRANTED, REVOKED]
    assert list(ways(appointment).values()) == [[Channel.EMAIL]]


def test_a_consent_that_is_entered_does_not_speak_for_the_number():
    opt_outs.opt_out(NUMBER, source="sms_reply")
    appointment = new_client()
    client = appointment.attendances.get().client
    ContactConsentFactory.create(client=client, status=GRANTED, at=database_now())

    assert ways(appointment) == {client.pk: [Channel.EMAIL]}


@pytest.mark.parametrize("holder", [new_client, new_guardian])
def test_whose_number_speaks_is_planned_for_anew(holder):
    client = holder().attendances.get().client
    ContactChange.objects.all().delete()

    OptOut.objects.create(phone=OTHER_NUMBER, status=REVOKED, at=database_now())
    assert not ContactChange.objects.exists()
    OptOut.objects.create(phone=NUMBER, status=REVOKED, at=database_now())

    assert ContactChange.objects.get().client_id == client.pk


@pytest.fixture
def phones(settings):
    settings.SMS_GATEWAY = "twilio"
    settings.TWILIO_ACCOUNT_SID = settings.TWILIO_AUTH_TOKEN = "x"
    settings.TWILIO_FROM = "+13105550100"
    with provider.running() as running:
        settings.TWILIO_URL = running.url
        yield running


def test_no_text_goes_to_the_new_holder_of_a_number_that_has_opted_out(phones):
    PracticePolicyFactory.create(quiet_from_minute=0, quiet_until_minute=0)
    inbound.hear(Text("twilio", "SM1", NUMBER, "STOP"), now=database_now())
    row = message(session(ClientFactory.create(phone=NUMBER)))

    outbox.send(row.pk)

    assert (states(row), phones.messages) == ([CANCELLED], [])


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_after_a_number_has_opted_out(phones):
    """Sends and the opt-out at once: what was not claimed before stays behind."""
    PracticePolicyFactory.create(quiet_from_minute=0, quiet_until_minute=0)
    client = ClientFactory.create(phone=NUMBER)
    rows = [message(session(client, days=days)) for days in range(2, 6)]
    taken_before_the_opt_out = []

    def stop():
        opt_outs.opt_out(NUMBER, source="sms_reply")
        claimed = Message.objects.exclude(first_tried_at=None)
        taken_before_the_opt_out.extend(claimed.values_list("pk", flat=True))

    in_threads(*[lambda key=row.pk: outbox.send(key) for row in rows], stop)

    sent = Message.objects.filter(state=MessageState.SENT)
    assert set(sent.values_list("pk", flat=True)) == set(taken_before_the_opt_out)
    assert len(phones.messages) == sent.count()
    assert states(*rows).count(CANCELLED) == 4 - sent.count()


@pytest.mark.django_db(transaction=True)
def test_a_text_that_is_being_sent_goes_out_but_is_not_tried_again(phones):
    PracticePolicyFactory.create(quiet_from_minute=0, quiet_until_minute=0)
    row = message(session(ClientFactory.create(phone=NUMBER)))
    opted_out = threading.Event()

    def stop():
        opt_outs.opt_out(NUMBER, source="sms_reply")
        connection.close()
        opted_out.set()

    phones.moods = [Mood(429, takes=False, meanwhile=stop)]
    outbox.send(row.pk)
    Message.objects.update(next_attempt_at=None)
    outbox.send(row.pk)

    assert opted_out.is_set()
    assert (states(row), phones.messages) == ([CANCELLED], [])
