from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from scheduling import booking, slot_search
from scheduling.engine.wall_clock import as_datetime, instant
from scheduling.models import Mode
from scheduling.orders import Order
from scheduling.placement import RulesForbid, SlotTaken
from scheduling.wishes import Wish
from tests.factories.clients import ClientFactory
from tests.factories.locations import ClosureFactory, RoomFactory, TravelTimeFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityOverrideFactory,
    AvailabilityRuleFactory,
    ModalityFactory,
    PracticePolicyFactory,
    SessionTypeFactory,
    TherapistFactory,
    TimeOffFactory,
)
from tests.times import (
    MONDAY,
    NEXT_MONDAY,
    NOW,
    SATURDAY,
    TUESDAY,
    ZONE,
    at,
)

pytestmark = pytest.mark.django_db

PRESENT = int(NOW.timestamp())


def search(*, first=MONDAY, last=MONDAY, limit=200, after=None, now=PRESENT, **wish):
    kind = wish.pop("session_type", None) or SessionTypeFactory.create()
    wish = Wish(
        session_type=kind,
        start=max(instant(first, 0, ZONE), now),
        end=instant(last, 1440, ZONE),
        **wish,
    )
    return slot_search.search(wish, now=now, limit=limit, after=after)


def starts(page):
    return [as_datetime(slot.start) for slot in page.slots]


def in_person(page):
    return [as_datetime(s.start) for s in page.slots if s.mode == Mode.IN_PERSON]


def every_half_hour(day, first, last):
    found, stop = at(day, first), at(day, last)
    times = []
    while found <= stop:
        times.append(found)
        found += timedelta(minutes=30)
    return times


def test_free_hours_are_offered_in_every_mode_that_they_allow():
    RoomFactory.create(office=AvailabilityRuleFactory.create().office)

    page = search()

    assert in_person(page) == every_half_hour(MONDAY, "09:00", "16:00")
    assert [(slot.mode, slot.rooms_free) for slot in page.slots[:2]] == [
        ("in_person", 2),
        ("telehealth", None),
    ]


def test_a_booking_takes_its_time_and_the_buffer_around_it():
    hours = AvailabilityRuleFactory.create()
    AppointmentFactory.create(
        therapist=hours.therapist,
        room=hours.office.rooms.get(),
        starts_at=at(MONDAY, "12:00"),
    )

    # 11:00 ends at 11:50, and ten minutes for notes are left before noon.
    assert in_person(search()) == [
        *every_half_hour(MONDAY, "09:00", "11:00"),
        *every_half_hour(MONDAY, "13:00", "16:00"),
    ]


def test_without_a_room_only_telehealth_is_offered():
    hours = AvailabilityRuleFactory.create()
    AppointmentFactory.create(room=hours.office.rooms.get())

    page = search()

    assert in_person(page) == every_half_hour(MONDAY, "10:00", "16:00")
    assert {slot.mode for slot in page.slots[:2]} == {"telehealth"}


def test_time_off_and_closures_take_hours_away_and_overrides_open_them():
    hours = AvailabilityRuleFactory.create()
    TimeOffFactory.create(
        therapist=hours.therapist,
        starts_at=at(MONDAY, "09:00"),
        ends_at=at(MONDAY, "12:00"),
    )
    ClosureFactory.create(
        office=None, starts_at=at(MONDAY, "14:00"), ends_at=at(TUESDAY, "00:00")
    )
    AvailabilityOverrideFactory.create(
        therapist=hours.therapist, office=hours.office, date=SATURDAY
    )

    page = search(last=SATURDAY, modes=["in_person"])

    assert starts(page) == [
        *every_half_hour(MONDAY, "12:00", "13:00"),
        *every_half_hour(SATURDAY, "10:00", "13:00"),
    ]


def test_an_evening_override_stays_on_its_day():
    """In UTC, Friday at five in Los Angeles is Saturday."""
    friday = SATURDAY - timedelta(days=1)
    AvailabilityOverrideFactory.create(
        date=friday, start_minute=17 * 60, end_minute=24 * 60
    )

    page = search(first=friday, last=friday, modes=["in_person"])

    assert starts(page) == every_half_hour(friday, "17:00", "23:00")


