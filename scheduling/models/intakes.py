"""Intakes: what somebody tells the practice before they are a client of it."""

from datetime import date, timedelta

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Deferrable, F, Q
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField

from clients.models import (
    AgeGroup,
    Client,
    ConsentBasis,
    PresentingConcern,
    age_group_of,
    age_on,
)
from config.records import Record
from locations.models import Office
from scheduling.engine.scoring import MUSTS
from scheduling.models.therapists import Gender, Modality

OLDEST = 126  # years; who was born in 1900


class ForWhom(models.TextChoices):
    SELF = "self", "Somebody for themselves"
    MINOR = "minor", "A minor, with a guardian"
    COUPLE = "couple", "A couple"
    FAMILY = "family", "A family"


class IntakeStatus(models.TextChoices):
    """`registered`: all it is for are clients now; `closed`: nothing comes of it."""

    NEW = "new", "New"
    REGISTERED = "registered", "Registered"
    CLOSED = "closed", "Closed"


class IntakeSource(models.TextChoices):
    WEBSITE = "website", "Website"
    FRONT_DESK = "front_desk", "Front desk"


class PersonRole(models.TextChoices):
    CLIENT = "client", "Who it is for"
    GUARDIAN = "guardian", "Who answers for a minor"


@pghistory.track()
class Intake(Record):
    """Somebody looks for a therapist: what brings them, for whom, where and when.

    Wishes that are empty mean any; those in `musts` exclude whoever does not meet them.
    `time_from` and `time_to` are minutes after local midnight, of a session's start and
    of its end. What they say in their own words stands in `IntakeWords`. An intake that
    led to nothing is forgotten some time after `changed_at`.
    """

    Status = IntakeStatus

    status = models.CharField(
        max_length=10, choices=IntakeStatus, default=IntakeStatus.NEW
    )
    source = models.CharField(max_length=10, choices=IntakeSource)
    for_whom = models.CharField(max_length=6, choices=ForWhom)
    state = models.CharField(max_length=2, default="CA")
    language = models.CharField(max_length=2, default="en")
    main_concern = models.ForeignKey(
        PresentingConcern, on_delete=models.PROTECT, related_name="+"
    )
    other_concerns = models.ManyToManyField(
        PresentingConcern, related_name="+", blank=True
    )
    modalities = models.ManyToManyField(Modality, related_name="+", blank=True)
    languages = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    genders = ArrayField(
        models.CharField(max_length=10, choices=Gender), default=list, blank=True
    )
    offices = models.ManyToManyField(Office, related_name="+", blank=True)
    by_video = models.BooleanField(default=False)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    time_from = models.PositiveSmallIntegerField(default=0)
    time_to = models.PositiveSmallIntegerField(default=24 * 60)
    start_within_days = models.PositiveSmallIntegerField(null=True, blank=True)
    musts = ArrayField(models.CharField(max_length=14), default=list, blank=True)
    wants_sms = models.BooleanField(default=True)
    wants_email = models.BooleanField(default=True)
    telehealth_consent_on = models.DateField(null=True, blank=True)
    consent_basis = models.CharField(max_length=11, choices=ConsentBasis, blank=True)
    closed_because = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=IntakeStatus.values), name="intake_status"
            ),
            models.CheckConstraint(
                condition=Q(for_whom__in=ForWhom.values), name="intake_for_whom"
            ),
            models.CheckConstraint(
                condition=Q(source=IntakeSource.FRONT_DESK, created_by__isnull=False)
                | Q(source=IntakeSource.WEBSITE, created_by__isnull=True),
                name="intake_source",
            ),
            models.CheckConstraint(
                condition=Q(status=IntakeStatus.NEW, settled_at__isnull=True)
                | ~Q(status=IntakeStatus.NEW) & Q(settled_at__isnull=False),
                name="intake_settled",
            ),
            models.CheckConstraint(
                condition=Q(status=IntakeStatus.CLOSED) ^ Q(closed_because=""),
                name="intake_closed_because",
            ),
            models.CheckConstraint(
                condition=Q(time_from__lt=F("time_to"), time_to__lte=24 * 60),
                name="intake_hours",
            ),
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=list(range(7))),
                name="intake_weekdays",
            ),
            models.CheckConstraint(
                condition=Q(start_within_days__lte=365), name="intake_start_within"
            ),
            models.CheckConstraint(
                condition=Q(musts__contained_by=sorted(MUSTS)), name="intake_musts"
            ),
            models.CheckConstraint(
                condition=Q(genders__contained_by=Gender.values), name="intake_genders"
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "-created_at", "-id"], name="intake_by_status"
            ),
        ]


@pghistory.track(obj_field=None)
class IntakeOtherConcern(Intake.other_concerns.through):  # type: ignore[name-defined,misc]
    """A concern beside the main one; here so that history sees it."""

    class Meta:
        proxy = True


@pghistory.track(obj_field=None)
class IntakeModality(Intake.modalities.through):  # type: ignore[name-defined,misc]
    """A modality that is wished for; here so that history sees it."""

    class Meta:
        proxy = True


@pghistory.track(obj_field=None)
class IntakeOffice(Intake.offices.through):  # type: ignore[name-defined,misc]
    """An office that is wished for; here so that history sees it."""

    class Meta:
        proxy = True


@pghistory.track()
class IntakePerson(Record):
    """One of those whom an intake is for, or who answers for a minor, as they say.

    Of who it is for, the birthday or at least the age is known. `client` is who they
    turned out to be, or were registered as; of a guardian, whose guardian they are.
    """

    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="people")
    role = models.CharField(max_length=8, choices=PersonRole)
    position = models.PositiveSmallIntegerField()
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    preferred_name = models.CharField(max_length=100, blank=True)
    pronouns = models.CharField(max_length=50, blank=True)
    relationship = models.CharField(max_length=50, blank=True)
    born_on = models.DateField(null=True, blank=True)
    age = models.PositiveSmallIntegerField(null=True, blank=True)
    email = models.EmailField(blank=True)
    phone = PhoneNumberField(blank=True)
    client = models.ForeignKey(
        Client,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="intake_people",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(first_name="") & ~Q(last_name=""),
                name="intake_person_named",
            ),
            models.CheckConstraint(
                condition=Q(role=PersonRole.GUARDIAN)
                | Q(born_on__isnull=False)
                | Q(age__isnull=False),
                name="intake_person_aged",
            ),
            models.CheckConstraint(
                condition=Q(born_on__gte=date(1900, 1, 1)),
                name="intake_person_born_since_1900",
            ),
            models.CheckConstraint(
                condition=Q(age__lte=OLDEST), name="intake_person_age"
            ),
            models.UniqueConstraint(
                fields=["intake", "position"],
                name="intake_person_position",
                deferrable=Deferrable.DEFERRED,  # so that they can change places
            ),
        ]

    def age_group_on(self, day: date) -> AgeGroup:
        return age_group_of(self.years_on(day))

    def years_on(self, day: date) -> int:
        """By the birthday, else by the age they had when they told it."""
        if self.born_on is not None:
            return age_on(self.born_on, day)
        told_on = self.intake.created_at.date()
        years = max(day - told_on, timedelta()) // timedelta(days=365.25)
        return (self.age or 0) + years


class IntakeWords(Record):
    """What somebody wrote in their own words; read only by those who treat them.

    Apart from the intake, so that whoever reads, lists, tracks or matches intakes has
    no way to come upon it.
    """

    intake = models.OneToOneField(
        Intake, on_delete=models.CASCADE, related_name="words"
    )
    text = models.TextField(max_length=4000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "intake words"
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="intake_words_said"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]
