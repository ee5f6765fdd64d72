"""How uncovered sessions are told, wherever a change leaves some."""

from config.api import fields
from config.api.serializers import StrictSerializer
from scheduling.api.slots import NamedOfficeSerializer, NamedTherapistSerializer


class NamedClientSerializer(StrictSerializer):
    id = fields.KeyValueField(source="client_id")
    display_name = fields.CharField(source="client.display_name")


class UncoveredAppointmentSerializer(StrictSerializer):
    """A session without its therapist, and who could take it, the most alike first."""

    id = fields.KeyValueField(source="appointment.pk")
    starts_at = fields.InstantField(
        zone="appointment.timezone", source="appointment.starts_at"
    )
    ends_at = fields.InstantField(
        zone="appointment.timezone", source="appointment.ends_at"
    )
    timezone = fields.CharField(source="appointment.timezone")
    office = NamedOfficeSerializer(source="appointment.office", allow_null=True)
    session_type = fields.CharField(source="appointment.session_type.slug")
    clients = NamedClientSerializer(source="appointment.attendances.all", many=True)
    candidates = NamedTherapistSerializer(many=True)
