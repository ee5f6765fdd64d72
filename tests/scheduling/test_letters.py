"""What a message says when it goes out. Times are on the wall in Los Angeles."""

from dataclasses import replace
from datetime import timedelta

import pytest
from icalendar import Calendar

from clients.models import Channel
from scheduling import attendance, booking, letters, orders
from scheduling.engine.rules import Code
from scheduling.models import Appointment, Message, MessageKind, MessageState, Mode
from scheduling.orders import Order
from tests.factories.clients import ClientFactory
from tests.factories.locations import OfficeFactory, RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    MessageFactory,
    PracticePolicyFactory,
    SessionTypeFactory,
)
from tests.scheduling import test_series_notices
from tests.scheduling.test_series_notices import occurrence, send_notices, week
from tests.times import NEXT_MONDAY, NOW, at

CANCELLED, MOVED = MessageKind.CANCELLED, MessageKind.MOVED

pytestmark = pytest.mark.django_db


@pytest.fixture
def hours():
    """Hours on Mondays, at an office on Main Street."""
    return AvailabilityRuleFactory.create()


def book(hours, time="10:00", **changes):
    order = Order(
        **{
            "therapist": hours.therapist,
            "clients": [ClientFactory.create()],
            "session_type": SessionTypeFactory.create(),
            "office": hours.office,
            "mode": Mode.IN_PERSON,
            "starts_at": at(NEXT_MONDAY, time),
        }
        | changes
    )
    return booking.book(order, now=NOW)


def move(appointment, time, office=None):
    """To an office where the therapist has no hours, for a reason."""
    overrides = {"overrides": [Code.OUTSIDE_HOURS], "override_reason": "Agreed"}
    order = replace(
        orders.to_move(
            appointment,
            starts_at=at(NEXT_MONDAY, time),
            **{"office": office} if office else {},
        ),
        **overrides if office else {},
    )
    return booking.reschedule(order, version=appointment.version, now=NOW)


def cancel(appointment):
    return booking.cancel(
        appointment, by="client", version=appointment.version, now=NOW
    )


def letter(message, language="en"):
    return letters.write(
        message,
        Appointment.objects.select_related("office", "series").get(
            pk=message.appointment_id
        ),
        language=language,
        policy=PracticePolicyFactory.create(),
        now=NOW,
    )


def said(**filters):
    """The first line of the one notice that waits, and what its calendar has."""
    waiting = Message.objects.pending().exclude(kind=MessageKind.REMINDER)
    written = letter(waiting.get(**filters))
    (file,) = written.calendars
    entries = Calendar.from_ical(file.content).events
    return written.text.body.partition("\n")[0], [each.start for each in entries]


def test_a_cancellation_speaks_of_the_time_that_somebody_knows(hours):
    """The move was never told: it waited when the session was called off."""
    other = RoomFactory.create(office=OfficeFactory.create(street="2 Oak Street"))
    hours.therapist.offices.add(other.office)
    booked = book(hours, "10:00")
    send_notices()

    moved = move(booked, "14:00", office=other.office)
    cancel(moved)

    assert said(kind=CANCELLED) == (
        "Cancelled: Mon Jan 11, 10:00 AM, at Main Street.",
        [at(NEXT_MONDAY, "10:00")],
    )


def test_a_cancellation_speaks_of_the_new_time_once_that_is_known(hours):
    moved = move(book(hours, "10:00"), "11:00")
    moved = move(moved, "14:00")
    send_notices()

    cancel(moved)

    assert said(kind=CANCELLED) == (
        "Cancelled: Mon Jan 11, 2:00 PM, at Main Street.",
        [at(NEXT_MONDAY, "14:00")],
    )


def test_a_correction_takes_back_the_time_that_may_have_been_told(hours):
    booked = book(hours, "10:00")
    Message.objects.update(
        state=MessageState.SENDING, lease_token=booked.pk, lease_until=NOW
    )

    cancel(move(booked, "14:00"))

    assert said(kind=MessageKind.CORRECTION) == (
        "Correction, cancelled: Mon Jan 11, 10:00 AM, at Main Street.",
        [at(NEXT_MONDAY, "10:00")],
    )


