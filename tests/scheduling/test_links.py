import re
from uuid import UUID

import pytest

from scheduling import links
from scheduling.links import Forged, Purpose
from scheduling.models import Message

KEY = UUID("0197d1c0-0000-7000-8000-000000000001")
OTHER_KEY = UUID("0197d1c0-0000-7000-8000-000000000002")
PAGE = Purpose.PAGE


def changed(text: str, position: int) -> str:
    other = "A" if text[position] != "A" else "B"
    return text[:position] + other + text[position + 1 :]


def test_link_is_short_and_the_same_each_time(settings):
    settings.PUBLIC_URL = "https://desk.example.org"

    first, again = (links.link(Message(pk=KEY)) for _ in range(2))

    assert first == again
    assert re.fullmatch(r"https://desk\.example\.org/a/[A-Za-z0-9_-]{38}/", first)


def test_there_is_no_link_without_an_address(settings):
    settings.PUBLIC_URL = ""

    assert links.link(Message(pk=KEY)) == ""


@pytest.mark.parametrize("purpose", Purpose)
def test_token_is_read_for_its_own_purpose_and_no_other(purpose):
    token = links.token(KEY, purpose, 3)

    assert links.read(token, purpose, 3) == KEY
    for other in set(Purpose) - {purpose}:
        with pytest.raises(Forged):
            links.read(token, other, 3)


def test_token_is_for_one_version_of_the_facts():
    token = links.token(KEY, Purpose.CONFIRM, 3)

    with pytest.raises(Forged):
        links.read(token, Purpose.CONFIRM, 4)


def test_token_is_forged_if_one_character_differs():
    token = links.token(KEY, PAGE)

    for position in range(len(token)):
        with pytest.raises(Forged):
            links.read(changed(token, position), PAGE)


def test_token_of_one_message_says_nothing_of_another():
    ours, theirs = links.token(KEY, PAGE), links.token(OTHER_KEY, PAGE)

    with pytest.raises(Forged):
        links.read(theirs[:22] + ours[22:], PAGE)


def test_token_has_one_spelling():
    """The last character has bits to spare."""
    token = links.token(KEY, PAGE)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    readable = []
    for last in alphabet:
        try:
            links.read(token[:-1] + last, PAGE)
        except Forged:
            continue
        readable.append(last)

    assert readable == [token[-1]]


def test_token_of_another_secret_is_forged(settings):
    token = links.token(KEY, PAGE)
    settings.SECRET_KEY = "another-secret-" * 4

    with pytest.raises(Forged):
        links.read(token, PAGE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "A" * 38,
        "A" * 37,
        "A" * 39,
        "A" * 10_000,
        "\0" * 38,
        "é" * 38,
        "+" * 38,
    ],
)
def test_nonsense_is_forged(text):
    with pytest.raises(Forged):
        links.read(text, PAGE)
