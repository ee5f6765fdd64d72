"""What those who wait are, or were, offered, and what became of it."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clients import access
from config.api import fields, filters
from config.api.idempotency import idempotent
from config.api.permissions import IsFrontDesk, IsTherapist, ReadOnly
from config.api.serializers import StrictModelSerializer
from config.clock import DatabaseNow
from locations.models import Office
from scheduling import offers
from scheduling.api.caseload import clients_visible_to
from scheduling.api.changes import CalendarChanges, NothingSerializer
from scheduling.api.names import (
    NamedOfficeSerializer,
    NamedPersonSerializer,
    NamedTherapistSerializer,
)
from scheduling.models import (
    Appointment,
    Because,
    Mode,
    OfferState,
    OfferVia,
    SessionType,
    WaitlistOffer,
)

_IS_OVER = Q(appointment__hold_expires_at__lte=DatabaseNow()) | ~Q(
    appointment__status=Appointment.Status.HELD
)


class OfferFilterSet(filters.StrictFilterSet):
    client = filters.KeysFilter("entry__client", scope=clients_visible_to)
    entry = filters.KeysFilter("entry")
    state = filters.ChoicesFilter(choices=OfferState, method="in_state")
    office = filters.SlugsFilter("appointment__office", queryset=Office.objects.all())
    therapist = filters.KeysFilter("appointment__therapist")
    session_type = filters.SlugsFilter(
        "appointment__session_type", queryset=SessionType.objects.all()
    )

    def in_state(
        self, rows: QuerySet[WaitlistOffer], name: str, states: list[str]
    ) -> QuerySet[WaitlistOffer]:
        """By the clock, though nobody may have written down yet that one lapsed."""
        lapsed = Q(state=OfferState.OFFERED) & _IS_OVER
        wanted = Q(state__in=states) & ~lapsed
        return rows.filter(wanted | lapsed if OfferState.LAPSED in states else wanted)


class WaitlistOfferSerializer(StrictModelSerializer[WaitlistOffer]):
    """`appointment` is the hold, which becomes the appointment when it is accepted."""

    state = serializers.SerializerMethodField()
    client = NamedPersonSerializer(source="entry.client")
    therapist = NamedTherapistSerializer(source="appointment.therapist")
    office = NamedOfficeSerializer(source="appointment.office", allow_null=True)
    mode = fields.ChoiceField(source="appointment.mode", choices=Mode.choices)
    session_type = fields.CharField(source="appointment.session_type.slug")
    starts_at = fields.InstantField(
        source="appointment.starts_at", zone="appointment.timezone"
    )
    ends_at = fields.InstantField(
        source="appointment.ends_at", zone="appointment.timezone"
    )
    timezone = fields.ZoneField("appointment.timezone")
    offered_at = fields.InstantField(zone="appointment.timezone")
    expires_at = fields.InstantField(zone="appointment.timezone")
    answered_at = fields.InstantField(zone="appointment.timezone", allow_null=True)

    class Meta:
        model = WaitlistOffer
        fields = [
            "id",
            "state",
            "entry",
            "client",
            "appointment",
            "therapist",
            "office",
            "mode",
            "session_type",
            "starts_at",
            "ends_at",
            "timezone",
            "offered_at",
            "expires_at",
            "answered_at",
            "via",
            "because",
        ]
        read_only_fields = fields

    @extend_schema_field(fields.ChoiceField(choices=OfferState.choices))
    def get_state(self, offer: WaitlistOffer) -> str:
        is_over = offer.state == OfferState.OFFERED and offer.is_over  # type: ignore[attr-defined]  # annotated
        return str(OfferState.LAPSED if is_over else offer.state)


class OfferViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, CalendarChanges[WaitlistOffer]
):
    """Offers, the newest first; for therapists, those to their own clients. The front
    desk answers for a client who calls."""

    permission_classes = [IsFrontDesk | (IsTherapist & ReadOnly)]
    serializer_class = WaitlistOfferSerializer
    filterset_class = OfferFilterSet
    ordering = ("-offered_at", "-pk")

    def get_queryset(self) -> QuerySet[WaitlistOffer]:
        return (
            WaitlistOffer.objects.filter(
                entry__client__in=clients_visible_to(self.request.user)
            )
            .select_related(
                "entry__client",
                "appointment__therapist",
                "appointment__office",
                "appointment__session_type",
            )
            .annotate(is_over=_IS_OVER)
        )

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().list(request, *args, **kwargs)
        rows = response.data["results"]
        access.note(request.user, "offers", [row["client"]["id"] for row in rows])
        return response

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().retrieve(request, *args, **kwargs)
        access.note(request.user, "offers", [response.data["client"]["id"]])
        return response

    def replay(self, request: Request, object_id: UUID, status: int) -> Response:
        return self._answer(self.get_queryset().get(pk=object_id), status)

    @extend_schema(request=NothingSerializer, responses=WaitlistOfferSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def accept(self, request: Request, pk: str) -> Response:
        """Book the hour for the client, who waits no longer."""
        offer = self._asked()
        offers.accept(offer, via=OfferVia.PHONE, now=timezone.now())
        return self._answer(self.get_object())

    @extend_schema(request=NothingSerializer, responses=WaitlistOfferSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def decline(self, request: Request, pk: str) -> Response:
        """The client does not want the hour. They keep waiting; it goes to the next."""
        offer = self._asked()
        offers.decline(offer, via=OfferVia.PHONE, now=timezone.now())
        return self._answer(self.get_object())

    @extend_schema(request=NothingSerializer, responses=WaitlistOfferSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take it back: the practice does not keep the hour for them any more."""
        offer = self._asked()
        offers.withdraw(offer, because=Because.DESK, now=timezone.now())
        return self._answer(self.get_object())

    def _asked(self) -> WaitlistOffer:
        offer = self.get_object()
        self.body(NothingSerializer)
        return offer

    def _answer(self, offer: WaitlistOffer, code: int = 200) -> Response:
        return Response(self.get_serializer(offer).data, status=code)
