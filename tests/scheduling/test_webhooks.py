"""What the provider of texts tells us, over HTTP and signed as it signs."""

import hmac
from base64 import b64encode
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client as Browser

from clients.models import Channel, ConsentStatus, ContactConsent
from scheduling import inbound, opt_outs
from scheduling.gateways import signatures
from scheduling.inbound import Meaning
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
from tests.times import FRIDAY, MONDAY_9AM, NOW, THURSDAY, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

PUBLIC_URL = "https://desk.example.org"
SMS, STATUS = "/webhooks/twilio/sms/", "/webhooks/twilio/status/"
SECRET = "the account's token"
NUMBER = "+13105550123"
HOUR = timedelta(hours=1)
TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


@pytest.fixture(autouse=True)
def account(settings):
    cache.clear()
    settings.PUBLIC_URL, settings.TWILIO_AUTH_TOKEN = PUBLIC_URL, SECRET


@pytest.fixture
def twilio():
    return Browser(enforce_csrf_checks=True)


def signature(path, form, url=PUBLIC_URL, secret=SECRET):
    said = url + path + "".join(name + form[name] for name in sorted(form))
    return b64encode(hmac.digest(secret.encode(), said.encode(), "sha1")).decode()


def post(twilio, path, form, **headers):
    return twilio.post(
        path,
        urlencode(form),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature(path, form)} | headers,
    )


def text(twilio, words, *, phone=NUMBER, sid="SM1", **more):
    form = {"MessageSid": sid, "From": phone, "To": "+13105550100", "Body": words}
    return post(twilio, SMS, form | more)


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


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Appointment, Answer, Message, ContactConsent, ProviderEvent)
    ]


def test_a_signature_is_the_one_of_twilios_documentation(settings):
    settings.PUBLIC_URL, settings.TWILIO_AUTH_TOKEN = "https://mycompany.com", "12345"
    form = {
        "CallSid": ["CA1234567890ABCDE"],
        "From": ["+12349013030"],
        "To": ["+18005551212"],
        "Caller": ["+12349013030"],
        "Digits": ["1234"],
    }
    path = "/myapp.php?foo=1&bar=2"

    assert signatures.is_twilios("0/KCTR6DLpKmkAf8muzZqo1nDgQ=", path, form)
    assert not signatures.is_twilios("0/KCTR6DLpKmkAf8muzZqo1nDgQ=", path + "3", form)


@pytest.mark.parametrize(
    "url", [PUBLIC_URL, PUBLIC_URL + ":443", "https://desk.example.org"]
)
def test_a_signature_is_of_the_address_with_its_port_or_without(url, twilio):
    form = {"MessageSid": "SM1", "From": NUMBER, "Body": "Hello"}

    answer = post(
        twilio, SMS, form, **{"X-Twilio-Signature": signature(SMS, form, url)}
    )

    assert (answer.status_code, answer.content) == (200, TWIML)
    assert answer["Content-Type"] == "text/xml; charset=utf-8"


FORM = {"MessageSid": "SM1", "From": NUMBER, "Body": "STOP"}


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "x",
        "é",
        signature(SMS, FORM, secret=SECRET + "x"),
        signature(SMS, FORM, url="https://evil.example.org"),
        signature(STATUS, FORM),
        signature(SMS, FORM | {"Body": "C"}),  # replayed with other words
        signature(SMS, FORM | {"MessageSid": "SM2"}),
        signature(SMS, FORM | {"More": ""}),
        signature(SMS, FORM).lower(),
        signature(SMS, FORM) + "=",
    ],
)
def test_what_is_not_signed_is_not_heard(forged, twilio):
    reminded()
    before = everything()

    answer = post(twilio, SMS, FORM, **{"X-Twilio-Signature": forged})

    assert (answer.status_code, answer.content) == (403, b"")
    assert everything() == before


