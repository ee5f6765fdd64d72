"""What an appointment looks like: in answers, and in the requests that order one."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet
from rest_framework import serializers

from config.api import fields
from config.api.serializers import StrictModelSerializer, StrictSerializer
from config.roles import Role, has_role
from locations.models import Office, Room
from scheduling import orders
from scheduling.api.caseload import NEVER_BOOKED, clients_visible_to
from scheduling.api.names import (
    NamedOfficeSerializer,
    NamedRoomSerializer,
    NamedTherapistSerializer,
    NamedUserSerializer,
)
from scheduling.engine.rules import Code
from scheduling.models import (
    Appointment,
    AttendanceStatus,
    Fee,
    Mode,
    SessionType,
    Therapist,
)
from scheduling.models.appointments import AppointmentQuerySet
from scheduling.orders import Order

RULES = [(code, code) for code in Code]


def therapists_bookable_by(user: User | AnonymousUser) -> QuerySet[Therapist]:
    """Whose calendar `user` may write to: the front desk any, a therapist their own."""
    if has_role(user, Role.FRONT_DESK):
        return Therapist.objects.all()
    return Therapist.objects.filter(user_id=user.pk or 0)


class ReasonSerializer(StrictSerializer):
    """One of the grounds for a refusal, as problem documents tell it."""

    code = fields.CharField()
    detail = fields.CharField()


class AttendanceSerializer(StrictSerializer):
    id = fields.KeyValueField(source="client_id")
    display_name = fields.CharField(source="client.display_name")
    attendance = fields.ChoiceField(source="status", choices=AttendanceStatus.choices)


class BilledAttendanceSerializer(AttendanceSerializer):
    """With what becomes of the fee, if the client missed the session."""

    fee = fields.ChoiceField(choices=Fee.choices)
    fee_reason = fields.CharField(allow_blank=True)
    fee_decided_at = fields.InstantField(zone="appointment.timezone", allow_null=True)
    fee_decided_by = NamedUserSerializer(allow_null=True)


class AppointmentSerializer(StrictModelSerializer[Appointment]):
    therapist = NamedTherapistSerializer()
    office = NamedOfficeSerializer(allow_null=True)
    room = NamedRoomSerializer(allow_null=True)
    session_type = fields.CharField(source="session_type.slug")
    clients = BilledAttendanceSerializer(source="attendances", many=True)
    starts_at = fields.InstantField(zone="timezone")
    ends_at = fields.InstantField(zone="timezone")
    late_cancel_at = fields.InstantField(zone="timezone")
    cancelled_at = fields.InstantField(zone="timezone", allow_null=True)
    created_at = fields.InstantField(zone="timezone")
    timezone = fields.CharField()
    series = fields.KeyValueField(source="series_id", allow_null=True)
    fee_waived = fields.BooleanField()
    fee_waived_reason = fields.CharField(allow_blank=True)

    class Meta:
        model = Appointment
        fields = [
            "id",
            "status",
            "version",
            "therapist",
            "office",
            "room",
            "mode",
            "session_type",
            "clients",
            "starts_at",
            "ends_at",
            "timezone",
            "series",
            "late_cancel_at",
            "note",
            "overridden",
            "override_reason",
            "cancelled_at",
            "cancel_reason",
            "fee_waived",
            "fee_waived_reason",
            "reschedules",
            "created_at",
        ]
        read_only_fields = fields

    def to_representation(self, instance: Appointment) -> dict[str, Any]:
        """For whom an hour is, or was, only kept is for the front desk to know."""
        told = super().to_representation(instance)
        user = self.context["request"].user
        if instance.status in NEVER_BOOKED and not has_role(user, Role.FRONT_DESK):
            told["clients"] = []
        return told


class OverrideSerializer(StrictSerializer):
    """The soft rules that the front desk sets aside, and why."""

    override = fields.ListField(
        child=fields.ChoiceField(choices=RULES),
        required=False,
        default=(),
    )
    override_reason = fields.CharField(
        required=False, default="", allow_blank=True, max_length=500
    )


class OrderSerializer(OverrideSerializer):
    """What is to be booked, whoever it is for."""

    therapist = fields.KeyField(scope=therapists_bookable_by)
    session_type = fields.SlugKeyField(
        queryset=SessionType.objects.filter(is_active=True)
    )
    office = fields.SlugKeyField(
        queryset=Office.objects.all(), allow_null=True, default=None
    )
    starts_at = fields.InstantField()
    mode = fields.ChoiceField(choices=Mode.choices, required=False)
    room = fields.KeyField(
        queryset=Room.objects.active(), allow_null=True, default=None
    )
    clients = fields.KeyField(scope=clients_visible_to, many=True, allow_empty=False)


def note_field() -> fields.CharField:
    return fields.CharField(
        required=False, default="", allow_blank=True, max_length=2000
    )


def _that_may_be_booked_by(user: User | AnonymousUser) -> AppointmentQuerySet:
    """Not what is offered to somebody who waits: that has an answer of its own."""
    return Appointment.objects.visible_to(user).filter(offers__isnull=True)


class HeldOrderSerializer(OrderSerializer):
    """What a `hold` keeps need not be said again; if it is, it has to be the same.

    Without a `hold`, `therapist`, `session_type` and `starts_at` are required.
    """

    hold = fields.KeyField(scope=_that_may_be_booked_by, required=False)
    note = note_field()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        known = super().get_fields()
        if "hold" in getattr(self, "initial_data", {"hold"}):  # the schema has no data
            for name in ("therapist", "session_type", "office", "starts_at"):
                known[name].required, known[name].default = False, serializers.empty
        return known


def order_of(asked: dict[str, Any]) -> Order:  # Any: of each field
    """The order of a `HeldOrderSerializer`, for what is new or what its hold keeps.

    Raises `Malformed`.
    """
    held = asked.pop("hold", None)
    if held is None:
        return order(asked)
    overrides = asked.pop("override")
    return orders.to_book(held, overrides=overrides, **asked)


def order(asked: Mapping[str, Any], **more: Any) -> Order:  # Any: of each field
    """The order that was asked for. Without a mode, it is by video where nothing else
    is possible. Raises `Malformed`."""
    session_type, office = asked["session_type"], asked["office"]
    by_video = session_type.telehealth_only or office is None
    mode = Mode.TELEHEALTH if by_video else Mode.IN_PERSON
    overrides = asked.get("override", ())
    named = {name: asked[name] for name in asked if name != "override"}
    return Order(**{"mode": mode, **named}, overrides=overrides, **more)
