"""Reports: how full the hours are, and what becomes of sessions and of messages."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from clients.models import Channel
from config.api import fields, filters
from config.api.documents import DocumentView
from config.api.permissions import IsFrontDesk, IsTherapist
from config.api.reports import FORMATS, ReportFilterSet, ReportView
from config.api.serializers import StrictSerializer
from config.content import own_content_only
from config.roles import Role, has_role
from locations.models import Office
from scheduling.api import spans
from scheduling.api.diary import Json
from scheduling.api.slots import (
    NamedOfficeSerializer,
    NamedTherapistSerializer,
)
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import DAY, MINUTE, as_datetime, day_of, instant
from scheduling.models import Appointment, MessageKind, Therapist
from scheduling.reports import cancellations, heat_map, messages, utilisation
from scheduling.reports.cancellations import Outcomes
from scheduling.reports.messages import Traffic
from scheduling.reports.utilisation import Usage

LONGEST_DAYS = 92
NOTHING = Appointment.objects.none()


class SpanReportFilterSet(spans.SpanFilterSet):
    office = filters.SlugsFilter(queryset=Office.objects.all())
    therapist = filters.KeysFilter()


class UtilisationFilterSet(SpanReportFilterSet, ReportFilterSet):
    by = filters.ChoicesFilter(choices=[(key, key) for key in utilisation.KEYS])


class CancellationsFilterSet(SpanReportFilterSet, ReportFilterSet):
    by = filters.ChoicesFilter(choices=[(key, key) for key in cancellations.KEYS])


class MessagesFilterSet(SpanReportFilterSet, ReportFilterSet):
    pass


class NamedSerializer(StrictSerializer):
    slug = fields.CharField()
    name = fields.CharField()


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


class SpanReportSerializer(StrictSerializer):
    vars()["from"] = fields.InstantField()  # a word of Python's, as in the calendar
    to = fields.InstantField()
    timezone = fields.CharField()


class UtilisationSerializer(SpanReportSerializer):
    results = UsageSerializer(many=True)


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


class TrafficSerializer(StrictSerializer):
    """Messages due on a day. `planned` is `waiting`, `sent`, `failed`, `unknown` and
    `expired` together, without those called off since; `sent` has `delivered` in it."""

    date = fields.LocalDateField()
    kind = fields.ChoiceField(choices=MessageKind.choices)
    channel = fields.ChoiceField(choices=Channel.choices)
    planned = fields.IntegerField()
    waiting = fields.IntegerField()
    sent = fields.IntegerField()
    delivered = fields.IntegerField()
    failed = fields.IntegerField()
    unknown = fields.IntegerField()
    expired = fields.IntegerField()
    answered = fields.IntegerField()


class MessageReportSerializer(SpanReportSerializer):
    results = TrafficSerializer(many=True)


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


class UtilisationView(ReportView):
    """Of everybody for the front desk; of themselves for therapists."""

    finds_by_parameter = True  # a colleague is not found
    permission_classes = (IsFrontDesk | IsTherapist,)

    def known_parameters(self) -> set[str]:
        return UtilisationFilterSet.names()

    @extend_schema(
        operation_id="report_utilisation",
        parameters=parameters(utilisation.KEYS, "office"),
        responses=responses(UtilisationSerializer),
    )
    def get(self, request: Request) -> Response:
        """How much of the hours is booked, in minutes; this week, unless `from` and
        `to` say otherwise; at most 92 days. Therapists are told of themselves, and of
        a colleague 404."""
        asked = filters.checked(UtilisationFilterSet(request.query_params, NOTHING))
        span = span_of(asked)
        by = asked["by"] or ["office"]
        found = utilisation.read(span, by=by, **_narrowed_for(request, asked))
        return self.tell(
            spanning(span) | {"results": [_usage(row) for row in found]},
            [*Usage._fields, "utilisation"],
            [[*row, row.utilisation] for row in found],
            name=file_name("utilisation", span),
        )


class CancellationsView(ReportView):
    permission_classes = (IsFrontDesk,)

    def known_parameters(self) -> set[str]:
        return CancellationsFilterSet.names()

    @extend_schema(
        operation_id="report_cancellations",
        parameters=parameters(cancellations.KEYS, "office"),
        responses=responses(CancellationsSerializer),
    )
    def get(self, request: Request) -> Response:
        """What became of the sessions that start in this week, and of each client's
        part in them, unless `from` and `to` say otherwise; at most 92 days."""
        asked = filters.checked(CancellationsFilterSet(request.query_params, NOTHING))
        span = span_of(asked)
        by = asked["by"] or ["office"]
        found = cancellations.read(span, by=by, **narrowed(asked))
        return self.tell(
            spanning(span) | {"results": [_outcomes(row) for row in found]},
            Outcomes._fields,
            found,
            name=file_name("cancellations", span),
        )


class MessageReportView(ReportView):
    permission_classes = (IsFrontDesk,)

    def known_parameters(self) -> set[str]:
        return MessagesFilterSet.names()

    @extend_schema(
        operation_id="report_messages",
        parameters=SPAN_AND_FORMAT,
        responses=responses(MessageReportSerializer),
    )
    def get(self, request: Request) -> Response:
        """What became of the messages due in this week, by day, kind and channel, and
        how many of them were answered; unless `from` and `to` say otherwise; at most
        92 days."""
        asked = filters.checked(MessagesFilterSet(request.query_params, NOTHING))
        span = span_of(asked)
        found = messages.read(span, **narrowed(asked))
        return self.tell(
            spanning(span) | {"results": [_traffic(row) for row in found]},
            Traffic._fields,
            found,
            name=file_name("messages", span),
        )


@method_decorator(own_content_only, name="dispatch")
class HeatMapView(DocumentView):
    """Utilisation by office, weekday and hour, as a picture; for whom it is told."""

    permission_classes = (IsFrontDesk | IsTherapist,)

    def known_parameters(self) -> set[str]:
        return SpanReportFilterSet.names()

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        asked = filters.checked(SpanReportFilterSet(request.query_params, NOTHING))
        span = span_of(asked)
        by = ["office", "weekday", "hour"]
        found = utilisation.read(span, by=by, **_narrowed_for(request, asked))
        first, last = _days(span)
        picture = heat_map.draw(
            found, title=f"Share of hours that is booked, %, {first} to {last}"
        )
        return HttpResponse(picture, content_type="image/svg+xml; charset=utf-8")


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


def narrowed(asked: Mapping[str, Any]) -> dict[str, list[UUID]]:
    return {"offices": asked["office"] or [], "therapists": asked["therapist"] or []}


def _narrowed_for(
    request: Request,
    asked: Mapping[str, Any],  # Any: what the filters have read
) -> dict[str, list[UUID]]:
    """As `narrowed`, and for therapists to themselves. Raises `NotFound` for others."""
    if has_role(request.user, Role.FRONT_DESK):
        return narrowed(asked)
    theirs = Therapist.objects.with_calendar_visible_to(request.user)
    own = list(theirs.values_list("pk", flat=True))
    if not own or not set(asked["therapist"] or ()) <= set(own):
        raise NotFound
    return narrowed(asked) | {"therapists": own}


def _days(span: Interval) -> tuple[str, str]:
    """The first and the last day of a span."""
    first, last = (day_of(moment, PRACTICE_ZONE) for moment in (span[0], span[1] - 1))
    return first.isoformat(), last.isoformat()


def file_name(report: str, span: Interval) -> str:
    return "-".join([report, *_days(span)])


def spanning(span: Interval) -> Json:
    start, end = map(as_datetime, span)
    return {
        "from": fields.instant_text(start),
        "to": fields.instant_text(end),
        "timezone": PRACTICE_ZONE.key,
    }


def _usage(row: Usage) -> Json:
    return {
        "office": named(row.office, row.office_name),
        "therapist": named_therapist(row.therapist, row.therapist_name),
        **{name: getattr(row, name) for name in Usage._fields[4:]},
        "utilisation": row.utilisation,
    }


def _outcomes(row: Outcomes) -> Json:
    return {
        "office": named(row.office, row.office_name),
        "therapist": named_therapist(row.therapist, row.therapist_name),
        "session_type": named(row.session_type, row.session_type_name),
        **{name: getattr(row, name) for name in Outcomes._fields[6:]},
    }


def _traffic(row: Traffic) -> Json:
    return row._asdict() | {"date": row.date.isoformat()}


def named(slug: str | None, name: str | None) -> Json | None:
    return None if slug is None else {"slug": slug, "name": name}


def named_therapist(key: UUID | None, name: str | None) -> Json | None:
    return None if key is None else {"id": str(key), "display_name": name}
