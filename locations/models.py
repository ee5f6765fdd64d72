"""Where: the offices, their rooms, when they are closed, how far apart they are."""

from zoneinfo import ZoneInfo, available_timezones

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from config.records import Record

PRACTICE_TIMEZONE = "America/Los_Angeles"


def validate_timezone(name: str) -> None:
    """Refuse what is not an IANA zone."""
    if name not in available_timezones():
        raise ValidationError(f"{name!r} is not an IANA time zone.", code="timezone")


@pghistory.track()
class Office(Record):
    """One of the practice's addresses. Its time zone is the clock on its wall."""

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    area = models.CharField(max_length=100, blank=True)
    street = models.CharField(max_length=200)
    city = models.CharField(max_length=100)
    state = models.CharField(max_length=2, default="CA")
    postal_code = models.CharField(max_length=10)
    phone = models.CharField(max_length=20, blank=True)
    timezone = models.CharField(
        max_length=64, default=PRACTICE_TIMEZONE, validators=[validate_timezone]
    )
    is_active = models.BooleanField(default=True)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class RoomQuerySet(models.QuerySet["Room"]):
    def active(self) -> "RoomQuerySet":
        return self.filter(is_active=True, office__is_active=True)


@pghistory.track()
class Room(Record):
    """A room of an office, for as many clients as `capacity` says."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=100)
    capacity = models.PositiveSmallIntegerField(default=2)
    accessible = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "name"], name="room_name_unique"),
            # What an appointment's (room, office) refers to.
            models.UniqueConstraint(fields=["id", "office"], name="room_at_office"),
            models.CheckConstraint(
                condition=Q(capacity__gte=1, capacity__lte=100), name="room_capacity"
            ),
        ]


@pghistory.track()
class Closure(Record):
    """A span in which an office is closed, or the whole practice when none is named."""

    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, null=True, blank=True, related_name="closures"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="closure_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], name="closure_by_end")]


@pghistory.track()
class TravelTime(Record):
    """Minutes between two offices, the same both ways."""

    origin = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(origin=F("destination")), name="travel_time_between_two"
            ),
            models.CheckConstraint(
                condition=Q(minutes__lte=480), name="travel_time_within_a_day"
            ),
            models.UniqueConstraint(
                Least("origin", "destination"),
                Greatest("origin", "destination"),
                name="travel_time_unique",
            ),
        ]
