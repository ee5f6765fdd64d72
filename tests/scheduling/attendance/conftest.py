"""A couple and a group on a Monday in a week, and what becomes of them."""

from datetime import timedelta

import pytest

from scheduling import attendance, booking
from scheduling.models import (
    Appointment,
    Attendance,
    AttendanceStatus,
    Message,
    Mode,
)
from scheduling.orders import Order
from tests.factories.clients import ClientFactory
from tests.factories.locations import RoomFactory
from tests.factories.scheduling import (
    AvailabilityRuleFactory,
    SessionTypeFactory,
)
from tests.times import NEXT_MONDAY, NOW, at

START = at(NEXT_MONDAY, "09:00")
DEADLINE = START - timedelta(days=1)
TOO_LATE = DEADLINE + timedelta(seconds=1)
AFTER = START + timedelta(hours=2)
EXPECTED, ATTENDED, CANCELLED, LATE_CANCELLED, NO_SHOW = AttendanceStatus


@pytest.fixture
def hours():
    """Hours on Mondays, at an office with a room for two and one for three."""
    hours = AvailabilityRuleFactory.create()
    RoomFactory.create(office=hours.office, capacity=3)
    kinds = [
        SessionTypeFactory.create(group=True),
        SessionTypeFactory.create(couples=True),
    ]
    hours.therapist.session_types.add(*kinds)
    return hours


@pytest.fixture
def couple(hours):
    return booked(hours, SessionTypeFactory.create(couples=True))


@pytest.fixture
def group(hours):
    """Two of at most four, in the room for two."""
    return booked(hours, SessionTypeFactory.create(group=True))


def booked(hours, kind, *, size=2, **changes):
    defaults = {"office": hours.office, "mode": Mode.IN_PERSON, "starts_at": START}
    order = Order(
        therapist=hours.therapist,
        clients=ClientFactory.create_batch(size),
        session_type=kind,
        **defaults | changes,
    )
    return booking.book(order, now=NOW)


def members(appointment):
    return list(appointment.clients.order_by("attendances__pk"))


def add(appointment, client, **changes):
    return attendance.add(
        appointment, client, **{"version": appointment.version, "now": NOW} | changes
    )


def remove(appointment, client, **changes):
    defaults = {"by": "client", "version": appointment.version, "now": NOW}
    return attendance.remove(appointment, client, **defaults | changes)


def mark(appointment, client, status, **changes):
    defaults = {"version": appointment.version, "now": AFTER}
    return attendance.mark(appointment, client, status, **defaults | changes)


def parts(appointment):
    """What became of each, and of the fee, in the order in which they were booked."""
    rows = appointment.attendances.order_by("pk")
    return [(row.status, row.fee) for row in rows]


def counts(appointment):
    appointment.refresh_from_db()
    return appointment.status, appointment.version, appointment.facts_version


def codes(refusal):
    return [reason.code for reason in refusal.value.reasons]


def everything():
    """All that a refused change must leave as it was."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Appointment, Attendance, Message)
    ]
