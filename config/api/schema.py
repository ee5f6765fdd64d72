"""The OpenAPI schema: every operation tells which problems it may answer with."""

import inspect
import re
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, get_lib_doc_excludes

from config.api import exceptions, fields
from config.api.authentication import (
    HEADER,
    AppSessionAuthentication,
    BrowserSessionAuthentication,
)
from config.api.serializers import StrictModelSerializer, StrictSerializer
from config.api.views import ApiViewSet, ModelApiViewSet, StrictView
from config.errors import Stale

Schema = dict[str, Any]  # Any: a piece of JSON

_DOLLAR = re.compile(r"/\$\w")

_ALWAYS = {400, 401, 403, 405, 406, 429, 503}
_WITH_BODY = {409, 413, 415, 422}
_WAIT = {429, 503}

_ERROR: Schema = {
    "type": "object",
    "required": ["pointer", "code", "detail"],
    "properties": {
        "pointer": {
            "type": "string",
            "description": "A JSON pointer into the body, or `?name` for a parameter.",
        },
        "code": {"type": "string"},
        "detail": {"type": "string"},
    },
}
_REASON: Schema = {
    "type": "object",
    "required": ["code", "detail"],
    "properties": {"code": {"type": "string"}, "detail": {"type": "string"}},
}
_PROBLEM: Schema = {
    "type": "object",
    "description": "What went wrong (RFC 9457). `code` never changes.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {"type": "array", "items": _ERROR},
        "reasons": {"type": "array", "items": _REASON},
        "alternatives": {
            "type": "array",
            "description": "Slots that could be booked instead.",
            "items": {"$ref": "#/components/schemas/Slot"},
        },
        "occurrences": {
            "type": "array",
            "description": "Of a refused series: each date, with what is against it.",
            "items": {"$ref": "#/components/schemas/Occurrence"},
        },
        "appointments": {
            "type": "array",
            "description": "Of a refused reassignment: each, with what is against it.",
            "items": {"$ref": "#/components/schemas/Outcome"},
        },
        "existing": {
            "type": "string",
            "format": "uuid",
            "description": "What is there already, in place of what was to be made: "
            "of `has_guarantee`, the guarantee.",
        },
    },
}
_ETAG: Schema = {
    "description": "The version, for `If-Match`.",
    "schema": {"type": "string"},
}
_PUBLISHED: Schema = {
    "ETag": {
        "description": "What the answer is, for `If-None-Match`.",
        "schema": {"type": "string"},
    },
    "Cache-Control": {
        "description": "For how many seconds anyone may keep it.",
        "schema": {"type": "string", "examples": ["public, max-age=60"]},
    },
}
_NOT_MODIFIED: Schema = {
    "description": "What `If-None-Match` names is still good.",
    "headers": _PUBLISHED,
}
_RETRY_AFTER: Schema = {
    "description": "Seconds to wait before asking again.",
    "schema": {"type": "integer"},
}
_REPLAYED: Schema = {
    "description": "`true` when the request had been carried out before.",
    "schema": {"type": "string", "enum": ["true"]},
}
_IF_MATCH: Schema = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": 'The version that was seen: one strong tag, as in `"3"`.',
    "schema": {"type": "string"},
}
_IDEMPOTENCY_KEY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Sent again with the same body: the same answer, no second effect.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


def bases() -> list[type]:
    """Classes whose docstrings speak to us, not to those who read the schema."""
    ours = [StrictSerializer, StrictModelSerializer, StrictView, ApiViewSet]
    return [*get_lib_doc_excludes(), *ours, ModelApiViewSet]  # type: ignore[no-untyped-call]


def as_served(
    endpoints: list[tuple[str, str, str, Any]],  # Any: a view
) -> list[tuple[str, str, str, Any]]:  # Any: a view
    """A `$` that begins a name is a character of it, not the end of a pattern."""
    return [
        (pattern if _DOLLAR.search(pattern) else path, pattern, method, view)
        for path, pattern, method, view in endpoints
    ]


