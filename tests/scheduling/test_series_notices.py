"""What clients are told of a series. Times are on the wall in Los Angeles."""

from datetime import timedelta

import pytest

from clients.models import Channel
from config.clock import DatabaseNow
from scheduling import attendance, booking, claims, orders, reminders, runs, series
from scheduling.models import Message, MessageKind, MessageState, Mode
from scheduling.occurrences import OnConflict
from scheduling.orders import Order
from scheduling.runs import Change, Length
from tests.factories.clients import ClientFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    PracticePolicyFactory,
    ReminderRuleFactory,
    SessionTypeFactory,
)
from tests.times import MONDAY, NOW, ZONE, at

BOOKED, REMINDER, MOVED, CANCELLED, CORRECTION = (
    MessageKind.BOOKED,
    MessageKind.REMINDER,
    MessageKind.MOVED,
    MessageKind.CANCELLED,
    MessageKind.CORRECTION,
)

pytestmark = pytest.mark.django_db


def week(number, time="12:00"):
    return at(MONDAY + timedelta(weeks=number - 1), time)


@pytest.fixture
def hours():
    """Hours on Mondays from nine to five."""
    return AvailabilityRuleFactory.create()


@pytest.fixture
def row(hours):
    """Four Mondays at noon."""
    return book(hours)


def book(hours, count=4, *, now=NOW, **changes):
    order = Order(
        therapist=hours.therapist,
        clients=changes.pop("clients", None) or [ClientFactory.create()],
        session_type=changes.pop("session_type", None) or SessionTypeFactory.create(),
        office=hours.office,
        mode=Mode.IN_PERSON,
        starts_at=week(1),
        **changes,
    )
    booked, _ = series.book(
        runs.run(order, 1, Length(count=count)),
        every_weeks=1,
        on_conflict=OnConflict.REFUSE,
        now=now,
    )
    return booked


def occurrence(row, number):
    return row.occurrences.order_by("occurs_on")[number - 1]


def extend(row, count):
    return series.extend(
        row,
        Length(count=count),
        visible=row.occurrences.all(),
        on_conflict=OnConflict.REFUSE,
        now=NOW,
    )


def following(row, since):
    return row.occurrences.filter(starts_at__gte=since)


def reschedule(row, since, *, on_conflict=OnConflict.REFUSE, now=NOW, **change):
    return series.reschedule(
        row,
        Change(**change),
        following=following(row, since),
        on_conflict=on_conflict,
        now=now,
    )


def cancel(row, since, *, now=NOW):
    return series.cancel(row, following=following(row, since), by="client", now=now)


def move_one(row, number, starts_at, *, now=NOW):
    one = occurrence(row, number)
    order = orders.to_move(one, starts_at=starts_at)
    return booking.reschedule(order, version=one.version, now=now)


def cancel_one(row, number, *, now=NOW):
    one = occurrence(row, number)
    return booking.cancel(one, by="client", version=one.version, now=now)


def notices():
    """What waits but for reminders, in order: kind, of which date, if for a series."""
    rows = Message.objects.pending().exclude(kind=REMINDER)
    return [
        (
            one.kind,
            f"{one.appointment.starts_at.astimezone(ZONE):%b %-d %H:%M}",
            one.for_series,
        )
        for one in rows.select_related("appointment").order_by("due_at", "pk")
    ]


def send_notices(state=MessageState.SENT):
    """Let the notices that wait be on their way, or gone."""
    lease = {"lease_token": Message.objects.all()[0].pk, "lease_until": DatabaseNow()}
    Message.objects.pending().exclude(kind=REMINDER).update(
        state=state,
        sent_at=DatabaseNow(),
        **lease if state == MessageState.SENDING else {},
    )


def test_a_series_is_told_once_and_reminded_of_each_time(row):
    ReminderRuleFactory.create(before_minutes=24 * 60)
    reminded = book(AvailabilityRuleFactory.create(), 3)

    rows = Message.objects.filter(appointment__series=reminded)

    assert [
        (one.kind, one.for_series, f"{one.due_at.astimezone(ZONE):%b %-d %H:%M}")
        for one in rows.order_by("due_at")
    ] == [
        (BOOKED, True, "Jan 4 08:03"),
        (REMINDER, False, "Jan 10 12:00"),
        (REMINDER, False, "Jan 17 12:00"),
    ]


def test_a_run_of_one_is_told_as_an_appointment(hours):
    book(hours, 1)

    assert notices() == [(BOOKED, "Jan 4 12:00", False)]


def test_the_notice_says_how_often_and_from_when(row):
    PracticePolicyFactory.create(quiet_from_minute=0, quiet_until_minute=0)
    Message.objects.update(
        due_at=DatabaseNow(), not_after=DatabaseNow() + timedelta(hours=1)
    )
    sent = []

    for message in Message.objects.all():
        claim = claims.take(message.pk)
        sent.append(claim.outgoing.body)

    assert len(sent) == 1
    assert sent[0].startswith("Booked weekly from Mon Jan 4, 12:00 PM, at ")
    assert "\n\nOn Jan 4, Jan 11, Jan 18, Jan 25.\n\n" in sent[0]


