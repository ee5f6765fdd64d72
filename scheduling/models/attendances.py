"""Attendances: each client's part in an appointment."""

from typing import Self

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    DateTimeRangeField,
    RangeBoundary,
    RangeOperators,
)
from django.db import models
from django.db.models import Func, Q

from clients.models import Client
from config.records import Record
from scheduling.models.statuses import (
    ATTENDING,
    BILLABLE,
    LEFT,
    NOT_ASKED_FOR,
    TREATING,
    AttendanceStatus,
    Fee,
)


def during() -> Func:
    """The time of an appointment, `[start, end)`: back to back is no overlap."""
    return Func(
        "starts_at",
        "ends_at",
        RangeBoundary(),
        function="TSTZRANGE",
        output_field=DateTimeRangeField(),
    )


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def active(self) -> Self:
        return self.filter(status__in=ATTENDING)

    def staying(self) -> Self:
        """All but those that were called off: who comes, and who should have come."""
        return self.exclude(status__in=LEFT)

    def treating(self) -> Self:
        """Those that make, or made, a client the therapist's own: no slot that was only
        kept, and none that was called off in time or that the client left."""
        return self.filter(appointment__status__in=TREATING).exclude(
            status=AttendanceStatus.CANCELLED
        )


@pghistory.track(exclude=["starts_at", "ends_at", "occupies"])
class Attendance(Record):
    """One client's part in an appointment.

    `starts_at`, `ends_at` and `occupies` repeat the appointment's, so that the database
    can refuse to have a client in two places; a composite foreign key that cascades on
    update keeps them equal. A fee is due for a late cancellation or a no-show until
    somebody waives it, and says why.
    """

    Status = AttendanceStatus
    Fee = Fee

    appointment = models.ForeignKey(
        "scheduling.Appointment", on_delete=models.PROTECT, related_name="attendances"
    )
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, related_name="attendances", db_index=False
    )
    status = models.CharField(
        max_length=14, choices=AttendanceStatus, default=AttendanceStatus.EXPECTED
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    occupies = models.BooleanField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=500, blank=True)
    fee = models.CharField(max_length=6, choices=Fee, default=Fee.NONE)
    fee_reason = models.CharField(max_length=500, blank=True)
    fee_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    fee_decided_at = models.DateTimeField(null=True, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "client"], name="attendance_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=AttendanceStatus.values),
                name="attendance_status",
            ),
            models.CheckConstraint(
                condition=Q(fee=Fee.NONE)
                | Q(fee=Fee.DUE, status__in=BILLABLE)
                | Q(fee=Fee.WAIVED) & ~Q(status__in=ATTENDING)
                | Q(fee=Fee.FREE),
                name="attendance_fee_when_missed",
            ),
            models.CheckConstraint(
                condition=~Q(fee__in=NOT_ASKED_FOR)
                | (~Q(fee_reason="") & Q(fee_decided_at__isnull=False)),
                name="attendance_fee_waived_for_a_reason",
            ),
            # Of a first session after a rematch, of which there is one in a life.
            models.UniqueConstraint(
                fields=["client"],
                condition=Q(fee=Fee.FREE, status__in=ATTENDING),
                name="attendance_free_once",
            ),
            ExclusionConstraint(
                name="attendance_client_free",
                expressions=[
                    ("client", RangeOperators.EQUAL),
                    (during(), RangeOperators.OVERLAPS),
                ],
                condition=Q(occupies=True, status__in=ATTENDING),
            ),
        ]
        indexes = [
            models.Index(fields=["client", "starts_at"], name="attendance_by_client"),
        ]

    @property
    def has_left(self) -> bool:
        """Whether the client's part was called off, alone or with the session."""
        return self.status in LEFT
