"""The therapists: what the public may know of them, and what only staff does."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.validators import RegexValidator
from django.db.models import Model, Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from clients.folding import Folded, piecewise
from clients.models import AgeGroup, PresentingConcern
from config.api import fields, filters
from config.api.languages import LANGUAGE
from config.api.permissions import IsManager, ReadOnly
from config.api.serializers import StrictModelSerializer
from config.api.views import serially
from config.roles import Role, has_role
from locations.models import Office
from scheduling import coverage
from scheduling.api.books import DRY_RUN, BooksViewSet
from scheduling.api.coverage import UncoveredAppointmentSerializer
from scheduling.models import Modality, SessionType, Therapist
from scheduling.uncovered import Scope

STATE = RegexValidator(r"\A[A-Z]{2}\Z", "Give a state by its two letters, such as CA.")


class IsOwnProfile(BasePermission):
    """A therapist who changes their own row."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method == "PATCH" and has_role(request.user, Role.THERAPIST)

    def has_object_permission(
        self, request: Request, view: APIView, therapist: Therapist
    ) -> bool:
        return therapist.user_id == request.user.pk


class TherapistFilterSet(filters.StrictFilterSet):
    modality = filters.SlugsFilter(
        "modalities", queryset=Modality.objects.all(), method="linked"
    )
    concern = filters.SlugsFilter(
        "concerns", queryset=PresentingConcern.objects.all(), method="linked"
    )
    office = filters.SlugsFilter(
        "offices", queryset=Office.objects.all(), method="linked"
    )
    session_type = filters.SlugsFilter(
        "session_types", queryset=SessionType.objects.all(), method="linked"
    )
    language = filters.LanguagesFilter("languages", method="overlapping")
    age_group = filters.ChoicesFilter(
        "age_groups", choices=AgeGroup, method="overlapping"
    )
    telehealth = filters.FlagFilter()
    accepts_new_clients = filters.FlagFilter()
    is_active = filters.FlagFilter()
    search = filters.TextFilter(method="named")

    def linked(
        self, rows: QuerySet[Therapist], name: str, keys: list[UUID]
    ) -> QuerySet[Therapist]:
        """Those who have any of `keys`, each once."""
        linked = Therapist.objects.filter(**{f"{name}__in": keys})
        return rows.filter(pk__in=linked.values("pk"))

    def overlapping(
        self, rows: QuerySet[Therapist], name: str, values: list[str]
    ) -> QuerySet[Therapist]:
        return rows.filter(**{f"{name}__overlap": values})

    def named(
        self, rows: QuerySet[Therapist], name: str, text: str
    ) -> QuerySet[Therapist]:
        """Those whose name has every word of `text`, in any order."""
        folded = rows.alias(folded_name=Folded("display_name"))
        return folded.filter(piecewise(text, "folded_name"))


class PublicTherapistSerializer(StrictModelSerializer[Therapist]):
    """`gender` is what a therapist says of themselves, and empty if they do not."""

    languages = fields.ListField(
        child=fields.CharField(validators=[LANGUAGE]), allow_empty=False
    )
    age_groups = fields.ListField(
        child=fields.ChoiceField(choices=AgeGroup.choices), allow_empty=False
    )
    license_states = fields.ListField(
        child=fields.CharField(validators=[STATE]), allow_empty=False, required=False
    )
    modalities = fields.SlugKeyField(
        queryset=Modality.objects.all(), many=True, required=False
    )
    concerns = fields.SlugKeyField(
        queryset=PresentingConcern.objects.all(), many=True, required=False
    )
    session_types = fields.SlugKeyField(
        queryset=SessionType.objects.all(), many=True, required=False
    )
    offices = fields.SlugKeyField(
        queryset=Office.objects.all(), many=True, required=False
    )

    class Meta:
        model = Therapist
        fields = [
            "id",
            "display_name",
            "pronouns",
            "gender",
            "license_type",
            "credentials",
            "license_states",
            "profile",
            "languages",
            "age_groups",
            "modalities",
            "concerns",
            "session_types",
            "offices",
            "telehealth",
            "accepts_new_clients",
        ]


class TherapistSerializer(PublicTherapistSerializer):
    supervisor = fields.KeyField(
        queryset=Therapist.objects.active(), allow_null=True, required=False
    )

    constraint_errors = {
        "therapist_supervised_by_another": (
            "supervisor",
            "Nobody supervises themselves.",
        )
    }

    class Meta(PublicTherapistSerializer.Meta):
        fields = [*PublicTherapistSerializer.Meta.fields, "supervisor", "is_active"]


class OwnProfileSerializer(StrictModelSerializer[Therapist]):
    """What therapists change of themselves."""

    class Meta:
        model = Therapist
        fields = ["pronouns", "gender", "profile"]


class ChangedTherapistSerializer(TherapistSerializer):
    """The therapist, and the sessions that the change leaves uncovered."""

    uncovered_appointments = UncoveredAppointmentSerializer(many=True)

    class Meta(TherapistSerializer.Meta):
        fields = [*TherapistSerializer.Meta.fields, "uncovered_appointments"]


class TherapistViewSet(BooksViewSet[Therapist]):
    """Anyone may look at those who are active, staff at all of them.

    Someone who leaves becomes inactive and is never deleted. `supervisor` and
    `is_active` are for staff only.
    """

    http_method_names = ["get", "post", "patch", "head", "options"]
    permission_classes = [IsManager | ReadOnly | IsOwnProfile]
    serializer_class = TherapistSerializer
    filterset_class = TherapistFilterSet
    ordering = ("display_name", "pk")

    def get_queryset(self) -> QuerySet[Therapist]:
        return Therapist.objects.visible_to(self.request.user).prefetch_related(
            _slugs("modalities", Modality),
            _slugs("concerns", PresentingConcern),
            _slugs("session_types", SessionType),
            _slugs("offices", Office),
        )

    def get_serializer_class(self) -> type[BaseSerializer[Therapist]]:
        is_for_staff = has_role(self.request.user, *Role)
        return TherapistSerializer if is_for_staff else PublicTherapistSerializer

    def perform_create(self, serializer: BaseSerializer[Therapist]) -> None:
        super().perform_create(serializer)
        made = serializer.instance
        assert made is not None  # noqa: S101  it has just been saved
        serializer.instance = self.get_queryset().get(pk=made.pk)  # slugs in order

    def scope(
        self,
        row: Therapist,
        values: Mapping[str, Any],  # Any: of each field
    ) -> Scope:
        return Scope(therapists=[row.pk])

    @extend_schema(parameters=[DRY_RUN], responses=ChangedTherapistSerializer)
    @serially
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The manager changes anything, a therapist their own profile, pronouns and
        gender.

        Who leaves, or no longer works at an office, cancels nothing: the answer lists
        the sessions that are left.
        """
        therapist = self.get_object()
        changes = self._changes(therapist)
        changes.is_valid(raise_exception=True)
        found = coverage.change(
            lambda: self.perform_update(changes),
            self.scope(therapist, changes.validated_data),
            now=timezone.now(),
        )
        return self.tell(self.get_queryset().get(pk=therapist.pk), found)

    def _changes(self, therapist: Therapist) -> BaseSerializer[Therapist]:
        is_manager = has_role(self.request.user, Role.MANAGER)
        allowed = TherapistSerializer if is_manager else OwnProfileSerializer
        return allowed(
            therapist,
            data=self.request.data,
            partial=True,
            context=self.get_serializer_context(),
        )


def _slugs(name: str, model: type[Model]) -> "Prefetch[str]":
    return Prefetch(name, model._default_manager.only("slug").order_by("slug"))  # noqa: SLF001
