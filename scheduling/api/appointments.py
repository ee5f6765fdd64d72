"""Appointments: booked, moved, called off, and how they went."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import fields, filters
from config.api.idempotency import idempotent
from config.api.permissions import IsFrontDesk, IsTherapist
from config.api.preconditions import etag, expected_version
from config.api.serializers import StrictModelSerializer, StrictSerializer
from config.api.views import ApiViewSet, serially
from config.errors import DomainError, Malformed, Stale
from config.roles import Role, has_role
from locations.models import Office, Room
from scheduling import booking, orders, progress
from scheduling.api import slots
from scheduling.api.caseload import clients_visible_to
from scheduling.api.slots import (
    NamedOfficeSerializer,
    NamedTherapistSerializer,
)
from scheduling.engine.rules import Code
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    Attendance,
    AttendanceStatus,
    Mode,
    SessionType,
    Therapist,
    read_parts,
)
from scheduling.orders import Order

UNRESOLVED = (
    AppointmentStatus.SCHEDULED,
    AppointmentStatus.CONFIRMED,
    AppointmentStatus.CHECKED_IN,
)


def therapists_bookable_by(user: User | AnonymousUser) -> QuerySet[Therapist]:
    """Whose calendar `user` may write to: the front desk any, a therapist their own."""
    if has_role(user, Role.FRONT_DESK):
        return Therapist.objects.all()
    return Therapist.objects.filter(user_id=user.pk or 0)


class AppointmentFilterSet(filters.StrictFilterSet):
    therapist = filters.KeysFilter("therapist")
    client = filters.KeysFilter(method="with_client")
    office = filters.SlugsFilter("office", queryset=Office.objects.all())
    room = filters.KeysFilter("room")
    session_type = filters.SlugsFilter(
        "session_type", queryset=SessionType.objects.all()
    )
    status = filters.ChoicesFilter("status", choices=AppointmentStatus)
    mode = filters.ChoicesFilter("mode", choices=Mode)
    starts_after = filters.InstantFilter("starts_at", "gte")
    starts_before = filters.InstantFilter("starts_at", "lt")
    unresolved = filters.FlagFilter(method="that_nobody_closed")

    def with_client(
        self, rows: QuerySet[Appointment], name: str, keys: list[UUID]
    ) -> QuerySet[Appointment]:
        clients = clients_visible_to(self.request.user).filter(pk__in=keys)
        seen = Attendance.objects.filter(client__in=clients)
        return rows.filter(pk__in=seen.values("appointment"))

    def that_nobody_closed(
        self,
        rows: QuerySet[Appointment],
        name: str,
        value: bool,  # noqa: FBT001
    ) -> QuerySet[Appointment]:
        past = Q(status__in=UNRESOLVED, ends_at__lte=timezone.now())
        return rows.filter(past if value else ~past)


class NamedRoomSerializer(StrictSerializer):
    id = fields.KeyValueField()
    name = fields.CharField()


class AttendanceSerializer(StrictSerializer):
    id = fields.KeyValueField(source="client_id")
    display_name = fields.CharField(source="client.display_name")
    attendance = fields.ChoiceField(source="status", choices=AttendanceStatus.choices)


class AppointmentSerializer(StrictModelSerializer[Appointment]):
    therapist = NamedTherapistSerializer()
    office = NamedOfficeSerializer(allow_null=True)
    room = NamedRoomSerializer(allow_null=True)
    session_type = fields.CharField(source="session_type.slug")
    clients = AttendanceSerializer(source="attendances", many=True)
    starts_at = fields.InstantField(zone="timezone")
    ends_at = fields.InstantField(zone="timezone")
    late_cancel_at = fields.InstantField(zone="timezone")
    cancelled_at = fields.InstantField(zone="timezone", allow_null=True)
    created_at = fields.InstantField(zone="timezone")
    timezone = fields.CharField()
    series = fields.KeyValueField(source="series_id", allow_null=True, default=None)

    class Meta:
        model = Appointment
        fields = [
            "id",
            "status",
            "version",
            "therapist",
            "office",
            "room",
            "mode",
            "session_type",
            "clients",
            "starts_at",
            "ends_at",
            "timezone",
            "series",
            "late_cancel_at",
            "note",
            "overridden",
            "override_reason",
            "cancelled_at",
            "cancel_reason",
            "fee_waived",
            "fee_waived_reason",
            "reschedules",
            "created_at",
        ]
        read_only_fields = fields


class OverrideSerializer(StrictSerializer):
    """The soft rules that the front desk sets aside, and why."""

    override = fields.ListField(
        child=fields.ChoiceField(choices=[(code, code) for code in Code]),
        required=False,
        default=(),
    )
    override_reason = fields.CharField(
        required=False, default="", allow_blank=True, max_length=500
    )


class BookSerializer(OverrideSerializer):
    therapist = fields.KeyField(scope=therapists_bookable_by)
    clients = fields.KeyField(scope=clients_visible_to, many=True, allow_empty=False)
    session_type = fields.SlugKeyField(
        queryset=SessionType.objects.filter(is_active=True)
    )
    office = fields.SlugKeyField(
        queryset=Office.objects.all(), allow_null=True, default=None
    )
    starts_at = fields.InstantField()
    mode = fields.ChoiceField(choices=Mode.choices, required=False)
    room = fields.KeyField(
        queryset=Room.objects.active(), allow_null=True, default=None
    )
    note = fields.CharField(
        required=False, default="", allow_blank=True, max_length=2000
    )


class RescheduleSerializer(OverrideSerializer):
    starts_at = fields.InstantField()
    therapist = fields.KeyField(scope=therapists_bookable_by, required=False)
    office = fields.SlugKeyField(queryset=Office.objects.all(), required=False)
    room = fields.KeyField(queryset=Room.objects.active(), required=False)
    mode = fields.ChoiceField(choices=Mode.choices, required=False)


class CancelSerializer(StrictSerializer):
    by = fields.ChoiceField(choices=["client", "practice"])
    reason = fields.CharField(
        required=False, default="", allow_blank=True, max_length=500
    )
    fee_waived = fields.BooleanField(required=False, default=False)
    fee_waived_reason = fields.CharField(
        required=False, default="", allow_blank=True, max_length=500
    )


class AmendSerializer(StrictSerializer):
    note = fields.CharField(required=False, allow_blank=True, max_length=2000)
    room = fields.KeyField(queryset=Room.objects.active(), required=False)


class NothingSerializer(StrictSerializer):
    """A change that needs no further words."""


class AppointmentViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, ApiViewSet[Appointment]
):
    """The front desk's whole calendar; a therapist's own."""

    permission_classes = [IsFrontDesk | IsTherapist]
    serializer_class = AppointmentSerializer
    filterset_class = AppointmentFilterSet
    orderings = {"starts_at": ("starts_at", "pk"), "-starts_at": ("-starts_at", "-pk")}
    versioned = True

    def get_queryset(self) -> QuerySet[Appointment]:
        return Appointment.objects.visible_to(self.request.user).with_parts()

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        return self._respond(self.get_object())

    @extend_schema(request=BookSerializer, responses={201: AppointmentSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        if not has_role(request.user, Role.FRONT_DESK):
            raise PermissionDenied
        asked = self._body(BookSerializer)
        note = asked.pop("note")
        user = request.user if isinstance(request.user, User) else None
        booked = booking.book(_order(asked), note=note, by=user, now=timezone.now())
        read_parts([booked])
        return self._respond(booked, status.HTTP_201_CREATED)

    @extend_schema(request=AmendSerializer, responses=AppointmentSerializer)
    @serially
    def partial_update(self, request: Request, pk: str) -> Response:
        appointment, version = self._seen()
        asked = self._body(AmendSerializer)
        amended = booking.amend(appointment, version=version, **asked)
        return self._answer(amended.pk)

    @extend_schema(request=RescheduleSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def reschedule(self, request: Request, pk: str) -> Response:
        appointment, version = self._seen()
        asked = self._body(RescheduleSerializer)
        if appointment.status not in booking.MOVABLE:
            raise booking.InvalidTransition.of(appointment)
        asked["overrides"] = asked.pop("override")
        order = orders.to_move(appointment, **asked)
        moved = booking.reschedule(
            appointment, order, version=version, now=timezone.now()
        )
        return self._answer(moved.pk)

    @extend_schema(request=CancelSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request: Request, pk: str) -> Response:
        appointment, version = self._seen()
        asked = self._body(CancelSerializer)
        if asked.pop("fee_waived") != bool(asked["fee_waived_reason"].strip()):
            raise Malformed(
                "To waive the fee, say so and why.", field="fee_waived_reason"
            )
        cancelled = booking.cancel(
            appointment, version=version, now=timezone.now(), **asked
        )
        return self._answer(cancelled.pk)

    @extend_schema(request=NothingSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def confirm(self, request: Request, pk: str) -> Response:
        return self._advance(progress.confirm)

    @extend_schema(request=NothingSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"], url_path="check-in")
    @idempotent
    def check_in(self, request: Request, pk: str) -> Response:
        may_correct = has_role(request.user, Role.FRONT_DESK)
        return self._advance(progress.check_in, may_correct=may_correct)

    @extend_schema(request=NothingSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def complete(self, request: Request, pk: str) -> Response:
        return self._advance(progress.complete)

    @extend_schema(request=NothingSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"], url_path="no-show")
    @idempotent
    def no_show(self, request: Request, pk: str) -> Response:
        return self._advance(progress.no_show)

    @extend_schema(request=NothingSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"], permission_classes=[IsFrontDesk])
    @idempotent
    def reopen(self, request: Request, pk: str) -> Response:
        return self._advance(progress.reopen)

    def replay(self, request: Request, object_id: UUID, status: int) -> Response:
        return self._answer(object_id, status)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, DomainError):
            mine = therapists_bookable_by(self.request.user)
            keys = {str(key) for key in mine.values_list("pk", flat=True)}
            offered = [slot for slot in exc.alternatives if slot.therapist in keys]
            exc.alternatives = slots.represent(offered)
        return super().handle_exception(exc)

    def _advance(
        self, operation: Callable[..., Appointment], **options: bool
    ) -> Response:
        appointment, version = self._seen()
        self._body(NothingSerializer)
        advanced = operation(
            appointment, version=version, now=timezone.now(), **options
        )
        return self._answer(advanced.pk)

    def _seen(self) -> tuple[Appointment, int]:
        """The appointment and its version, if it is the one that the caller has seen.

        Checked before the body is; the operation checks it again behind its locks.
        """
        appointment = self.get_object()
        version = expected_version(self.request)
        if version != appointment.version:
            raise Stale(version=appointment.version)
        return appointment, version

    def _body(self, serializer_class: type[StrictSerializer]) -> dict[str, Any]:
        serializer = serializer_class(
            data=self.request.data, context=self.get_serializer_context()
        )
        serializer.is_valid(raise_exception=True)
        asked: dict[str, Any] = dict(serializer.validated_data)
        if asked.get("override") and not has_role(self.request.user, Role.FRONT_DESK):
            raise PermissionDenied("Only the front desk may override a rule.")
        return asked

    def _answer(self, key: UUID, code: int = status.HTTP_200_OK) -> Response:
        return self._respond(self.get_queryset().get(pk=key), code)

    def _respond(
        self, appointment: Appointment, code: int = status.HTTP_200_OK
    ) -> Response:
        return Response(
            self.get_serializer(appointment).data,
            status=code,
            headers={"ETag": etag(appointment.version)},
        )


def _order(asked: dict[str, Any]) -> Order:
    """Without a mode, it is by video where nothing else is possible."""
    session_type, office = asked["session_type"], asked["office"]
    by_video = session_type.telehealth_only or office is None
    asked.setdefault("mode", Mode.TELEHEALTH if by_video else Mode.IN_PERSON)
    asked["overrides"] = asked.pop("override")
    return Order(**asked)
