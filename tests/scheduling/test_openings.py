from datetime import date, timedelta

import pytest

from clients.models import ConsentStatus
from config.clock import database_now
from scheduling import booking, offers, openings, waitlist
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
    SessionType,
    WaitlistOffer,
)
from tests.factories.clients import (
    ClientFactory,
    ContactConsentFactory,
    GuardianFactory,
)
from tests.factories.locations import OfficeFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityOverrideFactory,
    ModalityFactory,
    PracticePolicyFactory,
    SessionTypeFactory,
    TherapistFactory,
)
from tests.scheduling.waiting import (
    NOON,
    booked,
    freed,
    hours,
    line,
    make_offer,
    noted,
    offered,
    ordered,
    sweep,
)
from tests.times import MONDAY, NEXT_MONDAY, NOW, SATURDAY, TUESDAY, at

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize(
    ("time", "is_offered"),
    [("19:54", True), ("19:58", False), ("07:58", False), ("08:00", True)],
)
def test_just_before_quiet_hours_nothing_is_offered_either(time, is_offered):
    rule = hours(weekday=1)
    (entry,) = line(1)
    tuesday = at(MONDAY + timedelta(days=1), "12:00")
    freed(rule, starts_at=tuesday)

    sweep(at(MONDAY, time))

    assert offered() == ([(entry.pk, tuesday)] if is_offered else [])
    assert bool(noted()) != is_offered


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


def test_what_is_for_two_by_now_is_offered_to_nobody_alone():
    rule = hours()
    of_two = SessionTypeFactory.create(slug="talk-50", clients_max=2)
    rule.therapist.session_types.add(of_two)
    line(1, session_type=of_two)
    (entry,) = line(1)
    freed(rule)
    SessionType.objects.filter(pk=of_two.pk).update(clients_min=2)

    sweep()

    assert offered() == [(entry.pk, NOON)]


def test_an_entry_that_cannot_be_looked_at_does_not_keep_the_hour_from_the_next(
    monkeypatch,
):
    rule = hours()
    broken, entry = line(2)
    freed(rule)
    looked = waitlist.slots_of

    def slots_of(asked, *where, **options):
        if asked.pk == broken.pk:
            raise ArithmeticError
        return looked(asked, *where, **options)

    monkeypatch.setattr(waitlist, "slots_of", slots_of)

    sweep()

    assert offered() == [(entry.pk, NOON)]
    assert noted() == []


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
