"""Keys of our rows: UUIDv7 (RFC 9562, section 5.7), made in Python.

Made here rather than by the database, so that `bulk_create` knows the keys of its rows.
"""

import os
import threading
import time
from hashlib import blake2b
from uuid import UUID

from django.contrib.auth.models import User

_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A key that sorts by the time it was made; strictly increasing in one process."""
    global _last  # noqa: PLW0603  one counter for the process is the point
    with _lock:
        # 48 bits of milliseconds and, below them, 12 bits of a millisecond's fraction.
        now = time.time_ns() * 4096 // 1_000_000
        _last = stamp = max(now, _last + 1)
    milliseconds, fraction = divmod(stamp, 4096)
    return _uuid7(milliseconds, fraction, os.urandom(8))


def of_account(user: User) -> UUID:
    """What the API calls an account, whose own key is a number: made from that alone,
    so always the same, and of no time. Nothing is looked up by it."""
    rest = blake2b(str(user.pk).encode(), digest_size=10).digest()
    return _uuid7(0, int.from_bytes(rest[:2]) & 0xFFF, rest[2:])


def _uuid7(milliseconds: int, fraction: int, rest: bytes) -> UUID:
    low = int.from_bytes(rest) & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 7 << 76 | fraction << 64 | 2 << 62 | low)
