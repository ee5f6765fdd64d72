"""What the provider of texts tells us, over HTTP and signed as it signs."""

import hmac
from base64 import b64encode
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client as Browser

from clients.models import Client, ConsentStatus, ContactConsent
from scheduling.gateways import signatures
from scheduling.models import (
    Answer,
    Appointment,
    AppointmentStatus,
    Message,
    MessageState,
    ProviderEvent,
    Replanning,
)
from tests.factories.clients import ClientFactory
from tests.factories.scheduling import AppointmentFactory, MessageFactory
from tests.times import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

PUBLIC_URL = "https://desk.example.org"
SMS, STATUS = "/webhooks/twilio/sms/", "/webhooks/twilio/status/"
SECRET = "the account's token"
NUMBER = "+13105550123"
HOUR = timedelta(hours=1)
TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


@pytest.fixture(autouse=True)
def account(settings):
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


def reminded(**values):
    """A text that went out about a session."""
    client = ClientFactory.create(phone=NUMBER)
    appointment = AppointmentFactory.create(clients=[client])
    return MessageFactory.create(
        appointment=appointment,
        **{"state": MessageState.SENT, "sent_at": NOW, "first_tried_at": NOW} | values,
    )


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


def test_a_text_is_heard_once_and_answered_with_nothing(twilio):
    row = reminded()

    answers = [text(twilio, "C") for _ in range(2)]

    row.appointment.refresh_from_db()
    assert [(each.status_code, each.content) for each in answers] == [(200, TWIML)] * 2
    assert row.appointment.status == AppointmentStatus.CONFIRMED
    assert (Answer.objects.count(), ProviderEvent.objects.count()) == (1, 1)


def test_the_provider_tells_of_words_of_its_own(twilio):
    reminded()

    text(twilio, "Alto", OptOutType="STOP")

    assert ContactConsent.objects.get().status == ConsentStatus.REVOKED


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
    row, other = (reminded(provider_message_id="SM1") for _ in range(2))
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


BLOCKED = {
    "MessageSid": "SM1",
    "MessageStatus": "failed",
    "ErrorCode": "21610",
    "To": NUMBER,
}


def test_a_number_that_blocks_us_has_opted_out(twilio):
    """As at once: it is off, and planned anew, so that it may go by e-mail."""
    row = reminded(provider_message_id="SM1")

    post(twilio, f"{STATUS}?message={row.provider_key}", BLOCKED)

    row.refresh_from_db()
    assert (row.state, row.last_error) == (MessageState.CANCELLED, "opted_out")
    assert ContactConsent.objects.get().status == ConsentStatus.REVOKED
    assert Replanning.objects.get().appointment == row.appointment


def test_it_is_the_number_that_was_texted_that_has_opted_out(twilio):
    row = reminded(provider_message_id="SM1")
    Client.objects.update(phone="+13105550199")
    heir = ClientFactory.create(phone=NUMBER)

    post(twilio, f"{STATUS}?message={row.provider_key}", BLOCKED)

    assert ContactConsent.objects.get().client == heir
