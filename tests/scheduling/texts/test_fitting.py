"""A text keeps to one part, and its secrets, whatever staff have entered."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.models import Channel
from locations.models import Office
from scheduling import texts
from scheduling.models import AppointmentStatus, MessageKind
from tests.scheduling.texts.test_composing import (
    LINK,
    SPANISH_WALL_TIMES,
    WALL_TIMES,
    appointment,
    policy,
)


@pytest.mark.parametrize("label", ["My LA Therapy", "Thérápy", "the漢rapy", "  ", "漢"])
@pytest.mark.parametrize(
    "street", ["1 Therapy Lane", "2 Mental Plaza", "Suite 5", "漢"]
)
def test_a_label_or_street_that_tells_or_says_nothing_is_left_out(label, street):
    """Nothing that would tell is entered by way of the API; but who knows of others."""
    text = texts.compose(
        appointment(office=Office(street=street)),
        kind=MessageKind.MOVED,
        channel=Channel.SMS,
        policy=policy(sender_label=label, callback_phone=""),
    )

    assert text.body == (
        "Your appointment: changed to Mon Jan 4, 9:00 AM, at our office. "
        "Reply C to confirm. Reply STOP to opt out."
    )


@pytest.mark.parametrize(
    ("street", "extras"),
    [
        ("1 Elm St", f"{LINK} Reply C to confirm. "),
        ("1 Elm Street Corner Oak", "Reply C to confirm. "),
        ("1 " + "Elm " * 12, ""),
    ],
)
def test_text_has_link_and_reply_as_far_as_there_is_room(street, extras):
    text = texts.compose(
        appointment(office=Office(street=street)),
        kind=MessageKind.BOOKED,
        channel=Channel.SMS,
        policy=policy(sender_label="Desk", callback_phone="+13105550100"),
        link=LINK,
    )

    assert text.body.endswith(
        f". Questions? Call +13105550100. {extras}Reply STOP to opt out."
    )
    assert len(text.body) <= texts.LONGEST_SMS


ODD = "aA1 #,.^{}€\n\"'éáñ\u00bd\u33ae\ufb03\u202e\u6f22\U0001f600"
HOSTILE = st.text(max_size=60) | st.text(st.sampled_from(ODD), max_size=200)


@given(data=st.data(), kind=st.sampled_from(MessageKind))
def test_text_fits_whatever_staff_have_entered(data, kind):
    said = appointment(
        office=Office(street=data.draw(HOSTILE)),
        status=data.draw(st.sampled_from(["scheduled", "cancelled"])),
        starts_at=data.draw(st.sampled_from([*WALL_TIMES, *SPANISH_WALL_TIMES])),
    )
    every_weeks = data.draw(st.none() | st.integers(1, 26))
    links = ["", LINK, LINK + "x" * 60, f"{LINK}~{{€"]

    text = texts.compose(
        said,
        kind=kind,
        channel=Channel.SMS,
        series=every_weeks and texts.Recurring(every_weeks, [said]),
        policy=policy(
            sender_label=data.draw(HOSTILE), callback_phone=data.draw(HOSTILE)
        ),
        language=data.draw(st.sampled_from([*texts.LANGUAGES, "fr"])),
        link=data.draw(st.sampled_from(links)),
    )

    counted = texts.segments(text.body)
    assert (counted.encoding, counted.count) == ("GSM-7", 1)
    assert re.fullmatch(
        r"[^\r\n]+: .* \d+:[0-5]\d ([AP]M|[ap]\. m\.).* "
        r"(Reply STOP to opt out|Responda STOP para salir)\.",
        text.body,
    )
    assert not set(text.subject) & set("\r\n")


def test_text_gives_up_the_place_and_then_the_label_for_the_time():
    """The longest label and number, and the longest news."""
    said = appointment(
        status=AppointmentStatus.CANCELLED,
        starts_at=datetime(2027, 11, 7, 8, 30, tzinfo=UTC),
    )

    bodies = [
        texts.compose(
            said,
            kind=MessageKind.CORRECTION,
            channel=Channel.SMS,
            series=texts.Recurring(26, [said]),
            policy=policy(sender_label="Label " * 5, callback_phone="9" * 20),
            language=language,
        ).body
        for language in texts.LANGUAGES
    ]

    assert bodies == [
        "Label Label Label Label Label: correction, cancelled: every 26 weeks from "
        "Sun Nov 7, 1:30 AM PDT. Questions? Call 99999999999999999999. "
        "Reply STOP to opt out.",
        "Label Label Label: correccion, canceladas: cada 26 semanas desde el "
        "dom 7 nov, 1:30 a. m. PDT. ¿Dudas? Llame al 99999999999999999999. "
        "Responda STOP para salir.",
    ]
