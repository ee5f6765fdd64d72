"""Therapists, and what they offer."""

from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from clients.models import AgeGroup, PresentingConcern
from config.noting import noting_opening
from config.records import Record
from config.roles import Role, has_role
from locations.models import Office

SHORTEST_TRIAL_MINUTES = 30


def california_alone() -> list[str]:
    """Where a therapist of the practice is licensed unless something else is known."""
    return ["CA"]


class SessionFormat(models.TextChoices):
    INDIVIDUAL = "individual", "Individual"
    COUPLE = "couple", "Couple"
    FAMILY = "family", "Family"
    GROUP = "group", "Group"


class LicenseType(models.TextChoices):
    """Titles of California's boards; associates practise under supervision."""

    PSYCHOLOGIST = "psychologist", "Psychologist"
    LMFT = "lmft", "Marriage and family therapist"
    LCSW = "lcsw", "Clinical social worker"
    LPCC = "lpcc", "Professional clinical counselor"
    AMFT = "amft", "Associate marriage and family therapist"
    ASW = "asw", "Associate clinical social worker"
    APCC = "apcc", "Associate professional clinical counselor"


@pghistory.track()
class Modality(Record):
    """A way of doing therapy, such as Interpersonal Psychotherapy."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    abbreviation = models.CharField(max_length=10, blank=True)
    summary = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    goals = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    age_groups = ArrayField(
        models.CharField(max_length=11, choices=AgeGroup), default=list, blank=True
    )
    concerns = models.ManyToManyField(
        PresentingConcern, related_name="modalities", blank=True
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "modalities"


@pghistory.track()
class SessionType(Record):
    """A kind of appointment: how long, for how many, and how close to its neighbors.

    `for_new_clients` marks what a new client may book first without the front desk:
    a consultation or an intake.
    """

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    format = models.CharField(
        max_length=10, choices=SessionFormat, default=SessionFormat.INDIVIDUAL
    )
    duration_minutes = models.PositiveSmallIntegerField()
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0)
    start_every_minutes = models.PositiveSmallIntegerField(default=30)
    clients_min = models.PositiveSmallIntegerField(default=1)
    clients_max = models.PositiveSmallIntegerField(default=1)
    telehealth_only = models.BooleanField(default=False)
    for_new_clients = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(duration_minutes__gte=5, duration_minutes__lte=240),
                name="session_type_duration",
            ),
            models.CheckConstraint(
                condition=Q(
                    buffer_before_minutes__lte=120, buffer_after_minutes__lte=120
                ),
                name="session_type_buffers",
            ),
            models.CheckConstraint(
                condition=Q(start_every_minutes__gte=5, start_every_minutes__lte=240),
                name="session_type_start_every",
            ),
            models.CheckConstraint(
                condition=Q(clients_min__gte=1, clients_max__gte=F("clients_min")),
                name="session_type_clients",
            ),
        ]

    @property
    def may_be_trial(self) -> bool:
        """Whether the guarantee takes it for a first session: no group, and nothing so
        short that it is a consultation."""
        return (
            self.format != SessionFormat.GROUP
            and self.duration_minutes >= SHORTEST_TRIAL_MINUTES
        )

    @property
    def for_whom(self) -> str:
        """For how many clients it is, in words."""
        if self.clients_min == self.clients_max:
            return f"for exactly {self.clients_min}"
        return f"for {self.clients_min} to {self.clients_max} clients"


class Gender(models.TextChoices):
    """What a therapist says of themselves, for clients to whom it matters."""

    WOMAN = "woman", "Woman"
    MAN = "man", "Man"
    NON_BINARY = "non_binary", "Non-binary"


class TherapistQuerySet(models.QuerySet["Therapist"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Staff sees everyone, the public those who are active."""
        return self if has_role(user, *Role) else self.active()

    def with_calendar_visible_to(self, user: User | AnonymousUser) -> Self:
        """Front desk sees every calendar; a therapist sees their own."""
        if has_role(user, Role.FRONT_DESK):
            return self
        if has_role(user, Role.THERAPIST):
            return self.filter(user=user)
        return self.none()


@pghistory.track()
class Therapist(Record):
    """A clinician of the practice: who they are, and whom, what and where they offer.

    An associate is supervised; someone who left is inactive, never deleted. A client
    must be in one of `license_states` during a session.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="therapist",
    )
    display_name = models.CharField(max_length=150)
    pronouns = models.CharField(max_length=50, blank=True)
    gender = models.CharField(max_length=10, choices=Gender, blank=True)
    license_type = models.CharField(max_length=12, choices=LicenseType)
    credentials = models.CharField(max_length=100, blank=True)
    license_states = ArrayField(
        models.CharField(max_length=2), default=california_alone
    )
    supervisor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    profile = models.TextField(blank=True)
    languages = ArrayField(models.CharField(max_length=2), default=list)
    age_groups = ArrayField(models.CharField(max_length=11, choices=AgeGroup))
    modalities = models.ManyToManyField(Modality, related_name="therapists", blank=True)
    concerns = models.ManyToManyField(
        PresentingConcern, related_name="therapists", blank=True
    )
    session_types = models.ManyToManyField(
        SessionType, related_name="therapists", blank=True
    )
    offices = models.ManyToManyField(Office, related_name="therapists", blank=True)
    telehealth = models.BooleanField(default=True)
    accepts_new_clients = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)

    objects = TherapistQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(supervisor=F("id")), name="therapist_supervised_by_another"
            ),
        ]
        triggers = [
            noting_opening(
                "INSERT INTO scheduling_opening (therapist_id, starts_at, ends_at)"
                " VALUES (NEW.id, now(), now() + interval '60 days');",
                on=pgtrigger.Update,
                when="(NOT OLD.is_active AND NEW.is_active)"
                " OR (NOT OLD.accepts_new_clients AND NEW.accepts_new_clients)",
            )
        ]


@pghistory.track(obj_field=None)
class ModalityConcern(Modality.concerns.through):  # type: ignore[name-defined,misc]
    """A concern that a modality speaks to; here so that history sees it."""

    class Meta:
        proxy = True


@pghistory.track(obj_field=None)
class TherapistModality(Therapist.modalities.through):  # type: ignore[name-defined,misc]
    """A modality that a therapist practises; here so that history sees it."""

    class Meta:
        proxy = True


@pghistory.track(obj_field=None)
class TherapistConcern(Therapist.concerns.through):  # type: ignore[name-defined,misc]
    """A concern that a therapist treats; here so that history sees it."""

    class Meta:
        proxy = True


@pghistory.track(obj_field=None)
class TherapistSessionType(Therapist.session_types.through):  # type: ignore[name-defined,misc]
    """A session type that a therapist offers; here so that history sees it."""

    class Meta:
        proxy = True


@pghistory.track(obj_field=None)
class TherapistOffice(Therapist.offices.through):  # type: ignore[name-defined,misc]
    """An office that a therapist works at; here so that history sees it."""

    class Meta:
        proxy = True
