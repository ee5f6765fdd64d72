"""How a text is carried, and so what it costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.texts.sms import GSM_7, GSM_7_EXTENSION, Segments, fits, plain, segments

SMILE = "\U0001f600"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments("GSM-7", 0, 1)),
        ("a" * 160, Segments("GSM-7", 160, 1)),
        ("a" * 161, Segments("GSM-7", 161, 2)),
        ("a" * 306, Segments("GSM-7", 306, 2)),
        ("a" * 307, Segments("GSM-7", 307, 3)),
        ("ñé¿ü" * 40, Segments("GSM-7", 160, 1)),
        ("€" * 80, Segments("GSM-7", 160, 1)),
        ("€" * 81, Segments("GSM-7", 162, 2)),
        # An escaped character does not straddle two parts: 152 of 153 are used.
        ("€" * 152, Segments("GSM-7", 304, 2)),
        ("€" * 153, Segments("GSM-7", 306, 3)),
        ("á" * 70, Segments("UCS-2", 70, 1)),
        ("á" * 71, Segments("UCS-2", 71, 2)),
        ("á" * 134, Segments("UCS-2", 134, 2)),
        ("á" * 135, Segments("UCS-2", 135, 3)),
        (SMILE * 35, Segments("UCS-2", 70, 1)),
        (SMILE * 36, Segments("UCS-2", 72, 2)),
        # Nor does a pair of surrogates: 66 of 67 are used.
        (SMILE * 66, Segments("UCS-2", 132, 2)),
        (SMILE * 67, Segments("UCS-2", 134, 3)),
        ("a" * 159 + "á", Segments("UCS-2", 160, 3)),
    ],
)
def test_segments_are_counted_as_networks_do(text, expected):
    assert segments(text) == expected


@pytest.mark.parametrize("letter", "àèéìòùñüöä¿¡")
def test_letters_of_spanish_that_a_text_has_stay(letter):
    assert plain(letter) == letter


def test_letters_of_spanish_that_a_text_lacks_lose_their_accents():
    typed = "Á áíóú sábado \u201casí\u201d \u2013 \u00bd"

    assert plain(typed) == 'A aiou sabado "asi" - 1/2'


@given(st.text())
def test_plain_text_has_no_character_that_takes_the_room_of_two(text):
    said = plain(text)

    assert set(said) <= GSM_7 - GSM_7_EXTENSION
    assert fits(said) == (len(said) <= 160)
