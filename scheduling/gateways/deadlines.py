"""An end to a conversation, however slowly the other side talks."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def hanging_up_after(seconds: float, line: socket.socket | None) -> Iterator[None]:
    """Break the connection once `seconds` have passed in the block.

    A socket's own timeout begins anew with every byte.
    """
    timer = threading.Timer(seconds, _hang_up, [line])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(line: socket.socket | None) -> None:
    if line is not None:
        with suppress(OSError):
            # Of the line itself: one over TLS would be unwrapped under its reader.
            socket.socket.shutdown(line, socket.SHUT_RDWR)
