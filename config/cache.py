"""A cache that is never in the way: when Redis is down it misses, and forgets."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, TypeVar, cast

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

TIMEOUT = 0.2  # seconds that a request waits for Redis
PAUSE = 5.0  # seconds for which Redis, found dead, is left alone

T = TypeVar("T")
Timeout = int | timedelta | None


class _Client(RedisCacheClient):
    """Any: a cache holds whatever it is given, under keys of any kind."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(
            servers,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            **options,
        )
        self._down_until = 0.0

    def add(self, key: Any, value: Any, timeout: Timeout) -> bool:
        # True without Redis: whoever takes a lock this way must not wait for it.
        return self._or(super().add, key, value, timeout, without=True)

    def get(self, key: Any, default: Any) -> Any:
        return self._or(super().get, key, default, without=default)

    def set(self, key: Any, value: Any, timeout: Timeout) -> None:
        self._or(super().set, key, value, timeout, without=None)

    def touch(self, key: Any, timeout: Timeout) -> bool:
        return self._or(super().touch, key, timeout, without=False)

    def delete(self, key: Any) -> bool:
        return self._or(super().delete, key, without=False)

    def get_many(self, keys: Iterable[Any]) -> dict[Any, Any]:
        return self._or(super().get_many, keys, without={})

    def has_key(self, key: Any) -> bool:
        return self._or(super().has_key, key, without=False)

    def incr(self, key: Any, delta: int) -> int:
        return self._or(super().incr, key, delta, without=delta)

    def set_many(self, data: Mapping[Any, Any], timeout: Timeout) -> None:
        self._or(super().set_many, data, timeout, without=None)

    def delete_many(self, keys: Iterable[Any]) -> None:
        self._or(super().delete_many, keys, without=None)

    def clear(self) -> bool:
        return self._or(super().clear, without=False)

    def count(self, key: str, timeout: int) -> int:
        return self._or(self._count, key, timeout, without=0)

    def _count(self, key: str, timeout: int) -> int:
        pipeline = self.get_client(key, write=True).pipeline()
        pipeline.incr(key)
        pipeline.expire(key, timeout, nx=True)
        count: int = pipeline.execute()[0]
        return count

    def _or(self, command: Callable[..., T], *arguments: Any, without: T) -> T:
        """What `command` answers, or `without` when Redis does not."""
        if time.monotonic() < self._down_until:
            return without
        try:
            return command(*arguments)
        except RedisError as error:
            self._down_until = time.monotonic() + PAUSE
            logger.warning("no cache for %s s: %s", PAUSE, type(error).__name__)
            return without


class FailSafeRedisCache(RedisCache):
    """Django's Redis cache; with Redis down, as if every key had just expired."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:  # Any: as the base
        super().__init__(server, params)
        self._class = _Client

    def count(self, key: str, timeout: int) -> int:
        """How often `key` has been counted since it last expired, this time included.

        It expires `timeout` seconds after the first time. Without Redis it is 0. One
        round trip, where Django's `add` and `incr` take three.
        """
        client = cast(_Client, self._cache)
        return client.count(self.make_and_validate_key(key), timeout)
