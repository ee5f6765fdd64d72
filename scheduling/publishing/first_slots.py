"""The first slot that somebody new could book, of each modality at each office and by
video.

It is the search that tells, the public one: whatever this names can be booked.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from locations.models import Office
from scheduling import slot_search
from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import DAY
from scheduling.models import Modality, Mode, SessionType
from scheduling.publishing import offered
from scheduling.wishes import Slot, Wish

STEPS = (1, 2, 4, 8, 16, 32, 60)  # days from now
DAYS = STEPS[-1]  # as far as a public search looks

# A modality and an office, by id; no office is by video.
Pair: TypeAlias = tuple[str, str | None]


class First(NamedTuple):
    """What is offered, and its first slot, if there is one within `DAYS`."""

    session_type: SessionType
    modality: Modality
    office: Office | None
    slot: Slot | None


def read(*, now: int) -> list[First]:
    """By session type for new clients, modality and office; by video comes last.

    Five queries, and for each session type three to nine: as far as it has to look,
    however many therapists and offices there are.
    """
    team = offered.therapists()
    found = []
    for kind in offered.kinds():
        names: dict[Pair, tuple[Modality, Office | None]] = {}
        pairs: dict[tuple[str, str | None], list[Pair]] = {}
        for therapist in team:
            for office in offered.places(therapist, kind):
                where = None if office is None else str(office.pk)
                for modality in therapist.modalities.all():
                    pair = str(modality.pk), where
                    names[pair] = modality, office
                    pairs.setdefault((str(therapist.pk), where), []).append(pair)
        firsts = _firsts(kind, pairs, now)
        rows = [First(kind, *names[pair], firsts.get(pair)) for pair in names]
        found += sorted(rows, key=_by_name)
    return found


def _firsts(
    kind: SessionType, pairs: Mapping[tuple[str, str | None], Sequence[Pair]], now: int
) -> dict[Pair, Slot]:
    """The first slot of each pair, of any of the therapists that make it."""
    missing = {pair for each in pairs.values() for pair in each}
    found: dict[Pair, Slot] = {}
    steps = _slots(kind, now)
    while missing and (slots := next(steps, None)) is not None:
        for slot in slots:
            where = None if slot.mode == Mode.TELEHEALTH else slot.office
            for pair in pairs.get((slot.therapist, where), ()):
                if pair in missing:
                    found[pair] = slot
                    missing.remove(pair)
    return found


def _slots(kind: SessionType, now: int) -> Iterator[list[Slot]]:
    """Step by step, each as long as all before it, so that what lies behind the last
    first slot costs little."""
    edges = [now, *(now + days * DAY for days in STEPS)]
    wish = Wish(session_type=kind, start=now, end=edges[-1], is_public=True)
    spans = [Interval(*pair) for pair in pairwise(edges)]
    return slot_search.search_each(wish, spans, now=now)


def _by_name(row: First) -> tuple[str, str, bool, str, str]:
    where = ("", "") if row.office is None else (row.office.name, str(row.office.pk))
    return row.modality.name, str(row.modality.pk), row.office is None, *where