@pytest.mark.parametrize("missing", ["PUBLIC_URL", "TWILIO_AUTH_TOKEN"])
def test_nothing_is_heard_without_an_account_and_an_address(missing, twilio, settings):
    setattr(settings, missing, "")
    url, secret = settings.PUBLIC_URL, settings.TWILIO_AUTH_TOKEN
    header = signature(SMS, FORM, url=url, secret=secret)

    assert post(twilio, SMS, FORM, **{"X-Twilio-Signature": header}).status_code == 403


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b'{"MessageSid": "SM1"}', "application/json", 415),
        (b"x", "multipart/form-data; boundary=x", 415),
        (b"", "application/x-www-form-urlencoded", 415),  # which an empty body loses
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded", 403),
        (b"Body=x", "application/x-www-form-urlencoded; charset=utf-16", 400),
        (b"Body=" + b"x" * 300_000, "application/x-www-form-urlencoded", 413),
        (b"a=1&" * 600, "application/x-www-form-urlencoded", 400),
    ],
)
@pytest.mark.parametrize("path", [SMS, STATUS])
def test_a_strange_body_is_refused(path, body, content_type, status, twilio):
    answer = twilio.post(path, body, content_type=content_type)

    assert answer.status_code == status
    assert not ProviderEvent.objects.exists()


@pytest.mark.parametrize("path", [SMS, STATUS])
@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_other_methods_are_refused(path, method, twilio):
    assert getattr(twilio, method)(path).status_code == 405


@pytest.mark.parametrize(
    "changes",
    [
        {"MessageSid": ""},
        {"MessageSid": "x" * 65},
        {"MessageSid": "SM\0"},
        {"MessageSid": "é"},
    ],
)
def test_a_call_without_a_name_is_refused(changes, twilio):
    assert post(twilio, SMS, FORM | changes).status_code == 400
    assert not ProviderEvent.objects.exists()


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"Body": "a\0b" + "x" * 5000}, ("ab" + "x" * 1598, NUMBER)),
        ({"Body": ""}, ("", NUMBER)),
        (
            {"Body": "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")},
            ("\U0001f600", NUMBER),
        ),
        ({"From": "22395"}, ("Hello", "22395")),
        ({"From": "\0" * 30}, ("Hello", "")),
        ({"From": "x" * 5000 + "1234"}, ("Hello", "x" * 16 + "1234")),
        ({"From": "+1 310 555 0123"}, ("Hello", "+1 310 555 0123")),
        ({"From": ""}, ("Hello", "")),
    ],
)
def test_whatever_is_signed_can_be_kept(form, expected, twilio):
    answer = text(twilio, "Hello", **form)

    assert answer.status_code == 200
    assert Answer.objects.values_list("words", "phone").get() == expected


STOPPING = [
    *("STOP", "Stop!", "stop.", "(stop)", "stopall", "UNSUBSCRIBE", "cancel", "End"),
    *("QUIT", "revoke", "optout"),
]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        *[(word, Meaning.STOP) for word in STOPPING],
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
    assert inbound.meaning("alto", "STOP") == Meaning.STOP
    assert inbound.meaning("alto", "HELP") == Meaning.WORDS
    assert inbound.meaning("c", "constructor") == Meaning.CONFIRM


def test_c_confirms_and_again(twilio):
    row = reminded()

    answers = [text(twilio, "C", sid=sid) for sid in ("SM1", "SM1", "SM2")]

    assert [each.content for each in answers] == [TWIML] * 3
    assert statuses() == [AppointmentStatus.CONFIRMED]
    [said] = Answer.objects.all()
    assert (said.kind, said.via, said.client_id, said.message) == (
        AnswerKind.CONFIRM,
        AnswerVia.SMS,
        row.client_id,
        row,
    )


def test_c_is_about_the_last_text_whose_session_is_ahead(twilio):
    client = ClientFactory.create(phone=NUMBER)
    reminded(client, starts_at=at(FRIDAY, "09:00"), tried=NOW - 3 * HOUR)
    reminded(client, starts_at=at(THURSDAY, "09:00"), tried=NOW - 2 * HOUR)
    reminded(client, starts_at=NOW - HOUR, tried=NOW - HOUR)

    text(twilio, "C")

    assert statuses() == [
        AppointmentStatus.SCHEDULED,
        AppointmentStatus.CONFIRMED,
        AppointmentStatus.SCHEDULED,
    ]


