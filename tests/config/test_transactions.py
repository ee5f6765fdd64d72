import pytest
from django.db import OperationalError, connection
from psycopg import errors

from config import transactions


class Failing:
    """An operation that fails as PostgreSQL would, `times` times."""

    def __init__(self, cause: Exception, times: int) -> None:
        self.cause = cause
        self.times = times
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls > self.times:
            return "done"
        raise OperationalError from self.cause


@pytest.mark.parametrize(
    "cause", [errors.DeadlockDetected(), errors.SerializationFailure()]
)
def test_retrying_repeats_what_the_database_gave_up(cause):
    operation = Failing(cause, times=2)

    assert (transactions.retrying(operation), operation.calls) == ("done", 3)


def test_retrying_gives_up_after_three_attempts():
    operation = Failing(errors.DeadlockDetected(), times=3)

    with pytest.raises(OperationalError):
        transactions.retrying(operation)

    assert operation.calls == 3


def test_retrying_does_not_repeat_what_may_have_happened():
    operation = Failing(errors.AdminShutdown(), times=1)

    with pytest.raises(OperationalError):
        transactions.retrying(operation)

    assert operation.calls == 1


@pytest.mark.django_db
def test_retrying_repeats_nothing_inside_a_transaction():
    assert connection.in_atomic_block
    operation = Failing(errors.DeadlockDetected(), times=1)

    with pytest.raises(OperationalError):
        transactions.retrying(operation)

    assert operation.calls == 1
