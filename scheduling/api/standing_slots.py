"""Standing slots: hours of the week that could be booked as a series."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from config.api import fields, filters, pagination
from config.api.permissions import IsStaff
from config.api.serializers import StrictSerializer
from config.api.views import ApiViewSet
from locations.models import Office
from scheduling import standing_slots
from scheduling.api import slots
from scheduling.api.names import NamedOfficeSerializer, NamedTherapistSerializer
from scheduling.api.slots import SlotFilterSet
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.wall_clock import as_datetime, day_of, minute_of
from scheduling.models import Mode, Therapist
from scheduling.runs import LONGEST_INTERVAL, MOST
from scheduling.standing_slots import Run, StandingSlot

CURSOR = "standing slots"
DEFAULT_COUNT = 12
NEARLY = 0.75  # of a run


class StandingSlotFilterSet(SlotFilterSet):
    """A slot's parameters, but for `to` and `order`: a run has a length of its own, and
    the freest come first."""

    to = None  # type: ignore[assignment]  # so is a filter taken away
    order = None  # type: ignore[assignment]
    every_weeks = filters.NumberFilter(lowest=1, highest=LONGEST_INTERVAL)
    count = filters.NumberFilter(lowest=1, highest=MOST)
    min_free = filters.NumberFilter(lowest=1, highest=MOST)


class StandingSlotSerializer(StrictSerializer):
    weekday = fields.IntegerField(min_value=0, max_value=6)
    start_time = fields.WallTimeField()
    starts_at = fields.InstantField()
    every_weeks = fields.IntegerField()
    count = fields.IntegerField()
    free_of = fields.IntegerField()
    conflicts = fields.ListField(child=fields.InstantField())
    timezone = fields.CharField()
    mode = fields.ChoiceField(choices=Mode.choices)
    office = NamedOfficeSerializer(allow_null=True)
    therapist = NamedTherapistSerializer()
    session_type = fields.CharField()


@dataclass(frozen=True, slots=True)
class _Position:
    """Where a page begins. `begin` is where the first page of the search began."""

    limit: int
    begin: int
    after: tuple[Any, ...] | None = None  # Any: the first columns of a standing slot

    @classmethod
    def of(cls, request: Request, now: int) -> "_Position":
        limit = pagination.limit_of(request)
        text = pagination.single(request, "cursor")
        if text is None:
            return cls(limit, now)
        try:
            begin, *key = signing.loads(text, salt=CURSOR)
        except signing.BadSignature:
            raise pagination.invalid_parameter(
                "cursor", "This is not a cursor of this list."
            ) from None
        return cls(limit, begin, tuple(key))


class StandingSlotViewSet(ApiViewSet[Therapist]):
    """Hours of the week that are free for a whole run of sessions, or nearly."""

    permission_classes = [IsStaff]
    serializer_class = StandingSlotSerializer
    filterset_class = StandingSlotFilterSet
    queryset = Therapist.objects.none()

    @extend_schema(responses=StandingSlotSerializer(many=True))
    def list(self, request: Request) -> Response:
        now = int(timezone.now().timestamp())
        page = _Position.of(request, now)
        filterset = StandingSlotFilterSet(request.query_params, self.queryset)
        asked = filters.checked(filterset)
        run = _run(asked)
        wish = slots.wish_of(
            {**asked, "to": None, "order": None}, request.user, page.begin, now
        )
        found = []
        if len(wish.clients) == len(set(asked["client"] or ())):
            found = standing_slots.search(wish, run, now=now)
        if page.after is not None:
            found = [one for one in found if one[:5] > page.after]
        return Response(_body(request, found, run, page))


def _run(asked: Mapping[str, Any]) -> Run:  # Any: of each parameter
    count = asked["count"] or DEFAULT_COUNT
    min_free = asked["min_free"] or -(-count * NEARLY // 1)
    if min_free > count:
        raise pagination.invalid_parameter("min_free", "This is more than count.")
    return Run(asked["every_weeks"] or 1, count, int(min_free))


def _body(
    request: Request, found: list[StandingSlot], run: Run, page: _Position
) -> dict[str, Any]:  # Any: a piece of JSON
    shown = found[: page.limit]
    following = None
    if len(found) > len(shown):
        cursor = signing.dumps([page.begin, *shown[-1][:5]], salt=CURSOR)
        here = remove_query_param(request.build_absolute_uri(), "cursor")
        following = replace_query_param(here, "cursor", cursor)
    offices = {str(office.pk): office for office in Office.objects.all()}
    results = [_represent(one, run, offices.get(one.office)) for one in shown]
    return {"next": following, "previous": None, "results": results}


def _represent(
    one: StandingSlot, run: Run, office: Office | None
) -> dict[str, Any]:  # Any: a piece of JSON
    zone = office.zone if office else PRACTICE_ZONE

    def told(start: int) -> str:
        return fields.instant_text(as_datetime(start), zone.key)

    return {
        "weekday": day_of(one.start, zone).weekday(),
        "start_time": fields.wall_time_text(minute_of(one.start, zone)),
        "starts_at": told(one.start),
        "every_weeks": run.every_weeks,
        "count": run.count,
        "free_of": run.count - one.missing,
        "conflicts": [told(start) for start in one.conflicts],
        "timezone": zone.key,
        "mode": one.mode,
        "office": {"slug": office.slug, "name": office.name} if office else None,
        "therapist": {"id": one.therapist, "display_name": one.like.therapist_name},
        "session_type": one.like.session_type,
    }
