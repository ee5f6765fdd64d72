"""A mail server that can be told to misbehave, at a real address."""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default


@dataclass
class MailServer:
    """`refuses` answers commands by their names, instead of taking them; it hangs up at
    the command `hangs_up_at`, or once it has taken a message, and lets `drips` seconds
    pass before every line."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    hangs_up_at: str = ""
    drips: float = 0


@contextmanager
def running() -> Iterator[MailServer]:
    """A mail server that listens until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    try:
        yield server.mail_server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def server_activate(self) -> None:
        super().server_activate()
        self.mail_server = MailServer(self.server_address[1])


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        try:
            self._converse()
        except OSError:
            return  # the caller gave up

    def _converse(self) -> None:
        told = self.server.mail_server
        self._say("220 ready")
        for line in self.rfile:
            name = line.split(maxsplit=1)[0].decode().upper()
            if name == told.hangs_up_at:
                return self._hang_up()
            if name in told.refuses:
                self._say(told.refuses[name])
            elif name == "DATA":
                self._say("354 go on")
                told.mails.append(_read(self._content()))
                if told.hangs_up_at == "TAKEN":
                    return self._hang_up()
                self._say("250 taken")
            elif name == "QUIT":
                return self._say("221 bye")
            else:
                self._say("250 fine")
        return None

    def _content(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, line: str) -> None:
        time.sleep(self.server.mail_server.drips)
        self.wfile.write(f"{line}\r\n".encode())

    def _hang_up(self) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)


def _read(content: bytes) -> EmailMessage:
    message = BytesParser(policy=default).parsebytes(content)
    assert isinstance(message, EmailMessage)
    return message
