"""Which messages an appointment calls for, and when.

They are rows, written in the transaction of the booking they speak of: they exist if
and only if it does. Sending them is the outbox's work.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import Enum

from clients.models import Channel, Client
from scheduling import drafts, knowledge, recipients, waiting
from scheduling.knowledge import facts_digest
from scheduling.models import (
    ATTENDING,
    Appointment,
    AppointmentStatus,
    Attendance,
    Message,
    MessageKind,
    MessageState,
    read_parts,
)
from scheduling.recipients import Recipient, Terms

EXPECTED = (AppointmentStatus.SCHEDULED, AppointmentStatus.CONFIRMED)


class Tell(Enum):
    """Whether clients are told of a change by a notice. Reminders follow it anyway."""

    NOW = "now"
    TOGETHER = "together"  # with other changes, by a notice that is written after them
    NOT = "not"

    @classmethod
    def when(cls, wanted: bool) -> "Tell":  # noqa: FBT001  it says it all
        return cls.NOW if wanted else cls.NOT


def plan(appointment: Appointment, *, now: datetime) -> None:
    """Write the messages that a new appointment calls for; none for the past."""
    read_parts([appointment])
    clients = [part.client for part in appointment.attendances.all()]
    present = recipients.terms(client.pk for client in clients)
    rows = [
        message
        for recipient in recipients.of_clients(appointment, clients, present)
        for message in drafts.first_messages(appointment, recipient, present, now)
    ]
    Message.objects.bulk_create(rows, ignore_conflicts=True)


def replan(
    appointment: Appointment,
    *,
    now: datetime,
    tell: Tell = Tell.NOW,
    only: Client | None = None,
) -> None:
    """Make what waits agree with an appointment whose facts changed; or, for `only` one
    client, with whether they still come.

    What nothing calls for any more is cancelled. Who was never told of the old facts
    is told of the new as if of a first booking; who knows the present facts already is
    told nothing. What people are not told of now (`tell`) they do not know of when the
    facts change again. Doing so twice changes nothing. The caller has locked the
    appointment.
    """
    if tell is not Tell.TOGETHER and appointment.series_id is not None:
        _hand_on(appointment)
    again = _Again(appointment, recipients.parts(appointment, only), now)
    told = knowledge.last_told([appointment])
    for part, recipient in again.recipients:
        known = told.get((appointment.pk, recipient.person.pk))
        kind = knowledge.notice_due(appointment, part, known)
        if tell is Tell.NOW and kind is not None:
            again.wanted += drafts.notice(
                appointment, kind, recipient, again.present, now
            )
    again.write()


def renew(
    appointment: Appointment, *, now: datetime, since: datetime | None = None
) -> None:
    """Make what waits agree with the terms: what is sent to whom, and by which way.

    A notice that waits goes to those who are now to have it, by the way that is now
    the first; what has been told is not told again. A reminder that was ahead `since`
    when the terms are so is made up for. Doing so twice changes nothing. The caller has
    locked the appointment.
    """
    again = _Again(appointment, recipients.parts(appointment), now, since)
    owed = [
        message
        for message in again.there
        if message.kind != MessageKind.REMINDER
        and (message.kind == MessageKind.OFFER) == appointment.is_hold
        and waiting.is_owed(message, now)
    ]
    told = knowledge.last_told([appointment]) if owed else {}
    for part, recipient in again.recipients if owed else ():
        has_left = recipients.left_alone(appointment, part)
        theirs = [
            message
            for message in owed
            if message.client_id == part.client_id
            and knowledge.says_left(message) == has_left
        ]
        known = told.get((appointment.pk, recipient.person.pk))
        again.wanted += _instead(
            theirs, part, recipient, known=known, present=again.present, now=now
        )
    again.write()


class _Again:
    """An appointment that is planned again for some of its clients: what is `there`
    about its present facts, and what is `wanted`."""

    def __init__(
        self,
        appointment: Appointment,
        parts: Sequence[Attendance],
        now: datetime,
        since: datetime | None = None,
    ) -> None:
        self.appointment, self.parts, self.now = appointment, parts, now
        self.since = since or now
        self.present = recipients.terms(part.client_id for part in parts)
        self.there = waiting.standing(appointment, parts)
        self.wanted: list[Message] = []
        self.recipients = [
            (part, recipient)
            for part in parts
            for recipient in recipients.of_clients(
                appointment, [part.client], self.present
            )
        ]

    def write(self) -> None:
        """Want the reminders of those who come, too, and let what is wanted wait."""
        is_expected = self.appointment.status in EXPECTED
        reminded = set()
        for part, recipient in self.recipients:
            if is_expected and part.status in ATTENDING:
                reminded.add(recipient.person.pk)
                self.wanted += drafts.reminders_of(
                    self.appointment,
                    recipient,
                    self.present,
                    self.now,
                    there=self.there,
                    since=self.since,
                )
        ways = {one.person.pk: one.channels for _, one in self.recipients}
        waiting.replace(
            self.appointment,
            self.parts,
            there=self.there,
            wanted=self.wanted,
            ways=ways,
            reminded=reminded,
            now=self.now,
        )


def _instead(
    owed: Sequence[Message],
    part: Attendance,
    recipient: Recipient,
    *,
    known: Message | None,
    present: Terms,
    now: datetime,
) -> Iterator[Message]:
    """The notice that somebody is to have in place of those that are `owed` for their
    client: of their own, or of whoever was to have it before."""
    own = [message for message in owed if message.recipient == recipient.person.pk]
    # A text that failed goes by e-mail to whom it was for, and to nobody else.
    others = [message for message in owed if not waiting.led_nowhere(message)]
    first = sorted(own or others, key=lambda one: one.state != MessageState.PENDING)[:1]
    if any(waiting.led_nowhere(message) for message in own):
        recipient = recipient.without(Channel.SMS)
    for model in first:
        kind = knowledge.notice_due(part.appointment, part, known)
        if own and (known in own or not _say_the_same(known, model)):
            kind = MessageKind(model.kind)
        if kind is None:
            return
        for message in drafts.notice(part.appointment, kind, recipient, present, now):
            if waiting.led_nowhere(model) and message.state != MessageState.PENDING:
                continue  # it stays as it is
            message.for_series = model.for_series
            message.facts_digest, message.due_at = model.facts_digest, model.due_at
            yield message


def _say_the_same(known: Message | None, message: Message) -> bool:
    return known is not None and known.facts_digest == message.facts_digest


def _hand_on(occurrence: Appointment) -> None:
    """Let a notice for a series that has not gone out yet wait with the next occurrence
    of which it is true and to which its client comes, where that is no longer so of
    this one."""
    coming = occurrence.attendances.active().values("client")
    notices = occurrence.messages.pending().filter(for_series=True)
    for message in notices.exclude(
        facts_version=occurrence.facts_version, client__in=coming
    ):
        following = Appointment.objects.filter(
            attendances__client=message.client_id,
            attendances__status__in=ATTENDING,
            series=occurrence.series_id,
            occurs_on__gt=occurrence.occurs_on,
            status__in=EXPECTED,
        ).select_related("office")
        for other in following.order_by("occurs_on"):
            if facts_digest(other, for_series=True) != message.facts_digest:
                continue
            twin = _twin(message, other)
            if twin is None:
                _move(message, other)
            if twin is None or twin.for_series:
                break


def _move(message: Message, occurrence: Appointment) -> None:
    """Let it wait with another occurrence. One that is in doubt stays as what may be
    known of its own, and the other has one anew."""
    is_in_doubt = knowledge.is_in_doubt(message)
    moved = waiting.anew(message) if is_in_doubt else message
    moved.appointment, moved.facts_version = occurrence, occurrence.facts_version
    moved.not_after = occurrence.starts_at
    if is_in_doubt:
        moved.save(force_insert=True)
    else:
        moved.save(update_fields=["appointment", "facts_version", "not_after"])


def _twin(message: Message, occurrence: Appointment) -> Message | None:
    """What `occurrence` has already in the place that `message` would take: the notice
    of an extension, say, which speaks of it and, if for a series, of the rest."""
    standing = occurrence.messages.filter(facts_version=occurrence.facts_version)
    return next(
        (one for one in standing if waiting.identity(one) == waiting.identity(message)),
        None,
    )
