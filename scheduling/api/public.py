"""What the practice's website shows: modalities, therapists, and the first free hours.

Each comes whole, only with what is active, and the same for everyone. Texts are the
practice's and the therapists' own; a therapist treats what they say they treat.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from clients.models import PresentingConcern
from config.api import fields, published
from config.api.published import Document, PublishedView
from config.api.serializers import StrictModelSerializer, StrictSerializer
from locations.models import Office
from scheduling.api.diary import Json
from scheduling.api.names import (
    NamedOfficeSerializer,
    NamedSerializer,
    NamedTherapistSerializer,
    named,
)
from scheduling.api.slots import represent
from scheduling.models import LicenseType, Modality, Mode, Therapist
from scheduling.publishing import first_slots, offered
from scheduling.publishing.first_slots import First

MEDIA_TYPE = "application/json"


class WhoOffersSerializer(NamedTherapistSerializer):
    accepts_new_clients = fields.BooleanField()


class WhereOfferedSerializer(StrictSerializer):
    """An office of null is by video."""

    office = NamedOfficeSerializer(allow_null=True)
    therapists = WhoOffersSerializer(many=True)


class PublicModalitySerializer(StrictModelSerializer[Modality]):
    concerns = NamedSerializer(many=True)
    offered = serializers.SerializerMethodField()

    class Meta:
        model = Modality
        fields = [
            "slug",
            "name",
            "abbreviation",
            "summary",
            "description",
            "goals",
            "age_groups",
            "concerns",
            "offered",
        ]

    @extend_schema_field(WhereOfferedSerializer(many=True))
    def get_offered(self, modality: Modality) -> list[Json]:
        """Office by office, by name; by video comes last."""
        by_place: dict[Office | None, list[Therapist]] = {}
        for therapist in modality.therapists.all():
            for office in therapist.offices.all():
                by_place.setdefault(office, []).append(therapist)
            if therapist.telehealth:
                by_place.setdefault(None, []).append(therapist)
        places = sorted(by_place, key=lambda each: (each is None, each and each.name))
        return [
            {
                "office": _office(office),
                "therapists": [_who(each) for each in by_place[office]],
            }
            for office in places
        ]


class TherapistCardSerializer(StrictModelSerializer[Therapist]):
    """What a therapist says of themselves; concerns are those they say they treat."""

    license_name = fields.CharField(source="get_license_type_display")
    license_type = fields.ChoiceField(choices=LicenseType.choices)
    modalities = NamedSerializer(many=True)
    concerns = NamedSerializer(many=True)
    session_types = NamedSerializer(many=True)
    offices = NamedOfficeSerializer(many=True)

    class Meta:
        model = Therapist
        fields = [
            "id",
            "display_name",
            "pronouns",
            "license_type",
            "license_name",
            "credentials",
            "profile",
            "languages",
            "age_groups",
            "modalities",
            "concerns",
            "session_types",
            "offices",
            "telehealth",
            "accepts_new_clients",
        ]


class PublicSlotSerializer(StrictSerializer):
    starts_at = fields.InstantField()
    ends_at = fields.InstantField()
    timezone = fields.CharField()
    mode = fields.ChoiceField(choices=Mode.choices)
    office = NamedOfficeSerializer(allow_null=True)
    therapist = NamedTherapistSerializer()
    session_type = fields.CharField()


class FirstSlotSerializer(StrictSerializer):
    """An office of null is by video, with whomever. No slot: none within 60 days."""

    session_type = NamedSerializer()
    modality = NamedSerializer()
    office = NamedOfficeSerializer(allow_null=True)
    slot = PublicSlotSerializer(allow_null=True)


class PublicModalitiesSerializer(StrictSerializer):
    results = PublicModalitySerializer(many=True)


class TherapistCardsSerializer(StrictSerializer):
    results = TherapistCardSerializer(many=True)


class FirstSlotsSerializer(StrictSerializer):
    results = FirstSlotSerializer(many=True)


class _WebsiteView(PublishedView):
    """Answers with `read`, which is asked once for all who come in the same while."""

    name: ClassVar[str]

    def read(self) -> Any:  # Any: a piece of JSON
        raise NotImplementedError

    def tell(self, request: Request) -> HttpResponse:
        document = published.kept("website", self.name, self._made)
        assert document is not None  # noqa: S101  it makes this one alone
        return self.answer(request, document)

    def _made(self) -> dict[str, Document]:
        content = JSONRenderer().render({"results": self.read()})
        return {self.name: Document.of(content, MEDIA_TYPE)}


def _schema(operation_id: str, answer: type[StrictSerializer]) -> Callable[..., object]:
    return extend_schema(
        operation_id=operation_id, responses={(200, MEDIA_TYPE): answer}
    )


class PublicModalitiesView(_WebsiteView):
    name = "modalities"

    @_schema("public_modalities", PublicModalitiesSerializer)
    def get(self, request: Request) -> HttpResponse:
        """Ways of doing therapy, and who offers them where."""
        return self.tell(request)

    def read(self) -> Any:  # Any: a piece of JSON
        offices = Office.objects.filter(is_active=True).order_by("name", "pk")
        team = Therapist.objects.active().order_by("display_name", "pk")
        rows = Modality.objects.filter(is_active=True).prefetch_related(
            Prefetch("concerns", _concerns()),
            Prefetch("therapists", team.prefetch_related(Prefetch("offices", offices))),
        )
        found = rows.order_by("name", "pk")
        return PublicModalitySerializer(found, many=True).data


class TherapistCardsView(_WebsiteView):
    name = "therapists"

    @_schema("public_therapists", TherapistCardsSerializer)
    def get(self, request: Request) -> HttpResponse:
        """The therapists, by name, as each of them tells of themselves."""
        return self.tell(request)

    def read(self) -> Any:  # Any: a piece of JSON
        rows = offered.with_what_they_offer(Therapist.objects.active())
        rows = rows.prefetch_related(Prefetch("concerns", _concerns()))
        found = rows.order_by("display_name", "pk")
        return TherapistCardSerializer(found, many=True).data


class FirstSlotsView(_WebsiteView):
    name = "first-slots"

    @_schema("public_first_slots", FirstSlotsSerializer)
    def get(self, request: Request) -> HttpResponse:
        """The first slot that somebody new could book, of each session type for new
        clients and each modality, at each office and by video."""
        return self.tell(request)

    def read(self) -> Any:  # Any: a piece of JSON
        found = first_slots.read(now=int(timezone.now().timestamp()))
        told = iter(represent([row.slot for row in found if row.slot]))
        return [_first(row, next(told) if row.slot else None) for row in found]


def _concerns() -> QuerySet[PresentingConcern]:
    return PresentingConcern.objects.filter(is_active=True).order_by("name", "pk")


def _office(office: Office | None) -> Json | None:
    return named(office.slug, office.name) if office else None


def _who(therapist: Therapist) -> Json:
    return {
        "id": str(therapist.pk),
        "display_name": therapist.display_name,
        "accepts_new_clients": therapist.accepts_new_clients,
    }


def _first(row: First, slot: Json | None) -> Json:
    if slot:
        slot = {name: value for name, value in slot.items() if name != "rooms_free"}
    return {
        "session_type": named(row.session_type.slug, row.session_type.name),
        "modality": named(row.modality.slug, row.modality.name),
        "office": _office(row.office),
        "slot": slot,
    }
