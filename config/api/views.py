"""The base of every view: query parameters are declared, ids are ids.

`ApiViewSet` knows its list's parameters from `filterset_class` and `orderings`; those
of another action are named in `query_parameters`.
"""

import functools
from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from config import transactions
from config.api import filters

M = TypeVar("M", bound=Model)

KEY_PATTERN = "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
SLUG_PATTERN = "[-_a-zA-Z0-9]{1,100}"


def serially(action: Callable[..., Response]) -> Callable[..., Response]:
    """Run an action of a view in a transaction, repeated if it meets a deadlock."""

    @functools.wraps(action)
    def run(*args: Any, **kwargs: Any) -> Response:  # Any: passed on
        return transactions.retrying(
            lambda: transaction.atomic(action)(*args, **kwargs)
        )

    return run


class StrictView(APIView):
    """Refuses query parameters that `known_parameters` does not name.

    Answers are about people, so no cache between here and the caller keeps them.
    `finds_by_parameter` tells the schema that one of them names what has to be there.
    """

    http_method_names = ["get", "post", "patch", "delete", "head"]
    finds_by_parameter = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in self.allowed_methods:  # of any other, 405 is the answer
            filters.refuse_unknown(request, self.known_parameters())

    def known_parameters(self) -> Collection[str]:
        return ()

    def dispatch(
        self,
        request: HttpRequest,
        *args: Any,
        **kwargs: Any,  # Any: of the address
    ) -> HttpResponseBase:
        """The database may also go away while a refusal is being worded."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            response = self.handle_exception(error)
            return self.finalize_response(self.request, response, *args, **kwargs)

    def finalize_response(
        self,
        request: Request,
        response: Response,
        *args: Any,
        **kwargs: Any,  # Any: of the address
    ) -> Response:
        response.headers.setdefault("Cache-Control", "private, no-store")
        return super().finalize_response(request, response, *args, **kwargs)


class ApiViewSet(StrictView, viewsets.GenericViewSet[M]):
    """A resource whose rows are addressed by id.

    `query_parameters` names, by action, parameters beyond those of the list.
    `versioned` tells the schema that answers with one row carry `ETag`, and that
    changes of it ask for `If-Match`, but for the actions that are `unconditional`;
    `versions_in_body`, that a body names versions instead. What an idempotent action
    leaves in `report`, a piece of JSON, is there again when the request is replayed.
    """

    lookup_value_regex = KEY_PATTERN
    query_parameters: ClassVar[Mapping[str, Collection[str]]] = {}
    versioned = False
    unconditional: ClassVar[Collection[str]] = ()
    versions_in_body = False
    report: Any = None  # Any: a piece of JSON

    def known_parameters(self) -> Collection[str]:
        named = set(self.query_parameters.get(self.action or "", ()))
        if self.action == "list":
            named |= {"limit", "cursor"}
            if hasattr(self, "orderings"):
                named.add("ordering")
            if filterset_class := getattr(self, "filterset_class", None):
                named |= filterset_class.names()
        return named

    def is_dry_run(self) -> bool:
        """Whether the request is to change nothing, so that no key has to be kept."""
        return False

    def replay(self, request: Request, object_id: UUID, status: int) -> Response:
        """Answer a repeated request with the object as it is now."""
        self.kwargs[self.lookup_url_kwarg or self.lookup_field] = object_id
        return Response(self.get_serializer(self.get_object()).data, status=status)


class ModelApiViewSet(
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    mixins.ListModelMixin,
    ApiViewSet[M],
):
    """A resource without rules of its own: all five actions, changed by PATCH alone.

    A row and its many-to-many rows are written in one transaction. A row to be changed
    is locked before it is read, so that nobody's change is lost.
    """

    def filter_queryset(self, queryset: Any) -> Any:  # Any: rows, as in the base
        rows = super().filter_queryset(queryset)
        if self.action == "partial_update":
            return rows.select_for_update(no_key=True, of=("self",))
        return rows

    @transaction.atomic
    def perform_create(self, serializer: BaseSerializer[M]) -> None:
        super().perform_create(serializer)

    @serially
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().partial_update(request, *args, **kwargs)

    @transaction.atomic
    def perform_destroy(self, instance: M) -> None:
        super().perform_destroy(instance)
