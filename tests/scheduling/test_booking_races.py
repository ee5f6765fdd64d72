"""Many callers at once, each in a thread and a connection of their own.

The controls take away what protects the calendar, and show that these tests notice.
"""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import OperationalError, connection

from config import transactions
from scheduling import booking, orders, placement
from scheduling.engine import rules
from scheduling.models import Appointment, AppointmentStatus, Attendance, Mode
from scheduling.orders import Order
from scheduling.placement import RulesForbid, SlotTaken
from tests.conftest import signed_in
from tests.factories.clients import ClientFactory
from tests.factories.config import UserFactory
from tests.factories.scheduling import (
    AvailabilityRuleFactory,
    PracticePolicyFactory,
    SessionTypeFactory,
)
from tests.times import MONDAY_9AM, NOW

CALLERS = 12

pytestmark = pytest.mark.django_db(transaction=True)


def hours_of(count):
    """`count` therapists with hours on Monday in the same office with one room."""
    first = AvailabilityRuleFactory.create()
    others = [
        AvailabilityRuleFactory.create(office=first.office) for _ in range(count - 1)
    ]
    return [first, *others]


def orders_for_one_therapist():
    (hours,) = hours_of(1)
    return [
        order(hours, ClientFactory.create(), Mode.TELEHEALTH) for _ in range(CALLERS)
    ]


def orders_for_one_room():
    return [
        order(hours, ClientFactory.create(), Mode.IN_PERSON)
        for hours in hours_of(CALLERS)
    ]


def orders_for_one_client():
    client = ClientFactory.create()
    return [order(hours, client, Mode.TELEHEALTH) for hours in hours_of(CALLERS)]


ONE_OF_A_KIND = [orders_for_one_therapist, orders_for_one_room, orders_for_one_client]


def order(hours, client, mode):
    return Order(
        therapist=hours.therapist,
        clients=[client],
        session_type=SessionTypeFactory.create(),
        office=hours.office,
        mode=mode,
        starts_at=MONDAY_9AM,
    )


def at_once(calls):
    """Run all `calls` at the same moment; what each of them returned."""
    start = Barrier(len(calls))

    def run(call):
        try:
            start.wait()
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def outcome_of_booking(wanted):
    try:
        booking.book(wanted, now=NOW)
    except SlotTaken:
        return "taken"
    except RulesForbid:
        return "forbidden"
    except OperationalError as error:
        return transactions.sqlstate(error)
    return "booked"


def overlaps():
    """Pairs of appointments that share a therapist, a room or a client at one time."""
    rows = list(Appointment.objects.occupying().prefetch_related("clients"))
    return [
        (one, other)
        for one, other in combinations(rows, 2)
        if one.starts_at < other.ends_at
        and other.starts_at < one.ends_at
        and (
            one.therapist_id == other.therapist_id
            or (one.room_id is not None and one.room_id == other.room_id)
            or set(one.clients.all()) & set(other.clients.all())
        )
    ]


@pytest.mark.parametrize("orders", ONE_OF_A_KIND)
def test_of_many_callers_exactly_one_books_and_the_rest_are_told(orders):
    wanted = orders()

    outcomes = at_once([lambda each=each: outcome_of_booking(each) for each in wanted])

    assert Counter(outcomes) == {"booked": 1, "taken": CALLERS - 1}
    assert Appointment.objects.count() == 1


def test_of_many_callers_for_one_day_as_many_book_as_the_limit_allows():
    PracticePolicyFactory.create(sessions_per_day=2)
    (hours,) = hours_of(1)
    wanted = [
        replace(
            order(hours, ClientFactory.create(), Mode.TELEHEALTH),
            starts_at=MONDAY_9AM + timedelta(hours=number),
        )
        for number in range(8)
    ]

    outcomes = at_once([lambda each=each: outcome_of_booking(each) for each in wanted])

    assert Counter(outcomes) == {"booked": 2, "forbidden": 6}
    assert Appointment.objects.count() == 2


