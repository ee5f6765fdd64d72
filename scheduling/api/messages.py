"""The ledger of messages: what was planned, what went out, what became of it."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils import timezone
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
from locations.models import Office
from scheduling import outbox, resolutions
from scheduling.api.caseload import clients_visible_to
from scheduling.api.names import NamedPersonSerializer, NamedUserSerializer
from scheduling.models import (
    Appointment,
    Decision,
    Message,
    MessageKind,
    MessageState,
)


class MessageFilterSet(filters.StrictFilterSet):
    spans = [("due_after", "due_before")]

    state = filters.ChoicesFilter(choices=MessageState)
    kind = filters.ChoicesFilter(choices=MessageKind)
    channel = filters.ChoicesFilter(choices=Channel)
    appointment = filters.KeysFilter(scope=Appointment.objects.all().visible_to)
    office = filters.SlugsFilter("appointment__office", queryset=Office.objects.all())
    client = filters.KeysFilter("client", scope=clients_visible_to)
    recipient = filters.KeysFilter(method="to_people")
    needs_attention = filters.FlagFilter(method="that_somebody_must_see_to")
    due_after = filters.InstantFilter("due_at", "gte")
    due_before = filters.InstantFilter("due_at", "lt")

    def to_people(
        self, rows: QuerySet[Message], name: str, keys: list[UUID]
    ) -> QuerySet[Message]:
        """To these clients or guardians, by the indexes of either."""
        to_clients = Q(client__in=keys, guardian__isnull=True)
        return rows.filter(to_clients | Q(guardian__in=keys))

    def that_somebody_must_see_to(
        self,
        rows: QuerySet[Message],
        name: str,
        value: bool,  # noqa: FBT001
    ) -> QuerySet[Message]:
        stuck = Message.objects.stuck(timezone.now())
        # An intersection is one list that an index finds, a list of keys is not.
        return rows & stuck if value else rows.exclude(pk__in=stuck.values("pk"))


class ResolutionSerializer(StrictSerializer):
    decision = fields.ChoiceField(choices=Decision.choices)
    note = fields.CharField(allow_blank=True)
    by = NamedUserSerializer(allow_null=True)
    at = fields.InstantField(zone="message.appointment.timezone")


class ResolveSerializer(StrictSerializer):
    """What was decided about a message that did not, or may not, have arrived."""

    decision = fields.ChoiceField(choices=Decision.choices)
    note = fields.CharField(
        required=False, default="", allow_blank=True, max_length=500
    )


class MessageSerializer(StrictModelSerializer[Message]):
    """Times are those of the appointment's office. `resolution` is what somebody
    decided about a message that failed, or whose fate is unknown."""

    recipient = serializers.SerializerMethodField()
    due_at = fields.InstantField(zone="appointment.timezone")
    not_after = fields.InstantField(zone="appointment.timezone")
    sent_at = fields.InstantField(zone="appointment.timezone", allow_null=True)
    created_at = fields.InstantField(zone="appointment.timezone")
    timezone = fields.ZoneField("appointment.timezone")
    last_error = fields.CharField(
        allow_blank=True,
        help_text="Why the last try failed, or why it was `cancelled`: `opted_out` "
        "(the number wants no texts), `sms_cap` (enough texts to it), `not_open` (no "
        "way to them is open), `not_told` (the plan leaves it out), empty if another "
        "message took its place or nothing is to be told any more.",
    )
    resolution = ResolutionSerializer(allow_null=True)

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
            "resolution",
            "created_at",
            "timezone",
        ]
        read_only_fields = fields

    @extend_schema_field(NamedPersonSerializer)
    def get_recipient(self, message: Message) -> dict[str, Any]:
        return NamedPersonSerializer(message.guardian or message.client).data


class MessageViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, ApiViewSet[Message]
):
    serializer_class = MessageSerializer
    filterset_class = MessageFilterSet
    orderings = {"due_at": ("due_at", "pk"), "-due_at": ("-due_at", "-pk")}

    def get_queryset(self) -> QuerySet[Message]:
        return Message.objects.visible_to(self.request.user).select_related(
            "appointment__office", "client", "guardian", "resolution__by"
        )

    @extend_schema(request=None, responses=MessageSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def retry(self, request: Request, pk: str) -> Response:
        """Send a message again that failed, or whose fate is unknown; also one that has
        been resolved, which it then is no longer."""
        message = self.get_object()
        StrictSerializer(data=request.data).is_valid(raise_exception=True)
        outbox.retry(message)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=ResolveSerializer, responses=MessageSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def resolve(self, request: Request, pk: str) -> Response:
        """Decide that a message that failed, or whose fate is unknown, need not be sent
        again: it leaves the work list. A later decision takes an earlier one's place.
        """
        message = self.get_object()
        body = ResolveSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        resolutions.resolve(
            message,
            decision=Decision(body.validated_data["decision"]),
            note=body.validated_data["note"],
            by=request.user if isinstance(request.user, User) else None,
            now=timezone.now(),
        )
        return Response(self.get_serializer(self.get_object()).data)
