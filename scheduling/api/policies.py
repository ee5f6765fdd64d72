"""What the practice has decided, and for which therapist or session type otherwise."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import mixins
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import fields, filters
from config.api.permissions import IsManager, IsStaff, ReadOnly
from config.api.serializers import StrictModelSerializer
from config.api.views import ApiViewSet, ModelApiViewSet, serially
from scheduling import discretion
from scheduling.models import (
    PolicyOverride,
    PracticePolicy,
    SessionType,
    Therapist,
)

OVERRIDABLE = [
    "minimum_notice_hours",
    "booking_horizon_days",
    "late_cancel_hours",
    "no_show_grace_minutes",
    "sessions_per_day",
    "sessions_per_week",
    "sessions_in_a_row",
    "break_minutes",
]
BOUNDS = {
    "minimum_notice_hours": {"max_value": 90 * 24},
    "booking_horizon_days": {"min_value": 1, "max_value": 365},
    "late_cancel_hours": {"max_value": 14 * 24},
    "no_show_grace_minutes": {"max_value": 240},
    "sessions_per_day": {"min_value": 1, "max_value": 50},
    "sessions_per_week": {"min_value": 1, "max_value": 350},
    "sessions_in_a_row": {"min_value": 1, "max_value": 20},
    "break_minutes": {"min_value": 5, "max_value": 240},
}
TELLS = "This tells what the practice does. Messages are read on locked telephones."
BREAK_AFTER_SESSIONS = (
    "break_minutes",
    "Give both sessions_in_a_row and break_minutes, or neither.",
)


class PolicySerializer(StrictModelSerializer[PracticePolicy]):
    """Quiet hours go over midnight; the same time twice means that there are none.

    A reminder that would be more than `sms_per_day`, or `sms_per_week` from Monday on,
    to its number goes by e-mail; notices count, but are always sent.
    """

    callback_phone = fields.PhoneField(required=False, allow_blank=True)
    quiet_from = fields.WallTimeField(source="quiet_from_minute")
    quiet_until = fields.WallTimeField(source="quiet_until_minute")

    constraint_errors = {
        "practice_policy_quiet_over_midnight": (
            "quiet_until",
            "This is after quiet_from: quiet hours go over midnight.",
        ),
        "practice_policy_label_tells_nothing": ("sender_label", TELLS),
        "practice_policy_break_after_sessions": BREAK_AFTER_SESSIONS,
    }

    class Meta:
        model = PracticePolicy
        fields = [
            "name",
            "sender_label",
            "callback_phone",
            *OVERRIDABLE,
            "hold_minutes",
            "holds_per_user",
            "offer_minutes",
            "default_travel_minutes",
            "booked_notice_delay_minutes",
            "quiet_from",
            "quiet_until",
            "sms_per_day",
            "sms_per_week",
        ]
        extra_kwargs: ClassVar = BOUNDS | {
            "hold_minutes": {"min_value": 1, "max_value": 60},
            "holds_per_user": {"min_value": 1, "max_value": 20},
            "offer_minutes": {"min_value": 15, "max_value": 24 * 60},
            "default_travel_minutes": {"max_value": 480},
            "booked_notice_delay_minutes": {"max_value": 24 * 60},
            "sms_per_day": {"min_value": 1, "max_value": 50},
            "sms_per_week": {"min_value": 1, "max_value": 350},
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The label names neither the practice nor what and who is in its books."""
        if attrs.keys() & {"name", "sender_label"}:
            label, name = (
                attrs.get(field, getattr(self.instance, field, ""))
                for field in ("sender_label", "name")
            )
            if told := discretion.told_by(label, practice=name):
                raise ValidationError(
                    {"sender_label": [f"{TELLS} It says {', '.join(told)!r}."]}
                )
        return attrs


class PolicyOverrideFilterSet(filters.StrictFilterSet):
    therapist = filters.KeysFilter()
    session_type = filters.SlugsFilter(queryset=SessionType.objects.all())


class PolicyOverrideSerializer(StrictModelSerializer[PolicyOverride]):
    therapist = fields.KeyField(
        queryset=Therapist.objects.all(), allow_null=True, required=False
    )
    session_type = fields.SlugKeyField(
        queryset=SessionType.objects.all(), allow_null=True, required=False
    )

    constraint_errors = {
        "policy_override_of_one": (
            "therapist",
            "Give either a therapist or a session_type.",
        ),
        "policy_override_buffers_of_therapist": (
            "session_type",
            "A session type has its buffers itself.",
        ),
        "policy_override_break_after_sessions": BREAK_AFTER_SESSIONS,
    }

    class Meta:
        model = PolicyOverride
        fields = [
            "id",
            "therapist",
            "session_type",
            "buffer_before_minutes",
            "buffer_after_minutes",
            *OVERRIDABLE,
        ]
        extra_kwargs: ClassVar = BOUNDS | {
            "buffer_before_minutes": {"max_value": 120},
            "buffer_after_minutes": {"max_value": 120},
        }


class PolicyViewSet(
    mixins.RetrieveModelMixin, mixins.UpdateModelMixin, ApiViewSet[PracticePolicy]
):
    """The practice's own policy, of which there is one."""

    permission_classes = [IsManager | (IsStaff & ReadOnly)]
    serializer_class = PolicySerializer

    def get_queryset(self) -> QuerySet[PracticePolicy]:
        if self.action == "partial_update":
            return PracticePolicy.objects.select_for_update(no_key=True)
        return PracticePolicy.objects.all()

    def get_object(self) -> PracticePolicy:
        """Its defaults hold until one is saved."""
        return self.get_queryset().first() or PracticePolicy()

    @serially
    def partial_update(
        self, request: Request, *args: object, **kwargs: object
    ) -> Response:
        """Change it. What is booked already keeps its deadline."""
        return super().partial_update(request, *args, **kwargs)


class PolicyOverrideViewSet(ModelApiViewSet[PolicyOverride]):
    """What holds for one therapist, or one session type, instead of the policy.

    Null is as the wider level says: a therapist's word goes before that of the session
    type, and that before the practice's.
    """

    permission_classes = [IsManager | (IsStaff & ReadOnly)]
    serializer_class = PolicyOverrideSerializer
    filterset_class = PolicyOverrideFilterSet
    queryset = PolicyOverride.objects.select_related("session_type")
    ordering = ("pk",)
