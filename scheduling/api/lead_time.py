"""Lead time: how long a newcomer waits for the first free slot."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import fields, filters
from config.api.permissions import IsFrontDesk
from config.api.reports import ReportFilterSet, ReportView
from config.api.serializers import StrictSerializer
from scheduling.api.diary import Json
from scheduling.api.names import NamedOfficeSerializer, NamedSerializer, named
from scheduling.api.reports import FORMAT, responses
from scheduling.api.slots import SlotSerializer, represent
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.wall_clock import as_datetime, day_of
from scheduling.models import SessionType, Therapist
from scheduling.reports import lead_time
from scheduling.reports.lead_time import Lead

COLUMNS = ["modality", "office", "days", "starts_at", "therapist", "mode"]


class LeadTimeFilterSet(ReportFilterSet):
    session_type = filters.SlugFilter(
        queryset=SessionType.objects.filter(is_active=True), required=True
    )


class LeadSerializer(StrictSerializer):
    """At an office is in person; an office of null is by video, with whomever. No slot:
    none within 92 days."""

    modality = NamedSerializer()
    office = NamedOfficeSerializer(allow_null=True)
    days = serializers.FloatField(allow_null=True)
    slot = SlotSerializer(allow_null=True)


class LeadTimeSerializer(StrictSerializer):
    at = fields.InstantField()
    session_type = fields.CharField()
    results = LeadSerializer(many=True)


class LeadTimeView(ReportView):
    permission_classes = (IsFrontDesk,)

    def known_parameters(self) -> set[str]:
        return LeadTimeFilterSet.names()

    @extend_schema(
        operation_id="report_lead_time",
        parameters=[
            OpenApiParameter("session_type", required=True),
            FORMAT,
        ],
        responses=responses(LeadTimeSerializer),
    )
    def get(self, request: Request) -> Response:
        """The first free slot of each modality in person at each office, and by video,
        for an adult whom nobody knows yet."""
        asked = filters.checked(
            LeadTimeFilterSet(request.query_params, Therapist.objects.none())
        )
        now = int(timezone.now().timestamp())
        kind = asked["session_type"]
        found = _with_slots_told(lead_time.read(kind, now=now))
        return self.tell(
            {
                "at": fields.instant_text(as_datetime(now)),
                "session_type": kind.slug,
                "results": [_lead(row) for row in found],
            },
            COLUMNS,
            [_lead_cells(row) for row in found],
            name=f"lead-time-{day_of(now, PRACTICE_ZONE)}",
        )


def _with_slots_told(found: Sequence[Lead]) -> list[tuple[Lead, Json | None]]:
    """Each with its slot as the API tells it; all of them are told in one query."""
    told = iter(represent([row.slot for row in found if row.slot]))
    return [(row, next(told) if row.slot else None) for row in found]


def _lead(row: tuple[Lead, Json | None]) -> Json:
    lead, slot = row
    return {
        "modality": named(lead.modality.slug, lead.modality.name),
        "office": named(lead.office.slug, lead.office.name) if lead.office else None,
        "days": lead.days,
        "slot": slot,
    }


def _lead_cells(row: tuple[Lead, Json | None]) -> list[Any]:  # Any: a cell
    lead, slot = row
    office = lead.office.slug if lead.office else "by video"
    where = [lead.modality.slug, office, lead.days]
    if slot is None:
        return [*where, None, None, None]
    return [
        *where,
        slot["starts_at"],
        slot["therapist"]["display_name"],
        slot["mode"],
    ]
