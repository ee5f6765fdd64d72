"""What comes back after a message: people's answers, and events of a provider."""

from typing import Self

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import Q

from clients.models import Client, Guardian
from config.records import Record
from config.roles import Role, has_role
from scheduling.models.appointments import Appointment
from scheduling.models.messages import Message, MessageState

LONGEST_WORDS = 1600  # as long as a text can be


class AnswerKind(models.TextChoices):
    CONFIRM = "confirm", "Will come"
    CANCEL = "cancel", "Calls off"
    CALL = "call", "Asks to be called"
    WORDS = "words", "Says something else"


class AnswerVia(models.TextChoices):
    LINK = "link", "By the link of a message"
    SMS = "sms", "By text message"


# These ask for somebody of the practice.
ASKING = (AnswerKind.CALL, AnswerKind.WORDS)


class AnswerQuerySet(models.QuerySet["Answer"]):
    def asking(self) -> Self:
        """Those with which somebody of the practice has, or had, to deal."""
        return self.filter(kind__in=ASKING)

    def unresolved(self) -> Self:
        return self.asking().filter(resolved_at__isnull=True)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The front desk sees every answer."""
        return self if has_role(user, Role.FRONT_DESK) else self.none()


@pghistory.track(exclude=["phone", "words"])
class Answer(Record):
    """What a client, or a guardian for them, said to a message.

    `message` is the one that was answered, `facts_version` what it was said of. From a
    number that nobody is known by, or by several, there is only the `phone`. `words`
    are those of a text, for the front desk alone. One that asks for something is
    open until somebody has dealt with it.
    """

    Kind = AnswerKind
    Via = AnswerVia

    kind = models.CharField(max_length=7, choices=AnswerKind)
    via = models.CharField(max_length=4, choices=AnswerVia)
    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, null=True, related_name="answers"
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, related_name="answers"
    )
    facts_version = models.PositiveIntegerField(null=True)
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, null=True, related_name="answers"
    )
    guardian = models.ForeignKey(
        Guardian, on_delete=models.PROTECT, null=True, related_name="answers"
    )
    phone = models.CharField(max_length=20, blank=True)
    words = models.CharField(max_length=LONGEST_WORDS, blank=True)
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AnswerKind.values), name="answer_kind"
            ),
            models.CheckConstraint(
                condition=Q(via__in=AnswerVia.values), name="answer_via"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ASKING)
                | Q(
                    appointment__isnull=False,
                    client__isnull=False,
                    facts_version__isnull=False,
                ),
                name="answer_about_somebodys_part",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(
                    resolved_at__isnull=False,
                    resolved_by__isnull=False,
                    kind__in=ASKING,
                ),
                name="answer_resolved_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["appointment", "client", "facts_version"],
                condition=Q(kind=AnswerKind.CONFIRM),
                name="answer_confirms_once",
            ),
            models.UniqueConstraint(
                fields=["message"],
                condition=Q(kind=AnswerKind.CALL, resolved_at__isnull=True),
                name="answer_asks_for_one_call",
            ),
        ]
        indexes = [
            models.Index(
                fields=["at", "id"],
                condition=Q(kind__in=ASKING, resolved_at__isnull=True),
                name="answer_unresolved",
            ),
        ]

    @property
    def phone_ending(self) -> str:
        return self.phone[-4:]


class ProviderEvent(Record):
    """One call of a provider, so that it counts once however often it is made.

    Of a receipt, the message's key and what it says: it may have come before our own
    row knew that the message was taken.
    """

    provider = models.CharField(max_length=10)
    event_id = models.CharField(max_length=100)
    at = models.DateTimeField(auto_now_add=True)
    provider_key = models.UUIDField(null=True)
    provider_message_id = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(
        max_length=9,
        blank=True,
        choices=[
            (state, state.label)
            for state in (MessageState.DELIVERED, MessageState.FAILED)
        ],
    )
    code = models.CharField(max_length=50, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "event_id"], name="provider_event_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_key"],
                condition=Q(provider_key__isnull=False),
                name="provider_event_by_key",
            ),
            models.Index(fields=["at"], name="provider_event_by_at"),
        ]