def test_moving_a_later_one_is_told_though_it_had_no_notice_of_its_own(row):
    send_notices()

    move_one(row, 3, week(3, "14:00"))

    assert notices() == [(MOVED, "Jan 18 14:00", False)]


def test_a_move_of_a_later_one_that_is_taken_back_is_not_told(row):
    send_notices()

    move_one(row, 3, week(3, "14:00"))
    move_one(row, 3, week(3))

    assert notices() == []


def test_cancelling_a_later_one_is_told(row):
    send_notices()

    cancel_one(row, 3)

    assert notices() == [(CANCELLED, "Jan 18 12:00", False)]


def test_planning_a_later_one_again_tells_nothing(row):
    send_notices()

    for number in (1, 2, 3, 4):
        reminders.replan(occurrence(row, number), now=NOW)

    assert notices() == []


def test_a_notice_that_failed_told_nobody(row):
    send_notices(MessageState.FAILED)

    cancel_one(row, 3)
    move_one(row, 2, week(2, "14:00"))

    assert notices() == [(BOOKED, "Jan 11 14:00", False)]


def test_a_later_one_that_moves_before_the_notice_is_out_is_booked_apart(row):
    """The notice, when it goes out, leaves out what is no longer as it says."""
    move_one(row, 3, week(3, "14:00"))

    assert notices() == [
        (BOOKED, "Jan 4 12:00", True),
        (BOOKED, "Jan 18 14:00", False),
    ]


@pytest.mark.parametrize("change", [cancel_one, None])
def test_the_notice_is_handed_on_when_its_first_changes_before_it_is_out(row, change):
    if change:
        change(row, 1)
        expected = []
    else:
        move_one(row, 1, week(1, "14:00"))
        expected = [(BOOKED, "Jan 4 14:00", False)]

    assert sorted(notices()) == sorted([(BOOKED, "Jan 11 12:00", True), *expected])
    waiting = Message.objects.pending().get(for_series=True)
    assert waiting.facts_version == waiting.appointment.facts_version


def test_who_leaves_the_first_is_told_of_the_rest(hours):
    group = SessionTypeFactory.create(group=True)
    hours.therapist.session_types.add(group)
    clients = ClientFactory.create_batch(2)
    row = book(hours, 2, clients=clients, session_type=group)

    first = occurrence(row, 1)
    attendance.remove(first, clients[0], by="client", version=1, now=NOW)

    assert sorted(notices()) == [
        (BOOKED, "Jan 11 12:00", True),
        (BOOKED, "Jan 4 12:00", True),
    ]


def test_what_stays_is_told_of_when_one_alone_can_move(row, hours):
    for number in (2, 3, 4):
        AppointmentFactory.create(
            therapist=hours.therapist,
            office=hours.office,
            starts_at=week(number, "14:00"),
            telehealth=True,
        )

    reschedule(row, week(1), on_conflict=OnConflict.SKIP, start_minute=14 * 60)

    assert notices() == [
        (BOOKED, "Jan 4 14:00", False),
        (BOOKED, "Jan 11 12:00", False),
        (BOOKED, "Jan 18 12:00", False),
        (BOOKED, "Jan 25 12:00", False),
    ]


def test_cancelling_all_before_the_notice_is_out_tells_nobody(row):
    cancel(row, week(1))

    assert notices() == []


def test_cancelling_the_rest_is_told_once(row):
    send_notices()

    cancel(row, week(2))

    assert notices() == [(CANCELLED, "Jan 11 12:00", True)]


def test_cancelling_the_rest_is_told_apart_of_one_that_stood_at_another_hour(row):
    send_notices()
    move_one(row, 3, week(3, "14:00"))
    send_notices()

    cancel(row, week(1))

    assert notices() == [
        (CANCELLED, "Jan 4 12:00", True),
        (CANCELLED, "Jan 18 14:00", False),
    ]


def test_cancelling_the_last_is_told_as_that_of_one(row):
    send_notices()

    cancel(row, week(4))

    assert notices() == [(CANCELLED, "Jan 25 12:00", False)]


def test_cancelling_the_rest_while_the_notice_waits_is_never_told(row):
    """The notice goes out, as it is true of the first, and speaks of that alone."""
    cancel(row, week(2))

    assert notices() == [(BOOKED, "Jan 4 12:00", True)]


def test_cancelling_the_rest_is_told_if_the_notice_may_have_gone_out(row):
    Message.objects.update(attempts=1, last_error="timed_out")

    cancel(row, week(2))

    assert notices() == [
        (BOOKED, "Jan 4 12:00", True),
        (CANCELLED, "Jan 11 12:00", True),
    ]


def test_cancelling_the_rest_is_told_if_the_notice_is_a_text_without_dates(hours):
    row = book(hours, clients=[ClientFactory.create(email="")])

    cancel(row, week(2))

    assert notices() == [
        (BOOKED, "Jan 4 12:00", True),
        (CANCELLED, "Jan 11 12:00", True),
    ]


