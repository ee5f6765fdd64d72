"""What is peculiar to one way out; the promises of all are in test_ways_out."""

import email.policy
import smtplib
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from clients.models import Channel
from scheduling import gateways
from scheduling.gateways import Attachment, Outgoing, Receipt, sms
from scheduling.gateways.console import ConsoleGateway
from scheduling.gateways.email import EmailGateway
from scheduling.gateways.file import FileGateway
from scheduling.gateways.sms import TwilioGateway
from tests import provider
from tests.provider import Mood

KEY = UUID("0197d1c0-0000-7000-8000-000000000001")
TRIED_AT = datetime(2026, 1, 5, 17, tzinfo=UTC)
OUTGOING = Outgoing(
    provider_key=KEY,
    to="+13105550111",
    sender="Your appointment",
    subject="Your appointment: reminder",
    body="Your appointment: reminder of Tue Jan 6, 9:00 AM, at Ventura Blvd.",
    first_tried_at=TRIED_AT,
)
MAIL = replace(OUTGOING, to="robin@example.org")
CALENDAR = Attachment(
    name="appointment.ics",
    content_type="text/calendar; method=PUBLISH; charset=utf-8",
    content="BEGIN:VCALENDAR\r\nSUMMARY:Aviso ñ\r\nEND:VCALENDAR\r\n".encode(),
)
NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
def twilio(settings):
    """The provider that `TwilioGateway` talks to."""
    settings.TWILIO_ACCOUNT_SID = "AC1"
    settings.TWILIO_AUTH_TOKEN = "secret"
    settings.TWILIO_FROM = "+13105550100"
    with provider.running() as running:
        settings.TWILIO_URL = running.url
        yield running


def test_settings_choose_the_gateway_of_a_channel(settings, twilio):
    settings.SMS_GATEWAY, settings.EMAIL_GATEWAY = "twilio", "email"

    chosen = [type(gateways.for_channel(channel)) for channel in Channel]

    assert chosen == [TwilioGateway, EmailGateway]


def test_console_does_not_print_to_whom(capsys):
    ConsoleGateway().send(OUTGOING)

    assert capsys.readouterr().out == f"Message {KEY}: {OUTGOING.body}\n"


def test_file_is_whole_and_named_by_when_it_was_first_tried(settings, tmp_path):
    settings.OUTBOX_DIR = tmp_path

    FileGateway().send(MAIL)

    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        f"20260105T170000Z-{KEY}.txt": (
            "From: Your appointment\n"
            "To: robin@example.org\n"
            "Subject: Your appointment: reminder\n"
            f"Reference: {KEY}\n"
            "\n"
            f"{MAIL.body}\n"
        )
    }


def test_file_of_a_text_has_no_subject(settings, tmp_path):
    settings.OUTBOX_DIR = tmp_path

    FileGateway().send(replace(MAIL, to="+13105550123", subject=""))

    (file,) = tmp_path.iterdir()
    assert file.read_text().splitlines()[:4] == [
        "From: Your appointment",
        "To: +13105550123",
        f"Reference: {KEY}",
        "",
    ]


def test_mail_is_from_the_neutral_label(settings):
    settings.DEFAULT_FROM_EMAIL = "desk@example.org"

    EmailGateway().send(MAIL)

    (sent,) = mail.outbox
    assert (sent.from_email, sent.to, sent.subject) == (
        "Your appointment <desk@example.org>",
        ["robin@example.org"],
        "Your appointment: reminder",
    )
    assert sent.message()["Message-ID"] == f"<{KEY}@example.org>"


def test_mail_brings_its_attachments_byte_for_byte():
    EmailGateway().send(replace(MAIL, attachments=[CALENDAR]))

    message = email.message_from_bytes(
        mail.outbox[0].message().as_bytes(), policy=email.policy.default
    )
    body = message.get_body()
    (part,) = message.iter_attachments()
    assert body.get_content().strip() == MAIL.body
    assert part.get_content_type() == "text/calendar"
    assert dict(part["Content-Type"].params) == {
        "method": "PUBLISH",
        "charset": "utf-8",
    }
    assert part.get_filename() == "appointment.ics"
    assert part.get_payload(decode=True) == CALENDAR.content


