"""Answers: what a client, or a guardian for them, says to a message.

An answer is about one client's part in a session, and only about the facts that they
have seen. Given twice it counts once.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pghistory
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet

from clients.models import Channel
from config.errors import Conflict
from scheduling import attendance, knowledge, opt_outs, progress, recipients
from scheduling.locking import lock_appointment, lock_calendars_of
from scheduling.models import (
    LONGEST_WORDS,
    Answer,
    AnswerKind,
    AnswerVia,
    Appointment,
    AppointmentStatus,
    Attendance,
    AttendanceStatus,
    Message,
)
from scheduling.transitions import InvalidTransition

COMING = (
    AppointmentStatus.SCHEDULED,
    AppointmentStatus.CONFIRMED,
    AppointmentStatus.CHECKED_IN,
)
# Of texts that were tried; any other that counts as not sent was not taken.
_MAY_HAVE_COME = Q(state__in=knowledge.TOLD) | knowledge.WAS_DOUBTFUL
BY_LINK = "By the link in a message"  # the reason of a cancellation


class Unanswerable(Conflict):
    """It can no longer be answered so."""

    code = "unanswerable"
    message = "It can no longer be answered so."


class Over(Unanswerable):
    """The session has begun."""


class FactsChanged(Unanswerable):
    """What was answered is no longer so."""


class NotExpected(Unanswerable):
    """The session was called off, or this client's part in it."""


class TooLate(Unanswerable):
    """The deadline for calling it off has passed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the session of a message stands for its client, and what they can say."""

    appointment: Appointment
    is_off: bool
    is_confirmed: bool
    is_call_asked_for: bool
    may_cancel: bool


def find(message_id: UUID) -> Message | None:
    """A message whose reader may still answer: `None` once somebody else is written to
    about its client, such as no guardian any more."""
    message = (
        Message.objects.select_related("appointment__office", "client", "guardian")
        .filter(pk=message_id)
        .first()
    )
    if message is None:
        return None
    people = recipients.people(message.client, message.appointment)
    return message if message.recipient in {each.pk for each in people} else None


def is_theirs(message: Message) -> bool:
    """Whether the session is still its client's, or was to its end: what became of it
    after they had left is not for them to know."""
    part = _part(message)
    if part is None:
        return False
    return not part.has_left or recipients.takes_part(message.appointment, part)


def standing(message: Message, *, now: datetime) -> Standing:
    """Raises `Over` once the session has begun."""
    appointment = message.appointment
    if appointment.starts_at <= now:
        raise Over
    part = _part(message)
    is_off = appointment.status not in COMING or part is None or part.has_left
    is_movable = appointment.status != AppointmentStatus.CHECKED_IN
    return Standing(
        appointment,
        is_off=is_off,
        is_confirmed=not is_off and _is_confirmed(message, appointment),
        is_call_asked_for=_calls_asked_for(message).exists(),
        may_cancel=not is_off and is_movable and now <= appointment.late_cancel_at,
    )


def confirm(
    message: Message, *, facts_version: int, via: AnswerVia, now: datetime
) -> None:
    """The client of a message says that they will come.

    A session is confirmed when all who are expected have said so. Raises
    `Unanswerable`.
    """
    with pghistory.context(via=via), transaction.atomic():
        current, part = _locked(message, now)
        is_expected = part is not None and part.status == AttendanceStatus.EXPECTED
        if current.status not in COMING or not is_expected:
            raise NotExpected
        _check_facts(current, facts_version)
        if not _confirmations(current).filter(client=message.client_id).exists():
            _record(message, AnswerKind.CONFIRM, via, facts_version, now)
        _confirm_if_all_have(current, now)


def cancel(
    message: Message, *, facts_version: int, via: AnswerVia, now: datetime
) -> None:
    """The client of a message calls their part off, before the deadline; the session
    goes on if others come. Raises `Unanswerable`."""
    with pghistory.context(via=via), transaction.atomic():
        current, part = _locked(message, now)
        if part is None or part.has_left:
            return
        _check_facts(current, facts_version)
        if now > current.late_cancel_at:
            raise TooLate
        try:
            left = attendance.remove(
                current,
                message.client,
                by="client",
                reason=BY_LINK,
                version=current.version,
                now=now,
            )
        except InvalidTransition:
            raise NotExpected from None
        _record(message, AnswerKind.CANCEL, via, facts_version, now)
        _confirm_if_all_have(left, now)


def ask_for_call(message: Message, *, via: AnswerVia, now: datetime) -> None:
    """The reader of a message wants to be called; once, until somebody has. Raises
    `Over` for a link, which is good until the session begins."""
    with transaction.atomic():
        starts_at = _lock_appointment_of(message)
        if via == AnswerVia.LINK and starts_at <= now:
            raise Over
        if not _calls_asked_for(message).exists():
            _record(message, AnswerKind.CALL, via, None, now)


