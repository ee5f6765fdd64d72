"""Every test fails that logs a client's name or contact; here, that this is noticed."""

import logging

import pytest

from tests.discretion import Eavesdropper
from tests.factories.clients import ClientFactory, GuardianFactory


@pytest.mark.parametrize("factory", [ClientFactory, GuardianFactory])
@pytest.mark.parametrize("told", ["display_name", "email", "phone"])
def test_a_line_that_names_somebody_is_noticed(factory, told):
    person = factory.build()
    eavesdropper = Eavesdropper()

    eavesdropper.handle(_record(f"wrote to {getattr(person, told)}"))
    eavesdropper.handle(_record("wrote to 0197"))

    assert len(eavesdropper.indiscretions) == 1


def _record(message):
    return logging.LogRecord("test", logging.INFO, "", 1, message, None, None)
