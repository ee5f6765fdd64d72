from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.db.models.functions import Lower
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from rest_framework.routers import SimpleRouter

from locations.api.closures import ClosureViewSet
from locations.api.rooms import RoomViewSet
from locations.models import Office, Room
from tests.factories.locations import ClosureFactory, OfficeFactory, RoomFactory
from tests.times import MONDAY_9AM

pytestmark = pytest.mark.urls(__name__)


class BothWaysViewSet(ClosureViewSet):
    orderings = {
        "starts_at": ("starts_at", "pk"),
        "-starts_at": ("-starts_at", "-pk"),
    }


class ByNameViewSet(RoomViewSet):
    queryset = Room.objects.select_related("office").annotate(sorted_by=Lower("name"))
    ordering = ("sorted_by", "pk")


router = SimpleRouter()
router.register("closures", BothWaysViewSet, "closure")
router.register("rooms", ByNameViewSet, "room")
urlpatterns = [path("", include(router.urls))]


@pytest.fixture
def five_closures(db: None) -> list[str]:
    """Ids in the order of the list; the three in the middle start at once."""
    office = OfficeFactory.create()
    starts = [MONDAY_9AM + timedelta(hours=hours) for hours in (0, 1, 1, 1, 2)]
    rows = [ClosureFactory.create(office=office, starts_at=start) for start in starts]
    return [str(row.pk) for row in rows]


def pages(client: Any, address: str, link: str) -> list[list[str]]:
    found = []
    while address:
        answer = client.get(address).json()
        found.append([row["id"] for row in answer["results"]])
        address = answer[link]
    return found


def test_pages_follow_one_another_without_gap_or_repetition(front_desk, five_closures):
    one, two, three, four, five = five_closures

    assert pages(front_desk, "/closures/?limit=2", "next") == [
        [one, two],
        [three, four],
        [five],
    ]


def test_pages_can_be_turned_back(front_desk, five_closures):
    one, two, three, four, five = five_closures
    last = "/closures/?limit=2"
    while (following := front_desk.get(last).json()["next"]) is not None:
        last = following

    assert pages(front_desk, last, "previous") == [[five], [three, four], [one, two]]


def test_another_ordering_is_chosen_by_name(front_desk, five_closures):
    assert pages(front_desk, "/closures/?limit=3&ordering=-starts_at", "next") == [
        five_closures[:1:-1],
        five_closures[1::-1],
    ]


def test_a_list_can_be_ordered_by_what_is_computed(front_desk):
    rooms = [RoomFactory.create(name=name) for name in ("b", "A", "C")]
    b, a, c = (str(room.pk) for room in rooms)

    assert pages(front_desk, "/rooms/?limit=1", "next") == [[a], [b], [c]]


def test_a_filter_stays_on_every_page(front_desk, five_closures):
    ClosureFactory.create(office=OfficeFactory.create(slug="other"))
    Office.objects.exclude(slug="other").update(slug="venice")

    assert pages(front_desk, "/closures/?limit=3&office=venice", "next") == [
        five_closures[:3],
        five_closures[3:],
    ]


def test_rows_added_meanwhile_move_nothing(front_desk, five_closures):
    first = front_desk.get("/closures/?limit=2").json()
    ClosureFactory.create(starts_at=MONDAY_9AM - timedelta(days=1))

    second = front_desk.get(first["next"]).json()

    assert [row["id"] for row in second["results"]] == five_closures[2:4]


def cursor_of(client: Any, query: str) -> str:
    following: str = client.get(query).json()["next"]
    return following.partition("cursor=")[2].partition("&")[0]


def test_a_cursor_of_another_ordering_is_refused(front_desk, five_closures):
    cursor = cursor_of(front_desk, "/closures/?limit=2")

    response = front_desk.get(f"/closures/?ordering=-starts_at&cursor={cursor}")

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (
        400,
        "?cursor",
    )


@pytest.mark.parametrize("address", ["/rooms/", "/closures/"])
def test_a_cursor_of_another_list_or_of_somebodys_own_make_is_refused(
    front_desk, five_closures, address
):
    stranger = {
        "/rooms/": cursor_of(front_desk, "/closures/?limit=2"),
        "/closures/": signing.dumps(["starts_at", ["2027-01-04", "x"], False]),
    }[address]

    assert front_desk.get(f"{address}?cursor={stranger}").status_code == 400


def test_a_page_is_one_query_that_starts_at_its_index(front_desk, five_closures):
    following = front_desk.get("/closures/?limit=2").json()["next"]

    with CaptureQueriesContext(
        connection,
    ) as queries:
        front_desk.get(following)

    reads = [query["sql"] for query in queries if '"locations_closure"' in query["sql"]]
    assert len(reads) == 1
    assert '("locations_closure"."starts_at", "locations_closure"."id") >' in reads[0]
