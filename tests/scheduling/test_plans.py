"""Whose plan holds, which way a message goes, and what is not told."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.db.transaction import atomic

from clients.models import Channel, ConsentBasis, ConsentStatus
from scheduling import reminders
from scheduling.models import (
    NOT_OPEN,
    NOT_TOLD,
    AppointmentStatus,
    AttendanceStatus,
    MessageKind,
    MessageState,
    ReminderPlan,
)
from tests.factories.clients import (
    ClientFactory,
    ContactConsentFactory,
    GuardianFactory,
)
from tests.factories.scheduling import (
    ReminderPlanFactory,
    ReminderRuleFactory,
    SessionTypeFactory,
)
from tests.scheduling.test_reminders import (
    BOOKED,
    CANCELLED,
    CHILD_BORN_ON,
    FRIDAY_10AM,
    MOVED,
    NOW,
    REMINDER,
    WEDNESDAY_10AM,
    addressees,
    change,
    mark,
    plan,
    waiting,
)
from tests.times import MONDAY, TUESDAY, at

pytestmark = pytest.mark.django_db

EMAIL, SMS = Channel.EMAIL, Channel.SMS
TWELVE = date(2014, 5, 17)


def practice(**values):
    """The practice's plan with a text a day before."""
    made = ReminderPlanFactory.create(**values)
    ReminderRuleFactory.create(plan=made)
    return made


def revoke(client, channel, guardian=None):
    ContactConsentFactory.create(
        client=client,
        guardian=guardian,
        channel=channel,
        status=ConsentStatus.REVOKED,
        at=NOW,
    )


def reminders_of(appointment):
    return [row for row in waiting(appointment) if row[0] == REMINDER]


def untold(appointment):
    rows = appointment.messages.filter(state=MessageState.CANCELLED).order_by("pk")
    return [(row.kind, row.channel, row.last_error) for row in rows]


def test_a_plan_has_several_offsets_and_several_ways_at_one_of_them():
    own = practice()
    ReminderRuleFactory.create(plan=own, channel=EMAIL)
    ReminderRuleFactory.create(plan=own, before_minutes=120)

    appointment = plan(FRIDAY_10AM)

    assert reminders_of(appointment) == [
        (REMINDER, EMAIL, "Thu 10:00"),
        (REMINDER, SMS, "Thu 10:00"),
        (REMINDER, SMS, "Fri 08:00"),
    ]


def test_a_session_types_plan_takes_the_practices_place_as_a_whole():
    practice()
    couples = SessionTypeFactory.create(couples=True)
    narrower = ReminderPlanFactory.create(session_type=couples, notices_by=SMS)
    ReminderRuleFactory.create(plan=narrower, before_minutes=48 * 60, channel=EMAIL)

    other, own = plan(FRIDAY_10AM), plan(FRIDAY_10AM, session_type=couples)

    assert waiting(other) == [
        (BOOKED, EMAIL, "Mon 12:03"),
        (REMINDER, SMS, "Thu 10:00"),
    ]
    assert waiting(own) == [
        (BOOKED, SMS, "Mon 12:03"),
        (REMINDER, EMAIL, "Wed 10:00"),
    ]


def test_a_clients_plan_goes_before_that_of_the_session_type_and_may_be_empty():
    kind = SessionTypeFactory.create()
    ReminderRuleFactory.create(plan=ReminderPlanFactory.create(session_type=kind))
    wants_none, other = ClientFactory.create_batch(2)
    ReminderPlanFactory.create(client=wants_none)

    appointment = plan(FRIDAY_10AM, clients=[wants_none, other])

    rows = appointment.messages.pending().filter(kind=REMINDER)
    assert [row.client for row in rows] == [other]


def test_without_any_plan_notices_go_by_e_mail_and_nobody_is_reminded():
    assert waiting(plan(FRIDAY_10AM)) == [(BOOKED, EMAIL, "Mon 12:03")]


