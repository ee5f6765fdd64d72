"""The calendar that an e-mail carries: what its words say, for the client's own.

It names nobody, and the practice only by the sender's label. Times are UTC, which every
calendar shows on its own wall.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress

from scheduling.models import CANCELLED, Appointment, MessageKind, PracticePolicy
from scheduling.texts import facts
from scheduling.texts.words import words_of


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """An iCalendar object (RFC 5545) and what it is for: its `method`."""

    method: str
    content: bytes


def calendar_file(
    appointments: Sequence[Appointment],
    *,
    kind: str,
    policy: PracticePolicy,
    language: str,
    now: datetime,
) -> CalendarFile:
    """One entry for each of the `appointments` that a message of this kind tells of.

    An entry keeps its UID for good. Its SEQUENCE is the appointment's version, so that
    of two files the later counts, also where somebody has left a session that goes on
    and comes after all, which changes no facts.
    """
    is_called_off = kind == MessageKind.CANCELLED or all(
        each.status in CANCELLED for each in appointments
    )
    label = facts.label(policy, words_of(language))
    method = "CANCEL" if is_called_off else "PUBLISH"
    calendar = Calendar()
    calendar.add("prodid", "-//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for appointment in appointments:
        entry = _entry(appointment, label, now)
        entry.add("status", "CANCELLED" if is_called_off else "CONFIRMED")
        calendar.add_component(entry)
    return CalendarFile(method, calendar.to_ical())


def _entry(appointment: Appointment, label: str, now: datetime) -> Event:
    entry = Event()
    entry.add("uid", str(appointment.pk))
    entry.add("sequence", appointment.version)
    entry.add("dtstamp", now.astimezone(UTC))
    entry.add("dtstart", appointment.starts_at.astimezone(UTC))
    entry.add("dtend", appointment.ends_at.astimezone(UTC))
    entry.add("summary", label)
    entry.add("organizer", _organizer(label))
    entry.add("class", "PRIVATE")
    if street := facts.street_of(appointment):
        entry.add("location", street)
    return entry


def _organizer(label: str) -> vCalAddress:
    """Whoever the e-mail is from; an entry without one is not valid (RFC 5546)."""
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    organizer = vCalAddress(f"mailto:{address}")
    organizer.params["CN"] = label.replace('"', "'")
    return organizer
