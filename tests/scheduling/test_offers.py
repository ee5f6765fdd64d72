from dataclasses import replace
from datetime import timedelta

import pytest

from config.clock import database_now
from config.errors import Malformed
from scheduling import booking, claims, holds, offers, opt_outs, reminders, waitlist
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    Because,
    EntryState,
    Message,
    MessageKind,
    MessageState,
    OfferState,
    OfferVia,
    Therapist,
    WaitlistOffer,
)
from scheduling.offers import OfferOver
from scheduling.placement import RulesForbid, SlotTaken
from tests.factories.clients import ClientFactory
from tests.factories.locations import ClosureFactory
from tests.factories.scheduling import (
    PracticePolicyFactory,
    ReminderRuleFactory,
    TimeOffFactory,
)
from tests.scheduling.waiting import (
    NOON,
    freed,
    hours,
    line,
    make_offer,
    offered,
    ordered,
    sweep,
)
from tests.times import NOW

pytestmark = pytest.mark.django_db


def let_lapse(offer):
    """Its time is up, though nobody has written that down yet."""
    past = database_now() - timedelta(seconds=1)
    Appointment.objects.filter(pk=offer.appointment_id).update(hold_expires_at=past)
    WaitlistOffer.objects.filter(pk=offer.pk).update(expires_at=past)


def pending():
    rows = Message.objects.filter(state=MessageState.PENDING)
    return sorted(rows.values_list("kind", flat=True))


def test_an_accepted_offer_is_an_appointment_with_its_messages():
    ReminderRuleFactory.create(before_minutes=60)
    offer = make_offer()

    appointment = offers.accept(offer, via=OfferVia.LINK, now=NOW)

    offer.refresh_from_db()
    offer.entry.refresh_from_db()
    assert appointment.pk == offer.appointment_id
    assert (appointment.status, appointment.starts_at) == ("scheduled", NOON)
    assert (offer.state, offer.via, offer.answered_at) == ("accepted", "link", NOW)
    assert (offer.entry.state, offer.entry.version) == (EntryState.BOOKED, 2)
    assert pending() == ["booked", "offer", "reminder"]


def test_the_message_of_an_offer_that_was_taken_by_telephone_does_not_go_out():
    offer = make_offer()
    message = Message.objects.get(kind=MessageKind.OFFER)
    Message.objects.update(due_at=database_now(), not_after=NOON)
    offers.accept(offer, via=OfferVia.PHONE, now=NOW)

    assert claims.take(message.pk) is None

    message.refresh_from_db()
    assert message.state == MessageState.CANCELLED


def test_who_accepted_is_still_told_that_it_is_booked_when_they_change_their_number():
    offer = make_offer()
    Message.objects.update(state=MessageState.SENT, sent_at=NOW)
    appointment = offers.accept(offer, via=OfferVia.LINK, now=NOW)

    reminders.renew(appointment, now=NOW)

    assert pending() == ["booked"]


def test_an_offer_that_waits_goes_by_mail_when_texts_are_stopped():
    offer = make_offer()
    opt_outs.opt_out(str(offer.entry.client.phone), source="test")

    reminders.renew(offer.appointment, now=NOW)

    (message,) = Message.objects.filter(state=MessageState.PENDING)
    assert (message.kind, message.channel) == ("offer", "email")
    assert message.not_after == offer.expires_at


def test_a_declined_offer_lets_go_of_the_hour_and_its_message():
    offer = make_offer()

    offers.decline(offer, via=OfferVia.PHONE, now=NOW)

    offer.refresh_from_db()
    offer.entry.refresh_from_db()
    assert (offer.state, offer.via) == ("declined", "phone")
    assert offer.appointment.status == AppointmentStatus.RELEASED
    assert offer.entry.state == EntryState.WAITING
    assert pending() == []


@pytest.mark.parametrize(
    "end",
    [
        lambda offer: offers.accept(offer, via=OfferVia.LINK, now=NOW),
        lambda offer: offers.decline(offer, via=OfferVia.LINK, now=NOW),
        lambda offer: offers.withdraw(offer, because=Because.DESK, now=NOW),
    ],
)
@pytest.mark.parametrize(
    "then",
    [
        lambda offer: offers.accept(offer, via=OfferVia.LINK, now=NOW),
        lambda offer: offers.decline(offer, via=OfferVia.LINK, now=NOW),
        lambda offer: offers.withdraw(offer, because=Because.DESK, now=NOW),
    ],
)
def test_an_offer_is_answered_once(end, then):
    offer = make_offer()
    end(offer)
    before = WaitlistOffer.objects.values().get()

    with pytest.raises(OfferOver):
        then(offer)

    assert WaitlistOffer.objects.values().get() == before


def test_an_offer_that_lapsed_cannot_be_taken_though_no_sweep_has_seen_it():
    offer = make_offer()
    let_lapse(offer)

    with pytest.raises(OfferOver):
        offers.accept(offer, via=OfferVia.LINK, now=NOW)

    assert not offers.is_live(offer)
    assert offer.entry.state == EntryState.WAITING


def test_an_offer_is_not_booked_against_rules_that_have_changed_since():
    offer = make_offer()
    TimeOffFactory.create(therapist=offer.appointment.therapist)

    with pytest.raises(RulesForbid):
        offers.accept(offer, via=OfferVia.PHONE, now=NOW)

    offer.refresh_from_db()
    assert offer.state == OfferState.OFFERED


