import pytest
from django.db import connection
from django.test import Client


def test_healthz_asks_nobody(client):
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_is_well_when_database_and_redis_are(client):
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (
        200,
        {"status": "ok", "database": "ok", "redis": "ok"},
    )


@pytest.mark.django_db
def test_readyz_takes_a_dead_redis_for_degraded(client, settings):
    settings.CACHE_URL = "unix:///nowhere/valkey.sock?db=1"

    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (
        200,
        {"status": "degraded", "database": "ok", "redis": "unreachable"},
    )


@pytest.mark.django_db
def test_readyz_waits_for_migrations(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'scheduling'")

    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (
        503,
        {"status": "failing", "database": "unmigrated", "redis": "ok"},
    )


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/readyz/worker"])
def test_health_is_only_read(path):
    assert Client().post(path).status_code == 405
