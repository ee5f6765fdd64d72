"""Links: the address in a message by which its reader can answer without signing in.

Whoever has the link can answer, so it tells nothing but which message it belongs to,
and nobody can make one up. Nothing of it is stored: a message that is sent again has
the same link.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from scheduling.models import Message

_KEY_BYTES = 16
_MAC_BYTES = 12  # 96 bits: nobody guesses that over the network
_LENGTH = 38  # of both in base64, without padding


class Purpose(StrEnum):
    """What a token is good for, and for nothing else."""

    PAGE = "page"
    CALENDAR = "calendar"
    CONFIRM = "confirm"
    CALL = "call"
    CANCEL = "cancel"
    ACCEPT = "accept"
    DECLINE = "decline"


class Forged(Exception):
    """A token that nobody here has made, or not for this purpose."""


def link(message: Message) -> str:
    """The address of a message's answer page; empty if the practice has no address."""
    return _address(token(message.pk, Purpose.PAGE))


def sample() -> str:
    """An address as long as any other, which leads nowhere."""
    return _address("x" * _LENGTH)


def _address(text: str) -> str:
    return f"{settings.PUBLIC_URL}/a/{text}/" if settings.PUBLIC_URL else ""


def token(message_id: UUID, purpose: Purpose, facts_version: int = 0) -> str:
    """The same for the same message, purpose and version of the facts."""
    mac = _mac(message_id.bytes, purpose, facts_version)
    return urlsafe_b64encode(message_id.bytes + mac).decode().rstrip("=")


def read(text: str, purpose: Purpose, facts_version: int = 0) -> UUID:
    """The message that a token belongs to. Raises `Forged`."""
    if len(text) != _LENGTH or not text.isascii():
        raise Forged
    try:
        content = urlsafe_b64decode(text + "==")
    except ValueError:
        raise Forged from None
    key, mac = content[:_KEY_BYTES], content[_KEY_BYTES:]
    if not hmac.compare_digest(mac, _mac(key, purpose, facts_version)):
        raise Forged
    message_id = UUID(bytes=key)
    # Of several spellings that are decoded alike, only ours counts.
    if not hmac.compare_digest(text, token(message_id, purpose, facts_version)):
        raise Forged
    return message_id


def _mac(key: bytes, purpose: Purpose, facts_version: int) -> bytes:
    said = key.hex() + str(facts_version)
    salt = f"scheduling.links.{purpose}"
    return salted_hmac(salt, said, algorithm="sha256").digest()[:_MAC_BYTES]
