"""The first session after a rematch is free, and stays so whatever becomes of it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError

from scheduling import (
    attendance,
    booking,
    guarantee_rows,
    guarantees,
    holds,
    orders,
    progress,
)
from scheduling.fees import FREE_AFTER_REMATCH
from scheduling.guarantees import FreeElsewhere
from scheduling.models import (
    Appointment,
    AttendanceStatus,
    Fee,
    Guarantee,
    GuaranteeState,
    Mode,
)
from scheduling.orders import Order
from tests.factories.clients import ClientFactory
from tests.factories.config import UserFactory
from tests.factories.guarantees import asked, matched, rematched
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    PracticePolicyFactory,
    SessionTypeFactory,
)
from tests.times import MONDAY_9AM, MONDAY_10AM, NOW, at

pytestmark = pytest.mark.django_db

NEXT_MONDAY_9AM = MONDAY_9AM + timedelta(days=7)
A_WEEK_BEFORE = {"starts_at": MONDAY_9AM - timedelta(days=7)}


@pytest.fixture(autouse=True)
def policy():
    PracticePolicyFactory.create(booking_horizon_days=365)


def rematched_with(hours, **more):
    """A guarantee, and that of somebody who is matched again with whose hours it is."""
    guarantee = rematched(**A_WEEK_BEFORE, **more)
    guarantee.current.therapist = hours.therapist
    guarantee.current.matched_at = NOW
    guarantee.current.save()
    return guarantee


def order(hours, *clients, starts_at=MONDAY_9AM):
    return Order(
        therapist=hours.therapist,
        clients=list(clients),
        session_type=SessionTypeFactory.create(),
        office=hours.office,
        mode=Mode.TELEHEALTH,
        starts_at=starts_at,
    )


def book(hours, *clients, **more):
    return booking.book(order(hours, *clients, **more), now=NOW)


def book_for_two(hours, client):
    couples = SessionTypeFactory.create(couples=True)
    hours.therapist.session_types.add(couples)
    of_two = replace(
        order(hours, client),
        clients=[client, ClientFactory.create()],
        session_type=couples,
    )
    return booking.book(of_two, now=NOW)


def fee_of(session):
    part = session.attendances.get()
    return (part.fee, part.fee_reason)


FREE = (Fee.FREE, FREE_AFTER_REMATCH)
NONE = (Fee.NONE, "")


def test_the_first_session_after_a_rematch_is_booked_free_and_says_who_decided_it():
    hours, by = AvailabilityRuleFactory.create(), UserFactory.create()
    guarantee = rematched_with(hours)
    guarantee.rounds.filter(number=1).update(told_to=by)

    session = book(hours, guarantee.client)
    told = session.attendances.all()[0].fee  # as the answer tells it

    part = Appointment.objects.get(pk=session.pk).attendances.get()
    assert (told, part.fee, part.fee_reason) == (Fee.FREE, *FREE)
    assert (part.fee_decided_by, part.fee_decided_at) == (by, NOW)


def test_a_slot_that_was_kept_is_free_once_it_is_booked():
    hours = AvailabilityRuleFactory.create()
    guarantee = rematched_with(hours)
    wanted = order(hours, guarantee.client)
    held = holds.hold(wanted, by=UserFactory.create(), now=NOW)
    before = fee_of(held)

    session = booking.book(orders.to_book(held, clients=wanted.clients), now=NOW)

    assert (before, fee_of(session)) == (NONE, FREE)


def test_only_one_session_is_free():
    hours = AvailabilityRuleFactory.create()
    guarantee = rematched_with(hours)

    first = book(hours, guarantee.client)
    second = book(hours, guarantee.client, starts_at=NEXT_MONDAY_9AM)

    assert [fee_of(first), fee_of(second)] == [FREE, NONE]


def test_another_is_free_when_the_first_is_called_off():
    hours = AvailabilityRuleFactory.create()
    guarantee = rematched_with(hours)
    first = book(hours, guarantee.client)
    booking.cancel(first, by="practice", version=1, now=NOW)

    assert fee_of(book(hours, guarantee.client, starts_at=NEXT_MONDAY_9AM)) == FREE


def test_a_missed_free_session_that_took_place_after_all_is_not_a_second_free_one():
    hours = AvailabilityRuleFactory.create()
    client = rematched_with(hours).client
    first = missed(book(hours, client))
    second = book(hours, client, starts_at=NEXT_MONDAY_9AM)

    reopened = progress.reopen(first, version=2, now=MONDAY_10AM)
    progress.complete(reopened, version=3, now=MONDAY_10AM)

    assert [fee_of(first), fee_of(second)] == [NONE, FREE]


def test_who_is_marked_to_have_come_after_all_has_no_second_free_session():
    hours = AvailabilityRuleFactory.create()
    client = rematched_with(hours).client
    first = book_for_two(hours, client)
    marked_as(first, client, AttendanceStatus.NO_SHOW)
    second = book(hours, client, starts_at=NEXT_MONDAY_9AM)

    marked_as(first, client, AttendanceStatus.ATTENDED)

    assert first.attendances.get(client=client).fee == Fee.NONE
    assert fee_of(second) == FREE


def test_who_comes_back_to_a_session_has_no_second_free_one():
    hours = AvailabilityRuleFactory.create()
    client = rematched_with(hours).client
    first = book_for_two(hours, client)
    attendance.remove(first, client, by="client", version=1, now=NOW)
    second = book(hours, client, starts_at=NEXT_MONDAY_9AM)

    first = Appointment.objects.with_parts().get(pk=first.pk)
    attendance.add(first, client, version=None, now=NOW)

    assert first.attendances.get(client=client).fee == Fee.NONE
    assert fee_of(second) == FREE


def test_the_database_refuses_a_second_free_session():
    hours = AvailabilityRuleFactory.create()
    client = rematched_with(hours).client
    book(hours, client)
    second = book(hours, client, starts_at=NEXT_MONDAY_9AM)

    with pytest.raises(IntegrityError, match="attendance_free_once"):
        second.attendances.update(
            fee=Fee.FREE, fee_reason=FREE_AFTER_REMATCH, fee_decided_at=NOW
        )


@pytest.mark.parametrize(
    ("credit_until", "fee"), [(date(2027, 1, 11), FREE), (date(2027, 1, 10), NONE)]
)
def test_a_free_session_that_is_moved_beyond_the_credit_is_free_no_more(
    credit_until, fee
):
    hours = AvailabilityRuleFactory.create()
    client = rematched_with(hours).client
    Guarantee.objects.update(credit_until=credit_until)
    session = book(hours, client)
    assert fee_of(session) == FREE

    moved = replace(order(hours, client, starts_at=NEXT_MONDAY_9AM), replaces=session)
    booking.reschedule(moved, version=1, now=NOW)

    assert fee_of(session) == fee


def test_nothing_is_free_with_somebody_else_or_for_somebody_else_or_before_a_rematch():
    hours, other = AvailabilityRuleFactory.create_batch(2)
    guarantee = rematched_with(hours)
    first_round = matched(therapist=hours.therapist, matched_at=NOW)
    stranger = matched().client

    assert fee_of(book(other, guarantee.client)) == NONE
    assert fee_of(book(hours, first_round.client)) == NONE
    assert fee_of(book(hours, stranger, starts_at=MONDAY_10AM)) == NONE


@pytest.mark.parametrize(
    ("credit_until", "fee"), [(date(2027, 1, 4), FREE), (date(2027, 1, 3), NONE)]
)
def test_a_session_is_free_until_the_last_day_of_the_credit(credit_until, fee):
    hours = AvailabilityRuleFactory.create()
    guarantee = rematched_with(hours)
    Guarantee.objects.update(credit_until=credit_until)

    assert fee_of(book(hours, guarantee.client)) == fee


@pytest.mark.parametrize("kind", ["consultation", "group"])
def test_a_consultation_or_a_group_does_not_use_the_credit(kind):
    hours = AvailabilityRuleFactory.create()
    guarantee = rematched_with(hours)
    wanted = order(hours, guarantee.client)
    short = replace(wanted, session_type=SessionTypeFactory.create(**{kind: True}))
    hours.therapist.session_types.add(short.session_type)

    first = booking.book(short, now=NOW)
    then = book(hours, guarantee.client, starts_at=NEXT_MONDAY_9AM)

    assert [fee_of(first), fee_of(then)] == [NONE, FREE]


def test_a_session_that_is_booked_when_somebody_is_matched_again_becomes_free():
    guarantee = asked(GuaranteeState.REMATCH_ASKED, **A_WEEK_BEFORE)
    session = AppointmentFactory.create(clients=[guarantee.client])

    guarantees.choose(guarantee, session.therapist, version=1, by=None, now=NOW)

    session.refresh_from_db()
    assert (fee_of(session), session.version) == (FREE, 2)


def test_the_session_that_is_named_the_first_one_becomes_free():
    guarantee = rematched(**A_WEEK_BEFORE)
    session = AppointmentFactory.create(clients=[guarantee.client])

    guarantees.name_trial(guarantee, session, version=1, now=NOW)

    assert fee_of(session) == FREE


def test_no_second_session_becomes_free_by_naming_it():
    hours = AvailabilityRuleFactory.create()
    guarantee = rematched_with(hours)
    book(hours, guarantee.client)
    other = AppointmentFactory.create(
        clients=[guarantee.client], starts_at=NEXT_MONDAY_9AM
    )

    with pytest.raises(FreeElsewhere):
        guarantees.name_trial(guarantee, other, version=1, now=NOW)

    assert fee_of(other) == NONE
    assert guarantee_rows.progress_of(guarantee).current.therapist == hours.therapist


def completed(session):
    return progress.complete(session, version=1, now=MONDAY_9AM)


def missed(session):
    return progress.no_show(session, version=1, now=MONDAY_10AM)


def corrected(session):
    return progress.reopen(missed(session), version=2, now=MONDAY_10AM)


def marked(session):
    client = session.attendances.get().client
    status = AttendanceStatus.ATTENDED
    return attendance.mark(session, client, status, version=1, now=MONDAY_9AM)


def marked_as(session, client, status):
    attendance.mark(session, client, status, version=None, now=MONDAY_10AM)


def cancelled_late(session):
    return booking.cancel(session, by="client", version=1, now=NOW)


def removed(session):
    client = session.attendances.get().client
    return attendance.remove(session, client, by="client", version=1, now=NOW)


@pytest.mark.parametrize(
    "change", [completed, missed, corrected, marked, cancelled_late, removed]
)
def test_a_free_session_stays_free_whatever_becomes_of_it(change):
    hours = AvailabilityRuleFactory.create()
    session = book(hours, rematched_with(hours).client)

    change(session)

    assert fee_of(session) == FREE


def test_the_fee_of_a_missed_free_session_can_be_asked_for_after_all():
    hours = AvailabilityRuleFactory.create()
    session = book(hours, rematched_with(hours).client)
    missed(session)

    attendance.decide_fee(
        session,
        session.attendances.get().client,
        waived=False,
        reason="Missed twice",
        by=None,
        version=2,
        now=at(date(2027, 1, 5), "09:00"),
    )

    assert fee_of(session) == (Fee.DUE, "Missed twice")
