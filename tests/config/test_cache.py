"""With Redis dead, everything goes on."""

import pytest
from django.core.cache import caches
from django.test import override_settings

from config.roles import Role
from tests.factories.config import UserFactory

DEAD = {
    "default": {
        "BACKEND": "config.cache.FailSafeRedisCache",
        "LOCATION": "unix:///nowhere/valkey.sock?db=1",
    }
}


@pytest.fixture
def redis_dead():
    with override_settings(CACHES=DEAD):
        yield


def test_the_cache_keeps_what_it_is_given():
    cache = caches["default"]
    cache.delete("test:cache")

    assert (cache.add("test:cache", 1), cache.add("test:cache", 2)) == (True, False)
    assert (cache.incr("test:cache"), cache.get("test:cache")) == (2, 2)
    cache.delete("test:cache")


def test_a_dead_cache_misses_and_forgets(redis_dead):
    cache = caches["default"]

    cache.set("key", "value")
    cache.set_many({"key": "value"})

    assert [
        cache.get("key"),
        cache.get("key", "else"),
        cache.get_many(["key"]),
        cache.has_key("key"),
        cache.add("key", "value"),
        cache.incr("key"),
        cache.touch("key"),
        cache.delete("key"),
    ] == [None, "else", {}, False, True, 1, False, False]


@pytest.mark.django_db
def test_requests_and_sign_ins_are_answered_without_redis(redis_dead, api):
    user = UserFactory.create(username="maria", role=Role.FRONT_DESK)
    user.set_password("a-long-password")
    user.save(update_fields=["password"])
    credentials = {"username": "maria", "password": "a-long-password"}

    signed_in = api.post("/_allauth/app/v1/auth/login", credentials)
    token = signed_in.json()["meta"]["session_token"]
    me = api.get("/api/v1/me/", headers={"X-Session-Token": token})

    assert (signed_in.status_code, me.status_code) == (200, 200)
