import hashlib
from collections import Counter
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F

from clients.models import Client, ConsentBasis, Guardian
from config.roles import Role, has_role
from locations.models import Office, Room
from scheduling import availability, intakes, parties, reminders
from scheduling.demo import loading, premises, staff, weeks
from scheduling.demo.loading import Moment
from scheduling.engine import rules
from scheduling.engine.intervals import Interval, merge, subtract
from scheduling.engine.wall_clock import MINUTE, as_datetime, instant
from scheduling.intake_checks import ROWS, check
from scheduling.knowledge import facts_digest
from scheduling.models import (
    CANCELLED,
    OCCUPYING,
    Appointment,
    AppointmentSeries,
    AppointmentStatus,
    Attendance,
    AvailabilityRule,
    ForWhom,
    Intake,
    IntakePerson,
    Message,
    MessageState,
    Opening,
    PracticePolicy,
    Therapist,
    WaitlistEntry,
    WaitlistOffer,
)
from tests.factories.clients import ClientFactory
from tests.times import ZONE, at

NIGHT_BEFORE_SPRING = Moment(date(2027, 3, 13), at(date(2027, 3, 13), "03:00"))
EVENING_OF_AUTUMN = Moment(date(2027, 11, 7), at(date(2027, 11, 7), "22:30"))
MOMENTS = [NIGHT_BEFORE_SPRING, EVENING_OF_AUTUMN]


@pytest.fixture
def small_team(monkeypatch):
    monkeypatch.setattr(staff, "TEAM", 4)


@pytest.mark.django_db
def test_demo_is_the_same_for_the_same_seed_and_moment(small_team):
    first = loaded_and_forgotten(NIGHT_BEFORE_SPRING, seed=7)

    assert loaded_and_forgotten(NIGHT_BEFORE_SPRING, seed=7) == first
    assert loaded_and_forgotten(NIGHT_BEFORE_SPRING, seed=8) != first


@pytest.mark.django_db
def test_demo_keeps_its_own_data(small_team, capsys):
    call_command("demo", date=date(2027, 3, 13))
    ClientFactory.create()
    before = digest()

    call_command("demo", date=date(2027, 3, 13))

    assert capsys.readouterr().out == (
        "Demo data loaded.\nThe demo data is there already: kept.\n"
    )
    assert digest() == before


@pytest.mark.django_db
def test_demo_refuses_a_database_with_real_data():
    ClientFactory.create()

    with pytest.raises(CommandError) as refusal:
        call_command("demo")

    assert refusal.value.returncode == 1
    assert str(refusal.value) == (
        "this database holds real data; the demo needs one of its own."
    )
    assert (Client.objects.count(), Office.objects.count()) == (1, 0)


@pytest.mark.django_db
def test_demo_gives_each_further_team_rooms_and_contacts_of_its_own(small_team):
    loading.load(NIGHT_BEFORE_SPRING, seed=1, scale=2)

    assert Therapist.objects.count() == 2 * 4
    assert Room.objects.count() == 2 * sum(premises.ROOMS)
    assert User.objects.count() == 3
    phones = Client.objects.exclude(phone="").filter(guardians__isnull=True)
    shared = phones.values("phone").annotate(people=Count("pk")).filter(people__gt=1)
    assert list(shared) == []


@pytest.fixture(scope="module", params=MOMENTS, ids=["03:00", "22:30"])
def moment(request, django_db_setup, django_db_blocker):
    """The demo, loaded once for all tests below."""
    with django_db_blocker.unblock(), transaction.atomic():
        loading.load(request.param, seed=1)
        yield request.param
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_demo_has_the_practice_that_was_promised(moment):
    assert Therapist.objects.count() == 24
    assert Client.objects.count() == 300
    rooms = Office.objects.annotate(count=Count("rooms")).values_list(
        "count", flat=True
    )
    assert sorted(rooms) == [2, 3, 3, 3, 4]
    assert set(Guardian.objects.values_list("client__consent_basis", flat=True)) == set(
        ConsentBasis.values
    )
    assert (
        not Client.objects.exclude(email="")
        .exclude(email__endswith="@example.org")
        .exists()
    )
    assert not Client.objects.exclude(phone="").exclude(phone__contains="555").exists()
    travelers = Therapist.objects.annotate(count=Count("offices")).values_list("count")
    assert {count for (count,) in travelers} == {1, 2, 3}
    assert AvailabilityRule.objects.filter(every_weeks=2).exists()
    assert AvailabilityRule.objects.filter(office=None, weekday=weeks.SUN).exists()


