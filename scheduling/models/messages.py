"""The ledger of messages: a row is one message to one recipient, and its own queue."""

from datetime import datetime
from typing import Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from clients.models import Channel, Client, Guardian
from config.records import Record
from config.roles import Role, has_role
from scheduling.models.appointments import Appointment


class MessageKind(models.TextChoices):
    BOOKED = "booked", "Booked"
    REMINDER = "reminder", "Reminder"
    MOVED = "moved", "Moved"
    CANCELLED = "cancelled", "Cancelled"
    CORRECTION = "correction", "Correction"
    OFFER = "offer", "Offer"


class MessageState(models.TextChoices):
    PENDING = "pending", "Pending"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Expired"
    UNKNOWN = "unknown", "Unknown"


# Why a message was called off, where that is to be known later. The plan does not call
# for it, so its recipient counts as told otherwise; no way to them is open; or there
# were as many texts to the number as may be.
NOT_TOLD, NOT_OPEN, SMS_CAP = "not_told", "not_open", "sms_cap"
# Why no way is open, where it is the number that wants no texts.
OPTED_OUT = "opted_out"
# With these nobody has decided against the message.
NO_WAY = (NOT_OPEN, OPTED_OUT)

# Only a person can tell what is to become of these.
STUCK = (MessageState.FAILED, MessageState.UNKNOWN)
# These arrive, as far as anybody knows.
ON_ITS_WAY = (
    MessageState.PENDING,
    MessageState.SENDING,
    MessageState.SENT,
    MessageState.DELIVERED,
)
# These came to nothing, though nobody wanted it so.
UNSENT = (*STUCK, MessageState.EXPIRED)


class Decision(models.TextChoices):
    """What somebody decided about a message that did not, or may not, have arrived."""

    TOLD_OTHERWISE = "told_otherwise", "They were told another way"
    NOT_NEEDED = "not_needed", "They need not be told"
    ARRIVED = "arrived", "It arrived after all"


class MessageQuerySet(models.QuerySet["Message"]):
    def pending(self) -> Self:
        return self.filter(state=MessageState.PENDING)

    def due(self) -> Self:
        """Those that wait and may be sent, by the database's clock.

        The clock of the statement, which stands still: an index can be asked by it.
        """
        return self.pending().filter(
            Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=Now()),
            due_at__lte=Now(),
        )

    def stuck(self, now: datetime) -> Self:
        """Those that did not, or may not, have arrived and would still be of use, if
        nobody has decided about them.

        Once the facts have changed, another message speaks of the new ones; and a text
        that failed has an e-mail in its place, if there is one.
        """
        by_mail = Message.objects.filter(
            appointment=OuterRef("appointment"),
            facts_version=OuterRef("facts_version"),
            recipient=OuterRef("recipient"),
            kind=OuterRef("kind"),
            before_start_minutes=OuterRef("before_start_minutes"),
            channel=Channel.EMAIL,
            state__in=ON_ITS_WAY,
        )
        return self.filter(
            ~Q(Exists(by_mail), state=MessageState.FAILED, channel=Channel.SMS),
            state__in=STUCK,
            not_after__gt=now,
            facts_version=F("appointment__facts_version"),
            resolution__isnull=True,
        )

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The front desk sees every message."""
        return self if has_role(user, Role.FRONT_DESK) else self.none()


@pghistory.track()
class Message(Record):
    """One message to one recipient about one version of an appointment's facts.

    `recipient` is the key of the client, or of the guardian, it goes to. `due_at` is
    when to send it, `not_after` when it is no longer of use. `provider_key` stays the
    same for the row's life: it is how a provider knows a repeated send, and nobody has
    tried it before `first_tried_at`. One that is
    `for_series` speaks of the occurrences that follow as well. `last_error`
    is a code of ours, never a provider's text; also of why it was called off.
    """

    Kind = MessageKind
    State = MessageState

    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="messages"
    )
    facts_version = models.PositiveIntegerField()
    facts_digest = models.CharField(max_length=16)
    kind = models.CharField(max_length=10, choices=MessageKind)
    channel = models.CharField(max_length=5, choices=Channel)
    before_start_minutes = models.PositiveIntegerField(default=0)
    for_series = models.BooleanField(default=False)
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, related_name="messages"
    )
    guardian = models.ForeignKey(
        Guardian, on_delete=models.PROTECT, null=True, related_name="messages"
    )
    recipient = models.UUIDField()
    due_at = models.DateTimeField()
    not_after = models.DateTimeField()
    state = models.CharField(
        max_length=9, choices=MessageState, default=MessageState.PENDING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    dispatched_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    provider_key = models.UUIDField(default=uuid4, unique=True)
    provider_message_id = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=50, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "appointment",
                    "facts_version",
                    "recipient",
                    "kind",
                    "before_start_minutes",
                    "channel",
                ],
                name="message_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=MessageState.values), name="message_state"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=MessageKind.values), name="message_kind"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="message_channel"
            ),
            models.CheckConstraint(
                condition=Q(recipient=F("client_id"), guardian__isnull=True)
                | Q(recipient=F("guardian_id")),
                name="message_recipient",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=MessageState.SENDING,
                    lease_token__isnull=False,
                    lease_until__isnull=False,
                )
                | (~Q(state=MessageState.SENDING) & Q(lease_token__isnull=True)),
                name="message_lease_while_sending",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[MessageState.SENT, MessageState.DELIVERED])
                | Q(sent_at__isnull=False),
                name="message_sent_at",
            ),
            models.CheckConstraint(
                condition=Q(attempts__lte=8), name="message_attempts"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state=MessageState.PENDING),
                name="message_due",
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(state=MessageState.SENDING),
                name="message_leased",
            ),
            models.Index(fields=["due_at", "id"], name="message_by_due_at"),
            models.Index(
                fields=["not_after"],
                condition=Q(state__in=STUCK),
                name="message_stuck",
            ),
            # Few rows each, which no list would find among all the others.
            models.Index(
                fields=["state", "due_at", "id"],
                condition=Q(state__in=UNSENT),
                name="message_unsent",
            ),
            models.Index(
                fields=["due_at", "id"],
                condition=Q(kind=MessageKind.CORRECTION),
                name="message_corrections",
            ),
            models.Index(
                fields=["sent_at"],
                condition=Q(sent_at__isnull=False),
                name="message_by_sent_at",
            ),
        ]


@pghistory.track()
class MessageResolution(Record):
    """What somebody decided about a message that is stuck; gone when it is sent again.

    In a table of its own: few messages ever have one.
    """

    Decision = Decision

    message = models.OneToOneField(
        Message, on_delete=models.PROTECT, related_name="resolution"
    )
    decision = models.CharField(max_length=14, choices=Decision)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__in=Decision.values),
                name="message_resolution_decision",
            ),
        ]


class Heartbeat(models.Model):
    """When something that must keep running last ran."""

    name = models.CharField(primary_key=True, max_length=50)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class WorkerHeartbeat(models.Model):
    """When a worker last answered a call of the sweep's, which calls each of them;
    `called_at` is the first call that it has not answered yet."""

    name = models.CharField(primary_key=True, max_length=255)
    at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
