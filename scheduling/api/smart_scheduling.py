"""SMART Scheduling Links: the manifest and its files, for slot finders."""

import json
from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from config.api import fields, published
from config.api.published import Document, PublishedView
from config.api.serializers import StrictSerializer
from scheduling.publishing import edition

PATH = "/api/v1/smart-scheduling"
NDJSON = "application/fhir+ndjson"


class OutputExtensionSerializer(StrictSerializer):
    state = serializers.ListField(child=fields.CharField())


class OutputSerializer(StrictSerializer):
    type = fields.CharField()
    url = fields.CharField()
    extension = OutputExtensionSerializer(required=False)


class ManifestSerializer(StrictSerializer):
    """Where the files are. `transactionTime` is when they were made."""

    transactionTime = fields.InstantField()  # noqa: N815  its name in the guide
    request = fields.CharField()
    output = OutputSerializer(many=True)
    error = serializers.ListField(child=fields.CharField())


class ManifestView(PublishedView):
    def known_parameters(self) -> set[str]:
        return {"_since"}

    @extend_schema(
        operation_id="smart_scheduling_manifest",
        parameters=[
            OpenApiParameter("_since", description="Ignored: all there is is told.")
        ],
        responses={(200, "application/json"): ManifestSerializer},
    )
    def get(self, request: Request) -> HttpResponse:
        """The manifest of SMART Scheduling Links: files of offices, therapists, their
        schedules, and what is free in them for somebody new."""
        return self.answer(request, _document(request, edition.MANIFEST))


class _FileView(PublishedView):
    def file(self, request: Request, name: str) -> HttpResponse:
        return self.answer(request, _document(request, name))


def _file_schema(operation_id: str) -> Callable[..., object]:
    return extend_schema(
        operation_id=operation_id, responses={(200, NDJSON): OpenApiTypes.STR}
    )


class LocationsView(_FileView):
    @_file_schema("smart_scheduling_locations")
    def get(self, request: Request) -> HttpResponse:
        """The offices, as FHIR R4 `Location`, one a line."""
        return self.file(request, edition.LOCATIONS)


class RolesView(_FileView):
    @_file_schema("smart_scheduling_practitioner_roles")
    def get(self, request: Request) -> HttpResponse:
        """Who takes new clients, as FHIR R4 `PractitionerRole`, one a line."""
        return self.file(request, edition.ROLES)


class SchedulesView(_FileView):
    @_file_schema("smart_scheduling_schedules")
    def get(self, request: Request) -> HttpResponse:
        """What they offer somebody new at an office, or by video, as FHIR R4
        `Schedule`, one a line."""
        return self.file(request, edition.SCHEDULES)


class SlotsView(_FileView):
    @_file_schema("smart_scheduling_slots")
    def get(self, request: Request, week: str) -> HttpResponse:
        """What is free in a week, as FHIR R4 `Slot`, one a line."""
        name = f"slots-{week}.ndjson"
        now = int(timezone.now().timestamp())
        if name not in {each.file for each in edition.weeks(now)}:
            raise Http404  # before anything is searched for
        return self.file(request, name)


# Stands for where the files are while they are kept: the address may be the caller's,
# who could otherwise have everything made anew by asking under ever other names.
_HERE = "https://4d0f2b0a-6f0e-4c53-9a68-7a2f3f5c1e90.invalid"


def _document(request: Request, name: str) -> Document:
    site = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    said = f"{settings.PUBLIC_URL} {settings.BOOKING_URL} {settings.PUBLISHED_DAYS}"
    document = published.kept(published.digest(said.encode()), name, _made)
    if document is None:  # a week that has just gone by
        raise Http404
    return _at(f"{site}{PATH}", document)


def _made() -> dict[str, Document]:
    files = edition.read(_HERE, now=int(timezone.now().timestamp()))
    manifest = files.pop(edition.MANIFEST)
    documents = {name: Document.of(each, NDJSON) for name, each in files.items()}
    # Of the same files there are many manifests, which differ in when they were made.
    tag = f'W/"{published.digest(*files.values())}"'
    documents[edition.MANIFEST] = Document(manifest, "application/json", tag)
    return documents


def _at(base: str, document: Document) -> Document:
    """A kept document as it is told at `base`; elsewhere it has another tag."""
    here = _HERE.encode()
    if here not in document.content:
        return document
    written = json.dumps(base, ensure_ascii=False)[1:-1].encode()
    content = document.content.replace(here, written)
    weak, _, _ = document.etag.partition('"')
    tag = published.digest(document.etag.encode(), base.encode())
    return Document(content, document.media_type, f'{weak}"{tag}"')
