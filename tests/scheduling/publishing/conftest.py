import pytest

from tests.scheduling.publishing.practice import Practice


@pytest.fixture
def practice(db, frozen_now):
    return Practice()
