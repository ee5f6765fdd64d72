"""What a text that comes in says, and what is done about it."""

from datetime import timedelta

import pytest

from clients.models import Channel, ConsentStatus, ContactConsent
from scheduling import inbound, opt_outs
from scheduling.inbound import Meaning, Text
from scheduling.models import (
    Answer,
    AnswerKind,
    AnswerVia,
    Appointment,
    AppointmentStatus,
    Message,
    MessageKind,
    MessageState,
    ProviderEvent,
)
from tests.factories.clients import ClientFactory, GuardianFactory
from tests.factories.scheduling import AppointmentFactory, MessageFactory
from tests.times import FRIDAY, NOW, THURSDAY, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

NUMBER = "+13105550123"
HOUR = timedelta(hours=1)


def text(words, *, phone=NUMBER, sid="SM1"):
    inbound.hear(Text("provider", sid, phone, words), now=NOW)


def reminded(client=None, *, starts_at=None, tried=NOW - HOUR, **values):
    """A text about a session, that went to `NUMBER` an hour ago."""
    client = client or ClientFactory.create(phone=NUMBER)
    appointment = AppointmentFactory.create(
        starts_at=starts_at or at(THURSDAY, "09:00"), clients=[client]
    )
    return MessageFactory.create(
        appointment=appointment,
        client=client,
        **{"state": MessageState.SENT, "sent_at": tried, "first_tried_at": tried}
        | values,
    )


def statuses():
    rows = Appointment.objects.order_by("starts_at").values_list("status", flat=True)
    return list(rows)


STOPPING = [
    *("STOP", "Stop!", "stop.", "(stop)", "stopall", "UNSUBSCRIBE", "cancel", "End"),
    *("QUIT", "revoke", "optout"),
]
STOPPING_IN_SPANISH = [
    *("SALIR", "salir.", "Baja", "¡Alto!", "NO MAS", "no más", "No  mas."),
    "no ma\u0301s",  # the accent as a mark of its own
]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        *[(word, Meaning.STOP) for word in STOPPING],
        *[(word, Meaning.STOP) for word in STOPPING_IN_SPANISH],
        ("no más citas", Meaning.WORDS),
        ("Opt out", Meaning.STOP),
        ("OPT-OUT!", Meaning.STOP),
        ("  stop \n", Meaning.STOP),
        ("start", Meaning.START),
        ("Yes.", Meaning.START),
        ("UNSTOP", Meaning.START),
        ("c", Meaning.CONFIRM),
        ("C.", Meaning.CONFIRM),
        ("“Confirm”", Meaning.CONFIRM),
        ("R", Meaning.CALL),
        ("please stop", Meaning.WORDS),
        ("stop please", Meaning.WORDS),
        ("c you tomorrow", Meaning.WORDS),
        ("cc", Meaning.WORDS),
        ("", Meaning.WORDS),
        ("Please cancel my appointment", Meaning.WORDS),
    ],
)
def test_only_a_single_word_is_understood(words, said):
    assert inbound.meaning(words) == said


def test_the_provider_may_know_more_words():
    assert inbound.meaning("halt", "STOP") == Meaning.STOP
    assert inbound.meaning("halt", "HELP") == Meaning.WORDS
    assert inbound.meaning("c", "constructor") == Meaning.CONFIRM


def test_c_confirms_and_again():
    row = reminded()

    for sid in ("SM1", "SM1", "SM2"):
        text("C", sid=sid)

    assert statuses() == [AppointmentStatus.CONFIRMED]
    [said] = Answer.objects.all()
    assert (said.kind, said.via, said.client_id, said.message) == (
        AnswerKind.CONFIRM,
        AnswerVia.SMS,
        row.client_id,
        row,
    )


def test_c_is_about_the_last_text_whose_session_is_ahead():
    client = ClientFactory.create(phone=NUMBER)
    reminded(client, starts_at=at(FRIDAY, "09:00"), tried=NOW - 3 * HOUR)
    reminded(client, starts_at=at(THURSDAY, "09:00"), tried=NOW - 2 * HOUR)
    reminded(client, starts_at=NOW - HOUR, tried=NOW - HOUR)

    text("C")

    assert statuses() == [
        AppointmentStatus.SCHEDULED,
        AppointmentStatus.CONFIRMED,
        AppointmentStatus.SCHEDULED,
    ]


def test_c_may_come_before_our_own_row_says_that_the_text_went_out():
    row = reminded()
    Message.objects.update(
        state=MessageState.SENDING, lease_token=row.pk, lease_until=NOW, sent_at=None
    )

    text("C")

    assert statuses() == [AppointmentStatus.CONFIRMED]


@pytest.mark.parametrize("state", ["pending", "expired", "cancelled", "failed"])
@pytest.mark.parametrize(
    ("error", "may_have_come"),
    [
        ("http_429", False),
        ("unreachable", False),
        ("not_open", False),
        ("", False),
        ("http_502", True),
        ("connection_lost", True),
        ("lease_ran_out", True),
    ],
)
def test_c_is_no_answer_to_a_text_that_was_certainly_never_taken(
    state, error, may_have_come
):
    client = ClientFactory.create(phone=NUMBER)
    reminded(client, starts_at=at(THURSDAY, "09:00"), tried=NOW - 2 * HOUR)
    reminded(
        client,
        starts_at=at(FRIDAY, "09:00"),
        state=state,
        last_error=error,
        sent_at=None,
    )

    text("C")

    said = [AppointmentStatus.CONFIRMED, AppointmentStatus.SCHEDULED]
    assert statuses() == (said[::-1] if may_have_come else said)


