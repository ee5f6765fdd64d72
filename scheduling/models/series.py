"""Series: the same appointment every week or two."""

from typing import Self

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import Q

from config.records import Record
from config.roles import Role, has_role
from locations.models import Office
from scheduling.models.statuses import Mode
from scheduling.models.therapists import SessionType, Therapist


class AppointmentSeriesQuerySet(models.QuerySet["AppointmentSeries"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Front desk sees every series; a therapist sees their own."""
        if has_role(user, Role.FRONT_DESK):
            return self
        if has_role(user, Role.THERAPIST):
            return self.filter(therapist__user=user)
        return self.none()


@pghistory.track()
class AppointmentSeries(Record):
    """A standing time: what its next occurrences will be like.

    Each occurrence is an appointment of its own, with its own state, and may stand
    elsewhere than here. `weekday` (0 is Monday) and `start_minute` (after midnight) are
    on the wall of the office. An occurrence says in `occurs_on` which date of the
    series it is, whenever it takes place (RFC 5545 calls that its recurrence id).
    """

    therapist = models.ForeignKey(
        Therapist, on_delete=models.PROTECT, related_name="series"
    )
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    session_type = models.ForeignKey(
        SessionType, on_delete=models.PROTECT, related_name="+"
    )
    mode = models.CharField(max_length=10, choices=Mode)
    weekday = models.PositiveSmallIntegerField()
    start_minute = models.PositiveSmallIntegerField()
    every_weeks = models.PositiveSmallIntegerField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AppointmentSeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "appointment series"
        constraints = [
            models.CheckConstraint(
                condition=Q(every_weeks__gte=1, every_weeks__lte=26),
                name="appointment_series_every_weeks",
            ),
            models.CheckConstraint(
                condition=Q(weekday__lte=6, start_minute__lt=1440),
                name="appointment_series_standing_time",
            ),
            models.CheckConstraint(
                condition=Q(mode=Mode.TELEHEALTH) | Q(office__isnull=False),
                name="appointment_series_in_person_at_an_office",
            ),
        ]
