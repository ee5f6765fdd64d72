"""Offices as people name them on a command line."""

from locations.models import Office


def named(text: str) -> Office:
    """The office with this slug. Raises `ValueError`, with those there are."""
    offices = {office.slug: office for office in Office.objects.order_by("slug")}
    if text not in offices:
        raise ValueError(
            f"There is no office named {text}. Known are: {', '.join(offices)}."
        )
    return offices[text]
