"""The weights by which therapists are ranked, version by version."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import fields
from config.api.permissions import IsFrontDesk, IsManager
from config.api.serializers import StrictSerializer
from config.api.views import ApiViewSet
from scheduling import match_weights, matching
from scheduling.api import asked
from scheduling.api.asked import LookedForSerializer
from scheduling.api.matches import (
    ExcludedSerializer,
    SuitedSerializer,
    tell_excluded,
    tell_ranked,
)
from scheduling.engine.scoring import FULL, Criterion
from scheduling.models import MatchWeights, Modality


def _points() -> fields.IntegerField:
    return fields.IntegerField(min_value=0, max_value=FULL)


class PointsSerializer(StrictSerializer):
    """What each criterion is worth at most; nothing where it is not to count."""

    concern = _points()
    modality = _points()
    other_concerns = _points()
    language = _points()
    gender = _points()
    place = _points()
    hours = _points()
    soon = _points()
    load = _points()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not any(attrs.values()):
            raise serializers.ValidationError("Something has to count.")
        return attrs


class DraftWeightsSerializer(StrictSerializer):
    """A whole table. `leading` are modalities that are worth all points for their own
    concerns; another one that speaks to the concern is worth `supporting` percent."""

    points = PointsSerializer()
    leading = fields.SlugKeyField(queryset=Modality.objects.all(), many=True)
    supporting = fields.IntegerField(min_value=0, max_value=FULL)


class NewWeightsSerializer(DraftWeightsSerializer):
    note = fields.CharField(
        required=False, default="", allow_blank=True, max_length=200
    )


class MatchWeightsSerializer(StrictSerializer):
    """`created_by` is an account's name, and null for what the practice began with."""

    id = fields.KeyValueField()
    version = fields.IntegerField()
    points = PointsSerializer()
    leading = fields.ListField(child=fields.SlugField())
    supporting = fields.IntegerField()
    note = fields.CharField()
    created_at = fields.InstantField()
    created_by = fields.CharField(source="created_by.username", default=None)


class PreviewSerializer(DraftWeightsSerializer):
    facts = LookedForSerializer()


class PreviewedSerializer(StrictSerializer):
    """The ranking by the draft, and by the newest version; the same are excluded."""

    weights = fields.IntegerField()
    results = SuitedSerializer(many=True)
    newest = SuitedSerializer(many=True)
    excluded = ExcludedSerializer(many=True)


class MatchWeightsViewSet(mixins.ListModelMixin, ApiViewSet[MatchWeights]):
    """The newest version counts. None is ever changed or taken away."""

    serializer_class = MatchWeightsSerializer
    ordering = ("-version",)

    def get_permissions(self) -> list[BasePermission]:
        return [IsFrontDesk() if self.action == "list" else IsManager()]

    def get_queryset(self) -> QuerySet[MatchWeights]:
        return MatchWeights.objects.select_related("created_by")

    @extend_schema(
        request=NewWeightsSerializer, responses={201: MatchWeightsSerializer}
    )
    def create(self, request: Request) -> Response:
        """Make the next version, which counts from now on."""
        given = NewWeightsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        assert isinstance(request.user, User)  # noqa: S101  a permission saw to it
        made = match_weights.add(
            **_table(given.validated_data),
            note=given.validated_data["note"],
            by=request.user,
        )
        return Response(self.get_serializer(made).data, status.HTTP_201_CREATED)

    @extend_schema(request=PreviewSerializer, responses=PreviewedSerializer)
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        """How therapists would be ranked by a draft. Nothing is kept."""
        given = PreviewSerializer(
            data=request.data, context=self.get_serializer_context()
        )
        given.is_valid(raise_exception=True)
        wanted, now = given.validated_data["facts"], timezone.now()
        facts = asked.facts_of(wanted, now=now)
        newest = match_weights.newest()
        draft = MatchWeights(version=newest.version + 1, **_table(given.validated_data))
        limit = wanted.get("limit", matching.ANSWERED)
        by_draft, by_newest = (
            matching.rank(facts, weights, now=now, limit=limit)
            for weights in (draft, newest)
        )
        answer = {
            "weights": newest.version,
            "results": tell_ranked(by_draft.ranked),
            "newest": tell_ranked(by_newest.ranked),
            "excluded": tell_excluded(by_draft.excluded),
        }
        return Response(PreviewedSerializer(answer).data)


def _table(given: dict[str, Any]) -> dict[str, Any]:  # Any: of each field
    return {
        "points": {str(one): given["points"][one] for one in Criterion},
        "leading": sorted(modality.slug for modality in given["leading"]),
        "supporting": given["supporting"],
    }
