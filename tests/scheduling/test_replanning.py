"""What waits follows each change, whoever makes it, and nothing is told twice."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import (
    Channel,
    Client,
    ConsentBasis,
    ConsentStatus,
    ContactChange,
    ContactConsent,
)
from config.clock import database_now
from locations.models import Office
from scheduling import knowledge, opt_outs, reminders, replanning, series_notices
from scheduling.models import (
    NOT_OPEN,
    NOT_TOLD,
    Appointment,
    AppointmentStatus,
    AttendanceStatus,
    Message,
    MessageState,
    PlanChange,
    PracticePolicy,
    ReminderPlan,
    ReminderRule,
    Replanning,
    Therapist,
)
from tests.factories.clients import (
    ClientFactory,
    ContactConsentFactory,
    GuardianFactory,
)
from tests.factories.config import UserFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AppointmentSeriesFactory,
    PracticePolicyFactory,
    ReminderPlanFactory,
    ReminderRuleFactory,
    SessionTypeFactory,
    TherapistFactory,
)
from tests.scheduling.test_reminders import (
    BOOKED,
    CHILD_BORN_ON,
    FRIDAY_10AM,
    NOW,
    REMINDER,
    WEDNESDAY_10AM,
    addressees,
    mark,
    plan,
    waiting,
)
from tests.times import FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY, at

pytestmark = pytest.mark.django_db

EMAIL, SMS = Channel.EMAIL, Channel.SMS
SENT = MessageState.SENT
PATIENCE = 0.3  # seconds to wait for someone who may not come


@pytest.fixture
def day_before(request):
    """A text a day before, as the practice's plan has it."""
    request.getfixturevalue("db")
    return ReminderRuleFactory.create()


def booked(starts_at=FRIDAY_10AM, **values):
    """A session whose client knows of it, and of which all changes are seen to."""
    appointment = plan(starts_at, **values)
    mark(appointment, SENT)
    follow()
    return appointment


def follow(now=NOW, *, known_since=None):
    """What was noted by the database's clock, the test knows of since now."""
    for model in (ContactChange, PlanChange):
        model.objects.update(since=known_since or now)
    return replanning.work_off(now=now)


def notes():
    return [model.objects.count() for model in (ContactChange, PlanChange, Replanning)]


def rows(appointment):
    return list(appointment.messages.order_by("pk").values())


def a_minute_passes():
    Replanning.objects.update(not_before=database_now())


def client_of(appointment):
    return appointment.clients.get()


def opt_out(client, channel=SMS):
    ContactConsentFactory.create(
        client=client, channel=channel, status=ConsentStatus.REVOKED, at=NOW
    )


def test_a_client_who_swaps_e_mail_for_a_phone_is_reminded_on_the_phone():
    ReminderRuleFactory.create(channel=EMAIL)
    appointment = booked(clients=[ClientFactory.create(phone="")])
    before = waiting(appointment)

    Client.objects.update(email="", phone="+13105550199")
    count = follow()

    assert before == [(REMINDER, EMAIL, "Thu 10:00")]
    assert waiting(appointment) == [(REMINDER, SMS, "Thu 10:00")]
    assert (count, notes()) == (1, [0, 0, 0])


@pytest.mark.usefixtures("day_before")
def test_what_was_sent_by_text_is_not_sent_again_by_e_mail():
    """Quiet hours: it went out at 19:59, and was to go at six in the morning."""
    appointment = booked(at(FRIDAY, "06:00"))
    mark(appointment, SENT, kind=REMINDER)

    opt_out(client_of(appointment))
    follow(at(WEDNESDAY, "20:30"))

    assert waiting(appointment) == []


@pytest.mark.usefixtures("day_before")
def test_a_plan_that_names_the_other_way_sends_nothing_again():
    appointment = booked(at(FRIDAY, "06:00"))
    mark(appointment, SENT, kind=REMINDER)

    ReminderRule.objects.update(channel=EMAIL)
    follow(at(WEDNESDAY, "20:30"))

    assert waiting(appointment) == []


