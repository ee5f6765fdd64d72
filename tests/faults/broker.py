"""What Valkey holds, looked through for names and numbers again and again."""

import base64
import re
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from typing import Any

import redis

EVERY_SECONDS = 0.3
_ENCODED = re.compile(rb"[A-Za-z0-9+/]{16,}={0,2}")


class Lookout:
    """Looks from when it begins until it ends; survives that there is nothing."""

    def __init__(self, url: str, secrets: Collection[str]) -> None:
        self._url = url
        self._secrets = [secret.encode() for secret in secrets]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_on)
        self.found: set[str] = set()
        self.seen = 0

    def __enter__(self) -> "Lookout":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def look(self) -> None:
        for content in _contents(self._url):
            self.seen += 1
            plain = [content, *_decoded(content)]
            for secret in self._secrets:
                if any(secret in part for part in plain):
                    self.found.add(secret.decode())

    def _look_on(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            with suppress(redis.RedisError, OSError):
                self.look()


def _contents(url: str) -> Iterator[bytes]:
    """Every key with its value, in the broker's database and in the cache's."""
    for number in (0, 1):
        with redis.Redis.from_url(url, db=number, socket_timeout=2) as client:
            for key in client.scan_iter(count=1000):
                yield key
                yield from _flat(_value(client, key))


def _value(client: Any, key: bytes) -> Any:  # Any: redis-py types are of no help
    match client.type(key):
        case b"string":
            return client.get(key)
        case b"list":
            return client.lrange(key, 0, -1)
        case b"set":
            return client.smembers(key)
        case b"hash":
            return client.hgetall(key)
        case b"zset":
            return client.zrange(key, 0, -1)
    return b""


def _flat(value: Any) -> Iterator[bytes]:  # Any: whatever Valkey holds
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, dict):
        yield from value
        yield from value.values()
    elif isinstance(value, Iterable):
        yield from value


def _decoded(content: bytes) -> Iterator[bytes]:
    """What Celery has put into base64."""
    for match in _ENCODED.findall(content):
        with suppress(ValueError):
            yield base64.b64decode(match)
