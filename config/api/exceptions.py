"""Every error as a problem document (RFC 9457).

What the database says about a refusal never leaves the process: it quotes other
people's rows. The log gets the SQLSTATE and the constraint's name.
"""

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.core.exceptions import ValidationError as InvalidRow
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from config import transactions
from config.api import preconditions
from config.api.parsers import TooLarge
from config.constraints import violated_constraint
from config.errors import DomainError, Malformed, Stale

logger = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"
RETRY_AFTER_SECONDS = "1"

# SQLSTATE: what it means for the caller.
_VIOLATIONS = {
    "23505": (409, "already_exists", "Something with these values is already there."),
    "23503": (409, "in_use", "Something else refers to this, or it is not there."),
    "23001": (409, "in_use", "Something else refers to this."),
    "23P01": (409, "conflict", "Something else is in the way."),
    "23514": (422, "rule_violated", "These values do not go together."),
}

Errors = list[dict[str, str]]


class Invalid(exceptions.APIException):
    status_code = 400
    default_code = "invalid"
    default_detail = "The request has a value that makes no sense."


class Unavailable(exceptions.APIException):
    """The database is busy or away; nothing has been changed."""

    status_code = 503
    default_code = "unavailable"
    default_detail = "This cannot be done just now. Try again in a moment."


# The first that fits counts.
_EQUIVALENTS: list[
    tuple[type[Exception] | tuple[type[Exception], ...], type[exceptions.APIException]]
] = [
    (Http404, exceptions.NotFound),
    (PermissionDenied, exceptions.PermissionDenied),
    (RequestDataTooBig, TooLarge),
    ((SuspiciousOperation, DataError, UnicodeEncodeError), Invalid),
    ((OperationalError, InterfaceError), Unavailable),
]


def problem(status: int, code: str, detail: str = "", **extra: Any) -> dict[str, Any]:
    """A problem document; `extra` are its optional members, left out when empty."""
    body = {
        "type": "about:blank",
        "title": title(status),
        "status": status,
        "detail": detail or f"{title(status)}.",
        "code": code,
    }
    return body | {name: value for name, value in extra.items() if value}


def title(status: int) -> str:
    """The status in words, those of RFC 9110; Python's differ between its versions."""
    renamed = {413: "Content Too Large", 422: "Unprocessable Content"}
    return renamed.get(status) or HTTPStatus(status).phrase


def handle(exception: Exception, _context: Mapping[str, Any]) -> Response | None:
    """Answer `exception`; `None` leaves it to Django, which logs it and answers 500."""
    if isinstance(exception, DomainError):
        return _domain(exception)
    if isinstance(exception, IntegrityError):
        return _violation(exception)
    known = _as_api_exception(exception)
    return _api(known) if known else None


def _respond(
    status: int,
    code: str,
    detail: str = "",
    headers: dict[str, str] | None = None,
    **extra: Any,  # Any: members of the problem document
) -> Response:
    return Response(
        problem(status, code, detail, **extra),
        status=status,
        headers=headers,
        content_type=PROBLEM_JSON,
    )


def _domain(error: DomainError) -> Response:
    errors: Errors = []
    if isinstance(error, Malformed) and error.field:
        errors = [
            {"pointer": f"/{error.field}", "code": error.code, "detail": error.message}
        ]
    headers = {}
    if isinstance(error, Stale):
        headers["ETag"] = preconditions.etag(error.version)
    return _respond(
        error.status,
        error.code,
        error.message,
        headers,
        errors=errors,
        reasons=[{"code": each.code, "detail": each.detail} for each in error.reasons],
        alternatives=list(error.alternatives),
        occurrences=list(error.occurrences),
        existing=str(error.existing or ""),
    )


def _violation(violation: IntegrityError) -> Response:
    if isinstance(violation, ProtectedError | RestrictedError):
        return _respond(*_VIOLATIONS["23001"])
    sqlstate = transactions.sqlstate(violation)
    status, code, detail = _VIOLATIONS.get(sqlstate, (500, "internal_error", ""))
    logger.log(
        logging.ERROR if status == HTTPStatus.INTERNAL_SERVER_ERROR else logging.INFO,
        "refused by the database: %s %s",
        sqlstate,
        violated_constraint(violation),
    )
    return _respond(status, code, detail)


def _as_api_exception(exception: Exception) -> exceptions.APIException | None:
    if isinstance(exception, exceptions.APIException):
        return exception
    if isinstance(exception, InvalidRow):
        return exceptions.ValidationError(exception.messages)
    if isinstance(exception, OperationalError | InterfaceError):
        logger.warning("the database: %s", transactions.sqlstate(exception))
    for kinds, equivalent in _EQUIVALENTS:
        if isinstance(exception, kinds):
            return equivalent()
    return None


def _api(exception: exceptions.APIException) -> Response:
    headers = {}
    if isinstance(
        exception, exceptions.NotAuthenticated | exceptions.AuthenticationFailed
    ):
        headers["WWW-Authenticate"] = getattr(exception, "auth_header", "")
    if isinstance(exception, Unavailable):
        headers["Retry-After"] = RETRY_AFTER_SECONDS
    if isinstance(exception, exceptions.Throttled):
        wait = getattr(exception, "wait", None) or 1
        headers["Retry-After"] = seconds = str(math.ceil(wait))
        told = f"Too many requests. Try again in {seconds} seconds."
        exception.detail = exceptions.ErrorDetail(told, exception.default_code)
    if isinstance(exception, exceptions.ValidationError):
        errors = list(_errors(exception.detail, ""))
        detail = (
            errors[0]["detail"] if len(errors) == 1 else "Some values are not valid."
        )
        return _respond(400, "invalid", detail, headers, errors=errors)
    code = exception.get_codes()
    return _respond(
        exception.status_code,
        code if isinstance(code, str) else exception.default_code,
        str(exception.detail),
        headers,
    )


def _errors(detail: Any, pointer: str) -> Iterator[dict[str, str]]:
    """Flatten REST framework's nested errors into pointers (RFC 6901)."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            if name == "non_field_errors":
                yield from _errors(inner, pointer)
            else:
                token = str(name).replace("~", "~0").replace("/", "~1")
                yield from _errors(inner, _join(pointer, token))
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from _errors(inner, _join(pointer, str(index)) if nested else pointer)
    else:
        code = getattr(detail, "code", None) or "invalid"
        yield {"pointer": pointer, "code": code, "detail": str(detail)}


def _join(pointer: str, token: str) -> str:
    # A query parameter is named as it stands in the address: "?limit".
    return token if token.startswith("?") else f"{pointer}/{token}"
