"""Slots: what could be booked, computed for each request."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.core import signing
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from clients.models import AgeGroup, Client, PresentingConcern
from config.api import fields, filters, pagination
from config.api.serializers import StrictSerializer
from config.api.views import ApiViewSet
from config.roles import Role, has_role
from locations.models import Office
from scheduling import slot_search
from scheduling.api import spans
from scheduling.api.caseload import clients_visible_to
from scheduling.api.names import NamedOfficeSerializer, NamedTherapistSerializer
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.rules import EXPLANATIONS
from scheduling.engine.wall_clock import DAY, MINUTE, as_datetime
from scheduling.models import Modality, Mode, SessionType, Therapist
from scheduling.slot_search import Page
from scheduling.why_none import FULLY_BOOKED
from scheduling.wishes import Slot, SlotKey, Wish

DEFAULT_DAYS = 28
LONGEST_DAYS = 92
LONGEST_PUBLIC_DAYS = 60
CURSOR = "slots"
WHY: Mapping[str, str] = {
    **{str(code): words for code, words in EXPLANATIONS.items()},
    FULLY_BOOKED: "Every hour of theirs is taken.",
}


class OneChoiceFilter(filters.ChoicesFilter):
    many = False


class SlotFilterSet(spans.SpanFilterSet):
    """What somebody looks for. It selects nothing by itself: the search does."""

    session_type = filters.SlugFilter(
        queryset=SessionType.objects.filter(is_active=True), required=True
    )
    therapist = filters.KeysFilter()
    office = filters.SlugsFilter(queryset=Office.objects.all())
    modality = filters.SlugsFilter(queryset=Modality.objects.all())
    concern = filters.SlugsFilter(queryset=PresentingConcern.objects.all())
    language = filters.LanguagesFilter()
    age_group = filters.ChoicesFilter(choices=AgeGroup)
    mode = filters.ChoicesFilter(choices=Mode)
    weekday = filters.NumbersFilter(lowest=0, highest=6)
    time_from = filters.WallTimeFilter()
    time_to = filters.WallTimeFilter()
    client = filters.KeysFilter()
    per_therapist = filters.NumberFilter(lowest=1, highest=pagination.HIGHEST_LIMIT)
    order = OneChoiceFilter(choices=[("time", "Time"), ("packed", "Packed")])


class SlotSerializer(StrictSerializer):
    starts_at = fields.InstantField()
    ends_at = fields.InstantField()
    timezone = fields.CharField()
    mode = fields.ChoiceField(choices=Mode.choices)
    office = NamedOfficeSerializer(allow_null=True)
    therapist = NamedTherapistSerializer()
    session_type = fields.CharField()
    rooms_free = fields.IntegerField(allow_null=True)


class WhyNoneSerializer(StrictSerializer):
    code = fields.CharField()
    detail = fields.CharField()
    therapists = fields.IntegerField()


@extend_schema_serializer(many=False)  # it is the page already
class SlotPageSerializer(StrictSerializer):
    next = fields.CharField(allow_null=True)
    previous = fields.CharField(allow_null=True)
    results = SlotSerializer(many=True)
    reasons = WhyNoneSerializer(many=True, required=False)
    alternatives = SlotSerializer(
        many=True,
        required=False,
        help_text="With `reasons`, for staff: up to three slots nearest to `from`, "
        "else at any office and in any mode, else with anyone.",
    )


class SlotViewSet(ApiViewSet[Therapist]):
    """Search over all offices at once. Anyone may; who is not staff gives notice."""

    permission_classes = [AllowAny]
    serializer_class = SlotSerializer
    filterset_class = SlotFilterSet
    queryset = Therapist.objects.none()

    @extend_schema(responses=SlotPageSerializer)
    def list(self, request: Request) -> Response:
        now = int(timezone.now().timestamp())
        page = PagePosition.of(request)
        asked = filters.checked(SlotFilterSet(request.query_params, self.queryset))
        begin = now if page.begin is None else page.begin
        wish = wish_of(asked, request.user, begin, now)
        found = Page([])
        if len(wish.clients) == len(set(asked["client"] or ())):
            found = slot_search.search(
                wish, now=now, limit=page.limit, after=page.after
            )
        body = _body(request, found, begin)
        if found.reasons and not wish.is_public:
            plain = replace(wish, per_therapist=None, packed=False)
            near = slot_search.nearest(plain, around=wish.start, now=now)
            body["alternatives"] = represent(near)
        return Response(body)


def represent(slots: Iterable[Slot]) -> list[dict[str, Any]]:
    """Slots as the API shows them, with local times, in one query."""
    offices = {str(office.pk): office for office in Office.objects.all()}
    return [_represent(slot, offices.get(slot.office)) for slot in slots]


def _represent(slot: Slot, office: Office | None) -> dict[str, Any]:
    zone = office.timezone if office else PRACTICE_ZONE.key
    return {
        "starts_at": fields.instant_text(as_datetime(slot.start), zone),
        "ends_at": fields.instant_text(as_datetime(slot.end), zone),
        "timezone": zone,
        "mode": slot.mode,
        "office": {"slug": office.slug, "name": office.name} if office else None,
        "therapist": {"id": slot.therapist, "display_name": slot.therapist_name},
        "session_type": slot.session_type,
        "rooms_free": slot.rooms_free,
    }


@dataclass(frozen=True, slots=True)
class PagePosition:
    """Where a page begins. `begin` is where the first page of the search began."""

    limit: int
    begin: int | None = None
    after: SlotKey | None = None

    @classmethod
    def of(cls, request: Request) -> "PagePosition":
        limit = pagination.limit_of(request)
        text = pagination.single(request, "cursor")
        if text is None:
            return cls(limit)
        try:
            begin, *key = signing.loads(text, salt=CURSOR)
        except signing.BadSignature:
            raise pagination.invalid_parameter(
                "cursor", "This is not a cursor of this list."
            ) from None
        return cls(limit, begin, SlotKey(*key))


def wish_of(
    asked: Mapping[str, Any],  # Any: what the filters have read
    user: User | AnonymousUser,
    begin: int,
    now: int,
) -> Wish:
    """What the parameters of a `SlotFilterSet` ask for, of whom `user` may see. Raises
    `ValidationError`."""
    is_public = not has_role(user, *Role)
    start, end = spans.asked_for(
        asked,
        start=begin,
        end=lambda start: start + DEFAULT_DAYS * DAY,
        longest_days=LONGEST_PUBLIC_DAYS if is_public else LONGEST_DAYS,
        counts_last=False,
    )
    wish = Wish(
        session_type=asked["session_type"],
        start=start if end <= now else max(start, now),
        end=end,
        therapists=asked["therapist"] or (),
        offices=asked["office"] or (),
        modalities=asked["modality"] or (),
        concerns=asked["concern"] or (),
        languages=asked["language"] or (),
        age_groups=asked["age_group"] or (),
        modes=asked["mode"] or (),
        weekdays=asked["weekday"] or (),
        time_from=asked["time_from"] or 0,
        time_to=DAY // MINUTE if asked["time_to"] is None else asked["time_to"],
        clients=_clients(asked["client"], user),
        per_therapist=asked["per_therapist"],
        packed=asked["order"] == "packed",
        is_public=is_public,
    )
    _check(wish)
    return wish


def _check(wish: Wish) -> None:
    kind = wish.session_type
    if wish.time_from >= wish.time_to:
        raise pagination.invalid_parameter("time_to", "This is not after time_from.")
    if wish.clients and not kind.clients_min <= len(wish.clients) <= kind.clients_max:
        raise pagination.invalid_parameter("client", f"{kind.name} is {kind.for_whom}.")


def _clients(keys: Sequence[UUID] | None, user: User | AnonymousUser) -> list[Client]:
    if not keys:
        return []
    return list(clients_visible_to(user).filter(pk__in=keys))


def _body(
    request: Request, found: Page, begin: int
) -> dict[str, Any]:  # Any: a piece of JSON
    following = None
    if found.has_more:
        content = [begin, *found.slots[-1].key]
        cursor = signing.dumps(content, salt=CURSOR)
        here = remove_query_param(request.build_absolute_uri(), "cursor")
        following = replace_query_param(here, "cursor", cursor)
    body = {"next": following, "previous": None, "results": represent(found.slots)}
    if found.reasons:
        body["reasons"] = [
            {"code": code, "detail": WHY[code], "therapists": count}
            for code, count in found.reasons
        ]
    return body
