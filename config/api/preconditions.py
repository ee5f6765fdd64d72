"""`ETag` and `If-Match`: whoever changes something says which version they saw."""

import re

from rest_framework import exceptions, status
from rest_framework.request import Request

_TAG = re.compile(r'"(0|[1-9][0-9]{0,8})"', re.ASCII)


class PreconditionRequired(exceptions.APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "precondition_required"
    default_detail = "Say in If-Match which version you have seen."


class InvalidPrecondition(exceptions.APIException):
    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "invalid_precondition"
    default_detail = 'If-Match takes one strong tag, as in "3".'


def etag(version: int) -> str:
    return f'"{version}"'


def expected_version(request: Request) -> int:
    """The version in `If-Match`.

    Raises `PreconditionRequired` (428) or `InvalidPrecondition` (400).
    """
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionRequired
    match = _TAG.fullmatch(header.strip())
    if match is None:
        raise InvalidPrecondition
    return int(match[1])
