"""The facts that an answer page may tell: when, by which street, whom to call."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from scheduling.models import Appointment, Mode, PracticePolicy
from scheduling.pages.words import Words

_HOUSE_NUMBER = re.compile(r"^\d+\S*\s+")
_SUITE = re.compile(
    r"(,|\s(#|suite|ste\b|unit|floor|\d+(st|nd|rd|th)\s+fl)).*", re.IGNORECASE
)
_SPECIAL = re.compile(r"([\\;,])")  # to iCalendar


def when(appointment: Appointment, words: Words) -> str:
    return words.moment(_local(appointment.starts_at, appointment))


def deadline(appointment: Appointment, words: Words) -> str:
    return words.moment(_local(appointment.late_cancel_at, appointment))


def where(appointment: Appointment, words: Words) -> str:
    street = _street_of(appointment)
    return words.at_street.format(street=street) if street else words.by_video


def number(appointment: Appointment, policy: PracticePolicy) -> str:
    """The practice's telephone, or that of the office."""
    office = appointment.office.phone if appointment.office else ""
    return policy.callback_phone or str(office)


def calendar(appointment: Appointment, label: str, now: datetime) -> bytes:
    """One entry (RFC 5545) with no name in it, that a later one replaces."""
    street = _street_of(appointment)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Appointments//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{appointment.pk}",
        f"SEQUENCE:{appointment.version}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(appointment.starts_at)}",
        f"DTEND:{_utc(appointment.ends_at)}",
        f"SUMMARY:{_escaped(label)}",
        *([f"LOCATION:{_escaped(street)}"] if street else []),
        "STATUS:CONFIRMED",
        "CLASS:PRIVATE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


def _street_of(appointment: Appointment) -> str:
    """The street's name; empty by video."""
    if appointment.mode == Mode.TELEHEALTH or appointment.office is None:
        return ""
    line = " ".join(appointment.office.street.split())
    return _SUITE.sub("", _HOUSE_NUMBER.sub("", line)).rstrip(". ")


def _local(moment: datetime, appointment: Appointment) -> datetime:
    return moment.astimezone(ZoneInfo(appointment.timezone))


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
