"""An office's day in one read: who is there, with whom, and what is still free."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.db.models import Q
from django.shortcuts import get_object_or_404
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
from scheduling.api import diary
from scheduling.api.diary import (
    CalendarAppointmentSerializer,
    ClosureOnDaySerializer,
    Json,
    Place,
    Places,
    Window,
    WindowSerializer,
)
from scheduling.api.names import NamedOfficeSerializer
from scheduling.availability import Facts
from scheduling.engine.intervals import Interval, subtract
from scheduling.engine.rules import Calendar
from scheduling.engine.wall_clock import DAY, MINUTE, as_datetime, day_of, instant
from scheduling.models import (
    Appointment,
    AppointmentStatus,
)


class DayFilterSet(filters.StrictFilterSet):
    date = filters.LocalDateFilter()


class DayRoomSerializer(StrictSerializer):
    id = fields.KeyValueField()
    name = fields.CharField()
    capacity = fields.IntegerField()
    accessible = fields.BooleanField()


class DayTherapistSerializer(StrictSerializer):
    """Hours at this office, and what is left of them."""

    id = fields.KeyValueField()
    display_name = fields.CharField()
    availability = WindowSerializer(many=True)
    free = WindowSerializer(many=True)


class OfficeDaySerializer(StrictSerializer):
    office = NamedOfficeSerializer()
    date = fields.LocalDateField()
    vars()["from"] = fields.InstantField()  # a word of Python's, as in the calendar
    to = fields.InstantField()
    timezone = fields.CharField()
    rooms = DayRoomSerializer(many=True)
    therapists = DayTherapistSerializer(many=True)
    appointments = CalendarAppointmentSerializer(many=True)
    closures = ClosureOnDaySerializer(many=True)


class OfficeDayView(StrictView):
    permission_classes = [IsFrontDesk]

    def known_parameters(self) -> set[str]:
        return DayFilterSet.names()

    @extend_schema(
        operation_id="office_day",
        parameters=[
            OpenApiParameter(
                "date", date, description="On the office's wall; by default today."
            )
        ],
        responses=OfficeDaySerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        """Everything of one office on one date but released holds.

        `therapists` are those who work or have sessions there. What is `free` of their
        hours leaves out time off, closures and sessions, wherever these are.
        """
        asked = filters.checked(
            DayFilterSet(request.query_params, Appointment.objects.none())
        )
        office = get_object_or_404(Office, slug=slug)
        now = int(timezone.now().timestamp())
        day = asked["date"] or day_of(now, office.zone)
        return Response(_day(office, day, now))


def _day(office: Office, day: date, now: int) -> Json:
    span = Interval(
        instant(day, 0, office.zone), instant(day, DAY // MINUTE, office.zone)
    )
    start, end = map(as_datetime, span)
    places: Places = {
        None: Place(None, office.timezone),
        office.pk: Place.of(office),
    }
    entries = diaries.at_office(office.pk, span, hidden={AppointmentStatus.RELEASED})
    booked = {entry.therapist for entry in entries}
    taken = {entry.room for entry in entries if entry.room}
    rooms, team = diaries.premises(office.pk, day, taken=taken, booked=booked)
    facts = availability.facts(team, span, now=now, with_notice=False, offices=[])
    closed = [
        stretch
        for key in (None, str(office.pk))
        for stretch in facts.practice.closures.get(key, ())
    ]
    shut = Closure.objects.filter(Q(office=office) | Q(office=None))
    return {
        "office": places[office.pk].office,
        "date": day.isoformat(),
        "from": fields.instant_text(start, office.timezone),
        "to": fields.instant_text(end, office.timezone),
        "timezone": office.timezone,
        "rooms": rooms,
        "therapists": _therapists(
            facts, office, span, closed=closed, booked=booked, places=places
        ),
        "appointments": diary.appointments(entries, places),
        "closures": diary.closures(shut, span, places) if closed else [],
    }


def _therapists(
    facts: Facts,
    office: Office,
    day: Interval,
    *,
    closed: Sequence[Interval],
    booked: Collection[str],
    places: Places,
) -> list[Json]:
    found = []
    for key, offering in facts.offerings.items():
        calendar = facts.calendar_of(key)
        windows = _windows(calendar, office, day) if offering.is_active else []
        if not windows and key not in booked:
            continue
        sessions = [Interval(each.start, each.end) for each in calendar.sessions]
        free = _free(windows, sorted([*closed, *calendar.time_off, *sessions]))
        found.append(
            {
                "id": key,
                "display_name": offering.name,
                "availability": [diary.told(window, places) for window in windows],
                "free": [diary.told(window, places) for window in free],
            }
        )
    return found


def _windows(calendar: Calendar, office: Office, day: Interval) -> list[Window]:
    """The hours at `office`, as far as they lie in `day`."""
    return [
        window._replace(
            time=Interval(
                max(window.time.start, day.start), min(window.time.end, day.end)
            )
        )
        for window in diary.windows(calendar.hours, day)
        if window.office == office.pk
    ]


def _free(windows: Iterable[Window], taken: Sequence[Interval]) -> list[Window]:
    return [
        window._replace(time=time)
        for window in windows
        for time in subtract(window.time, taken)
    ]
