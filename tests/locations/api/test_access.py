"""Who may do what with the resources of `locations`."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from config.roles import Role
from tests.conftest import signed_in
from tests.factories.config import UserFactory
from tests.factories.locations import (
    ClosureFactory,
    OfficeFactory,
    RoomFactory,
    TravelTimeFactory,
)

RESOURCES: dict[str, Callable[[], str]] = {
    "offices": lambda: OfficeFactory.create().slug,
    "rooms": lambda: str(RoomFactory.create().pk),
    "closures": lambda: str(ClosureFactory.create().pk),
    "travel-times": lambda: str(TravelTimeFactory.create().pk),
}
OPEN = {"offices"}


@pytest.fixture(params=["anonymous", "no role", *Role.values])
def caller(request: pytest.FixtureRequest, db: None) -> tuple[str, APIClient]:
    name = request.param
    if name == "anonymous":
        return name, APIClient()
    role = Role(name) if name in Role.values else None
    return name, signed_in(UserFactory.create(role=role))


@pytest.mark.parametrize("resource", RESOURCES)
def test_each_role_gets_its_answer(caller, resource):
    name, client = caller
    address = f"/api/v1/{resource}/"
    row = f"{address}{RESOURCES[resource]()}/"

    answers = [
        client.get(address),
        client.get(row),
        client.post(address, {}),
        client.patch(row, {}),
        client.delete(row),
    ]

    refusal = 401 if name == "anonymous" else 403
    may_read = name in Role.values or resource in OPEN
    may_write = name == Role.MANAGER
    reads = [200, 200] if may_read else [refusal, refusal]
    writes = [400, 200, 204] if may_write else [refusal] * 3
    assert [each.status_code for each in answers] == reads + writes


@pytest.mark.parametrize("resource", RESOURCES)
def test_what_is_not_there_is_404(manager, resource):
    missing = "01a2069e-917f-72c1-94e6-5972915f372d"
    row = f"/api/v1/{resource}/{missing}/"

    answers: list[Any] = [manager.get(row), manager.patch(row, {}), manager.delete(row)]

    assert [each.status_code for each in answers] == [404] * 3


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("count", [1, 3])
def test_a_list_needs_the_same_queries_for_any_number_of_rows(
    front_desk, django_assert_num_queries, resource, count
):
    for _ in range(count):
        RESOURCES[resource]()

    # The session, the user, the roles unless anyone may look, and the page.
    with django_assert_num_queries(3 if resource in OPEN else 4):
        response = front_desk.get(f"/api/v1/{resource}/")

    assert len(response.json()["results"]) >= count
