"""How often one caller may ask. Counted in the cache; without it, nobody is refused."""

import time
from typing import TYPE_CHECKING, ClassVar, cast

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from config.cache import FailSafeRedisCache

if TYPE_CHECKING:  # REST framework loads this module while it loads its own views
    from rest_framework.views import APIView

_SECONDS = {"sec": 1, "min": 60, "hour": 3600, "day": 86400}


class _Throttle(BaseThrottle):
    """Counts in fixed windows: one number per caller, not a list of every request."""

    setting: ClassVar[str]

    def allow_request(self, request: Request, view: "APIView") -> bool:
        caller = self.caller(request)
        if caller is None:
            return True
        most, seconds = _rate(getattr(settings, self.setting))
        now = time.time()
        self.left = seconds - now % seconds
        key = f"{self.setting}:{caller}:{int(now // seconds)}"
        counter = cast(FailSafeRedisCache, cache)
        return counter.count(key, timeout=seconds) <= most

    def caller(self, request: Request) -> str | None:
        raise NotImplementedError

    def wait(self) -> float:
        return self.left


class AnonymousThrottle(_Throttle):
    """`THROTTLE_ANON` requests from one address of those who are not signed in."""

    setting = "THROTTLE_ANON"

    def caller(self, request: Request) -> str | None:
        return None if request.user.is_authenticated else self.get_ident(request)


class IntakeThrottle(_Throttle):
    """`THROTTLE_INTAKE` intakes from one address of those who are not signed in: one
    who asks for help sends one, a machine that fills the inbox sends many."""

    setting = "THROTTLE_INTAKE"

    def caller(self, request: Request) -> str | None:
        return None if request.user.is_authenticated else self.get_ident(request)


class MatchThrottle(AnonymousThrottle):
    """`THROTTLE_MATCHES` rankings for one address of those who are not signed in."""

    setting = "THROTTLE_MATCHES"


class UserThrottle(_Throttle):
    """`THROTTLE_USER` requests of one user."""

    setting = "THROTTLE_USER"

    def caller(self, request: Request) -> str | None:
        return str(request.user.pk) if request.user.is_authenticated else None


def _rate(text: str) -> tuple[int, int]:
    number, _, unit = text.partition("/")
    return int(number), _SECONDS[unit]