@pytest.mark.parametrize("happens", ["time off", "closure", "left"])
def test_an_offer_that_nobody_could_take_any_more_lapses_at_once(happens):
    offer = make_offer()
    hold = offer.appointment
    match happens:
        case "time off":
            TimeOffFactory.create(therapist=hold.therapist)
        case "closure":
            times = {"starts_at": hold.starts_at, "ends_at": hold.ends_at}
            ClosureFactory.create(office=hold.office, **times)
        case "left":
            Therapist.objects.update(is_active=False)

    sweep()

    offer.refresh_from_db()
    hold.refresh_from_db()
    assert (offer.state, hold.status) == (OfferState.LAPSED, "released")
    assert pending() == []


def test_an_offer_stays_when_others_are_away():
    offer = make_offer()
    TimeOffFactory.create()
    ClosureFactory.create(starts_at=offer.appointment.ends_at)

    sweep()

    assert offered() == [(offer.entry_id, NOON)]


def test_who_books_meets_the_offer_and_is_told_so():
    rule = hours()
    make_offer(rule)

    with pytest.raises(SlotTaken) as refused:
        booking.book(ordered(rule), now=NOW)

    codes = [reason.code for reason in refused.value.reasons]
    assert codes == ["therapist_busy", "no_room", "offered"]


def test_who_is_offered_an_hour_is_busy_with_it_elsewhere_too():
    offer = make_offer()
    elsewhere = hours()

    with pytest.raises(SlotTaken) as refused:
        booking.book(ordered(elsewhere, client=offer.entry.client), now=NOW)

    codes = [reason.code for reason in refused.value.reasons]
    assert codes == ["client_busy", "offered"]


def test_an_offer_that_lapsed_is_in_nobodys_way():
    rule = hours()
    offer = make_offer(rule)
    let_lapse(offer)

    booking.book(ordered(rule), now=NOW)
    sweep()

    offer.refresh_from_db()
    assert offer.state == OfferState.LAPSED
    assert offered() == []


def test_a_hold_of_the_front_desk_is_no_offer():
    rule = hours()
    holds.keep(ordered(rule, is_hold=True), minutes=5, now=NOW)

    with pytest.raises(SlotTaken) as refused:
        booking.book(ordered(rule), now=NOW)

    assert "offered" not in [reason.code for reason in refused.value.reasons]


def test_the_front_desk_can_book_over_the_queue():
    rule = hours()
    offer = make_offer(rule)
    caller = ClientFactory.create()

    booked = offers.book_over(offer, ordered(rule, client=caller), now=NOW)

    offer.refresh_from_db()
    assert list(booked.clients.all()) == [caller]
    assert (offer.state, offer.because) == ("withdrawn", Because.BOOKED_OVER)
    assert offer.appointment.status == AppointmentStatus.RELEASED
    sweep()
    assert offered() == []


def test_what_the_desk_took_back_does_not_count_as_an_offer_of_the_day():
    rule = hours()
    offer = make_offer(rule, offers_per_day=1)
    offers.withdraw(offer, because=Because.DESK, now=NOW)
    later = NOON + timedelta(hours=2)
    freed(rule, starts_at=later)

    sweep()

    assert offered() == [(offer.entry_id, later)]


def test_what_cannot_be_booked_leaves_the_offer_as_it_is():
    rule = hours()
    offer = make_offer(rule)
    order = replace(ordered(rule), starts_at=NOON + timedelta(minutes=5))
    TimeOffFactory.create(therapist=rule.therapist)

    with pytest.raises(RulesForbid):
        offers.book_over(offer, order, now=NOW)

    offer.refresh_from_db()
    assert offer.state == OfferState.OFFERED
    assert offer.appointment.status == AppointmentStatus.HELD


def test_another_hour_is_not_booked_instead():
    rule = hours()
    offer = make_offer(rule)
    order = replace(ordered(rule), starts_at=NOON + timedelta(hours=2))

    with pytest.raises(Malformed):
        offers.book_over(offer, order, now=NOW)


def test_an_offer_that_was_accepted_is_not_booked_over():
    rule = hours()
    offer = make_offer(rule)
    offers.accept(offer, via=OfferVia.LINK, now=NOW)

    with pytest.raises(OfferOver):
        offers.book_over(offer, ordered(rule), now=NOW)

    assert Appointment.objects.filter(status="scheduled").count() == 1


def test_who_waits_no_longer_has_their_offer_taken_back():
    offer = make_offer()

    waitlist.withdraw(offer.entry, version=1, now=NOW)

    offer.refresh_from_db()
    assert offer.because == Because.ENTRY_WITHDRAWN
    assert offer.entry.state == EntryState.WITHDRAWN
    assert offered() == []


def test_an_offer_counts_against_the_cap_and_goes_by_mail_beyond_it():
    PracticePolicyFactory.create(
        sms_per_day=1, quiet_from_minute=0, quiet_until_minute=0
    )
    offer = make_offer()
    message = Message.objects.get(kind=MessageKind.OFFER)
    earlier = Message.objects.get(pk=message.pk)
    earlier.pk, earlier.kind = None, MessageKind.BOOKED
    earlier.provider_key, earlier.state = offer.pk, MessageState.SENT
    earlier.sent_at = database_now()
    earlier.save(force_insert=True)
    Message.objects.filter(pk=message.pk).update(due_at=database_now())

    assert claims.take(message.pk) is None

    (by_mail,) = Message.objects.filter(state=MessageState.PENDING)
    assert (by_mail.kind, by_mail.channel) == ("offer", "email")


def test_two_offers_to_one_entry_cannot_stand():
    first, second = hours(), hours()
    (entry,) = line(1)
    options = {"client": entry.client, "is_hold": True}
    offers.make(entry, ordered(first, **options), now=NOW)
    later = ordered(second, **options, starts_at=NOON + timedelta(hours=1))

    with pytest.raises(offers.NotWaiting):
        offers.make(entry, later, now=NOW)

    assert Appointment.objects.holds().count() == 1
