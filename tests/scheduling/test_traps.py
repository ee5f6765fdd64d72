"""What went wrong in other schedulers, and has no better home.

The references name an issue of theirs (`cal` is calcom/cal.com, `EA` is
alextselegidis/easyappointments, `nc` is Nextcloud Appointments, `med` is
medplum/medplum). `docs/traps.md` has the list, with the tests elsewhere.
"""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from scheduling import booking, holds, orders, slot_search
from scheduling.engine.wall_clock import as_datetime, instant
from scheduling.models import Message, MessageState
from scheduling.orders import Order
from scheduling.placement import RulesForbid, SlotTaken
from scheduling.wishes import Wish
from tests.factories.clients import ClientFactory
from tests.factories.locations import ClosureFactory, RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityOverrideFactory,
    AvailabilityRuleFactory,
    PracticePolicyFactory,
    ReminderRuleFactory,
    SessionTypeFactory,
    TimeOffFactory,
)
from tests.times import MONDAY, MONDAY_9AM, MONDAY_10AM, NOW, TUESDAY, ZONE, at

pytestmark = pytest.mark.django_db

SPRING_FORWARD = date(2027, 3, 14)


@pytest.fixture
def monday():
    """Hours on Monday from nine to five."""
    return AvailabilityRuleFactory.create()


def order(hours, **changes):
    defaults = {
        "therapist": hours.therapist,
        "clients": [ClientFactory.create()],
        "session_type": SessionTypeFactory.create(),
        "office": hours.office,
        "mode": "in_person",
        "starts_at": MONDAY_9AM,
    }
    return Order(**defaults | changes)


def move(appointment, **changes):
    wanted = orders.to_move(appointment, **changes)
    return booking.reschedule(wanted, version=appointment.version, now=NOW)


def offered(first, last=None, *, now=NOW, kind=None, **wish):
    """The starts in person that a search of these days finds."""
    page = slot_search.search(
        Wish(
            session_type=kind or SessionTypeFactory.create(),
            start=instant(first, 0, ZONE),
            end=instant(last or first, 1440, ZONE),
            modes=["in_person"],
            **wish,
        ),
        now=int(now.timestamp()),
        limit=500,
    )
    return [as_datetime(slot.start) for slot in page.slots]


def codes(refusal):
    return [reason.code for reason in refusal.value.reasons]


def test_a_time_inside_a_buffer_is_refused_to_whoever_names_it(monday):
    """cal#14871: it was not offered, but the address could be edited."""
    booking.book(order(monday), now=NOW)
    inside = MONDAY_9AM + timedelta(minutes=55)

    with pytest.raises(RulesForbid) as refusal:
        booking.book(order(monday, starts_at=inside), now=NOW)

    assert codes(refusal) == ["buffer"]
    assert inside not in offered(MONDAY)


def test_a_time_inside_a_buffer_is_refused_to_a_move_and_a_hold_too(
    monday, django_user_model
):
    """cal#14871: the same rules at every door."""
    booking.book(order(monday), now=NOW)
    other = booking.book(order(monday, starts_at=at(MONDAY, "12:00")), now=NOW)
    inside = MONDAY_9AM + timedelta(minutes=55)

    with pytest.raises(RulesForbid) as moved:
        move(other, starts_at=inside)
    with pytest.raises(RulesForbid) as held:
        holds.hold(
            order(monday, starts_at=inside, is_hold=True),
            by=django_user_model.objects.create(username="desk"),
            now=NOW,
        )

    assert codes(moved) == codes(held) == ["buffer"]


@pytest.mark.parametrize("change", ["cancelled", "moved", "reassigned"])
def test_a_time_that_was_given_up_is_offered_and_bookable_at_once(monday, change):
    """nc#302, cal#21589, cal#21710: after a cancellation, a move, another therapist."""
    appointment = booking.book(order(monday), now=NOW)
    colleague = AvailabilityRuleFactory.create()
    monday.therapist.offices.add(colleague.office)
    while_taken = offered(MONDAY, therapists=[monday.therapist.pk])

    if change == "cancelled":
        booking.cancel(appointment, by="client", version=1, now=NOW)
    elif change == "moved":
        move(appointment, starts_at=at(MONDAY, "12:00"))
    else:
        move(
            appointment,
            starts_at=MONDAY_9AM,
            therapist=colleague.therapist,
            office=colleague.office,
        )

    assert MONDAY_9AM not in while_taken
    assert MONDAY_9AM in offered(MONDAY, therapists=[monday.therapist.pk])
    assert booking.book(order(monday), now=NOW).starts_at == MONDAY_9AM


