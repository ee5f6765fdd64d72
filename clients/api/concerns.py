"""What brings clients, addressed by slug; anyone may look."""

from django.db import transaction

from clients.models import PresentingConcern
from config.api import filters
from config.api.permissions import IsManager, ReadOnly
from config.api.serializers import StrictModelSerializer
from config.api.views import SLUG_PATTERN, ModelApiViewSet
from config.errors import Conflict


class InUse(Conflict):
    """Modalities or therapists speak to it."""

    code = "in_use"
    message = "Modalities or therapists refer to this. Make it inactive instead."


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
        for relation in PresentingConcern._meta.related_objects:  # noqa: SLF001  public
            name = relation.get_accessor_name()
            if relation.many_to_many and name and getattr(instance, name).exists():
                raise InUse
        super().perform_destroy(instance)