@pytest.mark.django_db
def test_demo_has_intakes_as_anybody_might_have_sent_them(moment):
    counts = Counter(Intake.objects.values_list("status", flat=True))
    for intake in Intake.objects.all():
        named = {name: list(getattr(intake, name).all()) for name in ROWS}
        check(intake, named, intakes.people_of(intake), now=moment.now)

    assert counts == {"new": 6, "registered": 1, "closed": 1}
    assert set(Intake.objects.values_list("for_whom", flat=True)) == set(ForWhom.values)
    assert not Intake.objects.filter(settled_at__gt=moment.now).exists()
    asked_again = [
        person
        for intake in Intake.objects.filter(status="new")
        for person, clients in intakes.resemblances(intake)
        if (person.first_name, person.last_name, person.born_on)
        in {(each.first_name, each.last_name, each.born_on) for each in clients}
    ]
    assert len(asked_again) == 1


@pytest.mark.django_db
def test_the_therapist_of_the_demo_reads_a_note(moment):
    readers = [
        user.username
        for user in User.objects.order_by("username")
        if intakes.words_readable_by(user).exists()
    ]

    assert readers == ["therapist"]


@pytest.mark.django_db
def test_demo_sign_ins_have_their_roles(moment, settings):
    roles = {
        user.username: [role for role in Role if has_role(user, role)]
        for user in User.objects.all()
        if user.check_password(settings.DEMO_PASSWORD)
    }

    assert roles == {
        "frontdesk": [Role.FRONT_DESK],
        "manager": [Role.FRONT_DESK, Role.MANAGER],
        "therapist": [Role.THERAPIST],
    }
    sessions = {
        therapist.user_id: therapist.sessions
        for therapist in Therapist.objects.annotate(sessions=Count("appointments"))
    }
    own = sessions[User.objects.get(username="therapist").pk]
    assert own >= Appointment.objects.count() / Therapist.objects.count()


@pytest.mark.django_db
def test_demo_has_every_status_and_something_left_to_close(moment):
    past = Appointment.objects.filter(ends_at__lte=moment.now)
    future = Appointment.objects.filter(starts_at__gt=moment.now)

    assert set(Appointment.objects.values_list("status", flat=True)) == set(
        AppointmentStatus.values
    )
    assert past.filter(status__in=["scheduled", "confirmed"]).count() > 0
    assert not future.filter(status__in=["completed", "no_show"]).exists()
    assert not Appointment.objects.filter(cancelled_at__gt=moment.now).exists()
    assert not Appointment.objects.filter(created_at__gte=F("starts_at")).exists()
    assert not Appointment.objects.filter(created_at__gt=moment.now).exists()


@pytest.mark.django_db
def test_demo_has_groups_and_couples_of_whom_not_all_came(moment):
    groups = Appointment.objects.filter(session_type__slug="group-90").annotate(
        size=Count("attendances")
    )
    couples = Appointment.objects.filter(
        session_type__slug="couples-80", status="completed"
    )
    outcomes = {
        tuple(sorted(part.status for part in couple.attendances.all()))
        for couple in couples.prefetch_related("attendances")
    }

    assert {group.size for group in groups} <= {4, 5, 6}
    assert groups.filter(status="completed").exists()
    assert groups.filter(starts_at__gt=moment.now).exists()
    assert not groups.filter(room__capacity__lt=F("size")).exists()
    assert ("attended", "late_cancelled") in outcomes


@pytest.mark.django_db
def test_demo_has_fees_that_are_due_and_some_that_are_waived(moment):
    missed = Attendance.objects.filter(status__in=["late_cancelled", "no_show"])
    waived = missed.filter(fee="waived")

    assert set(missed.values_list("fee", flat=True)) == {"due", "waived"}
    assert waived.count() < missed.count() / 2
    assert not waived.filter(fee_reason="").exists()
    assert not waived.exclude(fee_decided_by__username="frontdesk").exists()
    assert not waived.filter(fee_decided_at__gt=moment.now).exists()
    assert not Attendance.objects.exclude(pk__in=missed).exclude(fee="none").exists()


