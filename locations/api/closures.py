"""When an office is closed, or the whole practice."""

from config.api import fields, filters
from config.api.permissions import IsManager, IsStaff, ReadOnly
from config.api.serializers import StrictModelSerializer
from config.api.views import ModelApiViewSet
from locations.models import Closure, Office


class ClosureFilterSet(filters.StrictFilterSet):
    spans = [("starts_after", "starts_before")]

    office = filters.SlugsFilter(queryset=Office.objects.all())
    starts_after = filters.InstantFilter("starts_at", "gte")
    starts_before = filters.InstantFilter("starts_at", "lt")


class ClosureSerializer(StrictModelSerializer[Closure]):
    office = fields.SlugKeyField(
        queryset=Office.objects.all(), allow_null=True, required=False
    )
    starts_at = fields.InstantField(zone="office.timezone")
    ends_at = fields.InstantField(zone="office.timezone")
    timezone = fields.ZoneField("office.timezone")

    constraint_errors = {
        "closure_ends_after_start": ("ends_at", "This is not after the start.")
    }

    class Meta:
        model = Closure
        fields = ["id", "office", "starts_at", "ends_at", "timezone", "reason"]


class ClosureViewSet(ModelApiViewSet[Closure]):
    permission_classes = [IsManager | (IsStaff & ReadOnly)]
    serializer_class = ClosureSerializer
    filterset_class = ClosureFilterSet
    queryset = Closure.objects.select_related("office")
    ordering = ("starts_at", "pk")
