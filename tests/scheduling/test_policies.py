"""What the practice decides, for whom it decides otherwise, and what comes of it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from scheduling import booking, coverage, orders, policies, progress, slot_search
from scheduling.engine.limits import Limits
from scheduling.engine.rules import Code
from scheduling.engine.wall_clock import as_datetime, instant
from scheduling.models import Appointment, AppointmentStatus, Mode
from scheduling.orders import Order
from scheduling.placement import RulesForbid, SlotTaken
from scheduling.transitions import InvalidTransition
from scheduling.wishes import Wish
from tests.factories.clients import ClientFactory
from tests.factories.locations import RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    PolicyOverrideFactory,
    PracticePolicyFactory,
    SessionTypeFactory,
    TherapistFactory,
)
from tests.times import (
    FRIDAY,
    MONDAY,
    MONDAY_9AM,
    MONDAY_10AM,
    NEXT_MONDAY,
    NOW,
    SUNDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    ZONE,
    at,
)

pytestmark = pytest.mark.django_db

LIMITS = [
    ({"sessions_per_day": 1}, "daily_limit"),
    ({"sessions_per_week": 1}, "weekly_limit"),
    ({"sessions_in_a_row": 1, "break_minutes": 240}, "break"),
]


@pytest.fixture
def monday():
    """Hours on Monday from nine to five."""
    return AvailabilityRuleFactory.create()


@pytest.fixture
def week():
    """Hours of one therapist from Monday to Friday, from nine to five."""
    first = AvailabilityRuleFactory.create()
    for weekday in range(1, 5):
        AvailabilityRuleFactory.create(
            therapist=first.therapist, office=first.office, weekday=weekday
        )
    return first


def order(hours, starts_at, **changes):
    defaults = {
        "therapist": hours.therapist,
        "clients": [ClientFactory.create()],
        "session_type": SessionTypeFactory.create(),
        "office": hours.office,
        "mode": Mode.IN_PERSON,
    }
    return Order(starts_at=starts_at, **defaults | changes)


def book(hours, starts_at, *, now=NOW, **changes):
    return booking.book(order(hours, starts_at, **changes), now=now)


def there(hours, starts_at, **changes):
    """A session that is there already, in a room of its own."""
    room = RoomFactory.create(office=hours.office)
    return AppointmentFactory.create(
        therapist=hours.therapist, room=room, starts_at=starts_at, **changes
    )


def move(appointment, starts_at):
    return booking.reschedule(
        orders.to_move(appointment, starts_at=starts_at),
        version=appointment.version,
        now=NOW,
    )


def search(*, first=MONDAY, last=MONDAY, now=NOW, **wish):
    present = int(now.timestamp())
    details = {"session_type": SessionTypeFactory.create(), "modes": ["in_person"]}
    wanted = Wish(
        start=max(instant(first, 0, ZONE), present),
        end=instant(last, 1440, ZONE),
        **details | wish,
    )
    return slot_search.search(wanted, now=present, limit=200)


def starts(page, therapist=None):
    return [
        as_datetime(slot.start)
        for slot in page.slots
        if therapist is None or slot.therapist == str(therapist.pk)
    ]


def codes(refusal):
    return [reason.code for reason in refusal.value.reasons]


def terms(session_type, therapist):
    return policies.read([therapist.pk]).terms(session_type, str(therapist.pk))


def test_the_narrowest_word_counts():
    kind, other = SessionTypeFactory.create(), SessionTypeFactory.create(slug="other")
    therapist, colleague = TherapistFactory.create_batch(2)
    PracticePolicyFactory.create(late_cancel_hours=24, sessions_per_day=8)
    PolicyOverrideFactory.create(session_type=kind, late_cancel_hours=48)
    PolicyOverrideFactory.create(
        therapist=therapist, late_cancel_hours=72, sessions_per_day=5
    )

    found = {
        (one, each): (
            terms(one, each).late_cancel_hours,
            terms(one, each).limits.per_day,
        )
        for one in (kind, other)
        for each in (therapist, colleague)
    }

    assert found == {
        (kind, therapist): (72, 5),
        (kind, colleague): (48, 8),
        (other, therapist): (72, 5),
        (other, colleague): (24, 8),
    }


def test_a_word_on_one_thing_leaves_the_others_to_the_wider_level():
    kind, therapist = SessionTypeFactory.create(), TherapistFactory.create()
    PracticePolicyFactory.create(minimum_notice_hours=10, booking_horizon_days=100)
    PolicyOverrideFactory.create(
        session_type=kind, sessions_in_a_row=4, break_minutes=60
    )
    PolicyOverrideFactory.create(
        therapist=therapist, buffer_before_minutes=0, no_show_grace_minutes=20
    )

    assert terms(kind, therapist) == policies.Terms(
        minimum_notice_hours=10,
        booking_horizon_days=100,
        buffer_before_minutes=0,
        buffer_after_minutes=10,
        late_cancel_hours=24,
        no_show_grace_minutes=20,
        limits=Limits(in_a_row=4, pause=3600),
    )


def test_without_a_policy_its_defaults_hold():
    kind, therapist = SessionTypeFactory.create(), TherapistFactory.create()

    assert terms(kind, therapist).limits == Limits()
    assert terms(kind, therapist).late_cancel_hours == 24


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"therapist": None}, "policy_override_of_one"),
        (
            {"sessions_in_a_row": 3},
            "policy_override_break_after_sessions",
        ),
        ({"break_minutes": 30}, "policy_override_break_after_sessions"),
        ({"sessions_per_day": 0}, "policy_override_sessions_per_day"),
        ({"sessions_per_week": 0}, "policy_override_sessions_per_week"),
        ({"booking_horizon_days": 366}, "policy_override_horizon"),
        ({"buffer_after_minutes": 121}, "policy_override_buffer_after"),
    ],
)
def test_the_database_refuses_an_override_that_makes_no_sense(values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        PolicyOverrideFactory.create(**values)


def test_the_database_keeps_an_override_to_one_subject_and_one_row():
    kind, therapist = SessionTypeFactory.create(), TherapistFactory.create()
    PolicyOverrideFactory.create(therapist=therapist)

    for values, constraint in [
        ({"therapist": therapist}, "therapist_id"),
        ({"therapist": therapist, "session_type": kind}, "policy_override_of_one"),
        (
            {"session_type": kind, "buffer_before_minutes": 5},
            "policy_override_buffers_of_therapist",
        ),
    ]:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            PolicyOverrideFactory.create(**values)


@pytest.mark.parametrize(("limit", "code"), LIMITS)
def test_one_session_too_many_is_refused_and_nothing_is_written(week, limit, code):
    PracticePolicyFactory.create(**limit)
    kept = there(week, MONDAY_9AM)

    with pytest.raises(RulesForbid) as refusal:
        book(week, at(MONDAY, "11:00"))

    assert codes(refusal) == [code]
    assert list(Appointment.objects.all()) == [kept]


@pytest.mark.parametrize(("limit", "code"), LIMITS)
def test_a_limit_gives_way_to_a_reason_which_is_kept(week, limit, code):
    PracticePolicyFactory.create(**limit)
    there(week, MONDAY_9AM)

    appointment = book(
        week,
        at(MONDAY, "11:00"),
        overrides=[Code(code)],
        override_reason="An emergency.",
    )

    assert appointment.overridden == [code]
    assert appointment.override_reason == "An emergency."


def test_alternatives_to_a_full_day_are_on_the_next(week):
    PracticePolicyFactory.create(sessions_per_day=1)
    there(week, MONDAY_9AM)

    with pytest.raises(RulesForbid) as refusal:
        book(week, at(MONDAY, "16:00"))

    assert [as_datetime(slot.start) for slot in refusal.value.alternatives] == [
        at(TUESDAY, "09:00"),
        at(TUESDAY, "09:30"),
        at(TUESDAY, "10:00"),
    ]


@pytest.mark.parametrize(("limit", "code"), LIMITS)
def test_a_session_does_not_count_against_its_own_limit_when_it_moves(
    week, limit, code
):
    """As it does in cal.com's issues 13867 and 14584."""
    PracticePolicyFactory.create(**limit)
    appointment = book(week, MONDAY_9AM)

    for starts_at in (at(MONDAY, "09:10"), at(MONDAY, "15:00"), at(TUESDAY, "09:00")):
        appointment = move(appointment, starts_at)

    assert (appointment.starts_at, appointment.overridden) == (
        at(TUESDAY, "09:00"),
        [],
    )


