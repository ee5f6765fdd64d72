"""Every change is on record with its user and its request, however they signed in."""

from django.contrib.auth.models import User
from pghistory.models import Context

from config.roles import Role
from tests.factories.config import UserFactory
from tests.factories.locations import OfficeFactory

VENICE = "/api/v1/offices/venice/"


def last_context() -> dict[str, object]:
    metadata: dict[str, object] = Context.objects.latest("created_at").metadata
    return metadata


def test_history_knows_who_changed_something_in_a_browser(manager):
    OfficeFactory.create(slug="venice")

    manager.patch(VENICE, {"name": "A"}, headers={"X-Request-ID": "r1"})

    user = User.objects.get(groups__name=Role.MANAGER)
    assert last_context() == {"user": user.pk, "request_id": "r1"}


def test_history_knows_who_changed_something_by_an_app(api, db):
    OfficeFactory.create(slug="venice")
    user = UserFactory.create(username="maria", role=Role.MANAGER)
    user.set_password("a-long-password")
    user.save(update_fields=["password"])
    credentials = {"username": "maria", "password": "a-long-password"}
    answer = api.post("/_allauth/app/v1/auth/login", credentials).json()
    token = {"X-Session-Token": answer["meta"]["session_token"]}

    api.patch(VENICE, {"name": "A"}, headers=token | {"X-Request-ID": "r2"})

    assert last_context() == {"user": user.pk, "request_id": "r2"}
