"""What can go wrong in the domain, and how it is told to callers.

An operation raises one of these; the API answers with `status` and a problem document
(RFC 9457) that carries `code`. Codes are part of the contract and never change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Reason:
    """One of several grounds for a refusal, in words the caller can be told."""

    code: str
    detail: str


class DomainError(Exception):
    """A request that cannot be carried out. Nothing has been changed."""

    status: ClassVar[int] = 400
    code: str = "invalid"
    message: str = "The request cannot be carried out."

    def __init__(
        self,
        message: str | None = None,
        *,
        reasons: Sequence[Reason] = (),
    ) -> None:
        self.message = message or self.message
        self.reasons = tuple(reasons)
        # What follows has its types further up: slots, and occurrences of a series.
        self.alternatives: Sequence[Any] = ()
        self.occurrences: Sequence[Any] = ()
        self.existing: UUID | None = None  # the key of what is there already
        super().__init__(self.message)


class Malformed(DomainError):
    """The request makes no sense, whatever the state of the world. 400."""

    code = "invalid"

    def __init__(self, message: str | None = None, *, field: str = "") -> None:
        self.field = field
        super().__init__(message)


class Conflict(DomainError):
    """The world is in the way. 409."""

    status = 409
    code = "conflict"
    message = "Something else is in the way."


class RuleViolation(DomainError):
    """The practice does not allow it. 422."""

    status = 422
    code = "rule_violated"
    message = "The practice's rules do not allow this."


class Stale(DomainError):
    """The caller has not seen the newest version. 412."""

    status = 412
    code = "stale"
    message = "This has changed since you last read it. Read it again first."

    def __init__(self, *, version: int) -> None:
        self.version = version
        super().__init__()
