"""Several sessions given to other therapists in one request."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import fields
from config.api.idempotency import idempotent
from config.api.permissions import IsFrontDesk
from config.api.serializers import StrictSerializer
from config.api.views import ApiViewSet
from config.ids import uuid7
from locations.models import Room
from scheduling import orders, reassignment
from scheduling.api.changes import TellSerializer
from scheduling.api.shapes import OverrideSerializer, ReasonSerializer
from scheduling.engine.rules import Code
from scheduling.models import Appointment, Therapist
from scheduling.reassignment import Handover, NotAllAllowed, NotAllTaken, Outcome


class HandoverSerializer(StrictSerializer):
    id = fields.KeyField(scope=Appointment.objects.visible_to)
    version = fields.IntegerField(min_value=1)
    therapist = fields.KeyField(queryset=Therapist.objects.all())
    room = fields.KeyField(queryset=Room.objects.active(), required=False)


class ReassignSerializer(OverrideSerializer, TellSerializer):
    appointments = fields.ListField(child=HandoverSerializer(), allow_empty=False)
    dry_run = fields.BooleanField(required=False, default=False)


class OutcomeSerializer(StrictSerializer):
    id = fields.KeyValueField()
    version = fields.IntegerField()
    ok = fields.BooleanField()
    reasons = ReasonSerializer(many=True)


class ReassignmentSerializer(StrictSerializer):
    """What became of each session, in order of start. The id, null in a dry run, is the
    request's: it stays the same when the request is repeated with its key."""

    id = fields.KeyValueField(allow_null=True)
    appointments = OutcomeSerializer(many=True)


class ReassignmentViewSet(ApiViewSet[Appointment]):
    permission_classes = [IsFrontDesk]
    serializer_class = ReassignmentSerializer
    queryset = Appointment.objects.none()
    versions_in_body = True

    def replay(self, request: Request, object_id: UUID, status: int) -> Response:
        body: Any = request.data  # what it is was checked when it came first
        return _moved(object_id, [each["id"] for each in body["appointments"]])

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        if isinstance(exc, NotAllTaken | NotAllAllowed):
            told = OutcomeSerializer(exc.outcomes, many=True)
            response.data["appointments"] = told.data
        return response

    @extend_schema(request=ReassignSerializer, responses={200: ReassignmentSerializer})
    @idempotent
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """Give each session to the therapist that is named for it, where and when it
        is; all of them, or none.

        A refusal carries `appointments`, with what speaks against each of them. With
        `dry_run` nothing is changed. Two sessions that would change places refuse each
        other.
        """
        body = ReassignSerializer(
            data=request.data, context=self.get_serializer_context()
        )
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        handovers = [_handover(each, asked) for each in asked["appointments"]]
        outcomes = reassignment.reassign(
            handovers, now=timezone.now(), tell=asked["tell"]
        )
        if asked["dry_run"]:
            transaction.set_rollback(True)
            return _answer(None, outcomes)
        return _moved(uuid7(), [outcome.id for outcome in outcomes])


def _handover(
    each: Mapping[str, Any],  # Any: of each field
    asked: Mapping[str, Any],  # Any: of each field
) -> Handover:
    """The session keeps its time, so how far ahead that is does not matter."""
    order = orders.to_move(
        each["id"],
        starts_at=each["id"].starts_at,
        therapist=each["therapist"],
        room=each.get("room"),
        overrides=asked["override"],
        override_reason=asked["override_reason"],
    )
    return Handover(replace(order, exempt_from=[Code.HORIZON]), each["version"])


def _moved(key: UUID, sessions: Sequence[UUID | str]) -> Response:
    """The sessions as they are now."""
    rows = Appointment.objects.filter(pk__in=sessions).order_by("starts_at", "pk")
    return _answer(key, [Outcome(row.pk, row.version) for row in rows])


def _answer(key: UUID | None, outcomes: Sequence[Outcome]) -> Response:
    told = {"id": key, "appointments": outcomes}
    return Response(ReassignmentSerializer(told).data)
