"""What people decide about uncovered sessions: who could take one, or that it stays."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import fields
from config.api.idempotency import idempotent
from config.api.permissions import IsFrontDesk
from config.api.preconditions import etag
from config.api.serializers import StrictSerializer
from scheduling import appointments, coverage
from scheduling.api.changes import AppointmentChanges
from scheduling.api.coverage import UncoveredAppointmentSerializer
from scheduling.api.shapes import AppointmentSerializer


class KeepUncoveredSerializer(StrictSerializer):
    reason = fields.CharField(max_length=appointments.LONGEST_REASON)


class DecisionViewSet(AppointmentChanges):
    """Appointments about which there may be something to decide."""

    @extend_schema(responses=UncoveredAppointmentSerializer)
    @action(detail=True)
    def candidates(self, request: Request, pk: str) -> Response:
        """Who could take a session where and when it is, the most alike first; nobody
        could take one that is past or called off."""
        found = coverage.prospects(self.get_object(), now=timezone.now())
        return Response(
            UncoveredAppointmentSerializer(found).data,
            headers={"ETag": etag(found.appointment.version)},
        )

    @extend_schema(request=KeepUncoveredSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"], permission_classes=[IsFrontDesk])
    @idempotent
    def keep(self, request: Request, pk: str) -> Response:
        """Let an uncovered session take place all the same, and say why."""
        appointment, version = self.seen()
        asked = self.body(KeepUncoveredSerializer)
        kept = coverage.keep(
            appointment, reason=asked["reason"], version=version, now=timezone.now()
        )
        return self.answer(kept.pk)
