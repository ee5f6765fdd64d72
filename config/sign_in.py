"""Signing in: by username, for people whom the practice has given an account.

Refused attempts are counted in PostgreSQL as well as in allauth's cache, so that the
limit stands while Redis is away.
"""

import hashlib
import hmac
import time
from datetime import timedelta
from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models.functions import Now
from django.http import Http404, HttpRequest

from config.api.authentication import SIGNED_IN_AT
from config.models import FailedSignIn

MOST_FAILURES = 10
WINDOW = timedelta(minutes=15)

# What allauth offers and the practice does not: accounts are made, and passwords reset,
# by the manager, and no address here sends mail or tells who has an account.
CLOSED = r"^_allauth/(browser|app)/v1/(auth/(signup|password/|email/)|account/email)"


def closed(_request: HttpRequest, *_groups: str) -> NoReturn:
    raise Http404


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # untyped
    """allauth, without sign-up, and with a limit that the database keeps."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        request.session[SIGNED_IN_AT] = int(time.time())

    def authenticate(
        self,
        request: HttpRequest,
        **credentials: Any,  # Any: as the base
    ) -> AbstractBaseUser | None:
        """The user, or `None`; more than ten failures in 15 minutes are an error.

        The attempt is written down before the password is looked at and struck out when
        it was right: guesses made at the same moment are all counted.
        """
        username = _digest(str(credentials.get("username", "")))
        recent = FailedSignIn.objects.filter(
            username_digest=username, at__gt=Now() - WINDOW
        )
        if recent.count() >= MOST_FAILURES:
            raise self.validation_error("too_many_login_attempts")
        attempt = FailedSignIn.objects.create(username_digest=username)
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None:
            attempt.delete()
        return user


def _digest(username: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, username.casefold().encode(), hashlib.sha256).hexdigest()
