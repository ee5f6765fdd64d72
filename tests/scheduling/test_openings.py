from datetime import date, timedelta

import pytest
from django.db import connection

from clients.models import ConsentStatus
from config.clock import database_now
from scheduling import booking, offers, openings, orders
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    AvailabilityRule,
    Because,
    Message,
    MessageKind,
    MessageState,
    OfferState,
    OfferVia,
    Opening,
    WaitlistOffer,
)
from tests.factories.clients import (
    ClientFactory,
    ContactConsentFactory,
    GuardianFactory,
)
from tests.factories.config import UserFactory
from tests.factories.locations import ClosureFactory, OfficeFactory
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
from tests.scheduling.waiting import (
    NOON,
    booked,
    forget,
    freed,
    hours,
    line,
    make_offer,
    offered,
    ordered,
    sweep,
)
from tests.times import MONDAY, NEXT_MONDAY, NOW, SATURDAY, TUESDAY, at

pytestmark = pytest.mark.django_db


def noted():
    return list(
        Opening.objects.order_by("pk").values_list(
            "therapist_id", "starts_at", "ends_at"
        )
    )


FIFTY = timedelta(minutes=50)


# What the database notes, whoever makes the change.


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
    hold = booking.hold(ordered(rule, is_hold=True), by=UserFactory.create(), now=NOW)
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


# Who is offered what.


def test_a_freed_hour_is_kept_for_whoever_has_waited_longest():
    rule = hours()
    first, _second = line(2)
    freed(rule)

    sweep()

    assert offered() == [(first.pk, NOON)]
    offer = WaitlistOffer.objects.get()
    hold = offer.appointment
    assert (hold.status, hold.created_by) == (AppointmentStatus.HELD, None)
    assert list(hold.clients.all()) == [first.client]
    assert offer.expires_at == hold.hold_expires_at
    assert noted() == []


def test_an_offer_lives_as_long_as_the_practice_says():
    PracticePolicyFactory.create(offer_minutes=45)
    before = database_now()

    offer = make_offer()

    lives = offer.expires_at - before
    assert timedelta(minutes=44) < lives < timedelta(minutes=46)


def test_an_offer_ends_an_hour_before_the_session():
    start = database_now().replace(second=0, microsecond=0) + timedelta(minutes=95)
    rule = hours()
    order = ordered(
        rule,
        starts_at=start,
        overrides=["outside_hours", "past"],
        override_reason="x",
        is_hold=True,
    )
    (entry,) = line(1)

    offer = offers.make(entry, order, now=database_now())

    assert offer.expires_at == start - timedelta(hours=1)


@pytest.mark.parametrize(
    "wish",
    [
        {"weekdays": [1, 2, 3, 4, 5, 6]},
        {"time_from": 13 * 60},
        {"time_to": 12 * 60},
        {"time_from": 12 * 60 + 1, "time_to": 12 * 60 + 50},
        {"until": MONDAY - timedelta(days=1)},
        {"state": "withdrawn"},
        {"state": "booked"},
        {"modes": ["telehealth"], "client__telehealth_consent_on": None},
        {"client__born_on": date(2018, 1, 1)},
    ],
)
def test_whom_it_does_not_suit_is_not_offered_it(wish):
    rule = hours()
    line(1, **wish)
    (other,) = line(1)
    freed(rule)

    sweep()

    assert offered() == [(other.pk, NOON)]


@pytest.mark.parametrize(
    "wish",
    [
        {"weekdays": [0, 4]},
        {"time_from": 12 * 60, "time_to": 12 * 60 + 50},
        {"until": MONDAY},
        {"modes": ["in_person"]},
        {"modes": ["telehealth"]},
    ],
)
def test_whom_it_suits_is_offered_it(wish):
    rule = hours()
    (entry,) = line(1, **wish)
    line(1)
    freed(rule)

    sweep()

    assert offered() == [(entry.pk, NOON)]


def test_therapist_office_modality_concern_and_session_type_count():
    ipt, cbt = (ModalityFactory.create(slug=slug) for slug in ("ipt", "cbt"))
    rule = hours(therapist=TherapistFactory.create(modalities=[ipt]))
    rule.therapist.offices.set([rule.office])
    couples = SessionTypeFactory.create(slug="other-50", name="Other")
    line(1, therapists=[TherapistFactory.create()])
    line(1, offices=[OfficeFactory.create()])
    line(1, modality=cbt)
    line(1, session_type=couples)
    (entry,) = line(1, therapists=[rule.therapist], offices=[rule.office], modality=ipt)
    entry.created_at = NOW
    entry.save(update_fields=["created_at"])
    freed(rule)

    sweep()

    assert offered() == [(entry.pk, NOON)]


