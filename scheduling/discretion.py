"""Discretion: what a message must not name, by what the practice has in its books."""

from itertools import chain

from clients.models import PresentingConcern
from scheduling.engine.discretion import telling
from scheduling.models import Modality, SessionType, Therapist


def told_by(text: str, *, practice: str = "") -> list[str]:
    """What in `text` tells what the practice does, or with whom: telling words, its
    name, and those of session types, modalities, concerns and therapists."""
    return telling(text, [practice, *_names()])


def _names() -> list[str]:
    modalities = Modality.objects.values_list("name", "abbreviation")
    return [
        *SessionType.objects.values_list("name", flat=True),
        *chain.from_iterable(modalities),
        *PresentingConcern.objects.values_list("name", flat=True),
        *Therapist.objects.values_list("display_name", flat=True),
    ]