@pytest.mark.usefixtures("day_before")
def test_a_plan_that_adds_the_other_way_sends_it_as_well():
    appointment = booked(at(FRIDAY, "06:00"))
    mark(appointment, SENT, kind=REMINDER)

    ReminderRuleFactory.create(channel=EMAIL)
    follow(at(WEDNESDAY, "20:30"))

    assert waiting(appointment) == [(REMINDER, EMAIL, "Thu 08:00")]


@pytest.mark.usefixtures("day_before")
def test_a_day_that_becomes_two_when_the_day_was_sent_sends_no_more():
    appointment = booked()
    mark(appointment, SENT, kind=REMINDER)

    ReminderRule.objects.update(before_minutes=48 * 60)
    follow(at(THURSDAY, "10:05"))

    assert waiting(appointment) == []


@pytest.mark.usefixtures("day_before")
def test_a_plan_that_is_changed_back_leaves_exactly_the_rows_there_were():
    appointment = booked()
    before = rows(appointment)

    ReminderRule.objects.update(before_minutes=48 * 60, channel=EMAIL)
    follow()
    between = waiting(appointment)
    ReminderRule.objects.update(before_minutes=24 * 60, channel=SMS)
    follow()

    assert between == [(REMINDER, EMAIL, "Wed 10:00")]
    assert waiting(appointment) == [(REMINDER, SMS, "Thu 10:00")]
    assert rows(appointment)[:-1] == before


@pytest.mark.usefixtures("day_before")
def test_a_change_that_is_taken_back_at_once_touches_no_row():
    appointment = booked()
    before = Message.objects.count(), rows(appointment), history(appointment)

    opt_out(client_of(appointment))
    ContactConsentFactory.create(
        client=client_of(appointment), at=NOW + timedelta(minutes=1)
    )
    follow()
    follow()

    after = Message.objects.count(), rows(appointment), history(appointment)
    assert after == before


def history(appointment):
    return [message.events.count() for message in appointment.messages.order_by("pk")]


@pytest.mark.usefixtures("day_before")
def test_a_reminder_whose_time_passed_while_no_way_was_open_goes_when_one_opens():
    """Within the day: after that, nobody who has called them waits for it."""
    soon, late = (
        booked(at(FRIDAY, start), clients=[ClientFactory.create(email="")])
        for start in ("10:00", "09:00")
    )
    for appointment in (soon, late):
        opt_out(client_of(appointment))
    follow()
    closed = [(waiting(each), errors(each)[-1]) for each in (soon, late)]

    Client.objects.update(email="robin@example.org")
    follow(at(FRIDAY, "09:30"))

    assert closed == [([], NOT_OPEN)] * 2
    assert waiting(soon) == [(REMINDER, EMAIL, "Thu 10:00")]
    assert waiting(late) == []


@pytest.mark.usefixtures("day_before")
def test_a_reminder_that_the_plan_leaves_out_says_so_and_can_be_had_again():
    appointment = booked()

    ReminderRule.objects.update(before_minutes=48 * 60)
    follow()
    ReminderRule.objects.all().delete()
    follow()
    left_out = errors(appointment)
    ReminderRuleFactory.create(plan=ReminderPlan.objects.get())
    follow()

    # What has another in its place says nothing.
    assert left_out == ["", NOT_TOLD, NOT_TOLD]
    assert waiting(appointment) == [(REMINDER, SMS, "Thu 10:00")]


@pytest.mark.usefixtures("day_before")
def test_who_has_only_lost_a_reminder_has_not_been_told_by_that():
    """Of a move they would have to be told, and of nothing that nobody told them of."""
    appointment = plan(FRIDAY_10AM)
    appointment.messages.filter(kind=BOOKED).delete()
    ReminderRule.objects.all().delete()
    follow()

    told = knowledge.last_told([appointment])

    assert (errors(appointment), told) == ([NOT_TOLD], {})


def errors(appointment):
    return [row["last_error"] for row in rows(appointment)]


