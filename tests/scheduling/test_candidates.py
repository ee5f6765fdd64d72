from datetime import date, timedelta

import pytest

from clients.models import AgeGroup
from scheduling import booking, coverage, orders
from scheduling.candidates import with_candidates
from scheduling.models import Appointment, AppointmentStatus, WorkMode
from scheduling.uncovered import Cause, Uncovered, with_those_who_come
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
from tests.times import MONDAY, MONDAY_9AM, MONDAY_10AM, NOW, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    """Monday at nine, in the office's only room."""
    return AppointmentFactory.create()


def colleague(session, **traits):
    """A therapist with hours where and when `session` is."""
    person = TherapistFactory.create(offices=[session.office], **traits)
    AvailabilityRuleFactory.create(therapist=person, office=session.office)
    return person


def candidates(session):
    return coverage.prospects(session, now=NOW).candidates


def test_candidate_can_be_given_the_session_as_it_is(session):
    other = colleague(session)

    (candidate,) = candidates(session)
    order = orders.to_move(session, starts_at=session.starts_at, therapist=candidate)
    moved = booking.reschedule(order, version=1, now=NOW)

    assert candidate == other
    assert (moved.therapist, moved.room) == (other, session.room)


def test_candidates_share_modality_concern_and_language_and_the_most_alike_are_first():
    ipt, family = ModalityFactory.create(), ModalityFactory.create(slug="family")
    grief = PresentingConcernFactory.create()
    present = TherapistFactory.create(modalities=[ipt, family], languages=["en", "es"])
    present.concerns.add(grief)
    session = AppointmentFactory.create(therapist=present)
    names = {
        "Abe": {"modalities": [ipt], "languages": ["en"]},
        "Bea": {"modalities": [ipt], "languages": ["en", "es"]},
        "Cy": {"modalities": [family, ipt], "languages": ["fr", "en"]},
        "Another modality": {"modalities": [ModalityFactory.create(slug="dbt")]},
        "Another concern": {"modalities": [ipt, family]},
        "Another language": {"modalities": [ipt, family], "languages": ["es", "fr"]},
        "Di": {"modalities": [ipt], "languages": ["en"]},
    }
    for name, traits in names.items():
        person = colleague(session, display_name=name, **traits)
        if name != "Another concern":
            person.concerns.add(grief)

    found = [person.display_name for person in candidates(session)]

    assert found == ["Cy", "Bea", "Abe", "Di"]


def test_candidates_speak_with_clients_as_the_present_therapist_does():
    present = TherapistFactory.create(languages=["en", "ko"])
    korean, spanish = (
        AppointmentFactory.create(
            therapist=present,
            clients=[ClientFactory.create(language=language)],
            starts_at=start,
        )
        for language, start in (("ko", MONDAY_9AM), ("es", MONDAY_10AM))
    )
    both = colleague(korean, languages=["en", "ko"])
    for language in ("en", "es"):
        colleague(korean, languages=[language])
    interpreter = colleague(spanish, languages=["en"])

    assert candidates(korean) == [both]
    assert candidates(spanish) == [interpreter]


def test_candidates_share_only_what_the_present_therapist_has(session):
    other = colleague(session, modalities=[ModalityFactory.create()])

    assert candidates(session) == [other]


def test_candidates_of_a_session_far_ahead_are_found_though_it_could_not_be_booked():
    session = AppointmentFactory.create(starts_at=at(date(2027, 8, 2), "09:00"))
    other = colleague(session)

    assert candidates(session) == [other]


def test_session_whose_room_is_closed_could_move_to_the_rooms_that_are_free(session):
    colleague(session)
    office = session.office
    large, small, narrow, taken = (
        RoomFactory.create(office=office, capacity=capacity)
        for capacity in (6, 3, 1, 4)
    )
    AppointmentFactory.create(room=taken)
    RoomFactory.create(office=office, is_active=False)
    RoomFactory.create()
    couple = AppointmentFactory.create(
        session_type=SessionTypeFactory.create(couples=True),
        clients=ClientFactory.create_batch(2),
        room=RoomFactory.create(office=office, is_active=False),
    )

    (found,) = with_candidates([Uncovered(couple, [Cause.ROOM_INACTIVE])], now=NOW)

    assert (found.candidates, found.rooms) == ([], [small, large])
    assert narrow.capacity < couple.attendances.count()


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
def test_candidates_need_the_same_queries_for_any_number_of_sessions(
    session, django_assert_num_queries, count
):
    other = colleague(session)
    for week in range(1, count):
        AppointmentFactory.create(
            therapist=session.therapist,
            room=session.room,
            starts_at=session.starts_at + timedelta(weeks=week),
        )
    sessions = with_those_who_come(Appointment.objects.order_by("starts_at"))
    found = [Uncovered(each, [Cause.TIME_OFF]) for each in sessions]

    with django_assert_num_queries(6):
        answer = with_candidates(found, now=NOW)

    assert [each.candidates for each in answer] == [[other]] * count
