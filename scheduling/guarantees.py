"""The guarantee: who is matched, who is matched again, and whose money is returned.

A guarantee goes from state to state by `GUARANTEE_TRANSITIONS` and by nothing else.
Whether the first session is booked, or was attended, is read off the session; all that
is said about it afterwards is somebody's decision, with who took it down. The practice
moves no money here: a refund is the record that it is owed.

Each operation waits for the client's calendar, as a booking does, so that what becomes
of the session and what is said about it follow one another. Each raises `Stale` for an
old `version` and `InvalidTransition` where the table does not allow the step.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from clients.models import Client
from config.constraints import violations_as
from config.errors import Conflict, Malformed, RuleViolation, Stale
from locations.models import Room
from scheduling import fees
from scheduling.availability import PRACTICE_ZONE
from scheduling.booking import InvalidTransition
from scheduling.engine.wall_clock import months_after
from scheduling.locking import lock_appointment, lock_calendars, lock_calendars_of
from scheduling.models import (
    ASKED,
    Appointment,
    Attendance,
    Fee,
    Guarantee,
    GuaranteeRound,
    GuaranteeState,
    GuaranteeWords,
    Intake,
    Match,
    NoFit,
    Party,
    PersonRole,
    Therapist,
    first_sessions,
    sessions_of,
)

WINDOW = timedelta(days=7)
CREDIT_MONTHS = 3


class HasGuarantee(Conflict):
    code = "has_guarantee"
    message = "The client has a guarantee already; everybody has one, once."


class WindowClosed(RuleViolation):
    code = "guarantee_window_closed"
    message = "That is possible within a week after the first session."


class RematchUsed(RuleViolation):
    code = "rematch_used"
    message = "The client has been matched again already, which is possible once."


class CreditLapsed(RuleViolation):
    code = "credit_lapsed"
    message = "The credit for another first session has lapsed."


class FreeElsewhere(Conflict):
    code = "free_elsewhere"
    message = "The client has another free session booked. Call that off first."


class EarlierTherapist(RuleViolation):
    code = "earlier_therapist"
    message = "The client has said, or was told, that this therapist does not fit."


def earlier_therapists(client: Client) -> list[Therapist]:
    """Those who did not fit the client, whoever said so."""
    rounds = _rounds(client).filter(outcome__in=ASKED)
    return list(Therapist.objects.filter(guarantee_rounds__in=rounds).order_by("pk"))


def open_for(
    client: Client,
    *,
    intake: Intake | None = None,
    therapist: Therapist | None = None,
    match: Match | None = None,
    by: User | None,
    now: datetime,
) -> Guarantee:
    """Promise a client what every new client is promised; with a `therapist`, they are
    matched with that one at once. Raises `HasGuarantee`."""
    with transaction.atomic():
        found = Guarantee(client=client, intake=intake, created_by=by, created_at=now)
        with violations_as({"guarantee_once": HasGuarantee()}):
            found.save(force_insert=True)
        if therapist is not None:
            _choose(found.pk, therapist, match=match, version=1, by=by, now=now)
    return progress_of(found)


def client_of(intake: Intake) -> Client:
    """The first of those for whom an intake is. Raises `Malformed` while none of them
    is registered as a client."""
    people = intake.people.filter(role=PersonRole.CLIENT, client__isnull=False)
    person = people.select_related("client").order_by("position", "pk").first()
    if person is None or person.client is None:
        message = "Nobody of this intake is registered as a client yet."
        raise Malformed(message, field="intake")
    return person.client


def choose(
    guarantee: Guarantee,
    therapist: Therapist,
    *,
    match: Match | None = None,
    version: int | None,
    by: User | None,
    now: datetime,
) -> Guarantee:
    """Match the client with a therapist; another one until a session is booked, and
    once again after a rematch was asked for, while the credit lives.

    A session that is booked with the therapist already is free then. Raises
    `EarlierTherapist` or `CreditLapsed` as well.
    """
    _choose(guarantee.pk, therapist, match=match, version=version, by=by, now=now)
    return progress_of(guarantee)


def name_trial(
    guarantee: Guarantee,
    appointment: Appointment,
    *,
    version: int | None,
    now: datetime,
) -> Guarantee:
    """Say which session is the first one, where it is not the earliest with the
    therapist; whoever it is with is then the therapist of this round.

    Raises `Malformed` for a session in which the client has no part.
    """
    with transaction.atomic():
        lock_calendars_of(appointment)
        current = _locked(guarantee.pk, version)
        if current.state != GuaranteeState.MATCHED:
            raise _not_from(current)
        session = lock_appointment(appointment.pk, version=None)
        part = _taking_part(current.client, session)
        if session.therapist in earlier_therapists(current.client):
            raise EarlierTherapist
        at_hand = _round(current)
        at_hand.trial, at_hand.therapist = session, session.therapist
        at_hand.save(update_fields=["trial", "therapist"])
        _keep_promise(at_hand, part, session, now=now)
        _save(current)
    return progress_of(guarantee)


def say_continues(
    guarantee: Guarantee, *, version: int | None, by: User | None, now: datetime
) -> Guarantee:
    """The client stays with the therapist. It ends the guarantee, whenever it is said
    after the first session."""
    with transaction.atomic():
        current = _waiting(guarantee, version)
        _end_round(current, GuaranteeState.CONTINUES, by=by, now=now)
    return progress_of(guarantee)


def ask_rematch(
    guarantee: Guarantee,
    *,
    said_by: Party,
    reason: NoFit,
    words: str = "",
    version: int | None,
    by: User | None,
    now: datetime,
) -> Guarantee:
    """It is no fit, and the client wants another therapist: once, within the week after
    the first session. Raises `WindowClosed` or `RematchUsed`."""
    with transaction.atomic():
        current = _waiting(guarantee, version)
        _check(current, GuaranteeState.REMATCH_ASKED)
        if _round(current).number > 1:
            raise RematchUsed
        _check_window(current, now)
        current.credit_until = months_after(
            now.astimezone(PRACTICE_ZONE).date(), CREDIT_MONTHS
        )
        _end_round(
            current,
            GuaranteeState.REMATCH_ASKED,
            by=by,
            now=now,
            said_by=said_by,
            reason=reason,
            words=words,
        )
    return progress_of(guarantee)


def ask_refund(
    guarantee: Guarantee,
    *,
    said_by: Party,
    reason: NoFit,
    words: str = "",
    version: int | None,
    by: User | None,
    now: datetime,
) -> Guarantee:
    """It is no fit, and the client wants the money back, within the week after the
    first session. Raises `WindowClosed`."""
    with transaction.atomic():
        current = _waiting(guarantee, version)
        _check(current, GuaranteeState.REFUND_ASKED)
        _check_window(current, now)
        _end_round(
            current,
            GuaranteeState.REFUND_ASKED,
            by=by,
            now=now,
            said_by=said_by,
            reason=reason,
            words=words,
        )
    return progress_of(guarantee)


def refund(
    guarantee: Guarantee,
    *,
    amount_cents: int,
    reason: str,
    version: int | None,
    by: User,
    now: datetime,
) -> Guarantee:
    """Decide that the client gets so much back."""
    return _settle(
        guarantee,
        GuaranteeState.REFUNDED,
        reason,
        version=version,
        by=by,
        now=now,
        refund_cents=amount_cents,
    )


def decline(
    guarantee: Guarantee, *, reason: str, version: int | None, by: User, now: datetime
) -> Guarantee:
    """Decide that the client gets nothing back, and why."""
    return _settle(
        guarantee, GuaranteeState.DECLINED, reason, version=version, by=by, now=now
    )


def progress_of(guarantee: Guarantee) -> Guarantee:
    """The guarantee as it is now, with its `session` and `progress`."""
    rows = Guarantee.objects.with_progress().select_related(
        "client", "current__therapist"
    )
    return rows.get(pk=guarantee.pk)


def may_be_asked_until(session: Appointment) -> date:
    """The last day of the week after a first session, where it took place."""
    zone = ZoneInfo(session.timezone)
    return session.ends_at.astimezone(zone).date() + WINDOW


def window_is_open(session: Appointment, now: datetime) -> bool:
    """Whether it is still, where the session took place, a day of that week."""
    today = now.astimezone(ZoneInfo(session.timezone)).date()
    return today <= may_be_asked_until(session)


def credit_lives(guarantee: Guarantee, now: datetime) -> bool:
    until = guarantee.credit_until
    return until is not None and now.astimezone(PRACTICE_ZONE).date() <= until


def _rounds(client: Client) -> QuerySet[GuaranteeRound]:
    return GuaranteeRound.objects.filter(guarantee__client=client)


@transaction.atomic
def _choose(
    key: UUID,
    therapist: Therapist,
    *,
    match: Match | None,
    version: int | None,
    by: User | None,
    now: datetime,
) -> None:
    client = Guarantee.objects.select_related("client").get(pk=key).client
    part = _lock_first_session(client, therapist, now)
    current = _locked(key, version)
    _check(current, GuaranteeState.MATCHED)
    if current.state == GuaranteeState.REMATCH_ASKED and not credit_lives(current, now):
        raise CreditLapsed
    if therapist in earlier_therapists(client):
        raise EarlierTherapist
    if match is not None and match.intake_id not in {None, current.intake_id}:
        raise Malformed("This match is of another intake.", field="match")
    facts = {
        "therapist": therapist,
        "match": match,
        "matched_at": now,
        "matched_by": by,
        "trial": None,
    }
    if current.state == GuaranteeState.MATCHED:
        at_hand = _round(current)
        _write(at_hand, facts)
    else:
        number = 1 + current.rounds.count()
        at_hand = GuaranteeRound.objects.create(
            guarantee=current, number=number, **facts
        )
    current.state, current.current = GuaranteeState.MATCHED, at_hand
    _save(current, "state", "current")
    if part is not None:
        session = lock_appointment(part.appointment_id, version=None)
        _keep_promise(at_hand, part, session, now=now)


def _lock_first_session(
    client: Client, therapist: Therapist, now: datetime
) -> Attendance | None:
    """The client's part in a session that is booked with the therapist already, its
    calendars locked; the client's is locked in any case."""
    sessions = first_sessions(client, therapist, now).select_related("appointment")
    part = sessions.first()
    if part is None:
        lock_calendars(therapists=[], clients=[client.pk], rooms=Room.objects.none())
    else:
        lock_calendars_of(part.appointment)
    return sessions.filter(pk=part.pk).first() if part else None


