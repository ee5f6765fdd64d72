"""Logs that may leave the building: JSON lines, and only what is known to be harmless.

Every logger's records pass through here, those of Django, Celery and gunicorn too. Keys
that are not on the list are dropped, and of an exception only its type and where it was
raised is kept: its words may be another person's row.
"""

import copy
import logging
import re
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from structlog.typing import EventDict, WrappedLogger

ALLOWED = frozenset(
    {
        *["event", "level", "timestamp", "logger", "exception"],
        *["request_id", "method", "path", "status", "duration_ms", "user_id"],
        *["count", "message_id", "task", "code", "sqlstate", "constraint"],
    }
)
# What Celery puts into the sentence about a failed task.
_CELERY_TELLS = frozenset({"exc", "traceback", "args", "kwargs", "return_value"})
# Whoever knows these needs no password: to read a calendar, to answer for a client.
_CALENDAR_SECRET = re.compile(r"(?<=/calendar/)[^/?\s]+", re.IGNORECASE)
_ANSWER_TOKEN = re.compile(r"(?<=/a/)[^/?\s]+")
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}")

logger = logging.getLogger(__name__)


def configuration(*, pretty: bool) -> dict[str, Any]:
    """Django's `LOGGING`: JSON lines, or colors and whole tracebacks when `pretty`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "default": {"()": _PrettyFormatter if pretty else DiscreetFormatter},
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "default"},
        },
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            name: {"handlers": [], "level": level, "propagate": True}
            for name, level in (
                ("django", "INFO"),
                ("django.server", "WARNING"),
                ("gunicorn.error", "INFO"),
                ("gunicorn.access", "WARNING"),
                # Three lines for every sweep that found nothing to do.
                ("celery.beat", "WARNING"),
                ("celery.worker.strategy", "WARNING"),
                ("celery.app.trace", "WARNING"),
            )
        },
    }


class DiscreetFormatter(structlog.stdlib.ProcessorFormatter):
    """One JSON object per record, with the allowed keys only."""

    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=[*_known_about_a_record(), structlog.stdlib.ExtraAdder()],
            processors=[
                _exception_without_words,
                _only_allowed,
                _without_secrets,
                structlog.processors.JSONRenderer(default=str),
            ],
        )

    def format(self, record: logging.LogRecord) -> str:
        discreet = copy.copy(record)
        discreet.args = _without_words(record.args)
        return super().format(discreet)


class _PrettyFormatter(structlog.stdlib.ProcessorFormatter):
    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=_known_about_a_record(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_secrets,
                structlog.dev.ConsoleRenderer(),
            ],
        )


def request_log(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: an id for each request, on every line about it and in its answer.

    A caller's own `X-Request-ID` is kept if it is short and plain. The query string is
    not logged: people search for names.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request_id = request.headers.get("X-Request-ID", "")
        if not _REQUEST_ID.fullmatch(request_id):
            request_id = uuid4().hex
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = get_response(request)
            logger.info(
                "request",
                extra={
                    "method": request.method,
                    "path": request.path,
                    "status": response.status_code,
                    "duration_ms": round((time.perf_counter() - started) * 1000, 1),
                    "user_id": _user_id(request),
                },
            )
        response["X-Request-ID"] = request_id
        return response

    return middleware


def _user_id(request: HttpRequest) -> object:
    """Who is asking, if the view wanted to know: a log line is not worth a query."""
    user = vars(request).get("user")
    if isinstance(user, SimpleLazyObject):
        user = vars(request).get("_cached_user")
    return getattr(user, "pk", None)


def _known_about_a_record() -> list[structlog.typing.Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _without_words(arguments: Any) -> Any:  # a tuple, or one mapping, of anything
    if isinstance(arguments, Mapping):
        return {
            key: "..." if key in _CELERY_TELLS else _type_if_exception(value)
            for key, value in arguments.items()
        }
    return tuple(_type_if_exception(value) for value in arguments or ())


def _type_if_exception(value: object) -> object:
    return type(value).__name__ if isinstance(value, BaseException) else value


def _exception_without_words(
    _logger: WrappedLogger, _name: str, event: EventDict
) -> EventDict:
    information = event.pop("exc_info", None)
    error = information[1] if isinstance(information, tuple) else None
    if error is None:
        return event
    event["exception"] = [
        {"type": type(link).__qualname__, "at": _frames(link)} for link in _chain(error)
    ]
    for link in _chain(error):
        if sqlstate := getattr(link, "sqlstate", None):
            event["sqlstate"] = sqlstate
            event["constraint"] = link.diag.constraint_name  # type: ignore[attr-defined]  # psycopg's
    return event


def _chain(error: BaseException) -> Iterator[BaseException]:
    """`error` and what led to it, the latest first."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (
            None if link.__suppress_context__ else link.__context__
        )


def _frames(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno}" for frame in frames]


def _only_allowed(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    return {key: value for key, value in event.items() if key in ALLOWED}


def _without_secrets(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Without the addresses that open something by themselves, whoever logs them:
    Django and gunicorn do, of requests that went wrong."""
    return {
        key: _CALENDAR_SECRET.sub("[secret]", _ANSWER_TOKEN.sub("[secret]", value))
        if isinstance(value, str)
        else value
        for key, value in event.items()
    }