@pytest.mark.django_db
def test_demo_lasts_eight_weeks_and_has_sessions_tomorrow(moment):
    first = Appointment.objects.order_by("starts_at")[0].starts_at.astimezone(ZONE)
    last = Appointment.objects.order_by("-starts_at")[0].starts_at.astimezone(ZONE)
    tomorrow = [
        one.starts_at
        for one in Appointment.objects.filter(starts_at__gt=moment.now)
        if one.starts_at.astimezone(ZONE).date() == moment.today + timedelta(days=1)
    ]

    assert moment.days[0] <= first.date() <= moment.days[6]
    assert moment.days[-7] <= last.date() <= moment.days[-1]
    assert len(tomorrow) > 3


@pytest.mark.django_db
def test_demo_is_booked_at_about_seventy_percent(moment):
    booked = sum(
        kind.duration_minutes + kind.buffer_after_minutes
        for appointment in Appointment.objects.filter(
            status__in=OCCUPYING
        ).select_related("session_type")
        for kind in [appointment.session_type]
    )

    assert 0.6 <= booked * MINUTE / hours_open(moment.span) <= 0.8


@pytest.mark.django_db
def test_demo_keeps_the_rules_that_booking_asks(moment):
    occupying = Appointment.objects.filter(status__in=OCCUPYING).order_by("starts_at")
    overridden = occupying.exclude(overridden=[])
    sample = [*occupying[::40], *overridden]

    assert len(overridden) == 2
    assert [refusals(one) for one in sample] == [one.overridden for one in sample]


@pytest.mark.django_db
def test_demo_plans_messages_as_booking_does(moment):
    before = list(Message.objects.values_list("pk", flat=True))
    future = Appointment.objects.filter(starts_at__gt=moment.now, status="scheduled")

    for appointment in future.order_by("starts_at")[::60]:
        reminders.plan(appointment, now=appointment.created_at)

    # A later occurrence has no notice of its own.
    added = Message.objects.exclude(pk__in=before)
    assert not added.exclude(kind="booked", appointment__series__isnull=False).exists()


@pytest.mark.django_db
def test_demo_has_its_standing_clients_in_series(moment):
    standing = Appointment.objects.filter(series__isnull=False)
    lengths = standing.values("series").annotate(length=Count("pk"))

    assert standing.count() > 0.8 * Appointment.objects.count()
    assert min(row["length"] for row in lengths) > 1
    assert set(AppointmentSeries.objects.values_list("every_weeks", flat=True)) == {
        1,
        2,
    }
    sample = standing.select_related("series", "office").order_by("pk")[::50]
    assert {
        facts_digest(one, for_series=True)
        == facts_digest(as_of_series(one), for_series=True)
        for one in sample
        if one.status not in CANCELLED
    } == {True}


@pytest.mark.django_db
def test_demo_tells_of_a_series_once(moment):
    notices = Message.objects.filter(appointment__series__isnull=False, kind="booked")

    assert set(notices.values_list("for_series", flat=True)) == {True}
    told = notices.values("appointment__series", "recipient", "client")
    assert max(told.annotate(times=Count("pk")).values_list("times", flat=True)) == 1


@pytest.mark.django_db
def test_demo_has_some_who_wait_and_one_who_is_offered_an_hour(moment):
    assert WaitlistEntry.objects.filter(state="waiting").count() == 5
    offer = WaitlistOffer.objects.select_related("appointment", "entry").get()
    assert offer.entry == WaitlistEntry.objects.order_by("created_at")[0]
    assert (offer.state, offer.appointment.status) == ("offered", "held")
    assert offer.expires_at == offer.appointment.hold_expires_at
    assert moment.now < offer.expires_at < offer.appointment.starts_at
    assert not Opening.objects.exists()


