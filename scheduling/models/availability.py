"""When therapists work. Wall times are minutes after midnight in the office's zone."""

from typing import Self, TypeVar

import pghistory
import pgtrigger
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import F, Q

from config.noting import noting_opening
from config.records import Record
from config.roles import Role, has_role
from locations.models import PRACTICE_TIMEZONE, Office
from scheduling.models.therapists import Therapist


class WorkMode(models.TextChoices):
    IN_PERSON = "in_person", "In person"
    TELEHEALTH = "telehealth", "By video"
    BOTH = "both", "In person or by video"


M = TypeVar("M", bound=models.Model)

# What opens, as SQL. Of hours without an end, the next weeks.
_WEEKS_OPENED = """
INSERT INTO scheduling_opening (therapist_id, starts_at, ends_at)
SELECT NEW.therapist_id, begins,
  LEAST(begins + interval '60 days', (NEW.valid_until + 2)::timestamptz)
FROM (SELECT GREATEST(now(), NEW.valid_from::timestamptz) AS begins) AS span
WHERE NEW.valid_until IS NULL OR NEW.valid_until >= now();
"""
_DAY_OPENED = f"""
INSERT INTO scheduling_opening (therapist_id, starts_at, ends_at)
SELECT NEW.therapist_id, start AT TIME ZONE zone, stop AT TIME ZONE zone
FROM (SELECT NEW.date + make_interval(mins => NEW.start_minute) AS start,
        NEW.date + make_interval(mins => NEW.end_minute) AS stop,
        COALESCE((SELECT timezone FROM locations_office WHERE id = NEW.office_id),
                 '{PRACTICE_TIMEZONE}') AS zone) AS span
WHERE stop AT TIME ZONE zone > now();
"""  # noqa: S608  nothing of a caller's is in it
_BACK_SOONER = """
INSERT INTO scheduling_opening (therapist_id, starts_at, ends_at)
SELECT OLD.therapist_id, GREATEST(OLD.starts_at, now()), OLD.ends_at
WHERE OLD.ends_at > now();
"""


class OwnCalendarQuerySet(models.QuerySet[M]):
    """Rows that belong to one therapist's calendar."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Front desk sees every calendar; a therapist sees their own."""
        if has_role(user, Role.FRONT_DESK):
            return self
        if has_role(user, Role.THERAPIST):
            return self.filter(therapist__user=user)
        return self.none()


def _hours_constraints(model: str) -> list[models.BaseConstraint]:
    """The window lies in one day (1440 is midnight at its end), and hours without an
    office are telehealth from elsewhere."""
    return [
        models.CheckConstraint(
            condition=Q(end_minute__gt=F("start_minute"), end_minute__lte=1440),
            name=f"{model}_within_a_day",
        ),
        models.CheckConstraint(
            condition=Q(mode__in=WorkMode.values), name=f"{model}_mode"
        ),
        models.CheckConstraint(
            condition=Q(office__isnull=False) | Q(mode=WorkMode.TELEHEALTH),
            name=f"{model}_in_person_at_an_office",
        ),
    ]


@pghistory.track()
class AvailabilityRule(Record):
    """Weekly hours of a therapist at an office, from `valid_from` on.

    With `every_weeks` = n they hold in the week of `valid_from` and each n-th after it.
    """

    therapist = models.ForeignKey(
        Therapist, on_delete=models.PROTECT, related_name="availability_rules"
    )
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    weekday = models.PositiveSmallIntegerField()  # 0 is Monday
    start_minute = models.PositiveSmallIntegerField()
    end_minute = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    every_weeks = models.PositiveSmallIntegerField(default=1)
    mode = models.CharField(max_length=10, choices=WorkMode, default=WorkMode.BOTH)

    objects = OwnCalendarQuerySet["AvailabilityRule"].as_manager()

    class Meta:
        constraints = [
            *_hours_constraints("availability_rule"),
            models.CheckConstraint(
                condition=Q(weekday__lte=6), name="availability_rule_weekday"
            ),
            models.CheckConstraint(
                condition=Q(every_weeks__gte=1, every_weeks__lte=8),
                name="availability_rule_every_weeks",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="availability_rule_valid_until_after_from",
            ),
        ]
        triggers = [
            noting_opening(_WEEKS_OPENED, on=pgtrigger.Insert | pgtrigger.Update)
        ]


@pghistory.track()
class AvailabilityOverride(Record):
    """Hours opened on one date, also on a day without weekly hours."""

    therapist = models.ForeignKey(
        Therapist, on_delete=models.PROTECT, related_name="availability_overrides"
    )
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    date = models.DateField()
    start_minute = models.PositiveSmallIntegerField()
    end_minute = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=10, choices=WorkMode, default=WorkMode.BOTH)

    objects = OwnCalendarQuerySet["AvailabilityOverride"].as_manager()

    class Meta:
        constraints = _hours_constraints("availability_override")
        indexes = [models.Index(fields=["date"], name="availability_override_by_date")]
        triggers = [noting_opening(_DAY_OPENED, on=pgtrigger.Insert | pgtrigger.Update)]


@pghistory.track()
class TimeOff(Record):
    """A span in which a therapist does not work."""

    therapist = models.ForeignKey(
        Therapist, on_delete=models.PROTECT, related_name="time_off"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True)

    objects = OwnCalendarQuerySet["TimeOff"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="time_off_ends_after_start",
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], name="time_off_by_end")]
        triggers = [
            noting_opening(_BACK_SOONER, on=pgtrigger.Update | pgtrigger.Delete)
        ]
