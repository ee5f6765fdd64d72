from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from clients.models import AgeGroup
from locations.models import Room
from scheduling import booking, coverage, orders, placement
from scheduling.locking import lock_calendars
from scheduling.models import AppointmentStatus, Mode, TimeOff, WorkMode
from scheduling.orders import Order
from tests.factories.clients import ClientFactory, PresentingConcernFactory
from tests.factories.locations import ClosureFactory, OfficeFactory, RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    ModalityFactory,
    SessionTypeFactory,
    TherapistFactory,
    TimeOffFactory,
)
from tests.times import MONDAY, MONDAY_9AM, NEXT_MONDAY, NOW, TUESDAY, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    """Monday at nine, in the office's only room."""
    return AppointmentFactory.create()


def all_monday(therapist):
    return TimeOff(
        therapist=therapist,
        starts_at=at(MONDAY, "00:00"),
        ends_at=at(TUESDAY, "00:00"),
    )


def colleague(session, **traits):
    """A therapist with hours where and when `session` is."""
    person = TherapistFactory.create(offices=[session.office], **traits)
    AvailabilityRuleFactory.create(therapist=person, office=session.office)
    return person


def candidates(session):
    (uncovered,) = coverage.uncovered_by(all_monday(session.therapist), now=NOW)
    return uncovered.candidates


def uncovered(time_off):
    found = coverage.uncovered_by(time_off, now=NOW)
    return [each.appointment for each in found]


@pytest.mark.parametrize(
    ("start", "end", "is_met"),
    [
        ("08:00", "09:00", False),
        ("08:00", "09:01", True),
        ("09:10", "09:20", True),
        ("09:49", "12:00", True),
        ("09:50", "12:00", False),
    ],
)
def test_time_off_uncovers_what_it_overlaps(session, start, end, is_met):
    time_off = TimeOff(
        therapist=session.therapist,
        starts_at=at(MONDAY, start),
        ends_at=at(MONDAY, end),
    )

    assert uncovered(time_off) == [session] * is_met


@pytest.mark.parametrize("status", AppointmentStatus)
def test_time_off_uncovers_only_sessions_that_are_still_to_be_held(status):
    cancelled_at = NOW if "cancelled" in status else None
    held = status == AppointmentStatus.HELD
    session = AppointmentFactory.create(
        status=status,
        cancelled_at=cancelled_at,
        hold_expires_at=NOW + timedelta(minutes=5) if held else None,
    )

    found = uncovered(all_monday(session.therapist))

    is_met = status in {"scheduled", "confirmed", "checked_in"}
    assert found == [session] * is_met


def test_time_off_uncovers_nothing_that_has_begun_or_is_another_therapists(session):
    begun = AppointmentFactory.create(
        therapist=session.therapist, starts_at=at(MONDAY, "07:30")
    )
    AppointmentFactory.create(room=begun.room, office=begun.office)

    assert uncovered(all_monday(session.therapist)) == [session]


def test_therapist_who_leaves_uncovers_all_sessions_to_come_in_order(session):
    later = AppointmentFactory.create(
        therapist=session.therapist, starts_at=at(NEXT_MONDAY, "09:00")
    )

    found = coverage.uncovered_without(session.therapist, now=NOW)

    assert [each.appointment for each in found] == [session, later]


def test_take_off_writes_the_time_off_and_leaves_the_session(session):
    time_off = all_monday(session.therapist)

    found = coverage.take_off(time_off, now=NOW)

    session.refresh_from_db()
    assert [each.appointment for each in found] == [session]
    assert TimeOff.objects.get() == time_off
    assert (session.status, session.version) == (AppointmentStatus.SCHEDULED, 1)


def test_candidate_can_be_given_the_session_as_it_is(session):
    other = colleague(session)

    (candidate,) = candidates(session)
    order = orders.to_move(session, starts_at=session.starts_at, therapist=candidate)
    moved = booking.reschedule(order, version=1, now=NOW)

    assert candidate == other
    assert (moved.therapist, moved.room) == (other, session.room)


def test_candidates_are_those_most_alike_first():
    ipt, family = ModalityFactory.create(), ModalityFactory.create(slug="family")
    grief = PresentingConcernFactory.create()
    absent = TherapistFactory.create(modalities=[ipt, family], languages=["en", "es"])
    absent.concerns.add(grief)
    session = AppointmentFactory.create(therapist=absent)
    names = {
        "Abe": {},
        "Bea": {"languages": ["en", "es"]},
        "Cy": {"modalities": [ipt]},
        "Di": {"modalities": [family], "languages": ["es", "en"]},
        "Eve": {"modalities": [ipt, family], "languages": ["fr"]},
        "Fay": {},
    }
    for name, traits in names.items():
        person = colleague(session, display_name=name, **traits)
        if name == "Fay":
            person.concerns.add(grief)

    found = [person.display_name for person in candidates(session)]

    assert found == ["Eve", "Di", "Cy", "Bea", "Fay", "Abe"]