# The sweep was away for some time: what was ahead when a change was made is sent.


def test_a_reminder_whose_time_passed_before_anybody_followed_the_plan_is_sent():
    soon, later = booked(), booked(at(FRIDAY, "16:00"))

    ReminderRuleFactory.create()
    follow(at(THURSDAY, "11:00"), known_since=at(THURSDAY, "09:00"))

    assert waiting(soon) == [(REMINDER, SMS, "Thu 10:00")]
    assert waiting(later) == [(REMINDER, SMS, "Thu 16:00")]


def test_a_reminder_whose_time_passed_before_anybody_followed_the_client_is_sent():
    appointment = booked()

    own = ReminderPlanFactory.create(client=client_of(appointment))
    ReminderRuleFactory.create(plan=own)
    follow(at(THURSDAY, "11:00"), known_since=at(THURSDAY, "10:00"))

    assert waiting(appointment) == [(REMINDER, SMS, "Thu 10:00")]


def test_a_reminder_that_was_past_when_the_plan_changed_is_not_sent():
    appointment = booked()

    ReminderRuleFactory.create()
    own = ReminderPlanFactory.create(client=client_of(appointment))
    ReminderRuleFactory.create(plan=own)
    follow(at(THURSDAY, "11:00"), known_since=at(THURSDAY, "10:01"))

    assert waiting(appointment) == []


def test_a_change_is_known_since_it_was_made():
    before = database_now()

    ReminderRuleFactory.create()
    ContactChange.objects.create(client=ClientFactory.create())

    noted = [*PlanChange.objects.all(), *ContactChange.objects.all()]
    assert len(noted) >= 2
    assert all(before <= each.since <= database_now() for each in noted)


@pytest.mark.usefixtures("day_before")
def test_a_reminder_whose_way_closed_while_it_was_due_goes_by_the_other():
    appointment = booked()

    opt_out(client_of(appointment))
    follow(at(THURSDAY, "10:01"))
    once = waiting(appointment)
    mark(appointment, SENT, kind=REMINDER)
    Client.objects.update(wants_sms=False)
    follow(at(THURSDAY, "10:02"))

    assert once == [(REMINDER, EMAIL, "Thu 10:00")]
    assert waiting(appointment) == []


@pytest.mark.usefixtures("day_before")
def test_a_due_reminder_without_any_way_goes_when_one_opens_within_the_day():
    appointment = booked(clients=[ClientFactory.create(email="")])
    opt_out(client_of(appointment))
    follow(at(THURSDAY, "10:01"))
    closed = rows(appointment)[-1]["last_error"], waiting(appointment)

    Client.objects.update(email="robin@example.org")
    follow(at(THURSDAY, "15:00"))
    opened = waiting(appointment)
    mark(appointment, SENT, kind=REMINDER)
    ContactConsentFactory.create(
        client=client_of(appointment), at=NOW + timedelta(days=1)
    )
    follow(at(THURSDAY, "15:02"))

    assert closed == (NOT_OPEN, [])
    assert opened == [(REMINDER, EMAIL, "Thu 10:00")]
    assert waiting(appointment) == []


@pytest.mark.usefixtures("day_before")
def test_a_due_reminder_is_not_sent_by_both_ways_when_the_plan_changes():
    appointment = booked()

    ReminderRule.objects.update(channel=EMAIL)
    follow(at(THURSDAY, "10:01"))

    assert waiting(appointment) == [(REMINDER, SMS, "Thu 10:00")]


@pytest.mark.usefixtures("day_before")
def test_a_reminder_that_waits_for_the_morning_is_not_forgotten():
    """It was to go at six, which is past when the client's data change at seven."""
    appointment = plan(at(FRIDAY, "06:00"), now=at(WEDNESDAY, "20:30"))
    mark(appointment, SENT)
    before = waiting(appointment)

    opt_out(client_of(appointment), EMAIL)
    follow(at(THURSDAY, "07:00"))
    kept = waiting(appointment)
    ContactConsentFactory.create(
        client=client_of(appointment), channel=EMAIL, at=NOW + timedelta(days=1)
    )
    opt_out(client_of(appointment))
    follow(at(THURSDAY, "07:01"))

    assert before == kept == [(REMINDER, SMS, "Thu 08:00")]
    assert waiting(appointment) == [(REMINDER, EMAIL, "Thu 08:00")]


