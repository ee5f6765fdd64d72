"""Views that answer with one document, such as a calendar, a picture or a page."""

from collections.abc import Iterable

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from config.api.views import StrictView


class OneFormat(BaseContentNegotiation):
    """There is one, whatever the caller says to accept: calendar apps and browsers ask
    for all sorts of things and take what they get."""

    def select_parser(
        self, request: Request, parsers: Iterable[BaseParser]
    ) -> BaseParser:
        return next(iter(parsers))

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class DocumentView(StrictView):
    """Answers with an `HttpResponse` of its own. Problems are JSON, as everywhere."""

    content_negotiation_class = OneFormat
    http_method_names = ["get", "head"]
