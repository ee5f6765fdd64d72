"""The waitlist: who waits for which hours."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clients import access
from config.api import filters, parsing
from config.api.idempotency import idempotent
from config.api.permissions import IsFrontDesk, IsTherapist, ReadOnly
from config.api.preconditions import etag, expected_version
from config.api.views import ApiViewSet, serially
from locations.models import Office
from scheduling import waitlist
from scheduling.api import slots
from scheduling.api.caseload import clients_visible_to
from scheduling.api.changes import NothingSerializer
from scheduling.api.waitlist_shapes import (
    JoinedWaitlistSerializer,
    JoinWaitlistSerializer,
    WaitlistEntrySerializer,
    WaitlistWishSerializer,
)
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import MINUTE, day_of
from scheduling.models import (
    ATTENDING,
    OPEN,
    Appointment,
    Attendance,
    EntryState,
    OfferState,
    SessionType,
    Therapist,
    WaitlistEntry,
    WaitlistOffer,
)

MOST_FITTING = 1000


class FitsFilter(filters.StrictFilter):
    """A free hour: its start and whose it is, as `2027-01-04T09:00:00-08:00,<id>`."""

    schema = {
        "type": "string",
        "description": "A start and a therapist's id, with a comma between.",
    }

    def parse(self, text: str) -> tuple[int, UUID]:
        start, comma, therapist = text.partition(",")
        if not comma:
            raise ValueError("Give a start and a therapist's id, with a comma between.")
        moment = parsing.instant(start.replace(" ", "+"))
        return int(moment.timestamp()), parsing.key(therapist)


class EntryFilterSet(filters.StrictFilterSet):
    client = filters.KeysFilter("client", scope=clients_visible_to)
    state = filters.ChoicesFilter(choices=EntryState, method="in_state")
    office = filters.SlugsFilter(method="at_office", queryset=Office.objects.all())
    therapist = filters.KeysFilter(method="with_therapist")
    session_type = filters.SlugsFilter(
        "session_type", queryset=SessionType.objects.all()
    )
    fits = FitsFilter(method="that_an_hour_could_suit")

    def in_state(
        self, rows: QuerySet[WaitlistEntry], name: str, states: list[str]
    ) -> QuerySet[WaitlistEntry]:
        today = day_of(int(timezone.now().timestamp()), PRACTICE_ZONE)
        over = Q(state=EntryState.WAITING, until__lt=today)
        wanted = Q(state__in=states) & ~over
        return rows.filter(wanted | over if EntryState.LAPSED in states else wanted)

    def at_office(
        self, rows: QuerySet[WaitlistEntry], name: str, keys: list[UUID]
    ) -> QuerySet[WaitlistEntry]:
        """Those who would come there; who names no office would come to any."""
        named = WaitlistEntry.offices.through.objects.filter(
            waitlistentry=OuterRef("pk")
        )
        return rows.filter(Exists(named.filter(office__in=keys)) | ~Exists(named))

    def with_therapist(
        self, rows: QuerySet[WaitlistEntry], name: str, keys: list[UUID]
    ) -> QuerySet[WaitlistEntry]:
        """Those who would come to them; who names nobody would come to any."""
        named = WaitlistEntry.therapists.through.objects.filter(
            waitlistentry=OuterRef("pk")
        )
        return rows.filter(Exists(named.filter(therapist__in=keys)) | ~Exists(named))

    def that_an_hour_could_suit(
        self, rows: QuerySet[WaitlistEntry], name: str, hour: tuple[int, UUID]
    ) -> QuerySet[WaitlistEntry]:
        start, therapist = hour
        keys = waitlist.waiting_for(
            therapist,
            Interval(start, start + MINUTE),
            now=timezone.now(),
            is_offerable=False,
            most=MOST_FITTING,
        )
        return rows.filter(pk__in=keys)


def _booked_meanwhile() -> Subquery:
    """When the first session begins that may be what somebody waits for."""
    theirs = Attendance.objects.filter(
        client=OuterRef("client"),
        status__in=ATTENDING,
        starts_at__gt=timezone.now(),
        appointment__status__in=OPEN,
        appointment__session_type=OuterRef("session_type"),
        appointment__created_at__gte=OuterRef("created_at"),
    )
    return Subquery(theirs.order_by("starts_at").values("starts_at")[:1])


class EntryViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, ApiViewSet[WaitlistEntry]
):
    """Those who wait, the longest wait first; for therapists, their own clients."""

    permission_classes = [IsFrontDesk | (IsTherapist & ReadOnly)]
    serializer_class = WaitlistEntrySerializer
    filterset_class = EntryFilterSet
    ordering = ("created_at", "pk")
    versioned = True

    def get_queryset(self) -> QuerySet[WaitlistEntry]:
        live = WaitlistOffer.objects.filter(
            state=OfferState.OFFERED,
            appointment__in=Appointment.objects.holds().occupying(),
        ).select_related("appointment__office")
        return (
            WaitlistEntry.objects.filter(
                client__in=clients_visible_to(self.request.user)
            )
            .annotate(booked_meanwhile=_booked_meanwhile())
            .select_related(
                "client", "session_type", "modality", "concern", "created_by"
            )
            .prefetch_related(
                Prefetch("therapists", Therapist.objects.order_by("display_name")),
                Prefetch("offices", Office.objects.order_by("name", "pk")),
                Prefetch("offers", live),
            )
        )

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().list(request, *args, **kwargs)
        rows = response.data["results"]
        access.note(request.user, "waitlist", [row["client"]["id"] for row in rows])
        return response

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        entry = self.get_object()
        access.note(request.user, "waitlist", [entry.client_id])
        return self._respond(entry)

    @extend_schema(
        request=JoinWaitlistSerializer, responses={201: JoinedWaitlistSerializer}
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Let a client wait. `slots_now` are hours that are free already: nobody is
        told of those later."""
        asked = JoinWaitlistSerializer(
            data=request.data, context=self.get_serializer_context()
        )
        asked.is_valid(raise_exception=True)
        by = request.user if isinstance(request.user, User) else None
        entry = waitlist.join(by=by, now=timezone.now(), **asked.validated_data)
        return self._joined(entry.pk, status.HTTP_201_CREATED)

    def replay(self, request: Request, object_id: UUID, status: int) -> Response:
        if self.action == "create":
            return self._joined(object_id, status)
        return self._respond(self.get_queryset().get(pk=object_id), status)

    @extend_schema(request=WaitlistWishSerializer, responses=WaitlistEntrySerializer)
    @serially
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what somebody waits for; they keep their place in line."""
        entry, version = self.get_object(), expected_version(request)
        asked = WaitlistWishSerializer(
            entry,
            data=request.data,
            partial=True,
            context=self.get_serializer_context(),
        )
        asked.is_valid(raise_exception=True)
        waitlist.amend(entry, asked.validated_data, version=version, now=timezone.now())
        return self._respond(self.get_object())

    @extend_schema(request=NothingSerializer, responses=WaitlistEntrySerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def withdraw(self, request: Request, pk: str) -> Response:
        """Let them wait no longer. What they are offered is taken back."""
        entry, version = self.get_object(), expected_version(request)
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        waitlist.withdraw(entry, version=version, now=timezone.now())
        return self._respond(self.get_object())

    def _joined(self, key: UUID, code: int) -> Response:
        entry = self.get_queryset().get(pk=key)
        access.note(self.request.user, "waitlist", [entry.client_id])
        found: Sequence[Any] = slots.represent(
            waitlist.slots_now(entry, now=timezone.now())
        )
        body = {**self.get_serializer(entry).data, "slots_now": found}
        return Response(body, status=code, headers={"ETag": etag(entry.version)})

    def _respond(
        self, entry: WaitlistEntry, code: int = status.HTTP_200_OK
    ) -> Response:
        return Response(
            self.get_serializer(entry).data,
            status=code,
            headers={"ETag": etag(entry.version)},
        )
