"""The work list: what waits for a person to decide, in one list."""

from datetime import datetime
from uuid import UUID

from django.core import signing
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from clients.models import Channel
from config.api import fields, filters, pagination
from config.api.permissions import IsFrontDesk
from config.api.serializers import StrictSerializer
from config.api.views import ApiViewSet
from locations.models import Office
from scheduling import work_list
from scheduling.api.coverage import CauseSerializer, NamedClientSerializer
from scheduling.api.names import (
    NamedOfficeSerializer,
    NamedPersonSerializer,
    NamedTherapistSerializer,
)
from scheduling.api.replies import ReplySerializer
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    GuaranteeState,
    MessageKind,
    MessageState,
    NoFit,
)
from scheduling.uncovered import Scope
from scheduling.work_list import Position, WorkItem, WorkKind

CURSOR = "work items"


class WorkItemFilterSet(filters.StrictFilterSet):
    """What to show. It selects nothing by itself: the list does."""

    kind = filters.ChoicesFilter(choices=WorkKind)
    office = filters.SlugsFilter(queryset=Office.objects.all())
    therapist = filters.KeysFilter()


class ConcernedAppointmentSerializer(StrictSerializer):
    id = fields.KeyValueField()
    version = fields.IntegerField()
    status = fields.ChoiceField(choices=AppointmentStatus.choices)
    starts_at = fields.InstantField(zone="timezone")
    ends_at = fields.InstantField(zone="timezone")
    timezone = fields.CharField()
    therapist = NamedTherapistSerializer()
    office = NamedOfficeSerializer(allow_null=True)
    clients = NamedClientSerializer(source="attendances.all", many=True)


class StuckMessageSerializer(StrictSerializer):
    id = fields.KeyValueField()
    kind = fields.ChoiceField(choices=MessageKind.choices)
    channel = fields.ChoiceField(choices=Channel.choices)
    state = fields.ChoiceField(choices=MessageState.choices)
    last_error = fields.CharField(allow_blank=True)


class WaitingGuaranteeSerializer(StrictSerializer):
    """One under which another therapist, until `credit_until`, or the money back is
    wanted."""

    id = fields.KeyValueField()
    version = fields.IntegerField()
    state = fields.ChoiceField(choices=GuaranteeState.choices)
    client = NamedPersonSerializer()
    reason = fields.ChoiceField(source="current.reason", choices=NoFit.choices)
    credit_until = fields.LocalDateField(allow_null=True)


class WorkItemSerializer(StrictSerializer):
    """`at` is when the session starts, the message was due, the reply came, or another
    therapist, or the money back, was asked for.

    `reasons` say why a session is uncovered. A reply may be about no `appointment`.
    """

    kind = fields.ChoiceField(choices=WorkKind.choices)
    at = fields.InstantField(zone="timezone")
    reasons = CauseSerializer(source="causes", many=True)
    appointment = ConcernedAppointmentSerializer(allow_null=True)
    message = StuckMessageSerializer(allow_null=True)
    reply = ReplySerializer(allow_null=True)
    guarantee = WaitingGuaranteeSerializer(allow_null=True)


class WorkItemViewSet(ApiViewSet[Appointment]):
    """Past sessions that nobody closed, sessions that the books no longer allow,
    messages that did not arrive, replies that nobody has dealt with, and guarantees
    that wait for a decision, in order of time. Who could take an uncovered session is
    told at its own address."""

    permission_classes = [IsFrontDesk]
    serializer_class = WorkItemSerializer
    filterset_class = WorkItemFilterSet
    queryset = Appointment.objects.none()

    def list(self, request: Request) -> Response:
        limit, after = pagination.limit_of(request), _position(request)
        asked = filters.checked(WorkItemFilterSet(request.query_params, self.queryset))
        scope = Scope(therapists=asked["therapist"], offices=asked["office"])
        found = work_list.items(
            [WorkKind(kind) for kind in asked["kind"] or WorkKind],
            scope,
            now=timezone.now(),
            limit=limit + 1,
            after=after,
        )
        page = found[:limit]
        following = _following(request, page[-1]) if len(found) > limit else None
        told = self.get_serializer(page, many=True).data
        return Response({"next": following, "previous": None, "results": told})


def _position(request: Request) -> Position | None:
    text = pagination.single(request, "cursor")
    if text is None:
        return None
    try:
        at, key = signing.loads(text, salt=CURSOR)
    except signing.BadSignature:
        raise pagination.invalid_parameter(
            "cursor", "This is not a cursor of this list."
        ) from None
    return Position(datetime.fromisoformat(at), UUID(key))


def _following(request: Request, last: WorkItem) -> str:
    at, key = last.position
    cursor = signing.dumps([at.isoformat(), str(key)], salt=CURSOR)
    here = remove_query_param(request.build_absolute_uri(), "cursor")
    return replace_query_param(here, "cursor", cursor)
