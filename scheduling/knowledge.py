"""Knowledge: what recipients know of an appointment, by the messages that went out.

Nobody is told what they know already. Of the later occurrences of a series they know
by the one notice that spoke of all.
"""

import copy
import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from clients.models import Channel
from locations.models import Office
from scheduling.engine.recurrence import in_week_of
from scheduling.engine.wall_clock import day_of, minute_of
from scheduling.models import (
    CANCELLED,
    NOT_OPEN,
    NOT_TOLD,
    OPTED_OUT,
    SMS_CAP,
    Appointment,
    Attendance,
    AttendanceStatus,
    Decision,
    Message,
    MessageKind,
    MessageState,
)

# Once a message is in one of these states, its recipient knows, or may know.
TOLD = (
    MessageState.SENDING,
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.UNKNOWN,
)

# Of which nobody knows whether the provider took it, in whichever state it is now.
_DOUBTFUL = (
    "answer_without_id",
    "connection_lost",
    "lease_ran_out",
    "look_up_failed",
    "mail_connection_lost",
)
_SERVER_TROUBLE = "http_5"  # with two more digits
WAS_DOUBTFUL = Q(last_error__in=_DOUBTFUL) | Q(last_error__startswith=_SERVER_TROUBLE)
# What may have been written over such a doubt since: it could not be looked up, say.
_WRITTEN_OVER = (
    "http_408",
    "http_425",
    "http_429",
    "not_made_ready",
    NOT_OPEN,
    OPTED_OUT,
    SMS_CAP,
    "unreachable",
)

# What a digest is of, and what it takes to tell it.
_FACTS = (
    "id",
    "starts_at",
    "ends_at",
    "office_id",
    "therapist_id",
    "mode",
    "status",
    "occurs_on",
)
# Who gets no such notice at all has heard of it in another way; and so has, or did get
# it, of whom somebody said so. A reminder that is left out tells nothing.
_SAID_TO_KNOW = (Decision.TOLD_OTHERWISE, Decision.ARRIVED)
_WAS_TOLD = (
    Q(state__in=TOLD)
    | (
        Q(state=MessageState.CANCELLED, last_error=NOT_TOLD)
        & ~Q(kind=MessageKind.REMINDER)
    )
    | Q(resolution__decision__in=_SAID_TO_KNOW)
)
# For is_in_doubt to choose from, too. To know of an offer is not to know of a session.
_MAY_BE_KNOWN = (
    _WAS_TOLD
    | WAS_DOUBTFUL
    | Q(first_tried_at__isnull=False, last_error__in=_WRITTEN_OVER)
) & ~Q(kind=MessageKind.OFFER)

LEFT_ALONE = "left alone"  # the digest for who left a session that goes on


