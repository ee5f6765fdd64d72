"""Whoever has waited longest gets the hour, of those whom it suits: told by a reference
that looks at everybody, over invented weeks of freeing, accepting and declining.
"""

from datetime import timedelta
from itertools import product
from random import Random
from zoneinfo import ZoneInfo

import pytest

from scheduling import booking, offers
from scheduling.models import (
    Appointment,
    EntryState,
    Mode,
    OfferState,
    OfferVia,
    WaitlistEntry,
    WaitlistOffer,
)
from scheduling.orders import Order
from tests.factories.clients import ClientFactory
from tests.factories.locations import RoomFactory
from tests.factories.scheduling import (
    AvailabilityRuleFactory,
    SessionTypeFactory,
    TherapistFactory,
    WaitlistEntryFactory,
)
from tests.scheduling.waiting import forget, sweep
from tests.times import NEXT_MONDAY, NOW, at

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("America/Los_Angeles")
STEPS = 25
NOON = 12 * 60


class Week:
    """Two therapists with one hour on each of five days, all of them booked."""

    def __init__(self, random):
        self.random = random
        room = RoomFactory.create(capacity=9)
        RoomFactory.create(office=room.office, capacity=9)
        self.office = room.office
        self.therapists = TherapistFactory.create_batch(2, offices=[self.office])
        for therapist in self.therapists:
            for weekday in range(5):
                AvailabilityRuleFactory.create(
                    therapist=therapist,
                    office=self.office,
                    weekday=weekday,
                    start_minute=NOON,
                    end_minute=NOON + 50,
                )
        days = [NEXT_MONDAY + timedelta(days=number) for number in range(5)]
        noons = [at(day, "12:00") for day in days]
        self.hours = list(product(self.therapists, noons))
        self.booked = {hour: self.book(hour) for hour in self.hours}
        self.entries = [self.entry(number) for number in range(12)]
        forget()

    def book(self, hour):
        therapist, starts_at = hour
        order = Order(
            therapist=therapist,
            clients=[ClientFactory.create()],
            session_type=SessionTypeFactory.create(),
            office=self.office,
            mode=Mode.IN_PERSON,
            starts_at=starts_at,
        )
        return booking.book(order, now=NOW)

    def entry(self, number):
        choose = self.random.choice
        some = self.random.sample(range(5), self.random.randint(1, 5))
        return WaitlistEntryFactory.create(
            created_at=NOW - timedelta(minutes=self.random.randint(0, 5)),
            therapists=choose([[], [choose(self.therapists)]]),
            weekdays=choose([[], sorted(some)]),
            time_from=choose([0, NOON, NOON + 1]) if number % 3 else 0,
            time_to=choose([1440, NOON + 50, NOON + 49]) if number % 3 else 1440,
            until=NEXT_MONDAY + timedelta(days=choose([2, 40])),
            offers_per_day=choose([1, 2, 3]),
        )

    def step(self):
        """Something happens; the hour that it freed, if any."""
        deed = self.random.choice([self.free, self.free, self.answer])
        return deed()

    def free(self):
        kept = [hour for hour, one in self.booked.items() if one is not None]
        if not kept:
            return None
        hour = self.random.choice(kept)
        booking.cancel(self.booked[hour], by="client", version=None, now=NOW)
        self.booked[hour] = None
        return hour

    def answer(self):
        live = list(
            WaitlistOffer.objects.filter(state=OfferState.OFFERED)
            .select_related("appointment__therapist", "entry__client")
            .order_by("offered_at", "pk")
        )
        if not live:
            return None
        offer = self.random.choice(live)
        hour = offer.appointment.therapist, offer.appointment.starts_at
        if self.random.random() < 0.4:
            self.booked[hour] = offers.accept(offer, via=OfferVia.LINK, now=NOW)
            return None
        offers.decline(offer, via=OfferVia.LINK, now=NOW)
        return hour

    def expected(self, hour):
        """Whoever is to be offered an hour, or nobody."""
        rows = WaitlistEntry.objects.all()
        waiting = sorted(rows, key=lambda one: (one.created_at, one.pk))
        return next((one for one in waiting if suits(one, *hour)), None)


def suits(entry, therapist, starts_at):
    local = starts_at.astimezone(ZONE)
    wanted = list(entry.therapists.all())
    made = list(entry.offers.select_related("appointment"))
    busy = Appointment.objects.filter(
        attendances__client=entry.client, occupies=True, starts_at=starts_at
    )
    return (
        entry.state == EntryState.WAITING
        and entry.until >= local.date()
        and (not wanted or therapist in wanted)
        and (not entry.weekdays or local.weekday() in entry.weekdays)
        and entry.time_from <= NOON
        and entry.time_to >= NOON + 50
        and len(made) < entry.offers_per_day
        and not any(offer.state == OfferState.OFFERED for offer in made)
        and not any(
            offer.appointment.therapist_id == therapist.pk
            and offer.appointment.starts_at == starts_at
            for offer in made
        )
        and not busy.exists()
    )


def held(hour):
    therapist, starts_at = hour
    offer = WaitlistOffer.objects.filter(
        state=OfferState.OFFERED,
        appointment__therapist=therapist,
        appointment__starts_at=starts_at,
    ).first()
    return offer and offer.entry


@pytest.mark.parametrize("seed", range(6))
def test_each_hour_goes_to_whoever_has_waited_longest(seed):
    week = Week(Random(seed))  # noqa: S311
    given = 0

    for _ in range(STEPS):
        hour = week.step()
        if hour is None:
            continue
        expected = week.expected(hour)
        sweep()
        assert held(hour) == expected
        given += expected is not None

    assert given > 2


def test_the_reference_notices_another_order():
    """The control: by the shortest wait, it is somebody else sooner or later."""
    for seed in range(6):
        week = Week(Random(seed))  # noqa: S311
        hour = week.free()
        rows = WaitlistEntry.objects.order_by("-created_at", "-pk")
        last = next((one for one in rows if suits(one, *hour)), None)
        if last != week.expected(hour):
            return
    raise AssertionError("Of six weeks, none tells the orders apart.")
