"""What somebody wrote back to a message, or asked for, and who has dealt with it."""

from typing import cast

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import fields
from config.api.idempotency import idempotent
from config.api.serializers import StrictModelSerializer, StrictSerializer
from config.api.views import ApiViewSet
from scheduling import answers
from scheduling.api.names import NamedPersonSerializer, NamedUserSerializer
from scheduling.models import ASKING, Answer, AnswerKind, AnswerVia

KINDS = [(kind.value, kind.label) for kind in map(AnswerKind, ASKING)]


class ReplySerializer(StrictModelSerializer[Answer]):
    """`words` are those of a text, as they came, from a number with `phone_ending`.

    It came from the `guardian` if there is one, else from the `client`; if there is
    neither, from nobody that is known, or from one of several.
    """

    kind = fields.ChoiceField(choices=KINDS)
    via = fields.ChoiceField(choices=AnswerVia.choices)
    at = fields.InstantField()
    phone_ending = fields.CharField(allow_blank=True)
    client = NamedPersonSerializer(allow_null=True)
    guardian = NamedPersonSerializer(allow_null=True)
    resolved_at = fields.InstantField(allow_null=True)
    resolved_by = NamedUserSerializer(allow_null=True)

    class Meta:
        model = Answer
        fields = [
            "id",
            "kind",
            "via",
            "at",
            "words",
            "phone_ending",
            "client",
            "guardian",
            "appointment",
            "message",
            "resolved_at",
            "resolved_by",
        ]
        read_only_fields = fields


class ReplyViewSet(mixins.RetrieveModelMixin, ApiViewSet[Answer]):
    """Replies. Those that nobody has dealt with are on the work list."""

    serializer_class = ReplySerializer

    def get_queryset(self) -> QuerySet[Answer]:
        rows = Answer.objects.asking().visible_to(self.request.user)
        return rows.select_related("client", "guardian", "resolved_by")

    @extend_schema(request=None, responses=ReplySerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def resolve(self, request: Request, pk: str) -> Response:
        """Say that you have dealt with it. Who said so first is kept."""
        reply = self.get_object()
        StrictSerializer(data=request.data).is_valid(raise_exception=True)
        by = cast(User, request.user)  # a permission saw to it
        answers.resolve(reply, by=by, now=timezone.now())
        return Response(self.get_serializer(self.get_object()).data)
