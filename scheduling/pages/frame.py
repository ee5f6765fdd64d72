"""What all pages for clients share: how they look, and what browsers are told."""

import functools
import hashlib
import math
from base64 import b64encode
from collections.abc import Callable
from typing import Any, cast

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from rest_framework.request import Request
from rest_framework.views import APIView

from config.api.throttles import AnonymousThrottle

View = Callable[[HttpRequest, str], HttpResponse]

STYLE = """
:root { color-scheme: light; }
body { margin: 0; background: #f6f5f2; color: #222; font: 1.125rem/1.5 system-ui, sans-serif; }
main { max-width: 30rem; margin: 1rem auto; padding: 1.5rem; background: #fff; border-radius: .5rem; }
h1 { margin: 0 0 1rem; font-size: 1.5rem; }
dt { font-weight: bold; }
dd { margin: 0 0 .75rem; }
.note { padding: .75rem; border-left: .25rem solid #1f5f5b; background: #eef4f3; }
form { margin: 0 0 .75rem; }
button { width: 100%; min-height: 3rem; padding: .5rem 1rem; border: 2px solid #1f5f5b; border-radius: .25rem; background: #1f5f5b; color: #fff; font: inherit; cursor: pointer; }
button.second { background: #fff; color: #1f5f5b; }
a, summary { display: inline-block; padding: .625rem 0; color: #1f5f5b; }
summary { cursor: pointer; text-decoration: underline; }
:focus-visible { outline: .1875rem solid #222; outline-offset: .1875rem; }
"""  # noqa: E501  one rule a line
_STYLE_HASH = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
RETRY_AFTER_SECONDS = 1


class SeeOther(HttpResponseRedirect):
    """What was sent has been dealt with; to look again sends nothing anew."""

    status_code = 303


class _PageThrottle(AnonymousThrottle):
    """Requests from one address, whoever is signed in there."""

    def caller(self, request: Request) -> str | None:
        return self.get_ident(request)


def discreet(view: View) -> Callable[..., HttpResponse]:
    """Make a page of a view: nobody is signed in on it, so there is no cookie to
    protect; it is kept nowhere, leads nowhere, and is not asked for too often."""

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @functools.wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        throttle = _PageThrottle()
        # It reads nothing but what REST framework's requests hand on to Django's.
        asked, nobody = cast(Request, request), cast(APIView, None)
        if throttle.allow_request(asked, nobody):
            try:
                response = view(request, token)
            except (OperationalError, InterfaceError):
                response = _later(503, RETRY_AFTER_SECONDS)
        else:
            response = _later(429, math.ceil(throttle.wait()))
        for name, value in _HEADERS.items():
            response.headers[name] = value
        return response

    return guarded


def page(name: str, status: int, **context: Any) -> HttpResponse:  # Any: for a template
    context["style"] = mark_safe(STYLE)  # noqa: S308  our own, as the policy's hash says
    return HttpResponse(render_to_string(f"pages/{name}.html", context), status=status)


def missing() -> HttpResponse:
    """The same, whatever is wrong with an address."""
    return page("missing", 404)


def _later(status: int, seconds: int) -> HttpResponse:
    response = page("later", status)
    response.headers["Retry-After"] = str(seconds)
    return response