@pytest.mark.parametrize("status", AppointmentStatus)
def test_what_occupies_counts(week, status):
    PracticePolicyFactory.create(sessions_per_day=1)
    kept = there(
        week,
        MONDAY_9AM,
        status=status,
        cancelled_at=NOW if "cancelled" in status else None,
        hold_expires_at=at(date(2100, 1, 1), "00:00") if status == "held" else None,
    )

    if kept.occupies:
        with pytest.raises(RulesForbid):
            book(week, at(MONDAY, "11:00"))
    else:
        assert book(week, at(MONDAY, "11:00")).overridden == []


def test_a_lapsed_hold_does_not_count(week):
    PracticePolicyFactory.create(sessions_per_week=1)
    there(
        week,
        at(FRIDAY, "09:00"),
        status=AppointmentStatus.HELD,
        hold_expires_at=at(date(2020, 1, 1), "00:00"),
    )

    assert book(week, MONDAY_9AM).overridden == []


@pytest.mark.parametrize(
    ("starts_at", "expected"),
    [
        (at(MONDAY, "09:00") - timedelta(days=1), []),  # the Sunday before
        (at(MONDAY, "00:10"), ["weekly_limit"]),
        (at(SUNDAY, "23:00"), ["weekly_limit"]),
        (at(NEXT_MONDAY, "00:00"), []),
    ],
)
def test_the_whole_week_counts_though_a_booking_is_about_one_hour(
    week, starts_at, expected
):
    PracticePolicyFactory.create(sessions_per_week=1)
    there(week, starts_at)

    try:
        book(week, at(WEDNESDAY, "12:00"))
    except RulesForbid as refusal:
        found = [reason.code for reason in refusal.reasons]
    else:
        found = []
    assert found == expected


