"""The guarantee: a therapist who fits, another one, or the money back.

A guarantee goes from state to state by `GUARANTEE_TRANSITIONS` and by nothing else.
Whether the first session is booked, or was attended, is read off the session; all that
is said about it afterwards (`settlements`) is somebody's decision, with who took it
down.

Each operation waits for the client's calendar, as a booking does, so that what becomes
of the session and what is said about it follow one another. Each raises `Stale` for an
old `version` and `InvalidTransition` where the table does not allow the step.
"""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from clients.models import Client
from config.constraints import violations_as
from config.errors import Conflict, Malformed, RuleViolation
from locations.models import Room
from scheduling import appointments, fees, guarantee_rows
from scheduling.locking import lock_appointment, lock_calendars, lock_calendars_of
from scheduling.models import (
    ASKED,
    Appointment,
    Attendance,
    AttendanceStatus,
    Fee,
    Guarantee,
    GuaranteeRound,
    GuaranteeState,
    Intake,
    Match,
    PersonRole,
    Therapist,
    first_sessions,
    sessions_of,
)
from scheduling.models.therapists import SHORTEST_TRIAL_MINUTES


class HasGuarantee(Conflict):
    code = "has_guarantee"
    message = "The client has a guarantee already; everybody has one, once."


class NotNew(RuleViolation):
    code = "not_new"
    message = "The client had a session before; this is for those who are new."


class FreeElsewhere(Conflict):
    code = "free_elsewhere"
    message = "The client has another free session booked. Call that off first."


class FirstAttended(RuleViolation):
    code = "trial_attended"
    message = "The first session was attended; only an earlier one can take its place."


class EarlierTherapist(RuleViolation):
    code = "earlier_therapist"
    message = "The client has said, or was told, that this therapist does not fit."


