"""Who made a change, and in which request: kept beside every row of history."""

from typing import Any

import structlog
from django.http import HttpRequest
from pghistory.middleware import HistoryMiddleware


class RequestHistory(HistoryMiddleware):
    """pghistory's middleware, with the request's id instead of its address.

    An app's user is known only in the view; pghistory notices when it is set.
    """

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request)
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        return {"user": context["user"], "request_id": request_id}
