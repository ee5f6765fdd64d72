"""A therapist's calendar in one read: sessions, hours and time off."""

from collections.abc import Set
from datetime import datetime, timedelta
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import (
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import fields, filters
from config.api.permissions import IsStaff
from config.api.serializers import StrictSerializer
from config.api.views import StrictView
from config.roles import Role, has_role
from scheduling import availability, diaries
from scheduling.api import diary, spans
from scheduling.api.caseload import NEVER_BOOKED
from scheduling.api.diary import (
    CalendarAppointmentSerializer,
    Json,
    Places,
    WindowSerializer,
)
from scheduling.api.names import NamedOfficeSerializer, NamedTherapistSerializer
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import DAY, MINUTE, as_datetime, day_of, instant
from scheduling.models import (
    CANCELLED,
    Appointment,
    AppointmentStatus,
    Therapist,
    TimeOff,
)

LONGEST_DAYS = 92


class CalendarFilterSet(spans.SpanFilterSet):
    include_cancelled = filters.FlagFilter()


class CalendarTimeOffSerializer(StrictSerializer):
    id = fields.KeyValueField()
    starts_at = fields.InstantField()
    ends_at = fields.InstantField()
    note = fields.CharField(allow_blank=True)


class CalendarSerializer(StrictSerializer):
    therapist = NamedTherapistSerializer()
    vars()["from"] = fields.InstantField()
    to = fields.InstantField()
    timezone = fields.CharField()
    appointments = CalendarAppointmentSerializer(many=True)
    availability = WindowSerializer(many=True)
    time_off = CalendarTimeOffSerializer(many=True)


class BusySpanSerializer(StrictSerializer):
    starts_at = fields.InstantField()
    ends_at = fields.InstantField()
    office = NamedOfficeSerializer(allow_null=True)


class BusyCalendarSerializer(StrictSerializer):
    """A colleague's: when they are busy and where, not with whom or with what."""

    therapist = NamedTherapistSerializer()
    vars()["from"] = fields.InstantField()
    to = fields.InstantField()
    timezone = fields.CharField()
    busy = BusySpanSerializer(many=True)


class CalendarView(StrictView):
    permission_classes = [IsStaff]

    def known_parameters(self) -> set[str]:
        return CalendarFilterSet.names()

    @extend_schema(
        operation_id="therapist_calendar",
        parameters=[
            OpenApiParameter(
                "from", description="A date, or a time; by default Monday."
            ),
            OpenApiParameter(
                "to",
                description="A date, which is included, or a time; a week by default.",
            ),
            OpenApiParameter("include_cancelled", bool),
        ],
        responses=PolymorphicProxySerializer(
            component_name="TherapistCalendar",
            serializers=[CalendarSerializer, BusyCalendarSerializer],
            resource_type_field_name=None,
        ),
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """This week, unless `from` and `to` say otherwise; at most 92 days.

        The front desk sees everyone's, therapists their own. Of others they see `busy`.
        """
        asked = filters.checked(
            CalendarFilterSet(request.query_params, Appointment.objects.none())
        )
        everyone = Therapist.objects.visible_to(request.user)
        therapist = get_object_or_404(everyone, pk=pk)
        span = spans.asked_for(
            asked,
            start=_monday(timezone.now()),
            end=_week_after,
            longest_days=LONGEST_DAYS,
        )
        open_to_caller = Therapist.objects.with_calendar_visible_to(request.user)
        if open_to_caller.filter(pk=pk).exists():
            hidden = {AppointmentStatus.RELEASED}
            if not asked["include_cancelled"]:
                hidden.update(CANCELLED)
            names_all = has_role(request.user, Role.FRONT_DESK)
            content = _everything(therapist, span, hidden, names_all=names_all)
        else:
            content = {"busy": _busy(therapist, span, diary.places())}
        return Response(
            {
                "therapist": diary.named(therapist),
                "from": fields.instant_text(as_datetime(span.start)),
                "to": fields.instant_text(as_datetime(span.end)),
                "timezone": PRACTICE_ZONE.key,
                **content,
            }
        )


def _monday(now: datetime) -> int:
    """The instant at which this week began."""
    today = day_of(int(now.timestamp()), PRACTICE_ZONE)
    return instant(today - timedelta(days=today.weekday()), 0, PRACTICE_ZONE)


def _week_after(start: int) -> int:
    last = day_of(start, PRACTICE_ZONE) + timedelta(days=6)
    return instant(last, DAY // MINUTE, PRACTICE_ZONE)


def _busy(therapist: Therapist, span: Interval, places: Places) -> list[Json]:
    start, end = map(as_datetime, span)
    rows = Appointment.objects.filter(therapist=therapist).overlapping(start, end)
    rows = rows.occupying().order_by("starts_at", "pk")
    return [
        {**diary.times(start, end, place.zone), "office": place.office}
        for start, end, office in rows.values_list("starts_at", "ends_at", "office")
        for place in [places[office]]
    ]


def _everything(
    therapist: Therapist,
    span: Interval,
    hidden: Set[AppointmentStatus],
    *,
    names_all: bool,
) -> Json:
    """Unless it `names_all`, without those for whom an hour is only kept."""
    places = diary.places()
    rows = diaries.of_therapist(therapist.pk, span, hidden=hidden)
    if not names_all:
        rows = [
            row._replace(clients=None) if row.status in NEVER_BOOKED else row
            for row in rows
        ]
    return {
        "appointments": diary.appointments(rows, places),
        "availability": _availability(therapist, span, places),
        "time_off": _time_off(therapist, span),
    }


def _availability(therapist: Therapist, span: Interval, places: Places) -> list[Json]:
    key = str(therapist.pk)
    hours = availability.almanac([key], span).hours(span).get(key, {})
    return [diary.told(window, places) for window in diary.windows(hours, span)]


def _time_off(therapist: Therapist, span: Interval) -> list[Json]:
    rows = TimeOff.objects.filter(
        therapist=therapist,
        starts_at__lt=as_datetime(span.end),
        ends_at__gt=as_datetime(span.start),
    ).order_by("starts_at", "pk")
    return [
        {"id": str(pk), **diary.times(start, end, PRACTICE_ZONE.key), "note": note}
        for pk, start, end, note in rows.values_list(
            "pk", "starts_at", "ends_at", "note"
        )
    ]