def earlier_therapists(*clients: Client) -> list[Therapist]:
    """Those who did not fit one of the clients, whoever said so."""
    rounds = GuaranteeRound.objects.filter(
        guarantee__client__in=clients, outcome__in=ASKED
    )
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
    matched with that one at once.

    Raises `HasGuarantee`, which names the one that is there, `NotNew`, or `Malformed`
    for an intake of somebody else.
    """
    if intake is not None and not intake.people.filter(
        client=client, role=PersonRole.CLIENT
    ):
        raise Malformed("The client is not one of this intake.", field="intake")
    try:
        with transaction.atomic():
            found = Guarantee(
                client=client, intake=intake, created_by=by, created_at=now
            )
            with violations_as({"guarantee_once": HasGuarantee()}):
                found.save(force_insert=True)
            if _had_a_session(client, before=now):
                raise NotNew
            if therapist is not None:
                _choose(found.pk, therapist, match=match, version=1, by=by, now=now)
    except HasGuarantee as refused:
        refused.existing = Guarantee.objects.get(client=client).pk
        raise
    return guarantee_rows.progress_of(found)


def open_if_new(
    client: Client, *, intake: Intake, by: User | None, now: datetime
) -> None:
    """Promise it to somebody who asks for the first time: to whom it was not promised
    before, and who has had no session yet."""
    with suppress(HasGuarantee, NotNew):
        open_for(client, intake=intake, by=by, now=now)


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
    return guarantee_rows.progress_of(guarantee)


def name_trial(
    guarantee: Guarantee,
    appointment: Appointment,
    *,
    version: int | None,
    now: datetime,
) -> Guarantee:
    """Say which session is the first one, where it is not the earliest with the
    therapist; whoever it is with is then the therapist of this round.

    The week after a first session begins once: when it was attended, only one that was
    attended before can be named in its place. Raises `FirstAttended` or
    `EarlierTherapist`, and `Malformed` for a session in which the client has no part,
    that was before it was promised, or before another therapist was wanted, or that is
    of a type that cannot be the first one.
    """
    with transaction.atomic():
        lock_calendars_of(appointment)
        current = guarantee_rows.locked(guarantee.pk, version)
        if current.state != GuaranteeState.MATCHED:
            raise guarantee_rows.not_from(current)
        session = lock_appointment(appointment.pk, version=None)
        part = _taking_part(current, session)
        _check_week_begins_once(current, part)
        if session.therapist in earlier_therapists(current.client):
            raise EarlierTherapist
        at_hand = guarantee_rows.present_round(current)
        at_hand.trial, at_hand.therapist = session, session.therapist
        at_hand.save(update_fields=["trial", "therapist"])
        _keep_promise(at_hand, part, session, now=now)
        guarantee_rows.save(current)
    return guarantee_rows.progress_of(guarantee)


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
    lock_calendars(
        therapists=[therapist.pk], clients=[client.pk], rooms=Room.objects.none()
    )
    current = guarantee_rows.locked(key, version)
    guarantee_rows.check(current, GuaranteeState.MATCHED)
    if current.state == GuaranteeState.REMATCH_ASKED:
        guarantee_rows.check_credit(current, now)
    if therapist in earlier_therapists(client):
        raise EarlierTherapist
    if match is not None:
        _check_match(match, current, therapist)
    facts = {
        "therapist": therapist,
        "match": match,
        "matched_at": now,
        "matched_by": by,
        "trial": None,
    }
    if current.state == GuaranteeState.MATCHED:
        at_hand = guarantee_rows.present_round(current)
        guarantee_rows.write(at_hand, facts)
    else:
        number = 1 + current.rounds.count()
        at_hand = GuaranteeRound.objects.create(
            guarantee=current, number=number, **facts
        )
    current.state, current.current = GuaranteeState.MATCHED, at_hand
    guarantee_rows.save(current, "state", "current")
    part = first_sessions(client, therapist, now).first()
    if part is not None:  # somebody has booked already
        session = lock_appointment(part.appointment_id, version=None)
        _keep_promise(at_hand, part, session, now=now)


def _had_a_session(client: Client, *, before: datetime) -> bool:
    """Whether they are new no more; a consultation leaves them so."""
    attended = client.attendances.filter(
        status=AttendanceStatus.ATTENDED,
        starts_at__lt=before,
        appointment__session_type__duration_minutes__gte=SHORTEST_TRIAL_MINUTES,
    )
    return attended.exists()


def _check_match(match: Match, current: Guarantee, therapist: Therapist) -> None:
    """That it is theirs, and that the therapist was chosen from it."""
    if match.intake_id != current.intake_id:
        raise Malformed("This match is not of their intake.", field="match")
    named = {each["therapist"]["id"] for each in match.ranked}
    if str(therapist.pk) not in named:
        raise Malformed("The therapist is not among those of the match.", field="match")


def _taking_part(current: Guarantee, session: Appointment) -> Attendance:
    parts = sessions_of(current.client).filter(starts_at__gte=_wanted_since(current))
    part = parts.filter(appointment=session).first()
    if part is None:
        message = (
            "The client has no part in this session, or it was called off, it was"
            " before this therapist was looked for, or it is a consultation or a group."
        )
        raise Malformed(message, field="appointment")
    return part


def _wanted_since(current: Guarantee) -> datetime:
    """Since when the therapist of the present round is looked for."""
    earlier = current.rounds.filter(outcome=GuaranteeState.REMATCH_ASKED).first()
    told_at = earlier.told_at if earlier else None
    return told_at or current.created_at


def _check_week_begins_once(current: Guarantee, part: Attendance) -> None:
    if current.progress != GuaranteeState.TRIAL_ATTENDED:
        return
    attended = Attendance.objects.get(
        client=current.client_id, appointment=current.session
    )
    if part.status != AttendanceStatus.ATTENDED or part.starts_at > attended.starts_at:
        raise FirstAttended


def _keep_promise(
    at_hand: GuaranteeRound, part: Attendance, session: Appointment, *, now: datetime
) -> None:
    """Make the first session after a rematch free. Its calendars are locked."""
    if at_hand.number == 1 or part.fee == Fee.FREE:
        return
    others = Attendance.objects.active().filter(client=part.client_id, fee=Fee.FREE)
    if others.exists():
        raise FreeElsewhere
    part.appointment = session
    if fees.has_credit(part, at_hand):
        fees.give_free(part, at_hand, now=now)
        appointments.change(session)
