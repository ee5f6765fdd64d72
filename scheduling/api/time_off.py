"""Time off, and the sessions that it leaves uncovered. Nothing is cancelled."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import fields, filters
from config.api.permissions import IsFrontDesk, IsTherapist
from config.api.serializers import StrictModelSerializer
from scheduling import coverage
from scheduling.api.books import DRY_RUN, SpansViewSet
from scheduling.api.coverage import UncoveredAppointmentSerializer
from scheduling.models import Therapist, TimeOff

LONGEST = timedelta(days=2 * 366)


class TimeOffFilterSet(filters.StrictFilterSet):
    therapist = filters.KeysFilter()
    starts_before = filters.InstantFilter("starts_at", "lt")
    ends_after = filters.InstantFilter("ends_at", "gt")


class TimeOffSerializer(StrictModelSerializer[TimeOff]):
    therapist = fields.KeyField(scope=Therapist.objects.with_calendar_visible_to)
    starts_at = fields.InstantField()
    ends_at = fields.InstantField()
    timezone = fields.ZoneField("")

    constraint_errors = {
        "time_off_ends_after_start": ("ends_at", "This is not after the start.")
    }

    class Meta:
        model = TimeOff
        fields = ["id", "therapist", "starts_at", "ends_at", "timezone", "note"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:  # Any: of each field
        start, end = (
            attrs[name] if name in attrs else getattr(self.instance, name)
            for name in ("starts_at", "ends_at")
        )
        if end - start > LONGEST:
            message = "This is more than two years after the start."
            raise serializers.ValidationError({"ends_at": message}, "invalid")
        return attrs


class TakenTimeOffSerializer(TimeOffSerializer):
    """Time off, its id null in a dry run, and the sessions that it runs into."""

    id = fields.KeyValueField(allow_null=True)
    uncovered_appointments = UncoveredAppointmentSerializer(many=True)

    class Meta(TimeOffSerializer.Meta):
        fields = [*TimeOffSerializer.Meta.fields, "uncovered_appointments"]


class TimeOffViewSet(SpansViewSet[TimeOff]):
    """The front desk keeps everyone's, therapists their own."""

    permission_classes = [IsFrontDesk | IsTherapist]
    serializer_class = TimeOffSerializer
    filterset_class = TimeOffFilterSet
    ordering = ("starts_at", "pk")
    model = TimeOff
    write = staticmethod(coverage.take_off)

    def get_queryset(self) -> QuerySet[TimeOff]:
        rows = TimeOff.objects.visible_to(self.request.user)
        return rows.select_related("therapist")

    @extend_schema(
        parameters=[DRY_RUN],
        responses={200: TakenTimeOffSerializer, 201: TakenTimeOffSerializer},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take time off; with `dry_run=true`, only tell what it would uncover."""
        return super().create(request, *args, **kwargs)

    @extend_schema(parameters=[DRY_RUN], responses=TakenTimeOffSerializer)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().partial_update(request, *args, **kwargs)
