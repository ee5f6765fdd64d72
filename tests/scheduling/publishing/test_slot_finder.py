"""The feed, read as a slot finder reads it: from the manifest on."""

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine

from locations.models import Office
from scheduling import booking
from scheduling.models import Mode, PracticePolicy, WorkMode
from scheduling.orders import Order
from tests.factories.clients import ClientFactory
from tests.factories.scheduling import AvailabilityRuleFactory
from tests.scheduling.publishing.practice import (
    FILES,
    MANIFEST,
    Practice,
    actors,
    read_feed,
)
from tests.times import NEXT_MONDAY, NOW, at

SLOTS = "/api/v1/slots/"
WEEKS = [f"2027-W0{number}" for number in range(1, 6)]


def searched(api, kind, until):
    """What a public search finds, told as the feed tells it."""
    query = {"session_type": kind.slug, "limit": 200, "to": until.isoformat()}
    url, found = f"{SLOTS}?{urlencode(query)}", set()
    while url:
        page = api.get(url).json()
        for slot in page["results"]:
            is_by_video = slot["mode"] == "telehealth"
            office = None if is_by_video else slot["office"]["slug"]
            found.add((slot["starts_at"], slot["therapist"]["id"], office, kind.name))
        url = page["next"]
    return found


def published(feed):
    found = set()
    for slot in feed["Slot"].values():
        schedule = feed["Schedule"][slot["schedule"]["reference"].split("/")[1]]
        whom = actors(feed, slot)
        office = whom.get("Location")
        found.add(
            (
                slot["start"],
                whom["PractitionerRole"]["id"],
                office and office["identifier"][0]["value"],
                schedule["serviceType"][0]["text"],
            )
        )
    return found


def test_the_feed_has_what_a_public_search_finds(api, practice):
    until = NOW + timedelta(days=28)
    kinds = (practice.intake, practice.consultation)

    feed = read_feed(api)

    expected = set().union(*(searched(api, kind, until) for kind in kinds))
    assert published(feed) == expected
    assert len(feed["Slot"]) == len(expected) > 400
    assert {slot["status"] for slot in feed["Slot"].values()} == {"free"}


def test_slots_by_location(api, practice):
    feed = read_feed(api)

    names = {}
    for slot in feed["Slot"].values():
        whom = actors(feed, slot)
        place = whom.get("Location", {"name": None})["name"]
        names.setdefault(place, set()).add(
            whom["PractitionerRole"]["practitioner"]["display"]
        )

    assert names == {
        "The Practice, Encino": {"Ada Lima, PhD"},
        "The Practice, Venice": {"Ben Sato"},
        None: {"Ada Lima, PhD", "Eve Ruiz"},
    }
    assert [office["name"] for office in feed["Location"].values()] == [
        "The Practice, Encino",
        "The Practice, Venice",
    ]


def test_what_is_booked_or_held_is_not_in_it_and_the_rest_of_the_day_is(api, practice):
    slots = published(read_feed(api))

    where = ("encino", "First session")
    starts = {each[0] for each in slots if each[2:] == where}
    day = NEXT_MONDAY.isoformat()
    on_the_day = sorted(each[11:16] for each in starts if each.startswith(day))
    morning, afternoon = "09:00 11:00 11:30 12:00 12:30 13:00", "15:00 15:30 16:00"
    assert on_the_day == f"{morning} {afternoon}".split()
    assert f"{NEXT_MONDAY + timedelta(7)}T10:00:00-08:00" in starts


def test_a_published_slot_can_be_booked_and_is_gone_then(api, practice):
    order = Order(
        therapist=practice.ada,
        clients=[ClientFactory.create()],
        session_type=practice.intake,
        office=practice.encino,
        mode=Mode.IN_PERSON,
        starts_at=at(NEXT_MONDAY, "09:00"),
    )
    nine = f"{NEXT_MONDAY}T09:00:00-08:00"
    wanted = (nine, str(practice.ada.pk), "encino", "First session")

    before = published(read_feed(api))
    booking.book(order, now=NOW)
    with time_machine.travel(NOW + timedelta(seconds=61), tick=False):
        after = published(read_feed(api))

    assert wanted in before
    taken = {each for each in before - after if each[0] >= nine}
    assert wanted in taken
    assert {each[1] for each in taken} == {str(practice.ada.pk)}
    assert {each[0][:10] for each in taken} == {NEXT_MONDAY.isoformat()}
    assert max(each[0] for each in taken) < f"{NEXT_MONDAY}T10:00"


def test_the_manifest_names_every_file_and_when_it_was_made(api, practice):
    manifest = api.get(MANIFEST)

    base = f"http://testserver{FILES}"
    files = [
        ("Location", "locations.ndjson"),
        ("PractitionerRole", "practitioner-roles.ndjson"),
        ("Schedule", "schedules.ndjson"),
        *[("Slot", f"slots-{week}.ndjson") for week in WEEKS],
    ]
    assert manifest["Content-Type"] == "application/json"
    assert manifest.json() == {
        "transactionTime": "2027-01-04T16:00:00+00:00",
        "request": f"{base}$bulk-publish",
        "output": [
            {"type": kind, "url": f"{base}{name}", "extension": {"state": ["CA"]}}
            for kind, name in files
        ],
        "error": [],
    }


@pytest.mark.parametrize("accept", [None, "application/json", "*/*", "text/html"])
def test_the_manifest_is_the_same_whatever_is_accepted(api, practice, accept):
    headers = {"Accept": accept} if accept else {}

    response = api.get(f"{MANIFEST}?_since=2027-01-01T00:00:00Z", headers=headers)

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"