def test_file_has_its_attachments_after_the_words(settings, tmp_path):
    settings.OUTBOX_DIR = tmp_path

    FileGateway().send(replace(MAIL, attachments=[CALENDAR]))

    (path,) = tmp_path.iterdir()
    assert path.read_bytes().endswith(
        f"\n\n{MAIL.body}\n\n"
        "--- appointment.ics (text/calendar; method=PUBLISH; charset=utf-8)\n".encode()
        + CALENDAR.content
    )


def test_a_text_message_leaves_attachments_behind(twilio):
    TwilioGateway().send(replace(OUTGOING, attachments=[CALENDAR]))

    assert [each["body"] for each in twilio.messages] == [OUTGOING.body]


class BrokenBackend(BaseEmailBackend):
    """A mail server that is there, and then does what `failure` says."""

    failure: Exception

    def send_messages(self, email_messages):
        raise self.failure


@pytest.mark.parametrize(
    ("failure", "error", "code"),
    [
        (smtplib.SMTPServerDisconnected(), gateways.Ambiguous, "mail_connection_lost"),
        (TimeoutError(), gateways.Ambiguous, "mail_connection_lost"),
        (smtplib.SMTPDataError(451, b"later"), gateways.Temporary, "smtp_451"),
        (smtplib.SMTPDataError(554, b"no"), gateways.Refused, "smtp_554"),
        (
            smtplib.SMTPRecipientsRefused({"a@example.org": (450, b"full")}),
            gateways.Temporary,
            "smtp_450",
        ),
        (
            smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"nobody")}),
            gateways.Refused,
            "smtp_550",
        ),
        (
            smtplib.SMTPSenderRefused(553, b"who?", "desk@example.org"),
            gateways.Refused,
            "smtp_553",
        ),
    ],
)
def test_mail_is_in_doubt_unless_the_server_has_answered(
    failure, error, code, settings, monkeypatch
):
    settings.EMAIL_BACKEND = f"{__name__}.BrokenBackend"
    monkeypatch.setattr(BrokenBackend, "failure", failure, raising=False)

    with pytest.raises(error) as caught:
        EmailGateway().send(MAIL)

    assert caught.value.code == code


def test_twilio_gets_a_form_and_basic_authentication(twilio):
    TwilioGateway().send(OUTGOING)

    credentials = b64encode(b"AC1:secret").decode()
    form = {"To": OUTGOING.to, "From": "+13105550100", "Body": OUTGOING.body}
    assert twilio.requests == [("POST", f"Basic {credentials}", form)]


@pytest.mark.parametrize(
    ("mood", "expected"),
    [
        (Mood(500, takes=False), (gateways.Ambiguous, "http_500", None)),
        (Mood(502, takes=True), (gateways.Ambiguous, "http_502", None)),
        (
            Mood(503, takes=False, retry_after="7"),
            (gateways.Ambiguous, "http_503", timedelta(seconds=7)),
        ),
        (
            Mood(429, takes=False, code=20429, retry_after="120"),
            (gateways.Temporary, "http_429", timedelta(seconds=120)),
        ),
        (
            Mood(429, takes=False, retry_after="Wed, 21 Oct 2026 07:28:00 GMT"),
            (gateways.Temporary, "http_429", None),
        ),
        (
            Mood(429, takes=False, retry_after="999999999"),
            (gateways.Temporary, "http_429", timedelta(days=1)),
        ),
        (
            Mood(hangs_up=True, takes=False),
            (gateways.Ambiguous, "connection_lost", None),
        ),
        (
            Mood(hangs_up=True, takes=True),
            (gateways.Ambiguous, "connection_lost", None),
        ),
        (Mood(waits=0.3), (gateways.Ambiguous, "connection_lost", None)),
        (
            Mood(400, takes=False, code=21211),
            (gateways.Refused, "twilio_21211", None),
        ),
        (Mood(401, takes=False), (gateways.Refused, "http_401", None)),
        (Mood(400, takes=False, code=21610), (gateways.OptedOut, "opted_out", None)),
    ],
)
def test_twilio_tells_what_is_certain_from_what_is_not(
    mood, expected, twilio, monkeypatch
):
    monkeypatch.setattr(sms, "READ_SECONDS", 0.1)
    twilio.moods = [mood]

    with pytest.raises(gateways.Undelivered) as caught:
        TwilioGateway().send(OUTGOING)

    refusal = caught.value
    assert (type(refusal), refusal.code, refusal.retry_after) == expected
    assert len(twilio.messages) == mood.takes


