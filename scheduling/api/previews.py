"""What a message would say, before anybody gets it."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from clients.models import Channel
from config.api import fields, filters
from config.api.permissions import IsFrontDesk
from config.api.serializers import StrictSerializer
from config.api.views import StrictView
from scheduling import letters, texts
from scheduling.api.slots import OneChoiceFilter
from scheduling.models import Appointment, MessageKind


class LanguageFilter(filters.LanguagesFilter):
    many = False


class PreviewFilterSet(filters.StrictFilterSet):
    kind = OneChoiceFilter(choices=MessageKind, required=True)
    channel = OneChoiceFilter(choices=Channel, required=True)
    language = LanguageFilter()
    for_series = filters.FlagFilter()
    appointment = filters.KeyFilter()


class MessagePreviewSerializer(StrictSerializer):
    """`length` counts as networks do, in `encoding`; a text of one segment is billed
    once. Of an e-mail these are null, and `calendar` is what is attached."""

    sender = fields.CharField()
    subject = fields.CharField()
    body = fields.CharField()
    encoding = fields.CharField(allow_null=True)
    length = fields.IntegerField(allow_null=True)
    segments = fields.IntegerField(allow_null=True)
    calendar = fields.CharField(allow_null=True)


class MessagePreviewView(StrictView):
    permission_classes = [IsFrontDesk]
    finds_by_parameter = True

    def known_parameters(self) -> set[str]:
        return PreviewFilterSet.names()

    @extend_schema(
        operation_id="messages_preview",
        parameters=[
            OpenApiParameter("kind", enum=MessageKind.values, required=True),
            OpenApiParameter("channel", enum=Channel.values, required=True),
            OpenApiParameter(
                "language",
                description="ISO 639-1, by default en. Written are "
                f"{' and '.join(texts.LANGUAGES)}; any other gets English.",
            ),
            OpenApiParameter(
                "for_series",
                bool,
                description="The one notice of several occurrences, by default false.",
            ),
            OpenApiParameter(
                "appointment",
                UUID,
                description="What it is about; by default a sample, in a week.",
            ),
        ],
        responses=MessagePreviewSerializer,
    )
    def get(self, request: Request) -> Response:
        """The words of a message of this kind, with the policy as it is now. Nothing is
        kept or sent."""
        asked = filters.checked(
            PreviewFilterSet(request.query_params, Appointment.objects.none())
        )
        appointment = None
        if asked["appointment"] is not None:
            rows = Appointment.objects.visible_to(request.user)
            appointment = get_object_or_404(
                rows.select_related("office", "series"), pk=asked["appointment"]
            )
        for_series = bool(asked["for_series"])
        if for_series:
            _check_series(asked["kind"], appointment)
        letter = letters.preview(
            appointment,
            kind=asked["kind"],
            channel=asked["channel"],
            language=asked["language"] or "en",
            for_series=for_series,
            now=timezone.now(),
        )
        counted = (
            texts.segments(letter.text.body)
            if asked["channel"] == Channel.SMS
            else None
        )
        body = {
            "sender": letter.text.sender,
            "subject": letter.text.subject,
            "body": letter.text.body,
            "encoding": counted and counted.encoding,
            "length": counted and counted.length,
            "segments": counted and counted.count,
            "calendar": "".join(file.content.decode() for file in letter.calendars)
            or None,
        }
        return Response(MessagePreviewSerializer(body).data)


def _check_series(kind: str, appointment: Appointment | None) -> None:
    if kind == MessageKind.REMINDER:
        refusal = "Each occurrence is reminded of by itself."
    elif kind == MessageKind.OFFER:
        refusal = "An offer is of one hour."
    elif appointment is not None and appointment.series_id is None:
        refusal = "The appointment is in no series."
    else:
        return
    raise ValidationError({"?for_series": [ErrorDetail(refusal, "invalid")]})
