"""Who comes: clients, those who answer for them, and what they allow."""

from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from phonenumber_field.modelfields import PhoneNumberField

from clients.folding import Folded
from config.noting import noting
from config.records import Record

NAMES = ("first_name", "last_name", "preferred_name")

# SQL that makes a `ContactChange`.
_NOTE = "INSERT INTO clients_contactchange (client_id) VALUES ({client});"


class AgeGroup(models.TextChoices):
    CHILD = "child", "Child (under 13)"
    ADOLESCENT = "adolescent", "Adolescent (13 to 17)"
    ADULT = "adult", "Adult (18 to 64)"
    OLDER_ADULT = "older_adult", "Older adult (65 and over)"


class Channel(models.TextChoices):
    SMS = "sms", "Text message"
    EMAIL = "email", "E-mail"


class ConsentStatus(models.TextChoices):
    GRANTED = "granted", "Granted"
    REVOKED = "revoked", "Revoked"


class ConsentBasis(models.TextChoices):
    """Who consents to a minor's therapy (California Family Code 6924)."""

    GUARDIAN = "guardian", "A guardian"
    SELF_12_PLUS = "self_12plus", "The minor, from twelve on"


def age_on(born_on: date, day: date) -> int:
    """Completed years on `day`; someone born on 29 February has a birthday on 1 March
    in other years."""
    had_no_birthday_yet = (day.month, day.day) < (born_on.month, born_on.day)
    return day.year - born_on.year - had_no_birthday_yet


def age_group_on(born_on: date, day: date) -> AgeGroup:
    return age_group_of(age_on(born_on, day))


def age_group_of(age: int) -> AgeGroup:
    """The group of somebody of `age` completed years."""
    if age < 13:  # noqa: PLR2004  the groups are defined by these ages
        return AgeGroup.CHILD
    if age < 18:  # noqa: PLR2004
        return AgeGroup.ADOLESCENT
    return AgeGroup.ADULT if age < 65 else AgeGroup.OLDER_ADULT  # noqa: PLR2004


@pghistory.track()
class PresentingConcern(Record):
    """What brings a client, such as grief and loss. Never written as free text."""

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    is_active = models.BooleanField(default=True)


@pghistory.track()
class Client(Record):
    """A person in therapy, or asking for it.

    Holds what scheduling and contact need, and nothing of what is said in the room.
    """

    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    preferred_name = models.CharField(max_length=100, blank=True)
    pronouns = models.CharField(max_length=50, blank=True)
    born_on = models.DateField()
    email = models.EmailField(blank=True)
    phone = PhoneNumberField(blank=True)
    state = models.CharField(max_length=2, default="CA")
    language = models.CharField(max_length=2, default="en")
    wants_sms = models.BooleanField(default=True)
    wants_email = models.BooleanField(default=True)
    telehealth_consent_on = models.DateField(null=True, blank=True)
    consent_basis = models.CharField(max_length=11, choices=ConsentBasis, blank=True)
    guardian_contact_ok = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(first_name="") & ~Q(last_name=""), name="client_named"
            ),
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone=""), name="client_reachable"
            ),
            models.CheckConstraint(
                condition=Q(born_on__gte=date(1900, 1, 1)),
                name="client_born_since_1900",
            ),
        ]
        indexes = [
            GinIndex(
                OpClass(Folded(*NAMES), name="gin_trgm_ops"),
                name="client_by_folded_name",
            ),
            GinIndex(
                fields=["email"],
                opclasses=["gin_trgm_ops"],
                name="client_by_email_piece",
            ),
            models.Index(
                fields=["last_name", "first_name", "id"], name="client_by_name"
            ),
            models.Index(fields=["phone"], name="client_by_phone"),
            models.Index(fields=["born_on"], name="client_by_birthday"),
        ]
        triggers = [
            noting(
                _NOTE.format(client="{row}.id"),
                columns=[
                    "born_on",
                    "email",
                    "phone",
                    "wants_sms",
                    "wants_email",
                    "consent_basis",
                    "guardian_contact_ok",
                ],
                on=pgtrigger.Update,
            )
        ]

    @property
    def display_name(self) -> str:
        return f"{self.preferred_name or self.first_name} {self.last_name}"

    def age_group_on(self, day: date) -> AgeGroup:
        return age_group_on(self.born_on, day)


@pghistory.track()
class Guardian(Record):
    """Someone who answers for a minor, and may get the minor's messages."""

    client = models.ForeignKey(
        Client, on_delete=models.CASCADE, related_name="guardians"
    )
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    relationship = models.CharField(max_length=50, blank=True)
    email = models.EmailField(blank=True)
    phone = PhoneNumberField(blank=True)
    receives_messages = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone=""), name="guardian_reachable"
            ),
        ]
        indexes = [models.Index(fields=["phone"], name="guardian_by_phone")]
        triggers = [
            noting(
                _NOTE.format(client="{row}.client_id"),
                of=["client_id"],
                columns=["client_id", "email", "phone", "receives_messages"],
            )
        ]

    @property
    def display_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@pghistory.track()
class ContactConsent(Record):
    """One decision about one channel. The newest counts, and none is ever changed.

    That of a `guardian` is about what they get for this client, beside the client's
    own, which is about all that is written for them.
    """

    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, related_name="contact_consents"
    )
    guardian = models.ForeignKey(
        Guardian,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contact_consents",
    )
    channel = models.CharField(max_length=5, choices=Channel)
    status = models.CharField(max_length=7, choices=ConsentStatus)
    source = models.CharField(max_length=50)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="contact_consent_channel"
            ),
            models.CheckConstraint(
                condition=Q(status__in=ConsentStatus.values),
                name="contact_consent_status",
            ),
        ]
        indexes = [
            models.Index(
                fields=["client", "channel", "-at", "-id"],
                name="contact_consent_newest",
            ),
        ]
        triggers = [
            noting(
                _NOTE.format(client="{row}.client_id"),
                of=["client_id"],
                columns=["client_id", "guardian_id", "channel", "status", "at"],
            )
        ]


class OptOut(Record):
    """That a telephone number wants no texts, or wants them again. The newest counts,
    for whoever has the number then, and none is ever changed."""

    phone = PhoneNumberField()
    status = models.CharField(max_length=7, choices=ConsentStatus)
    source = models.CharField(max_length=50)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ConsentStatus.values), name="opt_out_status"
            ),
        ]
        indexes = [
            models.Index(fields=["phone", "-at", "-id"], name="opt_out_newest"),
        ]
        triggers = [
            noting(
                "INSERT INTO clients_contactchange (client_id)"
                " SELECT id FROM clients_client WHERE phone = {row}.phone"
                " UNION"
                " SELECT client_id FROM clients_guardian WHERE phone = {row}.phone;",
                columns=["phone"],
                on=pgtrigger.Insert,
            ),
            pgtrigger.Protect(
                name="append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]


class ContactChange(models.Model):
    """That it changed what a client gets: who is written to for them, or by which ways.

    The database itself notes it, in the transaction of the change and whoever makes
    it; it has been known `since` then. Whoever plans messages takes it away when they
    have seen to it.
    """

    client = models.ForeignKey(
        Client, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    since = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"ContactChange {self.pk}"


class AccessLog(Record):
    """One look at client records: who saw whom, and in which request. Never changed.

    Who is in an intake, and no client yet, stands in `clients` by the key of that.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    clients = ArrayField(models.UUIDField())
    action = models.CharField(max_length=20)
    request_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            GinIndex(fields=["clients"], name="access_log_by_client"),
            models.Index(fields=["user", "at"], name="access_log_by_user"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]
