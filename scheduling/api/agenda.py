"""The practice's agenda in one read: what a board of all offices shows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import fields, filters
from config.api.permissions import IsFrontDesk
from config.api.serializers import StrictSerializer
from config.api.views import StrictView
from locations.models import Closure, Office
from scheduling import availability, diaries
from scheduling.api import diary, spans
from scheduling.api.diary import (
    CalendarAppointmentSerializer,
    ClosureOnDaySerializer,
    Json,
    Places,
    WindowSerializer,
)
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

LONGEST_DAYS = 14


class AgendaFilterSet(spans.SpanFilterSet):
    office = filters.SlugsFilter(queryset=Office.objects.all())
    therapist = filters.KeysFilter()
    include_cancelled = filters.FlagFilter()


class AgendaWindowSerializer(WindowSerializer):
    therapist = fields.KeyValueField()


class AgendaTimeOffSerializer(StrictSerializer):
    id = fields.KeyValueField()
    therapist = fields.KeyValueField()
    starts_at = fields.InstantField()
    ends_at = fields.InstantField()


class AgendaSerializer(StrictSerializer):
    vars()["from"] = fields.InstantField()  # a word of Python's, as in the calendar
    to = fields.InstantField()
    timezone = fields.CharField()
    appointments = CalendarAppointmentSerializer(many=True)
    availability = AgendaWindowSerializer(many=True)
    time_off = AgendaTimeOffSerializer(many=True)
    closures = ClosureOnDaySerializer(many=True)


class AgendaView(StrictView):
    permission_classes = [IsFrontDesk]

    def known_parameters(self) -> set[str]:
        return AgendaFilterSet.names()

    @extend_schema(
        operation_id="agenda",
        parameters=[
            OpenApiParameter(
                "from", description="A date, or a time; by default today."
            ),
            OpenApiParameter(
                "to",
                description="A date, which is included, or a time; by default the end "
                "of the first day.",
            ),
            OpenApiParameter("office", many=True),
            OpenApiParameter("therapist", UUID, many=True),
            OpenApiParameter("include_cancelled", bool),
        ],
        responses=AgendaSerializer,
    )
    def get(self, request: Request) -> Response:
        """Sessions, hours, time off and closures of at most 14 days, at all offices or
        some, with everybody or some. Holds that were let go of are left out."""
        asked = filters.checked(
            AgendaFilterSet(request.query_params, Appointment.objects.none())
        )
        span = spans.asked_for(
            asked,
            start=_midnight(timezone.now()),
            end=_end_of_day,
            longest_days=LONGEST_DAYS,
        )
        hidden = {AppointmentStatus.RELEASED}
        if not asked["include_cancelled"]:
            hidden.update(CANCELLED)
        places = diary.places()
        entries = diaries.of_practice(
            span, hidden=hidden, offices=asked["office"], therapists=asked["therapist"]
        )
        return Response(
            {
                "from": fields.instant_text(as_datetime(span.start)),
                "to": fields.instant_text(as_datetime(span.end)),
                "timezone": PRACTICE_ZONE.key,
                "appointments": diary.appointments(entries, places),
                **_books(asked["therapist"], asked["office"], span, places),
            }
        )


def _midnight(now: datetime) -> int:
    return instant(day_of(int(now.timestamp()), PRACTICE_ZONE), 0, PRACTICE_ZONE)


def _end_of_day(start: int) -> int:
    return instant(day_of(start, PRACTICE_ZONE), DAY // MINUTE, PRACTICE_ZONE)


def _books(
    therapists: Sequence[UUID] | None,
    offices: Sequence[UUID] | None,
    span: Interval,
    places: Places,
) -> Json:
    """What stands in the practice's books, all but the sessions."""
    wanted = Therapist.objects.active()
    if therapists is not None:
        wanted = wanted.filter(pk__in=therapists)
    keys = list(wanted.order_by("pk").values_list("pk", flat=True))
    closed = Q() if offices is None else Q(office=None) | Q(office__in=offices)
    return {
        "availability": _availability(keys, offices, span, places),
        "time_off": _time_off(keys, span),
        "closures": diary.closures(Closure.objects.filter(closed), span, places),
    }


def _availability(
    keys: Sequence[UUID],
    offices: Sequence[UUID] | None,
    span: Interval,
    places: Places,
) -> list[Json]:
    therapists = [str(key) for key in keys]
    hours = availability.almanac(therapists, span).hours(span)
    return [
        {"therapist": key, **diary.told(window, places)}
        for key in therapists
        for window in diary.windows(hours.get(key, {}), span)
        if offices is None or window.office in offices
    ]


def _time_off(keys: Sequence[UUID], span: Interval) -> list[Json]:
    start, end = map(as_datetime, span)
    rows = TimeOff.objects.filter(
        therapist__in=keys, starts_at__lt=end, ends_at__gt=start
    ).order_by("starts_at", "pk")
    return [
        {
            "id": str(pk),
            "therapist": str(therapist),
            **diary.times(starts_at, ends_at, PRACTICE_ZONE.key),
        }
        for pk, therapist, starts_at, ends_at in rows.values_list(
            "pk", "therapist", "starts_at", "ends_at"
        )
    ]
