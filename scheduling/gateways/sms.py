"""Text messages by Twilio's HTTP API."""

import json
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from scheduling.gateways.deadlines import hanging_up_after
from scheduling.gateways.interface import (
    Ambiguous,
    OptedOut,
    Outgoing,
    Receipt,
    Refused,
    Temporary,
    Undelivered,
)

CONNECT_SECONDS = settings.MESSAGE_LEASE_SECONDS / 20
READ_SECONDS = settings.MESSAGE_LEASE_SECONDS / 6
# Until the whole of an answer has been read.
ANSWER_SECONDS = settings.MESSAGE_LEASE_SECONDS / 5
# After which no further page is asked for.
LOOK_UP_SECONDS = settings.MESSAGE_LEASE_SECONDS / 7.5
LONGEST_ANSWER = 1024 * 1024
STATUS_PATH = "/webhooks/twilio/status/"

UNSUBSCRIBED = 21610  # whoever has this number has replied STOP
CLOCKS_DIFFER = timedelta(minutes=1)
LONGEST_WAIT = timedelta(days=1)
_PASSING = {408, 425, 429}
# What Twilio took and then did not get rid of is sent anew by a person's decision.
_COME_TO_NOTHING = {"failed", "undelivered", "canceled"}

Answer = Mapping[str, Any]  # Any: whatever JSON the provider answers with


class TwilioGateway:
    """Twilio takes no key of ours, so before a message is sent again it is looked up:
    the same words, to the same number, since the message was first tried.

    It is told where to report what becomes of a message, by an address that names the
    message's key.
    """

    deduplicates = False
    can_look_up = True

    def __init__(self) -> None:
        self.address = urlsplit(settings.TWILIO_URL)
        account = settings.TWILIO_ACCOUNT_SID
        self.path = f"{self.address.path}/2010-04-01/Accounts/{account}/Messages.json"
        secret = f"{account}:{settings.TWILIO_AUTH_TOKEN}".encode()
        self.headers = {
            "Authorization": f"Basic {b64encode(secret).decode()}",
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def send(self, outgoing: Outgoing) -> Receipt:
        form = {
            "To": outgoing.to,
            "From": settings.TWILIO_FROM,
            "Body": outgoing.body,
        }
        if settings.PUBLIC_URL:
            query = urlencode({"message": str(outgoing.provider_key)})
            form["StatusCallback"] = f"{settings.PUBLIC_URL}{STATUS_PATH}?{query}"
        connection = self._connect()
        try:
            answer = self._ask(connection, "POST", self.path, urlencode(form))
        except (OSError, HTTPException, ValueError) as error:
            raise Ambiguous("connection_lost") from error
        return _receipt(answer)

    def look_up(self, outgoing: Outgoing) -> Receipt | None:
        try:
            for message in self._messages(outgoing.to):
                if _made_at(message) < outgoing.first_tried_at - CLOCKS_DIFFER:
                    return None  # the newest come first
                if _is_the_same(message, outgoing):
                    return _receipt(message)
        except Temporary:
            raise
        except (
            Undelivered,
            OSError,
            HTTPException,
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
        ) as error:
            raise Temporary("look_up_failed") from error
        return None

    def _messages(self, number: str) -> Iterator[Answer]:
        """What went to a number, page by page, the newest first."""
        last_ask = time.monotonic() + LOOK_UP_SECONDS
        query = urlencode({"To": number, "PageSize": 100})
        path: str | None = f"{self.path}?{query}"
        while path:
            if time.monotonic() > last_ask:
                raise TimeoutError
            answer = self._ask(self._connect(), "GET", path)
            yield from answer["messages"]
            following = answer.get("next_page_uri")
            path = f"{self.address.path}{following}" if following else None

    def _connect(self) -> HTTPConnection:
        is_safe = self.address.scheme == "https"
        kind = HTTPSConnection if is_safe else HTTPConnection
        connection = kind(self.address.netloc, timeout=CONNECT_SECONDS)
        try:
            connection.connect()
        except OSError as error:
            raise Temporary("unreachable") from error
        connection.sock.settimeout(READ_SECONDS)
        return connection

    def _ask(
        self,
        connection: HTTPConnection,
        method: str,
        path: str,
        body: str | None = None,
    ) -> Answer:
        try:
            with hanging_up_after(ANSWER_SECONDS, connection.sock):
                connection.request(method, path, body, self.headers)
                with connection.getresponse() as response:
                    content = response.read(LONGEST_ANSWER)
        finally:
            connection.close()
        wait = _retry_after(response.headers.get("Retry-After", ""))
        if response.status >= 300:  # noqa: PLR2004  not a success
            raise _undelivered(response.status, content, wait)
        answer: Answer = json.loads(content)
        return answer


def _receipt(answer: Answer) -> Receipt:
    try:
        return Receipt(str(answer["sid"]))
    except (LookupError, TypeError):
        raise Ambiguous("answer_without_id") from None


def _made_at(message: Answer) -> datetime:
    return parsedate_to_datetime(message["date_created"])


def _is_the_same(message: Answer, outgoing: Outgoing) -> bool:
    # Trial accounts put a sentence of Twilio's in front.
    same_words = message["body"].endswith(outgoing.body)
    return same_words and message.get("status") not in _COME_TO_NOTHING


def _undelivered(status: int, content: bytes, wait: timedelta | None) -> Undelivered:
    if status in _PASSING:
        return Temporary(f"http_{status}", retry_after=wait)
    if status >= 500:  # noqa: PLR2004  the server's own trouble: who knows how far it got
        return Ambiguous(f"http_{status}", retry_after=wait)
    code = _error_code(content)
    if code == UNSUBSCRIBED:
        return OptedOut("opted_out")
    return Refused(f"twilio_{code}" if code else f"http_{status}")


def _error_code(content: bytes) -> int | None:
    try:
        return int(json.loads(content)["code"])
    except (ValueError, LookupError, TypeError):
        return None


def _retry_after(text: str) -> timedelta | None:
    """Seconds to wait. A date is passed over: it is of no use without their clock."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004
        return None
    return min(timedelta(seconds=int(text)), LONGEST_WAIT)
