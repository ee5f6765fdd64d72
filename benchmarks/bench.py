"""One run of the benchmarks: which practices there are, and serving them."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks import practices, server
from benchmarks.practices import Practice
from benchmarks.server import Served

WEEKLY = 27  # sessions of a therapist
WEEKS_AHEAD = 5
MANY = 1000  # therapists; of more, only the weeks that are read are made


@dataclass(frozen=True, slots=True)
class Bench:
    """`sizes` are numbers of therapists; `history` is a number of sessions."""

    sizes: Sequence[int]
    history: int
    rounds: int
    made: set[Practice] = field(default_factory=set)

    @property
    def usual(self) -> Practice:
        """Fifty therapists, half a year."""
        return Practice("usual", 50)

    def of_size(self, therapists: int) -> Practice:
        """Half a year of so many therapists, or as much of it as a search reads."""
        name = f"of_{therapists}"
        if therapists > MANY:
            return Practice(name, therapists, weeks_before=0, weeks_ahead=WEEKS_AHEAD)
        return Practice(name, therapists)

    def with_history(self, sessions: int) -> Practice:
        """Fifty therapists who have had about so many sessions."""
        weeks = max(sessions // (50 * WEEKLY) - WEEKS_AHEAD, 0)
        return Practice(f"history_{sessions}", 50, weeks, WEEKS_AHEAD)

    @contextmanager
    def serve(self, practice: Practice) -> Iterator[Served]:
        """The product on the data of `practice`, which is made when first asked for."""
        if not self.made:
            practices.make_template()
        if practice not in self.made:
            print(f"Making {practice} ...", file=sys.stderr)  # noqa: T201
            practices.make(practice)
            self.made.add(practice)
        with server.web(practice.database) as served:
            yield served