def test_what_is_not_told_counts_as_told_otherwise():
    """A practice that tells of bookings on the telephone still tells of moves."""
    practice(tells_booked=False)
    appointment = plan(FRIDAY_10AM)
    booked = waiting(appointment), untold(appointment)

    change(appointment, starts_at=WEDNESDAY_10AM)
    reminders.replan(appointment, now=NOW)
    moved = waiting(appointment)
    change(appointment, starts_at=FRIDAY_10AM)
    reminders.replan(appointment, now=NOW)
    moved_back = waiting(appointment)

    assert booked == (
        [(REMINDER, SMS, "Thu 10:00")],
        [(BOOKED, EMAIL, NOT_TOLD)],
    )
    assert moved == [(MOVED, EMAIL, "Mon 12:03"), (REMINDER, SMS, "Tue 10:00")]
    assert moved_back == [(REMINDER, SMS, "Thu 10:00")]


def test_a_move_that_is_not_told_is_none_when_it_is_called_off():
    ReminderPlanFactory.create(tells_moved=False)
    appointment = plan(FRIDAY_10AM)
    mark(appointment, MessageState.SENT)
    change(appointment, starts_at=WEDNESDAY_10AM)
    reminders.replan(appointment, now=NOW)
    moved = waiting(appointment), untold(appointment)

    change(appointment, status=AppointmentStatus.CANCELLED, cancelled_at=NOW)
    appointment.attendances.update(status=AttendanceStatus.CANCELLED)
    reminders.replan(appointment, now=NOW)

    assert moved == ([], [(MOVED, EMAIL, NOT_TOLD)])
    assert waiting(appointment) == [(CANCELLED, EMAIL, "Mon 12:03")]


def test_who_was_told_wrong_is_corrected_whatever_the_plan():
    ReminderPlanFactory.create(tells_moved=False)
    appointment = plan(FRIDAY_10AM)
    mark(appointment, MessageState.SENDING)

    change(appointment, starts_at=WEDNESDAY_10AM)
    reminders.replan(appointment, now=NOW)

    assert waiting(appointment) == [(MessageKind.CORRECTION, EMAIL, "Mon 12:03")]


@pytest.mark.parametrize(
    ("values", "revoked", "way"),
    [
        ({}, [], SMS),
        ({}, [SMS], EMAIL),
        ({"phone": ""}, [], EMAIL),
        ({"wants_sms": False}, [], EMAIL),
        ({"wants_sms": False}, [EMAIL], None),
        ({"email": ""}, [SMS], None),
    ],
)
def test_a_reminder_goes_by_the_other_way_where_its_own_is_closed(values, revoked, way):
    practice()
    client = ClientFactory.create(**values)
    for channel in revoked:
        revoke(client, channel)

    appointment = plan(FRIDAY_10AM, clients=[client])

    expected = [] if way is None else [(REMINDER, way, "Thu 10:00")]
    assert reminders_of(appointment) == expected


def test_a_reminder_does_not_go_twice_by_the_way_that_is_left():
    ReminderRuleFactory.create(plan=practice(), channel=EMAIL)
    client = ClientFactory.create()
    revoke(client, SMS)

    appointment = plan(FRIDAY_10AM, clients=[client])

    assert reminders_of(appointment) == [(REMINDER, EMAIL, "Thu 10:00")]


def test_a_notice_that_has_no_way_is_in_the_ledger():
    client = ClientFactory.create(email="", wants_sms=False)

    appointment = plan(FRIDAY_10AM, clients=[client])

    assert waiting(appointment) == []
    assert untold(appointment) == [(BOOKED, EMAIL, NOT_OPEN)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"born_on": CHILD_BORN_ON}, "guardian"),
        ({"born_on": TWELVE}, "guardian"),
        ({"born_on": TWELVE, "consent_basis": ConsentBasis.SELF_12_PLUS}, "client"),
        ({"born_on": TWELVE, "guardian_contact_ok": False}, "client"),
        ({"born_on": date(1990, 5, 17)}, "client"),
    ],
)
def test_who_falls_back_to_the_other_way_stays_the_same(values, expected):
    """R16, R17: the way changes, never the person."""
    practice()
    client = ClientFactory.create(**values)
    guardian = GuardianFactory.create(client=client)
    revoke(client, SMS)

    appointment = plan(FRIDAY_10AM, clients=[client])

    person = guardian if expected == "guardian" else None
    assert addressees(appointment) == [(client, person, EMAIL)] * 2