def test_candidates_speak_to_the_session_type_the_age_and_the_caseload(session):
    colleague(session, session_types=[SessionTypeFactory.create(couples=True)])
    colleague(session, age_groups=[AgeGroup.CHILD])
    colleague(session, accepts_new_clients=False)
    colleague(session, is_active=False)
    known = colleague(session, accepts_new_clients=False)
    AppointmentFactory.create(
        therapist=known,
        clients=[session.attendances.get().client],
        starts_at=at(date(2026, 12, 7), "09:00"),
        status=AppointmentStatus.COMPLETED,
    )

    assert candidates(session) == [known]


def test_candidates_know_every_one_of_a_couple_if_they_take_nobody_new():
    robin, sam = ClientFactory.create_batch(2)
    couples = SessionTypeFactory.create(couples=True)
    session = AppointmentFactory.create(session_type=couples, clients=[robin, sam])
    traits = {"session_types": [couples], "accepts_new_clients": False}
    knows_one, knows_both = colleague(session, **traits), colleague(session, **traits)
    for therapist, clients, day in (
        (knows_one, [robin], 7),
        (knows_both, [robin], 8),
        (knows_both, [sam], 9),
    ):
        AppointmentFactory.create(
            therapist=therapist,
            clients=clients,
            starts_at=at(date(2026, 12, day), "09:00"),
            status=AppointmentStatus.COMPLETED,
        )

    assert candidates(session) == [knows_both]


def test_candidates_are_free_and_at_work_there(session):
    busy = colleague(session)
    AppointmentFactory.create(therapist=busy, starts_at=at(MONDAY, "09:30"))
    too_close = colleague(session)
    AppointmentFactory.create(
        therapist=too_close,
        room=RoomFactory.create(office=session.office),
        starts_at=at(MONDAY, "09:55"),
    )
    on_leave = colleague(session)
    TimeOffFactory.create(therapist=on_leave)
    elsewhere = TherapistFactory.create(offices=[session.office])
    AvailabilityRuleFactory.create(therapist=elsewhere, office=OfficeFactory.create())
    on_another_day = TherapistFactory.create(offices=[session.office])
    AvailabilityRuleFactory.create(
        therapist=on_another_day, office=session.office, weekday=1
    )
    by_video_only = TherapistFactory.create(offices=[session.office])
    AvailabilityRuleFactory.create(
        therapist=by_video_only, office=session.office, mode=WorkMode.TELEHEALTH
    )
    free = colleague(session)

    assert candidates(session) == [free]


def test_candidates_are_none_while_the_office_is_closed(session):
    colleague(session)
    ClosureFactory.create(office=session.office)

    assert candidates(session) == []


def test_candidates_of_a_session_from_elsewhere_work_from_elsewhere():
    session = AppointmentFactory.create(telehealth=True, office=None)
    rule = AvailabilityRuleFactory.create(office=None, mode=WorkMode.TELEHEALTH)
    AvailabilityRuleFactory.create()

    assert candidates(session) == [rule.therapist]


def test_candidates_of_a_long_session_are_free_to_its_end():
    session = AppointmentFactory.create(ends_at=MONDAY_9AM + timedelta(minutes=100))
    short, long = (TherapistFactory.create(offices=[session.office]) for _ in range(2))
    for person, end in ((short, 10), (long, 11)):
        AvailabilityRuleFactory.create(
            therapist=person, office=session.office, end_minute=end * 60
        )

    assert candidates(session) == [long]


@pytest.mark.parametrize("count", [1, 3])
def test_uncovered_needs_the_same_queries_for_any_number_of_sessions(
    session, django_assert_num_queries, count
):
    other = colleague(session)
    for day in range(1, count):
        AppointmentFactory.create(
            therapist=session.therapist,
            room=session.room,
            starts_at=session.starts_at + timedelta(days=7 * day),
        )

    with django_assert_num_queries(10):
        found = coverage.uncovered_without(session.therapist, now=NOW)

    assert [each.candidates for each in found] == [[other]] * count


def test_session_booked_after_the_time_off_is_refused_for_it(session):
    coverage.take_off(all_monday(session.therapist), now=NOW)
    AvailabilityRuleFactory.create(therapist=session.therapist, office=session.office)

    with pytest.raises(placement.RulesForbid) as refusal:
        booking.book(
            Order(
                therapist=session.therapist,
                clients=[ClientFactory.create()],
                session_type=session.session_type,
                office=session.office,
                mode=Mode.IN_PERSON,
                starts_at=at(MONDAY, "11:00"),
            ),
            now=NOW,
        )

    assert [reason.code for reason in refusal.value.reasons] == ["time_off"]


@pytest.mark.django_db(transaction=True)
def test_take_off_waits_for_a_booking_that_is_under_way_and_tells_it():
    therapist, room = TherapistFactory.create(), RoomFactory.create()

    def take_off():
        try:
            return coverage.take_off(all_monday(therapist), now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock_calendars(
                therapists=[therapist.pk], clients=[], rooms=Room.objects.none()
            )
            session = AppointmentFactory.create(therapist=therapist, room=room)
            taking = pool.submit(take_off)
            wait_until_done_or_blocked(taking)
        found = taking.result()

    assert [each.appointment for each in found] == [session]


def wait_until_done_or_blocked(work):
    with connection.cursor() as cursor:
        while not work.done():
            wait([work], timeout=0.01)
            # What a transaction has once read of this view it would see again.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND datname = current_database()"
            )
            if cursor.fetchone():
                return
