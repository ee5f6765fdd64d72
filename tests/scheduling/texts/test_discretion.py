"""No message names anybody, or tells what the practice does; and this is noticed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from clients.models import Channel
from locations.models import Office
from scheduling import texts
from scheduling.engine.discretion import telling
from scheduling.models import (
    Appointment,
    MessageKind,
    Mode,
    PracticePolicy,
    SessionType,
    Therapist,
)
from scheduling.texts import composing, words
from tests.discretion import Guarded, Indiscretion

# Everything that stands in the books beside what a message is for.
NAMES = [
    *["Robin", "Quillfeather", "Robin Quillfeather"],  # a client
    *["Casey", "Quill", "Dr. Casey Quill", "PhD"],  # a therapist
    *["Individual", "Couples", "Interpersonal", "IPT", "Grief", "Loss", "Phobia"],
    *["My LA", "My LA Therapy", "client", "she/her", "Lavender Room", "205", "16055"],
]
ORDERS = ["reply cancel", "responda cancel", "reply yes", "reply end", "reply quit"]
LINK = "https://visits.example/a/1"
STARTS = [
    datetime(2027, 1, 4, 17, tzinfo=UTC),
    datetime(2027, 11, 7, 8, 30, tzinfo=UTC),  # of an hour that comes twice
]
READ = {
    Appointment: {
        *["pk", "version", "starts_at", "ends_at", "timezone", "mode", "status"],
        *["office", "hold_expires_at"],
    },
    Office: {"street", "phone"},
    PracticePolicy: {"sender_label", "callback_phone"},
}


def everything_said():
    """What every kind of message says, by every channel, in every language."""
    for kind, channel, language, mode, status, start, is_series, link in product(
        MessageKind,
        Channel,
        [*texts.LANGUAGES, "fr"],
        Mode,
        ["scheduled", "cancelled"],
        STARTS,
        [False, True],
        ["", LINK],
    ):
        row = Guarded(_appointment(mode, status, start), READ)
        policy = Guarded(
            PracticePolicy(name="My LA Therapy", sender_label="My LA Therapy"), READ
        )
        text = texts.compose(
            row,
            kind=kind,
            channel=channel,
            policy=policy,
            series=texts.Recurring(2, [row, row]) if is_series else None,
            language=language,
            link=link,
        )
        yield "\n".join([text.sender, text.subject, text.body])
        if channel == Channel.EMAIL and not (is_series or link):
            file = texts.calendar_file(
                [row], kind=kind, policy=policy, language=language, now=start
            )
            yield file.content.decode().replace("\r\n ", "")


def _appointment(mode, status, start):
    """Everything in it that a message may not read would tell."""
    return Appointment(
        therapist=Therapist(display_name="Dr. Casey Quill, PhD", pronouns="she/her"),
        session_type=SessionType(name="Individual session"),
        office=Office(
            name="Lavender Room",
            street="16055 Ventura Blvd. Suite 205",
            phone="+13105550100",
        ),
        mode=mode,
        status=status,
        note="Robin Quillfeather: grief and loss, interpersonal psychotherapy",
        cancel_reason="Social phobia",
        override_reason="Couples session",
        starts_at=start,
        ends_at=start + timedelta(minutes=50),
    )


def indiscretions():
    return {
        word
        for said in everything_said()
        for word in [
            *telling(said, NAMES),
            *(order for order in ORDERS if order in said.lower()),
        ]
    }


def test_no_message_tells_who_comes_to_whom_or_what_for():
    assert indiscretions() == set()


@pytest.mark.parametrize(
    ("language", "change", "told"),
    [
        ("en", {"label": "My LA Therapy"}, {"therap", "My LA", "My LA Therapy"}),
        ("en", {"by_video": "by video with Dr. Casey Quill"}, set(NAMES[3:6])),
        ("en", {"at_street": "for grief at {street}"}, {"grief", "Grief"}),
        ("en", {"confirm": "Reply CANCEL to cancel."}, {"reply cancel"}),
        ("es", {"label": "Su terapeuta"}, {"terap"}),
        ("es", {"stop": "Su psicóloga. STOP"}, {"psic"}),
    ],
)
def test_a_template_that_tells_is_noticed(language, change, told, monkeypatch):
    spoiled = replace(texts.LANGUAGES[language], **change)
    monkeypatch.setitem(words.LANGUAGES, language, spoiled)

    assert indiscretions() == told


@pytest.mark.parametrize(
    "read",
    [
        lambda row: row.therapist.display_name,
        lambda row: row.session_type.name,
        lambda row: row.note,
        lambda row: row.attendances.all(),
        lambda row: row.office.name,
    ],
)
def test_a_template_that_reads_what_it_may_not_is_noticed(read, monkeypatch):
    monkeypatch.setattr(composing.facts, "where", lambda row, _: str(read(row)))

    with pytest.raises(Indiscretion):
        indiscretions()


@pytest.mark.parametrize(
    "text",
    [
        *["My LA Therapy", "Thérapie", "THE\u200bRAPY", "su terapeuta", "Psychology"],
        *[
            "consulta psicológica",
            "Sicóloga",
            "Counseling",
            "Smith, PhD",
            "Ph.D. Smith",
        ],
        *["an LMFT", "Clínica", "your session", "Mental health", "EMDR"],
    ],
)
def test_words_that_tell_are_known_in_both_languages(text):
    assert len(telling(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        *["Your appointment", "Aviso", "Main Street Desk", "Ocean Dr", "Monumental St"],
        *["Phdale Ave", "Left Bank", "Fundamental Way"],
    ],
)
def test_words_that_tell_nothing_are_left_alone(text):
    assert telling(text) == []


def test_names_are_found_as_words_however_they_are_written():
    assert telling("Hola, ROBÍN-Quill!", ["Robin Quill", "Rob", ""]) == ["Robin Quill"]