def test_a_notice_that_waits_takes_the_way_that_is_open_and_keeps_its_time():
    appointment = plan(FRIDAY_10AM)

    opt_out(client_of(appointment), EMAIL)
    follow(NOW + timedelta(minutes=2))
    rerouted = waiting(appointment)
    mark(appointment, SENT)
    Client.objects.update(wants_sms=False, wants_email=True)
    follow(NOW + timedelta(minutes=9))

    assert rerouted == [(BOOKED, SMS, "Mon 12:03")]
    assert waiting(appointment) == []


def test_a_notice_that_is_due_does_not_go_by_both_ways_when_the_plan_changes():
    ReminderPlanFactory.create(notices_by=SMS)
    appointment = plan(FRIDAY_10AM)

    ReminderPlan.objects.update(notices_by=EMAIL)
    follow(at(MONDAY, "12:04"))
    reminders.replan(appointment, now=at(MONDAY, "12:05"))
    kept = waiting(appointment)
    ReminderPlan.objects.update(tells_booked=False)
    follow(at(MONDAY, "12:06"))

    assert kept == [(BOOKED, SMS, "Mon 12:03")]
    assert waiting(appointment) == []


def test_a_notice_without_a_way_goes_when_one_opens_within_the_day():
    nobody, late = (
        plan(FRIDAY_10AM, clients=[ClientFactory.create(phone="", wants_email=False)])
        for _ in range(2)
    )

    Client.objects.filter(pk=client_of(nobody).pk).update(wants_email=True)
    follow(at(TUESDAY, "12:00"))
    Client.objects.filter(pk=client_of(late).pk).update(wants_email=True)
    follow(at(TUESDAY, "12:04"))

    assert waiting(nobody) == [(BOOKED, EMAIL, "Mon 12:03")]
    assert waiting(late) == []


def test_who_left_meanwhile_is_not_told_that_it_was_booked():
    stays = ClientFactory.create()
    leaves = ClientFactory.create(phone="", wants_email=False)
    appointment = plan(FRIDAY_10AM, clients=[stays, leaves])
    appointment.attendances.filter(client=leaves).update(
        status=AttendanceStatus.CANCELLED, cancelled_at=NOW
    )
    reminders.replan(appointment, now=NOW, only=leaves)

    Client.objects.filter(pk=leaves.pk).update(wants_email=True)
    follow()

    assert addressees(appointment) == [(stays, None, EMAIL)]


def test_a_notice_that_a_plan_leaves_out_is_back_with_the_plan_in_time():
    ReminderPlanFactory.create()
    appointment = plan(FRIDAY_10AM)
    before = rows(appointment)

    ReminderPlan.objects.update(tells_booked=False)
    follow()
    left_out = waiting(appointment)
    ReminderPlan.objects.update(tells_booked=True)
    follow(NOW + timedelta(minutes=2))

    assert (left_out, rows(appointment)) == ([], before)


def test_nobody_is_told_again_of_what_they_know():
    child = ClientFactory.create(born_on=CHILD_BORN_ON)
    mother = GuardianFactory.create(client=child)
    appointment = booked(clients=[child])

    GuardianFactory.create(client=child)
    mother.email = "new@example.org"
    mother.save()
    ReminderPlanFactory.create(notices_by=SMS)
    follow()

    assert waiting(appointment) == []


