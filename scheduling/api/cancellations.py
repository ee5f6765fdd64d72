"""The report of cancellations: what becomes of sessions, and of the parts in them."""

from typing import Any

from drf_spectacular.utils import extend_schema
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
from scheduling.reports import cancellations
from scheduling.reports.cancellations import Outcomes


class CancellationsFilterSet(SpanReportFilterSet):
    by = filters.ChoicesFilter(choices=[(key, key) for key in cancellations.KEYS])


class OutcomesSerializer(StrictSerializer):
    """`open` is what is to come, or what nobody has closed; `refilled` are those of the
    cancelled whose hour was taken by somebody from the waitlist. `attendances` are the
    parts of clients: of a group, each counts by itself."""

    office = NamedOfficeSerializer(allow_null=True)
    therapist = NamedTherapistSerializer(allow_null=True)
    session_type = NamedSerializer(allow_null=True)
    sessions = fields.IntegerField()
    open = fields.IntegerField()
    completed = fields.IntegerField()
    cancelled = fields.IntegerField()
    late_cancelled = fields.IntegerField()
    cancelled_by_practice = fields.IntegerField()
    no_show = fields.IntegerField()
    refilled = fields.IntegerField()
    attendances = fields.IntegerField()
    attendances_expected = fields.IntegerField()
    attendances_attended = fields.IntegerField()
    attendances_cancelled = fields.IntegerField()
    attendances_late_cancelled = fields.IntegerField()
    attendances_no_show = fields.IntegerField()


class CancellationsSerializer(SpanReportSerializer):
    results = OutcomesSerializer(many=True)


class CancellationsView(SpanReportView):
    permission_classes = (IsFrontDesk,)
    filterset_class = CancellationsFilterSet
    file = "cancellations"
    columns = Outcomes._fields
    by = ("office",)

    @extend_schema(
        operation_id="report_cancellations",
        parameters=parameters(cancellations.KEYS, "office"),
        responses=responses(CancellationsSerializer),
    )
    def get(self, request: Request) -> Response:
        """What became of the sessions that start in this week, and of each client's
        part in them, unless `from` and `to` say otherwise; at most 92 days."""
        return self.report(request)

    def read(self, span: Interval, **asked: Any) -> list[Outcomes]:
        return cancellations.read(span, **asked)

    def told(self, row: Outcomes) -> Json:
        return {
            "office": named(row.office, row.office_name),
            "therapist": named_therapist(row.therapist, row.therapist_name),
            "session_type": named(row.session_type, row.session_type_name),
            **{name: getattr(row, name) for name in Outcomes._fields[6:]},
        }
