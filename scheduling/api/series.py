"""Series: the same appointment every week or two, booked and changed together."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import filters
from config.api.idempotency import idempotent
from config.errors import DomainError
from locations.models import Office
from scheduling import occurrences, runs, series
from scheduling.api import series_shapes, shapes
from scheduling.api.caseload import clients_visible_to
from scheduling.api.changes import CalendarChanges
from scheduling.api.series_shapes import (
    CancelFromThenOnSerializer,
    ExtendSerializer,
    FromThenOnSerializer,
    ReportSerializer,
    RunSerializer,
    SeriesSerializer,
    WholeSeriesSerializer,
)
from scheduling.engine.wall_clock import as_datetime, instant
from scheduling.models import (
    OPEN,
    Appointment,
    AppointmentSeries,
    Attendance,
    SessionType,
)
from scheduling.models.appointments import AppointmentQuerySet
from scheduling.occurrences import Occurrence, OnConflict
from scheduling.runs import Change, Length


class SeriesFilterSet(filters.StrictFilterSet):
    therapist = filters.KeysFilter("therapist")
    client = filters.KeysFilter(method="with_client")
    office = filters.SlugsFilter("office", queryset=Office.objects.all())
    session_type = filters.SlugsFilter(
        "session_type", queryset=SessionType.objects.all()
    )

    def with_client(
        self, rows: QuerySet[AppointmentSeries], name: str, keys: list[UUID]
    ) -> QuerySet[AppointmentSeries]:
        clients = clients_visible_to(self.request.user).filter(pk__in=keys)
        seen = Attendance.objects.filter(client__in=clients)
        return rows.filter(pk__in=seen.values("appointment__series"))


class SeriesViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, CalendarChanges[AppointmentSeries]
):
    """The front desk's, and a therapist's own. One occurrence is changed as any
    appointment is; here, one and those that follow."""

    serializer_class = SeriesSerializer
    filterset_class = SeriesFilterSet

    def get_queryset(self) -> QuerySet[AppointmentSeries]:
        rows = AppointmentSeries.objects.visible_to(self.request.user)
        rows = rows.select_related("therapist", "office", "session_type")
        if self.action == "retrieve":
            parts = Appointment.objects.visible_to(self.request.user).with_parts()
            in_order = parts.order_by("starts_at", "pk")
            rows = rows.prefetch_related(Prefetch("occurrences", in_order))
        return _with_outlook(rows)

    def get_serializer_class(self) -> type[SeriesSerializer]:
        """A list leaves the occurrences out: `appointments/?series=` has them all."""
        return WholeSeriesSerializer if self.action == "retrieve" else SeriesSerializer

    def replay(self, request: Request, object_id: UUID, status: int) -> Response:
        """What was told then of each date, and the status of each appointment now."""
        known = get_object_or_404(self.get_queryset(), pk=object_id)
        statuses = dict(known.occurrences.values_list("pk", "status"))
        told = [
            one | {"status": statuses[UUID(one["id"])]} if "id" in one else one
            for one in self.report
        ]
        return Response({"id": str(known.pk), "occurrences": told}, status)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, DomainError):
            exc.occurrences = self._told(exc.occurrences)
        return super().handle_exception(exc)

    @extend_schema(
        request=RunSerializer, responses={200: ReportSerializer, 201: ReportSerializer}
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Book a series; with `dry_run`, only tell what would become of each date."""
        asked, now = self.body(RunSerializer), timezone.now()
        every_weeks, note = asked.pop("every_weeks"), asked.pop("note")
        on_conflict, dry_run = _handling(asked)
        length = _length(asked)
        run = runs.run(shapes.order_of(asked), every_weeks, length)
        if dry_run:
            return self._answer(series.report(run, now=now))
        booked, found = series.book(
            run,
            every_weeks=every_weeks,
            on_conflict=on_conflict,
            note=note,
            by=self.caller(),
            now=now,
        )
        return self._answer(found, booked, status.HTTP_201_CREATED)

    @extend_schema(request=ExtendSerializer, responses=ReportSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def extend(self, request: Request, pk: str) -> Response:
        """Go on after the last occurrence that stands, for whoever came to it."""
        row, now = self.get_object(), timezone.now()
        asked = self.body(ExtendSerializer)
        on_conflict, dry_run = _handling(asked)
        length = _length(asked)
        asked["overrides"] = asked.pop("override")
        visible = self._visible(row)
        if dry_run:
            last = runs.last_standing(visible)
            further = runs.continuation(row, last, length, **asked, now=now)
            return self._answer(occurrences.report(further, now=now))
        found = series.extend(
            row,
            length,
            visible=visible,
            on_conflict=on_conflict,
            **asked,
            by=self.caller(),
            now=now,
        )
        return self._answer(found, row)

    @extend_schema(request=FromThenOnSerializer, responses=ReportSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def reschedule(self, request: Request, pk: str) -> Response:
        """Move this and the following, each within its own week."""
        row, now = self.get_object(), timezone.now()
        asked = self.body(FromThenOnSerializer)
        following = self._following(row, asked.pop("from"))
        on_conflict, dry_run = _handling(asked)
        tell = asked.pop("tell")
        change = Change(overrides=asked.pop("override"), **asked)
        if dry_run:
            moves = runs.moves(following, change, now=now)
            return self._answer(occurrences.report(moves, now=now))
        found = series.reschedule(
            row,
            change,
            following=following,
            on_conflict=on_conflict,
            now=now,
            tell=tell,
        )
        return self._answer(found, row)

    @extend_schema(request=CancelFromThenOnSerializer, responses=ReportSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request: Request, pk: str) -> Response:
        """Call off this and the following; without `from`, all that is to come."""
        row, now = self.get_object(), timezone.now()
        asked = self.body(CancelFromThenOnSerializer)
        following = self._following(row, asked.pop("from", now))
        found = series.cancel(
            row, following=following, decided_by=self.caller(), now=now, **asked
        )
        return self._answer(found, row)

    def _following(
        self, row: AppointmentSeries, since: date | datetime
    ) -> AppointmentQuerySet:
        """The caller's own occurrences from then on; a date begins at its midnight."""
        if not isinstance(since, datetime):
            since = as_datetime(instant(since, 0, runs.zone_of(row.office)))
        return self._visible(row).filter(starts_at__gte=since)

    def _visible(self, row: AppointmentSeries) -> AppointmentQuerySet:
        return Appointment.objects.visible_to(self.request.user).filter(series=row)

    def _answer(
        self,
        found: Iterable[Occurrence],
        row: AppointmentSeries | None = None,
        code: int = status.HTTP_200_OK,
    ) -> Response:
        self.report = self._told(list(found))
        body = {"occurrences": self.report}
        return Response(body if row is None else {"id": str(row.pk), **body}, code)

    def _told(
        self, found: Sequence[Occurrence]
    ) -> list[dict[str, Any]]:  # Any: a piece of JSON
        slots = self.offered([slot for one in found for slot in one.alternatives])
        return [series_shapes.shown(one, slots) for one in found]


def _with_outlook(rows: QuerySet[AppointmentSeries]) -> QuerySet[AppointmentSeries]:
    """With how many occurrences are still to come, and the next of them."""
    ahead = Appointment.objects.filter(
        series=OuterRef("pk"), status__in=OPEN, starts_at__gt=timezone.now()
    )
    counted = ahead.order_by().values("series").annotate(number=Count("pk"))
    return rows.annotate(
        to_come=Coalesce(Subquery(counted.values("number")), 0),
        next_starts_at=Subquery(ahead.order_by("starts_at").values("starts_at")[:1]),
    )


def _handling(
    asked: dict[str, Any],  # Any: of each field
) -> tuple[OnConflict, bool]:
    return OnConflict(asked.pop("on_conflict")), asked.pop("dry_run")


def _length(asked: dict[str, Any]) -> Length:  # Any: of each field
    return Length(count=asked.pop("count", None), until=asked.pop("until", None))
