"""What a message says: the least with which somebody can find their way.

A message can be read by whoever holds the telephone. So it never says who comes, to
whom, or what for; a label stands in for the practice's name, which would tell.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from clients.models import Channel
from scheduling.models import (
    CANCELLED,
    Appointment,
    MessageKind,
    Mode,
    PracticePolicy,
)

LONGEST_SMS = 160  # what is longer is sent, and billed, in several parts

# The characters of which a text of 160 consists (GSM 03.38, without extensions).
GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TYPOGRAPHY = str.maketrans("\u2018\u2019\u201c\u201d\u2013\u2014", "''\"\"--")

_HOUSE_NUMBER = re.compile(r"^\d+\S*\s+")
_SUITE = re.compile(
    r"(,|\s(#|suite|ste\b|unit|floor|\d+(st|nd|rd|th)\s+fl)).*", re.IGNORECASE
)

_NEWS = {
    MessageKind.BOOKED: "booked for",
    MessageKind.REMINDER: "reminder of",
    MessageKind.MOVED: "changed to",
    MessageKind.CANCELLED: "cancelled:",
    MessageKind.CORRECTION: "correction, now",
}
_STOP = "Reply STOP to opt out."


@dataclass(frozen=True, slots=True)
class Text:
    """A message's words; an SMS has no use for the subject."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Recurring:
    """What a message for a series says beyond its first appointment."""

    every_weeks: int
    dates: Sequence[date]


def compose(
    appointment: Appointment,
    *,
    kind: str,
    channel: str,
    policy: PracticePolicy,
    series: Recurring | None = None,
) -> Text:
    """The text of a message of this kind about an appointment as it is now; and about
    those that follow, if it is for a `series`.

    An SMS fits into one part, whatever staff have entered as label, street and number.
    """
    label = _plain(policy.sender_label)
    news = _news(appointment, MessageKind(kind), series)
    subject = f"{label}: {news.split()[0].strip(':,')}"
    call = _call_back(appointment, policy)
    if channel == Channel.EMAIL:
        facts = f"{news} {_when(appointment)}, {_where(appointment)}."
        dates = _dates(series) if series else ""
        paragraphs = [facts[0].upper() + facts[1:], dates, call, _STOP]
        return Text(subject, "\n\n".join(filter(None, paragraphs)) + "\n")
    before = f"{label}: {news} {_when(appointment)}, "
    after = " ".join(filter(None, [".", call, _STOP])).replace(" .", ".")
    room = LONGEST_SMS - len(before) - len(after)
    return Text(subject, before + _where(appointment)[:room].rstrip() + after)


def _news(appointment: Appointment, kind: MessageKind, series: Recurring | None) -> str:
    news = _NEWS[kind]
    if kind == MessageKind.CORRECTION and appointment.status in CANCELLED:
        news = "correction, cancelled:"
    if series is None:
        return news
    weeks = series.every_weeks
    often = "weekly" if weeks == 1 else f"every {weeks} weeks"
    return f"{news.removesuffix(' for')} {often} from"


def _dates(series: Recurring) -> str:
    """All of them, since a series may have gaps; a text has no room for that."""
    return f"On {', '.join(f'{day:%b %-d}' for day in series.dates)}."


def _when(appointment: Appointment) -> str:
    """Weekday, date and time on the wall; with the zone's letters if that time comes
    twice on that day."""
    local = appointment.starts_at.astimezone(ZoneInfo(appointment.timezone))
    text = f"{local:%a %b %-d, %-I:%M %p}"
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return text
    return f"{text} {local.tzname()}"


def _where(appointment: Appointment) -> str:
    """The street's name: number and suite can be looked up, and tell too much."""
    if appointment.mode == Mode.TELEHEALTH or appointment.office is None:
        return "by video"
    street = _SUITE.sub("", _HOUSE_NUMBER.sub("", appointment.office.street))
    return f"at {_plain(street).rstrip('.')}"


def _call_back(appointment: Appointment, policy: PracticePolicy) -> str:
    office = appointment.office.phone if appointment.office else ""
    number = _plain(policy.callback_phone or office)
    return f"Questions? Call {number}." if number else ""


def _plain(text: str) -> str:
    """`text` on one line, in characters that a text of one part can have."""
    plain = "".join(
        char if char in GSM_7 else unicodedata.normalize("NFKD", char)
        for char in " ".join(text.translate(_TYPOGRAPHY).split())
    )
    return "".join(char for char in plain if char in GSM_7)
