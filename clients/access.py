"""Who has looked at whose record: one row for each look, never changed."""

from collections.abc import Iterable
from uuid import UUID

import structlog
from django.contrib.auth.models import AnonymousUser, User

from clients.models import AccessLog


def note(user: User | AnonymousUser, action: str, clients: Iterable[UUID]) -> None:
    """Record that `user`, who is signed in, is shown `clients` by this request."""
    context = structlog.contextvars.get_contextvars()
    assert isinstance(user, User)  # noqa: S101  a permission saw to it
    AccessLog.objects.create(
        user=user,
        action=action,
        clients=list(clients),
        request_id=context.get("request_id", ""),
    )
