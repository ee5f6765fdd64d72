"""What every way out promises, tried on each of them: the providers are real servers,
and may misbehave."""

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from scheduling import gateways
from scheduling.gateways import (
    Ambiguous,
    Gateway,
    OptedOut,
    Outgoing,
    Receipt,
    Refused,
    Temporary,
    email,
    sms,
)
from scheduling.gateways.console import ConsoleGateway
from scheduling.gateways.email import EmailGateway
from scheduling.gateways.file import FileGateway
from scheduling.gateways.sms import TwilioGateway
from tests import mail_server, provider
from tests.provider import Mood

OUTGOING = Outgoing(
    provider_key=UUID("0197d1c0-0000-7000-8000-000000000001"),
    to="+13105550111",
    sender="Your appointment",
    subject="Your appointment: reminder",
    body="Your appointment: reminder of Tue Jan 6, 9:00 AM, at Ventura Blvd. ¿Sí? àèü.",
    first_tried_at=datetime(2026, 1, 5, 17, tzinfo=UTC),
)
OTHER = replace(
    OUTGOING,
    provider_key=UUID("0197d1c0-0000-7000-8000-000000000002"),
    body="Something else.",
)


@dataclass
class WayOut:
    """A gateway with the world behind it. `trouble` maps what can happen to it to how
    it is made to happen; each names what the gateway has to say then."""

    gateway: Gateway
    sent: Callable[[], list[str]]
    trouble: dict[str, Callable[[], object]] = field(default_factory=dict)


def console(request: pytest.FixtureRequest, _: ExitStack) -> WayOut:
    capsys = request.getfixturevalue("capsys")
    printed: list[str] = []

    def sent() -> list[str]:
        printed.extend(capsys.readouterr().out.splitlines())
        return [line.partition(": ")[2] for line in printed]

    def close() -> None:
        closed = io.StringIO()
        closed.close()
        request.getfixturevalue("monkeypatch").setattr("sys.stdout", closed)

    return WayOut(ConsoleGateway(), sent, {"away": close})


def file(request: pytest.FixtureRequest, _: ExitStack) -> WayOut:
    folder = request.getfixturevalue("tmp_path") / "outbox"
    request.getfixturevalue("settings").OUTBOX_DIR = folder

    def sent() -> list[str]:
        texts = [path.read_text(encoding="utf-8") for path in folder.glob("[!.]*")]
        return [text.partition("\n\n")[2].strip() for text in texts]

    return WayOut(FileGateway(), sent, {"away": folder.touch})


def mail(request: pytest.FixtureRequest, running: ExitStack) -> WayOut:
    server = running.enter_context(mail_server.running())
    settings = request.getfixturevalue("settings")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 2
    request.getfixturevalue("monkeypatch").setattr(email, "LONGEST_SECONDS", 0.5)

    def sent() -> list[str]:
        return [each.get_content().strip() for each in server.mails]

    def refusing(**answers: str) -> Callable[[], object]:
        return lambda: server.refuses.update(answers)

    return WayOut(
        EmailGateway(),
        sent,
        {
            "away": lambda: setattr(settings, "EMAIL_PORT", 1),
            "busy": refusing(RCPT="451 later"),
            "busy at the end": refusing(DATA="452 full"),
            "unwilling": refusing(RCPT="550 nobody of that name"),
            "gone before taking": lambda: setattr(server, "hangs_up_at", "DATA"),
            "gone after taking": lambda: setattr(server, "hangs_up_at", "TAKEN"),
            "slow": lambda: setattr(server, "drips", 0.3),
        },
    )


def text(request: pytest.FixtureRequest, running: ExitStack) -> WayOut:
    server = running.enter_context(provider.running())
    settings = request.getfixturevalue("settings")
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = "AC1", "secret"
    settings.TWILIO_FROM, settings.TWILIO_URL = "+13105550100", server.url
    monkeypatch = request.getfixturevalue("monkeypatch")
    monkeypatch.setattr(sms, "READ_SECONDS", 0.5)
    monkeypatch.setattr(sms, "ANSWER_SECONDS", 0.5)

    def sent() -> list[str]:
        return [each["body"] for each in server.messages]

    def in_a(*moods: Mood) -> Callable[[], object]:
        return lambda: server.moods.extend(moods)

    def away() -> None:
        settings.TWILIO_URL = "http://127.0.0.1:1"
        chosen.gateway = TwilioGateway()

    chosen = WayOut(
        TwilioGateway(),
        sent,
        {
            "away": away,
            "busy": in_a(Mood(429, takes=False, retry_after="7")),
            "unwilling": in_a(Mood(400, takes=False, code=21211)),
            "opted out": in_a(Mood(400, takes=False, code=21610)),
            "failing before taking": in_a(Mood(503, takes=False)),
            "failing after taking": in_a(Mood(502, takes=True)),
            "gone before taking": in_a(Mood(hangs_up=True, takes=False)),
            "gone after taking": in_a(Mood(hangs_up=True, takes=True)),
            "slow": in_a(Mood(waits=1)),
            "dripping": in_a(Mood(drips=0.1)),
        },
    )
    return chosen