@pytest.mark.usefixtures("day_before")
def test_what_waits_for_a_guardian_goes_to_those_who_are_to_have_it():
    child = ClientFactory.create(born_on=CHILD_BORN_ON)
    mother, father = GuardianFactory.create_batch(2, client=child)
    appointment = plan(FRIDAY_10AM, clients=[child])

    mother.receives_messages = False
    mother.save()
    step = GuardianFactory.create(client=child)
    follow()
    guardians = sorted(addressees(appointment), key=lambda row: str(row[1].pk))
    Client.objects.update(consent_basis=ConsentBasis.SELF_12_PLUS)
    follow()

    assert guardians == [
        (child, father, EMAIL),
        (child, father, SMS),
        (child, step, EMAIL),
        (child, step, SMS),
    ]
    assert addressees(appointment) == [(child, None, EMAIL), (child, None, SMS)]


def test_a_notice_for_a_series_stays_one_when_it_takes_another_way():
    series = AppointmentSeriesFactory.create()
    client = ClientFactory.create()
    occurrences = [
        AppointmentFactory.create(
            series=series,
            occurs_on=(FRIDAY_10AM + timedelta(weeks=week)).date(),
            starts_at=FRIDAY_10AM + timedelta(weeks=week),
            clients=[client],
        )
        for week in range(2)
    ]
    series_notices.plan(occurrences, [client], now=NOW)
    digest = Message.objects.get().facts_digest

    opt_out(client, EMAIL)
    follow()

    waits = Message.objects.pending().get()
    assert (waits.channel, waits.for_series, waits.facts_digest) == (SMS, True, digest)
    assert waits.appointment == occurrences[0]


@pytest.mark.usefixtures("day_before")
def test_other_quiet_hours_move_what_waits():
    PracticePolicyFactory.create()
    appointment = booked(at(FRIDAY, "19:30"))
    before = waiting(appointment)

    PracticePolicy.objects.update(quiet_from_minute=18 * 60)
    follow()

    assert before == [(REMINDER, SMS, "Thu 19:30")]
    assert waiting(appointment) == [(REMINDER, SMS, "Thu 17:59")]


def test_what_else_a_policy_says_asks_for_nothing():
    PracticePolicyFactory.create()
    follow()

    PracticePolicy.objects.update(hold_minutes=7, sms_per_day=2)

    assert notes() == [0, 0, 0]


@pytest.mark.usefixtures("day_before")
def test_a_narrower_plan_is_followed_by_its_own_and_given_up_again():
    kind = SessionTypeFactory.create(slug="other")
    own, other = booked(session_type=kind), booked()
    narrower = ReminderPlanFactory.create(session_type=kind)
    count = follow()
    without = waiting(own), waiting(other)

    narrower.delete()
    follow()

    assert count == 1
    assert without == ([], [(REMINDER, SMS, "Thu 10:00")])
    assert waiting(own) == [(REMINDER, SMS, "Thu 10:00")]


@pytest.mark.usefixtures("day_before")
def test_a_plan_that_is_given_to_another_client_is_followed_by_both():
    one, other = booked(), booked()
    own = ReminderPlanFactory.create(client=client_of(one))
    follow()
    first = waiting(one), waiting(other)

    ReminderPlan.objects.filter(pk=own.pk).update(client=client_of(other))
    follow()

    reminded = [(REMINDER, SMS, "Thu 10:00")]
    assert first == ([], reminded)
    assert (waiting(one), waiting(other)) == (reminded, [])


@pytest.mark.usefixtures("day_before")
def test_what_is_past_and_whom_it_does_not_concern_is_left_alone():
    past, other = plan(at(MONDAY, "09:00"), now=at(MONDAY, "08:00")), booked()
    held = AppointmentFactory.create(starts_at=WEDNESDAY_10AM, held=True)
    follow()

    opt_out(client_of(past))
    of_the_past = follow()
    opt_out(client_of(held))
    follow()

    assert of_the_past == 0
    assert waiting(held) == []
    assert waiting(other) == [(REMINDER, SMS, "Thu 10:00")]


