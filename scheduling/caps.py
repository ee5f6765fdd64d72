"""Caps: how many texts a number gets in a day and in a week.

They hold back reminders, and offers to those who wait. Notices count, but a session
that moved has to be told.
"""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from clients.models import Channel, Client, Guardian
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.recurrence import in_week_of
from scheduling.engine.wall_clock import as_datetime, day_of, instant
from scheduling.models import Message, MessageKind, MessageState, PracticePolicy

_HELD_BACK = (MessageKind.REMINDER, MessageKind.OFFER)
# In these a text has reached its number, or may have.
_GONE = (
    MessageState.SENDING,
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.UNKNOWN,
)


def is_one_too_many(
    message: Message, number: str, policy: PracticePolicy, now: datetime
) -> bool:
    """Whether a text would be one more than `number` may get of those
    that can be held back.

    Those who ask about the same number wait until the transaction ends: of two that
    are about to go out, one counts the other. One that was let through before, and has
    to be tried again, is let through again.
    """
    is_capped = (policy.sms_per_day, policy.sms_per_week) != (None, None)
    if message.channel != Channel.SMS or not is_capped:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"sms {number}"]
        )
    # What could not be made ready has an attempt, but was not let through.
    was_tried = message.first_tried_at is not None
    was_let_through = was_tried and (message.attempts or message.last_error)
    if message.kind not in _HELD_BACK or was_let_through:
        return False
    today, week = _counts(message, number, now)
    return (policy.sms_per_day is not None and today >= policy.sms_per_day) or (
        policy.sms_per_week is not None and week >= policy.sms_per_week
    )


def _counts(message: Message, number: str, now: datetime) -> tuple[int, int]:
    """The texts to a number today, and this week from Monday on, by the practice's
    calendar."""
    today = day_of(int(now.timestamp()), PRACTICE_ZONE)
    tomorrow, monday = today + timedelta(days=1), in_week_of(today, 0)
    midnight, start, end = (
        as_datetime(instant(day, 0, PRACTICE_ZONE)) for day in (today, monday, tomorrow)
    )
    counts = (
        _texts_to(number)
        .exclude(pk=message.pk)
        .annotate(at=Coalesce("sent_at", "lease_until", "due_at"))
        .filter(at__gte=start, at__lt=end)
        .aggregate(today=Count("pk", filter=Q(at__gte=midnight)), week=Count("pk"))
    )
    return counts["today"], counts["week"]


def _texts_to(number: str) -> QuerySet[Message]:
    """Those that went to a number, or are on their way, whoever has it."""
    clients = Client.objects.filter(phone=number).values("pk")
    guardians = Guardian.objects.filter(phone=number).values("pk")
    waits_for_another_try = Q(state=MessageState.PENDING, attempts__gt=0)
    return Message.objects.filter(
        Q(state__in=_GONE) | waits_for_another_try,
        Q(client__in=clients, guardian=None) | Q(guardian__in=guardians),
        channel=Channel.SMS,
    )