def test_a_minor_who_consented_alone_is_not_reached_by_guardians_if_nothing_is_open():
    practice()
    minor = ClientFactory.create(
        born_on=TWELVE, consent_basis=ConsentBasis.SELF_12_PLUS, email=""
    )
    GuardianFactory.create(client=minor)
    revoke(minor, SMS)

    appointment = plan(FRIDAY_10AM, clients=[minor])

    assert addressees(appointment) == []
    assert {row.guardian for row in appointment.messages.all()} == {None}


def test_a_guardians_opt_out_is_theirs_alone():
    practice(notices_by=SMS)
    child = ClientFactory.create(born_on=CHILD_BORN_ON)
    mother, father = GuardianFactory.create_batch(2, client=child)
    revoke(child, SMS, guardian=mother)

    appointment = plan(WEDNESDAY_10AM, clients=[child])

    assert addressees(appointment) == [
        (child, mother, EMAIL),
        (child, mother, EMAIL),
        (child, father, SMS),
        (child, father, SMS),
    ]


def test_a_guardians_opt_out_does_not_follow_the_minor_who_comes_of_age():
    practice()
    minor = ClientFactory.create(born_on=date(2009, 1, 6))  # eighteen on Wednesday
    guardian = GuardianFactory.create(client=minor)
    revoke(minor, SMS, guardian=guardian)

    before = plan(at(TUESDAY, "15:00"), clients=[minor])
    after = plan(WEDNESDAY_10AM, clients=[minor], now=at(MONDAY, "09:00"))

    assert addressees(before) == [(minor, guardian, EMAIL)] * 2
    assert addressees(after) == [(minor, None, EMAIL), (minor, None, SMS)]


def test_a_clients_word_is_about_what_their_guardians_get_as_well():
    practice()
    child = ClientFactory.create(born_on=CHILD_BORN_ON)
    guardian = GuardianFactory.create(client=child)
    ContactConsentFactory.create(client=child, guardian=guardian, at=NOW)
    revoke(child, SMS)

    appointment = plan(WEDNESDAY_10AM, clients=[child])

    assert addressees(appointment) == [(child, guardian, EMAIL)] * 2


def test_a_guardian_who_opts_in_again_is_written_to_again():
    practice()
    child = ClientFactory.create(born_on=CHILD_BORN_ON)
    guardian = GuardianFactory.create(client=child)
    revoke(child, SMS, guardian=guardian)
    ContactConsentFactory.create(
        client=child, guardian=guardian, at=NOW + timedelta(minutes=1)
    )

    appointment = plan(WEDNESDAY_10AM, clients=[child])

    assert addressees(appointment) == [
        (child, guardian, EMAIL),
        (child, guardian, SMS),
    ]


@pytest.mark.parametrize("level", ["practice", "session_type", "client"])
def test_there_is_one_plan_for_each(level):
    whom = {
        "practice": {},
        "session_type": {"session_type": SessionTypeFactory.create()},
        "client": {"client": ClientFactory.create()},
    }[level]
    ReminderPlan.objects.create(**whom)

    with pytest.raises(IntegrityError, match="reminder_plan_once"), atomic():
        ReminderPlan.objects.create(**whom)

    assert ReminderPlan.objects.count() == 1


def test_a_plan_is_not_for_a_session_type_and_a_client_at_once():
    whom = {
        "session_type": SessionTypeFactory.create(),
        "client": ClientFactory.create(),
    }

    with pytest.raises(IntegrityError, match="reminder_plan_of_one"), atomic():
        ReminderPlan.objects.create(**whom)

    assert ReminderPlan.objects.count() == 0
