"""Whether messages are going out."""

from datetime import timedelta

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from scheduling import vitals


@require_safe
def readyz_worker(_request: HttpRequest) -> JsonResponse:
    """200 while the sweep runs, each worker answers it, they take up what is due, and
    no message that is due, nor change that messages have to follow, waits too long.

    Ages are in seconds by the database's clock: `sweep_age` since the last sweep and
    `send_age` since a worker took up a message, null if there was none, and
    `oldest_due_age` of the longest wait, null if nothing waits, as `oldest_change_age`.
    Of `workers` so many are `silent`: they do not answer, though others may.
    """
    try:
        found = vitals.read()
    except DatabaseError:
        return JsonResponse({"status": "failing"}, status=503)
    return JsonResponse(
        {
            "status": "ok" if found.is_well else "failing",
            "sweep_age": _seconds(found.sweep_age),
            "send_age": _seconds(found.send_age),
            "oldest_due_age": _seconds(found.oldest_due_age),
            "oldest_change_age": _seconds(found.oldest_change_age),
            "workers": len(found.workers),
            "silent": len(found.silent_workers),
        },
        status=200 if found.is_well else 503,
    )


def _seconds(age: timedelta | None) -> float | None:
    return None if age is None else round(age.total_seconds(), 1)
