"""Which messages go to whom by which way: the practice's plan, and narrower ones."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from config.api import fields, filters
from config.api.permissions import IsFrontDesk, IsStaff, ReadOnly
from config.api.serializers import StrictModelSerializer
from config.api.views import ModelApiViewSet
from config.errors import Conflict
from config.roles import Role, has_role
from scheduling.api.caseload import clients_visible_to
from scheduling.models import ReminderPlan, ReminderRule, SessionType

MOST_REMINDERS = 10


class LastResort(Conflict):
    """The plan of everybody who has no narrower one."""

    code = "in_use"
    message = (
        "Everybody who has no plan of their own goes by this one. Change it instead; "
        "with no reminders in it none is sent."
    )


class ReminderPlanFilterSet(filters.StrictFilterSet):
    session_type = filters.SlugsFilter(queryset=SessionType.objects.all())
    client = filters.KeysFilter(scope=clients_visible_to)
    practice = filters.FlagFilter(
        method="of_the_practice", help_text="Whether it is the practice's own."
    )

    def of_the_practice(
        self,
        queryset: QuerySet[ReminderPlan],
        name: str,
        value: bool,  # noqa: FBT001  django-filter hands it over so
    ) -> QuerySet[ReminderPlan]:
        own = Q(session_type=None, client=None)
        return queryset.filter(own if value else ~own)


class ReminderRuleSerializer(StrictModelSerializer[ReminderRule]):
    class Meta:
        model = ReminderRule
        fields = ["before_minutes", "channel"]
        extra_kwargs: ClassVar = {
            "before_minutes": {"min_value": 30, "max_value": 14 * 24 * 60}
        }


class ReminderPlanSerializer(StrictModelSerializer[ReminderPlan]):
    """Of a session type, or a client; of neither, it is the practice's.

    `reminders` are all that there are: those that are left out when they are given are
    no longer sent. A channel that is not open to somebody gives way to the other one.
    """

    session_type = fields.SlugKeyField(
        queryset=SessionType.objects.all(), allow_null=True, required=False
    )
    client = fields.KeyField(scope=clients_visible_to, allow_null=True, required=False)
    reminders = ReminderRuleSerializer(  # type: ignore[call-arg]  # of the list's
        many=True, max_length=MOST_REMINDERS
    )

    constraint_errors = {
        "reminder_plan_of_one": ("client", "Give a session_type or a client, not both.")
    }

    class Meta:
        model = ReminderPlan
        fields = [
            "id",
            "session_type",
            "client",
            "notices_by",
            "tells_booked",
            "tells_moved",
            "tells_cancelled",
            "reminders",
        ]

    def to_representation(self, instance: ReminderPlan) -> dict[str, Any]:
        shown = super().to_representation(instance)
        shown["reminders"].sort(
            key=lambda one: (-one["before_minutes"], one["channel"])
        )
        return shown

    def validate_reminders(self, reminders: Sequence[Any]) -> Sequence[Any]:
        if any(one in reminders[:index] for index, one in enumerate(reminders)):
            raise serializers.ValidationError("The same reminder is given twice.")
        return reminders

    def create(self, values: dict[str, Any]) -> ReminderPlan:  # Any: as the base
        reminders = values.pop("reminders")
        plan = super().create(values)
        _write_reminders(plan, reminders)
        return plan

    def update(self, plan: ReminderPlan, values: dict[str, Any]) -> ReminderPlan:
        reminders = values.pop("reminders", None)
        plan = super().update(plan, values)
        if reminders is not None:
            _write_reminders(plan, reminders)
        return plan


class ReminderPlanAmendmentSerializer(ReminderPlanSerializer):
    """What of a plan is to change; whom it is for stays."""

    class Meta(ReminderPlanSerializer.Meta):
        read_only_fields = ["session_type", "client"]

    session_type = fields.SlugKeyField(read_only=True)
    client = fields.KeyField(read_only=True)


class ReminderPlanViewSet(ModelApiViewSet[ReminderPlan]):
    """Which messages somebody gets. The narrowest plan holds as a whole: a client's
    goes before that of the session type, and that before the practice's.

    A manager writes any of them, the front desk those of clients. What waits follows,
    the next sessions first: within a minute where a change concerns few of them, later
    where it concerns thousands. What has gone out is not sent again.
    """

    permission_classes = [IsFrontDesk | (IsStaff & ReadOnly)]
    serializer_class = ReminderPlanSerializer
    filterset_class = ReminderPlanFilterSet
    ordering = ("pk",)

    def get_queryset(self) -> QuerySet[ReminderPlan]:
        seen = clients_visible_to(self.request.user)
        return (
            ReminderPlan.objects.filter(
                Q(client=None) | Q(client__in=seen.values("pk"))
            )
            .select_related("session_type")
            .prefetch_related("reminders")
        )

    def get_serializer_class(self) -> type[ReminderPlanSerializer]:
        if self.action == "partial_update":
            return ReminderPlanAmendmentSerializer
        return ReminderPlanSerializer

    def perform_create(self, serializer: BaseSerializer[ReminderPlan]) -> None:
        self._check_may_write(serializer.validated_data.get("client"))
        super().perform_create(serializer)

    def perform_destroy(self, instance: ReminderPlan) -> None:
        self._check_may_write(instance.client_id)
        if instance.client_id is None and instance.session_type_id is None:
            raise LastResort
        super().perform_destroy(instance)

    @extend_schema(
        request=ReminderPlanAmendmentSerializer, responses=ReminderPlanSerializer
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().partial_update(request, *args, **kwargs)

    def perform_update(self, serializer: BaseSerializer[ReminderPlan]) -> None:
        self._check_may_write(serializer.instance and serializer.instance.client_id)
        super().perform_update(serializer)

    def _check_may_write(self, client: object) -> None:
        if client is None and not has_role(self.request.user, Role.MANAGER):
            raise PermissionDenied("Only a manager may change what is not a client's.")


def _write_reminders(plan: ReminderPlan, reminders: Sequence[dict[str, Any]]) -> None:
    """Let a plan have these reminders and no others; what stays is not touched."""
    wanted = {(one["before_minutes"], one["channel"]) for one in reminders}
    there = {(rule.before_minutes, rule.channel): rule for rule in plan.reminders.all()}
    gone = [rule.pk for key, rule in there.items() if key not in wanted]
    plan.reminders.filter(pk__in=gone).delete()
    ReminderRule.objects.bulk_create(
        ReminderRule(plan=plan, before_minutes=minutes, channel=channel)
        for minutes, channel in sorted(wanted - there.keys(), reverse=True)
    )
