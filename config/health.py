"""Whether this process, and what it cannot do without, is well."""

from functools import lru_cache

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """This process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when requests can be served: PostgreSQL answers and is migrated.

    Without Redis booking still works, only messages wait and throttles are off: that is
    `degraded`, and no reason to take a server out of service.
    """
    database, cache = _database(), _redis()
    healthy = database == "ok"
    return JsonResponse(
        {
            "status": ("ok" if cache == "ok" else "degraded") if healthy else "failing",
            "database": database,
            "redis": cache,
        },
        status=200 if healthy else 503,
    )


def _database() -> str:
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except DatabaseError:
        return "unreachable"
    return "ok" if _latest_migrations() <= applied.keys() else "unmigrated"


@lru_cache(maxsize=1)
def _latest_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _redis() -> str:
    return "ok" if redis_answers() else "unreachable"


def redis_answers() -> bool:
    client = redis.Redis.from_url(
        settings.CACHE_URL, socket_timeout=0.2, socket_connect_timeout=0.2
    )
    try:
        with client:
            client.ping()
    except redis.RedisError:
        return False
    return True