def _waiting(guarantee: Guarantee, version: int | None) -> Guarantee:
    """The guarantee as it is, once nobody else changes the client's sessions."""
    lock_calendars(
        therapists=[], clients=[guarantee.client_id], rooms=Room.objects.none()
    )
    return _locked(guarantee.pk, version)


def _locked(key: UUID, version: int | None) -> Guarantee:
    # Locked first: a row that waits for its lock is not computed anew.
    Guarantee.objects.select_for_update(no_key=True).get(pk=key)
    rows = Guarantee.objects.with_progress().select_related("client", "current")
    current = rows.get(pk=key)
    if version is not None and current.version != version:
        raise Stale(version=current.version)
    return current


def _check(current: Guarantee, state: GuaranteeState) -> None:
    if not current.may_become(state):
        raise _not_from(current)


def _not_from(current: Guarantee) -> InvalidTransition:
    state = GuaranteeState(current.progress).label.lower()
    return InvalidTransition(f"The guarantee is at: {state}. That rules this out.")


def _check_window(current: Guarantee, now: datetime) -> None:
    assert current.session is not None  # noqa: S101  it was attended
    session = Appointment.objects.select_related("office").get(pk=current.session)
    if not window_is_open(session, now):
        raise WindowClosed


def _round(current: Guarantee) -> GuaranteeRound:
    assert current.current is not None  # noqa: S101  a constraint: it is matched
    return current.current