def test_a_row_counts_however_long_ago_it_began(week):
    """Six sessions before three o'clock, further back than a buffer or a journey."""
    PracticePolicyFactory.create(sessions_in_a_row=6, break_minutes=15)
    for hour in range(9, 15):
        there(week, at(MONDAY, f"{hour:02}:00"))

    with pytest.raises(RulesForbid) as refusal:
        book(week, at(MONDAY, "15:00"))

    assert codes(refusal) == ["break"]
    assert book(week, at(MONDAY, "15:05")).overridden == []


def test_a_session_that_joins_two_rows_counts_both(week):
    PracticePolicyFactory.create(sessions_in_a_row=4, break_minutes=30)
    for hour in (9, 10, 12, 13):
        there(week, at(MONDAY, f"{hour:02}:00"))

    with pytest.raises(RulesForbid) as refusal:
        book(week, at(MONDAY, "11:00"))

    assert codes(refusal) == ["break"]


def test_the_limit_of_one_therapist_is_not_that_of_another(week):
    colleague = AvailabilityRuleFactory.create(office=week.office)
    colleague.therapist.offices.add(week.office)
    PolicyOverrideFactory.create(therapist=week.therapist, sessions_per_day=1)
    there(week, MONDAY_9AM)
    there(colleague, MONDAY_9AM)

    page = search()

    assert starts(page, week.therapist) == []
    assert starts(page, colleague.therapist)[0] == MONDAY_10AM
    with pytest.raises(RulesForbid):
        book(week, at(MONDAY, "11:00"))
    assert book(colleague, at(MONDAY, "11:00")).overridden == []


def test_a_session_type_is_not_booked_into_a_day_that_is_full_for_it(week):
    intake = SessionTypeFactory.create(intake=True)
    week.therapist.session_types.add(intake)
    PolicyOverrideFactory.create(session_type=intake, sessions_per_day=1)
    there(week, MONDAY_9AM)

    with pytest.raises(RulesForbid) as refusal:
        book(week, at(MONDAY, "11:00"), session_type=intake)

    assert codes(refusal) == ["daily_limit"]
    assert book(week, at(MONDAY, "11:00")).overridden == []


@pytest.mark.parametrize(
    ("limit", "code"), [*LIMITS, ({"sessions_per_day": 3}, "no_room")]
)
def test_nothing_free_says_which_limit_is_reached(week, limit, code):
    PracticePolicyFactory.create(**limit)
    there(week, at(MONDAY, "13:00"))
    if code == "no_room":
        week.office.rooms.update(is_active=False)

    assert search().reasons == [(code, 1)]


