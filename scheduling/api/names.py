"""Names: how whatever is known by a slug or an id is named in answers."""

from uuid import UUID

from django.contrib.auth.models import User
from rest_framework import serializers

from config import ids
from config.api import fields
from config.api.serializers import StrictSerializer


class NamedSerializer(StrictSerializer):
    slug = fields.CharField()
    name = fields.CharField()


class NamedOfficeSerializer(StrictSerializer):
    slug = fields.CharField()
    name = fields.CharField()


class NamedRoomSerializer(StrictSerializer):
    id = fields.KeyValueField()
    name = fields.CharField()


class NamedTherapistSerializer(StrictSerializer):
    id = fields.KeyValueField()
    display_name = fields.CharField()


class NamedPersonSerializer(StrictSerializer):
    """A client, or a guardian."""

    id = fields.KeyValueField()
    display_name = fields.CharField()


class NamedUserSerializer(StrictSerializer):
    id = serializers.SerializerMethodField()
    display_name = serializers.SerializerMethodField()

    def get_id(self, user: User) -> UUID:
        return ids.of_account(user)

    def get_display_name(self, user: User) -> str:
        return user.get_full_name() or user.username


def named(slug: str | None, name: str | None) -> dict[str, str | None] | None:
    return None if slug is None else {"slug": slug, "name": name}


def named_therapist(key: UUID | None, name: str | None) -> dict[str, str | None] | None:
    return None if key is None else {"id": str(key), "display_name": name}
