"""Appointments: who meets whom, where and when, and what has become of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Self
from zoneinfo import ZoneInfo

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Prefetch, Q, Value, prefetch_related_objects

from clients.models import Client
from config.clock import DatabaseNow
from config.noting import noting_opening
from config.records import Record
from config.roles import Role, has_role
from locations.models import Office, Room
from scheduling.models.attendances import Attendance, during
from scheduling.models.series import AppointmentSeries
from scheduling.models.statuses import (
    CANCELLED,
    CLOSED,
    NOT_ASKED_FOR,
    OCCUPYING,
    OPEN,
    TRANSITIONS,
    AppointmentStatus,
    Mode,
)
from scheduling.models.therapists import SessionType, Therapist

LONGEST = timedelta(hours=4)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def occupying(self) -> Self:
        """Those that keep people and rooms busy; a lapsed hold does not."""
        return self.filter(
            Q(hold_expires_at__isnull=True) | Q(hold_expires_at__gt=DatabaseNow()),
            occupies=True,
        )

    def holds(self) -> Self:
        """Slots that are kept, or were kept until they lapsed and nobody took them."""
        return self.filter(status=AppointmentStatus.HELD)

    def overlapping(self, start: datetime, end: datetime) -> Self:
        """Those that share an instant with `[start, end)`.

        No appointment is longer than `LONGEST`, which makes this a range of the index
        on `starts_at`.
        """
        return self.filter(
            starts_at__gt=start - LONGEST, starts_at__lt=end, ends_at__gt=start
        )

    def with_parts(self) -> Self:
        """With all that an answer tells of an appointment, in two queries."""
        return self.select_related(
            "therapist", "office", "room", "session_type"
        ).prefetch_related(_parts())

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Front desk sees the whole practice; a therapist sees their own calendar."""
        if has_role(user, Role.FRONT_DESK):
            return self
        if has_role(user, Role.THERAPIST):
            return self.filter(therapist__user=user)
        return self.none()


