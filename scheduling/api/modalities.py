"""Ways of doing therapy, for whom, and which concerns they speak to."""

from django.db.models import Prefetch

from clients.models import PresentingConcern
from config.api import fields, filters
from config.api.serializers import StrictModelSerializer
from scheduling.api.reference import ReferenceViewSet
from scheduling.models import Modality


class ModalityFilterSet(filters.StrictFilterSet):
    is_active = filters.FlagFilter()


class ModalitySerializer(StrictModelSerializer[Modality]):
    concerns = fields.SlugKeyField(
        queryset=PresentingConcern.objects.all(), many=True, required=False
    )

    class Meta:
        model = Modality
        fields = [
            "id",
            "slug",
            "name",
            "abbreviation",
            "summary",
            "description",
            "goals",
            "age_groups",
            "concerns",
            "is_active",
        ]


class ModalityViewSet(ReferenceViewSet[Modality]):
    serializer_class = ModalitySerializer
    filterset_class = ModalityFilterSet
    queryset = Modality.objects.prefetch_related(
        Prefetch("concerns", PresentingConcern.objects.order_by("slug"))
    )
