"""Notices for a series: one message that speaks of many occurrences.

Each occurrence has reminders of its own. That it was booked, moved or called off with
others is told once, by a message about the first of them that says how often they are.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import prefetch_related_objects

from clients.models import Client
from scheduling import knowledge, recipients, reminders
from scheduling.knowledge import facts_digest
from scheduling.models import (
    CANCELLED,
    Appointment,
    Attendance,
    Message,
    MessageKind,
)
from scheduling.recipients import Recipient, Terms
from scheduling.texts import Recurring

MOST_TELLING = (  # of the notices that several occurrences call for
    MessageKind.CORRECTION,
    MessageKind.CANCELLED,
    MessageKind.MOVED,
    MessageKind.BOOKED,
)


def plan(
    occurrences: Sequence[Appointment], clients: Sequence[Client], *, now: datetime
) -> None:
    """Write the messages that new occurrences for the same clients call for, in order
    of start: reminders of each, and one notice of all.

    The statements are the same for any number of them.
    """
    if len(occurrences) == 1:
        return reminders.plan(occurrences[0], now=now)
    prefetch_related_objects(clients, "guardians")
    present = recipients.terms(client.pk for client in clients)
    rows: list[Message] = []
    for occurrence in occurrences:
        for recipient in recipients.of_clients(occurrence, clients, present):
            rows += reminders.reminders_of(occurrence, recipient, present, now)
    for recipient in recipients.of_clients(occurrences[0], clients, present):
        rows += notice(occurrences, MessageKind.BOOKED, recipient, present, now)
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    return None


def tell(
    changed: Collection[Appointment],
    *,
    staying: Iterable[Appointment] = (),
    now: datetime,
) -> None:
    """Write one notice of occurrences that moved together, or were called off; each has
    been planned anew without telling.

    What it would be wrong about is told by itself: of those that moved, any that stand
    apart from the rest; and those that are `staying` as they were.
    """
    ahead = [each for each in changed if each.starts_at > now]
    if len(ahead) <= 1:
        standing = (each for each in staying if each.status in reminders.EXPECTED)
        for each in [*ahead, *standing]:
            reminders.replan(each, now=now)
        return
    spoken_of = _alike_in_a_series(ahead)
    _tell_together(ahead, spoken_of, now)
    for each in [*ahead, *staying]:
        if each not in spoken_of and each.status in reminders.EXPECTED:
            reminders.replan(each, now=now)


def notice(
    occurrences: Iterable[Appointment],
    kind: MessageKind,
    recipient: Recipient,
    present: Terms,
    now: datetime,
) -> Iterator[Message]:
    """One notice that speaks of all `occurrences`, with the first that it precedes."""
    for occurrence in occurrences:
        for message in reminders.notice(occurrence, kind, recipient, present, now):
            if message.due_at < message.not_after:
                message.for_series = True
                message.facts_digest = facts_digest(occurrence, for_series=True)
                yield message
                return


def recurring(message: Message, appointment: Appointment) -> Recurring | None:
    """What a notice for a series about `appointment` says of those that follow: the
    dates of all that are as it says. None if it is about one appointment."""
    if appointment.series is None or not message.for_series:
        return None
    following = Appointment.objects.filter(
        series=appointment.series,
        occurs_on__gte=appointment.occurs_on,
        created_at__lte=message.created_at,
    )
    return Recurring(
        appointment.series.every_weeks,
        [
            each.starts_at.astimezone(ZoneInfo(each.timezone)).date()
            for each in following.select_related("office").order_by("starts_at", "pk")
            if facts_digest(each, for_series=True) == message.facts_digest
        ],
    )


def _alike_in_a_series(occurrences: Sequence[Appointment]) -> list[Appointment]:
    """Those of which most can be told by one notice; a cancellation is of all."""
    if occurrences[0].status in CANCELLED:
        return list(occurrences)
    digests = [facts_digest(each, for_series=True) for each in occurrences]
    ((common, _),) = Counter(digests).most_common(1)
    pairs = zip(occurrences, digests, strict=True)
    return [each for each, digest in pairs if digest == common]


def _tell_together(
    changed: Sequence[Appointment], spoken_of: Sequence[Appointment], now: datetime
) -> None:
    parts = Attendance.objects.filter(appointment__in=changed).select_related("client")
    by_client: dict[Client, dict[UUID, Attendance]] = defaultdict(dict)
    for part in parts.order_by("pk"):
        by_client[part.client][part.appointment_id] = part
    present = recipients.terms(client.pk for client in by_client)
    told = knowledge.last_told(changed)
    rows: list[Message] = []
    for client, theirs in by_client.items():
        for recipient in recipients.of_clients(spoken_of[0], [client], present):
            person = recipient.person.pk
            due = {
                knowledge.notice_due(each, part, told.get((each.pk, person)))
                for each in changed
                for part in [theirs.get(each.pk)]
                if part is not None and not recipients.left_alone(each, part)
            }
            for kind in MOST_TELLING:
                if kind in due:
                    rows += notice(spoken_of, kind, recipient, present, now)
                    break
    Message.objects.bulk_create(rows)