def test_a_public_address_names_the_files_whoever_asks(api, practice, settings):
    settings.PUBLIC_URL = "https://desk.example.org"

    manifest = api.get(MANIFEST).json()

    assert manifest["request"] == f"https://desk.example.org{MANIFEST}"
    location = next(iter(read_feed(api)["Location"].values()))
    assert location["identifier"] == [
        {"system": "https://desk.example.org/api/v1/offices/", "value": "encino"}
    ]


def test_ids_last(api, practice):
    before = read_feed(api)

    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        after = read_feed(api)

    for kind in ("Location", "PractitionerRole", "Schedule"):
        assert before[kind] == after[kind]
    common = before["Slot"].keys() & after["Slot"].keys()
    assert len(common) > 350
    assert all(before["Slot"][key] == after["Slot"][key] for key in common)
    is_gone = {
        slot["start"] < "2027-01-05T20:00"
        for key, slot in before["Slot"].items()
        if key not in common
    }
    assert is_gone == {True}


def test_a_slot_has_a_number_to_call_and_no_link_by_default(api, practice):
    feed = read_feed(api)

    told = {
        tuple(each.get("valueString") for each in slot.get("extension", []))
        for slot in feed["Slot"].values()
        if actors(feed, slot).get("Location", {}).get("id") == str(practice.encino.pk)
    }
    elsewhere = [
        slot
        for slot in feed["Slot"].values()
        if actors(feed, slot)["PractitionerRole"]["id"] == str(practice.eve.pk)
    ]
    assert told == {("+13105550142", "+13105550142")}
    assert {slot["extension"][0]["valueString"] for slot in elsewhere} == {
        "(310) 555-0100"
    }


def test_without_a_number_there_is_none(api, practice):
    PracticePolicy.objects.update(callback_phone="")
    Office.objects.update(phone="")

    feed = read_feed(api)

    assert [slot for slot in feed["Slot"].values() if "extension" in slot] == []
    assert [each for each in feed["Location"].values() if "telecom" in each] == []


def test_a_slot_links_to_where_it_is_booked(api, practice, settings):
    settings.BOOKING_URL = (
        "https://www.example.org/book?slot={slot}&who={therapist}&where={office}"
        "&what={session_type}&how={mode}&at={starts_at}"
    )

    slots = read_feed(api)["Slot"]

    key, slot = next(
        (key, slot)
        for key, slot in slots.items()
        if slot["start"] == "2027-01-05T09:00:00-08:00"
    )
    link = (
        f"https://www.example.org/book?slot={key}&who={practice.ben.pk}&where=venice"
        "&what=intake-50&how=in_person&at=2027-01-05T09%3A00%3A00-08%3A00"
    )
    assert slot["extension"][:2] == [
        {
            "url": f"{base}/StructureDefinition/booking-deep-link",
            "valueUrl": link,
        }
        for base in (
            "http://fhir-registry.smarthealthit.org",
            "http://hl7.org/fhir/uv/smart-scheduling-links",
        )
    ]


@pytest.mark.parametrize(
    ("now", "before", "after"),
    [
        (
            at(NOW.date().replace(month=3, day=12), "08:00"),
            "2027-03-13T09:00:00-08:00",
            "2027-03-14T09:00:00-07:00",
        ),
        (
            at(NOW.date().replace(month=11, day=5), "08:00"),
            "2027-11-06T09:00:00-07:00",
            "2027-11-07T09:00:00-08:00",
        ),
    ],
)
def test_nine_stays_nine_when_the_clocks_change(api, db, now, before, after):
    with time_machine.travel(now, tick=False):
        practice = Practice()
        for weekday in (5, 6):
            AvailabilityRuleFactory.create(
                therapist=practice.ada,
                office=practice.encino,
                weekday=weekday,
                end_minute=10 * 60,
                mode=WorkMode.IN_PERSON,
            )
        feed = read_feed(api)
        until = now + timedelta(days=28)
        expected = searched(api, practice.intake, until)
        expected |= searched(api, practice.consultation, until)

    starts = {start for start, *_ in published(feed)}
    assert {before, after} <= starts
    assert published(feed) == expected


def test_each_slot_is_in_the_file_of_its_week(api, practice):
    weeks = {}
    for entry in api.get(MANIFEST).json()["output"]:
        if entry["type"] != "Slot":
            continue
        lines = api.get(entry["url"]).content.decode().splitlines()
        days = {json.loads(line)["start"][:10] for line in lines}
        weeks[entry["url"].split("slots-")[1]] = {at_week(day) for day in days}

    # On the last Monday nothing is before eight, when the four weeks are over.
    expected = {f"{name}.ndjson": {name} for name in WEEKS[:4]}
    assert weeks == expected | {f"{WEEKS[4]}.ndjson": set()}


def at_week(day):
    year, week, _ = NOW.date().fromisoformat(day).isocalendar()
    return f"{year}-W{week:02}"


@pytest.mark.parametrize("week", ["2026-W53", "2027-W06", "2027-W1", "nonsense"])
def test_a_week_that_is_not_published_is_not_there(
    api, practice, week, django_assert_num_queries
):
    with django_assert_num_queries(0):
        response = api.get(f"{FILES}slots-{week}.ndjson")

    assert response.status_code == 404


def test_a_practice_without_anybody_publishes_empty_files(api, db, frozen_now):
    assert read_feed(api) == {}
