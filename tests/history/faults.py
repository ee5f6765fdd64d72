"""What can be wrong with a history, and what the checks see of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from tests.history.calls import Call, Request


class Fault(StrEnum):
    THERAPIST_TWICE = "a therapist is in two sessions at once"
    ROOM_TWICE = "a room has two sessions at once"
    CLIENT_TWICE = "a client is in two sessions at once"
    LOST = "what was acknowledged is not there"
    UNASKED = "something is there that nobody was told of"
    TWO_CONTENTS = "one version has two contents"
    WENT_BACK = "a version is lower than one told before"
    STALE_ACCEPTED = "a change of what had changed was accepted"
    KEY_TWICE = "a key had two effects"
    REPLAY_DIFFERS = "a repetition was answered otherwise"
    SERIES_IN_PIECES = "a series is not what its report says"
    MESSAGES = "the ledger does not agree with the appointment"
    ANSWER = "an answer is not one of those that are expected"
    UNAVAILABLE = "503 while the database was there, or without Retry-After"


class Finding(NamedTuple):
    fault: Fault
    detail: str


class Outage(NamedTuple):
    """From when the database was killed until it was back, by the clock of calls."""

    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Act:
    """A request with all its calls: the first, and those that repeat it by its key."""

    request: Request
    calls: Sequence[Call]

    @property
    def done(self) -> Sequence[Call]:
        """The calls that were answered that it is done."""
        return [call for call in self.calls if call.is_done]

    @property
    def is_open(self) -> bool:
        """Whether nobody can tell if it was carried out.

        A call that was hung up may be carried out after those that repeat it.
        """
        was_cut_off = any(call.status is None for call in self.calls)
        return not self.done and (was_cut_off or self.calls[-1].is_open)


def acts(calls: Iterable[Call]) -> list[Act]:
    by_key: dict[object, list[Call]] = defaultdict(list)
    for call in calls:
        request = call.request
        by_key[(request.caller, request.key) if request.key else id(call)].append(call)
    return [Act(each[0].request, each) for each in by_key.values()]