@pytest.mark.django_db
def test_demo_leaves_a_few_reminders_to_send_at_once(moment):
    pending = Message.objects.pending()
    due = pending.filter(due_at__lte=moment.now)

    assert 3 <= due.count() <= 10
    assert {(one.kind, one.appointment.status) for one in due} <= {
        ("reminder", "scheduled"),
        ("reminder", "confirmed"),
        ("offer", "held"),
    }
    assert not due.filter(not_after__lte=moment.now).exists()
    assert (
        not pending.filter(appointment__cancelled_at__isnull=False)
        .exclude(kind="cancelled")
        .exists()
    )
    assert not Message.objects.filter(
        state__in=[MessageState.SENT, MessageState.DELIVERED], due_at__gt=moment.now
    ).exists()
    assert set(Message.objects.values_list("state", flat=True)) == {
        "pending",
        "sent",
        "delivered",
        "cancelled",
    }
    policy = PracticePolicy.objects.get()
    assert policy.quiet_from_minute == policy.quiet_until_minute == 0


def loaded_and_forgotten(moment, seed):
    with transaction.atomic():
        loading.load(moment, seed=seed)
        found = digest()
        transaction.set_rollback(True)
    return found


def as_of_series(occurrence):
    """The occurrence, if it were as its series says."""
    series = occurrence.series
    start = instant(occurrence.occurs_on, series.start_minute, ZONE)
    return Appointment(
        series=series,
        occurs_on=occurrence.occurs_on,
        starts_at=as_datetime(start),
        office=series.office,
        therapist=series.therapist,
        mode=series.mode,
    )


def digest():
    """All that the demo says, without its random keys."""
    contents = [
        sorted(map(repr, rows))
        for rows in (
            Therapist.objects.values_list("display_name", "license_type", "languages"),
            AvailabilityRule.objects.values_list(
                "therapist__display_name", "office__slug", "weekday", "start_minute"
            ),
            Client.objects.values_list("first_name", "last_name", "born_on", "email"),
            Attendance.objects.values_list(
                "client__email",
                "status",
                "fee",
                "fee_reason",
                "appointment__therapist__display_name",
                "appointment__room__name",
                "appointment__office__slug",
                "appointment__starts_at",
                "appointment__status",
                "appointment__version",
                "appointment__created_at",
            ),
            Message.objects.values_list(
                "client__email", "kind", "channel", "state", "due_at", "sent_at"
            ),
            AppointmentSeries.objects.values_list(
                "therapist__display_name", "weekday", "start_minute", "every_weeks"
            ),
            IntakePerson.objects.values_list(
                "intake__status",
                "intake__created_at",
                "intake__settled_at",
                "intake__main_concern__slug",
                "position",
                "first_name",
                "last_name",
                "born_on",
                "phone",
                "client__email",
            ),
        )
    ]
    return hashlib.sha256(repr(contents).encode()).hexdigest()


def hours_open(span):
    """Seconds in which therapists work and their offices are open."""
    keys = [str(key) for key in Therapist.objects.values_list("pk", flat=True)]
    facts = availability.facts(keys, span, now=span.start, with_notice=False)
    total = 0
    for key in keys:
        calendar = facts.calendar_of(key)
        open_hours = merge(
            left
            for place, stretches in calendar.hours.items()
            for stretch in stretches
            for left in subtract(
                stretch,
                merge(
                    [
                        *calendar.time_off,
                        *facts.practice.closures.get(None, []),
                        *facts.practice.closures.get(place.office, []),
                    ]
                ),
            )
            if left.overlaps(span)
        )
        total += sum(stretch.end - stretch.start for stretch in open_hours)
    return total


def refusals(appointment):
    """What booking would say to the appointment, were it not there yet."""
    therapist = str(appointment.therapist_id)
    office = str(appointment.office_id) if appointment.office_id else None
    clients = list(appointment.clients.all())
    span = Interval(
        int(appointment.starts_at.timestamp()), int(appointment.ends_at.timestamp())
    )
    facts = availability.facts(
        [therapist],
        span,
        now=int(appointment.created_at.timestamp()),
        with_notice=False,
        offices=[office] if office else [],
        without=[appointment.pk],
    )
    request = rules.Request(
        kind=availability.kind(appointment.session_type),
        place=rules.Place(office, appointment.mode),
        offering=facts.offerings[therapist],
        policy=facts.policies_for(appointment.session_type)[therapist],
        calendar=facts.calendar_of(therapist),
        party=parties.of_clients(clients, span, without=[appointment.pk]),
        practice=facts.practice,
    )
    room = str(appointment.room_id) if appointment.room_id else None
    return rules.refusals(request, span.start, room=room)