@pytest.mark.usefixtures("day_before")
def test_a_session_that_was_called_off_is_reminded_of_no_more():
    appointment = booked()
    Appointment.objects.update(status=AppointmentStatus.CANCELLED, cancelled_at=NOW)

    opt_out(client_of(appointment))
    follow()

    assert waiting(appointment) == []


# Whoever makes the change.


@pytest.mark.usefixtures("day_before")
def test_a_change_by_the_api_is_followed(front_desk):
    appointment = booked()

    answer = front_desk.patch(
        f"/api/v1/clients/{client_of(appointment).pk}/",
        {"consents": {"sms": {"status": "revoked"}}},
    )
    follow()

    assert answer.status_code == 200
    assert waiting(appointment) == [(REMINDER, EMAIL, "Thu 10:00")]


def test_a_change_in_the_admin_is_followed(day_before):
    appointment = booked()
    browser = Browser()
    browser.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    own = day_before.plan

    answer = browser.post(
        reverse("admin:scheduling_reminderplan_change", args=[own.pk]),
        {
            "notices_by": "email",
            "tells_booked": "on",
            "reminders-TOTAL_FORMS": "1",
            "reminders-INITIAL_FORMS": "1",
            "reminders-0-id": str(day_before.pk),
            "reminders-0-plan": str(own.pk),
            "reminders-0-before_minutes": "120",
            "reminders-0-channel": "sms",
        },
    )
    follow()

    assert answer.status_code == 302
    assert waiting(appointment) == [(REMINDER, SMS, "Fri 08:00")]


@pytest.mark.usefixtures("day_before")
def test_a_change_of_many_at_once_is_followed():
    appointments = [booked(), booked(WEDNESDAY_10AM)]

    Client.objects.update(wants_sms=False)

    assert follow() == 2
    assert [waiting(one) for one in appointments] == [
        [(REMINDER, EMAIL, "Thu 10:00")],
        [(REMINDER, EMAIL, "Tue 10:00")],
    ]


@pytest.mark.usefixtures("day_before")
def test_decisions_that_are_taken_away_by_hand_are_followed():
    appointment = booked()
    opt_out(client_of(appointment))
    follow()

    ContactConsent.objects.all().delete()
    follow()

    assert waiting(appointment) == [(REMINDER, SMS, "Thu 10:00")]


@pytest.mark.usefixtures("day_before")
def test_a_number_that_says_stop_gets_what_waits_by_e_mail():
    """What was to be told, what is to come, and what was due at that moment."""
    ReminderPlan.objects.update(notices_by=SMS)
    due = booked(clients=[ClientFactory.create(phone="+13105550188")])
    new = plan(FRIDAY_10AM, clients=[ClientFactory.create(phone="+13105550188")])

    opt_outs.opt_out("+13105550188", source="sms")
    follow(at(THURSDAY, "10:01"))

    assert waiting(due) == [(REMINDER, EMAIL, "Thu 10:00")]
    assert waiting(new) == [(REMINDER, EMAIL, "Thu 10:00")]


@pytest.mark.usefixtures("day_before")
def test_a_notice_that_waits_when_a_number_says_stop_goes_by_e_mail():
    ReminderPlan.objects.update(notices_by=SMS)
    appointment = plan(FRIDAY_10AM)

    opt_outs.opt_out(str(client_of(appointment).phone), source="sms")
    follow(NOW + timedelta(minutes=1))

    assert waiting(appointment) == [
        (BOOKED, EMAIL, "Mon 12:03"),
        (REMINDER, EMAIL, "Thu 10:00"),
    ]


@pytest.mark.usefixtures("day_before")
def test_a_change_that_is_rolled_back_asks_for_nothing():
    appointment = booked()

    with transaction.atomic():
        opt_out(client_of(appointment))
        transaction.set_rollback(True)

    assert notes() == [0, 0, 0]


def test_to_note_who_is_new_or_renamed_would_be_of_no_use():
    client = ClientFactory.create()

    client.first_name = "Maria"
    client.save()

    assert notes() == [0, 0, 0]


# In which order, and how much at once.


