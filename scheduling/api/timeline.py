"""The timeline of an appointment, as the front desk reads it on the telephone."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clients.models import Channel
from config.api import fields
from config.api.permissions import IsFrontDesk
from config.api.serializers import StrictSerializer
from config.api.views import StrictView
from scheduling import timeline
from scheduling.api.names import (
    NamedOfficeSerializer,
    NamedPersonSerializer,
    NamedRoomSerializer,
    NamedTherapistSerializer,
    NamedUserSerializer,
)
from scheduling.models import Appointment, Decision, MessageKind, MessageState, Mode
from scheduling.timeline import Happening


class ThereField(fields.InstantField):
    """A moment on the clock of the appointment's office."""

    def get_attribute(self, instance: Any) -> Any:  # Any: as the base
        moment = super().get_attribute(instance)
        return moment and moment.astimezone(self.context["zone"])


class PlaceSerializer(StrictSerializer):
    """When, where and with whom the appointment was from then on."""

    starts_at = ThereField()
    ends_at = ThereField()
    therapist = NamedTherapistSerializer()
    office = NamedOfficeSerializer(allow_null=True)
    room = NamedRoomSerializer(allow_null=True)
    mode = fields.ChoiceField(choices=Mode.choices)
    override_reason = fields.CharField(
        allow_blank=True,
        help_text="Why rules were set aside for it; empty if none were.",
    )


class TimelineMessageSerializer(StrictSerializer):
    """The message as it was then; `code` says what went wrong, if something did. One
    `for_series` may be about an earlier occurrence and speak of this one, too."""

    id = fields.KeyValueField()
    appointment = fields.KeyValueField(source="appointment_id")
    recipient = serializers.SerializerMethodField()
    kind = fields.ChoiceField(choices=MessageKind.choices)
    channel = fields.ChoiceField(choices=Channel.choices)
    state = fields.ChoiceField(choices=MessageState.choices)
    for_series = fields.BooleanField()
    due_at = ThereField()
    next_attempt_at = ThereField(allow_null=True)
    attempts = fields.IntegerField()
    code = fields.CharField(source="last_error", allow_blank=True)

    @extend_schema_field(NamedPersonSerializer)
    def get_recipient(self, message: Any) -> dict[str, Any]:  # Any: a row of history
        return NamedPersonSerializer(message.guardian or message.client).data


class DecidedSerializer(StrictSerializer):
    decision = fields.ChoiceField(choices=Decision.choices)
    note = fields.CharField(allow_blank=True)


class EntrySerializer(StrictSerializer):
    """One thing that happened. `via` is by which way it came: `staff` with who did it
    in `by`, `system`, or the client's own way. What an entry is not about is null."""

    at = ThereField()
    event = fields.ChoiceField(source="happening", choices=Happening.choices)
    by = NamedUserSerializer(allow_null=True)
    via = fields.CharField()
    place = PlaceSerializer(allow_null=True)
    client = NamedPersonSerializer(allow_null=True)
    message = TimelineMessageSerializer(allow_null=True)
    resolution = DecidedSerializer(allow_null=True)


class TimelineSerializer(StrictSerializer):
    """In order of time. Of a very long history the oldest part is left out: then
    `is_whole` is false."""

    timezone = fields.CharField()
    is_whole = fields.BooleanField()
    entries = EntrySerializer(many=True)


class TimelineView(StrictView):
    permission_classes = [IsFrontDesk]

    @extend_schema(operation_id="appointment_timeline", responses=TimelineSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """What became of an appointment and of each message about it: booked, moved,
        planned, tried, sent, delivered, decided, and by whom."""
        rows = Appointment.objects.visible_to(request.user).select_related("office")
        appointment = get_object_or_404(rows, pk=pk)
        found = timeline.of(appointment)
        told = {
            "timezone": appointment.timezone,
            "is_whole": found.is_whole,
            "entries": found.entries,
        }
        context = {"zone": ZoneInfo(appointment.timezone)}
        return Response(TimelineSerializer(told, context=context).data)
