from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from config.errors import Malformed, Stale
from scheduling import booking, orders
from scheduling.engine.rules import Code
from scheduling.engine.wall_clock import as_datetime
from scheduling.models import (
    OCCUPYING,
    Appointment,
    AppointmentStatus,
    Attendance,
    Message,
    Mode,
)
from scheduling.orders import Order
from scheduling.placement import RulesForbid, SlotTaken
from scheduling.transitions import InvalidTransition
from tests.factories.clients import ClientFactory
from tests.factories.locations import RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    SessionTypeFactory,
    TimeOffFactory,
)
from tests.times import MONDAY, MONDAY_9AM, NOW, TUESDAY, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def monday():
    """Hours on Monday from nine to five."""
    return AvailabilityRuleFactory.create()


def order(hours, **changes):
    defaults = {
        "therapist": hours.therapist,
        "session_type": SessionTypeFactory.create(),
        "office": hours.office,
        "mode": Mode.IN_PERSON,
        "starts_at": MONDAY_9AM,
    }
    clients = changes.pop("clients", None) or [ClientFactory.create()]
    return Order(clients=clients, **defaults | changes)


def move(appointment, **changes):
    return booking.reschedule(
        orders.to_move(appointment, **changes),
        version=appointment.version,
        now=NOW,
    )


def cancel(appointment, **changes):
    details = {"by": "client", "version": appointment.version, "now": NOW}
    return booking.cancel(appointment, **details | changes)


def codes(refusal):
    return [reason.code for reason in refusal.value.reasons]