def test_over_http_one_gets_201_and_the_rest_409_with_other_times(frozen_now):
    (hours,) = hours_of(1)
    body = {
        "therapist": str(hours.therapist.pk),
        "session_type": SessionTypeFactory.create().slug,
        "office": hours.office.slug,
        "starts_at": "2027-01-04T09:00:00-08:00",
    }
    user = UserFactory.create(role="front_desk")
    clients = [str(ClientFactory.create().pk) for _ in range(CALLERS)]

    def call(client):
        api = signed_in(user)
        return api.post("/api/v1/appointments/", body | {"clients": [client]})

    answers = at_once([lambda each=each: call(each) for each in clients])

    assert Counter(answer.status_code for answer in answers) == {
        201: 1,
        409: CALLERS - 1,
    }
    refusal = next(answer for answer in answers if answer.status_code == 409).json()
    assert refusal["code"] == "slot_taken"
    assert [reason["code"] for reason in refusal["reasons"]] == [
        "therapist_busy",
        "no_room",
    ]
    assert [slot["starts_at"] for slot in refusal["alternatives"]] == [
        "2027-01-04T10:00:00-08:00",
        "2027-01-04T10:30:00-08:00",
        "2027-01-04T11:00:00-08:00",
    ]


def test_the_same_key_from_many_callers_books_once(frozen_now):
    (hours,) = hours_of(1)
    body = {
        "therapist": str(hours.therapist.pk),
        "clients": [str(ClientFactory.create().pk)],
        "session_type": SessionTypeFactory.create().slug,
        "office": hours.office.slug,
        "starts_at": "2027-01-04T09:00:00-08:00",
    }
    user = UserFactory.create(role="front_desk")

    def call():
        api = signed_in(user)
        return api.post("/api/v1/appointments/", body, headers={"Idempotency-Key": "k"})

    answers = at_once([call] * CALLERS)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer for answer in answers) == CALLERS - 1
    assert Appointment.objects.count() == 1


def test_two_moves_of_one_view_have_one_winner(frozen_now):
    (hours,) = hours_of(1)
    appointment = booking.book(
        order(hours, ClientFactory.create(), "telehealth"), now=NOW
    )
    user = UserFactory.create(role="front_desk")

    def call(hour):
        return signed_in(user).post(
            f"/api/v1/appointments/{appointment.pk}/reschedule/",
            {"starts_at": f"2027-01-04T{hour}:00:00-08:00"},
            headers={"If-Match": '"1"'},
        )

    answers = at_once([lambda hour=hour: call(hour) for hour in range(10, 16)])

    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 5}
    appointment.refresh_from_db()
    assert appointment.version == 2


def test_a_move_that_meets_a_cancellation_halfway_is_stale(frozen_now):
    (hours,) = hours_of(1)
    front_desk = signed_in(UserFactory.create(role="front_desk"))
    appointment = booking.book(
        order(hours, ClientFactory.create(), Mode.TELEHEALTH), now=NOW
    )

    def cancel():
        booking.cancel(appointment, by="practice", version=1, now=NOW)

    with _just_before("scheduling_attendance", lambda: at_once([cancel])):
        answer = front_desk.post(
            f"/api/v1/appointments/{appointment.pk}/reschedule/",
            {"starts_at": "2027-01-04T11:00:00-08:00"},
            headers={"If-Match": '"1"'},
        )

    appointment.refresh_from_db()
    assert (answer.status_code, answer["ETag"]) == (412, '"2"')
    assert (appointment.status, appointment.version) == ("cancelled_by_practice", 2)


def test_a_database_that_dies_while_a_refusal_is_worded_is_unavailable(frozen_now):
    (hours,) = hours_of(1)
    front_desk = signed_in(UserFactory.create(role="front_desk"))
    taken = order(hours, ClientFactory.create(), Mode.TELEHEALTH)
    booking.book(taken, now=NOW)
    body = {
        "therapist": str(hours.therapist.pk),
        "clients": [str(ClientFactory.create().pk)],
        "session_type": taken.session_type.slug,
        "office": hours.office.slug,
        "starts_at": "2027-01-04T09:00:00-08:00",
    }

    # The first that is asked to word it: whose calendar the caller may write to.
    with _just_before('"id" AS "pk" FROM "scheduling_therapist"$', _hang_up):
        answer = front_desk.post("/api/v1/appointments/", body)
    connection.close()

    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert Appointment.objects.count() == 1


