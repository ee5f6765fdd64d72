"""What every way out looks like, and what can go wrong on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with an e-mail. `content_type` is as in a header, with its
    parameters; the content is text in UTF-8."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message on its way to one address.

    `provider_key` is the same each time the message is tried. None of its attempts was
    made before `first_tried_at`. A text has no subject.
    """

    provider_key: UUID
    to: str
    sender: str
    subject: str
    body: str
    first_tried_at: datetime
    attachments: Sequence[Attachment] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider has taken a message; `provider_message_id` is its name for it."""

    provider_message_id: str


class Undelivered(Exception):
    """The provider did not say that it took the message.

    `code` goes into the ledger: it is a word of ours, never a provider's text.
    `retry_after` is how long the provider asked to be left alone.
    """

    def __init__(self, code: str, *, retry_after: timedelta | None = None) -> None:
        self.code = code
        self.retry_after = retry_after
        super().__init__(code)


class Temporary(Undelivered):
    """It was certainly not taken, but may be at a later try."""


class Ambiguous(Undelivered):
    """It may or may not have been taken."""


class Refused(Undelivered):
    """It was not taken and never will be."""


class OptedOut(Undelivered):
    """It was not taken, because whoever has this address wants no messages there."""


class Gateway(Protocol):
    """One way out. Sending is bounded to well under the lease of a claimed message.

    With `deduplicates`, sending a `provider_key` again has no second effect. With
    `can_look_up`, `look_up` finds what was taken, even if nobody was told so then.
    """

    deduplicates: bool
    can_look_up: bool

    def send(self, outgoing: Outgoing) -> Receipt:
        """Raises `Temporary`, `Ambiguous`, `Refused` or `OptedOut`."""

    def look_up(self, outgoing: Outgoing) -> Receipt | None:
        """The receipt of an earlier attempt, if one was taken. Raises `Temporary`."""
