"""Intakes: anybody sends one; the front desk completes, registers or closes it.

What they say in their own words has an address of its own, for those who treat them.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from clients import access
from clients.api.clients import PHONE_ENDING
from clients.folding import Folded, piecewise
from clients.models import NAMES, PresentingConcern
from config.api import filters
from config.api.idempotency import idempotent
from config.api.parsers import SmallJSONParser
from config.api.permissions import IsFrontDesk, IsTherapist
from config.api.preconditions import etag, expected_version
from config.api.serializers import StrictSerializer
from config.api.throttles import IntakeThrottle
from config.api.views import ApiViewSet, StrictView, serially
from config.errors import Stale
from config.roles import Role, has_role
from locations.models import Office
from scheduling import intakes, registration
from scheduling.api.changes import NothingSerializer
from scheduling.api.intake_shapes import (
    ClosingSerializer,
    CompletionSerializer,
    IntakeRegistrationSerializer,
    IntakeSerializer,
    IntakeWordsSerializer,
    ReceivedSerializer,
    RegisteredSerializer,
    ResemblanceSerializer,
    ResemblancesSerializer,
    SubmissionSerializer,
)
from scheduling.models import (
    ForWhom,
    Intake,
    IntakePerson,
    IntakeSource,
    IntakeStatus,
    Modality,
)


class IntakeFilterSet(filters.StrictFilterSet):
    spans = [("created_after", "created_before")]

    status = filters.ChoicesFilter("status", choices=IntakeStatus)
    source = filters.ChoicesFilter("source", choices=IntakeSource)
    for_whom = filters.ChoicesFilter("for_whom", choices=ForWhom)
    concern = filters.SlugsFilter(
        queryset=PresentingConcern.objects.all(),
        method="with_concern",
        help_text="The main concern or another one.",
    )
    created_after = filters.InstantFilter("created_at", "gte")
    created_before = filters.InstantFilter("created_at", "lt")
    search = filters.TextFilter(
        method="matching",
        help_text="Pieces of a name, the last digits of a phone, or an e-mail.",
    )

    def with_concern(
        self, rows: QuerySet[Intake], name: str, keys: Sequence[UUID]
    ) -> QuerySet[Intake]:
        others = Intake.other_concerns.through.objects.filter(
            presentingconcern__in=keys
        )
        return rows.filter(Q(main_concern__in=keys) | Q(pk__in=others.values("intake")))

    def matching(
        self, rows: QuerySet[Intake], name: str, text: str
    ) -> QuerySet[Intake]:
        if PHONE_ENDING.fullmatch(text):
            found = Q(phone__endswith=re.sub(r"\D", "", text))
        else:
            found = piecewise(text, "folded_name") | Q(email__istartswith=text)
        people = IntakePerson.objects.alias(folded_name=Folded(*NAMES)).filter(found)
        return rows.filter(pk__in=people.values("intake"))


class IntakeViewSet(
    mixins.RetrieveModelMixin, mixins.ListModelMixin, ApiViewSet[Intake]
):
    """What people tell before they are clients. Anybody may send one, with no account,
    and learns nothing of who is known already; the front desk does the rest.

    Whoever is shown is noted in the access log. One that leads to nothing is forgotten
    a year after its last change. A page of any origin may send one, without cookies:
    sent by the website's server, all would come from one address.
    """

    serializer_class = IntakeSerializer
    filterset_class = IntakeFilterSet
    ordering = ("-created_at", "-pk")
    versioned = True
    http_method_names = [*ApiViewSet.http_method_names, "options"]

    def get_permissions(self) -> Sequence[Any]:  # Any: a permission of any kind
        is_open = self.action == "create" or self.request.method == "OPTIONS"
        return [AllowAny()] if is_open else [IsFrontDesk()]

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """What a browser asks before it sends an intake from another origin."""
        allowed = {
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "Content-Type, Idempotency-Key",
            "Access-Control-Max-Age": "7200",
        }
        return Response(status=status.HTTP_204_NO_CONTENT, headers=allowed)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        if not kwargs and request.method in {"POST", "OPTIONS"}:
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        return super().finalize_response(request, response, *args, **kwargs)

    def get_throttles(self) -> list[Any]:  # Any: a throttle of any kind
        own = [IntakeThrottle()] if self.action == "create" else []
        return [*super().get_throttles(), *own]

    def get_parsers(self) -> list[Any]:  # Any: a parser of any kind
        return [SmallJSONParser()]

    def get_queryset(self) -> QuerySet[Intake]:
        rows = Intake.objects.select_related("main_concern", "created_by", "settled_by")
        return rows.prefetch_related(
            Prefetch("people", IntakePerson.objects.order_by("position")),
            Prefetch("other_concerns", PresentingConcern.objects.order_by("slug")),
            Prefetch("modalities", Modality.objects.order_by("slug")),
            Prefetch("offices", Office.objects.order_by("slug")),
        )

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().list(request, *args, **kwargs)
        if rows := response.data["results"]:
            access.note(request.user, "intakes", _shown(rows))
        return response

    def retrieve(self, request: Request, pk: str) -> Response:
        return self._answer(self.get_object())

    @extend_schema(request=SubmissionSerializer, responses={201: ReceivedSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Tell what somebody looks for. The answer is the same whoever sends it."""
        given = SubmissionSerializer(
            data=request.data, context=self.get_serializer_context()
        )
        given.is_valid(raise_exception=True)
        facts = dict(given.validated_data)
        is_desk = has_role(request.user, Role.FRONT_DESK)
        intake = intakes.submit(
            people=facts.pop("people"),
            words=facts.pop("note", ""),
            facts=facts,
            by=cast(User, request.user) if is_desk else None,
            now=timezone.now(),
        )
        return _received(intake, status.HTTP_201_CREATED)

    @extend_schema(request=CompletionSerializer, responses=IntakeSerializer)
    @serially
    def partial_update(self, request: Request, pk: str) -> Response:
        intake, version = self._seen()
        changes = self._body(CompletionSerializer)
        intakes.complete(
            intake,
            version=version,
            people=changes.pop("people", None),
            changes=changes,
            now=timezone.now(),
        )
        return self._answer(self.get_object())

    @extend_schema(responses=ResemblancesSerializer)
    @action(detail=True)
    def duplicates(self, request: Request, pk: str) -> Response:
        """Of each person who is to be a client, those they may be already."""
        intake = self.get_object()
        found = intakes.resemblances(intake)
        shown = {client.pk for each in found for client in each.clients}
        access.note(request.user, "duplicates", shown)
        return Response(
            ResemblancesSerializer({"results": found}).data,
            headers={"ETag": etag(intake.version)},
        )

    @extend_schema(request=IntakeRegistrationSerializer, responses=RegisteredSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def register(self, request: Request, pk: str) -> Response:
        """Make clients of all of them, or say who is a client already. The answer names
        other clients whom they may be."""
        intake, version = self._seen()
        turns = self._body(IntakeRegistrationSerializer).get("people", ())
        registration.register(
            intake,
            version=version,
            turns=turns,
            by=cast(User, request.user),  # a permission saw to it
            now=timezone.now(),
        )
        return self._registered(self.get_object())

    @extend_schema(request=ClosingSerializer, responses=IntakeSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def close(self, request: Request, pk: str) -> Response:
        """Say that nothing comes of it, and why."""
        intake, version = self._seen()
        intakes.close(
            intake,
            version=version,
            reason=self._body(ClosingSerializer)["reason"],
            by=cast(User, request.user),  # a permission saw to it
            now=timezone.now(),
        )
        return self._answer(self.get_object())

    @extend_schema(request=NothingSerializer, responses=IntakeSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def reopen(self, request: Request, pk: str) -> Response:
        """Take one that was closed up again."""
        intake, version = self._seen()
        self._body(NothingSerializer)
        intakes.reopen(intake, version=version, now=timezone.now())
        return self._answer(self.get_object())

    def replay(self, request: Request, object_id: UUID, status: int) -> Response:
        intake = get_object_or_404(self.get_queryset(), pk=object_id)
        if self.action == "create":
            return _received(intake, status)
        if self.action == "register":
            return self._registered(intake, status)
        return self._answer(intake, status)

    def _seen(self) -> tuple[Intake, int]:
        """The intake and its version, if it is the one that the caller has seen.

        Checked before the body is; the operation checks it again behind its lock.
        """
        intake = self.get_object()
        version = expected_version(self.request)
        if version != intake.version:
            raise Stale(version=intake.version)
        return intake, version

    def _body(
        self, serializer_class: type[StrictSerializer] | type[CompletionSerializer]
    ) -> dict[str, Any]:  # Any: of each field
        serializer = serializer_class(
            data=self.request.data, context=self.get_serializer_context()
        )
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def _registered(self, intake: Intake, code: int = status.HTTP_200_OK) -> Response:
        response = self._answer(intake, code)
        found = [each for each in intakes.resemblances(intake) if each.clients]
        shown = {client.pk for each in found for client in each.clients}
        if shown:
            access.note(self.request.user, "duplicates", shown)
        alike = ResemblanceSerializer(found, many=True)
        response.data["resemblances"] = alike.data
        return response

    def _answer(self, intake: Intake, code: int = status.HTTP_200_OK) -> Response:
        body = self.get_serializer(intake).data
        access.note(self.request.user, "intake", _shown([body]))
        return Response(body, status=code, headers={"ETag": etag(intake.version)})


class IntakeWordsView(StrictView):
    permission_classes = [IsTherapist]

    @extend_schema(operation_id="intake_words", responses=IntakeWordsSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """What somebody wrote in their own words, for those who treat them alone."""
        rows = intakes.words_readable_by(request.user).select_related("intake")
        words = get_object_or_404(rows, intake=pk)
        clients = words.intake.people.exclude(client=None).values_list("client")
        shown = {client for (client,) in clients}
        access.note(request.user, "intake words", shown)
        return Response(IntakeWordsSerializer(words).data)


def _received(intake: Intake, code: int) -> Response:
    """All that anybody is told, who may not know more than they sent."""
    body = ReceivedSerializer(intake).data
    return Response(body, status=code, headers={"ETag": etag(1)})


def _shown(rows: Iterable[Any]) -> set[UUID]:  # Any: intakes as they are answered
    """The people in `rows`, by the client that they are, else by their own id."""
    return {
        UUID(str(person["client"] or person["id"]))
        for row in rows
        for person in row["people"]
    }
