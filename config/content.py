"""What a page may load and run: what this server sends, and nothing inline."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http.response import HttpResponseBase

Page = Callable[..., HttpResponseBase]

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


def own_content_only(page: Page) -> Page:
    """Tell the browser so; and that nobody keeps what is on the page."""

    @wraps(page)
    def told(*args: Any, **kwargs: Any) -> HttpResponseBase:  # Any: passed on
        response = page(*args, **kwargs)
        response["Content-Security-Policy"] = POLICY
        response["Cache-Control"] = "private, no-store"
        return response

    return told
