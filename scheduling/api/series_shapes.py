"""What a series looks like: in answers, and in the requests that order changes."""

from collections.abc import Mapping
from typing import Any

from config.api import fields
from config.api.serializers import StrictModelSerializer, StrictSerializer
from locations.models import Office
from scheduling.api.changes import PARTIES, TellSerializer
from scheduling.api.names import NamedOfficeSerializer, NamedTherapistSerializer
from scheduling.api.shapes import (
    AttendanceSerializer,
    HeldOrderSerializer,
    OverrideSerializer,
    ReasonSerializer,
    therapists_bookable_by,
)
from scheduling.api.slots import SlotSerializer
from scheduling.engine.rules import EXPLANATIONS
from scheduling.models import (
    Appointment,
    AppointmentSeries,
    AppointmentStatus,
    Mode,
)
from scheduling.occurrences import Occurrence, OnConflict

ON_CONFLICT = [(each.value, each.value) for each in OnConflict]


class OnConflictSerializer(StrictSerializer):
    """Whether all dates are booked or none; or as many as can be."""

    on_conflict = fields.ChoiceField(
        choices=ON_CONFLICT,
        required=False,
        default=OnConflict.REFUSE.value,
    )
    dry_run = fields.BooleanField(required=False, default=False)


class LengthSerializer(StrictSerializer):
    """Either so many occurrences, or as long as until a date, inclusive."""

    count = fields.IntegerField(required=False)
    until = fields.LocalDateField(required=False)


class RunSerializer(HeldOrderSerializer, LengthSerializer, OnConflictSerializer):
    """The first appointment of a series, which may be what a `hold` keeps, and how it
    goes on."""

    every_weeks = fields.IntegerField()


class ExtendSerializer(OverrideSerializer, LengthSerializer, OnConflictSerializer):
    pass


class FromThenOnSerializer(OverrideSerializer, OnConflictSerializer, TellSerializer):
    """What changes from a date, or a time, on."""

    vars()["from"] = fields.MomentField()  # a word of Python's, and of the contract
    weekday = fields.IntegerField(required=False, min_value=0, max_value=6)
    start_time = fields.WallTimeField(required=False, source="start_minute")
    therapist = fields.KeyField(scope=therapists_bookable_by, required=False)
    office = fields.SlugKeyField(queryset=Office.objects.all(), required=False)
    mode = fields.ChoiceField(choices=Mode.choices, required=False)


class CancelFromThenOnSerializer(TellSerializer):
    vars()["from"] = fields.MomentField(required=False)
    by = fields.ChoiceField(choices=PARTIES, required=False, default="client")
    reason = fields.CharField(
        required=False, default="", allow_blank=True, max_length=500
    )


class OccurrenceSerializer(StrictSerializer):
    """One date of a report; with the appointment, if there is one."""

    starts_at = fields.InstantField()
    ok = fields.BooleanField()
    reasons = ReasonSerializer(many=True)
    alternatives = SlotSerializer(many=True)
    id = fields.KeyValueField(required=False)
    status = fields.ChoiceField(choices=AppointmentStatus.choices, required=False)


class ReportSerializer(StrictSerializer):
    """What became of each date, or would become of it, when there is no `id`."""

    id = fields.KeyValueField(required=False)
    occurrences = OccurrenceSerializer(many=True)


class SeriesSerializer(StrictModelSerializer[AppointmentSeries]):
    therapist = NamedTherapistSerializer()
    office = NamedOfficeSerializer(allow_null=True)
    session_type = fields.CharField(source="session_type.slug")
    start_time = fields.WallTimeField(source="start_minute")
    timezone = fields.ZoneField("office.timezone")
    to_come = fields.IntegerField()
    next_starts_at = fields.InstantField(zone="office.timezone", allow_null=True)
    created_at = fields.InstantField(zone="office.timezone")

    class Meta:
        model = AppointmentSeries
        fields = [
            "id",
            "therapist",
            "office",
            "mode",
            "session_type",
            "weekday",
            "start_time",
            "every_weeks",
            "timezone",
            "to_come",
            "next_starts_at",
            "created_at",
        ]
        read_only_fields = fields


class MemberSerializer(StrictModelSerializer[Appointment]):
    therapist = NamedTherapistSerializer()
    office = NamedOfficeSerializer(allow_null=True)
    clients = AttendanceSerializer(source="attendances", many=True)
    starts_at = fields.InstantField(zone="timezone")
    ends_at = fields.InstantField(zone="timezone")
    timezone = fields.CharField()

    class Meta:
        model = Appointment
        fields = [
            "id",
            "status",
            "version",
            "starts_at",
            "ends_at",
            "timezone",
            "therapist",
            "office",
            "mode",
            "clients",
        ]
        read_only_fields = fields


class WholeSeriesSerializer(SeriesSerializer):
    occurrences = MemberSerializer(many=True)

    class Meta(SeriesSerializer.Meta):
        fields = [*SeriesSerializer.Meta.fields, "occurrences"]
        read_only_fields = fields


def shown(
    one: Occurrence,
    slots: Mapping[Any, Any],  # Any: pieces of JSON, by slot
) -> dict[str, Any]:
    """One date of a report as `OccurrenceSerializer` has it."""
    told = {
        "starts_at": fields.instant_text(one.starts_at, one.timezone),
        "ok": one.ok,
        "reasons": [{"code": code, "detail": EXPLANATIONS[code]} for code in one.codes],
        "alternatives": [slots[slot] for slot in one.alternatives if slot in slots],
    }
    if one.appointment is not None:
        told |= {"id": str(one.appointment.pk), "status": one.appointment.status}
    return told
