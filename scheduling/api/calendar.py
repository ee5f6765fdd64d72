"""A therapist's calendar in one read: sessions, hours and time off.

It is the screen that therapists keep open, so its rows come as plain values: nested
serializers would take several times as long.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
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

from config.api import fields, filters, pagination
from config.api.permissions import IsStaff
from config.api.serializers import StrictSerializer
from config.api.views import StrictView
from locations.models import Office
from scheduling import availability
from scheduling.api.shapes import AttendanceSerializer, NamedRoomSerializer
from scheduling.api.slots import (
    MomentFilter,
    NamedOfficeSerializer,
    NamedTherapistSerializer,
)
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import DAY, HOUR, MINUTE, as_datetime, day_of, instant
from scheduling.models import (
    CANCELLED,
    Appointment,
    AppointmentStatus,
    Attendance,
    Mode,
    Therapist,
    TimeOff,
    WorkMode,
)
from scheduling.models.appointments import AppointmentQuerySet

LONGEST_DAYS = 92

Json = dict[str, Any]  # Any: a piece of JSON


class CalendarFilterSet(filters.StrictFilterSet):
    vars()["from"] = MomentFilter()  # a word of Python's, and of the contract
    to = MomentFilter()
    include_cancelled = filters.FlagFilter()


class CalendarAppointmentSerializer(StrictSerializer):
    id = fields.KeyValueField()
    status = fields.ChoiceField(choices=AppointmentStatus.choices)
    version = fields.IntegerField()
    therapist = NamedTherapistSerializer()
    office = NamedOfficeSerializer(allow_null=True)
    room = NamedRoomSerializer(allow_null=True)
    mode = fields.ChoiceField(choices=Mode.choices)
    session_type = fields.CharField()
    clients = AttendanceSerializer(many=True)
    starts_at = fields.InstantField()
    ends_at = fields.InstantField()
    timezone = fields.CharField()
    series = fields.KeyValueField(allow_null=True)
    late_cancel_at = fields.InstantField()
    created_at = fields.InstantField()
    note = fields.CharField(allow_blank=True)


class WindowSerializer(StrictSerializer):
    starts_at = fields.InstantField()
    ends_at = fields.InstantField()
    office = NamedOfficeSerializer(allow_null=True)
    mode = fields.ChoiceField(choices=WorkMode.choices)


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
        span = _span(asked, day_of(int(timezone.now().timestamp()), PRACTICE_ZONE))
        open_to_caller = Therapist.objects.with_calendar_visible_to(request.user)
        if open_to_caller.filter(pk=pk).exists():
            hidden = {AppointmentStatus.RELEASED}
            if not asked["include_cancelled"]:
                hidden.update(CANCELLED)
            content = _everything(therapist, span, hidden)
        else:
            content = {"busy": _busy(therapist, span, _places())}
        return Response(
            {
                "therapist": _named(therapist),
                "from": fields.instant_text(as_datetime(span.start)),
                "to": fields.instant_text(as_datetime(span.end)),
                "timezone": PRACTICE_ZONE.key,
                **content,
            }
        )


def _span(
    asked: Mapping[str, Any],  # Any: what the filters have read
    today: date,
) -> Interval:
    """Whole weeks from Monday on, unless said otherwise."""
    start = _instant(asked["from"] or today - timedelta(days=today.weekday()), 0)
    last = day_of(start, PRACTICE_ZONE) + timedelta(days=6)
    end = _instant(asked["to"] or last, DAY // MINUTE)
    if end <= start:
        raise pagination.invalid_parameter("to", "This is not after from.")
    if end - start > LONGEST_DAYS * DAY + HOUR:  # the clock may go back in between
        message = f"This is more than {LONGEST_DAYS} days after from."
        raise pagination.invalid_parameter("to", message)
    return Interval(start, end)


def _instant(moment: date | datetime, minute: int) -> int:
    if isinstance(moment, datetime):
        return int(moment.timestamp())
    return instant(moment, minute, PRACTICE_ZONE)


class Place(NamedTuple):
    """An office as it is told, or none, and the zone of the clock on its wall."""

    told: Json | None
    zone: str


ELSEWHERE = Place(None, PRACTICE_ZONE.key)


def _places() -> defaultdict[UUID | None, Place]:
    offices = Office.objects.values_list("pk", "slug", "name", "timezone")
    known: dict[UUID | None, Place] = {
        pk: Place({"slug": slug, "name": name}, zone)
        for pk, slug, name, zone in offices
    }
    return defaultdict(lambda: ELSEWHERE, known)


def _busy(
    therapist: Therapist, span: Interval, places: Mapping[UUID | None, Place]
) -> list[Json]:
    rows = _on_calendar(therapist, span).occupying()
    return [
        {**_times(start, end, places[office].zone), "office": places[office].told}
        for start, end, office in rows.values_list("starts_at", "ends_at", "office")
    ]


def _everything(
    therapist: Therapist, span: Interval, hidden: Set[AppointmentStatus]
) -> Json:
    places = _places()
    return {
        "appointments": _appointments(therapist, span, hidden, places),
        "availability": _availability(therapist, span, places),
        "time_off": _time_off(therapist, span),
    }


def _appointments(
    therapist: Therapist,
    span: Interval,
    hidden: Set[AppointmentStatus],
    places: Mapping[UUID | None, Place],
) -> list[Json]:
    lapsed = Appointment.objects.lapsed()
    rows = list(
        _on_calendar(therapist, span)
        .exclude(status__in=hidden)
        .exclude(pk__in=lapsed.values("pk"))
        .values(
            "id",
            "status",
            "version",
            "office",
            "room",
            "room__name",
            "mode",
            "session_type__slug",
            "series",
            "starts_at",
            "ends_at",
            "late_cancel_at",
            "created_at",
            "note",
        )
    )
    clients = _clients([row["id"] for row in rows])
    return [
        {
            "id": str(row["id"]),
            "status": row["status"],
            "version": row["version"],
            "therapist": _named(therapist),
            "office": place.told,
            "room": (
                {"id": str(row["room"]), "name": row["room__name"]}
                if row["room__name"]
                else None
            ),
            "mode": row["mode"],
            "session_type": row["session_type__slug"],
            "clients": clients[row["id"]],
            **_times(row["starts_at"], row["ends_at"], place.zone),
            "timezone": place.zone,
            "series": row["series"],
            "late_cancel_at": fields.instant_text(row["late_cancel_at"], place.zone),
            "created_at": fields.instant_text(row["created_at"], place.zone),
            "note": row["note"],
        }
        for row in rows
        for place in [places[row["office"]]]
    ]


def _on_calendar(therapist: Therapist, span: Interval) -> AppointmentQuerySet:
    start, end = as_datetime(span.start), as_datetime(span.end)
    rows = Appointment.objects.filter(therapist=therapist).overlapping(start, end)
    return rows.order_by("starts_at", "pk")


def _clients(appointments: Sequence[UUID]) -> defaultdict[UUID, list[Json]]:
    """The clients of each appointment, named as `Client.display_name` names them."""
    found: defaultdict[UUID, list[Json]] = defaultdict(list)
    rows = Attendance.objects.filter(appointment__in=appointments).order_by("pk")
    for appointment, client, preferred, first, last, status in rows.values_list(
        "appointment",
        "client",
        "client__preferred_name",
        "client__first_name",
        "client__last_name",
        "status",
    ):
        found[appointment].append(
            {
                "id": str(client),
                "display_name": f"{preferred or first} {last}",
                "attendance": status,
            }
        )
    return found


def _availability(
    therapist: Therapist, span: Interval, places: Mapping[UUID | None, Place]
) -> list[Json]:
    """The hours that `span` runs into; those in both modes are told once."""
    key = str(therapist.pk)
    modes: defaultdict[tuple[Interval, UUID | None], set[str]] = defaultdict(set)
    for place, windows in (
        availability.almanac([key], span).hours(span).get(key, {}).items()
    ):
        office = UUID(place.office) if place.office else None
        for window in windows:
            if window.overlaps(span):
                modes[window, office].add(place.mode)
    return [
        {
            **_times(
                as_datetime(window.start), as_datetime(window.end), places[office].zone
            ),
            "office": places[office].told,
            "mode": next(iter(allowed)) if len(allowed) == 1 else WorkMode.BOTH,
        }
        for (window, office), allowed in sorted(
            modes.items(), key=lambda item: (item[0][0], str(item[0][1]))
        )
    ]


def _time_off(therapist: Therapist, span: Interval) -> list[Json]:
    rows = TimeOff.objects.filter(
        therapist=therapist,
        starts_at__lt=as_datetime(span.end),
        ends_at__gt=as_datetime(span.start),
    ).order_by("starts_at", "pk")
    return [
        {"id": str(pk), **_times(start, end, PRACTICE_ZONE.key), "note": note}
        for pk, start, end, note in rows.values_list(
            "pk", "starts_at", "ends_at", "note"
        )
    ]


def _named(therapist: Therapist) -> Json:
    return {"id": str(therapist.pk), "display_name": therapist.display_name}


def _times(start: datetime, end: datetime, zone: str) -> Json:
    return {
        "starts_at": fields.instant_text(start, zone),
        "ends_at": fields.instant_text(end, zone),
    }
