"""The ledger of messages: what was planned, what went out, what became of it."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clients.models import Channel
from config.api import fields, filters
from config.api.idempotency import idempotent
from config.api.serializers import StrictModelSerializer, StrictSerializer
from config.api.views import ApiViewSet
from scheduling import outbox
from scheduling.models import Appointment, Message, MessageKind, MessageState


class MessageFilterSet(filters.StrictFilterSet):
    state = filters.ChoicesFilter(choices=MessageState)
    kind = filters.ChoicesFilter(choices=MessageKind)
    channel = filters.ChoicesFilter(choices=Channel)
    appointment = filters.KeysFilter(scope=Appointment.objects.all().visible_to)
    due_after = filters.InstantFilter("due_at", "gte")
    due_before = filters.InstantFilter("due_at", "lt")


class RecipientSerializer(StrictSerializer):
    id = fields.KeyValueField()
    display_name = fields.CharField()


class MessageSerializer(StrictModelSerializer[Message]):
    """Times are those of the appointment's office."""

    recipient = serializers.SerializerMethodField()
    due_at = fields.InstantField(zone="appointment.timezone")
    not_after = fields.InstantField(zone="appointment.timezone")
    sent_at = fields.InstantField(zone="appointment.timezone", allow_null=True)
    created_at = fields.InstantField(zone="appointment.timezone")
    timezone = fields.ZoneField("appointment.timezone")

    class Meta:
        model = Message
        fields = [
            "id",
            "appointment",
            "recipient",
            "kind",
            "channel",
            "for_series",
            "due_at",
            "not_after",
            "state",
            "attempts",
            "sent_at",
            "facts_version",
            "last_error",
            "created_at",
            "timezone",
        ]
        read_only_fields = fields

    @extend_schema_field(RecipientSerializer)
    def get_recipient(self, message: Message) -> dict[str, Any]:
        return RecipientSerializer(message.guardian or message.client).data


class MessageViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, ApiViewSet[Message]
):
    serializer_class = MessageSerializer
    filterset_class = MessageFilterSet
    orderings = {"due_at": ("due_at", "pk"), "-due_at": ("-due_at", "-pk")}

    def get_queryset(self) -> QuerySet[Message]:
        return Message.objects.visible_to(self.request.user).select_related(
            "appointment__office", "client", "guardian"
        )

    @extend_schema(request=None, responses=MessageSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def retry(self, request: Request, pk: str) -> Response:
        """Send a message again that failed, or whose fate is unknown."""
        message = self.get_object()
        StrictSerializer(data=request.data).is_valid(raise_exception=True)
        outbox.retry(message)
        return Response(self.get_serializer(self.get_object()).data)
