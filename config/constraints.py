"""A violated constraint, by its name, becomes a domain error."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from config.errors import DomainError


@contextmanager
def violations_as(errors: Mapping[str, DomainError]) -> Iterator[None]:
    """Run a write in a savepoint; raise `errors[name]` if constraint `name` refuses it.

    The violation of any other constraint is a bug and passes through untouched. The
    error is raised without its cause: the database's text holds other people's rows.
    """
    try:
        with transaction.atomic():
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
