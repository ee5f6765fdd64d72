"""Minutes between two offices."""

from uuid import UUID

from django.db.models import Q, QuerySet

from config.api import fields, filters
from config.api.permissions import IsManager, IsStaff, ReadOnly
from config.api.serializers import StrictModelSerializer
from config.api.views import ModelApiViewSet
from locations.models import Office, TravelTime


class TravelTimeFilterSet(filters.StrictFilterSet):
    office = filters.SlugsFilter(queryset=Office.objects.all(), method="from_or_to")

    def from_or_to(
        self, queryset: QuerySet[TravelTime], name: str, offices: list[UUID]
    ) -> QuerySet[TravelTime]:
        return queryset.filter(Q(origin__in=offices) | Q(destination__in=offices))


class TravelTimeSerializer(StrictModelSerializer[TravelTime]):
    origin = fields.SlugKeyField(queryset=Office.objects.all())
    destination = fields.SlugKeyField(queryset=Office.objects.all())

    constraint_errors = {
        "travel_time_between_two": ("destination", "This is where one starts."),
        "travel_time_within_a_day": ("minutes", "Give at most 480 minutes."),
    }

    class Meta:
        model = TravelTime
        fields = ["id", "origin", "destination", "minutes"]


class TravelTimeViewSet(ModelApiViewSet[TravelTime]):
    permission_classes = [IsManager | (IsStaff & ReadOnly)]
    serializer_class = TravelTimeSerializer
    filterset_class = TravelTimeFilterSet
    queryset = TravelTime.objects.select_related("origin", "destination")
    ordering = ("pk",)
