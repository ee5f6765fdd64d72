"""Those who wait for an hour, and one of them who is offered one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from clients.models import Client
from locations.models import Office
from scheduling import offers, waitlist
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.wall_clock import as_datetime
from scheduling.models import (
    Appointment,
    Mode,
    SessionType,
    Therapist,
    WaitlistEntry,
    WaitlistOffer,
)
from scheduling.orders import Order
from scheduling.wishes import Slot

WAIT = timedelta(weeks=6)
KEPT_FOR = timedelta(hours=2)
DECENT = timedelta(hours=4)  # before the hour that is offered
# What each wishes for, beside anything that will do.
WISHES: Sequence[Mapping[str, Any]] = [  # Any: of each field
    {},
    {"weekdays": [0, 2], "time_from": 17 * 60},
    {"modes": [Mode.TELEHEALTH], "offers_per_day": 2},
    {"weekdays": [4], "time_to": 13 * 60},
    {"time_from": 8 * 60, "time_to": 10 * 60},
]


def let_some_wait(now: datetime, by: User) -> None:
    """The first of them is offered the first hour that suits."""
    adults = Client.objects.filter(
        telehealth_consent_on__isnull=False, born_on__range=("1965-01-01", "2000-01-01")
    ).exclude(email="")
    kind = SessionType.objects.get(slug="individual-50")
    until = (now + WAIT).astimezone(PRACTICE_ZONE).date()
    entries = [
        waitlist.join(
            by=by,
            now=now - timedelta(days=len(WISHES) - number),
            client=client,
            session_type=kind,
            until=until,
            **wish,
        )
        for number, (client, wish) in enumerate(
            zip(adults.order_by("email"), WISHES, strict=False)
        )
    ]
    for entry in entries[:1]:
        for slot in waitlist.slots_now(entry, now=now + DECENT)[:1]:
            _offer(entry, slot, now)


def _offer(entry: WaitlistEntry, slot: Slot, now: datetime) -> None:
    order = Order(
        therapist=Therapist.objects.get(pk=slot.therapist),
        clients=[entry.client],
        session_type=entry.session_type,
        office=Office.objects.get(pk=slot.office) if slot.office else None,
        mode=Mode(slot.mode),
        starts_at=as_datetime(slot.start),
        is_hold=True,
    )
    offer = offers.make(entry, order, now=now)
    expires_at = now + KEPT_FOR
    WaitlistOffer.objects.filter(pk=offer.pk).update(expires_at=expires_at)
    Appointment.objects.filter(pk=offer.appointment_id).update(
        created_at=now, hold_expires_at=expires_at
    )
    offer.appointment.messages.update(created_at=now, not_after=expires_at)
