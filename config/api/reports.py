"""Reports: figures as JSON, or as CSV for a spreadsheet."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from config import spreadsheets
from config.api import filters
from config.api.views import StrictView

FORMATS = [("json", "JSON"), ("csv", "CSV")]


class FormatFilter(filters.ChoicesFilter):
    many = False

    def __init__(self) -> None:
        super().__init__(choices=FORMATS)


class ReportFilterSet(filters.StrictFilterSet):
    format = FormatFilter()


class CsvRenderer(BaseRenderer):
    """Passes on what has been written. A problem stays JSON, as it says."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(
        self,
        data: Any,  # Any: of an answer
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if isinstance(data, str):
            return data.encode()
        content: bytes = JSONRenderer().render(data)
        return content


class ByFormat(DefaultContentNegotiation):
    """What `?format=` says, else what is accepted; the filter refuses a wrong one."""

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        renderers = list(renderers)
        wanted = request.query_params.get("format")
        for renderer in renderers:
            if renderer.format == wanted:
                return renderer, renderer.media_type
        found: tuple[BaseRenderer, str] = super().select_renderer(
            request, renderers, format_suffix
        )
        return found


class ReportView(StrictView):
    """Answers with `tell`, in the format that was asked for."""

    renderer_classes = (JSONRenderer, CsvRenderer)
    content_negotiation_class = ByFormat

    def tell(
        self,
        body: Mapping[str, Any],  # Any: a piece of JSON
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],  # Any: what a cell may hold
        *,
        name: str,
    ) -> Response:
        """`body` as JSON, or `rows` as a file of that name."""
        if not isinstance(self.request.accepted_renderer, CsvRenderer):
            return Response(body)
        text = "".join(spreadsheets.write(columns, rows))
        disposition = f'attachment; filename="{name}.csv"'
        return Response(text, headers={"Content-Disposition": disposition})
