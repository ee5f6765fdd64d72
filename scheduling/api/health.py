"""Whether messages are going out."""

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Greatest, Now
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from config.clock import DatabaseNow
from scheduling.models import Heartbeat, Message

LONGEST_WAIT = timedelta(minutes=5)
MISSED_SWEEPS = 3
AGE_OF_SWEEP = ExpressionWrapper(DatabaseNow() - F("at"), output_field=DurationField())
AGE_OF_MESSAGE = ExpressionWrapper(
    DatabaseNow() - Greatest("due_at", "next_attempt_at"),
    output_field=DurationField(),
)


@require_safe
def readyz_worker(_request: HttpRequest) -> JsonResponse:
    """200 while the sweep runs and no message that is due has waited too long.

    Ages are in seconds by the database's clock: `sweep_age` since the last sweep, null
    if there was none, and `oldest_due_age` of the longest wait, null if nothing waits.
    """
    try:
        sweep_age, due_age = _age_of_sweep(), _age_of_oldest_due()
    except DatabaseError:
        return JsonResponse({"status": "failing"}, status=503)
    healthy = (
        sweep_age is not None
        and sweep_age <= timedelta(seconds=MISSED_SWEEPS * settings.SWEEP_SECONDS)
        and (due_age is None or due_age < LONGEST_WAIT)
    )
    return JsonResponse(
        {
            "status": "ok" if healthy else "failing",
            "sweep_age": _seconds(sweep_age),
            "oldest_due_age": _seconds(due_age),
        },
        status=200 if healthy else 503,
    )


def _age_of_sweep() -> timedelta | None:
    sweeps = Heartbeat.objects.filter(name="sweep")
    return sweeps.annotate(age=AGE_OF_SWEEP).values_list("age", flat=True).first()


def _age_of_oldest_due() -> timedelta | None:
    """How long the longest-waiting message could have been sent, but was not."""
    # The statement's clock narrows it down by an index, which a volatile one cannot.
    waiting = Message.objects.pending().filter(due_at__lte=Now())
    due = (
        waiting.annotate(age=AGE_OF_MESSAGE)
        .filter(age__gte=timedelta(0))
        .order_by("-age")
    )
    return due.values_list("age", flat=True).first()


def _seconds(age: timedelta | None) -> float | None:
    return None if age is None else round(age.total_seconds(), 1)