@pytest.mark.usefixtures("day_before")
def test_many_appointments_are_worked_off_over_several_sweeps(monkeypatch):
    appointments = [booked(FRIDAY_10AM + timedelta(weeks=week)) for week in range(3)]
    monkeypatch.setattr(replanning, "RENEWED_AT_ONCE", 2)

    ReminderRule.objects.update(before_minutes=120)
    counts = [follow() for _ in range(3)]

    assert counts == [2, 1, 0]
    assert {waiting(one)[0][2] for one in appointments} == {"Fri 08:00"}
    assert notes() == [0, 0, 0]


@pytest.fixture
def known_on_monday(monkeypatch):
    """A change becomes known, and those whom it concerns wait for their turn."""

    def note():
        with monkeypatch.context() as patch:
            patch.setattr(replanning, "RENEWED_AT_ONCE", 0)
            follow()

    return note


def test_a_new_reminder_whose_time_passes_while_others_have_their_turn_is_sent(
    known_on_monday,
):
    appointment = booked()
    ReminderRuleFactory.create()
    known_on_monday()

    follow(at(THURSDAY, "10:05"))

    assert waiting(appointment) == [(REMINDER, SMS, "Thu 10:00")]


def test_a_reminder_that_went_meanwhile_is_not_sent_by_the_new_way(known_on_monday):
    ReminderRuleFactory.create()
    sent, due = booked(), booked()
    ReminderRule.objects.update(channel=EMAIL)
    known_on_monday()
    mark(sent, SENT, kind=REMINDER)

    follow(at(THURSDAY, "10:05"))

    assert waiting(sent) == []
    assert waiting(due) == [(REMINDER, SMS, "Thu 10:00")]


def test_a_way_that_is_added_is_taken_though_the_time_has_passed(known_on_monday):
    ReminderRuleFactory.create()
    sent = booked()
    ReminderRuleFactory.create(channel=EMAIL)
    known_on_monday()
    mark(sent, SENT, kind=REMINDER)

    follow(at(THURSDAY, "10:05"))

    assert waiting(sent) == [(REMINDER, EMAIL, "Thu 10:00")]


@pytest.mark.usefixtures("day_before")
def test_the_next_sessions_come_first(monkeypatch):
    later, soon = booked(), booked(WEDNESDAY_10AM)
    monkeypatch.setattr(replanning, "RENEWED_AT_ONCE", 1)

    ReminderRule.objects.update(before_minutes=120)
    follow()

    assert waiting(soon) == [(REMINDER, SMS, "Wed 08:00")]
    assert waiting(later) == [(REMINDER, SMS, "Thu 10:00")]


@pytest.mark.usefixtures("day_before")
def test_one_that_cannot_be_planned_does_not_stop_the_others(monkeypatch, caplog):
    monkeypatch.setattr(replanning, "TURNS_AT_ONCE", 1)
    broken, fine = booked(WEDNESDAY_10AM), booked()
    Office.objects.filter(pk=broken.office_id).update(timezone="Mars/Base")

    ReminderRule.objects.update(before_minutes=120)
    counts = [follow(), follow()]
    a_minute_passes()
    Office.objects.update(timezone="America/Los_Angeles")
    follow()

    assert counts == [2, 0]
    assert str(broken.pk) in str([vars(record) for record in caplog.records])
    assert waiting(fine) == [(REMINDER, SMS, "Fri 08:00")]
    assert waiting(broken) == [(REMINDER, SMS, "Wed 08:00")]
    assert notes() == [0, 0, 0]


@pytest.mark.usefixtures("day_before")
def test_a_worker_that_dies_in_the_middle_leaves_the_rest_to_others():
    appointment = booked()
    opt_out(client_of(appointment))

    with transaction.atomic():
        follow()
        transaction.set_rollback(True)
    after_the_crash = waiting(appointment)
    follow()

    assert after_the_crash == [(REMINDER, SMS, "Thu 10:00")]
    assert waiting(appointment) == [(REMINDER, EMAIL, "Thu 10:00")]