def everything():
    """All that a refused change must leave as it was."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Appointment, Attendance, Message)
    ]


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
    AppointmentFactory.create(
        therapist=monday.therapist, room=monday.office.rooms.get(), clients=[client]
    )
    TimeOffFactory.create(
        therapist=monday.therapist,
        starts_at=at(MONDAY, "08:00"),
        ends_at=at(MONDAY, "09:00"),
    )
    before = everything()

    with pytest.raises(SlotTaken) as refusal:
        booking.book(
            order(monday, clients=[client], starts_at=at(MONDAY, "08:30")), now=NOW
        )

    assert codes(refusal) == [
        "therapist_busy",
        "client_busy",
        "no_room",
        "outside_hours",
        "time_off",
    ]
    assert [as_datetime(slot.start) for slot in refusal.value.alternatives] == [
        at(MONDAY, "10:00"),
        at(MONDAY, "10:30"),
        at(MONDAY, "11:00"),
    ]
    assert everything() == before


def test_book_refuses_what_only_the_rules_forbid_and_writes_nothing(monday):
    with pytest.raises(RulesForbid) as refusal:
        booking.book(order(monday, starts_at=at(MONDAY, "16:30")), now=NOW)

    assert codes(refusal) == ["outside_hours"]
    assert as_datetime(refusal.value.alternatives[0].start) == at(MONDAY, "16:00")
    assert everything() == [[], [], []]


def test_a_soft_rule_gives_way_to_a_reason_which_is_kept(monday):
    appointment = booking.book(
        order(
            monday,
            starts_at=at(MONDAY, "16:30"),
            overrides=[Code.OUTSIDE_HOURS, Code.TRAVEL],
            override_reason="They agreed on the phone.",
        ),
        now=NOW,
    )

    assert appointment.overridden == ["outside_hours"]
    assert appointment.override_reason == "They agreed on the phone."


def test_overriding_one_rule_leaves_the_others_standing(monday):
    with pytest.raises(RulesForbid) as refusal:
        booking.book(
            order(
                monday,
                starts_at=at(MONDAY, "07:00"),
                overrides=[Code.OUTSIDE_HOURS],
                override_reason="A kind therapist.",
            ),
            now=NOW,
        )

    assert codes(refusal) == ["past"]


def test_the_past_can_be_recorded_by_staff_with_a_reason(monday):
    appointment = booking.book(
        order(
            monday,
            starts_at=MONDAY_9AM - timedelta(weeks=1),
            overrides=[Code.PAST],
            override_reason="It took place without a booking.",
        ),
        now=NOW,
    )

    assert appointment.overridden == ["past"]
    assert not appointment.messages.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"overrides": [Code.THERAPIST_BUSY], "override_reason": "x"}, "override"),
        ({"overrides": [Code.BUFFER], "override_reason": " "}, "override_reason"),
        ({"office": None}, "office"),
    ],
)
def test_an_order_that_makes_no_sense_cannot_be_made(monday, changes, field):
    with pytest.raises(Malformed) as refusal:
        order(monday, **changes)

    assert refusal.value.field == field


def test_an_order_is_for_as_many_clients_as_its_session_type_says(monday):
    couples = SessionTypeFactory.create(couples=True)
    one, other = ClientFactory.create_batch(2)

    for clients in ([one], [one, one], [one, other, ClientFactory.create()]):
        with pytest.raises(Malformed):
            order(monday, session_type=couples, clients=clients)
    assert order(monday, session_type=couples, clients=[one, other]).time.end


def test_a_room_must_be_at_the_office_and_is_for_people_who_come(monday):
    with pytest.raises(Malformed):
        order(monday, room=RoomFactory.create())
    with pytest.raises(Malformed):
        order(monday, room=monday.office.rooms.get(), mode=Mode.TELEHEALTH)


@pytest.mark.parametrize(
    ("start", "minutes"), [("10:00", 50), ("10:30", 50), ("09:40", 90), ("10:10", 15)]
)
def test_overlaps_of_every_shape_are_refused(monday, start, minutes):
    client = ClientFactory.create()
    AppointmentFactory.create(
        therapist=monday.therapist,
        room=monday.office.rooms.get(),
        starts_at=at(MONDAY, "10:00"),
        clients=[client],
    )
    kind = SessionTypeFactory.create(
        slug="other", duration_minutes=minutes, buffer_after_minutes=0
    )
    monday.therapist.session_types.add(kind)

    with pytest.raises(SlotTaken) as refusal:
        booking.book(
            order(
                monday,
                session_type=kind,
                clients=[client],
                starts_at=at(MONDAY, start),
            ),
            now=NOW,
        )

    assert codes(refusal) == ["therapist_busy", "client_busy", "no_room"]


def test_back_to_back_is_fine_without_buffers(monday):
    kind = SessionTypeFactory.create(slug="tight", buffer_after_minutes=0)
    monday.therapist.session_types.add(kind)
    first = booking.book(order(monday, session_type=kind), now=NOW)

    second = booking.book(
        order(monday, session_type=kind, starts_at=first.ends_at), now=NOW
    )

    assert second.starts_at == first.ends_at


def test_each_partner_of_a_couple_is_busy(monday):
    couples = SessionTypeFactory.create(couples=True)
    monday.therapist.session_types.add(couples)
    one, other = ClientFactory.create_batch(2)
    booking.book(order(monday, session_type=couples, clients=[one, other]), now=NOW)
    tuesday = AvailabilityRuleFactory.create()

    for partner in (one, other):
        with pytest.raises(SlotTaken) as refusal:
            booking.book(
                order(tuesday, clients=[partner], starts_at=at(MONDAY, "09:30")),
                now=NOW,
            )
        assert codes(refusal) == ["client_busy"]


@pytest.mark.parametrize("status", AppointmentStatus)
def test_only_what_occupies_stands_in_the_way(monday, status):
    is_cancelled = "cancelled" in status
    AppointmentFactory.create(
        therapist=monday.therapist,
        room=monday.office.rooms.get(),
        status=status,
        cancelled_at=NOW if is_cancelled else None,
        hold_expires_at=at(date(2100, 1, 1), "00:00") if status == "held" else None,
    )

    if status in OCCUPYING:
        with pytest.raises(SlotTaken):
            booking.book(order(monday), now=NOW)
    else:
        assert booking.book(order(monday), now=NOW).status == "scheduled"


def test_a_lapsed_hold_gives_way_without_any_worker(monday):
    lapsed = AppointmentFactory.create(
        therapist=monday.therapist,
        room=monday.office.rooms.get(),
        status=AppointmentStatus.HELD,
        hold_expires_at=at(date(2020, 1, 1), "00:00"),
    )

    booking.book(order(monday), now=NOW)

    lapsed.refresh_from_db()
    assert (lapsed.status, lapsed.version) == (AppointmentStatus.RELEASED, 2)


def test_the_database_refuses_what_never_asked_the_rules(monday):
    taken = AppointmentFactory.create(room=monday.office.rooms.get())
    client = taken.attendances.get().client
    overlap = {"starts_at": MONDAY_9AM + timedelta(minutes=49)}

    for constraint, clash in [
        ("appointment_therapist_free", {"therapist": taken.therapist}),
        ("appointment_room_free", {"room": taken.room}),
        ("attendance_client_free", {"clients": [client]}),
    ]:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            AppointmentFactory.create(**overlap | clash)
    assert list(Appointment.objects.all()) == [taken]


def test_bulk_writes_cannot_revive_into_a_taken_hour(monday):
    cancelled = AppointmentFactory.create(cancelled=True)
    AppointmentFactory.create(
        therapist=cancelled.therapist, room=RoomFactory.create(office=cancelled.office)
    )

    with (
        pytest.raises(IntegrityError, match="appointment_therapist_free"),
        transaction.atomic(),
    ):
        Appointment.objects.filter(pk=cancelled.pk).update(
            status=AppointmentStatus.SCHEDULED, cancelled_at=None
        )

    cancelled.refresh_from_db()
    assert cancelled.status == AppointmentStatus.CANCELLED


def test_a_room_of_another_office_is_refused_by_the_database(monday):
    appointment = AppointmentFactory.create()

    appointment.room = RoomFactory.create()
    with (
        pytest.raises(IntegrityError, match="appointment_room_at_office"),
        transaction.atomic(),
    ):
        appointment.save()


def test_a_move_takes_everything_along(monday):
    appointment = booking.book(order(monday), now=NOW)

    moved = move(appointment, starts_at=at(MONDAY, "13:00"))

    moved.refresh_from_db()
    attendance = moved.attendances.get()
    assert (moved.starts_at, moved.ends_at) == (
        at(MONDAY, "13:00"),
        at(MONDAY, "13:50"),
    )
    assert (attendance.starts_at, attendance.ends_at) == (
        moved.starts_at,
        moved.ends_at,
    )
    assert (moved.version, moved.facts_version, moved.reschedules) == (2, 2, 1)
    assert moved.late_cancel_at == moved.starts_at - timedelta(days=1)


def test_a_session_does_not_stand_in_the_way_of_its_own_move(monday):
    appointment = booking.book(order(monday), now=NOW)

    moved = move(appointment, starts_at=MONDAY_9AM + timedelta(minutes=10))

    assert moved.starts_at == MONDAY_9AM + timedelta(minutes=10)
    assert moved.room == appointment.room


def test_a_move_to_another_office_chooses_a_room_there(monday):
    appointment = booking.book(order(monday), now=NOW)
    elsewhere = AvailabilityRuleFactory.create(therapist=monday.therapist, weekday=1)
    monday.therapist.offices.add(elsewhere.office)

    moved = move(appointment, starts_at=at(TUESDAY, "09:00"), office=elsewhere.office)

    assert moved.room == elsewhere.office.rooms.get()


def test_a_failed_move_leaves_everything_as_it_was(monday):
    appointment = booking.book(order(monday), now=NOW)
    booking.book(order(monday, starts_at=at(MONDAY, "11:00")), now=NOW)
    before = everything()

    with pytest.raises(SlotTaken) as refusal:
        move(appointment, starts_at=at(MONDAY, "11:30"))

    assert codes(refusal) == ["therapist_busy", "no_room"]
    assert refusal.value.alternatives
    assert everything() == before


def test_a_confirmed_session_that_moves_is_to_be_confirmed_again(monday):
    appointment = AppointmentFactory.create(
        therapist=monday.therapist,
        room=monday.office.rooms.get(),
        status=AppointmentStatus.CONFIRMED,
    )

    moved = move(appointment, starts_at=at(MONDAY, "10:00"))

    assert moved.status == AppointmentStatus.SCHEDULED


def test_a_move_to_where_a_session_is_changes_nothing(monday):
    appointment = AppointmentFactory.create(
        therapist=monday.therapist,
        room=monday.office.rooms.get(),
        status=AppointmentStatus.CONFIRMED,
    )
    before = everything()

    moved = move(appointment, starts_at=appointment.starts_at)

    assert (moved.status, moved.version) == (AppointmentStatus.CONFIRMED, 1)
    assert everything() == before


@pytest.mark.parametrize("operation", [cancel, move])
def test_a_change_based_on_a_stale_view_is_refused(monday, operation):
    appointment = booking.book(order(monday), now=NOW)
    booking.amend(appointment, note="seen by somebody else", version=1)
    before = everything()
    target = {} if operation is cancel else {"starts_at": at(MONDAY, "13:00")}

    with pytest.raises(Stale) as refusal:
        operation(appointment, **target)

    assert refusal.value.version == 2
    assert everything() == before


@pytest.mark.parametrize(
    ("by", "now", "status", "attendance"),
    [
        ("client", MONDAY_9AM - timedelta(hours=24), "cancelled", "cancelled"),
        (
            "client",
            MONDAY_9AM - timedelta(hours=23, minutes=59),
            "late_cancelled",
            "late_cancelled",
        ),
        ("practice", NOW, "cancelled_by_practice", "cancelled"),
    ],
)
def test_who_cancels_and_when_decides_the_outcome(by, now, status, attendance):
    appointment = AppointmentFactory.create()

    cancelled = cancel(appointment, by=by, now=now)

    cancelled.refresh_from_db()
    assert (cancelled.status, cancelled.cancelled_at) == (status, now)
    assert cancelled.attendances.get().status == attendance
    assert not cancelled.attendances.get().occupies


def test_a_cancelled_hour_is_bookable_at_once(monday):
    appointment = booking.book(order(monday), now=NOW)
    cancel(appointment)

    again = booking.book(order(monday), now=NOW)

    assert again.starts_at == appointment.starts_at


def test_waiving_the_fee_keeps_the_reason():
    cancelled = cancel(AppointmentFactory.create(), fee_waived_reason="Emergency")

    assert (cancelled.status, cancelled.fee_waived, cancelled.fee_waived_reason) == (
        AppointmentStatus.LATE_CANCELLED,
        True,
        "Emergency",
    )


@pytest.mark.parametrize(
    "status", ["cancelled", "late_cancelled", "completed", "no_show", "checked_in"]
)
def test_what_is_over_or_under_way_cannot_be_cancelled(status):
    appointment = AppointmentFactory.create(
        status=status, cancelled_at=NOW if "cancelled" in status else None
    )
    before = everything()

    with pytest.raises(InvalidTransition):
        cancel(appointment)

    assert everything() == before


def test_the_room_can_be_changed_within_the_office(monday):
    appointment = booking.book(order(monday), now=NOW)
    other = RoomFactory.create(office=monday.office)

    amended = booking.amend(appointment, room=other, version=1)

    assert (amended.room, amended.version, amended.facts_version) == (other, 2, 1)


@pytest.mark.parametrize("taken", [True, False])
def test_a_room_that_is_taken_or_too_small_is_refused(monday, taken):
    couples = SessionTypeFactory.create(couples=True)
    monday.therapist.session_types.add(couples)
    appointment = booking.book(
        order(monday, session_type=couples, clients=ClientFactory.create_batch(2)),
        now=NOW,
    )
    other = RoomFactory.create(office=monday.office, capacity=2 if taken else 1)
    if taken:
        AppointmentFactory.create(room=other)
    before = everything()

    with pytest.raises(SlotTaken) as refusal:
        booking.amend(appointment, room=other, version=1)

    assert codes(refusal) == ["room_busy" if taken else "no_room"]
    assert everything() == before


def test_a_lapsed_hold_does_not_keep_a_room_from_being_changed(monday):
    appointment = booking.book(order(monday), now=NOW)
    other = RoomFactory.create(office=monday.office)
    AppointmentFactory.create(
        room=other,
        status=AppointmentStatus.HELD,
        hold_expires_at=at(date(2020, 1, 1), "00:00"),
    )

    assert booking.amend(appointment, room=other, version=1).room == other


def test_the_evening_before_the_clock_changes_ends_on_the_wall(monday):
    saturday = date(2027, 3, 13)
    hours = AvailabilityRuleFactory.create(
        weekday=6, start_minute=0, end_minute=6 * 60, mode="telehealth"
    )
    sunday = saturday + timedelta(days=1)

    appointment = booking.book(
        order(hours, mode=Mode.TELEHEALTH, starts_at=at(sunday, "01:30")), now=NOW
    )

    assert appointment.ends_at == at(sunday, "03:20")


def test_history_has_every_change_whichever_way_it_was_written(monday):
    appointment = booking.book(order(monday), now=NOW)
    cancel(appointment)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE scheduling_appointment SET note = 'by hand' WHERE id = %s",
            [appointment.pk],
        )

    events = appointment.events.order_by("pgh_id").values_list("pgh_label", "status")
    assert list(events) == [
        ("insert", "scheduled"),
        ("update", "late_cancelled"),
        ("update", "late_cancelled"),
    ]


def test_a_booking_that_fails_later_leaves_no_message(monday):
    with transaction.atomic():
        booking.book(order(monday), now=NOW)
        transaction.set_rollback(True)

    assert everything() == [[], [], []]


def test_a_refused_move_is_not_offered_where_the_session_is(monday):
    session = booking.book(order(monday), now=NOW)
    booking.book(order(monday, starts_at=at(MONDAY, "10:00")), now=NOW)

    with pytest.raises(SlotTaken) as refusal:
        move(session, starts_at=at(MONDAY, "10:00"))

    starts = [as_datetime(slot.start) for slot in refusal.value.alternatives]
    assert starts == [at(MONDAY, time) for time in ("11:00", "11:30", "12:00")]


def test_an_override_that_is_not_needed_leaves_no_reason(monday):
    booked = booking.book(
        order(monday, overrides=[Code.HORIZON], override_reason="Just in case"), now=NOW
    )

    assert (booked.overridden, booked.override_reason) == ([], "")


def test_a_room_that_was_made_smaller_meanwhile_does_not_hold_two(monday):
    couples = SessionTypeFactory.create(couples=True)
    monday.therapist.session_types.add(couples)
    session = booking.book(
        order(monday, session_type=couples, clients=ClientFactory.create_batch(2)),
        now=NOW,
    )
    room = RoomFactory.create(office=monday.office, capacity=2)
    type(room).objects.filter(pk=room.pk).update(capacity=1)

    with pytest.raises(SlotTaken) as refusal:
        booking.amend(session, room=room, version=1)

    assert codes(refusal) == ["no_room"]
