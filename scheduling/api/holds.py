"""Holds: a slot that is kept for some minutes while the caller decides."""

from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import fields, filters
from config.api.idempotency import idempotent
from config.api.permissions import IsFrontDesk
from config.api.views import serially
from locations.models import Office
from scheduling import holds
from scheduling.api import shapes
from scheduling.api.caseload import clients_visible_to
from scheduling.api.changes import AppointmentChanges
from scheduling.api.names import NamedUserSerializer
from scheduling.api.shapes import AppointmentSerializer, OrderSerializer
from scheduling.models import Appointment
from scheduling.models.appointments import AppointmentQuerySet


class HoldFilterSet(filters.StrictFilterSet):
    therapist = filters.KeysFilter("therapist")
    office = filters.SlugsFilter("office", queryset=Office.objects.all())
    mine = filters.FlagFilter(method="kept_by_caller")

    def kept_by_caller(
        self,
        rows: QuerySet[Appointment],
        name: str,
        value: bool,  # noqa: FBT001
    ) -> QuerySet[Appointment]:
        mine = {"created_by": self.request.user}
        return rows.filter(**mine) if value else rows.exclude(**mine)


class HoldSerializer(AppointmentSerializer):
    """The appointment that it may become, under the same id."""

    expires_at = fields.InstantField(
        source="hold_expires_at", zone="timezone", allow_null=True
    )
    created_by = NamedUserSerializer(
        allow_null=True, help_text="Who keeps it; null if that account is gone."
    )

    class Meta(AppointmentSerializer.Meta):
        fields = [
            "id",
            "expires_at",
            "created_by",
            *AppointmentSerializer.Meta.fields[1:],
        ]
        read_only_fields = fields


class KeepSerializer(OrderSerializer):
    clients = fields.KeyField(
        scope=clients_visible_to, many=True, required=False, default=()
    )
    note = shapes.note_field()


class HoldViewSet(mixins.ListModelMixin, AppointmentChanges):
    """What is kept at this moment. A hold that lapses is gone, and the slot is free."""

    permission_classes = [IsFrontDesk]
    serializer_class = HoldSerializer
    filterset_class = HoldFilterSet
    ordering = ("hold_expires_at", "pk")
    unconditional = {"destroy"}

    def get_queryset(self) -> AppointmentQuerySet:
        """What is offered to somebody who waits is no hold of the front desk's."""
        held = super().get_queryset().holds().occupying()
        return held.filter(offers__isnull=True).select_related("created_by")

    def replay(self, request: Request, object_id: UUID, status: int) -> Response:
        """The hold may be over by now, or booked."""
        held = get_object_or_404(super().get_queryset(), pk=object_id)
        return self.respond(held, status)

    def retrieve(self, request: Request, pk: str) -> Response:
        return self.respond(self.get_object())

    @extend_schema(request=KeepSerializer, responses={201: HoldSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Keep a slot. To book it, name it as the `hold` of an appointment."""
        asked = self.body(KeepSerializer)
        note = asked.pop("note")
        assert isinstance(request.user, User)  # noqa: S101  the permission saw to it
        order = shapes.order(asked, is_hold=True)
        held = holds.hold(order, note=note, by=request.user, now=timezone.now())
        return self.respond(held, status.HTTP_201_CREATED)

    @serially
    def destroy(self, request: Request, pk: str) -> Response:
        """Let go of it before it lapses."""
        holds.let_go(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)
