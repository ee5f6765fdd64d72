"""How long what every API remembers is of use."""

from datetime import datetime, timedelta

from config.models import FailedSignIn, IdempotencyKey

KEEP_KEYS = timedelta(hours=48)
KEEP_FAILURES = timedelta(days=1)


def prune(*, now: datetime) -> int:
    """Forget old idempotency keys and failed sign-ins; how many rows that were."""
    keys, _ = IdempotencyKey.objects.filter(created_at__lt=now - KEEP_KEYS).delete()
    failures, _ = FailedSignIn.objects.filter(at__lt=now - KEEP_FAILURES).delete()
    return keys + failures
