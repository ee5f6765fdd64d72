"""A violated constraint, by its name, becomes a domain error."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError

from config.errors import DomainError


@contextmanager
def violations_as(errors: Mapping[str, DomainError]) -> Iterator[None]:
    """Raise `errors[name]` where constraint `name` refuses a write.

    The error has to leave the transaction, or the savepoint, that the write is in:
    PostgreSQL has given it up. The violation of any other constraint is a bug and
    passes through untouched. The error is raised without its cause: the database's text
    holds other people's rows.
    """
    try:
        yield
    except IntegrityError as violation:
        error = errors.get(violated_constraint(violation))
        if error is None:
            raise
        raise error from None


def violated_constraint(violation: BaseException) -> str:
    """The name of the constraint that refused a write, or `""` when there is none."""
    diagnostics = getattr(violation.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or ""
