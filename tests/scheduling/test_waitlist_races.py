"""Of an answer, the clock, the front desk and two workers, one comes first.

The controls take away what decides, and show that these tests notice.
"""

import time
from collections import Counter
from datetime import timedelta

import pytest

from config.clock import database_now
from config.errors import DomainError
from scheduling import booking, offers, openings, waitlist
from scheduling.models import (
    Appointment,
    EntryState,
    OfferState,
    OfferVia,
    Opening,
    WaitlistOffer,
)
from tests.scheduling.waiting import (
    NOON,
    freed,
    hours,
    line,
    make_offer,
    ordered,
    sweep,
)
from tests.threads import in_threads
from tests.times import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def outcome(call):
    def run():
        try:
            call()
        except DomainError as refusal:
            return refusal.code
        return "done"

    return run


def is_consistent():
    """One thing has become of each offer, and its hold and its entry agree."""
    became = {
        OfferState.OFFERED: ("held", EntryState.WAITING),
        OfferState.ACCEPTED: ("scheduled", EntryState.BOOKED),
        OfferState.DECLINED: ("released", EntryState.WAITING),
        OfferState.LAPSED: ("released", EntryState.WAITING),
        OfferState.WITHDRAWN: ("released", EntryState.WAITING),
    }
    rows = WaitlistOffer.objects.select_related("appointment", "entry")
    return all(
        (row.appointment.status, row.entry.state) == became[OfferState(row.state)]
        for row in rows
    )


def hour_is_taken_once():
    kept = Appointment.objects.occupying().filter(starts_at=NOON)
    return kept.count() == 1


ROUNDS = 4


def test_of_two_who_accept_one_does():
    for _ in range(ROUNDS):
        offer = make_offer()

        def accept(offer=offer):
            offers.accept(offer, via=OfferVia.LINK, now=NOW)

        assert sorted(in_threads(*[outcome(accept)] * 3)) == [
            "done",
            "offer_over",
            "offer_over",
        ]
        assert is_consistent()


def test_of_the_client_and_the_front_desk_one_gets_the_hour():
    won = Counter()
    for _ in range(ROUNDS):
        rule = hours()
        offer = make_offer(rule, therapists=[rule.therapist])
        order = ordered(rule)

        answers = in_threads(
            outcome(lambda: offers.accept(offer, via=OfferVia.LINK, now=NOW)),  # noqa: B023
            outcome(lambda: offers.book_over(offer, order, now=NOW)),  # noqa: B023
        )

        assert sorted(answers) == ["done", "offer_over"]
        won[answers.index("done")] += 1
        booked = Appointment.objects.occupying().get(therapist=rule.therapist)
        assert booked.status == "scheduled"
        assert is_consistent()


def test_of_the_client_the_clock_and_the_front_desk_one_gets_the_hour():
    for number in range(ROUNDS):
        rule = hours()
        offer = make_offer(rule, therapists=[rule.therapist])
        # About when the three of them come.
        expires_at = database_now() + timedelta(milliseconds=20 * number)
        Appointment.objects.filter(pk=offer.appointment_id).update(
            hold_expires_at=expires_at
        )
        WaitlistOffer.objects.filter(pk=offer.pk).update(expires_at=expires_at)

        def desk(rule=rule):
            time.sleep(0.03)
            booking.book(ordered(rule), now=NOW)

        answers = in_threads(
            outcome(lambda: offers.accept(offer, via=OfferVia.LINK, now=NOW)),  # noqa: B023
            outcome(desk),
            outcome(sweep),
        )

        assert answers[:2] != ["done", "done"]
        sweep()
        kept = Appointment.objects.occupying().filter(therapist=rule.therapist)
        offer.refresh_from_db()
        assert offer.state in (OfferState.ACCEPTED, OfferState.LAPSED)
        assert kept.count() == int("done" in answers[:2])
        assert is_consistent()


def test_two_workers_make_one_offer_of_one_opening():
    rule = hours()
    line(4)
    freed(rule)
    opening = Opening.objects.get()
    twins = [Opening.objects.get(pk=opening.pk) for _ in range(3)]

    in_threads(
        *(
            lambda one=one: openings.work(one, now=NOW, until=time.monotonic() + 60)
            for one in twins
        )
    )

    assert WaitlistOffer.objects.count() == 1
    assert hour_is_taken_once()
    assert is_consistent()
    assert not Opening.objects.exists()


def test_two_sweeps_offer_two_hours_to_two_people():
    for rule in (hours(), hours()):
        freed(rule)
    line(3)

    in_threads(sweep, sweep)
    sweep()

    assert WaitlistOffer.objects.count() == 2
    assert len(set(WaitlistOffer.objects.values_list("entry", flat=True))) == 2
    assert is_consistent()


def test_an_entry_that_is_withdrawn_keeps_no_offer():
    for _ in range(ROUNDS):
        rule = hours()
        (entry,) = line(1)
        freed(rule)

        in_threads(
            sweep,
            outcome(lambda: waitlist.withdraw(entry, version=1, now=NOW)),  # noqa: B023
        )
        sweep()

        entry.refresh_from_db()
        assert entry.state == EntryState.WITHDRAWN
        assert not entry.offers.filter(state=OfferState.OFFERED).exists()
        assert not Appointment.objects.holds().filter(therapist=rule.therapist).exists()


# Controls.


def test_without_compare_and_swap_an_offer_is_answered_twice(monkeypatch):
    offer = make_offer()

    def answer(offer, *, state, via=None, because=None, now):
        WaitlistOffer.objects.filter(pk=offer.pk).update(
            state=state, answered_at=now, via=via or "", because=because or ""
        )

    monkeypatch.setattr(offers, "_answer", answer)

    offers.accept(offer, via=OfferVia.LINK, now=NOW)
    offers.decline(offer, via=OfferVia.LINK, now=NOW)

    assert not is_consistent()
