from datetime import timedelta

import pytest

from config.errors import Stale
from scheduling import progress
from scheduling.models import TRANSITIONS, AppointmentStatus
from scheduling.placement import SlotTaken
from scheduling.transitions import InvalidTransition
from tests.factories.scheduling import AppointmentFactory
from tests.times import MONDAY_9AM

pytestmark = pytest.mark.django_db

AFTER = MONDAY_9AM + timedelta(hours=1)
REACHED_BY = {
    AppointmentStatus.CONFIRMED: progress.confirm,
    AppointmentStatus.CHECKED_IN: progress.check_in,
    AppointmentStatus.COMPLETED: progress.complete,
    AppointmentStatus.NO_SHOW: progress.no_show,
    AppointmentStatus.SCHEDULED: progress.reopen,
}


def in_status(status):
    return AppointmentFactory.create(
        status=status,
        cancelled_at=MONDAY_9AM if "cancelled" in status else None,
        hold_expires_at=MONDAY_9AM if status == "held" else None,
    )


@pytest.mark.parametrize("status", AppointmentStatus)
@pytest.mark.parametrize("target", REACHED_BY)
def test_only_the_transitions_of_the_table_are_possible(status, target):
    appointment = in_status(status)
    operation = REACHED_BY[target]
    options = {"may_correct": True} if operation is progress.check_in else {}
    is_allowed = target in TRANSITIONS.get(status, ()) and status != "held"

    if is_allowed:
        after = operation(appointment, version=1, now=AFTER, **options)
        assert (after.status, after.version, after.facts_version) == (target, 2, 1)
    else:
        with pytest.raises(InvalidTransition):
            operation(appointment, version=1, now=AFTER, **options)
    appointment.refresh_from_db()
    assert (appointment.status, appointment.version) == (
        (target, 2) if is_allowed else (status, 1)
    )


@pytest.mark.parametrize(
    ("operation", "opens"),
    [
        (progress.check_in, -timedelta(hours=2)),
        (progress.complete, timedelta()),
        (progress.no_show, timedelta(minutes=15)),
    ],
)
def test_each_has_its_hour(operation, opens):
    appointment = AppointmentFactory.create()

    with pytest.raises(InvalidTransition):
        operation(appointment, version=1, now=MONDAY_9AM + opens - timedelta(seconds=1))
    after = operation(appointment, version=1, now=MONDAY_9AM + opens)

    assert after.version == 2


@pytest.mark.parametrize(
    ("operation", "attendance", "occupies"),
    [
        (progress.complete, "attended", True),
        (progress.no_show, "no_show", False),
        (progress.check_in, "expected", True),
    ],
)
def test_the_clients_part_follows(operation, attendance, occupies):
    appointment = AppointmentFactory.create()

    operation(appointment, version=1, now=AFTER)

    part = appointment.attendances.get()
    assert (part.status, part.occupies) == (attendance, occupies)


def test_a_mistake_is_corrected_within_the_day_only():
    appointment = in_status(AppointmentStatus.COMPLETED)

    with pytest.raises(InvalidTransition):
        progress.reopen(appointment, version=1, now=AFTER + timedelta(days=1))
    with pytest.raises(InvalidTransition):
        progress.check_in(appointment, version=1, now=AFTER)
    after = progress.check_in(appointment, version=1, now=AFTER, may_correct=True)

    assert after.status == AppointmentStatus.CHECKED_IN


def test_a_no_show_whose_hour_was_given_away_cannot_come_back():
    appointment = in_status(AppointmentStatus.NO_SHOW)
    AppointmentFactory.create(therapist=appointment.therapist)

    with pytest.raises(SlotTaken):
        progress.reopen(appointment, version=1, now=AFTER)

    appointment.refresh_from_db()
    assert appointment.status == AppointmentStatus.NO_SHOW


def test_the_second_of_two_who_confirm_is_told():
    appointment = AppointmentFactory.create()
    progress.confirm(appointment, version=1, now=AFTER)

    with pytest.raises(Stale):
        progress.confirm(appointment, version=1, now=AFTER)