def test_a_session_of_one_type_takes_the_hour_from_all_types(monday):
    """med#9995, med#9998: busy for one service left the clinician free for another."""
    consultation = SessionTypeFactory.create(slug="other", buffer_after_minutes=10)
    monday.therapist.session_types.add(consultation)
    RoomFactory.create(office=monday.office)
    booking.book(order(monday), now=NOW)

    assert offered(MONDAY, kind=consultation)[0] == MONDAY_10AM
    with pytest.raises(SlotTaken) as refusal:
        booking.book(order(monday, session_type=consultation), now=NOW)
    assert codes(refusal) == ["therapist_busy"]


@pytest.mark.parametrize("reason", ["left", "away", "takes nobody new", "busy"])
def test_a_search_of_anyone_finds_nobody_who_cannot(monday, reason):
    """EA#298, EA#845, EA 1.5.2: any provider was a busy or a hidden one."""
    therapist = monday.therapist
    if reason == "left":
        therapist.is_active = False
    elif reason == "takes nobody new":
        therapist.accepts_new_clients = False
    elif reason == "away":
        TimeOffFactory.create(therapist=therapist)
    else:
        AppointmentFactory.create(therapist=therapist, room=monday.office.rooms.get())
    therapist.save(update_fields=["is_active", "accepts_new_clients"])
    colleague = AvailabilityRuleFactory.create()

    found = slot_search.search(
        Wish(
            session_type=SessionTypeFactory.create(),
            start=int(MONDAY_9AM.timestamp()),
            end=int(MONDAY_10AM.timestamp()),
        ),
        now=int(NOW.timestamp()),
        limit=50,
    )

    assert {slot.therapist for slot in found.slots} == {str(colleague.therapist.pk)}


def test_hours_of_the_winter_are_the_same_on_the_wall_in_summer(monday):
    """thunderbird/appointment kept hours in UTC, true for half of the year."""
    PracticePolicyFactory.create(booking_horizon_days=365)
    july = date(2027, 7, 5)

    in_winter = offered(MONDAY)
    in_summer = offered(july, now=at(july, "08:00"))

    assert (in_winter[0], in_summer[0]) == (at(MONDAY, "09:00"), at(july, "09:00"))
    assert (in_winter[-1], in_summer[-1]) == (at(MONDAY, "16:00"), at(july, "16:00"))


def test_notice_that_ends_at_the_change_of_the_clock_shifts_no_slot():
    """cal#12137: a week's notice from Sunday before to Sunday of the change."""
    PracticePolicyFactory.create(minimum_notice_hours=7 * 24)
    intake = SessionTypeFactory.create(intake=True)
    hours = AvailabilityRuleFactory.create(weekday=6, end_minute=13 * 60)
    hours.therapist.session_types.add(intake)
    sunday = date(2026, 11, 1)

    found = offered(
        sunday, now=at(date(2026, 10, 25), "10:00"), kind=intake, is_public=True
    )

    # 168 hours later the wall says nine: an hour came twice.
    assert found[:2] == [at(sunday, "09:00"), at(sunday, "09:30")]


def test_a_closed_day_is_closed_from_midnight_to_midnight_when_it_has_23_hours():
    hours = AvailabilityRuleFactory.create(weekday=6, start_minute=0, end_minute=1440)
    for weekday in (5, 0):
        AvailabilityRuleFactory.create(
            therapist=hours.therapist,
            office=hours.office,
            weekday=weekday,
            start_minute=0,
            end_minute=1440,
        )
    after = SPRING_FORWARD + timedelta(days=1)
    ClosureFactory.create(
        office=hours.office,
        starts_at=at(SPRING_FORWARD, "00:00"),
        ends_at=at(after, "00:00"),
    )

    found = offered(SPRING_FORWARD - timedelta(days=1), after)

    before = [start for start in found if start < at(SPRING_FORWARD, "00:00")]
    assert at(after, "00:00") - at(SPRING_FORWARD, "00:00") == timedelta(hours=23)
    assert before[-1] == at(SPRING_FORWARD, "00:00") - timedelta(hours=1)
    assert found[len(before)] == at(after, "00:00")


