"""Kinds of appointments."""

from config.api import filters
from config.api.serializers import StrictModelSerializer
from scheduling.api.reference import ReferenceViewSet
from scheduling.models import SessionFormat, SessionType


class SessionTypeFilterSet(filters.StrictFilterSet):
    format = filters.ChoicesFilter(choices=SessionFormat)
    for_new_clients = filters.FlagFilter()
    is_active = filters.FlagFilter()


class SessionTypeSerializer(StrictModelSerializer[SessionType]):
    constraint_errors = {
        "session_type_clients": ("clients_max", "This is less than clients_min.")
    }

    class Meta:
        model = SessionType
        fields = [
            "id",
            "slug",
            "name",
            "format",
            "duration_minutes",
            "buffer_before_minutes",
            "buffer_after_minutes",
            "start_every_minutes",
            "clients_min",
            "clients_max",
            "telehealth_only",
            "for_new_clients",
            "is_active",
        ]
        extra_kwargs = {
            "duration_minutes": {"min_value": 5, "max_value": 240},
            "buffer_before_minutes": {"max_value": 120},
            "buffer_after_minutes": {"max_value": 120},
            "start_every_minutes": {"min_value": 5, "max_value": 240},
            "clients_min": {"min_value": 1},
            "clients_max": {"min_value": 1},
        }


class SessionTypeViewSet(ReferenceViewSet[SessionType]):
    serializer_class = SessionTypeSerializer
    filterset_class = SessionTypeFilterSet
    queryset = SessionType.objects.all()
