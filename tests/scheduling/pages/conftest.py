import pytest
from django.test import Client as Browser

from tests.factories.scheduling import PracticePolicyFactory


@pytest.fixture
def browser():
    """One that would notice a missing CSRF token."""
    return Browser(enforce_csrf_checks=True)


@pytest.fixture(autouse=True)
def policy():
    return PracticePolicyFactory.create()
