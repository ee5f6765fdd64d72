"""Lead time: how long a newcomer waits for the first free slot.

It is the search that tells, the one that books: whatever this names can be booked.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from locations.models import Office
from scheduling import slot_search
from scheduling.engine.wall_clock import DAY
from scheduling.models import Modality, Mode, SessionType, Therapist
from scheduling.wishes import Slot, Wish

DAYS = 92


class Lead(NamedTuple):
    """The first slot of a modality in person at an office, or by video from wherever
    where none is named; no slot if there is none within `DAYS`."""

    modality: Modality
    office: Office | None
    slot: Slot | None
    days: float | None


def read(session_type: SessionType, *, now: int) -> list[Lead]:
    """By modality and office, and by video, for an adult whom nobody knows yet.

    One search for each office and one by video, and four queries beside them.
    """
    practised = _practised()
    everyone = max(Therapist.objects.active().count(), 1)
    offices = list(Office.objects.filter(is_active=True).order_by("name", "pk"))
    modalities = Modality.objects.filter(is_active=True).order_by("name", "pk")
    firsts = {
        office: _first_of_each(session_type, office, now, most=everyone)
        for office in [*offices, None]
    }
    return [
        _lead(modality, office, firsts[office], practised, now)
        for modality in modalities
        for office in [*offices, None]
    ]


def _practised() -> Mapping[str, set[str]]:
    """The therapists of each modality."""
    found: dict[str, set[str]] = {}
    pairs = Therapist.objects.active().filter(modalities__isnull=False)
    for modality, therapist in pairs.values_list("modalities", "pk"):
        found.setdefault(str(modality), set()).add(str(therapist))
    return found


def _first_of_each(
    session_type: SessionType, office: Office | None, now: int, *, most: int
) -> list[Slot]:
    """The first slot of each therapist, the soonest first."""
    wish = Wish(
        session_type=session_type,
        start=now,
        end=now + DAYS * DAY,
        offices=[office.pk] if office else (),
        modes=[Mode.IN_PERSON if office else Mode.TELEHEALTH],
        per_therapist=1,
    )
    return list(slot_search.search(wish, now=now, limit=most).slots)


def _lead(
    modality: Modality,
    office: Office | None,
    firsts: list[Slot],
    practised: Mapping[str, set[str]],
    now: int,
) -> Lead:
    therapists = practised.get(str(modality.pk), set())
    fitting: Iterator[Slot] = (slot for slot in firsts if slot.therapist in therapists)
    slot = next(fitting, None)
    days = None if slot is None else round((slot.start - now) / DAY, 1)
    return Lead(modality, office, slot, days)