def note(kind: AnswerKind, phone: str, *, words: str, now: datetime) -> None:
    """Keep a text for the front desk: with the last message to that number, or else
    with whoever alone has it."""
    message = _last_to(phone)
    if message is not None and kind == AnswerKind.CALL:
        return ask_for_call(message, via=AnswerVia.SMS, now=now)
    answer = Answer(
        kind=kind,
        via=AnswerVia.SMS,
        phone=phone,
        words=words[:LONGEST_WORDS],
        at=now,
    )
    if message is not None:
        answer.message, answer.appointment = message, message.appointment
        answer.client, answer.guardian = message.client, message.guardian
    elif phone and len(theirs := opt_outs.holders(phone)) == 1:
        answer.client_id, answer.guardian_id = theirs[0]
    answer.save(force_insert=True)
    return None


def last_ahead(phone: str, *, now: datetime) -> Message | None:
    """The last text to a number about a session that is still ahead, if whoever got it
    may still answer."""
    message = _last_to(phone, Q(appointment__starts_at__gt=now))
    return None if message is None else find(message.pk)


def resolve(answer: Answer, *, by: User, now: datetime) -> Answer:
    """Somebody has dealt with what an answer asks for; the first one is remembered."""
    with transaction.atomic():
        current = Answer.objects.select_for_update(no_key=True).get(pk=answer.pk)
        if current.resolved_at is None:
            current.resolved_at, current.resolved_by = now, by
            current.save(update_fields=["resolved_at", "resolved_by"])
    return current


def _last_to(phone: str, condition: Q | None = None) -> Message | None:
    """The text that a number got last, or may have got."""
    theirs = opt_outs.holders(phone) if phone else []
    clients = [each.client for each in theirs if each.guardian is None]
    guardians = [each.guardian for each in theirs if each.guardian is not None]
    texts = (
        Message.objects.filter(channel=Channel.SMS, first_tried_at__isnull=False)
        .filter(
            _MAY_HAVE_COME,
            Q(client__in=clients, guardian__isnull=True) | Q(guardian__in=guardians),
            condition or Q(),
        )
        .select_related("appointment", "client", "guardian")
    )
    return texts.order_by("-first_tried_at", "-pk").first()


def _locked(message: Message, now: datetime) -> tuple[Appointment, Attendance | None]:
    """The appointment and the client's part, as they are and stay. Raises `Over`."""
    lock_calendars_of(message.appointment)
    current = lock_appointment(message.appointment_id, version=None)
    if current.starts_at <= now:
        raise Over
    return current, _part(message)


def _lock_appointment_of(message: Message) -> datetime:
    """When it begins, from now on."""
    rows = Appointment.objects.filter(pk=message.appointment_id)
    locked = rows.select_for_update(no_key=True, of=("self",))
    return locked.values_list("starts_at", flat=True).get()


def _calls_asked_for(message: Message) -> QuerySet[Answer]:
    return message.answers.unresolved().filter(kind=AnswerKind.CALL)


def _part(message: Message) -> Attendance | None:
    parts = Attendance.objects.filter(appointment=message.appointment_id)
    return parts.filter(client=message.client_id).first()


def _check_facts(appointment: Appointment, facts_version: int) -> None:
    if appointment.facts_version != facts_version:
        raise FactsChanged


def _is_confirmed(message: Message, appointment: Appointment) -> bool:
    """Whether nothing more is asked of this client, though others may be silent."""
    if appointment.status != AppointmentStatus.SCHEDULED:
        return True
    others = appointment.attendances.active().exclude(client=message.client_id)
    said = _confirmations(appointment).filter(client=message.client_id)
    return others.exists() and said.exists()


def _confirmations(appointment: Appointment) -> QuerySet[Answer]:
    """What clients have said of an appointment as it is now."""
    return Answer.objects.filter(
        kind=AnswerKind.CONFIRM,
        appointment=appointment,
        facts_version=appointment.facts_version,
    )


def _confirm_if_all_have(appointment: Appointment, now: datetime) -> None:
    said = _confirmations(appointment).values("client")
    silent = appointment.attendances.active().exclude(client__in=said)
    if appointment.status == AppointmentStatus.SCHEDULED and not silent.exists():
        progress.confirm(appointment, version=appointment.version, now=now)


def _record(
    message: Message,
    kind: AnswerKind,
    via: AnswerVia,
    facts_version: int | None,
    now: datetime,
) -> None:
    Answer.objects.create(
        kind=kind,
        via=via,
        message=message,
        appointment_id=message.appointment_id,
        facts_version=facts_version,
        client_id=message.client_id,
        guardian_id=message.guardian_id,
        at=now,
    )