def test_two_offices_on_one_day_leave_time_for_the_journey():
    morning = AvailabilityRuleFactory.create(start_minute=540, end_minute=720)
    afternoon = AvailabilityRuleFactory.create(
        therapist=morning.therapist, start_minute=720, end_minute=900
    )
    morning.therapist.offices.add(afternoon.office)
    TravelTimeFactory.create(
        origin=afternoon.office, destination=morning.office, minutes=40
    )
    AppointmentFactory.create(
        therapist=morning.therapist,
        room=morning.office.rooms.get(),
        starts_at=at(MONDAY, "11:10"),
    )

    page = search(offices=[afternoon.office.pk], modes=["in_person"])

    assert starts(page) == every_half_hour(MONDAY, "13:00", "14:00")


def test_wall_hours_keep_to_the_wall_when_the_clock_changes():
    AvailabilityRuleFactory.create(weekday=6, end_minute=600)
    PracticePolicyFactory.create(booking_horizon_days=365)

    for sunday in (date(2027, 3, 7), date(2027, 3, 14), date(2027, 11, 7)):
        page = search(first=sunday, last=sunday, modes=["in_person"])
        assert starts(page) == [at(sunday, "09:00")]


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"time_from": 600, "time_to": 660}, [at(MONDAY, "10:00")]),
        ({"time_from": 600, "time_to": 649}, []),
        ({"weekdays": [1, 2]}, []),
        ({"weekdays": [0], "time_to": 590}, [at(MONDAY, "09:00")]),
    ],
)
def test_wished_weekdays_and_hours_are_those_on_the_wall(wish, expected):
    AvailabilityRuleFactory.create()

    assert starts(search(modes=["in_person"], **wish)) == expected


def test_a_client_is_not_offered_times_at_which_they_are_busy():
    AvailabilityRuleFactory.create(end_minute=12 * 60)
    client = ClientFactory.create()
    AppointmentFactory.create(clients=[client], starts_at=at(MONDAY, "10:00"))

    page = search(clients=[client], modes=["in_person"])

    assert starts(page) == [at(MONDAY, "09:00"), at(MONDAY, "11:00")]


def test_somebody_new_is_an_adult_unless_said_otherwise():
    adults = AvailabilityRuleFactory.create()
    children = AvailabilityRuleFactory.create(
        therapist=TherapistFactory.create(age_groups=["child"]), office=adults.office
    )
    children.therapist.offices.add(adults.office)

    def found(**wish):
        return {slot.therapist for slot in search(**wish).slots}

    assert found() == {str(adults.therapist.pk)}
    assert found(age_groups=["child"]) == {str(children.therapist.pk)}
    child = ClientFactory.create(born_on=date(2018, 1, 1))
    assert found(clients=[child]) == {str(children.therapist.pk)}


def test_an_adolescent_comes_of_age_on_their_birthday():
    AvailabilityRuleFactory.create()
    client = ClientFactory.create(born_on=date(2009, 1, 11))

    page = search(last=NEXT_MONDAY, clients=[client], modes=["in_person"], limit=1)

    assert starts(page) == [at(NEXT_MONDAY, "09:00")]


def test_who_takes_no_new_clients_is_offered_to_their_own():
    hours = AvailabilityRuleFactory.create()
    hours.therapist.accepts_new_clients = False
    hours.therapist.save(update_fields=["accepts_new_clients"])
    own, other = ClientFactory.create_batch(2)
    AppointmentFactory.create(
        therapist=hours.therapist,
        clients=[own],
        starts_at=at(MONDAY, "09:00") - timedelta(weeks=1),
    )

    assert search(clients=[own]).slots
    assert search(clients=[other]).reasons == [("caseload", 1)]
    assert search().reasons == [("caseload", 1)]


def test_telehealth_needs_consent():
    AvailabilityRuleFactory.create(mode="telehealth")
    client = ClientFactory.create(telehealth_consent_on=None)

    assert search(clients=[client]).reasons == [("consent", 1)]


