"""The rooms of the offices."""

from config.api import fields, filters
from config.api.permissions import IsManager, IsStaff, ReadOnly
from config.api.serializers import StrictModelSerializer
from config.api.views import ModelApiViewSet
from locations.models import Office, Room


class RoomFilterSet(filters.StrictFilterSet):
    office = filters.SlugsFilter(queryset=Office.objects.all())
    is_active = filters.FlagFilter()


class RoomSerializer(StrictModelSerializer[Room]):
    office = fields.SlugKeyField(queryset=Office.objects.all())

    class Meta:
        model = Room
        fields = ["id", "office", "name", "capacity", "accessible", "is_active"]


class RoomViewSet(ModelApiViewSet[Room]):
    permission_classes = [IsManager | (IsStaff & ReadOnly)]
    serializer_class = RoomSerializer
    filterset_class = RoomFilterSet
    queryset = Room.objects.select_related("office")
    ordering = ("name", "pk")
