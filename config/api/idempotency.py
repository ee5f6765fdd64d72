"""`Idempotency-Key`: a request that is sent again has no second effect.

The key's row is written first, in the transaction of the change itself: the twin of a
request in flight waits for it, and a request that failed leaves no row behind.
"""

import functools
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.contrib.auth.models import User
from django.db import OperationalError, transaction
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from config import transactions
from config.api.views import ApiViewSet
from config.errors import Conflict, RuleViolation
from config.models import IdempotencyKey

P = ParamSpec("P")
V = TypeVar("V", bound=ApiViewSet[Any])  # Any: a view of any model
Action = Callable[Concatenate[V, Request, P], Response]

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class InvalidKey(exceptions.APIException):
    status_code = 400
    default_code = "invalid_idempotency_key"
    default_detail = "Idempotency-Key takes 1 to 255 visible characters."


class RequestInProgress(Conflict):
    code = "request_in_progress"
    message = "The same request is being carried out. Ask again in a moment."


class KeyReused(RuleViolation):
    code = "idempotency_key_reused"
    message = "This Idempotency-Key was used for another request."


def idempotent(action: Action[V, P]) -> Action[V, P]:
    """Let a view's `action` run once per `Idempotency-Key` of a user.

    Those who are not signed in have their keys in common: whoever chooses one at random
    shares it with nobody, and whoever sends the same request gets the same answer.

    The action answers with an `id` in its body, and `view.replay` answers for the same
    id later. An answer without an id stands for something that changed nothing, such
    as a trial run: its transaction is rolled back, and its key is free again. Deadlocks
    are retried, so the action must read its rows anew whenever it is called.
    """

    @functools.wraps(action)
    def once(
        view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs
    ) -> Response:
        def act() -> Response:
            return action(view, request, *args, **kwargs)

        header = request.headers.get("Idempotency-Key")
        if header is None or view.is_dry_run():
            return transactions.retrying(act)
        if view.detail:
            view.get_object()  # what is not there is 404 whatever the key
        if _KEY.fullmatch(header) is None:
            raise InvalidKey
        answer: Response = transactions.retrying(
            lambda: _once(view, request, header, act)
        )
        return answer

    once.is_idempotent = True  # type: ignore[attr-defined]  # for the schema
    return once


@transaction.atomic
def _once(
    view: ApiViewSet[Any], request: Request, header: str, act: Callable[[], Response]
) -> Response:
    mine = IdempotencyKey(
        user=request.user if isinstance(request.user, User) else None,
        key=header,
        fingerprint=_fingerprint(request),
    )
    stored = _store(mine)
    if stored.pk != mine.pk:
        return _replay(view, request, mine, stored)
    response = act()
    object_id = response.data.get("id")
    if object_id is None:
        transaction.set_rollback(True)
        return response
    IdempotencyKey.objects.filter(pk=mine.pk).update(
        object_id=object_id, status=response.status_code, report=view.report
    )
    return response


def _store(mine: IdempotencyKey) -> IdempotencyKey:
    """Insert `mine` unless its key is taken; the row that has the key afterwards."""
    try:
        IdempotencyKey.objects.bulk_create([mine], ignore_conflicts=True)
    except OperationalError as error:
        if transactions.sqlstate(error) == transactions.LOCK_TIMEOUT:
            raise RequestInProgress from None
        raise
    return IdempotencyKey.objects.get(user=mine.user, key=mine.key)


def _replay(
    view: ApiViewSet[Any],
    request: Request,
    mine: IdempotencyKey,
    stored: IdempotencyKey,
) -> Response:
    if stored.fingerprint != mine.fingerprint:
        raise KeyReused
    object_id, status = stored.object_id, stored.status
    if not isinstance(object_id, UUID) or status is None:
        raise RequestInProgress
    view.report = stored.report
    response = view.replay(request, object_id, status)
    response["Idempotent-Replayed"] = "true"
    return response


def _fingerprint(request: Request) -> str:
    body = json.dumps(request.data, sort_keys=True, separators=(",", ":"))
    text = f"{request.method} {request.get_full_path()} {body}"
    return hashlib.sha256(text.encode()).hexdigest()
