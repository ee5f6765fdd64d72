"""What to say of a slug that names nothing: which there are, where they are few."""

import re
from typing import Any

from django.db.models import QuerySet

MOST_NAMES = 20  # that an answer lists
SLUG = re.compile(r"[-\w]{1,50}", re.ASCII)  # what else was sent is not repeated


def no_such_slug(text: str, rows: QuerySet[Any]) -> str:  # Any: any model with slugs
    names = list(rows.order_by("slug").values_list("slug", flat=True)[: MOST_NAMES + 1])
    if not names:  # there are none yet, or none for this caller
        return "There is nothing of that name."
    told = "There is nothing of that name."
    if SLUG.fullmatch(text):
        told = f"There is nothing named {text!r}."
    if len(names) > MOST_NAMES:
        return told
    return f"{told} Known are: {', '.join(names)}."
