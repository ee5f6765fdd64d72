"""How many messages went out, by day and channel."""

from datetime import date

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clients.models import Channel
from config.api import fields, filters, pagination
from config.api.permissions import IsFrontDesk
from config.api.serializers import StrictSerializer
from config.api.views import StrictView
from locations.models import Office
from scheduling import tallies
from scheduling.availability import PRACTICE_ZONE
from scheduling.models import Message, MessageState

LONGEST_DAYS = 92


class NumbersFilterSet(filters.StrictFilterSet):
    vars()["from"] = filters.LocalDateFilter(required=True)  # a word of Python's
    to = filters.LocalDateFilter(required=True)
    office = filters.SlugFilter(queryset=Office.objects.all())


class NumbersSerializer(StrictSerializer):
    """Each message is counted once, by the state it is in; `due` counts them all."""

    date = fields.LocalDateField()
    channel = fields.ChoiceField(choices=Channel.choices)
    due = fields.IntegerField()
    vars().update({state.value: fields.IntegerField() for state in MessageState})


class MessageNumbersSerializer(StrictSerializer):
    timezone = fields.CharField()
    results = NumbersSerializer(many=True)


class MessageNumbersView(StrictView):
    permission_classes = [IsFrontDesk]

    def known_parameters(self) -> set[str]:
        return NumbersFilterSet.names()

    @extend_schema(
        operation_id="message_numbers",
        parameters=[
            OpenApiParameter("from", date, required=True),
            OpenApiParameter("to", date, required=True, description="Included."),
            OpenApiParameter("office", description="Of its sessions only."),
        ],
        responses=MessageNumbersSerializer,
    )
    def get(self, request: Request) -> Response:
        """The messages due on each day, on the practice's wall, and what became of
        them; at most 92 days. Days and channels without any are there, with zeros."""
        asked = filters.checked(
            NumbersFilterSet(request.query_params, Message.objects.none())
        )
        first, last, office = asked["from"], asked["to"], asked["office"]
        if last < first:
            raise pagination.invalid_parameter("to", "This is before from.")
        if (last - first).days >= LONGEST_DAYS:
            message = f"From and to are more than {LONGEST_DAYS} days."
            raise pagination.invalid_parameter("to", message)
        found = tallies.by_day(first, last, office=office and office.pk)
        told = [
            {
                "date": tally.day,
                "channel": tally.channel,
                "due": tally.total,
                **tally.by_state,
            }
            for tally in found
        ]
        answer = {"timezone": PRACTICE_ZONE.key, "results": told}
        return Response(MessageNumbersSerializer(answer).data)
