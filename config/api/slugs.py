"""What to say of a slug that names nothing: which there are, where they are few."""

from typing import Any

from django.db.models import QuerySet

MOST_NAMES = 20  # that an answer lists
LONGEST_ECHO = 50


def no_such_slug(text: str, rows: QuerySet[Any]) -> str:  # Any: any model with slugs
    names = list(rows.order_by("slug").values_list("slug", flat=True)[: MOST_NAMES + 1])
    if not names:  # there are none yet, or none for this caller
        return "There is nothing of that name."
    told = f"There is nothing named {text[:LONGEST_ECHO]!r}."
    if len(names) > MOST_NAMES:
        return told
    return f"{told} Known are: {', '.join(names)}."