def test_a_modality_is_offered_by_those_who_practise_it():
    hours = AvailabilityRuleFactory.create()
    AvailabilityRuleFactory.create(office=hours.office)
    modality = ModalityFactory.create()
    hours.therapist.modalities.add(modality)

    page = search(modalities=[modality.pk])

    assert {slot.therapist for slot in page.slots} == {str(hours.therapist.pk)}


def test_the_public_gives_notice_and_begins_with_an_intake():
    hours = AvailabilityRuleFactory.create()
    AvailabilityRuleFactory.create(
        therapist=hours.therapist, office=hours.office, weekday=1
    )
    intake = SessionTypeFactory.create(intake=True)
    hours.therapist.session_types.add(intake)

    public = search(session_type=intake, last=TUESDAY, is_public=True)

    assert search(is_public=True).reasons == [("not_offered", 1)]
    assert starts(public)[0] == at(TUESDAY, "09:00")
    assert search(session_type=intake, is_public=True).reasons == [("notice", 1)]


def test_no_slots_come_with_reasons_by_number_of_therapists():
    full = AvailabilityRuleFactory.create(end_minute=600)
    AppointmentFactory.create(therapist=full.therapist, room=full.office.rooms.get())
    away = AvailabilityRuleFactory.create()
    TimeOffFactory.create(therapist=away.therapist)
    closed = AvailabilityRuleFactory.create(end_minute=600)
    ClosureFactory.create(office=closed.office)
    roomless = AvailabilityRuleFactory.create(mode="in_person")
    roomless.office.rooms.update(is_active=False)
    TherapistFactory.create_batch(2)
    TherapistFactory.create(session_types=[])

    assert dict(search().reasons) == {
        "fully_booked": 1,
        "time_off": 1,
        "office_closed": 1,
        "no_room": 1,
        "outside_hours": 2,
        "not_offered": 1,
    }


def test_pages_follow_one_another_without_gap_or_repetition():
    first = AvailabilityRuleFactory.create()
    AvailabilityRuleFactory.create(office=first.office)
    AvailabilityRuleFactory.create(
        therapist=first.therapist, office=first.office, weekday=3
    )
    whole = search(last=NEXT_MONDAY)

    pages, after = [], None
    while True:
        page = search(last=NEXT_MONDAY, limit=7, after=after)
        pages.append(page)
        if not page.has_more:
            break
        after = page.slots[-1].key

    assert [slot for page in pages for slot in page.slots] == list(whole.slots)
    assert list(whole.slots) == sorted(whole.slots)
    assert [len(page.slots) for page in pages[:-1]] == [7] * (len(pages) - 1)


def test_one_free_calendar_does_not_fill_the_page():
    first = AvailabilityRuleFactory.create()
    AvailabilityRuleFactory.create(office=first.office)

    page = search(last=NEXT_MONDAY, per_therapist=2, modes=["in_person"])

    assert starts(page) == [
        at(MONDAY, "09:00"),
        at(MONDAY, "09:00"),
        at(MONDAY, "09:30"),
        at(MONDAY, "09:30"),
    ]


def _queries_of(**wish):
    with CaptureQueriesContext(connection) as queries:
        search(**wish)
    return len(queries)


def test_the_number_of_queries_does_not_grow_with_therapists_or_days():
    office = AvailabilityRuleFactory.create().office
    one = _queries_of(limit=1)
    for _ in range(4):
        AvailabilityRuleFactory.create(office=office)
    few = _queries_of(limit=1)

    for _ in range(4):
        AvailabilityRuleFactory.create(office=office)

    assert few == one + 1  # who of them could be first
    assert _queries_of(limit=1) == few
    assert _queries_of(limit=1, last=MONDAY + timedelta(days=59)) == few
    assert _queries_of(last=MONDAY + timedelta(days=89)) <= few + 3 * 6


