"""Notices for a series: one message that speaks of many occurrences.

Each occurrence has reminders of its own. That it was booked, moved or called off with
others is told once, by a message about the first of them that says how often they are.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import prefetch_related_objects

from clients.models import Client
from scheduling import drafts, knowledge, recipients, reminders
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
            rows += drafts.reminders_of(occurrence, recipient, present, now)
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

    What it would be wrong about is told by itself: any that stand, or stood, apart from
    the rest; and those that are `staying` as they were.
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
        if each not in spoken_of and each.status in (*reminders.EXPECTED, *CANCELLED):
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
        for message in drafts.notice(occurrence, kind, recipient, present, now):
            if message.due_at < message.not_after:
                message.for_series = True
                message.facts_digest = facts_digest(occurrence, for_series=True)
                yield message
                return


def recurring(message: Message, appointment: Appointment) -> Recurring | None:
    """What a notice for a series about `appointment` says of those that follow: all
    that are as it says and in which its client takes part. None if it is about one
    appointment."""
    if not message.for_series or appointment.series is None:
        return None
    parts = Attendance.objects.filter(
        pk__lt=message.pk,  # who joined later was told by itself
        client=message.client_id,
        appointment__series=appointment.series,
        appointment__occurs_on__gte=appointment.occurs_on,
    ).select_related("appointment__office")
    said = [
        each
        for part in parts.order_by("appointment__starts_at", "pk")
        for each in [part.appointment]
        if recipients.takes_part(each, part)
        and facts_digest(each, for_series=True) == message.facts_digest
    ]
    return Recurring(appointment.series.every_weeks, said) if len(said) > 1 else None


def _alike_in_a_series(occurrences: Sequence[Appointment]) -> list[Appointment]:
    """Those of which most can be told by one notice."""
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
        pairs = [(each, theirs[each.pk]) for each in spoken_of if each.pk in theirs]
        if not pairs:
            continue
        for recipient in recipients.of_clients(pairs[0][0], [client], present):
            rows += _news(pairs, recipient, told, present, now)
    Message.objects.bulk_create(rows)


def _news(
    pairs: Iterable[tuple[Appointment, Attendance]],
    recipient: Recipient,
    told: Mapping[tuple[UUID, UUID], Message],
    present: Terms,
    now: datetime,
) -> Iterator[Message]:
    """What one recipient has to be told of occurrences and a client's parts in them:
    one notice of all in which the client takes part, and of any other one by itself."""
    together: dict[Appointment, MessageKind] = {}
    for each, part in pairs:
        known = told.get((each.pk, recipient.person.pk))
        kind = knowledge.notice_due(each, part, known)
        if kind is None:
            continue
        knows_of_leaving = known is not None and knowledge.says_left(known)
        if recipients.takes_part(each, part) and not knows_of_leaving:
            together[each] = kind
        else:
            yield from drafts.notice(each, kind, recipient, present, now)
    if not together:
        return
    first, kind = next(iter(together)), min(together.values(), key=MOST_TELLING.index)
    if len(together) == 1:
        yield from drafts.notice(first, kind, recipient, present, now)
    else:
        yield from notice(together, kind, recipient, present, now)
