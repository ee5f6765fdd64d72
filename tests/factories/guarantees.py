"""Guarantees in each of their states."""

from datetime import date, timedelta

import factory
from factory.django import DjangoModelFactory

from scheduling.models import (
    OUTCOMES,
    SETTLED,
    AppointmentStatus,
    Attendance,
    AttendanceStatus,
    Guarantee,
    GuaranteeRound,
    GuaranteeState,
    NoFit,
    Party,
)
from tests.factories.clients import ClientFactory
from tests.factories.scheduling import AppointmentFactory, TherapistFactory
from tests.times import MONDAY_9AM, NOW

MATCHED_AT = NOW - timedelta(days=3)


class GuaranteeFactory(DjangoModelFactory[Guarantee]):
    """Of a client whom nobody was chosen for yet."""

    class Meta:
        model = Guarantee

    client = factory.SubFactory(ClientFactory)
    created_at = NOW - timedelta(days=5)


class GuaranteeRoundFactory(DjangoModelFactory[GuaranteeRound]):
    """Matched with a therapist three days ago."""

    class Meta:
        model = GuaranteeRound

    guarantee = factory.SubFactory(GuaranteeFactory)
    number = 1
    therapist = factory.SubFactory(TherapistFactory)
    matched_at = MATCHED_AT


def matched(**more):
    """A guarantee of somebody who was matched, and has no session yet."""
    first = GuaranteeRoundFactory.create(**more)
    return _moved(first.guarantee, state=GuaranteeState.MATCHED, current=first)


def booked(*, starts_at=MONDAY_9AM, **more):
    """Somebody whose first session is booked, on Monday at nine."""
    more.setdefault("matched_at", starts_at - timedelta(days=3))
    guarantee = matched(**more)
    AppointmentFactory.create(
        therapist=guarantee.current.therapist,
        clients=[guarantee.client],
        starts_at=starts_at,
    )
    return guarantee


def attended(*, starts_at=MONDAY_9AM, **more):
    """Somebody who came to the first session, on Monday at nine."""
    guarantee = booked(starts_at=starts_at, **more)
    came(trial_of(guarantee))
    return guarantee


def asked(outcome, *, starts_at=MONDAY_9AM, **more):
    """Somebody who said at once that it is no fit, or that they stay."""
    guarantee = attended(starts_at=starts_at, **more)
    is_no_fit = outcome != GuaranteeState.CONTINUES
    told = guarantee.current
    told.trial, told.outcome, told.told_at = trial_of(guarantee), outcome, NOW
    told.said_by = Party.CLIENT if is_no_fit else ""
    told.reason = NoFit.RAPPORT if is_no_fit else ""
    told.save()
    credit = date(2027, 4, 4) if outcome == GuaranteeState.REMATCH_ASKED else None
    return _moved(guarantee, state=outcome, credit_until=credit)


def rematched(**more):
    """Somebody who was matched again, with another therapist."""
    guarantee = asked(GuaranteeState.REMATCH_ASKED, **more)
    second = GuaranteeRoundFactory.create(guarantee=guarantee, number=2)
    return _moved(guarantee, state=GuaranteeState.MATCHED, current=second)


def settled(state, **more):
    """Somebody whose wish for a refund was decided about."""
    guarantee = asked(GuaranteeState.REFUND_ASKED, **more)
    return _moved(
        guarantee,
        state=state,
        refund_cents=15_000 if state == GuaranteeState.REFUNDED else None,
        settled_because="As promised",
        settled_at=NOW,
    )


def in_state(state, **more):
    """A guarantee that has come so far, by the plainest way."""
    if state == GuaranteeState.INTAKE:
        return GuaranteeFactory.create(**more)
    if state in SETTLED:
        return settled(state, **more)
    if state in OUTCOMES:
        return asked(state, **more)
    ways = {
        GuaranteeState.MATCHED: matched,
        GuaranteeState.TRIAL_BOOKED: booked,
        GuaranteeState.TRIAL_ATTENDED: attended,
    }
    return ways[state](**more)


def trial_of(guarantee):
    """The client's session with the therapist of the present round."""
    parts = Attendance.objects.filter(client=guarantee.client)
    return (
        parts.filter(appointment__therapist=guarantee.current.therapist)
        .select_related("appointment__office")
        .get()
        .appointment
    )


def came(session):
    """The session took place, and everybody was there."""
    session.status = AppointmentStatus.COMPLETED
    session.save(update_fields=["status"])
    session.attendances.update(status=AttendanceStatus.ATTENDED)


def _moved(guarantee, **fields):
    for name, value in fields.items():
        setattr(guarantee, name, value)
    guarantee.save()
    return guarantee
