"""The facts that a message may tell: its sender's label, when, where, whom to call."""

import re
import unicodedata
from zoneinfo import ZoneInfo

from scheduling.engine.discretion import telling
from scheduling.models import Appointment, Mode, PracticePolicy
from scheduling.texts.sms import plain
from scheduling.texts.words import ENGLISH, Words

LONGEST_NUMBER = 20

_HOUSE_NUMBER = re.compile(r"^\d+\S*\s+")
_SUITE = re.compile(
    r"(,|(^|\s)(#|suite|ste\b|unit|floor|\d+(st|nd|rd|th)\s+fl)).*", re.IGNORECASE
)


def label(policy: PracticePolicy, words: Words) -> str:
    """The sender's: the practice's own if it has chosen one that does not tell."""
    own = one_line(policy.sender_label)
    is_own = plain(own) and own != ENGLISH.label and not _tells(own)
    return own if is_own else words.label


def when(appointment: Appointment, words: Words) -> str:
    return words.moment(
        appointment.starts_at.astimezone(ZoneInfo(appointment.timezone))
    )


def where(appointment: Appointment, words: Words) -> str:
    street = street_of(appointment)
    if street is None:
        return words.by_video
    return words.at_street.format(street=street) if street else words.at_office


def street_of(appointment: Appointment) -> str | None:
    """The street's name: number and suite can be looked up, and tell too much. Empty if
    the name would; None if the appointment is by video."""
    if appointment.mode == Mode.TELEHEALTH or appointment.office is None:
        return None
    line = one_line(appointment.office.street)
    street = _SUITE.sub("", _HOUSE_NUMBER.sub("", line)).rstrip(". ")
    return "" if _tells(street) or not plain(street) else street


def number(appointment: Appointment, policy: PracticePolicy) -> str:
    """The practice's telephone, or that of the office."""
    office = appointment.office.phone if appointment.office else ""
    return one_line(policy.callback_phone or office)[:LONGEST_NUMBER]


def one_line(text: str) -> str:
    """`text` without line breaks and whatever else cannot be seen."""
    spaced = " ".join(text.split())
    return "".join(char for char in spaced if unicodedata.category(char)[0] != "C")


def _tells(text: str) -> bool:
    return bool(telling(text) or telling(plain(text)))
