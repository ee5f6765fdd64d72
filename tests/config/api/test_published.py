"""What anyone may read is kept for a while, here and by others."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.test import override_settings

from config.api import published
from config.api.exceptions import Unavailable
from config.api.published import Document
from scheduling.models import Therapist
from tests.config.test_cache import DEAD
from tests.factories.locations import OfficeFactory
from tests.factories.scheduling import TherapistFactory
from tests.times import NOW

CARDS = "/api/v1/public/therapists/"
FILES = "/api/v1/smart-scheduling/"
MANIFEST = f"{FILES}$bulk-publish"


@pytest.fixture(autouse=True)
def nothing_is_kept():
    yield
    published.forget()


def names(response):
    return [row["display_name"] for row in response.json()["results"]]


@pytest.mark.django_db
@pytest.mark.parametrize("address", [CARDS, MANIFEST])
def test_an_answer_may_be_kept_by_anyone_and_read_by_any_page(
    api, front_desk, frozen_now, address
):
    for caller in (api, front_desk):
        response = caller.get(address)

        assert response.status_code == 200
        assert response["Cache-Control"] == "public, max-age=60"
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response.cookies == {}
        assert "Vary" not in response


@pytest.mark.django_db
def test_without_seconds_nothing_is_kept(api, frozen_now, settings):
    settings.PUBLISHED_SECONDS = 0
    ada = TherapistFactory.create(display_name="Ada Lima")
    first = api.get(CARDS)
    Therapist.objects.filter(pk=ada.pk).update(is_active=False)

    second = api.get(CARDS)

    assert (names(first), names(second)) == (["Ada Lima"], [])
    assert second["Cache-Control"] == "public, max-age=0"


@pytest.mark.django_db
@pytest.mark.parametrize("address", [CARDS, MANIFEST])
def test_who_has_it_is_not_sent_it_again(api, frozen_now, address):
    TherapistFactory.create()
    first = api.get(address)

    again = api.get(address, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    for name in ("ETag", "Cache-Control", "Access-Control-Allow-Origin"):
        assert again[name] == first[name]


@pytest.mark.django_db
def test_a_change_is_told_after_a_minute_and_has_another_tag(api):
    ada = TherapistFactory.create(display_name="Ada Lima")
    with time_machine.travel(NOW, tick=False) as clock:
        first = api.get(CARDS)
        Therapist.objects.filter(pk=ada.pk).update(is_active=False)
        clock.shift(59)
        kept = api.get(CARDS)
        clock.shift(1)
        anew = api.get(CARDS, headers={"If-None-Match": first["ETag"]})

    assert (names(first), names(kept), names(anew)) == (["Ada Lima"], ["Ada Lima"], [])
    assert first["ETag"] == kept["ETag"] != anew["ETag"]


@pytest.mark.django_db
def test_a_manifest_of_the_same_files_has_the_same_tag_whenever_it_is_made(api):
    with time_machine.travel(NOW, tick=False) as clock:
        first = api.get(MANIFEST)
        clock.shift(60)
        later = api.get(MANIFEST)

    assert first["ETag"].startswith('W/"')
    assert first["ETag"] == later["ETag"]
    assert first.json()["transactionTime"] != later.json()["transactionTime"]


@pytest.mark.django_db
def test_without_redis_each_process_keeps_it_for_a_minute(api):
    ada = TherapistFactory.create(display_name="Ada Lima")
    with (
        override_settings(CACHES=DEAD),
        time_machine.travel(NOW, tick=False) as clock,
    ):
        first = api.get(CARDS)
        manifest = api.get(MANIFEST)
        files = [api.get(each["url"]) for each in manifest.json()["output"]]
        Therapist.objects.filter(pk=ada.pk).update(is_active=False)
        kept = api.get(CARDS)
        clock.shift(60)
        anew = api.get(CARDS)

    assert (names(first), names(kept), names(anew)) == (["Ada Lima"], ["Ada Lima"], [])
    assert {each.status_code for each in [manifest, *files]} == {200}


@pytest.mark.django_db
def test_an_edition_is_made_once_whatever_the_site_is_called(
    api, frozen_now, settings, django_assert_num_queries
):
    settings.PUBLIC_URL = ""
    OfficeFactory.create()
    first = api.get(MANIFEST, HTTP_HOST="localhost:81")

    with django_assert_num_queries(0):
        other = api.get(MANIFEST, HTTP_HOST="localhost:82")
        places = [
            api.get(f"{FILES}locations.ndjson", HTTP_HOST=f"localhost:{port}")
            for port in (81, 82)
        ]

    for port, manifest, place in zip((81, 82), (first, other), places, strict=True):
        at = f"http://localhost:{port}{FILES}"
        told = manifest.json()
        assert told["request"] == f"http://localhost:{port}{MANIFEST}"
        assert {each["url"].rpartition("/")[0] + "/" for each in told["output"]} == {at}
        assert json.loads(place.content)["identifier"][0]["system"] == f"{at}offices"
    assert first["ETag"] != other["ETag"]
    assert places[0]["ETag"] != places[1]["ETag"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", [CARDS, MANIFEST])
def test_it_is_throttled_by_address_whoever_is_signed_in(
    api, front_desk, settings, address
):
    settings.THROTTLE_ANON = "2/min"
    settings.THROTTLE_USER = "0/min"

    with time_machine.travel(NOW, tick=False):
        answers = [caller.get(address) for caller in (api, front_desk, api)]

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[2]["Cache-Control"] == "private, no-store"
    assert answers[2]["Content-Type"] == "application/problem+json"


def test_while_one_makes_it_anew_the_others_are_given_the_last():
    def edition(text):
        return {"one": Document.of(text, "text/plain"), "two": Document.of(b"2", "a/b")}

    asked = []

    def make():
        asked.append(published.kept("test", "one", lambda: edition(b"others")))
        return edition(b"new")

    with time_machine.travel(NOW, tick=False) as clock:
        first = published.kept("test", "one", lambda: edition(b"old"))
        clock.shift(60)
        anew = published.kept("test", "one", make)
        after = published.kept("test", "one", lambda: edition(b"never"))

    assert [each.content for each in (first, *asked, anew, after)] == [
        *(b"old", b"old", b"new", b"new"),
    ]
    assert after == Document.of(b"new", "text/plain")


def test_a_document_that_is_not_made_is_not_there():
    found = published.kept("test", "three", dict)

    assert found is None


@pytest.mark.parametrize("caches", [None, DEAD])
def test_of_those_who_come_at_once_one_makes_it(settings, caches):
    if caches:
        settings.CACHES = caches
    made = []

    def make():
        made.append(1)
        time.sleep(0.3)  # the others come meanwhile
        return {"one": Document.of(b"1", "text/plain")}

    with ThreadPoolExecutor(4) as callers:
        found = list(
            callers.map(lambda _: published.kept("test", "one", make), range(4))
        )

    assert made == [1]
    assert {each.content for each in found} == {b"1"}


def test_who_waits_too_long_is_told_to_come_again(monkeypatch):
    monkeypatch.setattr(published, "LOOKS", 2)
    monkeypatch.setattr(published, "LOOK_AGAIN_SECONDS", 0)

    def make():
        with pytest.raises(Unavailable):
            published.kept("test", "one", dict)
        return {"one": Document.of(b"1", "text/plain")}

    found = published.kept("test", "one", make)

    assert found == Document.of(b"1", "text/plain")


def test_who_fails_to_make_it_keeps_nobody_waiting():
    def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        published.kept("test", "one", fail)
    found = published.kept("test", "one", lambda: {"one": Document.of(b"1", "a/b")})

    assert found == Document.of(b"1", "a/b")
