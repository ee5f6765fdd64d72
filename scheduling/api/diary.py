"""What stands in a diary, as every view of one tells it: sessions and hours.

Diaries are the screens that people keep open, so their rows are told as they come:
nested serializers would take several times as long.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from django.db.models import QuerySet

from config.api import fields
from config.api.serializers import StrictSerializer
from locations.models import Closure, Office
from scheduling.api.names import (
    NamedOfficeSerializer,
    NamedRoomSerializer,
    NamedTherapistSerializer,
)
from scheduling.api.shapes import AttendanceSerializer
from scheduling.availability import PRACTICE_ZONE
from scheduling.diaries import Entry
from scheduling.engine import rules
from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import as_datetime
from scheduling.models import (
    AppointmentStatus,
    Mode,
    Therapist,
    WorkMode,
)

Json: TypeAlias = dict[str, Any]  # Any: a piece of JSON
Places: TypeAlias = Mapping[UUID | None, "Place"]


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


class ClosureOnDaySerializer(StrictSerializer):
    """A closure of one office, or of the whole practice, which names none."""

    id = fields.KeyValueField()
    office = NamedOfficeSerializer(allow_null=True)
    starts_at = fields.InstantField()
    ends_at = fields.InstantField()
    reason = fields.CharField(allow_blank=True)


class Place(NamedTuple):
    """An office as it is told, or none, and the zone of the clock on its wall."""

    office: Json | None
    zone: str

    @classmethod
    def of(cls, office: Office) -> "Place":
        return cls({"slug": office.slug, "name": office.name}, office.timezone)


ELSEWHERE = Place(None, PRACTICE_ZONE.key)


class Window(NamedTuple):
    """A stretch of hours at an office, or elsewhere, for sessions in `mode`."""

    time: Interval
    office: UUID | None
    mode: str


def places() -> Places:
    """Every office, and elsewhere, in one query."""
    return {None: ELSEWHERE, **{row.pk: Place.of(row) for row in Office.objects.all()}}


def appointments(rows: Iterable[Entry], places: Places) -> list[Json]:
    return [_appointment(row, places[row.office]) for row in rows]


def windows(
    hours: Mapping[rules.Place, Sequence[Interval]], span: Interval
) -> list[Window]:
    """The hours that `span` runs into, in order; those in both modes come once."""
    modes: defaultdict[tuple[Interval, UUID | None], set[str]] = defaultdict(set)
    for place, stretches in hours.items():
        office = UUID(place.office) if place.office else None
        for stretch in stretches:
            if stretch.overlaps(span):
                modes[stretch, office].add(place.mode)
    return [
        Window(time, office, min(allowed) if len(allowed) == 1 else WorkMode.BOTH)
        for (time, office), allowed in sorted(
            modes.items(), key=lambda item: (item[0][0], str(item[0][1]))
        )
    ]


def told(window: Window, places: Places) -> Json:
    place = places[window.office]
    start, end = map(as_datetime, window.time)
    return {
        **times(start, end, place.zone),
        "office": place.office,
        "mode": window.mode,
    }


def closures(rows: QuerySet[Closure], span: Interval, places: Places) -> list[Json]:
    """Those of `rows` that `span` runs into, in order of start."""
    start, end = map(as_datetime, span)
    found = rows.filter(starts_at__lt=end, ends_at__gt=start)
    return [
        {
            "id": str(row.pk),
            "office": places[row.office_id].office,
            **times(row.starts_at, row.ends_at, places[row.office_id].zone),
            "reason": row.reason,
        }
        for row in found.order_by("starts_at", "pk")
    ]


def named(therapist: Therapist) -> Json:
    return {"id": str(therapist.pk), "display_name": therapist.display_name}


def times(start: datetime, end: datetime, zone: str) -> Json:
    return {
        "starts_at": fields.instant_text(start, zone),
        "ends_at": fields.instant_text(end, zone),
    }


def _appointment(row: Entry, place: Place) -> Json:
    return {
        "id": row.id,
        "status": row.status,
        "version": row.version,
        "therapist": {"id": row.therapist, "display_name": row.therapist_name},
        "office": place.office,
        "room": {"id": row.room, "name": row.room_name} if row.room else None,
        "mode": row.mode,
        "session_type": row.session_type,
        "clients": [
            {"id": key, "display_name": name, "attendance": status}
            for key, name, status in row.clients or ()
        ],
        **times(row.starts_at, row.ends_at, place.zone),
        "timezone": place.zone,
        "series": row.series,
        "late_cancel_at": fields.instant_text(row.late_cancel_at, place.zone),
        "created_at": fields.instant_text(row.created_at, place.zone),
        "note": row.note,
    }
