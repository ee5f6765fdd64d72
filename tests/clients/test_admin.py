"""Clients in the admin: looked up, noted, never changed."""

import pytest
from django.contrib.auth.models import User

from clients.models import AccessLog, Client
from config.roles import Role
from tests.conftest import signed_in
from tests.factories.clients import ContactConsentFactory, GuardianFactory
from tests.factories.config import UserFactory

pytestmark = pytest.mark.django_db

PAGES = {
    "client": [Role.FRONT_DESK, Role.MANAGER],
    "optout": [Role.FRONT_DESK, Role.MANAGER],
    "clientevent": [Role.MANAGER],
    "guardianevent": [Role.MANAGER],
    "contactconsentevent": [Role.MANAGER],
    "accesslog": [Role.MANAGER],
}


@pytest.fixture
def client_with_guardian() -> Client:
    client = GuardianFactory.create().client
    ContactConsentFactory.create(client=client)
    return client


def staff(role: Role) -> User:
    return UserFactory.create(role=role, is_staff=True)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", Role)
def test_each_role_sees_its_pages(client_with_guardian, role, page):
    caller = signed_in(staff(role))

    response = caller.get(f"/admin/clients/{page}/")

    assert response.status_code == (200 if role in PAGES[page] else 403)


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_added_in_the_admin(client_with_guardian, page):
    caller = signed_in(staff(Role.MANAGER))

    assert caller.get(f"/admin/clients/{page}/add/").status_code == 403


def test_a_client_is_looked_at_noted_and_not_changed(client_with_guardian):
    user = staff(Role.FRONT_DESK)
    address = f"/admin/clients/client/{client_with_guardian.pk}/"
    caller = signed_in(user)

    listed = caller.get("/admin/clients/client/?q=Robin")
    seen = caller.get(f"{address}change/")
    changed = caller.post(f"{address}change/", {"first_name": "X"})
    deleted = caller.post(f"{address}delete/", {"post": "yes"})

    answers = [listed, seen, changed, deleted]
    assert [each.status_code for each in answers] == [200, 200, 403, 403]
    assert list(Client.objects.all()) == [client_with_guardian]
    noted = AccessLog.objects.order_by("pk")
    assert [(each.user, each.action, each.clients) for each in noted][:2] == [
        (user, "admin list", [client_with_guardian.pk]),
        (user, "admin", [client_with_guardian.pk]),
    ]
