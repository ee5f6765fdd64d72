"""Time off, and the sessions that it leaves uncovered. Nothing is cancelled."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import fields, filters
from config.api.permissions import IsFrontDesk, IsTherapist
from config.api.serializers import StrictModelSerializer
from config.api.views import ModelApiViewSet, serially
from scheduling import coverage
from scheduling.api.coverage import UncoveredAppointmentSerializer
from scheduling.models import Therapist, TimeOff

LONGEST = timedelta(days=2 * 366)


class TimeOffFilterSet(filters.StrictFilterSet):
    therapist = filters.KeysFilter()
    starts_before = filters.InstantFilter("starts_at", "lt")
    ends_after = filters.InstantFilter("ends_at", "gt")


class DryRunFilterSet(filters.StrictFilterSet):
    dry_run = filters.FlagFilter()


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


class TimeOffViewSet(ModelApiViewSet[TimeOff]):
    """The front desk keeps everyone's, therapists their own."""

    permission_classes = [IsFrontDesk | IsTherapist]
    serializer_class = TimeOffSerializer
    filterset_class = TimeOffFilterSet
    ordering = ("starts_at", "pk")
    query_parameters = {"create": ["dry_run"]}

    def get_queryset(self) -> QuerySet[TimeOff]:
        rows = TimeOff.objects.visible_to(self.request.user)
        return rows.select_related("therapist")

    @extend_schema(
        parameters=[OpenApiParameter("dry_run", bool)],
        responses={
            200: TakenTimeOffSerializer,
            201: TakenTimeOffSerializer,
        },
    )
    def create(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Take time off; with `dry_run=true`, only tell what it would uncover."""
        asked = filters.checked(
            DryRunFilterSet(request.query_params, TimeOff.objects.none())
        )
        time_off = _changed(TimeOff(), self._checked())
        if asked["dry_run"]:
            uncovered = coverage.uncovered_by(time_off, now=timezone.now())
            return Response(self._told(time_off, uncovered) | {"id": None})
        uncovered = coverage.take_off(time_off, now=timezone.now())
        return Response(self._told(time_off, uncovered), status.HTTP_201_CREATED)

    @extend_schema(responses=TakenTimeOffSerializer)
    @serially
    def partial_update(
        self, request: Request, *args: object, **kwargs: object
    ) -> Response:
        time_off = self.get_object()
        _changed(time_off, self._checked(time_off))
        uncovered = coverage.take_off(time_off, now=timezone.now())
        return Response(self._told(time_off, uncovered))

    def _checked(
        self, time_off: TimeOff | None = None
    ) -> dict[str, Any]:  # Any: values of the fields
        serializer = self.get_serializer(
            time_off, data=self.request.data, partial=time_off is not None
        )
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def _told(
        self, time_off: TimeOff, uncovered: list[coverage.Uncovered]
    ) -> dict[str, Any]:  # Any: a piece of JSON
        told = UncoveredAppointmentSerializer(uncovered, many=True)
        body = {**self.get_serializer(time_off).data}
        return body | {"uncovered_appointments": told.data}


def _changed(
    time_off: TimeOff,
    values: dict[str, Any],  # Any: values of the fields
) -> TimeOff:
    for name, value in values.items():
        setattr(time_off, name, value)
    return time_off
