"""The practice's offices, addressed by slug; anyone may look."""

from config.api import fields, filters
from config.api.permissions import IsManager, ReadOnly
from config.api.serializers import StrictModelSerializer
from config.api.views import SLUG_PATTERN, ModelApiViewSet
from locations.models import Office


class OfficeFilterSet(filters.StrictFilterSet):
    is_active = filters.FlagFilter()


class AddressSerializer(StrictModelSerializer[Office]):
    class Meta:
        model = Office
        fields = ["street", "city", "state", "postal_code"]


class OfficeSerializer(StrictModelSerializer[Office]):
    address = AddressSerializer(source="*")
    phone = fields.PhoneField(required=False, allow_blank=True)

    class Meta:
        model = Office
        fields = [
            "id",
            "slug",
            "name",
            "address",
            "area",
            "timezone",
            "phone",
            "is_active",
        ]


class OfficeViewSet(ModelApiViewSet[Office]):
    permission_classes = [ReadOnly | IsManager]
    serializer_class = OfficeSerializer
    filterset_class = OfficeFilterSet
    queryset = Office.objects.all()
    ordering = ("name", "pk")
    lookup_field = "slug"
    lookup_value_regex = SLUG_PATTERN