WAYS = {"console": console, "file": file, "email": mail, "twilio": text}

# What each kind of trouble means: an error, and how many messages went out all the same
# (None where nobody can know).
MEANING = {
    "away": (Temporary, 0),
    "busy": (Temporary, 0),
    "busy at the end": (Temporary, 0),
    "unwilling": (Refused, 0),
    "opted out": (OptedOut, 0),
    "failing before taking": (Ambiguous, 0),
    "failing after taking": (Ambiguous, 1),
    "gone before taking": (Ambiguous, 0),
    "gone after taking": (Ambiguous, 1),
    "slow": (Ambiguous, None),
    "dripping": (Ambiguous, None),
}
HAPPENS = [
    *[("console", "away"), ("file", "away")],
    *[
        ("email", trouble)
        for trouble in MEANING
        if trouble not in {"opted out", "dripping"} and "failing" not in trouble
    ],
    *[("twilio", trouble) for trouble in MEANING if trouble != "busy at the end"],
]


@pytest.fixture
def way_out(request: pytest.FixtureRequest) -> Iterator[WayOut]:
    with ExitStack() as running:
        yield WAYS[request.param](request, running)


def to(way: WayOut, outgoing: Outgoing) -> Outgoing:
    is_mail = isinstance(way.gateway, EmailGateway)
    return replace(outgoing, to="robin@example.org") if is_mail else outgoing


every_way = pytest.mark.parametrize("way_out", WAYS, indirect=True)
# After these, somebody tries again, and can know whether the first time was in vain.
IN_DOUBT = [
    (way, trouble)
    for way, trouble in HAPPENS
    if way == "twilio" and trouble not in {"away", "unwilling", "opted out"}
]
every_trouble = pytest.mark.parametrize(
    ("way_out", "trouble"), HAPPENS, indirect=["way_out"]
)


@every_way
def test_it_lets_a_message_out_with_its_words_and_gives_a_receipt(way_out):
    receipt = way_out.gateway.send(to(way_out, OUTGOING))

    assert way_out.sent() == [OUTGOING.body]
    assert isinstance(receipt, Receipt)
    assert 0 < len(receipt.provider_message_id) <= 200


@every_way
def test_it_lets_different_messages_out(way_out):
    receipts = {way_out.gateway.send(to(way_out, each)) for each in (OUTGOING, OTHER)}

    assert sorted(way_out.sent()) == sorted([OUTGOING.body, OTHER.body])
    assert len(receipts) == 2


@every_way
def test_it_says_truly_whether_it_deduplicates(way_out):
    for _ in range(2):
        way_out.gateway.send(to(way_out, OUTGOING))

    assert len(way_out.sent()) == (1 if way_out.gateway.deduplicates else 2)


@every_way
def test_it_says_truly_whether_it_can_look_up(way_out):
    ours, other = to(way_out, OUTGOING), to(way_out, OTHER)

    before = way_out.gateway.look_up(ours)
    receipt = way_out.gateway.send(ours)

    assert before is None
    found = receipt if way_out.gateway.can_look_up else None
    assert way_out.gateway.look_up(ours) == found
    assert way_out.gateway.look_up(other) is None


@every_trouble
def test_it_says_what_is_certain_and_what_is_not(way_out, trouble):
    """And in time: who waited for all that is slow, or drips, would see it succeed."""
    error, taken = MEANING[trouble]
    way_out.trouble[trouble]()

    with pytest.raises(gateways.Undelivered) as caught:
        way_out.gateway.send(to(way_out, OUTGOING))

    assert type(caught.value) is error
    assert 0 < len(caught.value.code) <= 50
    if taken is not None and trouble != "away":
        assert len(way_out.sent()) == taken


@pytest.mark.parametrize(("way_out", "trouble"), IN_DOUBT, indirect=["way_out"])
def test_a_further_try_after_trouble_lets_it_out_once(way_out, trouble):
    gateway, ours = way_out.gateway, to(way_out, OUTGOING)
    way_out.trouble[trouble]()
    with pytest.raises(gateways.Undelivered):
        gateway.send(ours)

    receipt = gateway.look_up(ours) or gateway.send(ours)

    assert way_out.sent() == [OUTGOING.body]
    assert gateway.look_up(ours) == receipt


@pytest.mark.parametrize("way_out", ["email", "twilio"], indirect=True)
@pytest.mark.parametrize(
    "change", [{"to": "no\r\nBcc: all@example.org"}, {"subject": "a\r\nBcc: b@c.org"}]
)
def test_what_cannot_be_spelled_is_refused_or_sent_as_it_is(way_out, change):
    try:
        way_out.gateway.send(replace(to(way_out, OUTGOING), **change))
    except Refused:
        assert way_out.sent() == []
    else:
        assert way_out.sent() == [OUTGOING.body]


def test_its_errors_are_four():
    assert set(gateways.Undelivered.__subclasses__()) == {
        Temporary,
        Ambiguous,
        Refused,
        OptedOut,
    }
