"""Attendances: who of a couple, a family or a group comes, and what each one owes."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import fields
from config.api.idempotency import idempotent
from config.api.permissions import IsFrontDesk
from config.api.serializers import StrictSerializer
from config.roles import Role, has_role
from scheduling import attendance
from scheduling.api.caseload import clients_visible_to
from scheduling.api.changes import AppointmentChanges, CallingOffSerializer
from scheduling.api.shapes import AppointmentSerializer, OverrideSerializer
from scheduling.models import AttendanceStatus

MARKS = [
    (mark, mark.label)
    for mark in (
        AttendanceStatus.EXPECTED,
        AttendanceStatus.ATTENDED,
        AttendanceStatus.NO_SHOW,
    )
]


class AddClientSerializer(OverrideSerializer):
    client = fields.KeyField(scope=clients_visible_to)


class RemoveClientSerializer(CallingOffSerializer):
    client = fields.KeyField(scope=clients_visible_to)


class MarkAttendanceSerializer(StrictSerializer):
    client = fields.KeyField(scope=clients_visible_to)
    attendance = fields.ChoiceField(choices=MARKS)


class DecideFeeSerializer(StrictSerializer):
    client = fields.KeyField(scope=clients_visible_to)
    waived = fields.BooleanField()
    reason = fields.CharField(max_length=500)


class AttendanceViewSet(AppointmentChanges):
    """One client's part in an appointment; the others' parts stay as they are."""

    @extend_schema(request=AddClientSerializer, responses=AppointmentSerializer)
    @action(
        detail=True,
        methods=["post"],
        url_path="add-client",
        permission_classes=[IsFrontDesk],
    )
    @idempotent
    def add_client(self, request: Request, pk: str) -> Response:
        """Let another client come, or one who had left come after all."""
        appointment, version = self.seen()
        asked = self.body(AddClientSerializer)
        added = attendance.add(
            appointment,
            asked["client"],
            overrides=asked["override"],
            override_reason=asked["override_reason"],
            version=version,
            now=timezone.now(),
        )
        return self.answer(added.pk)

    @extend_schema(request=RemoveClientSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"], url_path="remove-client")
    @idempotent
    def remove_client(self, request: Request, pk: str) -> Response:
        """Call one client's part off. With the last one, the appointment is."""
        appointment, version = self.seen()
        removed = attendance.remove(
            appointment,
            version=version,
            decided_by=self.caller(),
            now=timezone.now(),
            **self.body(RemoveClientSerializer),
        )
        return self.answer(removed.pk)

    @extend_schema(request=MarkAttendanceSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"], url_path="mark-attendance")
    @idempotent
    def mark_attendance(self, request: Request, pk: str) -> Response:
        """Say whether one client came. Only the front desk corrects what is closed."""
        appointment, version = self.seen()
        asked = self.body(MarkAttendanceSerializer)
        marked = attendance.mark(
            appointment,
            asked["client"],
            AttendanceStatus(asked["attendance"]),
            version=version,
            now=timezone.now(),
            may_correct=has_role(request.user, Role.FRONT_DESK),
        )
        return self.answer(marked.pk)

    @extend_schema(request=DecideFeeSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"], url_path="decide-fee")
    @idempotent
    def decide_fee(self, request: Request, pk: str) -> Response:
        """Waive the fee of a client who missed the session, or ask for it after all."""
        appointment, version = self.seen()
        decided = attendance.decide_fee(
            appointment,
            by=self.caller(),
            version=version,
            now=timezone.now(),
            **self.body(DecideFeeSerializer),
        )
        return self.answer(decided.pk)
