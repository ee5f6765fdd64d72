"""Keys of our rows: UUIDv7 (RFC 9562, section 5.7), made in Python.

Made here rather than by the database, so that `bulk_create` knows the keys of its rows.
"""

import os
import threading
import time
from uuid import UUID

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
    random = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 7 << 76 | fraction << 64 | 2 << 62 | random)
