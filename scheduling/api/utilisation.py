"""Utilisation: how full the hours are, as figures and as a picture."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import fields, filters
from config.api.documents import DocumentView
from config.api.permissions import IsFrontDesk, IsTherapist
from config.api.serializers import StrictSerializer
from config.content import own_content_only
from config.roles import Role, has_role
from scheduling.api import reports
from scheduling.api.diary import Json
from scheduling.api.names import (
    NamedOfficeSerializer,
    NamedTherapistSerializer,
    named,
    named_therapist,
)
from scheduling.api.reports import (
    NarrowedSpanFilterSet,
    SpanReportFilterSet,
    SpanReportSerializer,
    SpanReportView,
)
from scheduling.engine.intervals import Interval
from scheduling.models import Appointment, Therapist
from scheduling.reports import heat_map, utilisation
from scheduling.reports.utilisation import Usage


class UtilisationFilterSet(SpanReportFilterSet):
    by = filters.ChoicesFilter(choices=[(key, key) for key in utilisation.KEYS])


class UsageSerializer(StrictSerializer):
    """What was not asked for by `by` is null; so is the office of video from elsewhere,
    and the share where there are no hours. It is over 1 where more was booked."""

    office = NamedOfficeSerializer(allow_null=True)
    therapist = NamedTherapistSerializer(allow_null=True)
    weekday = fields.IntegerField(allow_null=True)
    hour = fields.IntegerField(allow_null=True)
    available_minutes = fields.IntegerField()
    booked_minutes = fields.IntegerField()
    utilisation = serializers.FloatField(allow_null=True)


class UtilisationSerializer(SpanReportSerializer):
    results = UsageSerializer(many=True)


class UtilisationView(SpanReportView):
    """Of everybody for the front desk; of themselves for therapists."""

    finds_by_parameter = True  # a colleague is not found
    permission_classes = (IsFrontDesk | IsTherapist,)
    filterset_class = UtilisationFilterSet
    file = "utilisation"
    columns = (*Usage._fields, "utilisation")
    by = ("office",)

    @extend_schema(
        operation_id="report_utilisation",
        parameters=reports.parameters(utilisation.KEYS, "office"),
        responses=reports.responses(UtilisationSerializer),
    )
    def get(self, request: Request) -> Response:
        """How much of the hours is booked, in minutes; this week, unless `from` and
        `to` say otherwise; at most 92 days. Therapists are told of themselves, and of
        a colleague 404."""
        return self.report(request)

    def read(self, span: Interval, **asked: Any) -> list[Usage]:
        return utilisation.read(span, **asked)

    def told(self, row: Usage) -> Json:
        return {
            "office": named(row.office, row.office_name),
            "therapist": named_therapist(row.therapist, row.therapist_name),
            **{name: getattr(row, name) for name in Usage._fields[4:]},
            "utilisation": row.utilisation,
        }

    def cells(self, row: Usage) -> Sequence[Any]:
        return [*row, row.utilisation]

    def narrowed(self, asked: Mapping[str, Any]) -> dict[str, list[UUID]]:
        return _narrowed_for(self.request, asked)


@method_decorator(own_content_only, name="dispatch")
class HeatMapView(DocumentView):
    """Utilisation by office, weekday and hour, as a picture; for whom it is told."""

    permission_classes = (IsFrontDesk | IsTherapist,)

    def known_parameters(self) -> set[str]:
        return NarrowedSpanFilterSet.names()

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        asked = filters.checked(
            NarrowedSpanFilterSet(request.query_params, Appointment.objects.none())
        )
        span = reports.span_of(asked)
        by = ["office", "weekday", "hour"]
        found = utilisation.read(span, by=by, **_narrowed_for(request, asked))
        first, last = reports.days(span)
        picture = heat_map.draw(
            found, title=f"Share of hours that is booked, %, {first} to {last}"
        )
        return HttpResponse(picture, content_type="image/svg+xml; charset=utf-8")


def _narrowed_for(
    request: Request,
    asked: Mapping[str, Any],  # Any: what the filters have read
) -> dict[str, list[UUID]]:
    """For therapists, narrowed to themselves. Raises `NotFound` for others."""
    narrowed = reports.narrowed(asked)
    if has_role(request.user, Role.FRONT_DESK):
        return narrowed
    theirs = Therapist.objects.with_calendar_visible_to(request.user)
    own = list(theirs.values_list("pk", flat=True))
    if not own or not set(narrowed["therapists"]) <= set(own):
        raise NotFound
    return narrowed | {"therapists": own}
