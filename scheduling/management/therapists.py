"""Therapists as people name them on a command line."""

from uuid import UUID

from scheduling.models import Therapist


def named(text: str) -> Therapist:
    """The therapist with this id, user name or display name.

    Raises `ValueError` if there is none, or more than one of that display name.
    """
    therapists = Therapist.objects.select_related("user")
    try:
        found = list(therapists.filter(pk=UUID(text)))
    except ValueError:
        found = list(therapists.filter(user__username=text))
        found = found or list(therapists.filter(display_name__iexact=text)[:2])
    if len(found) > 1:
        raise ValueError(f"There are several therapists named {text}: give an id.")
    if not found:
        raise ValueError(f"There is no therapist named {text}.")
    return found[0]
