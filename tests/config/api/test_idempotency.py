"""`Idempotency-Key`, tried on a small resource of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.urls import include, path
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.test import APIClient

from config.api.idempotency import idempotent
from config.api.preconditions import expected_version
from config.errors import Stale
from config.models import IdempotencyKey
from config.roles import Role
from locations.api.rooms import RoomViewSet
from locations.models import Room
from tests.conftest import signed_in
from tests.factories.config import UserFactory
from tests.factories.locations import OfficeFactory, RoomFactory

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]

started, finish = Event(), Event()


class OnceViewSet(RoomViewSet):
    query_parameters = {"create": ["dry_run"]}

    @idempotent
    def create(self, request: Request) -> Response:
        started.set()
        finish.wait(10)
        if "dry_run" in request.query_params:
            RoomFactory.create()
            return Response({"would": "work"})
        return super().create(request)

    @action(detail=True, methods=["post"])
    @idempotent
    def grow(self, request: Request, pk: str) -> Response:
        room = self.get_object()
        if expected_version(request) != room.capacity:
            raise Stale(version=room.capacity)
        room.capacity += 1
        room.save(update_fields=["capacity"])
        return self.replay(request, room.pk, 200)

    @action(detail=True, methods=["post"])
    @idempotent
    def measure(self, request: Request, pk: str) -> Response:
        self.report = {"capacity": self.get_object().capacity}
        return Response({"id": pk, **self.report})

    def replay(self, request: Request, object_id: UUID, status: int) -> Response:
        if self.report is None:
            return super().replay(request, object_id, status)
        return Response({"id": str(object_id), **self.report}, status)


router = SimpleRouter()
router.register("rooms", OnceViewSet, "room")
urlpatterns = [path("", include(router.urls))]

BLUE = {"office": "venice", "name": "Blue"}


@pytest.fixture(autouse=True)
def venice() -> None:
    OfficeFactory.create(slug="venice")
    started.clear()
    finish.set()


def post(client: APIClient, body: Any = BLUE, key: str = "one", query: str = "") -> Any:
    return client.post(f"/rooms/{query}", body, headers={"Idempotency-Key": key})


def test_the_same_request_again_gets_the_same_answer_and_has_no_effect(manager):
    first, second = post(manager), post(manager)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert ("Idempotent-Replayed" in first, second["Idempotent-Replayed"]) == (
        False,
        "true",
    )
    assert Room.objects.count() == 1


def test_a_replay_shows_the_object_as_it_is_now(manager):
    first = post(manager).json()
    Room.objects.update(name="Green")

    assert post(manager).json() == first | {"name": "Green"}


def test_a_replay_has_the_report_that_was_kept(manager):
    room = RoomFactory.create(capacity=2)
    address, key = f"/rooms/{room.pk}/measure/", {"Idempotency-Key": "one"}
    first = manager.post(address, {}, headers=key).json()
    Room.objects.update(capacity=9)

    assert manager.post(address, {}, headers=key).json() == first
    assert first == {"id": str(room.pk), "capacity": 2}


def test_the_order_of_members_does_not_make_another_request(manager):
    post(manager)

    again = post(manager, dict(reversed(BLUE.items())))

    assert again["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("body", "query"), [(BLUE | {"capacity": 3}, ""), (BLUE, "?dry_run=true")]
)
def test_another_request_under_a_used_key_is_refused(manager, body, query):
    post(manager)

    response = post(manager, body, query=query)

    assert (response.status_code, response.json()["code"]) == (
        422,
        "idempotency_key_reused",
    )
    assert Room.objects.count() == 1


def test_a_key_belongs_to_one_user(manager):
    post(manager)

    other = post(
        signed_in(UserFactory.create(role=Role.MANAGER)), BLUE | {"name": "Red"}
    )

    assert (other.status_code, Room.objects.count()) == (201, 2)


def test_a_request_that_failed_frees_its_key(manager):
    refused = post(manager, BLUE | {"capacity": 0})

    assert (refused.status_code, IdempotencyKey.objects.count()) == (400, 0)
    assert post(manager).status_code == 201


def test_an_answer_without_an_id_changes_nothing_and_frees_its_key(manager):
    response = post(manager, query="?dry_run=true")

    assert (response.status_code, response.json()) == (200, {"would": "work"})
    assert (Room.objects.count(), IdempotencyKey.objects.count()) == (0, 0)


@pytest.mark.parametrize("key", ["", " ", "a b", "\u00e9", "x" * 256, "a\tb"])
def test_a_malformed_key_is_refused(manager, key):
    response = post(manager, key=key)

    assert (response.status_code, response.json()["code"]) == (
        400,
        "invalid_idempotency_key",
    )
    assert not Room.objects.exists()


def test_a_key_of_255_characters_is_taken(manager):
    assert post(manager, key="~" * 255).status_code == 201


def test_checks_come_in_the_order_of_the_contract(api, front_desk, manager):
    room = RoomFactory.create(capacity=2)
    nowhere = "01a2069e-917f-72c1-94e6-5972915f372d"
    seen = {"If-Match": '"2"'}

    def grow(client: APIClient, pk: Any = room.pk, **headers: str) -> int:
        return client.post(f"/rooms/{pk}/grow/", {}, headers=headers).status_code

    assert [
        grow(api, **{"Idempotency-Key": " "}),
        grow(front_desk, **{"Idempotency-Key": " "}),
        grow(manager, nowhere, **{"Idempotency-Key": " "}),
        grow(manager, **{"Idempotency-Key": " "}),
        grow(manager, **{"Idempotency-Key": "k"}),
        grow(manager, **{"Idempotency-Key": "k"}, **{"If-Match": "*"}),
        grow(manager, **{"Idempotency-Key": "k"}, **{"If-Match": '"9"'}),
        grow(manager, **{"Idempotency-Key": "k"}, **seen),
        grow(manager, **{"Idempotency-Key": "k"}, **seen),
        grow(manager, **{"Idempotency-Key": "l"}, **seen),
    ] == [401, 403, 404, 400, 428, 400, 412, 200, 200, 412]
    room.refresh_from_db()
    assert room.capacity == 3


def test_a_stale_request_is_told_the_current_version(manager):
    room = RoomFactory.create(capacity=2)

    response = manager.post(f"/rooms/{room.pk}/grow/", {}, headers={"If-Match": '"1"'})

    assert (response.status_code, response.json()["code"], response["ETag"]) == (
        412,
        "stale",
        '"2"',
    )


@pytest.mark.django_db(transaction=True)
def test_of_twins_that_arrive_at_once_one_acts_and_the_others_replay():
    user = UserFactory.create(role=Role.MANAGER)
    together = Barrier(4)

    def call(_number: int) -> tuple[int, str, str]:
        together.wait()
        response = in_thread(user)
        return (
            response.status_code,
            response.json()["id"],
            response.get("Idempotent-Replayed", ""),
        )

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(call, range(4)), key=lambda answer: answer[2])

    room = Room.objects.get()
    assert answers == [(201, str(room.pk), "")] + [(201, str(room.pk), "true")] * 3


@pytest.mark.django_db(transaction=True)
def test_a_twin_that_waits_too_long_is_told_to_ask_again():
    user = UserFactory.create(role=Role.MANAGER)
    finish.clear()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(in_thread, user)
        started.wait(10)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        second = post(signed_in(user))
        finish.set()
        answer = first.result()
    connection.close()

    assert (second.status_code, second.json()["code"]) == (409, "request_in_progress")
    assert (answer.status_code, Room.objects.count()) == (201, 1)


def in_thread(user: User) -> Any:
    try:
        return post(signed_in(user))
    finally:
        connection.close()
