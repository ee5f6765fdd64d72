"""Calendar links: secret addresses that calendar apps read."""

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import fields, filters
from config.api.permissions import IsFrontDesk, IsTherapist
from config.api.serializers import StrictModelSerializer
from config.api.views import ApiViewSet, serially
from config.roles import Role, has_role
from locations.models import Office
from scheduling import calendar_links
from scheduling.calendar_links import Issued
from scheduling.models import CalendarLink, Therapist


class CalendarLinkFilterSet(filters.StrictFilterSet):
    therapist = filters.KeysFilter()
    office = filters.SlugsFilter(queryset=Office.objects.all())
    revoked = filters.FlagFilter("revoked_at", method="that_were_revoked")

    def that_were_revoked(
        self,
        rows: QuerySet[CalendarLink],
        name: str,
        wanted: bool,  # noqa: FBT001  django-filter's way
    ) -> QuerySet[CalendarLink]:
        return rows.filter(revoked_at__isnull=not wanted)


class _LinkableOfficeField(fields.SlugKeyField):
    """An office whose calendar the caller may link to."""

    def get_queryset(self) -> QuerySet[Office]:
        rows = Office.objects.filter(is_active=True)
        is_desk = has_role(self.context["request"].user, Role.FRONT_DESK)
        return rows if is_desk else rows.none()


class CalendarLinkSerializer(StrictModelSerializer[CalendarLink]):
    """Of a therapist or of an office; `label` is what it shows of a client."""

    therapist = fields.KeyField(
        scope=Therapist.objects.with_calendar_visible_to,
        allow_null=True,
        required=False,
    )
    office = _LinkableOfficeField(
        queryset=Office.objects.all(), allow_null=True, required=False
    )

    constraint_errors = {
        "calendar_link_of_one": ("therapist", "Give either a therapist or an office.")
    }

    class Meta:
        model = CalendarLink
        fields = [
            "id",
            "therapist",
            "office",
            "label",
            "created_at",
            "issued_at",
            "revoked_at",
        ]
        read_only_fields = ["issued_at", "revoked_at"]


class CalendarLinkLabelSerializer(StrictModelSerializer[CalendarLink]):
    class Meta:
        model = CalendarLink
        fields = ["label"]


class IssuedCalendarLinkSerializer(CalendarLinkSerializer):
    """With its address, which is told once: what is kept cannot be turned back."""

    url = fields.CharField()

    class Meta(CalendarLinkSerializer.Meta):
        fields = [*CalendarLinkSerializer.Meta.fields, "url"]


class CalendarLinkViewSet(
    mixins.RetrieveModelMixin, mixins.ListModelMixin, ApiViewSet[CalendarLink]
):
    """Therapists keep the links to their own calendar, the front desk all of them."""

    permission_classes = [IsFrontDesk | IsTherapist]
    serializer_class = CalendarLinkSerializer
    filterset_class = CalendarLinkFilterSet
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[CalendarLink]:
        rows = CalendarLink.objects.visible_to(self.request.user)
        return rows.select_related("office", "therapist")

    @extend_schema(responses={201: IssuedCalendarLinkSerializer})
    def create(self, request: Request) -> Response:
        """Make a link. Its `url` is in this answer and never again; a lost one is
        rotated."""
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        link = CalendarLink(**given.validated_data)
        issued = calendar_links.make(link, by=_user(request), now=timezone.now())
        return self._told(issued, status.HTTP_201_CREATED)

    @extend_schema(
        request=CalendarLinkLabelSerializer, responses=CalendarLinkSerializer
    )
    @serially
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what the calendar shows of clients. The address stays."""
        link = self.get_object()
        given = CalendarLinkLabelSerializer(link, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        given.save()
        return Response(self.get_serializer(link).data)

    @extend_schema(request=None, responses=IssuedCalendarLinkSerializer)
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, pk: str) -> Response:
        """Give it a new address. The old one leads nowhere from now on."""
        issued = calendar_links.rotate(
            self.get_object(), by=_user(request), now=timezone.now()
        )
        return self._told(issued)

    @extend_schema(request=None, responses=CalendarLinkSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:
        """Let it lead nowhere, for good."""
        link = calendar_links.revoke(self.get_object(), now=timezone.now())
        return Response(self.get_serializer(link).data)

    def _told(self, issued: Issued, code: int = status.HTTP_200_OK) -> Response:
        here = self.request.build_absolute_uri("/").rstrip("/")
        url = issued.url(otherwise=here)
        return Response({**self.get_serializer(issued.link).data, "url": url}, code)


def _user(request: Request) -> User:
    assert isinstance(request.user, User)  # noqa: S101  a permission saw to it
    return request.user
