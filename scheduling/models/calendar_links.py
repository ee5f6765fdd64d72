"""Secret addresses at which a calendar can be subscribed to."""

from typing import Self

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import Q

from config.records import Record
from config.roles import Role, has_role
from locations.models import Office
from scheduling.models.therapists import Therapist


class ClientLabel(models.TextChoices):
    """What a calendar shows of a client; never more than a first name."""

    ID = "id", "The client's id"
    INITIALS = "initials", "Initials"
    FIRST_NAME = "first_name", "First name"


class CalendarLinkQuerySet(models.QuerySet["CalendarLink"]):
    def in_force(self) -> Self:
        return self.filter(revoked_at__isnull=True)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Front desk sees all of them; a therapist those of their own calendar."""
        if has_role(user, Role.FRONT_DESK):
            return self
        if has_role(user, Role.THERAPIST):
            return self.filter(therapist__user=user)
        return self.none()


@pghistory.track(exclude=["digest"])
class CalendarLink(Record):
    """A secret address that leads to the calendar of a therapist, or of an office.

    `digest` is the SHA-256 of the secret, which is told once, to `issued_by`, and kept
    nowhere. Revoked links stay, and lead nowhere.
    """

    Label = ClientLabel

    therapist = models.ForeignKey(
        Therapist,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="calendar_links",
    )
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    label = models.CharField(max_length=10, choices=ClientLabel, default=ClientLabel.ID)
    digest = models.BinaryField(max_length=32, unique=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CalendarLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(therapist__isnull=False, office__isnull=True)
                | Q(therapist__isnull=True, office__isnull=False),
                name="calendar_link_of_one",
            ),
            models.CheckConstraint(
                condition=Q(label__in=ClientLabel.values), name="calendar_link_label"
            ),
        ]