def test_moves_that_swap_places_do_not_deadlock():
    hours = hours_of(4)
    booked = [
        booking.book(order(each, ClientFactory.create(), Mode.TELEHEALTH), now=NOW)
        for each in hours
    ]

    def call(appointment, therapist):
        wanted = orders.to_move(
            appointment, starts_at=appointment.starts_at, therapist=therapist
        )
        try:
            booking.reschedule(wanted, version=1, now=NOW)
        except SlotTaken:
            return "taken"
        return "moved"

    around = [each.therapist for each in hours[1:] + hours[:1]]
    outcomes = at_once(
        [
            lambda one=one, to=to: call(one, to)
            for one, to in zip(booked, around, strict=True)
        ]
    )

    assert set(outcomes) == {"taken"}
    assert overlaps() == []


def test_control_without_locks_rules_and_constraint_double_bookings_are_noticed(
    monkeypatch,
):
    monkeypatch.setattr(placement, "lock_calendars", _lock_nothing)
    monkeypatch.setattr(rules, "refusals", lambda *_, **__: [])
    wanted = orders_for_one_therapist()

    with _without("appointment_therapist_free"):
        outcomes = at_once(
            [lambda each=each: outcome_of_booking(each) for each in wanted]
        )
        found = overlaps()
        Appointment.objects.update(status=AppointmentStatus.RELEASED)

    assert Counter(outcomes) == {"booked": CALLERS}
    assert len(found) == CALLERS * (CALLERS - 1) // 2


@pytest.mark.parametrize(
    ("with_locks", "loser"), [(True, "taken"), (False, transactions.DEADLOCK)]
)
def test_two_couples_of_the_same_people_deadlock_only_without_locks(
    monkeypatch, with_locks, loser
):
    """Each has written one partner's part when the other writes the other's."""
    couples = SessionTypeFactory.create(couples=True)
    partners = ClientFactory.create_batch(2)
    both_wrote = Barrier(2)

    def write_slowly(queryset, rows):
        for row in rows:
            row.save(force_insert=True)
            with suppress(BrokenBarrierError):
                both_wrote.wait(timeout=0.3)
        return rows

    monkeypatch.setattr(type(Attendance.objects), "bulk_create", write_slowly)
    if not with_locks:
        monkeypatch.setattr(placement, "lock_calendars", _lock_nothing)
    wanted = []
    for hours, clients in zip(hours_of(2), (partners, partners[::-1]), strict=True):
        hours.therapist.session_types.add(couples)
        each = order(hours, partners[0], Mode.TELEHEALTH)
        wanted.append(replace(each, session_type=couples, clients=clients))

    outcomes = at_once([lambda each=each: outcome_of_booking(each) for each in wanted])

    assert Counter(outcomes) == {"booked": 1, loser: 1}
    assert overlaps() == []


@contextmanager
def _just_before(statement, change):
    """Make a `change` just before the first statement that matches `statement`."""
    changes = iter([change])

    def read(execute, sql, *arguments):
        if re.search(statement, sql) and (due := next(changes, None)):
            due()
        return execute(sql, *arguments)

    with connection.execute_wrapper(read):
        yield


def _hang_up():
    """What a connection comes to whose server is killed."""
    connection.connection.close()


def _lock_nothing(*, rooms, **_):
    return list(rooms)


@contextmanager
def _without(constraint):
    """A database that lacks one of its constraints for a while."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s",
            [constraint],
        )
        (definition,) = cursor.fetchone()
        alter = "ALTER TABLE scheduling_appointment"
        cursor.execute(f"{alter} DROP CONSTRAINT {constraint}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"{alter} ADD CONSTRAINT {constraint} {definition}")
