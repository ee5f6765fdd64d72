"""Problem documents for what goes wrong outside REST framework's views."""

# ruff: noqa: ARG001  Django calls these with arguments they need not use

import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse

from config.api.exceptions import (
    PROBLEM_JSON,
    RETRY_AFTER_SECONDS,
    Unavailable,
    problem,
)


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    if isinstance(exception, RequestDataTooBig):
        return _respond(413, "too_large", "The body is too large.")
    return _respond(400, "invalid", "The request makes no sense.")


def permission_denied(request: HttpRequest, exception: Exception) -> JsonResponse:
    return _respond(403, "permission_denied", "This is not for you.")


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    return _respond(404, "not_found", "There is nothing here.")


def server_error(request: HttpRequest) -> JsonResponse:
    """A middleware that reads who is asking meets a database that is away, too."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        told = _respond(503, Unavailable.default_code, Unavailable.default_detail)
        told["Retry-After"] = RETRY_AFTER_SECONDS
        return told
    return _respond(500, "internal_error", "Something went wrong on our side.")


def csrf_failure(request: HttpRequest, reason: str = "") -> JsonResponse:
    return _respond(403, "csrf_failed", "The CSRF token is missing or wrong.")


def _respond(status: int, code: str, detail: str) -> JsonResponse:
    body = problem(status, code, detail)
    return JsonResponse(body, status=status, content_type=PROBLEM_JSON)
