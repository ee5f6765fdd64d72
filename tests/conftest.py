import logging
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.cache import cache
from hypothesis import settings
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from config.roles import Role
from scheduling.models import Therapist
from tests.discretion import Eavesdropper
from tests.factories.config import UserFactory
from tests.times import NOW

# How long an example takes says more about the machine than about the code.
# The suite finds the same each time; `--hypothesis-profile explore` goes where no run
# has been before.
settings.register_profile("practice", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("practice")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--model-steps",
        type=int,
        default=400,
        help="how far to walk in tests/scheduling/test_booking_model.py",
    )


@pytest.fixture
def api() -> APIClient:
    """Nobody, over JSON."""
    return APIClient()


@pytest.fixture
def front_desk(db: None) -> APIClient:
    return signed_in(UserFactory.create(role=Role.FRONT_DESK))


@pytest.fixture
def manager(db: None) -> APIClient:
    return signed_in(UserFactory.create(role=Role.MANAGER))


@pytest.fixture
def as_therapist(db: None) -> Callable[[Therapist], APIClient]:
    """A therapist, signed in; they get an account if they have none."""

    def sign_in(therapist: Therapist) -> APIClient:
        if therapist.user is None:
            therapist.user = UserFactory.create(role=Role.THERAPIST)
            therapist.save(update_fields=["user"])
        return signed_in(therapist.user)

    return sign_in


@pytest.fixture(autouse=True)
def nothing_is_cached() -> None:
    """Throttles count from zero in each test, and what was published is forgotten."""
    cache.clear()


@pytest.fixture(autouse=True)
def files_are_looked_for_when_asked_for(settings: Settings) -> None:
    """Each client of a test starts the middleware anew, which would list them all."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def nobody_is_named_in_a_log_line() -> Iterator[None]:
    eavesdropper = Eavesdropper()
    logging.getLogger().addHandler(eavesdropper)
    yield
    logging.getLogger().removeHandler(eavesdropper)
    assert eavesdropper.indiscretions == []


@pytest.fixture
def frozen_now() -> Iterator[None]:
    """It is Monday, eight o'clock, and stays so."""
    with time_machine.travel(NOW, tick=False):
        yield


def signed_in(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client
