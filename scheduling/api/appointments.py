"""Appointments: booked, moved, called off, and how they went."""

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import fields, filters
from config.api.idempotency import idempotent
from config.api.permissions import IsFrontDesk
from config.api.serializers import StrictSerializer
from config.api.views import serially
from config.roles import Role, has_role
from locations.models import Office, Room
from scheduling import booking, offers, orders, progress, transitions
from scheduling.api import shapes
from scheduling.api.caseload import clients_visible_to
from scheduling.api.changes import (
    AppointmentChanges,
    CallingOffSerializer,
    NothingSerializer,
    TellSerializer,
)
from scheduling.api.shapes import (
    AppointmentSerializer,
    HeldOrderSerializer,
    OverrideSerializer,
    therapists_bookable_by,
)
from scheduling.models import (
    OPEN,
    Appointment,
    AppointmentStatus,
    Attendance,
    Mode,
    SessionType,
    WaitlistOffer,
)


class AppointmentFilterSet(filters.StrictFilterSet):
    spans = [("starts_after", "starts_before")]

    therapist = filters.KeysFilter("therapist")
    client = filters.KeysFilter(method="with_client")
    office = filters.SlugsFilter("office", queryset=Office.objects.all())
    room = filters.KeysFilter("room")
    session_type = filters.SlugsFilter(
        "session_type", queryset=SessionType.objects.all()
    )
    status = filters.ChoicesFilter("status", choices=AppointmentStatus)
    mode = filters.ChoicesFilter("mode", choices=Mode)
    series = filters.KeysFilter("series")
    starts_after = filters.InstantFilter("starts_at", "gte")
    starts_before = filters.InstantFilter("starts_at", "lt")
    unresolved = filters.FlagFilter(method="that_nobody_closed")

    def with_client(
        self, rows: QuerySet[Appointment], name: str, keys: list[UUID]
    ) -> QuerySet[Appointment]:
        clients = clients_visible_to(self.request.user).filter(pk__in=keys)
        seen = Attendance.objects.filter(client__in=clients)
        return rows.filter(pk__in=seen.values("appointment"))

    def that_nobody_closed(
        self,
        rows: QuerySet[Appointment],
        name: str,
        value: bool,  # noqa: FBT001
    ) -> QuerySet[Appointment]:
        past = Q(status__in=OPEN, ends_at__lte=timezone.now())
        return rows.filter(past if value else ~past)


def _offers_visible_to(user: User | AnonymousUser) -> QuerySet[WaitlistOffer]:
    return WaitlistOffer.objects.filter(
        entry__client__in=clients_visible_to(user)
    ).select_related("entry", "appointment")


class BookSerializer(HeldOrderSerializer):
    instead_of_offer = fields.KeyField(
        scope=_offers_visible_to,
        required=False,
        help_text=(
            "An offer to somebody who waits, which is taken back: to book over the "
            "queue, knowingly."
        ),
    )


class RescheduleSerializer(OverrideSerializer, TellSerializer):
    starts_at = fields.InstantField()
    therapist = fields.KeyField(scope=therapists_bookable_by, required=False)
    office = fields.SlugKeyField(
        queryset=Office.objects.all(),
        allow_null=True,
        required=False,
        help_text="Null is elsewhere, for a session by video. Left out, it stays.",
    )
    room = fields.KeyField(queryset=Room.objects.active(), required=False)
    mode = fields.ChoiceField(choices=Mode.choices, required=False)


class AmendSerializer(StrictSerializer):
    note = fields.CharField(required=False, allow_blank=True, max_length=2000)
    room = fields.KeyField(queryset=Room.objects.active(), required=False)


class AppointmentViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, AppointmentChanges
):
    """The front desk's whole calendar; a therapist's own."""

    filterset_class = AppointmentFilterSet
    orderings = {"starts_at": ("starts_at", "pk"), "-starts_at": ("-starts_at", "-pk")}

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        return self.respond(self.get_object())

    @extend_schema(request=BookSerializer, responses={201: AppointmentSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Book an hour, or what a `hold` keeps; or, with `instead_of_offer`, an hour
        that is offered to somebody who waits, which takes that back."""
        asked = self.body(BookSerializer)
        note, offer = asked.pop("note"), asked.pop("instead_of_offer", None)
        order, by, now = shapes.order_of(asked), self.caller(), timezone.now()
        if offer is not None:
            booked = offers.book_over(offer, order, note=note, by=by, now=now)
        else:
            booked = booking.book(order, note=note, by=by, now=now)
        return self.respond(booked, status.HTTP_201_CREATED)

    @extend_schema(request=AmendSerializer, responses=AppointmentSerializer)
    @serially
    def partial_update(self, request: Request, pk: str) -> Response:
        appointment, version = self.seen()
        asked = self.body(AmendSerializer)
        amended = booking.amend(appointment, version=version, **asked)
        return self.answer(amended.pk)

    @extend_schema(request=RescheduleSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def reschedule(self, request: Request, pk: str) -> Response:
        appointment, version = self.seen()
        asked = self.body(RescheduleSerializer)
        transitions.check_open(appointment)
        asked["overrides"], tell = asked.pop("override"), asked.pop("tell")
        order = orders.to_move(appointment, **asked)
        now = timezone.now()
        moved = booking.reschedule(order, version=version, now=now, tell=tell)
        return self.answer(moved.pk)

    @extend_schema(request=CallingOffSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request: Request, pk: str) -> Response:
        appointment, version = self.seen()
        cancelled = booking.cancel(
            appointment,
            version=version,
            decided_by=self.caller(),
            now=timezone.now(),
            **self.body(CallingOffSerializer),
        )
        return self.answer(cancelled.pk)

    @extend_schema(request=NothingSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def confirm(self, request: Request, pk: str) -> Response:
        return self._advance(progress.confirm)

    @extend_schema(request=NothingSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"], url_path="check-in")
    @idempotent
    def check_in(self, request: Request, pk: str) -> Response:
        may_correct = has_role(request.user, Role.FRONT_DESK)
        return self._advance(progress.check_in, may_correct=may_correct)

    @extend_schema(request=NothingSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def complete(self, request: Request, pk: str) -> Response:
        return self._advance(progress.complete)

    @extend_schema(request=NothingSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"], url_path="no-show")
    @idempotent
    def no_show(self, request: Request, pk: str) -> Response:
        return self._advance(progress.no_show)

    @extend_schema(request=NothingSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"], permission_classes=[IsFrontDesk])
    @idempotent
    def reopen(self, request: Request, pk: str) -> Response:
        return self._advance(progress.reopen)

    def _advance(
        self, operation: Callable[..., Appointment], **options: bool
    ) -> Response:
        appointment, version = self.seen()
        self.body(NothingSerializer)
        advanced = operation(
            appointment, version=version, now=timezone.now(), **options
        )
        return self.answer(advanced.pk)