@pytest.mark.usefixtures("day_before")
@pytest.mark.parametrize("number", [1, 3])
def test_each_appointment_takes_five_statements_and_those_that_it_writes(number):
    client = ClientFactory.create()
    for week in range(number):
        booked(FRIDAY_10AM + timedelta(weeks=week), clients=[client])

    opt_out(client)
    with CaptureQueriesContext(connection) as captured:
        replanning.work_off(now=NOW)

    statements = [
        query["sql"]
        for query in captured
        if not str(query["sql"]).startswith(("SAVEPOINT", "RELEASE"))
    ]
    assert len(statements) == 6 + number * (5 + 2)


def in_thread(call):
    def run():
        try:
            return call()
        finally:
            connection.close()

    return ThreadPoolExecutor(1).submit(run)


@pytest.mark.django_db(transaction=True)
def test_what_is_being_booked_while_the_plan_changes_is_not_passed_over():
    """The booking has read the old plan, and is there only after the change. Until then
    its therapist is left for later, and nobody else is."""
    rule = ReminderRuleFactory.create()
    other, therapist = booked(), TherapistFactory.create()
    planned, changed = threading.Event(), threading.Event()

    def book():
        with transaction.atomic():
            Therapist.objects.select_for_update(no_key=True).get(pk=therapist.pk)
            appointment = plan(FRIDAY_10AM, therapist=therapist)
            planned.set()
            changed.wait()
        return appointment

    booking = in_thread(book)
    planned.wait()
    ReminderRule.objects.filter(pk=rule.pk).update(before_minutes=120)
    meanwhile = follow(), waiting(other), notes()
    changed.set()
    appointment = booking.result()
    follow()

    assert meanwhile == (1, [(REMINDER, SMS, "Fri 08:00")], [0, 1, 0])
    assert waiting(appointment)[1:] == [(REMINDER, SMS, "Fri 08:00")]
    assert notes() == [0, 0, 0]


@pytest.mark.django_db(transaction=True)
def test_what_is_being_booked_while_a_client_opts_out_is_not_passed_over():
    ReminderRuleFactory.create()
    client = ClientFactory.create()
    planned, changed = threading.Event(), threading.Event()

    def book():
        with transaction.atomic():
            Client.objects.select_for_update(no_key=True).get(pk=client.pk)
            appointment = plan(FRIDAY_10AM, clients=[client])
            planned.set()
            changed.wait()
        return appointment

    booking = in_thread(book)
    planned.wait()
    opt_out(client)
    meanwhile = follow(), notes()
    changed.set()
    appointment = booking.result()
    follow()

    assert meanwhile == (0, [1, 0, 0])
    assert waiting(appointment)[1:] == [(REMINDER, EMAIL, "Thu 10:00")]


@pytest.mark.django_db(transaction=True)
def test_an_appointment_that_somebody_is_busy_with_is_left_for_later():
    ReminderRuleFactory.create()
    appointment = booked()
    opt_out(client_of(appointment))

    with transaction.atomic():
        Appointment.objects.select_for_update().get(pk=appointment.pk)
        meanwhile = in_thread(follow).result()
    left = notes()
    a_minute_passes()
    follow()

    assert (meanwhile, left) == (1, [0, 0, 1])
    assert waiting(appointment) == [(REMINDER, EMAIL, "Thu 10:00")]


@pytest.mark.django_db(transaction=True)
def test_workers_share_the_appointments_between_them():
    ReminderRuleFactory.create()
    appointments = [booked(FRIDAY_10AM + timedelta(weeks=week)) for week in range(12)]
    ReminderRule.objects.update(channel=EMAIL)

    workers = [in_thread(follow) for _ in range(4)]
    counts = [worker.result() for worker in workers]
    a_minute_passes()
    follow()

    assert sum(counts) >= len(appointments)
    assert {row[:2] for one in appointments for row in waiting(one)} == {
        (REMINDER, EMAIL)
    }
    assert Message.objects.pending().count() == len(appointments)