def test_c_may_come_before_our_own_row_says_that_the_text_went_out(twilio):
    row = reminded()
    Message.objects.update(
        state=MessageState.SENDING, lease_token=row.pk, lease_until=NOW, sent_at=None
    )

    text(twilio, "C")

    assert statuses() == [AppointmentStatus.CONFIRMED]


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
def test_a_c_that_confirms_nothing_waits_for_the_front_desk(change, twilio):
    row = reminded()
    change(row)
    row.save()
    before = statuses()

    text(twilio, "C")

    assert statuses() == before
    [asked] = Answer.objects.unresolved()
    assert (asked.kind, asked.words) == (AnswerKind.WORDS, "C")


def test_what_a_cancellation_is_answered_with_confirms_no_other_session(twilio):
    client = ClientFactory.create(phone=NUMBER)
    reminded(client, starts_at=at(FRIDAY, "09:00"), tried=NOW - 3 * HOUR)
    called_off = reminded(client, kind=MessageKind.CANCELLED)
    Appointment.objects.filter(pk=called_off.appointment_id).update(
        status=AppointmentStatus.CANCELLED, cancelled_at=NOW
    )

    text(twilio, "C")

    assert statuses() == [AppointmentStatus.CANCELLED, AppointmentStatus.SCHEDULED]
    assert Answer.objects.get().kind == AnswerKind.WORDS


def test_c_of_a_guardian_confirms_for_the_child(twilio):
    guardian = GuardianFactory.create(phone=NUMBER)
    reminded(guardian.client, guardian=guardian, recipient=guardian.pk)

    text(twilio, "C")

    assert statuses() == [AppointmentStatus.CONFIRMED]
    assert Answer.objects.get().guardian == guardian


@pytest.mark.parametrize("words", ["STOP", "Cancel", "quit."])
def test_stop_opts_the_number_out_and_changes_no_session(words, twilio):
    row = reminded()
    waiting = MessageFactory.create(
        appointment=row.appointment, client=row.client, before_start_minutes=60
    )
    before = list(Appointment.objects.values())

    answers = [text(twilio, words, sid=sid) for sid in ("SM1", "SM1", "SM2")]

    waiting.refresh_from_db()
    assert [each.content for each in answers] == [TWIML] * 3
    assert waiting.state == MessageState.CANCELLED
    assert list(
        ContactConsent.objects.values_list("client", "channel", "status", "source")
    ) == [(row.client_id, Channel.SMS, ConsentStatus.REVOKED, "sms_reply")]
    assert list(Appointment.objects.values()) == before
    assert not Answer.objects.exists()


def test_start_opts_in_again(twilio):
    reminded()
    opt_outs.opt_out(NUMBER, source="gateway")

    text(twilio, "Start")

    newest = ContactConsent.objects.latest("at", "pk")
    assert (newest.status, newest.source) == (ConsentStatus.GRANTED, "sms_reply")
    assert not Answer.objects.exists()


def test_yes_of_who_never_opted_out_is_an_answer_for_the_front_desk(twilio):
    reminded()

    text(twilio, "Yes", sid="SM1")
    text(twilio, "Start", sid="SM2")

    assert [each.words for each in Answer.objects.unresolved()] == ["Yes"]
    assert statuses() == [AppointmentStatus.SCHEDULED]


def test_r_asks_for_one_call(twilio):
    row = reminded()

    for sid in ("SM1", "SM2"):
        text(twilio, "R", sid=sid)

    [asked] = Answer.objects.unresolved()
    assert (asked.kind, asked.message, asked.client) == (
        AnswerKind.CALL,
        row,
        row.client,
    )


def test_anything_else_waits_for_the_front_desk_with_the_last_text(twilio):
    row = reminded()

    text(twilio, "I am late, sorry")
    text(twilio, "I am late, sorry")

    [asked] = Answer.objects.unresolved()
    assert (asked.words, asked.message, asked.appointment, asked.client) == (
        "I am late, sorry",
        row,
        row.appointment,
        row.client,
    )