def test_a_morning_and_an_afternoon_at_two_offices_are_both_offered(monday):
    """django-appointment knows one window a day."""
    afternoon = AvailabilityRuleFactory.create(
        therapist=monday.therapist, start_minute=18 * 60, end_minute=19 * 60
    )
    monday.therapist.offices.add(afternoon.office)

    assert offered(MONDAY)[0] == MONDAY_9AM
    assert offered(MONDAY)[-1] == at(MONDAY, "18:00")


def test_every_half_hour_of_a_long_day_is_offered():
    """Care stops at thirty slots, and lets the last one run past closing."""
    AvailabilityRuleFactory.create(weekday=1, start_minute=0, end_minute=1440)

    found = offered(TUESDAY)

    assert len(found) == 47
    assert found[-1] + timedelta(minutes=50) <= at(TUESDAY, "23:59")


def test_an_override_opens_a_weekday_without_hours_and_no_other():
    """cal#6538, nc#562: overrides could only take away."""
    saturday = date(2027, 1, 9)
    AvailabilityOverrideFactory.create(date=saturday)

    assert offered(MONDAY, saturday)[0] == at(saturday, "10:00")
    assert offered(MONDAY, saturday)[-1] == at(saturday, "13:00")
    assert offered(saturday + timedelta(days=7)) == []


def test_staff_move_without_notice_and_as_often_as_needed(monday):
    """cal#18980, cal#10776: notice is for clients; the count of moves is kept."""
    appointment = booking.book(order(monday), now=NOW)

    for hour in ("10:00", "11:00", "12:00"):
        appointment = move(appointment, starts_at=at(MONDAY, hour))

    assert (appointment.starts_at, appointment.reschedules) == (
        at(MONDAY, "12:00"),
        3,
    )


def test_a_failed_move_leaves_room_and_reminders(monday):
    """clinic_application#32: cancel, then book, left the client with nothing."""
    ReminderRuleFactory.create(before_minutes=30)
    appointment = booking.book(order(monday), now=NOW)
    taken = booking.book(order(monday, starts_at=at(MONDAY, "12:00")), now=NOW)
    messages = list(Message.objects.order_by("pk").values())

    with pytest.raises(SlotTaken):
        move(appointment, starts_at=taken.starts_at)

    room = appointment.room
    appointment.refresh_from_db()
    assert (appointment.starts_at, appointment.room) == (MONDAY_9AM, room)
    assert list(Message.objects.order_by("pk").values()) == messages
    assert {message["state"] for message in messages} == {MessageState.PENDING}


def test_a_therapist_who_sits_elsewhere_travels_even_for_a_call(monday):
    """Telehealth needs no room, but its therapist sits somewhere (our own rule)."""
    venice = AvailabilityRuleFactory.create(therapist=monday.therapist)
    monday.therapist.offices.add(venice.office)
    booking.book(order(monday), now=NOW)

    with pytest.raises(RulesForbid) as refusal:
        booking.book(
            order(
                venice,
                therapist=monday.therapist,
                mode="telehealth",
                starts_at=MONDAY_9AM + timedelta(hours=1),
            ),
            now=NOW,
        )

    assert codes(refusal) == ["travel"]


def test_staff_may_book_any_session_type_as_the_first(monday):
    """A newcomer is offered a consultation or an intake; the front desk knows more."""
    newcomer = ClientFactory.create()

    appointment = booking.book(order(monday, clients=[newcomer]), now=NOW)

    assert appointment.session_type.for_new_clients is False


def test_every_test_that_the_list_of_traps_names_exists():
    root = Path(__file__).resolve().parents[2]
    named = set(re.findall(r"`(test_\w+)`", (root / "docs/traps.md").read_text()))

    written = {
        name
        for path in (root / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }

    assert named - written == set()
    assert len(named) > 60