def test_changes_in_a_row_are_told_as_the_series_stands_in_the_end(row):
    reschedule(row, week(1), start_minute=14 * 60)
    cancel(row, week(3))
    extend(row, 3)

    assert notices() == [(BOOKED, "Jan 4 14:00", True), (BOOKED, "Jan 18 14:00", True)]


def test_what_crosses_a_notice_under_way_is_corrected(row):
    send_notices(MessageState.SENDING)

    cancel(row, week(2))

    assert notices() == [(CORRECTION, "Jan 11 12:00", True)]


def test_moving_the_rest_is_told_once(row):
    send_notices()

    reschedule(row, week(2), start_minute=14 * 60)

    assert notices() == [(MOVED, "Jan 11 14:00", True)]


def test_moving_all_before_the_notice_is_out_is_a_booking_still(row):
    reschedule(row, week(1), start_minute=14 * 60)

    assert notices() == [(BOOKED, "Jan 4 14:00", True)]


def test_moving_the_rest_and_back_tells_nothing(row):
    send_notices()

    reschedule(row, week(2), start_minute=14 * 60)
    reschedule(row, week(2), start_minute=12 * 60)

    assert notices() == []


def test_a_change_after_the_series_moved_is_told_against_the_newest(row):
    send_notices()
    reschedule(row, week(2), start_minute=14 * 60)
    send_notices()

    move_one(row, 3, week(3, "12:00"))
    first = notices()
    move_one(row, 3, week(3, "14:00"))

    assert first == [(MOVED, "Jan 18 12:00", False)]
    assert notices() == []


def test_what_stands_apart_from_the_rest_is_told_by_itself(row, hours):
    send_notices()
    move_one(row, 3, week(3, "10:00"))
    send_notices()
    AvailabilityRuleFactory.create(
        therapist=hours.therapist, office=hours.office, weekday=1
    )

    reschedule(row, week(2), weekday=1)

    assert notices() == [
        (MOVED, "Jan 12 12:00", True),
        (MOVED, "Jan 19 10:00", False),
    ]


def test_what_could_not_move_with_the_rest_is_told_by_itself(row, hours):
    send_notices()
    AppointmentFactory.create(
        therapist=hours.therapist,
        room=hours.office.rooms.get(),
        starts_at=week(3, "14:00"),
    )

    reschedule(row, week(2), start_minute=14 * 60, on_conflict=OnConflict.SKIP)

    assert notices() == [
        (MOVED, "Jan 11 14:00", True),
        (MOVED, "Jan 18 12:00", False),
    ]


def test_an_extension_is_told_once_and_what_it_adds_is_known_by_that(row):
    send_notices()
    extend(row, 3)
    extended = notices()
    send_notices()

    cancel_one(row, 6)

    assert extended == [(BOOKED, "Feb 1 12:00", True)]
    assert notices() == [(CANCELLED, "Feb 8 12:00", False)]


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (1, [(BOOKED, "Feb 1 12:00", False)]),
        (2, [(BOOKED, "Feb 1 12:00", True)]),
    ],
)
def test_what_is_told_by_an_extension_needs_no_notice_that_is_handed_on(
    row, count, told
):
    extend(row, count)

    for number in (1, 2, 3, 4):
        cancel_one(row, number)

    assert notices() == told


def test_an_extension_that_is_called_off_in_time_is_never_told(row):
    send_notices()
    extend(row, 3)

    cancel(row, week(5))

    assert notices() == []


def test_the_notice_waits_with_the_first_that_it_can_precede(hours):
    """Booked in the evening, told in the morning, after an early first session."""
    order_at = at(MONDAY + timedelta(days=-1), "21:00")
    early = AvailabilityRuleFactory.create(start_minute=7 * 60)
    order = Order(
        therapist=early.therapist,
        clients=[ClientFactory.create()],
        session_type=SessionTypeFactory.create(),
        office=early.office,
        mode=Mode.IN_PERSON,
        starts_at=week(1, "07:00"),
    )

    series.book(
        runs.run(order, 1, Length(count=3)),
        every_weeks=1,
        on_conflict=OnConflict.REFUSE,
        now=order_at,
    )

    assert notices() == [(BOOKED, "Jan 11 07:00", True)]


def test_each_partner_is_told_of_a_series_once(hours):
    couples = SessionTypeFactory.create(couples=True)
    hours.therapist.session_types.add(couples)
    partners = [ClientFactory.create(), ClientFactory.create(email="")]
    order = Order(
        therapist=hours.therapist,
        clients=partners,
        session_type=couples,
        office=hours.office,
        mode=Mode.IN_PERSON,
        starts_at=week(1),
    )

    series.book(
        runs.run(order, 1, Length(count=3)),
        every_weeks=1,
        on_conflict=OnConflict.REFUSE,
        now=NOW,
    )

    rows = Message.objects.order_by("pk")
    assert [(one.client, one.channel) for one in rows] == [
        (partners[0], Channel.EMAIL),
        (partners[1], Channel.SMS),
    ]
