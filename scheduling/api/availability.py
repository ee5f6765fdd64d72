"""When therapists work: weekly hours, and hours opened on one date."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, TypeVar

from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.serializers import BaseSerializer

from config.api import fields, filters
from config.api.permissions import IsFrontDesk, IsTherapist
from config.api.serializers import StrictModelSerializer
from config.errors import RuleViolation
from locations.models import Office
from scheduling.api.books import DRY_RUN, RemovableBooksViewSet, removals_told
from scheduling.api.coverage import UncoveredAppointmentSerializer
from scheduling.availability import PRACTICE_ZONE
from scheduling.models import (
    AvailabilityOverride,
    AvailabilityRule,
    Therapist,
    WorkMode,
)
from scheduling.uncovered import Scope

H = TypeVar("H", bound=AvailabilityRule | AvailabilityOverride)


class NotOffered(RuleViolation):
    """Hours somewhere the therapist does not work, or by video when they do not."""

    code = "not_offered"
    message = "The therapist does not work there, or not in that way."


class AvailabilityRuleFilterSet(filters.StrictFilterSet):
    therapist = filters.KeysFilter()
    office = filters.SlugsFilter(queryset=Office.objects.all())
    weekday = filters.NumbersFilter(lowest=0, highest=6)
    mode = filters.ChoicesFilter(choices=WorkMode)
    valid_on = filters.LocalDateFilter(method="that_hold")

    def that_hold(
        self, rows: QuerySet[AvailabilityRule], name: str, day: date
    ) -> QuerySet[AvailabilityRule]:
        return rows.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day
        )


class AvailabilityOverrideFilterSet(filters.StrictFilterSet):
    spans = [("date_from", "date_until")]

    therapist = filters.KeysFilter()
    office = filters.SlugsFilter(queryset=Office.objects.all())
    mode = filters.ChoicesFilter(choices=WorkMode)
    date_from = filters.LocalDateFilter("date", "gte")
    date_until = filters.LocalDateFilter("date", "lte")


class HoursSerializer(StrictModelSerializer[H]):
    """A window of one day, in the wall time of its office."""

    therapist = fields.KeyField(scope=Therapist.objects.with_calendar_visible_to)
    office = fields.SlugKeyField(queryset=Office.objects.all(), allow_null=True)
    start_time = fields.WallTimeField(source="start_minute")
    end_time = fields.WallTimeField(source="end_minute", allow_24=True)

    within_a_day: ClassVar = (
        "end_time",
        "Not after the start. Hours over midnight are two windows.",
    )
    in_person_at_an_office: ClassVar = (
        "mode",
        "Without an office, hours are for telehealth only.",
    )


class AvailabilityRuleSerializer(HoursSerializer[AvailabilityRule]):
    constraint_errors = {
        "availability_rule_within_a_day": HoursSerializer.within_a_day,
        "availability_rule_in_person_at_an_office": (
            HoursSerializer.in_person_at_an_office
        ),
        "availability_rule_valid_until_after_from": (
            "valid_until",
            "This is before valid_from.",
        ),
    }

    class Meta:
        model = AvailabilityRule
        fields = [
            "id",
            "therapist",
            "office",
            "weekday",
            "start_time",
            "end_time",
            "valid_from",
            "valid_until",
            "every_weeks",
            "mode",
        ]
        extra_kwargs = {
            "weekday": {"min_value": 0, "max_value": 6},
            "every_weeks": {"min_value": 1, "max_value": 8},
            "valid_from": {"required": False},
        }

    def to_internal_value(
        self,
        data: Any,  # Any: whatever the caller sent
    ) -> dict[str, Any]:  # Any: values of the fields
        values: dict[str, Any] = super().to_internal_value(data)
        if self.instance is None and "valid_from" not in values:
            office = values["office"]
            zone = office.zone if office else PRACTICE_ZONE
            values["valid_from"] = timezone.now().astimezone(zone).date()
        return values


class AvailabilityOverrideSerializer(HoursSerializer[AvailabilityOverride]):
    constraint_errors = {
        "availability_override_within_a_day": HoursSerializer.within_a_day,
        "availability_override_in_person_at_an_office": (
            HoursSerializer.in_person_at_an_office
        ),
    }

    class Meta:
        model = AvailabilityOverride
        fields = [
            "id",
            "therapist",
            "office",
            "date",
            "start_time",
            "end_time",
            "mode",
        ]


class ChangedRuleSerializer(AvailabilityRuleSerializer):
    """Weekly hours, and the sessions that the change leaves uncovered."""

    uncovered_appointments = UncoveredAppointmentSerializer(many=True)

    class Meta(AvailabilityRuleSerializer.Meta):
        fields = [*AvailabilityRuleSerializer.Meta.fields, "uncovered_appointments"]


class ChangedOverrideSerializer(AvailabilityOverrideSerializer):
    """Hours of one date, and the sessions that the change leaves uncovered."""

    uncovered_appointments = UncoveredAppointmentSerializer(many=True)

    class Meta(AvailabilityOverrideSerializer.Meta):
        fields = [*AvailabilityOverrideSerializer.Meta.fields, "uncovered_appointments"]


class HoursViewSet(RemovableBooksViewSet[H]):
    """The front desk keeps everyone's hours, therapists their own."""

    permission_classes = [IsFrontDesk | IsTherapist]

    def scope(self, row: H, values: Mapping[str, Any]) -> Scope:  # Any: of each field
        theirs = {row.therapist_id, values.get("therapist", row.therapist).pk}
        return Scope(therapists=theirs)

    def perform_create(self, serializer: BaseSerializer[H]) -> None:
        refuse_elsewhere(serializer.validated_data)
        super().perform_create(serializer)

    def perform_update(self, serializer: BaseSerializer[H]) -> None:
        if serializer.validated_data.keys() != {"valid_until"}:  # they can always end
            refuse_elsewhere(serializer.validated_data, serializer.instance)
        super().perform_update(serializer)