def test_who_is_busy_then_is_passed_over():
    rule, elsewhere = hours(), hours()
    busy, other = line(2)
    freed(rule)
    booked(elsewhere, client=busy.client)

    sweep()

    assert offered() == [(other.pk, NOON)]


def test_of_two_hours_each_goes_to_another():
    rule, other_rule = hours(), hours()
    first, second, _ = line(3)
    freed(rule)
    freed(other_rule)

    sweep()

    assert sorted(offered()) == sorted([(first.pk, NOON), (second.pk, NOON)])


def test_the_hour_that_became_free_is_offered_though_others_are_free_too():
    rule = hours()
    (entry,) = line(1)
    freed(rule, starts_at=at(MONDAY, "13:30"))

    sweep()

    assert offered() == [(entry.pk, at(MONDAY, "13:30"))]


def test_hours_opened_on_a_day_are_offered_one_by_one():
    rule = hours()
    entries = line(3)
    AvailabilityOverrideFactory.create(
        therapist=rule.therapist,
        office=rule.office,
        date=SATURDAY,
        start_minute=10 * 60,
        end_minute=12 * 60,
    )

    sweep()

    assert offered() == [
        (entries[0].pk, at(SATURDAY, "10:00")),
        (entries[1].pk, at(SATURDAY, "11:00")),
    ]
    assert noted() == []


def test_nobody_gets_more_offers_a_day_than_they_want():
    rule = hours()
    (eager,) = line(1, offers_per_day=2)
    for starts_at in ("11:00", "13:00", "15:00"):
        freed(rule, starts_at=at(MONDAY, starts_at))
        sweep()
        for offer in eager.offers.filter(state=OfferState.OFFERED):
            offers.decline(offer, via=OfferVia.PHONE, now=NOW)

    assert eager.offers.count() == 2

    booked_then = booked(rule, starts_at=at(NEXT_MONDAY, "12:00"))
    booking.cancel(booked_then, by="client", version=None, now=NOW)
    sweep(at(TUESDAY, "09:00"))

    assert offered() == [(eager.pk, at(NEXT_MONDAY, "12:00"))]


def test_what_somebody_declined_goes_to_the_next_and_not_back():
    rule = hours()
    first, second = line(2, offers_per_day=5)
    freed(rule)
    sweep()

    offers.decline(WaitlistOffer.objects.get(), via=OfferVia.PHONE, now=NOW)
    sweep()
    assert offered() == [(second.pk, NOON)]
    offers.decline(second.offers.get(), via=OfferVia.PHONE, now=NOW)
    sweep()

    assert offered() == []
    assert (first.offers.count(), second.offers.count()) == (1, 1)
    assert noted() == []


def test_what_lapses_goes_to_the_next_in_the_same_sweep():
    rule = hours()
    first, second = line(2)
    freed(rule)
    sweep()
    Appointment.objects.filter(status="held").update(
        hold_expires_at=database_now() - timedelta(seconds=1)
    )
    WaitlistOffer.objects.update(expires_at=database_now() - timedelta(seconds=1))

    sweep()

    assert first.offers.get().state == OfferState.LAPSED
    assert offered() == [(second.pk, NOON)]


def test_an_hour_that_begins_too_soon_is_not_offered():
    rule = hours(end_minute=10 * 60)
    line(1)
    freed(rule, starts_at=at(MONDAY, "09:00"))

    sweep()

    assert (offered(), noted()) == ([], [])


def test_in_quiet_hours_nothing_is_offered_until_they_end():
    rule = hours(weekday=1)
    (entry,) = line(1)
    tuesday = at(MONDAY + timedelta(days=1), "12:00")
    freed(rule, starts_at=tuesday)
    night = at(MONDAY, "22:00")

    sweep(night)

    assert offered() == []
    opening = Opening.objects.get()
    assert opening.not_before == at(MONDAY + timedelta(days=1), "08:00")
    Opening.objects.update(not_before=database_now())
    sweep(opening.not_before)
    assert offered() == [(entry.pk, tuesday)]


def test_an_hour_that_begins_before_anybody_can_be_told_decently_is_given_up():
    rule = hours(weekday=1, start_minute=8 * 60)
    line(1)
    freed(rule, starts_at=at(MONDAY + timedelta(days=1), "08:00"))

    sweep(at(MONDAY, "22:00"))

    assert (offered(), noted()) == ([], [])