def _taking_part(client: Client, session: Appointment) -> Attendance:
    part = sessions_of(client).filter(appointment=session).first()
    if part is None:
        message = "The client has no part in this session, or it was called off."
        raise Malformed(message, field="appointment")
    return part


def _keep_promise(
    at_hand: GuaranteeRound, part: Attendance, session: Appointment, *, now: datetime
) -> None:
    """Make the first session after a rematch free. Its calendars are locked."""
    if at_hand.number == 1 or part.fee == Fee.FREE:
        return
    others = sessions_of(part.client).filter(fee=Fee.FREE)
    if others.exists():
        raise FreeElsewhere
    if fees.has_credit(part, at_hand):
        fees.give_free(part, at_hand, now=now)
        session.version += 1
        session.save(update_fields=["version"])


def _end_round(
    current: Guarantee,
    outcome: GuaranteeState,
    *,
    by: User | None,
    now: datetime,
    said_by: str = "",
    reason: str = "",
    words: str = "",
) -> None:
    _check(current, outcome)
    at_hand = _round(current)
    _write(
        at_hand,
        {
            "trial_id": current.session,
            "outcome": outcome,
            "said_by": said_by,
            "reason": reason,
            "told_at": now,
            "told_to": by,
        },
    )
    if words.strip():
        GuaranteeWords.objects.create(round=at_hand, text=words.strip())
    current.state = outcome
    _save(current, "state", "credit_until")


def _settle(
    guarantee: Guarantee,
    state: GuaranteeState,
    reason: str,
    *,
    version: int | None,
    by: User,
    now: datetime,
    refund_cents: int | None = None,
) -> Guarantee:
    if not reason.strip():
        raise Malformed("Say why.", field="reason")
    with transaction.atomic():
        current = _waiting(guarantee, version)
        _check(current, state)
        current.state, current.settled_because = state, reason.strip()
        current.settled_at, current.settled_by = now, by
        current.refund_cents = refund_cents
        _save(
            current,
            "state",
            "settled_because",
            "settled_at",
            "settled_by",
            "refund_cents",
        )
    return progress_of(guarantee)


def _write(
    row: GuaranteeRound,
    fields: Mapping[str, Any],  # Any: the values of fields
) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=fields.keys())


def _save(current: Guarantee, *fields: str) -> None:
    current.version += 1
    current.save(update_fields=[*fields, "version"])
