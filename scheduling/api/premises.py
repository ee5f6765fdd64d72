"""Offices, rooms and closures, as far as sessions depend on them.

The resources are those of `locations.api`; which sessions a change leaves uncovered,
only this app knows.
"""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view

from config.api import fields
from locations.api.closures import ClosureSerializer, ClosureViewSet
from locations.api.offices import OfficeSerializer, OfficeViewSet
from locations.api.rooms import RoomSerializer, RoomViewSet
from locations.models import Closure, Office, Room
from scheduling import coverage
from scheduling.api.books import DRY_RUN, BooksViewSet, SpansViewSet
from scheduling.api.coverage import UncoveredAppointmentSerializer
from scheduling.uncovered import Scope


class ChangedOfficeSerializer(OfficeSerializer):
    """An office, and the sessions that the change leaves uncovered."""

    uncovered_appointments = UncoveredAppointmentSerializer(many=True)

    class Meta(OfficeSerializer.Meta):
        fields = [*OfficeSerializer.Meta.fields, "uncovered_appointments"]


class ChangedRoomSerializer(RoomSerializer):
    """A room, and the sessions that the change leaves uncovered."""

    uncovered_appointments = UncoveredAppointmentSerializer(many=True)

    class Meta(RoomSerializer.Meta):
        fields = [*RoomSerializer.Meta.fields, "uncovered_appointments"]


class WrittenClosureSerializer(ClosureSerializer):
    """A closure, its id null in a dry run, and the sessions that it runs into."""

    id = fields.KeyValueField(allow_null=True)
    uncovered_appointments = UncoveredAppointmentSerializer(many=True)

    class Meta(ClosureSerializer.Meta):
        fields = [*ClosureSerializer.Meta.fields, "uncovered_appointments"]


@extend_schema_view(
    partial_update=extend_schema(
        parameters=[DRY_RUN], responses=ChangedOfficeSerializer
    )
)
class PracticeOfficeViewSet(BooksViewSet[Office], OfficeViewSet):
    """Anyone may look. A change cancels nothing: it lists what it leaves uncovered."""

    def scope(
        self,
        row: Office,
        values: Mapping[str, Any],  # Any: of each field
    ) -> Scope:
        return Scope(offices=[row.pk])


@extend_schema_view(
    partial_update=extend_schema(parameters=[DRY_RUN], responses=ChangedRoomSerializer)
)
class PracticeRoomViewSet(BooksViewSet[Room], RoomViewSet):
    """A change cancels nothing: it lists what it leaves uncovered, with the other rooms
    of the office that are free then."""

    def scope(
        self,
        row: Room,
        values: Mapping[str, Any],  # Any: of each field
    ) -> Scope:
        return Scope(rooms=[row.pk])


@extend_schema_view(
    create=extend_schema(
        parameters=[DRY_RUN],
        responses={200: WrittenClosureSerializer, 201: WrittenClosureSerializer},
    ),
    partial_update=extend_schema(
        parameters=[DRY_RUN], responses=WrittenClosureSerializer
    ),
)
class PracticeClosureViewSet(SpansViewSet[Closure], ClosureViewSet):
    """A closure cancels nothing: it lists the sessions that it runs into."""

    model = Closure
    write = staticmethod(coverage.close)
