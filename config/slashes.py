"""Addresses end with a slash."""

from django.http import HttpRequest
from django.middleware.common import CommonMiddleware


class SlashMiddleware(CommonMiddleware):
    """Leads who forgot the slash to the address, but not with a body in hand.

    A redirected POST arrives as a GET without its body: that is 404 instead.
    """

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        is_reading = request.method in {"GET", "HEAD"}
        return is_reading and super().should_redirect_with_slash(request)
