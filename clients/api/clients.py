"""Clients: found while they are on the phone, registered, and kept up to date.

This is the front desk's view of them; `scheduling.api.caseload` adds the therapists'.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.core.validators import RegexValidator
from django.db import transaction
from django.db.models import Case, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from clients import access, intake
from clients.folding import Folded, piecewise
from clients.intake import Decision, GuardianDetails, Registration
from clients.models import (
    NAMES,
    Channel,
    Client,
    ConsentStatus,
    ContactConsent,
    Guardian,
    OptOut,
)
from config.api import fields, filters
from config.api.idempotency import idempotent
from config.api.languages import LANGUAGE
from config.api.serializers import StrictModelSerializer, StrictSerializer
from config.api.views import ApiViewSet, serially

MOST_GUARDIANS = 10
FROM_FRONT_DESK = "front_desk"

PHONE_ENDING = re.compile(r"[-+()./\s]*(\d[-+()./\s]*){3,}", re.ASCII)


class PhoneFilter(filters.StrictFilter):
    def parse(self, text: str) -> str:
        try:
            number: str = fields.PhoneField().run_validation(text)
        except serializers.ValidationError:
            raise ValueError("This is not a telephone number.") from None
        return number


class ClientFilterSet(filters.StrictFilterSet):
    search = filters.TextFilter(
        method="matching",
        help_text="Pieces of the name, the last digits of the phone, or the e-mail.",
    )
    email = filters.TextFilter("email", "iexact")
    phone = PhoneFilter()
    born_on = filters.LocalDateFilter()

    def matching(
        self, queryset: QuerySet[Client], name: str, text: str
    ) -> QuerySet[Client]:
        if PHONE_ENDING.fullmatch(text):
            return queryset.filter(phone__endswith=re.sub(r"\D", "", text))
        by_email = Q(email__iregex=f"^{re.escape(text)}")
        named = queryset.alias(folded_name=Folded(*NAMES))
        return named.filter(piecewise(text, "folded_name") | by_email)


STATE = RegexValidator(r"\A[A-Z]{2}\Z", "Give a state by its two letters, as in CA.")


class TrialFilterSet(filters.StrictFilterSet):
    dry_run = filters.FlagFilter()


class OptOutField(fields.InstantField):
    """Since when the number that somebody has now wants no texts, whatever they decided
    themselves; null if it wants them."""

    def __init__(self) -> None:
        super().__init__(
            read_only=True,
            allow_null=True,
            help_text="Since when this number wants no texts (STOP), whoever has it; "
            "null if it has not said so, or wants them again.",
        )


class GuardianSerializer(StrictModelSerializer[Guardian]):
    """A guardian, whole: what a request leaves out gets its default."""

    id = fields.KeyValueField(required=False)

    sms_opted_out_at = OptOutField()

    constraint_errors = {
        "guardian_reachable": ("email", "Give an e-mail address or a phone number.")
    }

    class Meta:
        model = Guardian
        fields = [
            "id",
            "first_name",
            "last_name",
            "display_name",
            "relationship",
            "email",
            "phone",
            "sms_opted_out_at",
            "receives_messages",
        ]

    def validate(self, attrs: dict[str, Any]) -> Any:  # Any: as the base
        return GuardianDetails(**attrs)


class ContactPreferencesSerializer(StrictSerializer):
    sms = fields.BooleanField(source="wants_sms", required=False)
    email = fields.BooleanField(source="wants_email", required=False)


class ConsentSerializer(StrictSerializer):
    status = fields.ChoiceField(choices=ConsentStatus.choices)
    source = fields.CharField(  # type: ignore[assignment]  # a field's own name, too
        max_length=50, default=FROM_FRONT_DESK
    )
    at = fields.InstantField(read_only=True)


class ConsentsSerializer(StrictSerializer):
    """The client's newest decision about each channel, null where there is none yet."""

    sms = ConsentSerializer(required=False, allow_null=True)
    email = ConsentSerializer(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> Any:  # Any: as the base
        for channel, decision in attrs.items():
            if decision is None:
                raise serializers.ValidationError(
                    {channel: "A decision stands until another one is given."}
                )
        return [
            Decision(Channel(channel), **decision)
            for channel, decision in attrs.items()
        ]

    def to_representation(self, instance: Any) -> dict[str, Any]:  # Any: a manager
        own = [each for each in instance.all() if each.guardian_id is None]
        decisions = sorted(own, key=lambda each: (each.at, each.pk))
        newest = {decision.channel: decision for decision in decisions}
        return {
            channel: ConsentSerializer(newest[channel]).data
            if channel in newest
            else None
            for channel in Channel.values
        }


class ClientSerializer(StrictModelSerializer[Client]):
    contact_preferences = ContactPreferencesSerializer(source="*", required=False)
    consents = ConsentsSerializer(source="contact_consents", required=False)
    sms_opted_out_at = OptOutField()
    guardians = GuardianSerializer(  # type: ignore[call-arg]  # of the list's
        many=True, required=False, max_length=MOST_GUARDIANS
    )

    constraint_errors = {
        "client_reachable": ("email", "Give an e-mail address or a phone number.")
    }

    class Meta:
        model = Client
        fields = [
            "id",
            "first_name",
            "last_name",
            "preferred_name",
            "display_name",
            "pronouns",
            "born_on",
            "email",
            "phone",
            "state",
            "language",
            "contact_preferences",
            "consents",
            "sms_opted_out_at",
            "consent_basis",
            "guardian_contact_ok",
            "guardians",
            "telehealth_consent_on",
            "created_at",
        ]
        extra_kwargs: dict[str, dict[str, Any]] = {  # Any: options of any field
            "state": {"validators": [STATE]},
            "language": {"validators": [LANGUAGE]},
        }


class AmendmentSerializer(ClientSerializer):
    """What of a client is to change; guardians, when given, replace all of them."""

    class Meta(ClientSerializer.Meta):
        extra_kwargs = ClientSerializer.Meta.extra_kwargs | {
            name: {"required": False} for name in ("first_name", "last_name", "born_on")
        }


class AlikeSerializer(StrictModelSerializer[Client]):
    class Meta:
        model = Client
        fields = ["id", "display_name", "born_on"]
        read_only_fields = fields


class RegistrationSerializer(ClientSerializer):
    """A new client, and up to five others who may be the same person."""

    possible_duplicates = AlikeSerializer(many=True, read_only=True)

    class Meta(ClientSerializer.Meta):
        fields = [*ClientSerializer.Meta.fields, "possible_duplicates"]


class DuplicatesSerializer(StrictSerializer):
    """Up to five others who may be the same person."""

    possible_duplicates = AlikeSerializer(many=True)


class ClientViewSet(
    mixins.RetrieveModelMixin, mixins.ListModelMixin, ApiViewSet[Client]
):
    """Clients. Whoever is shown is noted in the access log; nobody is ever deleted."""

    serializer_class = ClientSerializer
    filterset_class = ClientFilterSet
    cursor_by_key = True  # names have no place in an address
    ordering = ("last_name", "first_name", "pk")
    query_parameters: ClassVar[Mapping[str, Sequence[str]]] = {"create": ["dry_run"]}

    def visible(self) -> QuerySet[Client]:
        return Client.objects.all()

    def get_queryset(self) -> QuerySet[Client]:
        own = ContactConsent.objects.filter(guardian__isnull=True)
        newest = own.order_by("client", "channel", "-at", "-pk")
        opted_out = {"sms_opted_out_at": _opted_out_at()}
        guardians = Guardian.objects.annotate(**opted_out).order_by("pk")
        return (
            self.visible()
            .annotate(**opted_out)
            .prefetch_related(
                Prefetch("guardians", guardians),
                Prefetch("contact_consents", newest.distinct("client", "channel")),
            )
        )

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().list(request, *args, **kwargs)
        access.note(
            request.user, "list", [row["id"] for row in response.data["results"]]
        )
        return response

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().retrieve(request, *args, **kwargs)
        access.note(request.user, "retrieve", [response.data["id"]])
        return response

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "dry_run", bool, description="Only tell who may be the same person."
            )
        ],
        responses={200: DuplicatesSerializer, 201: RegistrationSerializer},
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Register a client; with `dry_run=true`, only tell who may be known."""
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        is_trial = self.is_dry_run()
        with transaction.atomic():
            registration = intake.register(
                guardians=values.pop("guardians", ()),
                decisions=values.pop("contact_consents", ()),
                client=Client(**values),
                now=timezone.now(),
            )
            transaction.set_rollback(is_trial)
        if is_trial:
            return self._known(registration.possible_duplicates)
        return self._registered(registration, status.HTTP_201_CREATED)

    def is_dry_run(self) -> bool:
        nobody = Client.objects.none()
        asked = filters.checked(TrialFilterSet(self.request.query_params, nobody))
        return self.action == "create" and bool(asked["dry_run"])

    @extend_schema(request=AmendmentSerializer, responses=ClientSerializer)
    @serially
    def partial_update(self, request: Request, pk: str) -> Response:
        client = self.get_object()
        given = AmendmentSerializer(client, data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        intake.amend(
            client,
            guardians=values.pop("guardians", None),
            decisions=values.pop("contact_consents", ()),
            changes=values,
            now=timezone.now(),
        )
        access.note(request.user, "amend", [client.pk])
        return Response(self.get_serializer(self.get_object()).data)

    def replay(self, request: Request, object_id: UUID, status: int) -> Response:
        client = self.get_queryset().get(pk=object_id)
        again = Registration(client, intake.possible_duplicates(client))
        return self._registered(again, status)

    def _known(self, alike: Sequence[Client]) -> Response:
        """Who is shown is noted, though nothing else has happened."""
        access.note(self.request.user, "compare", [each.pk for each in alike])
        told = DuplicatesSerializer({"possible_duplicates": alike})
        return Response(told.data)

    def _registered(self, registration: Registration, status: int) -> Response:
        """The client read anew, in the form in which everybody gets it."""
        client = self.get_queryset().get(pk=registration.client.pk)
        shown = [client, *registration.possible_duplicates]
        access.note(self.request.user, "register", [each.pk for each in shown])
        alike = AlikeSerializer(registration.possible_duplicates, many=True)
        body = self.get_serializer(client).data
        return Response({**body, "possible_duplicates": alike.data}, status=status)


def _opted_out_at() -> Subquery:
    """Of somebody's number: when it said STOP, if it said nothing else since."""
    said = OptOut.objects.filter(phone=OuterRef("phone")).order_by("-at", "-pk")
    stopped_at = Case(When(status=ConsentStatus.REVOKED, then="at"))
    return Subquery(said.annotate(stopped_at=stopped_at).values("stopped_at")[:1])
