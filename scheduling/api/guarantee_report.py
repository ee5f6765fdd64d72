"""The report of guarantees: how often it fits, and what it costs where it does not."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import fields, filters
from config.api.permissions import IsFrontDesk
from config.api.reports import ReportFilterSet, ReportView
from config.api.serializers import StrictSerializer
from scheduling.api.diary import Json
from scheduling.api.reports import (
    NOTHING,
    NamedSerializer,
    SpanReportFilterSet,
    SpanReportSerializer,
    file_name,
    named,
    named_therapist,
    narrowed,
    parameters,
    responses,
    span_of,
    spanning,
)
from scheduling.api.slots import NamedOfficeSerializer, NamedTherapistSerializer
from scheduling.reports import guarantees
from scheduling.reports.guarantees import Promise


class GuaranteeReportFilterSet(SpanReportFilterSet, ReportFilterSet):
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


class GuaranteeReportView(ReportView):
    permission_classes = (IsFrontDesk,)

    def known_parameters(self) -> set[str]:
        return GuaranteeReportFilterSet.names()

    @extend_schema(
        operation_id="report_guarantees",
        parameters=parameters(guarantees.KEYS, "therapist"),
        responses=responses(GuaranteeReportSerializer),
    )
    def get(self, request: Request) -> Response:
        """Of those who were matched in this week, unless `from` and `to` say otherwise,
        how many came, stayed, were matched again, or got their money back; at most 92
        days. `days_to_session` is the median from the intake to the first session."""
        asked = filters.checked(GuaranteeReportFilterSet(request.query_params, NOTHING))
        span = span_of(asked)
        by = asked["by"] or ["therapist"]
        found = guarantees.read(span, by=by, **narrowed(asked))
        return self.tell(
            spanning(span) | {"results": [_promise(row) for row in found]},
            Promise._fields,
            found,
            name=file_name("guarantees", span),
        )


def _promise(row: Promise) -> Json:
    return {
        "office": named(row.office, row.office_name),
        "therapist": named_therapist(row.therapist, row.therapist_name),
        "modality": named(row.modality, row.modality_name),
        **{name: getattr(row, name) for name in Promise._fields[6:]},
    }
