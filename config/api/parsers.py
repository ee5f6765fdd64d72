"""JSON as it is defined, and nothing that merely looks like it."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser

DEEPEST = 20
LONGEST_NUMBER = 20  # characters of a whole number; no column holds more

_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = "The body is too large."


class StrictJSONParser(BaseParser):
    """One UTF-8 JSON document of at most `DATA_UPLOAD_MAX_MEMORY_SIZE` bytes.

    Refused: a byte order mark, a name given twice, NaN and infinities, nesting beyond
    20 levels, and text that PostgreSQL cannot hold. A subclass may take less.
    """

    media_type = "application/json"
    most_bytes: int | None = None

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:  # Any: whatever the caller sent
        _require_utf8(media_type or "")
        most = self.most_bytes or settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        text = _decode(_read(stream, most))
        if _depth(text) > DEEPEST:
            raise ParseError("The body is nested too deeply.")
        try:
            document = json.loads(
                text,
                object_pairs_hook=_object,
                parse_constant=_refuse_constant,
                parse_int=_whole,
                parse_float=_finite,
            )
        except json.JSONDecodeError as error:
            raise ParseError(
                f"This is not JSON: line {error.lineno}, column {error.colno}."
            ) from None
        except ValueError as error:  # one of the hooks, or thousands of digits
            raise ParseError(str(error)) from None
        if "\\u" in text and not all(_is_storable(each) for each in _texts(document)):
            raise ParseError("The body has a character that cannot be stored.")
        return document


class SmallJSONParser(StrictJSONParser):
    """For what anybody may send."""

    most_bytes = 64 * 1024


def _read(stream: IO[bytes], most: int) -> bytes:
    body = stream.read(most + 1)
    if len(body) > most:
        raise TooLarge
    return body


def _require_utf8(media_type: str) -> None:
    _, _, parameters = media_type.partition(";")
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip(' "').lower() not in {
            "utf-8",
            "utf8",
        }:
            raise UnsupportedMediaType(media_type)


def _decode(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise ParseError("The body is not UTF-8.") from None
    if text.startswith("\ufeff"):
        raise ParseError("The body begins with a byte order mark.")
    return text


def _depth(text: str) -> int:
    if text.count("[") + text.count("{") <= DEEPEST:
        return 0
    depth = deepest = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        if match[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif match[0] in "]}":
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("The body has a name twice.")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON.")


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:  # Python would take long over it, or refuse
        raise ValueError("The body has a number that is too large.")
    return int(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("The body has a number that is too large.")
    return number


def _texts(document: Any) -> Iterator[str]:  # Any: a JSON value
    if isinstance(document, str):
        yield document
    elif isinstance(document, list):
        for item in document:
            yield from _texts(item)
    elif isinstance(document, dict):
        for name, value in document.items():
            yield name
            yield from _texts(value)


def _is_storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= each <= "\udfff" for each in text)