def mail(row):
    row.channel = Channel.EMAIL


def fail(row):
    row.state = MessageState.FAILED


def move(row):
    Appointment.objects.update(facts_version=2)


def call_off(row):
    Appointment.objects.update(
        status=AppointmentStatus.CANCELLED, cancelled_at=NOW, facts_version=2
    )


def leave(row):
    row.appointment.attendances.update(status="cancelled", cancelled_at=NOW)


def change_number(row):
    row.client.phone = "+13105550199"
    row.client.save()


@pytest.mark.parametrize("change", [mail, fail, move, call_off, leave, change_number])
def test_a_c_that_confirms_nothing_waits_for_the_front_desk(change):
    row = reminded()
    change(row)
    row.save()
    before = statuses()

    text("C")

    assert statuses() == before
    [asked] = Answer.objects.unresolved()
    assert (asked.kind, asked.words) == (AnswerKind.WORDS, "C")


def test_what_a_cancellation_is_answered_with_confirms_no_other_session():
    client = ClientFactory.create(phone=NUMBER)
    reminded(client, starts_at=at(FRIDAY, "09:00"), tried=NOW - 3 * HOUR)
    called_off = reminded(client, kind=MessageKind.CANCELLED)
    Appointment.objects.filter(pk=called_off.appointment_id).update(
        status=AppointmentStatus.CANCELLED, cancelled_at=NOW
    )

    text("C")

    assert statuses() == [AppointmentStatus.CANCELLED, AppointmentStatus.SCHEDULED]
    assert Answer.objects.get().kind == AnswerKind.WORDS


def test_c_of_a_guardian_confirms_for_the_child():
    guardian = GuardianFactory.create(phone=NUMBER)
    reminded(guardian.client, guardian=guardian, recipient=guardian.pk)

    text("C")

    assert statuses() == [AppointmentStatus.CONFIRMED]
    assert Answer.objects.get().guardian == guardian


@pytest.mark.parametrize("words", ["STOP", "Cancel", "quit."])
def test_stop_opts_the_number_out_and_changes_no_session(words):
    row = reminded()
    waiting = MessageFactory.create(
        appointment=row.appointment, client=row.client, before_start_minutes=60
    )
    before = list(Appointment.objects.values())

    for sid in ("SM1", "SM1", "SM2"):
        text(words, sid=sid)

    waiting.refresh_from_db()
    assert waiting.state == MessageState.CANCELLED
    assert list(
        ContactConsent.objects.values_list("client", "channel", "status", "source")
    ) == [(row.client_id, Channel.SMS, ConsentStatus.REVOKED, "sms_reply")]
    assert list(Appointment.objects.values()) == before
    assert not Answer.objects.exists()


def test_start_opts_in_again():
    reminded()
    opt_outs.opt_out(NUMBER, source="gateway")

    text("Start")

    newest = ContactConsent.objects.latest("at", "pk")
    assert (newest.status, newest.source) == (ConsentStatus.GRANTED, "sms_reply")
    assert not Answer.objects.exists()


def test_yes_of_who_never_opted_out_is_an_answer_for_the_front_desk():
    reminded()

    text("Yes", sid="SM1")
    text("Start", sid="SM2")

    assert [each.words for each in Answer.objects.unresolved()] == ["Yes"]
    assert statuses() == [AppointmentStatus.SCHEDULED]


def test_r_asks_for_one_call():
    row = reminded()

    for sid in ("SM1", "SM2"):
        text("R", sid=sid)

    [asked] = Answer.objects.unresolved()
    assert (asked.kind, asked.message, asked.client) == (
        AnswerKind.CALL,
        row,
        row.client,
    )


@pytest.mark.parametrize("words", ["R", "I am late"])
@pytest.mark.parametrize("sender", ["24273", "SOMEBODY"])
def test_a_sender_without_a_usual_number_is_kept(words, sender):
    text(words, phone=sender)

    asked = Answer.objects.get()
    is_call = words == "R"
    assert (asked.kind, asked.words, asked.phone) == (
        AnswerKind.CALL if is_call else AnswerKind.WORDS,
        words,
        sender,
    )


def test_anything_else_waits_for_the_front_desk_with_the_last_text():
    row = reminded()

    text("I am late, sorry")
    text("I am late, sorry")

    [asked] = Answer.objects.unresolved()
    assert (asked.words, asked.message, asked.appointment, asked.client) == (
        "I am late, sorry",
        row,
        row.appointment,
        row.client,
    )


def test_what_comes_from_a_number_that_got_no_text():
    alone = ClientFactory.create(phone=NUMBER)
    ClientFactory.create_batch(2, phone="+13105550124")

    text("one", sid="SM1")
    text("two", phone="+13105550124", sid="SM2")
    text("R", phone="+13105550125", sid="SM3")

    assert list(
        Answer.objects.order_by("words").values_list("words", "kind", "client", "phone")
    ) == [
        ("R", "call", None, "+13105550125"),
        ("one", "words", alone.pk, NUMBER),
        ("two", "words", None, "+13105550124"),
    ]


def test_a_session_that_has_begun_is_not_confirmed():
    reminded(starts_at=NOW)

    text("C")

    assert statuses() == [AppointmentStatus.SCHEDULED]


def test_old_calls_are_forgotten():
    text("Hello")
    ProviderEvent.objects.update(at=NOW - timedelta(days=91))
    text("Hello", sid="SM2")

    assert inbound.prune(now=NOW) == 1
    assert ProviderEvent.objects.get().event_id == "SM2"
