"""What brings clients, addressed by slug; anyone may look."""

from django.db import transaction

from clients.models import PresentingConcern
from config.api import filters
from config.api.permissions import IsManager, ReadOnly
from config.api.serializers import StrictModelSerializer
from config.api.views import SLUG_PATTERN, ModelApiViewSet
from config.errors import Conflict
from config.records import is_linked


class InUse(Conflict):
    """Modalities or therapists speak to it, or somebody has asked for help with it."""

    code = "in_use"
    message = "Others refer to this. Make it inactive instead."


class ConcernFilterSet(filters.StrictFilterSet):
    is_active = filters.FlagFilter()


class ConcernSerializer(StrictModelSerializer[PresentingConcern]):
    class Meta:
        model = PresentingConcern
        fields = ["id", "slug", "name", "is_active"]


class ConcernViewSet(ModelApiViewSet[PresentingConcern]):
    permission_classes = [IsManager | ReadOnly]
    serializer_class = ConcernSerializer
    filterset_class = ConcernFilterSet
    queryset = PresentingConcern.objects.all()
    ordering = ("name", "pk")
    lookup_field = "slug"
    lookup_value_regex = SLUG_PATTERN

    @transaction.atomic
    def perform_destroy(self, instance: PresentingConcern) -> None:
        """Refuse what others refer to: Django would drop many-to-many rows silently."""
        # Whoever refers to it meanwhile waits for this lock, and then finds nothing.
        PresentingConcern.objects.select_for_update().get(pk=instance.pk)
        if is_linked(instance):
            raise InUse
        super().perform_destroy(instance)
