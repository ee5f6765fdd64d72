"""Who is asking: an app by its session token, a browser by its session cookie."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

HEADER = "X-Session-Token"
SIGNED_IN_AT = "signed_in_at"  # in a session: when it began, in seconds since the epoch

_USED_AT = "used_at"
_TOUCH_EVERY = timedelta(hours=1)


class AppSessionAuthentication(BaseAuthentication):
    """The token that `/_allauth/app/` gives out.

    Use keeps it alive for `APP_SESSION_IDLE`, up to `APP_SESSION_AGE` after the
    sign-in. It ends with the account, or with a change of its password.
    """

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, None] | None:
        token = request.headers.get(HEADER)
        if not token:
            return None
        user = _user_of(SessionStore(token), timezone.now())
        if user is None:
            raise AuthenticationFailed("This session is over. Sign in again.")
        return user, None

    def authenticate_header(self, request: Request) -> str:
        return f'{HEADER} realm="api"'


class BrowserSessionAuthentication(SessionAuthentication):
    """Django's session cookie; whatever changes something carries a CSRF token."""


def _user_of(session: SessionStore, now: datetime) -> AbstractBaseUser | None:
    began = session.get(SIGNED_IN_AT)
    if (
        began is None
        or now.timestamp() - began > settings.APP_SESSION_AGE.total_seconds()
    ):
        return None
    holder = HttpRequest()
    holder.session = session
    user = get_user(holder)
    if not isinstance(user, AbstractBaseUser) or not _touch(session, now):
        return None
    return user


def _touch(session: SessionStore, now: datetime) -> bool:
    """Note the use, at most once an hour; whether the session is still there."""
    if now.timestamp() - session.get(_USED_AT, 0) < _TOUCH_EVERY.total_seconds():
        return True
    session[_USED_AT] = int(now.timestamp())
    session.set_expiry(settings.APP_SESSION_IDLE)
    try:
        session.save()
    except UpdateError:  # signed out meanwhile
        return False
    return True
