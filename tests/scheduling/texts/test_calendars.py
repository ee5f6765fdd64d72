"""The calendar that an e-mail brings along, as a client's own would read it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from locations.models import Office
from scheduling import texts
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    MessageKind,
    Mode,
    PracticePolicy,
)
from tests.times import FIFTY_MINUTES, MONDAY_9AM, NOW

# The last fifty minutes before, the first after, and those across each change.
AROUND_CHANGES = {
    datetime(2027, 3, 14, 9, 10, tzinfo=UTC): ("01:10", "03:00"),
    datetime(2027, 3, 14, 9, 30, tzinfo=UTC): ("01:30", "03:20"),
    datetime(2027, 3, 14, 10, tzinfo=UTC): ("03:00", "03:50"),
    datetime(2027, 11, 7, 8, 30, tzinfo=UTC): ("01:30", "01:20"),
    datetime(2027, 11, 7, 9, 30, tzinfo=UTC): ("01:30", "02:20"),
}


def appointment(**values):
    defaults = {
        "office": Office(name="Encino", street="16055 Ventura Blvd. Suite 5"),
        "mode": Mode.IN_PERSON,
        "starts_at": MONDAY_9AM,
        "ends_at": MONDAY_9AM + FIFTY_MINUTES,
        "version": 3,
    }
    return Appointment(**defaults | values)


def read(*appointments, kind=MessageKind.BOOKED, language="en", now=NOW, **policy):
    """The calendar of a message about `appointments`, parsed."""
    file = texts.calendar_file(
        appointments,
        kind=kind,
        policy=PracticePolicy(name="My LA Therapy", **policy),
        language=language,
        now=now,
    )
    calendar = Calendar.from_ical(file.content)
    assert calendar["METHOD"] == file.method
    assert calendar.errors == []
    return calendar


@pytest.mark.parametrize(
    "kind",
    [*[MessageKind.BOOKED, MessageKind.REMINDER, MessageKind.MOVED], "correction"],
)
def test_calendar_says_when_and_where_and_nothing_else(kind, settings):
    settings.DEFAULT_FROM_EMAIL = "Desk <desk@example.org>"
    row = appointment()

    calendar = read(row, kind=kind)

    (entry,) = calendar.events
    assert {name: calendar[name] for name in calendar} == {
        "PRODID": "-//Appointments//EN",
        "VERSION": "2.0",
        "METHOD": "PUBLISH",
    }
    assert {name: entry.decoded(name) for name in entry} == {
        "UID": str(row.pk),
        "SEQUENCE": 3,
        "DTSTAMP": NOW,
        "DTSTART": MONDAY_9AM,
        "DTEND": MONDAY_9AM + FIFTY_MINUTES,
        "SUMMARY": "Your appointment",
        "ORGANIZER": "mailto:desk@example.org",
        "CLASS": "PRIVATE",
        "LOCATION": "Ventura Blvd",
        "STATUS": "CONFIRMED",
    }
    assert entry["ORGANIZER"].params == {"CN": "Your appointment"}


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (MessageKind.CANCELLED, AppointmentStatus.CANCELLED),
        (MessageKind.CANCELLED, AppointmentStatus.SCHEDULED),  # somebody left it
        (MessageKind.CORRECTION, AppointmentStatus.CANCELLED_BY_PRACTICE),
    ],
)
def test_calendar_calls_off_what_it_put_there(kind, status):
    row = appointment()
    put = read(row)
    row.status, row.version = status, 4

    calendar = read(row, kind=kind)

    (before,), (entry,) = put.events, calendar.events
    assert (calendar["METHOD"], entry["STATUS"]) == ("CANCEL", "CANCELLED")
    assert entry["UID"] == before["UID"]
    assert entry["SEQUENCE"] > before["SEQUENCE"]


def test_calendar_of_a_video_call_has_no_place():
    (entry,) = read(appointment(mode=Mode.TELEHEALTH)).events

    assert "LOCATION" not in entry


@pytest.mark.parametrize(("starts_at", "wall_times"), AROUND_CHANGES.items())
def test_calendar_keeps_its_times_through_both_changes_of_the_clock(
    starts_at, wall_times
):
    (entry,) = read(
        appointment(starts_at=starts_at, ends_at=starts_at + FIFTY_MINUTES)
    ).events

    zone = ZoneInfo("America/Los_Angeles")
    assert entry.end - entry.start == FIFTY_MINUTES
    assert entry["DTSTART"].to_ical().endswith(b"Z")
    assert (
        tuple(f"{time.astimezone(zone):%H:%M}" for time in (entry.start, entry.end))
        == wall_times
    )


def test_calendar_of_a_series_has_an_entry_for_each_date():
    rows = [
        appointment(starts_at=start, ends_at=start + FIFTY_MINUTES, version=version)
        for version, start in enumerate(
            (MONDAY_9AM + timedelta(weeks=weeks) for weeks in (0, 1, 3)), 1
        )
    ]

    calendar = read(*rows, kind=MessageKind.MOVED)

    assert [
        (entry["UID"], entry["SEQUENCE"], entry.start) for entry in calendar.events
    ] == [(str(row.pk), row.version, row.starts_at) for row in rows]


def test_calendar_has_the_label_in_the_clients_language():
    labels = [
        read(appointment(), language="es", sender_label=label).events[0]["SUMMARY"]
        for label in ("Your appointment", "Desk on Main")
    ]

    assert labels == ["Aviso", "Desk on Main"]


@given(label=st.text(max_size=30), street=st.text(max_size=200))
def test_calendar_is_sound_whatever_staff_have_entered(label, street):
    calendar = read(appointment(office=Office(street=street)), sender_label=label)

    (entry,) = calendar.events
    assert entry.start == MONDAY_9AM
    assert entry["SUMMARY"] != ""