@pytest.mark.parametrize("now", [NOW, at(date(2027, 3, 13), "12:00")])
def test_what_is_offered_can_be_booked_and_what_is_refused_is_not_offered(now):
    """Over a crowded week, and over the change of the clock."""
    office = AvailabilityRuleFactory.create(mode="both").office
    day = now.astimezone(ZONE).date()
    therapist = TherapistFactory.create(offices=[office])
    for weekday in range(7):
        AvailabilityRuleFactory.create(
            therapist=therapist,
            office=office,
            weekday=weekday,
            start_minute=0,
            end_minute=480,
        )
    for hour in ("01:30", "04:00"):
        AppointmentFactory.create(
            therapist=therapist,
            room=office.rooms.get(),
            starts_at=at(day + timedelta(days=1), hour),
        )
    client = ClientFactory.create()
    offered = {
        (slot.start, slot.mode)
        for slot in search(
            first=day,
            last=day + timedelta(days=1),
            now=int(now.timestamp()),
            therapists=[therapist.pk],
            clients=[client],
        ).slots
    }
    grid = range(
        instant(day + timedelta(days=1), 0, ZONE),
        instant(day + timedelta(days=1), 480, ZONE),
        1800,
    )

    bookable = {
        (start, mode)
        for start in grid
        for mode in Mode
        if _can_be_booked(
            Order(
                therapist=therapist,
                clients=[client],
                session_type=SessionTypeFactory.create(),
                office=office,
                mode=mode,
                starts_at=as_datetime(start),
            ),
            now,
        )
    }

    assert bookable == offered
    assert len(bookable) > 8


@pytest.mark.parametrize("blocker", ["time off", "closure", "client"])
def test_what_stands_just_behind_the_end_of_a_search_counts(blocker):
    """A session that starts before the end reaches past it."""
    hours = AvailabilityRuleFactory.create()
    client, half_past_nine = ClientFactory.create(), at(MONDAY, "09:30")
    if blocker == "time off":
        TimeOffFactory.create(therapist=hours.therapist, starts_at=half_past_nine)
    elif blocker == "closure":
        ClosureFactory.create(office=hours.office, starts_at=half_past_nine)
    else:
        AppointmentFactory.create(clients=[client], starts_at=half_past_nine)
    wish = Wish(
        session_type=SessionTypeFactory.create(),
        start=PRESENT,
        end=int(half_past_nine.timestamp()),
        clients=[client],
    )

    assert slot_search.search(wish, now=PRESENT, limit=10).slots == []


def _can_be_booked(wanted, now):
    try:
        with transaction.atomic():
            booking.book(wanted, now=now)
            transaction.set_rollback(True)
    except (SlotTaken, RulesForbid):
        return False
    return True


def test_a_packed_search_offers_first_what_breaks_up_least_of_the_day():
    hours = AvailabilityRuleFactory.create()
    AppointmentFactory.create(
        therapist=hours.therapist,
        room=hours.office.rooms.get(),
        starts_at=at(MONDAY, "12:00"),
    )

    found = in_person(search(modes=["in_person"], packed=True))

    best = ["09:00", "11:00", "13:00", "16:00"]
    assert found[:4] == [at(MONDAY, time) for time in best]
    assert set(found) == set(in_person(search(modes=["in_person"])))


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_the_pages_of_a_packed_search_are_the_whole_search(limit):
    hours = AvailabilityRuleFactory.create()
    AvailabilityRuleFactory.create(office=hours.office, weekday=1)
    whole = search(last=TUESDAY, packed=True).slots

    pages, after = [], None
    while True:
        page = search(last=TUESDAY, packed=True, limit=limit, after=after)
        pages += page.slots
        if not page.has_more:
            break
        after = page.slots[-1].key

    assert pages == list(whole)


def test_a_packed_search_looks_beyond_the_hours_that_are_wished_for():
    """At half past nine it would leave half an hour, though nobody asked for nine."""
    AvailabilityRuleFactory.create()

    found = in_person(
        search(modes=["in_person"], time_from=9 * 60 + 30, time_to=11 * 60, packed=True)
    )

    assert found == [at(MONDAY, "10:00"), at(MONDAY, "09:30")]
