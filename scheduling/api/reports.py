"""What reports over a span of days have in common: parameters, hours and answers."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import fields, filters
from config.api.reports import FORMATS, ReportFilterSet, ReportView
from config.api.serializers import StrictSerializer
from locations.models import Office
from scheduling.api import spans
from scheduling.api.diary import Json
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import DAY, MINUTE, as_datetime, day_of, instant
from scheduling.models import Appointment

LONGEST_DAYS = 92
FORMAT = OpenApiParameter(
    "format", enum=[name for name, _ in FORMATS], description="Or `Accept: text/csv`."
)
SPAN_AND_FORMAT = [
    OpenApiParameter("from", description="A date or a time; by default Monday."),
    OpenApiParameter(
        "to", description="A date, which is included, or a time; a week by default."
    ),
    OpenApiParameter("office", description="Only these, by slug.", many=True),
    OpenApiParameter("therapist", OpenApiTypes.UUID, many=True),
    FORMAT,
]


class NarrowedSpanFilterSet(spans.SpanFilterSet):
    office = filters.SlugsFilter(queryset=Office.objects.all())
    therapist = filters.KeysFilter()


class SpanReportFilterSet(NarrowedSpanFilterSet, ReportFilterSet):
    pass


class SpanReportSerializer(StrictSerializer):
    vars()["from"] = fields.InstantField()  # a word of Python's, as in the calendar
    to = fields.InstantField()
    timezone = fields.CharField()


def parameters(keys: Sequence[str], default: str) -> list[OpenApiParameter]:
    by = OpenApiParameter(
        "by", enum=keys, many=True, description=f"By default {default}."
    )
    return [*SPAN_AND_FORMAT, by]


def responses(serializer: type[StrictSerializer]) -> dict[Any, Any]:  # Any: as it asks
    return {
        (200, "application/json"): serializer,
        (200, "text/csv"): OpenApiTypes.STR,
    }


class SpanReportView(ReportView):
    """A report of this week, unless `from` and `to` say otherwise, at most of 92 days.

    Its file is called `file`, its `columns` are the names of the `cells` of a row, and
    it is broken down `by` these unless it is asked for others, if by anything.
    """

    filterset_class: ClassVar[type[SpanReportFilterSet]] = SpanReportFilterSet
    file: ClassVar[str]
    columns: ClassVar[Sequence[str]]
    by: ClassVar[Sequence[str]] = ()

    def known_parameters(self) -> set[str]:
        names: set[str] = self.filterset_class.names()
        return names

    def read(self, span: Interval, **asked: Any) -> Sequence[Any]:  # Any: a row
        """The rows `by` what was asked for, of these `offices` and `therapists`."""
        raise NotImplementedError

    def told(self, row: Any) -> Json:  # Any: of those that were read
        raise NotImplementedError

    def cells(self, row: Any) -> Sequence[Any]:  # Any: what a cell may hold
        cells: Sequence[Any] = row
        return cells

    def narrowed(self, asked: Mapping[str, Any]) -> dict[str, list[UUID]]:
        """Of which offices and therapists it is to tell; of all, if of none."""
        return narrowed(asked)

    def report(self, request: Request) -> Response:
        asked = filters.checked(
            self.filterset_class(request.query_params, Appointment.objects.none())
        )
        span = span_of(asked)
        by = {"by": asked["by"] or self.by} if self.by else {}
        found = self.read(span, **by, **self.narrowed(asked))
        start, end = map(as_datetime, span)
        return self.tell(
            {
                "from": fields.instant_text(start),
                "to": fields.instant_text(end),
                "timezone": PRACTICE_ZONE.key,
                "results": [self.told(row) for row in found],
            },
            self.columns,
            [self.cells(row) for row in found],
            name="-".join([self.file, *days(span)]),
        )


def span_of(asked: Mapping[str, Any]) -> Interval:  # Any: what the filters have read
    return spans.asked_for(
        asked,
        start=_monday(),
        end=lambda start: instant(
            day_of(start, PRACTICE_ZONE) + timedelta(days=6),
            DAY // MINUTE,
            PRACTICE_ZONE,
        ),
        longest_days=LONGEST_DAYS,
    )


def _monday() -> int:
    """The instant at which this week began."""
    today = day_of(int(timezone.now().timestamp()), PRACTICE_ZONE)
    return instant(today - timedelta(days=today.weekday()), 0, PRACTICE_ZONE)


def narrowed(
    asked: Mapping[str, Any],  # Any: what the filters have read
) -> dict[str, list[UUID]]:
    return {"offices": asked["office"] or [], "therapists": asked["therapist"] or []}


def days(span: Interval) -> tuple[str, str]:
    """The first and the last day of a span."""
    first, last = (day_of(moment, PRACTICE_ZONE) for moment in (span[0], span[1] - 1))
    return first.isoformat(), last.isoformat()