@pytest.mark.parametrize(
    ("day", "wished", "wall_time"),
    [
        (date(2027, 3, 14), 3 * 60, "03:00"),  # after the hour that does not exist
        (date(2027, 11, 7), 2 * 60, "02:00"),  # after the hour that comes twice
    ],
)
def test_on_the_day_of_a_change_the_clock_on_the_wall_counts(day, wished, wall_time):
    (entry,) = line(1, time_from=wished, until=day)
    now = at(day - timedelta(days=1), "10:00")
    AvailabilityOverrideFactory.create(date=day, start_minute=0, end_minute=5 * 60)

    sweep(now)

    assert offered() == [(entry.pk, at(day, wall_time))]


@pytest.mark.parametrize("day", [date(2027, 3, 14), date(2027, 11, 7)])
def test_quiet_hours_end_by_the_wall_when_the_clock_changes(day):
    line(1, until=day)
    AvailabilityOverrideFactory.create(date=day)

    sweep(at(day - timedelta(days=1), "22:00"))

    assert Opening.objects.get().not_before == at(day, "08:00")


# Who is told, and who cannot be.


def test_the_offer_goes_out_by_text_at_once():
    offer = make_offer()

    message = Message.objects.get(kind=MessageKind.OFFER)
    assert message.appointment == offer.appointment
    assert (message.channel, message.state) == ("sms", MessageState.PENDING)
    assert message.due_at == NOW
    assert message.not_after == offer.expires_at


def test_who_wants_no_texts_is_written_to_by_mail():
    make_offer(client__wants_sms=False)

    assert Message.objects.get(kind=MessageKind.OFFER).channel == "email"


def test_who_cannot_be_reached_is_passed_over_and_the_desk_sees_it():
    rule = hours()
    unheard, other = line(2)
    for channel in ("sms", "email"):
        ContactConsentFactory.create(
            client=unheard.client, channel=channel, status=ConsentStatus.REVOKED
        )
    freed(rule)

    sweep()

    unheard.refresh_from_db()
    assert unheard.passed_over_at == NOW
    assert offered() == [(other.pk, NOON)]


@pytest.mark.parametrize("state", ["failed", "expired", "cancelled"])
def test_an_offer_that_reached_nobody_goes_to_the_next(state):
    rule = hours()
    first, second = line(2)
    freed(rule)
    sweep()
    Message.objects.filter(kind=MessageKind.OFFER).update(state=state)

    sweep()

    offer = first.offers.get()
    first.refresh_from_db()
    assert (offer.state, offer.because) == ("withdrawn", Because.NOT_REACHED)
    assert first.passed_over_at == NOW
    assert offered() == [(second.pk, NOON)]


def test_a_minor_who_consented_alone_is_written_to_and_no_guardian():
    therapist = TherapistFactory.create(age_groups=["adolescent"])
    rule = hours(therapist=therapist)
    therapist.offices.set([rule.office])
    client = ClientFactory.create(born_on=date(2012, 1, 1), consent_basis="self_12plus")
    GuardianFactory.create(client=client)
    freed_hour = AppointmentFactory.create(
        therapist=therapist, room=rule.office.rooms.get(), starts_at=NOON
    )
    line(1, client=client)
    booking.cancel(freed_hour, by="client", version=None, now=NOW)

    sweep()

    assert Message.objects.get(kind="offer").recipient == client.pk


# Whatever goes wrong.


def test_one_that_cannot_be_worked_off_does_not_stop_the_others(monkeypatch):
    rule, broken = hours(), hours()
    (entry,) = line(1)
    freed(broken, starts_at=at(MONDAY, "11:00"))
    freed(rule)
    looked = openings.work

    def work(opening, **options):
        if opening.therapist_id == broken.therapist_id:
            raise ArithmeticError
        looked(opening, **options)

    monkeypatch.setattr(openings, "work", work)

    sweep()

    assert offered() == [(entry.pk, NOON)]
    left = Opening.objects.get()
    assert left.not_before > database_now() + timedelta(minutes=10)


def test_an_hour_is_offered_before_weeks_that_opened_earlier():
    rule = hours()
    (entry,) = line(1, therapists=[rule.therapist])
    AvailabilityRule.objects.update(valid_from=date(2026, 1, 12))
    freed(rule)

    sweep()

    assert offered() == [(entry.pk, NOON)]


def test_what_cannot_be_finished_in_time_goes_on_where_it_stopped():
    rule = hours()
    entries = line(3, client__born_on=date(2018, 1, 1))
    (adult,) = line(1)
    adult.created_at = NOW
    adult.save(update_fields=["created_at"])
    freed(rule)
    opening = Opening.objects.get()

    openings.work(opening, now=NOW, until=0.0)

    opening.refresh_from_db()
    assert opening.after == entries[0].pk
    sweep()
    assert offered() == [(adult.pk, NOON)]
