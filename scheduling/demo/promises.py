"""Guarantees of newcomers, in as many states as there are newcomers who came."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import cycle

from django.contrib.auth.models import User

from clients.models import Client
from config.roles import Role
from scheduling import guarantees, settlements
from scheduling.demo.outcomes import Outcome
from scheduling.models import (
    OCCUPYING,
    Appointment,
    AppointmentStatus,
    Guarantee,
    GuaranteeState,
    NoFit,
    Party,
    Therapist,
)

State = GuaranteeState
# What is said after one first session after the other; nothing, where it is None.
SAID = (
    State.CONTINUES,
    State.REFUND_ASKED,
    State.REMATCH_ASKED,
    None,
    State.REFUNDED,
    State.CONTINUES,
    State.DECLINED,
    State.MATCHED,
)
SAID_AFTER = timedelta(days=1)
REFUND_CENTS = 15_000


def make(
    newcomers: Iterable[Client],
    settled: Iterable[Outcome],
    therapists: Sequence[Therapist],
    users: Mapping[Role, User],
    now: datetime,
) -> None:
    """Promise it to each newcomer who has a first session, and to one who has none."""
    first = {
        outcome.attendances[0].client_id: outcome
        for outcome in reversed(list(settled))
        if outcome.appointment.session_type.for_new_clients
        and outcome.appointment.session_type.may_be_trial
        and outcome.appointment.status in OCCUPYING
    }
    said = cycle(SAID)
    without = [client for client in newcomers if client.pk not in first][:1]
    for client in without:
        guarantees.open_for(client, by=users[Role.FRONT_DESK], now=now)
    for client in newcomers:
        if client.pk in first:
            outcome = first[client.pk]
            promised = _open(client, outcome, users[Role.FRONT_DESK])
            session = outcome.appointment
            at = session.ends_at + SAID_AFTER
            if session.status == AppointmentStatus.COMPLETED and at <= now:
                _say(promised, next(said), _others(therapists, session), users, at)


def _open(client: Client, outcome: Outcome, by: User) -> Guarantee:
    """Matched when the first session was booked."""
    return guarantees.open_for(
        client, therapist=outcome.appointment.therapist, by=by, now=outcome.booked_at
    )


def _say(
    promised: Guarantee,
    state: GuaranteeState | None,
    others: Sequence[Therapist],
    users: Mapping[Role, User],
    now: datetime,
) -> None:
    desk, manager = users[Role.FRONT_DESK], users[Role.MANAGER]
    match state:
        case State.CONTINUES:
            settlements.say_continues(promised, version=None, by=desk, now=now)
        case State.REMATCH_ASKED | State.MATCHED:
            settlements.ask_rematch(
                promised,
                said_by=Party.CLIENT,
                reason=NoFit.APPROACH,
                version=None,
                by=desk,
                now=now,
            )
        case State.REFUND_ASKED | State.REFUNDED | State.DECLINED:
            settlements.ask_refund(
                promised,
                said_by=Party.CLIENT,
                reason=NoFit.RAPPORT,
                version=None,
                by=desk,
                now=now,
            )
    if state == State.MATCHED:
        guarantees.choose(promised, others[0], version=None, by=desk, now=now)
    if state == State.REFUNDED:
        settlements.refund(
            promised,
            amount_cents=REFUND_CENTS,
            reason="As promised",
            version=None,
            by=manager,
            now=now,
        )
    if state == State.DECLINED:
        reason = "The fee of this session had been waived"
        settlements.decline(promised, reason=reason, version=None, by=manager, now=now)


def _others(
    therapists: Sequence[Therapist], session: Appointment
) -> Sequence[Therapist]:
    return [one for one in therapists if one.pk != session.therapist.pk]