def test_twilio_finds_what_was_taken_without_an_answer(twilio):
    twilio.moods = [Mood(hangs_up=True, takes=True)]
    gateway = TwilioGateway()

    with pytest.raises(gateways.Ambiguous):
        gateway.send(OUTGOING)

    assert gateway.look_up(OUTGOING) == Receipt(twilio.messages[0]["sid"])


@pytest.mark.parametrize(
    "other",
    [
        {"to": "+13105550112"},
        {"body": "Other words."},
        # The same words were said before this was tried, as a reminder days ahead was.
        {"first_tried_at": datetime(2090, 1, 5, 17, tzinfo=UTC)},
    ],
)
def test_twilio_does_not_take_another_message_for_the_one_looked_up(other, twilio):
    gateway = TwilioGateway()
    gateway.send(OUTGOING)

    assert gateway.look_up(replace(OUTGOING, **other)) is None


def test_twilio_is_asked_for_page_after_page(twilio):
    gateway = TwilioGateway()
    receipt = gateway.send(OUTGOING)
    for number in range(4):
        gateway.send(replace(OUTGOING, body=f"Later words {number}."))
    twilio.page_size = 2
    twilio.requests.clear()

    assert gateway.look_up(OUTGOING) == receipt
    assert [query.get("Page", "0") for _, _, query in twilio.requests] == [
        "0",
        "2",
        "4",
    ]


def test_twilio_is_not_asked_for_what_is_older_than_the_first_try(twilio):
    gateway = TwilioGateway()
    for number in range(4):
        gateway.send(replace(OUTGOING, body=f"Words {number}."))
    twilio.page_size = 1
    for message in twilio.messages[2:]:
        message["date_created"] = "Mon, 05 Jan 2026 16:58:59 +0000"
    twilio.requests.clear()

    assert gateway.look_up(OUTGOING) is None
    assert len(twilio.requests) == 3


@pytest.mark.parametrize("status", ["failed", "undelivered", "canceled"])
def test_twilio_sends_anew_what_came_to_nothing(status, twilio):
    gateway = TwilioGateway()
    gateway.send(OUTGOING)
    twilio.messages[0]["status"] = status

    assert gateway.look_up(OUTGOING) is None


def test_twilio_is_told_where_to_report_if_the_practice_has_an_address(
    settings, twilio
):
    settings.PUBLIC_URL = "https://desk.example.org"

    TwilioGateway().send(OUTGOING)

    [(_, _, form)] = twilio.requests
    assert form["StatusCallback"] == (
        f"https://desk.example.org{sms.STATUS_PATH}?message={KEY}"
    )


@pytest.mark.parametrize(
    "answer", [None, [], "x", {}, {"messages": None}, {"messages": [1]}]
)
def test_twilio_may_answer_nonsense(answer, twilio):
    twilio.nonsense = [answer]

    with pytest.raises(gateways.Temporary):
        TwilioGateway().look_up(OUTGOING)


def test_twilio_is_asked_again_later_if_it_cannot_be_asked_now(settings, twilio):
    settings.TWILIO_URL = NOWHERE

    with pytest.raises(gateways.Temporary):
        TwilioGateway().look_up(OUTGOING)