def test_who_leaves_after_a_move_hears_of_the_time_they_know(hours):
    stays, leaves = ClientFactory.create_batch(2)
    couples = SessionTypeFactory.create(couples=True)
    hours.therapist.session_types.add(couples)
    booked = book(hours, "10:00", session_type=couples, clients=[stays, leaves])
    send_notices()

    moved = move(booked, "14:00")
    attendance.remove(moved, leaves, by="client", version=moved.version, now=NOW)

    assert said(client=leaves)[0] == "Cancelled: Mon Jan 11, 10:00 AM, at Main Street."
    assert said(client=stays)[0] == "Changed to Mon Jan 11, 2:00 PM, at Main Street."


def test_a_series_is_called_off_at_the_times_that_somebody_knows(hours):
    """One of them moved by itself and that was told; then all, and that was not."""
    row = test_series_notices.book(hours)
    send_notices()
    test_series_notices.move_one(row, 3, week(3, "13:00"))
    send_notices()

    test_series_notices.reschedule(row, week(1), start_minute=15 * 60)
    test_series_notices.cancel(row, week(1))

    assert said(kind=CANCELLED, for_series=True) == (
        "Cancelled: weekly from Mon Jan 4, 12:00 PM, at Main Street.",
        [week(1), week(2), week(3, "13:00"), week(4)],
    )


@pytest.mark.parametrize("count", [2, 8])
def test_what_one_knows_of_a_series_is_read_at_once(
    count, hours, django_assert_num_queries
):
    row = test_series_notices.book(hours, count=count)
    send_notices()
    test_series_notices.reschedule(row, week(1), start_minute=15 * 60)
    test_series_notices.cancel(row, week(1))
    message = Message.objects.pending().get(kind=CANCELLED)

    with django_assert_num_queries(12):
        letter(message)


@pytest.mark.parametrize("kind", [MessageKind.BOOKED, MessageKind.REMINDER, MOVED])
def test_mail_brings_a_calendar_and_a_text_brings_none(kind):
    appointment = AppointmentFactory.create(starts_at=at(NEXT_MONDAY, "10:00"))
    mail, text = (
        MessageFactory.create(appointment=appointment, kind=kind, channel=channel)
        for channel in (Channel.EMAIL, Channel.SMS)
    )

    assert [file.method for file in letter(mail).calendars] == ["PUBLISH"]
    assert letter(text).calendars == ()


def test_a_series_notice_has_the_dates_and_times_of_all(hours):
    row = test_series_notices.book(hours)
    written = letter(Message.objects.get(kind=MessageKind.BOOKED), language="es")

    (file,) = written.calendars
    assert written.text.body.startswith(
        "Citas reservadas cada semana desde el lun 4 ene, 12:00 p. m., en Main Street."
        "\n\nFechas: 4 ene, 11 ene, 18 ene, 25 ene.\n\n"
    )
    assert [
        (entry["UID"], entry.start, entry["SEQUENCE"])
        for entry in Calendar.from_ical(file.content).events
    ] == [(str(occurrence(row, one).pk), week(one), 1) for one in (1, 2, 3, 4)]


def test_the_calendars_of_an_appointment_count_up_whoever_comes_and_goes(hours):
    """To leave and to come back changes no facts; a calendar must follow it still."""
    stays, leaves = ClientFactory.create_batch(2)
    group = SessionTypeFactory.create(group=True)
    hours.therapist.session_types.add(group)
    booked = book(hours, session_type=group, clients=[stays, leaves])
    sequences = []

    for change in (None, attendance.remove, attendance.add, None):
        if change is not None:
            booked = Appointment.objects.get()
            by = {"by": "client"} if change is attendance.remove else {}
            change(booked, leaves, version=booked.version, now=NOW, **by)
        for message in Message.objects.pending().filter(client=leaves):
            (file,) = letter(message).calendars
            (entry,) = Calendar.from_ical(file.content).events
            sequences.append((file.method, entry["SEQUENCE"]))
        send_notices()

    assert sequences == [("PUBLISH", 1), ("CANCEL", 2), ("PUBLISH", 3)]


def test_a_preview_of_nothing_in_particular_is_kept_nowhere():
    OfficeFactory.create(street="5 Elm Street")

    letter = letters.preview(
        None,
        kind=MessageKind.BOOKED,
        channel=Channel.EMAIL,
        language="en",
        for_series=True,
        now=NOW + timedelta(days=2),
    )

    assert letter.text.body.startswith(
        "Booked weekly from Wed Jan 13, 10:00 AM, at Elm Street.\n\n"
        "On Jan 13, Jan 20, Jan 27.\n\n"
    )
    assert not Appointment.objects.exists()