@removals_told
@extend_schema_view(
    partial_update=extend_schema(parameters=[DRY_RUN], responses=ChangedRuleSerializer)
)
class AvailabilityRuleViewSet(HoursViewSet[AvailabilityRule]):
    """Weekly hours; weekday 0 is Monday. An office of null is telehealth from
    elsewhere."""

    serializer_class = AvailabilityRuleSerializer
    filterset_class = AvailabilityRuleFilterSet
    ordering = ("weekday", "start_minute", "pk")

    def get_queryset(self) -> QuerySet[AvailabilityRule]:
        rows = AvailabilityRule.objects.visible_to(self.request.user)
        return rows.select_related("office", "therapist")


@removals_told
@extend_schema_view(
    partial_update=extend_schema(
        parameters=[DRY_RUN], responses=ChangedOverrideSerializer
    )
)
class AvailabilityOverrideViewSet(HoursViewSet[AvailabilityOverride]):
    """Hours opened on one date, also on a day without weekly hours."""

    serializer_class = AvailabilityOverrideSerializer
    filterset_class = AvailabilityOverrideFilterSet
    ordering = ("date", "start_minute", "pk")

    def get_queryset(self) -> QuerySet[AvailabilityOverride]:
        rows = AvailabilityOverride.objects.visible_to(self.request.user)
        return rows.select_related("office", "therapist")


def refuse_elsewhere(
    values: Mapping[str, Any],  # Any: of whichever field
    kept: AvailabilityRule | AvailabilityOverride | None = None,
) -> None:
    """Raise `NotOffered` for hours in which nothing could ever be booked: those that
    `kept` has, where `values` do not say otherwise."""

    def chosen(name: str) -> Any:  # Any: of whichever field
        return values[name] if name in values else getattr(kept, name, None)

    therapist, office = chosen("therapist"), chosen("office")
    if chosen("mode") == WorkMode.TELEHEALTH and not therapist.telehealth:
        raise NotOffered
    if office and not therapist.offices.filter(pk=office.pk).exists():
        raise NotOffered
