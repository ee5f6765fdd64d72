from datetime import date, timedelta

import pytest
from django.utils import timezone

from config.errors import Malformed, Reason, Stale
from scheduling import booking
from scheduling.booking import InvalidTransition, Order, RulesForbid, SlotTaken
from scheduling.engine.rules import EXPLANATIONS, Code
from scheduling.engine.wall_clock import as_datetime
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    Attendance,
    AttendanceStatus,
    Mode,
)
from tests.factories.clients import ClientFactory
from tests.factories.locations import (
    ClosureFactory,
    OfficeFactory,
    RoomFactory,
    TravelTimeFactory,
)
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    PracticePolicyFactory,
    SessionTypeFactory,
    TherapistFactory,
    TimeOffFactory,
)
from tests.times import MONDAY, MONDAY_9AM, NOW, TUESDAY, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def monday():
    """Hours on Monday from nine to five."""
    return AvailabilityRuleFactory.create()


def order(hours, **changes):
    return Order(
        **{
            "therapist": hours.therapist,
            "clients": [ClientFactory.create()],
            "session_type": SessionTypeFactory.create(),
            "office": hours.office,
            "mode": Mode.IN_PERSON,
            "starts_at": MONDAY_9AM,
            **changes,
        }
    )


def codes(refusal):
    return [reason.code for reason in refusal.value.reasons]


def test_book_writes_the_appointment_with_its_clients_and_the_smallest_room(monday):
    RoomFactory.create(office=monday.office, capacity=12)
    client = ClientFactory.create()

    appointment = booking.book(order(monday, clients=[client]), now=NOW)

    appointment.refresh_from_db()
    assert appointment.status == AppointmentStatus.SCHEDULED
    assert appointment.ends_at == MONDAY_9AM + timedelta(minutes=50)
    assert appointment.late_cancel_at == MONDAY_9AM - timedelta(days=1)
    assert appointment.room.capacity == 2
    assert appointment.version == appointment.facts_version == 1
    attendance = appointment.attendances.get()
    assert (attendance.client, attendance.occupies) == (client, True)
    assert (attendance.starts_at, attendance.ends_at) == (
        appointment.starts_at,
        appointment.ends_at,
    )


def test_book_names_every_reason_and_the_nearest_times(monday):
    client = ClientFactory.create()
    taken = AppointmentFactory.create(
        therapist=monday.therapist, room=monday.office.rooms.get(), clients=[client]
    )
    TimeOffFactory.create(
        therapist=monday.therapist,
        starts_at=at(MONDAY, "09:30"),
        ends_at=at(MONDAY, "10:00"),
    )

    with pytest.raises(SlotTaken) as refusal:
        booking.book(
            order(monday, clients=[client], starts_at=at(MONDAY, "08:30")), now=NOW
        )

    assert codes(refusal) == [
        "therapist_busy",
        "client_busy",
        "no_room",
        "outside_hours",
    ]
    assert [as_datetime(slot.start) for slot in refusal.value.alternatives] == [
        at(MONDAY, "10:00"),
        at(MONDAY, "10:30"),
        at(MONDAY, "11:00"),
    ]
    assert list(Appointment.objects.all()) == [taken]

