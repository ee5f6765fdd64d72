"""An hour that becomes free, and those who wait for it."""

from datetime import timedelta

from scheduling import booking, openings
from scheduling.models import (
    Mode,
    OfferState,
    Opening,
    WaitlistOffer,
)
from scheduling.orders import Order
from tests.factories.clients import ClientFactory
from tests.factories.scheduling import (
    AvailabilityRuleFactory,
    SessionTypeFactory,
    WaitlistEntryFactory,
)
from tests.times import MONDAY, NOW, at

NOON = at(MONDAY, "12:00")


def noted():
    """What is known to have become free, in the order of noting."""
    return list(
        Opening.objects.order_by("pk").values_list(
            "therapist_id", "starts_at", "ends_at"
        )
    )


def hours(**options):
    """A therapist's Monday, of which nobody has taken note."""
    rule = AvailabilityRuleFactory.create(**options)
    forget()
    return rule


def forget():
    Opening.objects.all().delete()


def ordered(rule, client=None, starts_at=NOON, **options):
    return Order(
        therapist=rule.therapist,
        clients=[client or ClientFactory.create()],
        session_type=SessionTypeFactory.create(),
        office=rule.office,
        mode=Mode.IN_PERSON if rule.office else Mode.TELEHEALTH,
        starts_at=starts_at,
        **options,
    )


def booked(rule, **options):
    return booking.book(ordered(rule, **options), now=NOW)


def freed(rule, starts_at=NOON, now=NOW):
    """The hour of somebody who has called it off."""
    appointment = booked(rule, starts_at=starts_at)
    return booking.cancel(appointment, by="client", version=None, now=now)


def line(count, **options):
    """So many who wait, the longest wait first."""
    entries = [WaitlistEntryFactory.create(**options) for _ in range(count)]
    for number, entry in enumerate(entries):
        entry.created_at = NOW - timedelta(days=count - number)
        entry.save(update_fields=["created_at"])
    return entries


def offered():
    """What is offered now, in order: whose, and when."""
    live = WaitlistOffer.objects.filter(state=OfferState.OFFERED)
    return list(
        live.order_by("appointment__starts_at").values_list(
            "entry", "appointment__starts_at"
        )
    )


def sweep(now=NOW):
    return openings.work_off(now=now)


def make_offer(rule=None, **options):
    """Noon, offered to one who waits."""
    (entry,) = line(1, **options)
    freed(rule or hours())
    sweep()
    return WaitlistOffer.objects.select_related("appointment", "entry__client").get(
        entry=entry
    )
