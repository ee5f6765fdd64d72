"""Matches: which therapists suit somebody, best first, and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.throttling import BaseThrottle

from clients import access
from clients.models import AgeGroup
from config.api import fields, filters
from config.api.permissions import IsFrontDesk
from config.api.serializers import StrictModelSerializer, StrictSerializer
from config.api.throttles import MatchThrottle
from config.api.views import ApiViewSet
from config.roles import Role, has_role
from scheduling import match_weights, matching
from scheduling.api import asked, slots
from scheduling.api.asked import MUST_CHOICES, LookedForSerializer, WishesSerializer
from scheduling.api.names import NamedTherapistSerializer
from scheduling.api.public import PublicSlotSerializer
from scheduling.api.shapes import ReasonSerializer
from scheduling.api.slots import SlotSerializer
from scheduling.engine.scoring import Criterion
from scheduling.matching import WHY_NOT, Excluded, Suited
from scheduling.models import (
    ForWhom,
    Gender,
    Intake,
    IntakePerson,
    Match,
    MatchWeights,
)

CRITERIA = [(criterion.value, criterion.value) for criterion in Criterion]


class PartSerializer(StrictSerializer):
    criterion = fields.ChoiceField(choices=CRITERIA)
    points = fields.IntegerField()
    max = fields.IntegerField()
    why = fields.CharField()


class _AsKeptSerializer(StrictSerializer):
    """A piece of JSON that is as it is told already; declared for the schema."""

    def to_representation(self, instance: Any) -> Any:  # Any: a piece of JSON
        return instance


class _SuitedSerializer(_AsKeptSerializer):
    """`score` is the sum of the parts. The slots, three at most, are the first within
    the wished hours at the wished places."""

    therapist = NamedTherapistSerializer()
    score = fields.IntegerField()
    parts = PartSerializer(many=True)


class SuitedSerializer(_SuitedSerializer):
    slots = SlotSerializer(many=True)


class PublicSuitedSerializer(_SuitedSerializer):
    slots = PublicSlotSerializer(many=True)


class ExcludedSerializer(_AsKeptSerializer):
    therapist = NamedTherapistSerializer()
    reasons = ReasonSerializer(many=True)


class MatchFactsSerializer(_AsKeptSerializer):
    """What was asked, whoever it was for: nobody's name, and nothing in their words."""

    session_type = fields.CharField()
    for_whom = fields.ChoiceField(choices=ForWhom.choices)
    age_groups = fields.ListField(child=fields.ChoiceField(choices=AgeGroup.choices))
    people = fields.IntegerField()
    state = fields.CharField()
    main_concern = fields.CharField(allow_null=True)
    other_concerns = fields.ListField(child=fields.CharField())
    modalities = fields.ListField(child=fields.CharField())
    languages = fields.ListField(child=fields.CharField())
    genders = fields.ListField(child=fields.ChoiceField(choices=Gender.choices))
    offices = fields.ListField(child=fields.CharField())
    by_video = fields.BooleanField()
    weekdays = fields.ListField(child=fields.IntegerField())
    time_from = fields.CharField()
    time_to = fields.CharField()
    start_within_days = fields.IntegerField(allow_null=True)
    musts = fields.ListField(child=fields.ChoiceField(choices=MUST_CHOICES))
    earlier_therapists = fields.ListField(child=fields.KeyValueField())
    limit = fields.IntegerField()


class MatchSummarySerializer(StrictModelSerializer[Match]):
    """`weights` is the version by which was ranked."""

    intake = fields.KeyField(queryset=Intake.objects.all(), allow_null=True)
    weights = fields.IntegerField(source="weights.version")
    facts = MatchFactsSerializer()

    class Meta:
        model = Match
        fields = ["id", "intake", "weights", "facts", "created_at"]


class MatchSerializer(MatchSummarySerializer):
    """The answer as it was given: those who suit, best first, and all who were excluded
    with every reason. Who suits but is not among the first `limit` is in neither."""

    results = SuitedSerializer(many=True, source="ranked")
    excluded = ExcludedSerializer(many=True)

    class Meta(MatchSummarySerializer.Meta):
        fields = [*MatchSummarySerializer.Meta.fields, "results", "excluded"]


class PublicMatchSerializer(StrictSerializer):
    """What anybody is answered. Nothing is kept of it, so it has no id; how busy a
    therapist is gives no points, and nobody is told why others are not in it. Slots,
    and points for hours, are of session types that somebody new may book without the
    front desk (`for_new_clients`); of others nobody is told when there is time."""

    created_at = fields.InstantField()
    results = PublicSuitedSerializer(many=True)


class OrderMatchSerializer(LookedForSerializer):
    """`weights` is a version other than the newest, for the manager."""

    weights = fields.IntegerField(min_value=1, required=False)


class MatchFilterSet(filters.StrictFilterSet):
    intake = filters.KeysFilter()


class MatchViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, ApiViewSet[Match]):
    """Answers are kept as they were given, and never changed."""

    serializer_class = MatchSerializer
    filterset_class = MatchFilterSet
    ordering = ("-created_at", "-pk")
    queryset = Match.objects.select_related("weights")

    def get_permissions(self) -> list[BasePermission]:
        return [AllowAny() if self.action == "create" else IsFrontDesk()]

    def get_throttles(self) -> list[BaseThrottle]:
        throttles: list[BaseThrottle] = list(super().get_throttles())
        return [*throttles, MatchThrottle()] if self.action == "create" else throttles

    def get_serializer_class(self) -> type[BaseSerializer[Match]]:
        return MatchSummarySerializer if self.action == "list" else MatchSerializer

    def get_queryset(self) -> QuerySet[Match]:
        rows = super().get_queryset()
        return rows.defer("ranked", "excluded") if self.action == "list" else rows

    @extend_schema(
        request=OrderMatchSerializer,
        responses={201: MatchSerializer, 200: PublicMatchSerializer},
    )
    def create(self, request: Request) -> Response:
        """Rank the therapists for an intake, or for the same facts given directly.

        The front desk gets 201 and an answer that is kept. Anybody else may ask with
        facts that name nobody, in a throttle of its own: they get 200, with slots that
        keep the practice's notice, as `GET slots/` tells them, and nothing is kept.
        """
        if not has_role(request.user, Role.FRONT_DESK):
            return self._tell_public(request)
        order = OrderMatchSerializer(
            data=request.data, context=self.get_serializer_context()
        )
        order.is_valid(raise_exception=True)
        wanted, now = order.validated_data, timezone.now()
        weights = _weights(request, wanted.get("weights"))
        facts = asked.facts_of(wanted, now=now)
        limit = wanted.get("limit", matching.ANSWERED)
        found = matching.rank(facts, weights, now=now, limit=limit)
        assert isinstance(request.user, User)  # noqa: S101  they have a role
        match = Match.objects.create(
            intake=wanted.get("intake"),
            weights=weights,
            facts={**facts.as_json(), "limit": limit},
            ranked=tell_ranked(found.ranked),
            excluded=tell_excluded(found.excluded),
            created_at=now.replace(microsecond=0),
            created_by=request.user,
        )
        told = self.get_serializer(match).data
        self._note("match", [told])
        return Response(told, status.HTTP_201_CREATED)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().list(request, *args, **kwargs)
        self._note("matches", response.data["results"])
        return response

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().retrieve(request, *args, **kwargs)
        self._note("match", [response.data])
        return response

    def _note(self, action: str, told: Sequence[Mapping[str, Any]]) -> None:
        """A match of an intake tells what brings the people whom that names: the
        clients that they are, or their own ids."""
        intakes = {row["intake"] for row in told} - {None}
        if intakes:
            people = IntakePerson.objects.filter(intake__in=intakes)
            shown = people.values_list(Coalesce("client", "pk"), flat=True)
            access.note(self.request.user, action, set(shown))

    def _tell_public(self, request: Request) -> Response:
        given = WishesSerializer(
            data=request.data, context=self.get_serializer_context()
        )
        given.is_valid(raise_exception=True)
        now = timezone.now()
        found = matching.rank(
            asked.facts_of(given.validated_data, now=now),
            match_weights.newest(),
            now=now,
            limit=given.validated_data.get("limit", matching.ANSWERED),
            is_public=True,
        )
        told = tell_ranked(found.ranked)
        for slot in (slot for each in told for slot in each["slots"]):
            del slot["rooms_free"]  # how busy an office is
        answer = {"created_at": now, "results": told}
        return Response(PublicMatchSerializer(answer).data)


def tell_ranked(
    found: Sequence[Suited],
) -> list[dict[str, Any]]:  # Any: a piece of JSON
    """As it is answered, and kept; the offices of all slots in one query."""
    told = iter(slots.represent(slot for suited in found for slot in suited.slots))
    return [
        {
            "therapist": {"id": suited.therapist, "display_name": suited.name},
            "score": suited.score,
            "parts": [
                {
                    "criterion": str(part.criterion),
                    "points": part.points,
                    "max": part.max,
                    "why": part.why,
                }
                for part in suited.parts
            ],
            "slots": [next(told) for _ in suited.slots],
        }
        for suited in found
    ]


def tell_excluded(
    found: Sequence[Excluded],
) -> list[dict[str, Any]]:  # Any: a piece of JSON
    return [
        {
            "therapist": {"id": each.therapist, "display_name": each.name},
            "reasons": [
                {"code": str(reason), "detail": WHY_NOT[reason]}
                for reason in each.reasons
            ],
        }
        for each in found
    ]


def _weights(request: Request, version: int | None) -> MatchWeights:
    if version is None:
        return match_weights.newest()
    if not has_role(request.user, Role.MANAGER):
        raise PermissionDenied("Only a manager chooses the weights.")
    found = MatchWeights.objects.filter(version=version).first()
    if found is None:
        raise serializers.ValidationError({"weights": ["There is no such version."]})
    return found
