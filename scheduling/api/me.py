"""Who is signed in."""

from collections.abc import Mapping

from django.contrib.auth.models import User
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from config import ids
from config.api import fields
from config.api.serializers import StrictSerializer
from config.api.views import StrictView
from config.roles import Role, roles_of
from scheduling.models import Therapist


class MyTherapistSerializer(StrictSerializer):
    id = fields.KeyValueField()
    display_name = fields.CharField()


class MeSerializer(StrictSerializer):
    id = fields.KeyValueField()
    username = fields.CharField()
    display_name = fields.CharField()
    roles = serializers.ListField(child=fields.ChoiceField(choices=Role.choices))
    therapist = MyTherapistSerializer(allow_null=True)


class MeView(StrictView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="me", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        user = request.user
        assert isinstance(user, User)  # noqa: S101  the permission saw to it
        roles = roles_of(user)
        return Response(
            {
                "id": str(ids.of_account(user)),
                "username": user.username,
                "display_name": user.get_full_name() or user.username,
                "roles": [role for role in Role if role in roles],
                "therapist": _therapist(user) if Role.THERAPIST in roles else None,
            }
        )


def _therapist(user: User) -> Mapping[str, object] | None:
    return Therapist.objects.filter(user=user).values("id", "display_name").first()
