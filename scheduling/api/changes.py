"""What all changes of appointments have in common: body, version and answer."""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Model
from django.shortcuts import get_object_or_404
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import fields
from config.api.permissions import IsFrontDesk, IsTherapist
from config.api.preconditions import etag, expected_version
from config.api.serializers import StrictSerializer
from config.api.views import ApiViewSet
from config.errors import DomainError, Stale
from config.roles import Role, has_role
from scheduling.api import slots
from scheduling.api.shapes import AppointmentSerializer, therapists_bookable_by
from scheduling.models import Appointment
from scheduling.models.appointments import AppointmentQuerySet
from scheduling.wishes import Slot

M = TypeVar("M", bound=Model)

PARTIES = ["client", "practice"]


class NothingSerializer(StrictSerializer):
    """A change that needs no further words."""


class TellSerializer(StrictSerializer):
    tell_client = fields.BooleanField(
        source="tell",
        required=False,
        default=True,
        help_text=(
            "False: no notice of this change goes out, and what the clients know stays "
            "as it was, so that a later notice tells them of the newest facts. "
            "Reminders follow the change in any case."
        ),
    )


class CallingOffSerializer(TellSerializer):
    """Who calls off, and why. To waive the fee takes a reason, and a reason says so."""

    by = fields.ChoiceField(choices=PARTIES)
    reason = fields.CharField(
        required=False, default="", allow_blank=True, max_length=500
    )
    fee_waived = fields.BooleanField(required=False, default=False)
    fee_waived_reason = fields.CharField(
        required=False, default="", allow_blank=True, max_length=500
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:  # Any: of each field
        if attrs.pop("fee_waived") != bool(attrs["fee_waived_reason"]):
            problem = "To waive the fee, say so and why."
            raise serializers.ValidationError({"fee_waived_reason": problem})
        return attrs


class CalendarChanges(ApiViewSet[M]):
    """Whatever writes to calendars: the front desk to all, a therapist to their own."""

    permission_classes = [IsFrontDesk | IsTherapist]

    def get_permissions(self) -> Sequence[Any]:  # Any: or a combination of permissions
        """Only the front desk makes something new."""
        if self.action == "create":
            return [IsFrontDesk()]
        return super().get_permissions()

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, DomainError):
            exc.alternatives = list(self.offered(exc.alternatives).values())
        return super().handle_exception(exc)

    def offered(
        self, alternatives: Collection[Slot]
    ) -> dict[Slot, dict[str, Any]]:  # Any: a piece of JSON
        """Those of `alternatives` that the caller may book, as they are shown."""
        if not alternatives:
            return {}
        mine = therapists_bookable_by(self.request.user)
        keys = {str(key) for key in mine.values_list("pk", flat=True)}
        bookable = [slot for slot in alternatives if slot.therapist in keys]
        return dict(zip(bookable, slots.represent(bookable), strict=True))

    def caller(self) -> User | None:
        """Whoever the change is made by."""
        user = self.request.user
        return user if isinstance(user, User) else None

    def body(
        self, serializer_class: type[StrictSerializer]
    ) -> dict[str, Any]:  # Any: of each field
        serializer = serializer_class(
            data=self.request.data, context=self.get_serializer_context()
        )
        serializer.is_valid(raise_exception=True)
        asked: dict[str, Any] = dict(serializer.validated_data)
        if asked.get("override") and not has_role(self.request.user, Role.FRONT_DESK):
            raise PermissionDenied("Only the front desk may override a rule.")
        return asked


class AppointmentChanges(CalendarChanges[Appointment]):
    """Appointments that the caller may see, changed one at a time."""

    serializer_class = AppointmentSerializer
    versioned = True

    def get_queryset(self) -> AppointmentQuerySet:
        return Appointment.objects.visible_to(self.request.user).with_parts()

    def replay(self, request: Request, object_id: UUID, status: int) -> Response:
        return self.answer(object_id, status)

    def seen(self) -> tuple[Appointment, int]:
        """The appointment and its version, if it is the one that the caller has seen.

        Checked before the body is; the operation checks it again behind its locks.
        """
        appointment = self.get_object()
        version = expected_version(self.request)
        if version != appointment.version:
            raise Stale(version=appointment.version)
        return appointment, version

    def answer(self, key: UUID, code: int = status.HTTP_200_OK) -> Response:
        """The appointment as it is now."""
        return self.respond(get_object_or_404(self.get_queryset(), pk=key), code)

    def respond(
        self, appointment: Appointment, code: int = status.HTTP_200_OK
    ) -> Response:
        return Response(
            self.get_serializer(appointment).data,
            status=code,
            headers={"ETag": etag(appointment.version)},
        )