def test_a_therapists_buffers_hold_around_all_of_their_sessions(monday):
    """Those of the session before, too, whatever its type says."""
    PolicyOverrideFactory.create(
        therapist=monday.therapist, buffer_before_minutes=0, buffer_after_minutes=30
    )
    there(monday, at(MONDAY, "12:00"))

    found = starts(search())

    # 11:00 ends ten minutes before noon, and 13:00 begins ten minutes after.
    assert at(MONDAY, "10:30") in found
    assert at(MONDAY, "11:00") not in found
    assert at(MONDAY, "13:00") not in found
    assert at(MONDAY, "13:30") in found
    with pytest.raises(RulesForbid) as refusal:
        book(monday, at(MONDAY, "13:19"))
    assert codes(refusal) == ["buffer"]
    assert book(monday, at(MONDAY, "13:20")).overridden == []


def test_a_therapist_without_buffers_works_back_to_back(monday):
    PolicyOverrideFactory.create(
        therapist=monday.therapist, buffer_before_minutes=0, buffer_after_minutes=0
    )
    first = book(monday, MONDAY_9AM)

    assert book(monday, first.ends_at).starts_at == at(MONDAY, "09:50")


def test_each_therapist_has_a_horizon_of_their_own(monday):
    far, near = monday, AvailabilityRuleFactory.create(office=monday.office)
    near.therapist.offices.add(near.office)
    RoomFactory.create(office=monday.office)
    PracticePolicyFactory.create(booking_horizon_days=7)
    PolicyOverrideFactory.create(therapist=near.therapist, booking_horizon_days=6)
    PolicyOverrideFactory.create(therapist=far.therapist, booking_horizon_days=14)
    mondays = [MONDAY + timedelta(weeks=number) for number in range(4)]

    page = search(last=mondays[-1], time_to=10 * 60)

    assert starts(page, near.therapist) == [at(mondays[0], "09:00")]
    assert starts(page, far.therapist) == [at(day, "09:00") for day in mondays[:3]]


def test_each_therapist_has_a_notice_of_their_own():
    intake = SessionTypeFactory.create(intake=True)
    office = RoomFactory.create().office
    usual, slow, quick = TherapistFactory.create_batch(
        3, offices=[office], session_types=[intake]
    )
    for therapist in (usual, slow, quick):
        for weekday in (0, 1, 2):
            AvailabilityRuleFactory.create(
                therapist=therapist, office=office, weekday=weekday, mode="telehealth"
            )
    PracticePolicyFactory.create(minimum_notice_hours=24)
    PolicyOverrideFactory.create(therapist=slow, minimum_notice_hours=48)
    PolicyOverrideFactory.create(therapist=quick, minimum_notice_hours=0)

    page = search(
        last=WEDNESDAY, session_type=intake, modes=["telehealth"], is_public=True
    )

    assert [starts(page, one)[0] for one in (quick, usual, slow)] == [
        at(MONDAY, "09:00"),
        at(TUESDAY, "09:00"),
        at(WEDNESDAY, "09:00"),
    ]


def test_notice_that_ends_on_the_day_of_the_change_keeps_the_wall():
    """Seven days from Sunday at ten, as in cal.com's issue 12137."""
    now = at(date(2026, 10, 25), "10:00")
    change = date(2026, 11, 1)
    intake = SessionTypeFactory.create(intake=True)
    hours = AvailabilityRuleFactory.create(weekday=6, end_minute=12 * 60)
    AvailabilityRuleFactory.create(
        therapist=hours.therapist, office=hours.office, weekday=0, end_minute=600
    )
    hours.therapist.session_types.set([intake])
    PracticePolicyFactory.create(minimum_notice_hours=7 * 24)

    page = search(
        first=date(2026, 10, 25),
        last=date(2026, 11, 2),
        now=now,
        session_type=intake,
        is_public=True,
    )

    # A week of hours ends at nine on the wall, since the clock goes back.
    assert starts(page) == [
        *(at(change, wall) for wall in ("09:00", "09:30", "10:00", "10:30", "11:00")),
        at(date(2026, 11, 2), "09:00"),
    ]


