"""The guarantee of each new client: how far it has come, and what is decided."""

from collections.abc import Callable, Sequence
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from clients import access
from config.api import filters
from config.api.idempotency import idempotent
from config.api.permissions import IsFrontDesk, IsManager, IsTherapist
from config.api.preconditions import etag, expected_version
from config.api.serializers import StrictSerializer
from config.api.views import ApiViewSet
from config.errors import Stale
from config.roles import Role, has_role
from locations.models import Office
from scheduling import guarantees, settlements
from scheduling.api.caseload import clients_visible_to
from scheduling.api.changes import NothingSerializer
from scheduling.api.guarantee_shapes import (
    ChooseSerializer,
    DeclineSerializer,
    GuaranteeSerializer,
    NameTrialSerializer,
    NoFitSerializer,
    OpenGuaranteeSerializer,
    RefundSerializer,
)
from scheduling.guarantee_accounts import accounts
from scheduling.models import Guarantee, GuaranteeRound, GuaranteeState


class GuaranteeFilterSet(filters.StrictFilterSet):
    """`therapist` is whoever the client was matched with, in any round; `office` where
    the present first session is; `since` when the promise was made."""

    state = filters.ChoicesFilter("progress", choices=GuaranteeState)
    client = filters.KeysFilter("client", scope=clients_visible_to)
    therapist = filters.KeysFilter(method="matched_with")
    office = filters.SlugsFilter("session_office", queryset=Office.objects.all())
    since = filters.InstantFilter("created_at", "gte")

    def matched_with(
        self, rows: QuerySet[Guarantee], name: str, keys: list[UUID]
    ) -> QuerySet[Guarantee]:
        rounds = GuaranteeRound.objects.filter(therapist__in=keys)
        return rows.filter(pk__in=rounds.values("guarantee"))


class GuaranteeViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, ApiViewSet[Guarantee]
):
    """The front desk sees all guarantees, a therapist those of their own clients."""

    permission_classes = [IsFrontDesk | IsTherapist]
    serializer_class = GuaranteeSerializer
    filterset_class = GuaranteeFilterSet
    orderings = {
        "-created_at": ("-created_at", "-pk"),
        "created_at": ("created_at", "pk"),
    }
    versioned = True

    def get_queryset(self) -> QuerySet[Guarantee]:
        rows = Guarantee.objects.with_progress().with_session_office()
        rows = rows.select_related("settled_by", "current__therapist")
        return rows.filter(client__in=clients_visible_to(self.request.user))

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self._told(page or []))

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        return self._respond(self.get_object())

    @extend_schema(
        request=OpenGuaranteeSerializer, responses={201: GuaranteeSerializer}
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Promise it to a new client, once; with a therapist, they are matched."""
        asked = self._body(OpenGuaranteeSerializer)
        client = asked.pop("client", None) or guarantees.client_of(asked["intake"])
        opened = guarantees.open_for(
            client, **asked, by=self._caller(), now=timezone.now()
        )
        return self._answer(opened.pk, status.HTTP_201_CREATED)

    @extend_schema(request=ChooseSerializer, responses=GuaranteeSerializer)
    @action(detail=True, methods=["post"], permission_classes=[IsFrontDesk])
    @idempotent
    def choose(self, request: Request, pk: str) -> Response:
        """Match the client with a therapist: the first one, another one until a session
        is booked, or the one after a rematch was asked for."""
        return self._take(guarantees.choose, ChooseSerializer, by=self._caller())

    @extend_schema(request=NameTrialSerializer, responses=GuaranteeSerializer)
    @action(detail=True, methods=["post"], permission_classes=[IsFrontDesk])
    @idempotent
    def trial(self, request: Request, pk: str) -> Response:
        """Say which session is the first one, where it is not the earliest that the
        client has with the therapist."""
        return self._take(guarantees.name_trial, NameTrialSerializer)

    @extend_schema(request=NothingSerializer, responses=GuaranteeSerializer)
    @action(
        detail=True,
        methods=["post"],
        url_path="continue",
        permission_classes=[IsFrontDesk],
    )
    @idempotent
    def continues(self, request: Request, pk: str) -> Response:
        """The client stays with the therapist."""
        step = settlements.say_continues
        return self._take(step, NothingSerializer, by=self._caller())

    @extend_schema(request=NoFitSerializer, responses=GuaranteeSerializer)
    @action(detail=True, methods=["post"], url_path="ask-rematch")
    @idempotent
    def ask_rematch(self, request: Request, pk: str) -> Response:
        """It is no fit, and another therapist is wanted: once, and within a week. A
        therapist says so of the sessions with themselves only."""
        self._check_own_round()
        return self._take(settlements.ask_rematch, NoFitSerializer, by=self._caller())

    @extend_schema(request=NoFitSerializer, responses=GuaranteeSerializer)
    @action(detail=True, methods=["post"], url_path="ask-refund")
    @idempotent
    def ask_refund(self, request: Request, pk: str) -> Response:
        """It is no fit, and the money is wanted back: within a week, or instead of a
        rematch. A therapist says so of the sessions with themselves only."""
        self._check_own_round()
        return self._take(settlements.ask_refund, NoFitSerializer, by=self._caller())

    @extend_schema(request=RefundSerializer, responses=GuaranteeSerializer)
    @action(detail=True, methods=["post"], permission_classes=[IsManager])
    @idempotent
    def refund(self, request: Request, pk: str) -> Response:
        """Decide that the client gets so much back. No money is moved by this."""
        return self._take(settlements.refund, RefundSerializer, by=self._caller())

    @extend_schema(request=DeclineSerializer, responses=GuaranteeSerializer)
    @action(detail=True, methods=["post"], permission_classes=[IsManager])
    @idempotent
    def decline(self, request: Request, pk: str) -> Response:
        """Decide that nothing is returned, and say why."""
        return self._take(settlements.decline, DeclineSerializer, by=self._caller())

    def get_permissions(self) -> Sequence[Any]:  # Any: or a combination of permissions
        """Only the front desk promises anything."""
        if self.action == "create":
            return [IsFrontDesk()]
        return super().get_permissions()

    def replay(self, request: Request, object_id: UUID, status: int) -> Response:
        return self._answer(object_id, status)

    def _check_own_round(self) -> None:
        """Another therapist of the client sees the guarantee, and has no say in it."""
        current = self.get_object().current
        if current is None or has_role(self._caller(), Role.FRONT_DESK):
            return
        if current.therapist.user_id != self._caller().pk:
            raise PermissionDenied

    def _take(
        self,
        step: Callable[..., Guarantee],
        serializer_class: type[StrictSerializer],
        **more: User,
    ) -> Response:
        """One step of the guarantee, from the version that the caller has seen."""
        guarantee, version = self.get_object(), expected_version(self.request)
        if version != guarantee.version:
            raise Stale(version=guarantee.version)
        asked = self._body(serializer_class)
        step(guarantee, **asked, **more, version=version, now=timezone.now())
        return self._answer(guarantee.pk)

    def _body(
        self, serializer_class: type[StrictSerializer]
    ) -> dict[str, Any]:  # Any: of each field
        context = self.get_serializer_context()
        serializer = serializer_class(data=self.request.data, context=context)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def _caller(self) -> User:
        return cast(User, self.request.user)  # a permission saw to it

    def _answer(self, key: UUID, code: int = status.HTTP_200_OK) -> Response:
        """The guarantee as it is now."""
        return self._respond(get_object_or_404(self.get_queryset(), pk=key), code)

    def _respond(self, row: Guarantee, code: int = status.HTTP_200_OK) -> Response:
        (told,) = self._told([row])
        return Response(told, status=code, headers={"ETag": etag(row.version)})

    def _told(self, rows: Sequence[Guarantee]) -> Any:  # Any: JSON, one each
        user = self._caller()
        if rows:
            looked = "guarantees" if self.action == "list" else "guarantee"
            access.note(user, looked, [row.client_id for row in rows])
        found = accounts(rows, viewer=user, now=timezone.now())
        return GuaranteeSerializer(found, many=True).data