@pghistory.track(exclude=["occupies"])
class Appointment(Record):
    """One therapist, one or more clients, from `starts_at` to `ends_at`.

    `version` counts every change and is the ETag. `facts_version` counts only changes
    of what a message says: time, office, therapist, mode, cancellation. An appointment
    without an office is telehealth from elsewhere.
    """

    Status = AppointmentStatus
    Mode = Mode

    therapist = models.ForeignKey(
        Therapist,
        on_delete=models.PROTECT,
        related_name="appointments",
        db_index=False,
    )
    office = models.ForeignKey(
        Office,
        on_delete=models.PROTECT,
        null=True,
        related_name="appointments",
        db_index=False,
    )
    room = models.ForeignKey(
        Room, on_delete=models.PROTECT, null=True, related_name="appointments"
    )
    session_type = models.ForeignKey(
        SessionType, on_delete=models.PROTECT, related_name="appointments"
    )
    clients = models.ManyToManyField(
        Client, through="Attendance", related_name="appointments"
    )
    series = models.ForeignKey(
        AppointmentSeries,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="occurrences",
        db_index=False,
    )
    occurs_on = models.DateField(null=True, blank=True)
    mode = models.CharField(max_length=10, choices=Mode)
    status = models.CharField(
        max_length=21, choices=AppointmentStatus, default=AppointmentStatus.SCHEDULED
    )
    occupies = models.GeneratedField(
        expression=models.Case(
            models.When(status__in=OCCUPYING, then=Value(True)),  # noqa: FBT003
            default=Value(False),  # noqa: FBT003
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    late_cancel_at = models.DateTimeField()
    hold_expires_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    facts_version = models.PositiveIntegerField(default=1)
    reschedules = models.PositiveSmallIntegerField(default=0)
    overridden = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    override_reason = models.CharField(max_length=500, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=500, blank=True)
    note = models.CharField(max_length=2000, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"))
                & Q(ends_at__lte=F("starts_at") + LONGEST),
                name="appointment_lasts_up_to_four_hours",
            ),
            models.CheckConstraint(
                condition=Q(status__in=AppointmentStatus.values),
                name="appointment_status",
            ),
            models.CheckConstraint(
                condition=Q(
                    mode=Mode.IN_PERSON, room__isnull=False, office__isnull=False
                )
                | Q(mode=Mode.TELEHEALTH, room__isnull=True),
                name="appointment_room_when_in_person",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=AppointmentStatus.HELD, hold_expires_at__isnull=False
                )
                | Q(status=AppointmentStatus.RELEASED)
                | Q(hold_expires_at__isnull=True)
                & ~Q(status__in=[AppointmentStatus.HELD, AppointmentStatus.RELEASED]),
                name="appointment_hold_expires",
            ),
            models.CheckConstraint(
                condition=Q(status__in=CANCELLED, cancelled_at__isnull=False)
                | (~Q(status__in=CANCELLED) & Q(cancelled_at__isnull=True)),
                name="appointment_cancelled_at",
            ),
            models.CheckConstraint(
                condition=Q(series__isnull=True, occurs_on__isnull=True)
                | Q(series__isnull=False, occurs_on__isnull=False),
                name="appointment_occurs_in_a_series",
            ),
            # Whatever has been called off does not keep its date of the series.
            models.UniqueConstraint(
                fields=["series", "occurs_on"],
                condition=Q(occupies=True),
                name="appointment_occurs_once",
            ),
            models.CheckConstraint(
                condition=Q(overridden=[]) | ~Q(override_reason=""),
                name="appointment_overridden_for_a_reason",
            ),
            # What an attendance's copy of these refers to.
            models.UniqueConstraint(
                fields=["id", "starts_at", "ends_at", "occupies"],
                name="appointment_busy_time",
            ),
            ExclusionConstraint(
                name="appointment_therapist_free",
                expressions=[
                    ("therapist", RangeOperators.EQUAL),
                    (during(), RangeOperators.OVERLAPS),
                ],
                condition=Q(occupies=True),
            ),
            ExclusionConstraint(
                name="appointment_room_free",
                expressions=[
                    ("room", RangeOperators.EQUAL),
                    (during(), RangeOperators.OVERLAPS),
                ],
                condition=Q(occupies=True, room__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["therapist", "starts_at"],
                include=["ends_at", "occupies"],
                name="appointment_by_therapist",
            ),
            models.Index(fields=["office", "starts_at"], name="appointment_by_office"),
            models.Index(fields=["starts_at", "id"], name="appointment_by_start"),
            # What is to come, and what nobody closed: few rows among all that was.
            models.Index(
                fields=["starts_at", "id"],
                condition=Q(status__in=OPEN),
                name="appointment_open",
            ),
            models.Index(
                fields=["series", "starts_at"],
                condition=Q(series__isnull=False),
                name="appointment_by_series",
            ),
            models.Index(
                fields=["hold_expires_at"],
                condition=Q(status=AppointmentStatus.HELD),
                name="appointment_held",
            ),
        ]
        triggers = [
            # Its old hour, once it keeps nobody busy any more or has moved.
            noting_opening(
                "INSERT INTO scheduling_opening (therapist_id, starts_at, ends_at)"
                " SELECT OLD.therapist_id, OLD.starts_at, OLD.ends_at"
                " WHERE OLD.ends_at > now();",
                on=pgtrigger.Update,
                when="OLD.occupies AND (NOT NEW.occupies"
                " OR OLD.therapist_id <> NEW.therapist_id"
                " OR OLD.starts_at <> NEW.starts_at OR OLD.ends_at <> NEW.ends_at)",
            )
        ]

    @property
    def is_hold(self) -> bool:
        """Whether it only keeps, or only kept, the slot while somebody decides."""
        return self.status in {AppointmentStatus.HELD, AppointmentStatus.RELEASED}

    @property
    def is_closed(self) -> bool:
        """Whether somebody has said how it went."""
        return self.status in CLOSED

    def is_on_the_day_of(self, now: datetime) -> bool:
        """Whether `now` is on its date, where it takes place."""
        zone = ZoneInfo(self.timezone)
        return self.starts_at.astimezone(zone).date() == now.astimezone(zone).date()

    def may_become(self, status: AppointmentStatus) -> bool:
        return status in TRANSITIONS.get(self.status, ())

    @property
    def fee_waived(self) -> bool:
        """Whether somebody waived the fee of a client, or gave them the session free;
        reads the parts at hand."""
        return any(part.fee in NOT_ASKED_FOR for part in self.attendances.all())

    @property
    def fee_waived_reason(self) -> str:
        waived = [one for one in self.attendances.all() if one.fee in NOT_ASKED_FOR]
        return waived[0].fee_reason if waived else ""

    @property
    def timezone(self) -> str:
        """The zone its times are told in: the office's, or the practice's."""
        return self.office.timezone if self.office else settings.TIME_ZONE


def read_parts(appointments: Sequence[Appointment]) -> None:
    """Read the attendances, with their clients and in order, where that is not done."""
    prefetch_related_objects(appointments, _parts())


def remember_parts(appointment: Appointment, parts: Iterable[Attendance]) -> None:
    """Have the attendances that were just written at hand, in order, as if read."""
    written = appointment.attendances.all()
    written._result_cache = sorted(parts, key=attrgetter("pk"))  # noqa: SLF001  as a prefetch fills it
    cache = {"attendances": written}
    appointment._prefetched_objects_cache = cache  # type: ignore[attr-defined]  # noqa: SLF001


def _parts() -> "Prefetch[str]":
    parts = Attendance.objects.select_related("client", "fee_decided_by")
    return Prefetch("attendances", parts.order_by("pk"))
