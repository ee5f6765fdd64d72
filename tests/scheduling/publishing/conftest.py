import pytest
from django.core.cache import cache

from tests.scheduling.publishing.practice import Practice


@pytest.fixture(autouse=True)
def nothing_is_kept():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def practice(db, frozen_now):
    return Practice()