class ApiSchema(AutoSchema):
    """Adds to each operation what `config.api` does for all of them.

    A view with `versioned = True` carries `ETag` and asks for `If-Match`; actions under
    `idempotent` take `Idempotency-Key`; what is `published` may be kept. Problems name
    shapes of the apps' answers.
    """

    def get_operation(self, *args: Any) -> Schema | None:  # Any: passed on
        operation: Schema | None = super().get_operation(*args)
        if operation is None:
            return None
        if self._changes_a_version():
            operation.setdefault("parameters", []).append(_IF_MATCH)
        if self._is_idempotent():
            operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
        for status, response in operation["responses"].items():
            headers = self._headers(int(status))
            if headers:
                response["headers"] = response.get("headers", {}) | headers
        if getattr(self.view, "published", False):
            operation["responses"]["304"] = _NOT_MODIFIED
        for status in sorted(self._problems("requestBody" in operation)):
            operation["responses"].setdefault(str(status), self._problem(status).ref)
        return operation

    def get_operation_id(self) -> str:
        """An action goes by its own name: `rooms_create`, but `appointments_cancel`."""
        name: str = super().get_operation_id()
        action = getattr(self.view, getattr(self.view, "action", None) or "", None)
        is_extra = hasattr(action, "url_path")
        return name.rsplit("_", 1)[0] if is_extra else name

    def get_description(self) -> str:  # type: ignore[override]  # as AutoSchema's
        """The docstring of the action or the view itself, not that of a base class."""
        action = getattr(self.view, "action", None) or self.method.lower()
        own = [vars(type(self.view)).get(action), type(self.view)]
        texts = [
            vars(each).get("__doc__") if isinstance(each, type) else each.__doc__
            for each in own
            if each is not None
        ]
        return inspect.cleandoc(next(filter(None, texts), ""))

    def get_auth(self) -> list[Schema]:
        ways: list[Schema] = super().get_auth()
        nobody: Any = SimpleNamespace(user=AnonymousUser(), method=self.method)
        is_open = all(
            permission.has_permission(nobody, self.view)
            for permission in self.view.get_permissions()
        )
        return [*ways, {}] if is_open and {} not in ways else ways

    def _problems(self, has_body: bool) -> set[int]:  # noqa: FBT001  private
        statuses = set(_ALWAYS)
        if "{" in self.path or getattr(self.view, "finds_by_parameter", False):
            statuses.add(404)
        if has_body or self.method not in {"GET", "HEAD"}:
            statuses |= _WITH_BODY if has_body else {409}
        if self._is_idempotent():
            statuses.add(422)
        if self._changes_a_version():
            statuses |= {412, 428}
        if getattr(self.view, "versions_in_body", False):
            statuses.add(412)
        return statuses

    def _headers(self, status: int) -> Schema:
        headers: Schema = {}
        is_one = not self._is_list_view()
        if getattr(self.view, "versioned", False) and is_one and status < 204:  # noqa: PLR2004  has a body
            headers["ETag"] = _ETAG
        if getattr(self.view, "published", False):
            headers |= _PUBLISHED
        if self._is_idempotent():
            headers["Idempotent-Replayed"] = _REPLAYED
        return headers

    def _changes_a_version(self) -> bool:
        if not getattr(self.view, "versioned", False) or self.method == "GET":
            return False
        is_conditional = getattr(self.view, "action", None) not in getattr(
            self.view, "unconditional", ()
        )
        return "{" in self.path and is_conditional

    def _is_idempotent(self) -> bool:
        action = getattr(self.view, getattr(self.view, "action", None) or "", None)
        return getattr(action, "is_idempotent", False)

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Schema:
        schema: Schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        is_strict = isinstance(serializer, StrictSerializer | StrictModelSerializer)
        if direction == "request" and is_strict and "properties" in schema:
            schema["additionalProperties"] = False
        return schema

    def _map_serializer_field(
        self, field: Any, direction: str, *rest: Any
    ) -> Schema | None:
        schema: Schema | None = super()._map_serializer_field(field, direction, *rest)  # type: ignore[no-untyped-call]
        if schema and direction == "request" and schema.get("type") == "array":
            schema |= fields.limits(field)
        return schema

    def _problem(self, status: int) -> ResolvedComponent:
        problem = self._register("Problem", ResolvedComponent.SCHEMA, _PROBLEM)
        title = exceptions.title(status)
        response: Schema = {
            "description": title,
            "content": {"application/problem+json": {"schema": problem.ref}},
        }
        if status in _WAIT:
            response["headers"] = {"Retry-After": _RETRY_AFTER}
        if status == Stale.status:
            response["headers"] = {"ETag": _ETAG}
        name = title.replace(" ", "").replace("-", "")
        return self._register(name, ResolvedComponent.RESPONSE, response)

    def _register(self, name: str, kind: str, schema: Schema) -> ResolvedComponent:
        component = ResolvedComponent(name, kind, schema, name)  # type: ignore[no-untyped-call]
        self.registry.register_on_missing(component)
        return component


class AppSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # as it is made
    target_class = AppSessionAuthentication
    name = "sessionToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> Schema:
        return {"type": "apiKey", "in": "header", "name": HEADER}


class BrowserSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # as it is made
    target_class = BrowserSessionAuthentication
    name = "sessionCookie"

    def get_security_definition(self, auto_schema: AutoSchema) -> Schema:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
