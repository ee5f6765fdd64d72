"""Which messages an appointment calls for. Times are on the wall in Los Angeles."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from clients.models import Channel, ConsentBasis, ConsentStatus
from config.clock import DatabaseNow
from scheduling import booking, reminders
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    AttendanceStatus,
    Message,
    MessageKind,
    MessageState,
    Mode,
)
from scheduling.orders import Order
from tests.factories.clients import (
    ClientFactory,
    ContactConsentFactory,
    GuardianFactory,
)
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    PracticePolicyFactory,
    ReminderRuleFactory,
    SessionTypeFactory,
)
from tests.times import (
    FRIDAY,
    MONDAY,
    NEXT_MONDAY,
    SATURDAY,
    SUNDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    ZONE,
    at,
)

pytestmark = pytest.mark.django_db

NOW = at(MONDAY, "12:00")
WEDNESDAY_10AM = at(WEDNESDAY, "10:00")
FRIDAY_10AM = at(FRIDAY, "10:00")
CHILD_BORN_ON = date(2015, 5, 17)

BOOKED, REMINDER, MOVED, CANCELLED, CORRECTION = (
    MessageKind.BOOKED,
    MessageKind.REMINDER,
    MessageKind.MOVED,
    MessageKind.CANCELLED,
    MessageKind.CORRECTION,
)


def wall(moment):
    return f"{moment.astimezone(ZONE):%a %H:%M}"


def waiting(appointment):
    """What waits, in order: kind, channel, and when it is due on the wall."""
    rows = appointment.messages.pending().order_by("due_at", "pk")
    return [(row.kind, row.channel, wall(row.due_at)) for row in rows]


def addressees(appointment):
    rows = appointment.messages.pending().order_by("pk")
    return [(row.client, row.guardian, row.channel) for row in rows]


def change(appointment, **values):
    """Change the facts as an operation does."""
    for name, value in values.items():
        setattr(appointment, name, value)
    if "starts_at" in values:
        appointment.ends_at = appointment.starts_at + timedelta(minutes=50)
    appointment.facts_version += 1
    appointment.save()


def mark(appointment, state, *, kind=BOOKED):
    """Let the messages of a kind that wait be on their way, or gone."""
    lease = {"lease_token": appointment.pk, "lease_until": DatabaseNow()}
    appointment.messages.pending().filter(kind=kind).update(
        state=state,
        sent_at=DatabaseNow(),
        **lease if state == MessageState.SENDING else {},
    )


def plan(starts_at, *, now=NOW, **values):
    appointment = AppointmentFactory.create(starts_at=starts_at, **values)
    reminders.plan(appointment, now=now)
    return appointment


def test_a_booking_is_told_after_minutes_of_quiet_and_reminded_of_by_the_policy():
    ReminderRuleFactory.create(before_minutes=48 * 60, channel=Channel.EMAIL)
    ReminderRuleFactory.create(before_minutes=24 * 60, channel=Channel.SMS)

    appointment = plan(FRIDAY_10AM)

    assert waiting(appointment) == [
        (BOOKED, Channel.EMAIL, "Mon 12:03"),
        (REMINDER, Channel.EMAIL, "Wed 10:00"),
        (REMINDER, Channel.SMS, "Thu 10:00"),
    ]
    assert {(row.client, row.recipient) for row in appointment.messages.all()} == {
        (client, client.pk) for client in appointment.clients.all()
    }
    assert [wall(row.not_after) for row in appointment.messages.order_by("due_at")] == [
        "Fri 10:00",
        "Fri 09:45",
        "Fri 09:45",
    ]


@pytest.mark.parametrize(
    ("minutes", "day", "due"),
    [
        # Sunday at ten, across the night in which an hour is skipped, or repeated.
        (24 * 60, date(2027, 3, 14), "Sat 10:00"),
        (24 * 60, date(2027, 11, 7), "Sat 10:00"),
        (7 * 24 * 60, date(2027, 3, 14), "Sun 10:00"),
        # What is left over after whole days has elapsed, by any clock.
        (120, date(2027, 3, 14), "Sun 08:00"),
        (120, date(2027, 11, 7), "Sun 08:00"),
        (26 * 60, date(2027, 11, 7), "Sat 08:00"),
        # The day before, as long as it is Saturday.
        (24 * 60, date(2027, 3, 15), "Sun 10:00"),
        (24 * 60, date(2027, 11, 8), "Sun 10:00"),
    ],
)
def test_a_reminder_is_due_by_the_wall_on_both_sides_of_a_change(minutes, day, due):
    ReminderRuleFactory.create(before_minutes=minutes)

    appointment = plan(at(day, "10:00"))

    assert waiting(appointment)[1:] == [(REMINDER, Channel.SMS, due)]


@pytest.mark.parametrize(
    ("minutes", "start", "due"),
    [
        (12 * 60, "07:00", "Thu 19:00"),
        (12 * 60, "08:30", "Thu 19:59"),
        (120, "08:00", "Thu 19:59"),
        (60, "08:59", "Thu 19:59"),
        (60, "09:00", "Fri 08:00"),
        (60, "21:00", "Fri 19:59"),
    ],
)
def test_a_reminder_goes_out_before_quiet_hours_rather_than_in_them(
    minutes, start, due
):
    ReminderRuleFactory.create(before_minutes=minutes)

    appointment = plan(at(FRIDAY, start))

    assert waiting(appointment)[1:] == [(REMINDER, Channel.SMS, due)]


def test_a_reminder_waits_for_the_morning_if_it_was_booked_in_the_evening():
    """Nineteen hours fifty-nine, the minute before quiet hours, has passed by then."""
    ReminderRuleFactory.create(before_minutes=120)

    appointment = plan(at(TUESDAY, "09:30"), now=at(MONDAY, "20:30"))

    assert waiting(appointment) == [
        (BOOKED, Channel.EMAIL, "Tue 08:00"),
        (REMINDER, Channel.SMS, "Tue 08:00"),
    ]


def test_a_practice_without_quiet_hours_sends_at_any_hour():
    PracticePolicyFactory.create(quiet_from_minute=0, quiet_until_minute=0)
    ReminderRuleFactory.create(before_minutes=120)

    appointment = plan(at(TUESDAY, "06:00"), now=at(MONDAY, "23:00"))

    assert waiting(appointment) == [
        (BOOKED, Channel.EMAIL, "Mon 23:03"),
        (REMINDER, Channel.SMS, "Tue 04:00"),
    ]


def test_a_booking_inside_the_offset_is_told_but_not_reminded_of():
    ReminderRuleFactory.create(before_minutes=24 * 60)

    appointment = plan(at(MONDAY, "15:00"))

    assert waiting(appointment) == [(BOOKED, Channel.EMAIL, "Mon 12:03")]


def test_a_session_that_has_begun_calls_for_nothing():
    ReminderRuleFactory.create()

    appointment = plan(NOW)

    assert waiting(appointment) == []


def test_a_move_that_is_taken_back_in_time_tells_nothing():
    appointment = plan(WEDNESDAY_10AM)
    mark(appointment, MessageState.SENT)

    change(appointment, starts_at=FRIDAY_10AM)
    reminders.replan(appointment, now=NOW)
    moved = waiting(appointment)
    change(appointment, starts_at=WEDNESDAY_10AM)
    reminders.replan(appointment, now=NOW + timedelta(minutes=2))

    assert moved == [(MOVED, Channel.EMAIL, "Mon 12:03")]
    assert waiting(appointment) == []


def test_a_move_that_is_taken_back_is_not_told_of_what_was_just_booked():
    """What has been written and what has been read again say the same."""
    hours = AvailabilityRuleFactory.create()
    order = Order(
        therapist=hours.therapist,
        clients=[ClientFactory.create()],
        session_type=SessionTypeFactory.create(),
        office=hours.office,
        mode=Mode.IN_PERSON,
        starts_at=at(NEXT_MONDAY, "10:00"),
    )
    appointment = booking.book(order, now=NOW)
    mark(appointment, MessageState.SENT)

    for time in ("11:00", "10:00"):
        appointment = Appointment.objects.get()
        change(appointment, starts_at=at(NEXT_MONDAY, time))
        reminders.replan(appointment, now=NOW)

    assert waiting(appointment) == []


def test_a_move_before_anyone_was_told_is_a_booking_still():
    appointment = plan(WEDNESDAY_10AM)

    change(appointment, starts_at=FRIDAY_10AM)
    reminders.replan(appointment, now=NOW + timedelta(minutes=2))

    assert waiting(appointment) == [(BOOKED, Channel.EMAIL, "Mon 12:05")]
    assert appointment.messages.filter(state=MessageState.CANCELLED).count() == 1


@pytest.mark.parametrize("told", [MessageState.SENT, MessageState.UNKNOWN])
def test_a_move_is_told_to_who_knows_or_may_know(told):
    appointment = plan(WEDNESDAY_10AM)
    mark(appointment, told)

    change(appointment, mode=Mode.TELEHEALTH, room=None)
    reminders.replan(appointment, now=NOW)

    assert waiting(appointment) == [(MOVED, Channel.EMAIL, "Mon 12:03")]


def test_a_move_is_reminded_of_anew():
    ReminderRuleFactory.create(before_minutes=24 * 60)
    appointment = plan(WEDNESDAY_10AM)
    mark(appointment, MessageState.SENT, kind=REMINDER)

    change(appointment, starts_at=FRIDAY_10AM)
    reminders.replan(appointment, now=at(TUESDAY, "12:00"))

    assert waiting(appointment) == [
        (MOVED, Channel.EMAIL, "Tue 12:03"),
        (REMINDER, Channel.SMS, "Thu 10:00"),
    ]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (MessageState.SENT, [(CANCELLED, Channel.EMAIL, "Mon 12:03")]),
        (MessageState.SENDING, [(CORRECTION, Channel.EMAIL, "Mon 12:03")]),
        (MessageState.FAILED, []),
        (MessageState.PENDING, []),
    ],
)
def test_a_cancellation_is_told_to_who_may_know_of_the_session(told, expected):
    ReminderRuleFactory.create()
    appointment = plan(WEDNESDAY_10AM)
    if told != MessageState.PENDING:
        mark(appointment, told)

    change(appointment, status=AppointmentStatus.CANCELLED, cancelled_at=NOW)
    appointment.attendances.update(status=AttendanceStatus.CANCELLED)
    reminders.replan(appointment, now=NOW)

    assert waiting(appointment) == expected


def test_a_move_that_crosses_a_message_under_way_is_corrected():
    appointment = plan(WEDNESDAY_10AM)
    mark(appointment, MessageState.SENDING)

    change(appointment, starts_at=FRIDAY_10AM)
    reminders.replan(appointment, now=NOW)

    assert waiting(appointment) == [(CORRECTION, Channel.EMAIL, "Mon 12:03")]


def test_nothing_is_told_of_a_cancellation_after_the_start():
    appointment = plan(at(MONDAY, "13:00"))
    mark(appointment, MessageState.SENT)

    change(appointment, status=AppointmentStatus.LATE_CANCELLED, cancelled_at=NOW)
    reminders.replan(appointment, now=at(MONDAY, "13:01"))

    assert waiting(appointment) == []


def test_each_partner_of_a_couple_is_written_to_and_who_left_is_not():
    stays, leaves = ClientFactory.create_batch(2)
    couples = SessionTypeFactory.create(couples=True)
    appointment = plan(WEDNESDAY_10AM, session_type=couples, clients=[stays, leaves])
    both = addressees(appointment)

    appointment.attendances.filter(client=leaves).update(
        status=AttendanceStatus.CANCELLED
    )
    reminders.replan(appointment, now=NOW)

    assert both == [(stays, None, Channel.EMAIL), (leaves, None, Channel.EMAIL)]
    assert addressees(appointment) == [(stays, None, Channel.EMAIL)]


def test_a_minors_guardians_are_written_to_instead():
    child = ClientFactory.create(born_on=CHILD_BORN_ON)
    mother, father = GuardianFactory.create_batch(2, client=child)
    GuardianFactory.create(client=child, receives_messages=False)

    appointment = plan(WEDNESDAY_10AM, clients=[child])

    assert addressees(appointment) == [
        (child, mother, Channel.EMAIL),
        (child, father, Channel.EMAIL),
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"consent_basis": ConsentBasis.SELF_12_PLUS, "born_on": date(2013, 5, 17)},
        {"guardian_contact_ok": False, "born_on": CHILD_BORN_ON},
        {"born_on": date(2009, 1, 6)},  # eighteen on the day itself
    ],
)
def test_guardians_are_left_out_of_it_where_they_must_be(values):
    client = GuardianFactory.create(client__born_on=CHILD_BORN_ON).client
    for name, value in values.items():
        setattr(client, name, value)
    client.save()

    appointment = plan(WEDNESDAY_10AM, clients=[client])

    assert addressees(appointment) == [(client, None, Channel.EMAIL)]


def test_a_minor_who_consented_alone_and_left_no_address_is_not_reached_by_guardians():
    minor = ClientFactory.create(
        born_on=date(2013, 5, 17),
        consent_basis=ConsentBasis.SELF_12_PLUS,
        wants_email=False,
        wants_sms=False,
    )
    GuardianFactory.create(client=minor)

    appointment = plan(WEDNESDAY_10AM, clients=[minor])

    assert addressees(appointment) == []


@pytest.mark.parametrize(
    ("values", "channels"),
    [
        ({}, [Channel.EMAIL, Channel.SMS]),
        ({"email": ""}, [Channel.SMS, Channel.SMS]),
        ({"phone": ""}, [Channel.EMAIL, Channel.EMAIL]),
        ({"wants_email": False}, [Channel.SMS, Channel.SMS]),
        ({"wants_sms": False}, [Channel.EMAIL, Channel.EMAIL]),
        ({"wants_email": False, "phone": ""}, []),
    ],
)
def test_messages_take_the_ways_that_are_open(values, channels):
    """Each the one that the plan names, or else the other."""
    ReminderRuleFactory.create(channel=Channel.SMS)

    appointment = plan(WEDNESDAY_10AM, clients=[ClientFactory.create(**values)])

    assert [channel for _, channel, _ in waiting(appointment)] == channels


def test_the_newest_decision_about_a_channel_counts():
    ReminderRuleFactory.create(channel=Channel.SMS)
    client = ClientFactory.create()
    for days_ago, channel, status in (
        (3, Channel.SMS, ConsentStatus.REVOKED),
        (2, Channel.SMS, ConsentStatus.GRANTED),
        (2, Channel.EMAIL, ConsentStatus.GRANTED),
        (1, Channel.EMAIL, ConsentStatus.REVOKED),
    ):
        ContactConsentFactory.create(
            client=client, channel=channel, status=status, at=NOW - timedelta(days_ago)
        )

    appointment = plan(WEDNESDAY_10AM, clients=[client])

    assert waiting(appointment) == [
        (BOOKED, Channel.SMS, "Mon 12:03"),
        (REMINDER, Channel.SMS, "Tue 10:00"),
    ]


def test_a_booking_that_is_rolled_back_leaves_no_message():
    hours = AvailabilityRuleFactory.create()
    order = Order(
        therapist=hours.therapist,
        clients=[ClientFactory.create()],
        session_type=SessionTypeFactory.create(),
        office=hours.office,
        mode=Mode.IN_PERSON,
        starts_at=at(NEXT_MONDAY, "10:00"),
    )

    with transaction.atomic():
        booking.book(order, now=NOW)
        written = Message.objects.count()
        transaction.set_rollback(True)

    assert (written, Message.objects.count()) == (1, 0)


def test_planning_again_changes_nothing():
    ReminderRuleFactory.create(before_minutes=24 * 60)
    appointment = plan(WEDNESDAY_10AM)
    before = list(appointment.messages.order_by("pk").values())

    reminders.replan(appointment, now=NOW + timedelta(minutes=1))
    reminders.replan(appointment, now=NOW + timedelta(minutes=2))

    assert list(appointment.messages.order_by("pk").values()) == before


def test_planning_again_follows_a_change_of_policy_and_back():
    rule = ReminderRuleFactory.create(before_minutes=24 * 60)
    appointment = plan(FRIDAY_10AM)
    mark(appointment, MessageState.SENT)
    before = waiting(appointment)

    rule.delete()
    ReminderRuleFactory.create(before_minutes=48 * 60)
    reminders.replan(appointment, now=NOW)
    under_the_new = waiting(appointment)
    ReminderRuleFactory.create(before_minutes=24 * 60)
    PracticePolicyFactory.create(quiet_from_minute=9 * 60)
    reminders.replan(appointment, now=NOW)

    assert before == [(REMINDER, Channel.SMS, "Thu 10:00")]
    assert under_the_new == [(REMINDER, Channel.SMS, "Wed 10:00")]
    assert waiting(appointment) == [
        (REMINDER, Channel.SMS, "Wed 08:59"),
        (REMINDER, Channel.SMS, "Thu 08:59"),
    ]
    assert appointment.messages.count() == 3


def test_planning_again_leaves_alone_what_is_about_to_go_out():
    ReminderRuleFactory.create(before_minutes=24 * 60)
    appointment = plan(WEDNESDAY_10AM)
    mark(appointment, MessageState.SENT)

    reminders.replan(appointment, now=at(TUESDAY, "10:01"))

    assert waiting(appointment) == [(REMINDER, Channel.SMS, "Tue 10:00")]


def test_planning_again_sends_nothing_a_second_time():
    ReminderRuleFactory.create(before_minutes=24 * 60)
    appointment = plan(FRIDAY_10AM)
    mark(appointment, MessageState.SENT)
    mark(appointment, MessageState.EXPIRED, kind=REMINDER)

    reminders.replan(appointment, now=at(THURSDAY, "09:00"))

    assert waiting(appointment) == []


def test_weekends_are_days_like_others():
    ReminderRuleFactory.create(before_minutes=24 * 60)

    appointment = plan(at(SUNDAY, "10:00"), now=at(SATURDAY, "09:00"))

    assert waiting(appointment) == [
        (BOOKED, Channel.EMAIL, "Sat 09:03"),
        (REMINDER, Channel.SMS, "Sat 10:00"),
    ]


def test_who_missed_a_session_is_not_written_to_of_its_new_time():
    ReminderRuleFactory.create(before_minutes=60)
    appointment = plan(FRIDAY_10AM)
    mark(appointment, MessageState.SENT)
    appointment.attendances.update(status=AttendanceStatus.NO_SHOW)

    change(appointment, starts_at=at(FRIDAY, "15:00"))
    reminders.replan(appointment, now=NOW)

    assert waiting(appointment) == []
