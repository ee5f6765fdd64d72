"""The report of messages: what becomes of those that are due."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clients.models import Channel
from config.api import fields
from config.api.permissions import IsFrontDesk
from config.api.serializers import StrictSerializer
from scheduling.api.diary import Json
from scheduling.api.reports import (
    SPAN_AND_FORMAT,
    SpanReportSerializer,
    SpanReportView,
    responses,
)
from scheduling.engine.intervals import Interval
from scheduling.models import MessageKind
from scheduling.reports import messages
from scheduling.reports.messages import Traffic


class TrafficSerializer(StrictSerializer):
    """Messages due on a day. `planned` is `waiting`, `sent`, `failed`, `unknown` and
    `expired` together, without those called off since; `sent` has `delivered` in it."""

    date = fields.LocalDateField()
    kind = fields.ChoiceField(choices=MessageKind.choices)
    channel = fields.ChoiceField(choices=Channel.choices)
    planned = fields.IntegerField()
    waiting = fields.IntegerField()
    sent = fields.IntegerField()
    delivered = fields.IntegerField()
    failed = fields.IntegerField()
    unknown = fields.IntegerField()
    expired = fields.IntegerField()
    answered = fields.IntegerField()


class MessageReportSerializer(SpanReportSerializer):
    results = TrafficSerializer(many=True)


class MessageReportView(SpanReportView):
    permission_classes = (IsFrontDesk,)
    file = "messages"
    columns = Traffic._fields

    @extend_schema(
        operation_id="report_messages",
        parameters=SPAN_AND_FORMAT,
        responses=responses(MessageReportSerializer),
    )
    def get(self, request: Request) -> Response:
        """What became of the messages due in this week, by day, kind and channel, and
        how many of them were answered; unless `from` and `to` say otherwise; at most
        92 days."""
        return self.report(request)

    def read(self, span: Interval, **asked: Any) -> list[Traffic]:
        return messages.read(span, **asked)

    def told(self, row: Traffic) -> Json:
        return row._asdict() | {"date": row.date.isoformat()}
