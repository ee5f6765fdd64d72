"""The database's clock, by which leases and holds lapse (decision D13)."""

from datetime import datetime

from django.db import connection
from django.db.models import DateTimeField, Func


class DatabaseNow(Func):
    """The instant at which PostgreSQL evaluates it, whenever its transaction began."""

    function = "clock_timestamp"
    arity = 0
    output_field = DateTimeField()


def database_now() -> datetime:
    """The instant at which PostgreSQL is asked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    instant: datetime = now
    return instant
