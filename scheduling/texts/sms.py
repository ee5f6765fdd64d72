"""Text messages as networks carry and bill them: in parts of so many characters."""

import unicodedata
from dataclasses import dataclass

LONGEST_SMS = 160  # what is longer is sent, and billed, in several parts

# The characters of which a text of 160 consists (GSM 03.38); of its extension, each
# takes the room of two.
GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_7_EXTENSION = frozenset("^{}\\[~]|€\f")
_TYPOGRAPHY = str.maketrans("\u2018\u2019\u201c\u201d\u2013\u2014\u2044", "''\"\"--/")
_ROOM = {"GSM-7": (LONGEST_SMS, 153), "UCS-2": (70, 67)}  # of one part, of each of many


@dataclass(frozen=True, slots=True)
class Segments:
    """How a text goes out: its encoding, its length in that, and its parts."""

    encoding: str
    length: int
    count: int


def segments(text: str) -> Segments:
    """One character that GSM-7 does not have makes all of a text UCS-2. No part ends
    within a character that takes the room of two."""
    if set(text) <= GSM_7 | GSM_7_EXTENSION:
        encoding = "GSM-7"
        sizes = [1 + (char in GSM_7_EXTENSION) for char in text]
    else:
        encoding = "UCS-2"
        sizes = [1 + (char > "\uffff") for char in text]
    alone, of_many = _ROOM[encoding]
    length = sum(sizes)
    if length <= alone:
        return Segments(encoding, length, 1)
    count, room = 1, of_many
    for size in sizes:
        if size > room:
            count, room = count + 1, of_many
        room -= size
    return Segments(encoding, length, count)


def fits(text: str) -> bool:
    """Whether it goes out in one part of 160 characters."""
    said = segments(text)
    return said.encoding == "GSM-7" and said.count == 1


def plain(text: str) -> str:
    """`text` in characters each of which takes the room of one."""
    spelled = "".join(
        char if char in GSM_7 else unicodedata.normalize("NFKD", char) for char in text
    )
    return "".join(char for char in spelled.translate(_TYPOGRAPHY) if char in GSM_7)