def test_the_nearest_times_keep_to_the_therapists_own_horizon(week):
    PolicyOverrideFactory.create(therapist=week.therapist, booking_horizon_days=3)

    with pytest.raises(RulesForbid) as refusal:
        book(week, at(MONDAY + timedelta(weeks=8), "09:00"))

    assert codes(refusal) == ["horizon"]
    assert [as_datetime(slot.start) for slot in refusal.value.alternatives] == [
        at(THURSDAY, "16:00"),
        at(THURSDAY, "15:30"),
        at(THURSDAY, "15:00"),
    ]


def test_the_deadline_of_a_cancellation_is_the_narrowest_word(monday):
    kind = SessionTypeFactory.create()
    PolicyOverrideFactory.create(session_type=kind, late_cancel_hours=48)
    appointment = book(monday, at(NEXT_MONDAY, "09:00"))
    PolicyOverrideFactory.create(therapist=monday.therapist, late_cancel_hours=72)

    other = book(monday, at(NEXT_MONDAY, "10:00"))

    assert appointment.late_cancel_at == at(SUNDAY, "09:00") - timedelta(days=1)
    assert other.late_cancel_at == at(SUNDAY, "10:00") - timedelta(days=2)


def test_the_grace_before_a_no_show_is_the_narrowest_word():
    appointment = AppointmentFactory.create()
    PolicyOverrideFactory.create(
        session_type=appointment.session_type, no_show_grace_minutes=5
    )
    PolicyOverrideFactory.create(
        therapist=appointment.therapist, no_show_grace_minutes=30
    )

    with pytest.raises(InvalidTransition):
        progress.no_show(appointment, version=1, now=MONDAY_9AM + timedelta(minutes=29))

    assert (
        progress.no_show(
            appointment, version=1, now=MONDAY_9AM + timedelta(minutes=30)
        ).status
        == AppointmentStatus.NO_SHOW
    )


def test_who_has_a_full_week_cannot_take_a_session_over(week):
    missed = AppointmentFactory.create(
        room=week.office.rooms.get(), starts_at=at(MONDAY, "15:00")
    )
    PolicyOverrideFactory.create(therapist=week.therapist, sessions_per_week=1)

    before = coverage.prospects(missed, now=NOW)
    there(week, at(FRIDAY, "16:00"))
    after = coverage.prospects(missed, now=NOW)

    assert (before.candidates, after.candidates) == ([week.therapist], [])


def test_policies_cost_a_search_and_a_booking_no_query(week):
    def queries():
        with CaptureQueriesContext(connection) as found:
            search(last=SUNDAY)
            with transaction.atomic():
                book(week, MONDAY_9AM)
                transaction.set_rollback(True)
        return len(found)

    without = queries()
    PracticePolicyFactory.create(sessions_per_day=6, sessions_per_week=20)
    PolicyOverrideFactory.create(
        therapist=week.therapist, sessions_in_a_row=3, break_minutes=20
    )

    assert queries() == without


@pytest.mark.parametrize(
    "limit",
    [
        {"sessions_per_day": 2},
        {"sessions_per_week": 4},
        {"sessions_in_a_row": 2, "break_minutes": 40},
        {"buffer_before_minutes": 20, "buffer_after_minutes": 5},
        {"booking_horizon_days": 8},
    ],
)
def test_what_is_offered_can_be_booked_and_what_is_refused_is_not_offered(week, limit):
    PolicyOverrideFactory.create(therapist=week.therapist, **limit)
    for day, hour in [
        (MONDAY, "10:00"),
        (MONDAY, "13:00"),
        (MONDAY, "14:10"),
        (TUESDAY, "12:00"),
        (NEXT_MONDAY, "09:30"),
    ]:
        there(week, at(day, hour))
    client = ClientFactory.create()
    offered = starts(search(last=NEXT_MONDAY + timedelta(days=2), clients=[client]))
    grid = [
        at(MONDAY + timedelta(days=number), "09:00") + timedelta(minutes=30 * step)
        for number in (0, 1, 7, 8, 9)
        for step in range(16)
    ]

    bookable = [start for start in grid if _can_be_booked(week, start, client)]

    assert bookable == [start for start in offered if start in grid]
    assert bookable
    assert len(bookable) < len(grid)


def _can_be_booked(hours, starts_at, client):
    try:
        with transaction.atomic():
            book(hours, starts_at, clients=[client])
            transaction.set_rollback(True)
    except (SlotTaken, RulesForbid):
        return False
    return True
