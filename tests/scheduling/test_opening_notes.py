"""What the database notes of hours that become free, whoever makes the change."""

from datetime import date, timedelta

import pytest
from django.db import connection

from config.clock import database_now
from scheduling import booking, holds, orders
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    AvailabilityRule,
)
from tests.factories.config import UserFactory
from tests.factories.locations import ClosureFactory, OfficeFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityOverrideFactory,
    AvailabilityRuleFactory,
    TherapistFactory,
    TimeOffFactory,
)
from tests.scheduling.waiting import (
    NOON,
    booked,
    forget,
    hours,
    line,
    noted,
    offered,
    ordered,
    sweep,
)
from tests.times import NOW, at

pytestmark = pytest.mark.django_db


FIFTY = timedelta(minutes=50)


@pytest.mark.parametrize(
    "status", ["cancelled", "late_cancelled", "cancelled_by_practice", "no_show"]
)
def test_an_hour_that_keeps_nobody_busy_any_more_is_noted(status):
    appointment = AppointmentFactory.create()
    cancelled_at = None if status == "no_show" else NOW

    Appointment.objects.filter(pk=appointment.pk).update(
        status=status, cancelled_at=cancelled_at
    )

    assert noted() == [
        (appointment.therapist_id, appointment.starts_at, appointment.ends_at)
    ]


def test_a_move_notes_the_old_hour():
    rule = hours()
    appointment = booked(rule)
    order = orders.to_move(appointment, starts_at=NOON + timedelta(hours=2))

    booking.reschedule(order, version=appointment.version, now=NOW)

    assert noted() == [(rule.therapist.pk, NOON, NOON + FIFTY)]


@pytest.mark.parametrize("change", ["note", "confirm"])
def test_what_stays_where_it_is_notes_nothing(change):
    appointment = AppointmentFactory.create()
    changes = {"note": {"note": "x"}, "confirm": {"status": "confirmed"}}

    Appointment.objects.filter(pk=appointment.pk).update(**changes[change])
    Appointment.objects.filter(pk=appointment.pk).update(status="completed")

    assert noted() == []


def test_an_hour_that_is_past_is_not_noted():
    past = database_now() - timedelta(days=1)
    appointment = AppointmentFactory.create(starts_at=past)

    Appointment.objects.filter(pk=appointment.pk).update(
        status="cancelled", cancelled_at=NOW
    )

    assert noted() == []


def test_a_lapsed_hold_is_let_go_of_by_the_sweep_and_its_hour_is_offered():
    rule = hours()
    (entry,) = line(1)
    hold = holds.hold(ordered(rule, is_hold=True), by=UserFactory.create(), now=NOW)
    Appointment.objects.filter(pk=hold.pk).update(
        hold_expires_at=database_now() - timedelta(minutes=1)
    )

    sweep()

    hold.refresh_from_db()
    assert hold.status == AppointmentStatus.RELEASED
    assert offered() == [(entry.pk, NOON)]


def test_a_hold_that_is_kept_still_is_left_alone():
    hold = AppointmentFactory.create(held=True)

    sweep()

    hold.refresh_from_db()
    assert (hold.status, noted()) == (AppointmentStatus.HELD, [])


def test_hours_that_open_on_a_date_are_noted_on_the_wall_of_their_office():
    forget()
    override = AvailabilityOverrideFactory.create(
        date=date(2027, 3, 14), start_minute=60, end_minute=4 * 60
    )

    assert noted() == [
        (
            override.therapist_id,
            at(date(2027, 3, 14), "01:00"),
            at(date(2027, 3, 14), "04:00"),
        )
    ]


def test_weekly_hours_are_noted_when_they_come_and_when_they_change():
    rule = AvailabilityRuleFactory.create()
    assert [row[0] for row in noted()] == [rule.therapist_id]
    forget()

    AvailabilityRule.objects.update(end_minute=18 * 60)

    ((therapist, starts_at, ends_at),) = noted()
    assert therapist == rule.therapist_id
    assert starts_at < NOW < ends_at
    assert ends_at - starts_at == timedelta(days=60)


def test_hours_that_are_over_are_not_noted():
    AvailabilityRuleFactory.create(valid_until=date(2026, 2, 1))

    assert noted() == []


def test_time_off_that_is_withdrawn_or_ends_sooner_is_noted():
    off = TimeOffFactory.create()
    off.ends_at -= timedelta(hours=2)

    off.save(update_fields=["ends_at"])
    off.delete()

    assert [row[1:] for row in noted()] == [
        (off.starts_at, off.ends_at + timedelta(hours=2)),
        (off.starts_at, off.ends_at),
    ]


def test_a_closure_that_is_withdrawn_is_noted_for_those_who_work_there():
    rule = hours()
    elsewhere = TherapistFactory.create(offices=[OfficeFactory.create()])
    theirs = ClosureFactory.create(office=rule.office)
    everyones = ClosureFactory.create(office=None)
    forget()

    theirs.delete()
    assert [row[0] for row in noted()] == [rule.therapist_id]
    forget()
    everyones.delete()

    assert {row[0] for row in noted()} == {rule.therapist_id, elsewhere.pk}


@pytest.mark.parametrize("field", ["is_active", "accepts_new_clients"])
def test_a_therapist_who_returns_is_noted(field):
    therapist = TherapistFactory.create(**{field: False})

    setattr(therapist, field, True)
    therapist.save(update_fields=[field])
    therapist.display_name = "Dr. New"
    therapist.save(update_fields=["display_name"])

    assert [row[0] for row in noted()] == [therapist.pk]


def test_a_change_that_is_taken_back_leaves_no_note():
    appointment = AppointmentFactory.create()

    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT change")
        Appointment.objects.update(status="cancelled", cancelled_at=NOW)
        cursor.execute("ROLLBACK TO SAVEPOINT change")

    appointment.refresh_from_db()
    assert (appointment.status, noted()) == ("scheduled", [])