def facts_digest(
    appointment: Appointment, *, has_left: bool = False, for_series: bool = False
) -> str:
    """What a message says, in short, to tell whether somebody knows it already.

    To whom `has_left` a session that goes on, it is all the same what else changes.
    What a notice for a series says is the same of each occurrence that is as it should
    be: so many days and minutes after the Monday of its own week.
    """
    if has_left and appointment.status not in CANCELLED:
        return LEFT_ALONE
    said = (
        _standing_time(appointment)
        if for_series
        else appointment.starts_at.timestamp(),
        appointment.office_id,
        appointment.therapist_id,
        str(appointment.mode),  # new rows have the choice, read ones its text
        appointment.status in CANCELLED,
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def is_told(message: Message) -> bool:
    """Whether its recipient knows, or may know, what it says; not if that is in doubt
    and it can be sent again."""
    is_off = message.state == MessageState.CANCELLED
    is_left_out = is_off and message.last_error == NOT_TOLD
    is_left_out &= message.kind != MessageKind.REMINDER
    return message.state in TOLD or is_left_out or _is_said_to_be_known(message)


def is_in_doubt(message: Message) -> bool:
    """Whether it may have been taken, though it counts as not sent: who got it knows
    what it says, and who did not has yet to be told."""
    if is_told(message):
        return False
    if message.first_tried_at and message.last_error in _WRITTEN_OVER:
        events: QuerySet[Model] = QuerySet(apps.get_model("scheduling", "MessageEvent"))
        return events.filter(WAS_DOUBTFUL, pgh_obj=message.pk).exists()
    is_trouble = message.last_error.startswith(_SERVER_TROUBLE)
    return is_trouble or message.last_error in _DOUBTFUL


def _is_said_to_be_known(message: Message) -> bool:
    resolution = getattr(message, "resolution", None)
    return resolution is not None and resolution.decision in _SAID_TO_KNOW


def says_left(message: Message) -> bool:
    """Whether it is for somebody who left a session that goes on."""
    return message.facts_digest == LEFT_ALONE


def last_told(
    appointments: Sequence[Appointment],
) -> dict[tuple[UUID, UUID], Message]:
    """The last message that each recipient got, or may have got, by the keys of the
    appointment and the recipient. An occurrence may be known from a series' notice,
    except to whom was told last that they left it: that notice passes it over."""
    return _last_of(
        appointments,
        Message.objects.filter(
            _MAY_BE_KNOWN, appointment__in=appointments
        ).select_related("resolution"),
        list(_series_notices(appointments)),
    )


def as_known(
    appointments: Sequence[Appointment], message: Message
) -> list[Appointment]:
    """`appointments` at the times and places at which the recipient of a `message` that
    calls them off expects them: a move of which they were not told is none of theirs.
    """
    before = Message.objects.filter(_MAY_BE_KNOWN, recipient=message.recipient)
    before = before.exclude(pk=message.pk).select_related("resolution")
    series = {each.series_id for each in appointments} - {None}
    told = _last_of(
        appointments,
        before.filter(appointment__in=appointments),
        before.filter(for_series=True, appointment__series__in=series).select_related(
            "appointment", "resolution"
        ),
    )
    past = _past(appointments)
    return [
        _as_told(each, told.get((each.pk, message.recipient)), past[each.pk])
        for each in appointments
    ]


def _last_of(
    appointments: Sequence[Appointment],
    messages: Iterable[Message],
    series_notices: Collection[Message],
) -> dict[tuple[UUID, UUID], Message]:
    parts = _parts(appointments) if series_notices else {}
    told: dict[tuple[UUID, UUID], Message] = {}
    for message in sorted([*messages, *series_notices], key=_order):
        for appointment in appointments:
            key = appointment.pk, message.recipient
            part = parts.get((appointment.pk, message.client_id))
            if key in told and _adds_a_doubt(message, told[key]):
                continue
            if _is_about(message, appointment) or (
                _speaks_of(message, appointment, part)
                and not (key in told and says_left(told[key]))
            ):
                told[key] = message
    return told


def notice_due(
    appointment: Appointment, part: Attendance, told: Message | None
) -> MessageKind | None:
    """What somebody has to be told of a client's part who was `told` that last, or
    nothing yet. A client who missed the session has no part in what becomes of it."""
    if part.status == AttendanceStatus.NO_SHOW:
        return None
    is_cancelled = appointment.status in CANCELLED
    if told is None:
        return None if is_cancelled or part.has_left else MessageKind.BOOKED
    knows_of_leaving = says_left(told)
    digest = facts_digest(
        appointment, has_left=part.has_left, for_series=told.for_series
    )
    if told.facts_digest == digest or (part.has_left and knows_of_leaving):
        return _kind_of_doubtful(told, appointment)
    if part.has_left and not is_cancelled:
        return MessageKind.CANCELLED
    if knows_of_leaving or told.state == MessageState.SENDING:
        return MessageKind.CORRECTION
    return MessageKind.CANCELLED if is_cancelled else MessageKind.MOVED


def _kind_of_doubtful(told: Message, appointment: Appointment) -> MessageKind | None:
    """As what somebody is told again of the same, if they may not have got it."""
    is_notice = told.kind != MessageKind.REMINDER
    is_own = told.appointment_id == appointment.pk
    is_due = is_own and is_notice and is_in_doubt(told)
    return MessageKind(told.kind) if is_due else None


def _past(appointments: Sequence[Appointment]) -> dict[UUID, list[Appointment]]:
    """What history has of them, the newest first: with what a message told."""
    states: dict[UUID, list[Appointment]] = {each.pk: [] for each in appointments}
    events: QuerySet[Model] = QuerySet(apps.get_model("scheduling", "AppointmentEvent"))
    rows = events.filter(pgh_obj__in=states).order_by("-pgh_id")
    facts = [dict(zip(_FACTS, row, strict=True)) for row in rows.values_list(*_FACTS)]
    offices = Office.objects.in_bulk({each["office_id"] for each in facts} - {None})
    for each in facts:
        state = Appointment(**each)
        state.office = offices.get(each["office_id"])
        states[state.pk].append(state)
    return states


def _as_told(
    appointment: Appointment, told: Message | None, past: Iterable[Appointment]
) -> Appointment:
    """As it was when it was last as it was `told`: the ledger has a digest of that."""
    if told is None:
        return appointment
    for state in past:
        if facts_digest(state, for_series=told.for_series) == told.facts_digest:
            known = copy.copy(appointment)
            known.starts_at, known.ends_at = state.starts_at, state.ends_at
            known.office, known.mode = state.office, state.mode
            return known
    return appointment


def _order(message: Message) -> tuple[datetime, int, datetime]:
    return message.created_at, message.facts_version, message.due_at


def _standing_time(occurrence: Appointment) -> tuple[int, int]:
    zone, start = ZoneInfo(occurrence.timezone), int(occurrence.starts_at.timestamp())
    day = day_of(start, zone)
    monday = in_week_of(occurrence.occurs_on or day, 0)
    return (day - monday).days, minute_of(start, zone)


def _series_notices(appointments: Sequence[Appointment]) -> QuerySet[Message]:
    """Notices for their series that have gone out, or are about to; locked, so that
    none goes out with the old facts while these change."""
    series = {each.series_id for each in appointments} - {None}
    notices = Message.objects.filter(
        _MAY_BE_KNOWN | Q(state=MessageState.PENDING),
        for_series=True,
        appointment__series__in=series,
    ).select_related("appointment", "resolution")
    return notices.select_for_update(no_key=True, of=("self",)).order_by("pk")


def _parts(
    appointments: Sequence[Appointment],
) -> dict[tuple[UUID, UUID], Attendance]:
    """The clients' parts, by the keys of the appointment and the client."""
    parts = Attendance.objects.filter(appointment__in=appointments)
    return {(part.appointment_id, part.client_id): part for part in parts}


def _is_about(message: Message, appointment: Appointment) -> bool:
    """Whether it told of it, or may have; not what has yet to be tried."""
    is_own = message.appointment_id == appointment.pk
    return is_own and (is_told(message) or is_in_doubt(message))


def _adds_a_doubt(message: Message, told: Message) -> bool:
    """Whether it says what is known for certain, though it may not have arrived."""
    says_the_same = message.facts_digest == told.facts_digest
    return says_the_same and is_in_doubt(message) and not is_in_doubt(told)


def _speaks_of(
    message: Message, appointment: Appointment, part: Attendance | None
) -> bool:
    """Whether a series' notice tells, or will have told, of a later occurrence: if its
    client's `part` in that was there when it was written."""
    spoken_of = message.appointment
    if _passes_over(message, appointment) or not _speaks(message):
        return False
    return (
        message.for_series
        and part is not None
        and part.pk < message.pk
        and spoken_of.series_id == appointment.series_id
        and spoken_of.occurs_on is not None
        and appointment.occurs_on is not None
        and spoken_of.occurs_on < appointment.occurs_on
    )


def _speaks(message: Message) -> bool:
    will_speak = message.state == MessageState.PENDING
    return will_speak or is_told(message) or is_in_doubt(message)


def _passes_over(message: Message, appointment: Appointment) -> bool:
    """Whether the notice of a new series will leave an occurrence out that is not, or
    no longer, as it says: a mail names its dates when it goes out, a text has none."""
    return (
        message.kind == MessageKind.BOOKED
        and message.channel == Channel.EMAIL
        and message.state == MessageState.PENDING
        and not (message.attempts or message.last_error)  # else it may have gone out
        and message.facts_digest != facts_digest(appointment, for_series=True)
    )
