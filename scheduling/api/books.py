"""Changes of the practice's books, over HTTP: what they leave uncovered is told."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import filters
from config.api.views import ModelApiViewSet, serially
from scheduling import coverage
from scheduling.api.coverage import UncoveredSerializer
from scheduling.models import Therapist
from scheduling.uncovered import Scope, Uncovered

DRY_RUN = OpenApiParameter(
    "dry_run", bool, description="Only tell what the change would leave uncovered."
)

M = TypeVar("M", bound=Model)
V = TypeVar("V", bound=type)


class DryRunFilterSet(filters.StrictFilterSet):
    dry_run = filters.FlagFilter()


class _TellingViewSet(ModelApiViewSet[M]):
    query_parameters: ClassVar[Mapping[str, Sequence[str]]] = {
        "partial_update": ["dry_run"]
    }

    def is_dry_run(self) -> bool:
        nobody = Therapist.objects.none()
        asked = filters.checked(DryRunFilterSet(self.request.query_params, nobody))
        return bool(asked["dry_run"])

    def tell(
        self, row: M, found: Sequence[Uncovered], code: int = status.HTTP_200_OK
    ) -> Response:
        """`row` as it is after the change, and what that leaves uncovered.

        To be called in the transaction of the change: a trial run ends it.
        """
        body = {**self.get_serializer(row).data}
        told = UncoveredSerializer({"uncovered_appointments": found})
        if self.is_dry_run():
            transaction.set_rollback(True)
            code = status.HTTP_200_OK
        return Response(body | told.data, code)


class BooksViewSet(_TellingViewSet[M]):
    """A resource that sessions depend on: a change answers with those that it leaves
    uncovered, and cancels none. With `dry_run=true` it is told of, and taken back.
    """

    def scope(self, row: M, values: Mapping[str, Any]) -> Scope:  # Any: of each field
        """Which sessions depend on `row`, which is to have `values`."""
        raise NotImplementedError

    @serially
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        changes = self.get_serializer(row, data=request.data, partial=True)
        changes.is_valid(raise_exception=True)
        found = coverage.change(
            lambda: self.perform_update(changes),
            self.scope(row, changes.validated_data),
            now=timezone.now(),
        )
        return self.tell(row, found)


class RemovableBooksViewSet(BooksViewSet[M]):
    """One whose rows can go as well: with 204 if that leaves no session uncovered."""

    query_parameters: ClassVar[Mapping[str, Sequence[str]]] = {
        "partial_update": ["dry_run"],
        "destroy": ["dry_run"],
    }

    def filter_queryset(self, queryset: Any) -> Any:  # Any: rows, as in the base
        rows = super().filter_queryset(queryset)
        if self.action == "destroy":  # before the calendars, as a change does
            return rows.select_for_update(no_key=True, of=("self",))
        return rows

    @serially
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        found = coverage.change(
            lambda: self.perform_destroy(row), self.scope(row, {}), now=timezone.now()
        )
        if self.is_dry_run():
            transaction.set_rollback(True)
        if not found:
            return Response(status=status.HTTP_204_NO_CONTENT)
        told = UncoveredSerializer({"uncovered_appointments": found})
        return Response(told.data)


class SpansViewSet(_TellingViewSet[M]):
    """A resource whose rows are spans that sessions run into: whether new or changed,
    the answer lists all that do. Once a span is gone, nothing is worse than before."""

    model: type[M]
    write: Callable[..., list[Uncovered]]
    query_parameters: ClassVar[Mapping[str, Sequence[str]]] = {
        "create": ["dry_run"],
        "partial_update": ["dry_run"],
    }

    @serially
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = self._written(self.model(), status.HTTP_201_CREATED)
        if self.is_dry_run():
            answer.data["id"] = None
        return answer

    @serially
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._written(self.get_object(), status.HTTP_200_OK)

    def _written(self, row: M, code: int) -> Response:
        kept = None if row._state.adding else row  # noqa: SLF001  Django's public name
        asked = self.get_serializer(
            kept, data=self.request.data, partial=kept is not None
        )
        asked.is_valid(raise_exception=True)
        for name, value in asked.validated_data.items():
            setattr(row, name, value)
        return self.tell(row, self.write(row, now=timezone.now()), code)


def removals_told(view: V) -> V:
    """Let the schema say how a removal is answered."""
    document = extend_schema_view(
        destroy=extend_schema(
            parameters=[DRY_RUN],
            responses={
                200: OpenApiResponse(
                    UncoveredSerializer, "It is gone, and leaves sessions uncovered."
                ),
                204: OpenApiResponse(None, "It is gone, and leaves none uncovered."),
            },
        )
    )
    documented: V = document(view)
    return documented
