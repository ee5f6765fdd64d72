"""What every API remembers: requests it answered, sign-ins that failed."""

import pghistory
from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q

from config.records import Record


class IdempotencyKey(Record):
    """One answered request: a repetition of it gets the same object again.

    `fingerprint` is the SHA-256 of method, path and canonical body. The answer itself
    is not kept: it is made anew, for what the caller may see by then. Only what could
    not be told anew is in `report`, such as the dates that a series had to leave out;
    nothing about a client is. Without a `user` it is the key of everybody who is not
    signed in.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    object_id = models.UUIDField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    report = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], name="idempotency_key_unique"
            ),
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(user=None),
                name="idempotency_key_of_nobody_unique",
            ),
        ]


class FailedSignIn(Record):
    """A refused sign-in. Counted in PostgreSQL, so that a dead Redis opens no door.

    `username_digest` is a keyed hash: what people type there may be anything.
    """

    username_digest = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["username_digest", "at"], name="failed_sign_in_by_user"
            ),
        ]


@pghistory.track(
    obj_field=None,
    exclude=["password", "last_login"],
    model_name="UserEvent",
)
class TrackedUser(User):
    """A user; here so that history sees changes of accounts."""

    class Meta:
        proxy = True


@pghistory.track(obj_field=None)
class RoleMembership(User.groups.through):  # type: ignore[name-defined,misc]
    """A role that a user has; here so that history sees who was given it."""

    class Meta:
        proxy = True
