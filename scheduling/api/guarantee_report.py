"""The report of guarantees: how often it fits, and what it costs where it does not."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import fields, filters
from config.api.permissions import IsFrontDesk
from config.api.serializers import StrictSerializer
from scheduling.api.diary import Json
from scheduling.api.names import (
    NamedOfficeSerializer,
    NamedSerializer,
    NamedTherapistSerializer,
    named,
    named_therapist,
)
from scheduling.api.reports import (
    SpanReportFilterSet,
    SpanReportSerializer,
    SpanReportView,
    parameters,
    responses,
)
from scheduling.engine.intervals import Interval
from scheduling.reports import guarantees
from scheduling.reports.guarantees import Promise


class GuaranteeReportFilterSet(SpanReportFilterSet):
    by = filters.ChoicesFilter(choices=[(key, key) for key in guarantees.KEYS])


class PromiseSerializer(StrictSerializer):
    """What was not asked for by `by` is null; so is the office of who has no session
    yet. By modality, each counts for every one that the therapist practises."""

    office = NamedOfficeSerializer(allow_null=True)
    therapist = NamedTherapistSerializer(allow_null=True)
    modality = NamedSerializer(allow_null=True)
    matched = fields.IntegerField()
    attended = fields.IntegerField()
    continued = fields.IntegerField()
    rematched = fields.IntegerField()
    refund_asked = fields.IntegerField()
    refunded = fields.IntegerField()
    refunded_cents = fields.IntegerField()
    declined = fields.IntegerField()
    days_to_session = serializers.FloatField(allow_null=True)


class GuaranteeReportSerializer(SpanReportSerializer):
    results = PromiseSerializer(many=True)


class GuaranteeReportView(SpanReportView):
    permission_classes = (IsFrontDesk,)
    filterset_class = GuaranteeReportFilterSet
    file = "guarantees"
    columns = Promise._fields
    by = ("therapist",)

    @extend_schema(
        operation_id="report_guarantees",
        parameters=parameters(guarantees.KEYS, "therapist"),
        responses=responses(GuaranteeReportSerializer),
    )
    def get(self, request: Request) -> Response:
        """Of those who were matched in this week, unless `from` and `to` say otherwise,
        how many came, stayed, were matched again, or got their money back; at most 92
        days. `days_to_session` is the median from the intake to the first session."""
        return self.report(request)

    def read(self, span: Interval, **asked: Any) -> list[Promise]:
        return guarantees.read(span, **asked)

    def told(self, row: Promise) -> Json:
        return {
            "office": named(row.office, row.office_name),
            "therapist": named_therapist(row.therapist, row.therapist_name),
            "modality": named(row.modality, row.modality_name),
            **{name: getattr(row, name) for name in Promise._fields[6:]},
        }
