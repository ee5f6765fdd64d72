"""The database's clock, by which leases and holds lapse (decision D13)."""

from django.db.models import DateTimeField, Func


class DatabaseNow(Func):
    """The instant at which PostgreSQL evaluates it, whenever its transaction began."""

    function = "clock_timestamp"
    arity = 0
    output_field = DateTimeField()