def test_what_comes_from_a_number_that_got_no_text(twilio):
    alone = ClientFactory.create(phone=NUMBER)
    ClientFactory.create_batch(2, phone="+13105550124")

    text(twilio, "one", sid="SM1")
    text(twilio, "two", phone="+13105550124", sid="SM2")
    text(twilio, "R", phone="+13105550125", sid="SM3")

    assert list(
        Answer.objects.order_by("words").values_list("words", "kind", "client", "phone")
    ) == [
        ("R", "call", None, "+13105550125"),
        ("one", "words", alone.pk, NUMBER),
        ("two", "words", None, "+13105550124"),
    ]


def test_a_session_that_has_begun_is_not_confirmed(twilio):
    reminded(starts_at=NOW)

    text(twilio, "C")

    assert statuses() == [AppointmentStatus.SCHEDULED]


def test_old_calls_are_forgotten(twilio):
    text(twilio, "Hello")
    ProviderEvent.objects.update(at=NOW - timedelta(days=91))
    text(twilio, "Hello", sid="SM2")

    assert inbound.prune(now=NOW) == 1
    assert ProviderEvent.objects.get().event_id == "SM2"


@pytest.mark.parametrize(
    ("status", "code", "state", "last_error"),
    [
        ("delivered", "", MessageState.DELIVERED, ""),
        ("undelivered", "30005", MessageState.FAILED, "phone_unknown"),
        ("failed", "30007", MessageState.FAILED, "filtered"),
        ("failed", "39999", MessageState.FAILED, "twilio_39999"),
        ("failed", "", MessageState.FAILED, "not_delivered"),
        ("failed", "<script>", MessageState.FAILED, "not_delivered"),
        ("sent", "", MessageState.SENT, ""),
        ("queued", "", MessageState.SENT, ""),
        ("", "", MessageState.SENT, ""),
    ],
)
def test_a_receipt_says_what_became_of_a_text(status, code, state, last_error, twilio):
    row = reminded(provider_message_id="SM1")
    form = {"MessageSid": "SM1", "MessageStatus": status}
    path = f"{STATUS}?message={row.provider_key}"

    answers = [
        post(twilio, path, form | ({"ErrorCode": code} if code else {}))
        for _ in range(2)
    ]

    row.refresh_from_db()
    assert [each.status_code for each in answers] == [204, 204]
    assert (row.state, row.last_error) == (state, last_error)


@pytest.mark.parametrize(
    "query", ["", "?message=", "?message=x", f"?message={'0' * 32}", "?message=%00"]
)
def test_a_receipt_for_nothing_changes_nothing(query, twilio):
    row = reminded(provider_message_id="SM1")

    answer = post(
        twilio, STATUS + query, {"MessageSid": "SM1", "MessageStatus": "delivered"}
    )

    row.refresh_from_db()
    assert (answer.status_code, row.state) == (204, MessageState.SENT)


def test_the_signature_covers_the_query(twilio):
    row, other = reminded(provider_message_id="SM1"), None
    other = reminded(
        ClientFactory.create(), starts_at=MONDAY_9AM, provider_message_id="SM1"
    )
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    signed = signature(f"{STATUS}?message={row.provider_key}", form)

    answer = post(
        twilio,
        f"{STATUS}?message={other.provider_key}",
        form,
        **{"X-Twilio-Signature": signed},
    )

    other.refresh_from_db()
    assert (answer.status_code, other.state) == (403, MessageState.SENT)


def test_a_number_that_blocks_us_has_opted_out(twilio):
    row = reminded(provider_message_id="SM1")
    form = {"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": "21610"}

    post(twilio, f"{STATUS}?message={row.provider_key}", form)

    row.refresh_from_db()
    assert (row.state, row.last_error) == (MessageState.FAILED, "opted_out")
    assert ContactConsent.objects.get().status == ConsentStatus.REVOKED
