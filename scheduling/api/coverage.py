"""How uncovered sessions are told, wherever a change leaves some."""

from typing import Any

from config.api import fields
from config.api.serializers import StrictSerializer
from scheduling.api.names import (
    NamedOfficeSerializer,
    NamedRoomSerializer,
    NamedTherapistSerializer,
)
from scheduling.uncovered import EXPLANATIONS, Cause

CAUSES = [(cause, cause) for cause in Cause]


class NamedClientSerializer(StrictSerializer):
    id = fields.KeyValueField(source="client_id")
    display_name = fields.CharField(source="client.display_name")


class CauseSerializer(StrictSerializer):
    code = fields.ChoiceField(choices=CAUSES)
    detail = fields.CharField()

    def to_representation(self, instance: Cause) -> dict[str, Any]:
        return {"code": str(instance), "detail": EXPLANATIONS[instance]}


class UncoveredAppointmentSerializer(StrictSerializer):
    """A session that the books no longer allow, why, and who could take it, the most
    alike first. `rooms` are those it could move to when its own is out of use."""

    id = fields.KeyValueField(source="appointment.pk")
    version = fields.IntegerField(source="appointment.version")
    starts_at = fields.InstantField(
        zone="appointment.timezone", source="appointment.starts_at"
    )
    ends_at = fields.InstantField(
        zone="appointment.timezone", source="appointment.ends_at"
    )
    timezone = fields.CharField(source="appointment.timezone")
    therapist = NamedTherapistSerializer(source="appointment.therapist")
    office = NamedOfficeSerializer(source="appointment.office", allow_null=True)
    session_type = fields.CharField(source="appointment.session_type.slug")
    clients = NamedClientSerializer(source="appointment.attendances.all", many=True)
    reasons = CauseSerializer(source="causes", many=True)
    candidates = NamedTherapistSerializer(many=True)
    rooms = NamedRoomSerializer(many=True)


class UncoveredSerializer(StrictSerializer):
    """What a removal leaves uncovered."""

    uncovered_appointments = UncoveredAppointmentSerializer(many=True)
