"""What is published, held against the definitions of FHIR.

`fhir.resources` checks names, types, formats and how often an element may stand there,
of R4B (4.3.0), in which these four resources are as in R4 (4.0.1). It does not check
codes, the length of ids, or where references lead, and takes a number for an instant;
that is done here.
"""

import re

import pytest
from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from tests.scheduling.publishing.practice import read_feed

KINDS = ["Location", "PractitionerRole", "Schedule", "Slot"]

# The codes that R4 requires, of the elements that are published.
REQUIRED = {
    ("Location", "status"): {"active", "suspended", "inactive"},
    ("Location", "mode"): {"instance", "kind"},
    ("Slot", "status"): {
        "busy",
        "free",
        "busy-unavailable",
        "busy-tentative",
        "entered-in-error",
    },
    ("ContactPoint", "system"): {
        "phone",
        "fax",
        "email",
        "pager",
        "url",
        "sms",
        "other",
    },
    ("ContactPoint", "use"): {"home", "work", "temp", "old", "mobile"},
    ("Address", "use"): {"home", "work", "temp", "old", "billing"},
    ("Address", "type"): {"postal", "physical", "both"},
}
INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})", re.ASCII
)
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)


def validate(resource):
    get_fhir_model_class(resource["resourceType"]).model_validate(resource)


def test_every_resource_is_what_fhir_says_it_is(api, practice, settings):
    settings.BOOKING_URL = "https://www.example.org/book/{slot}"

    feed = read_feed(api)

    assert sorted(feed) == KINDS
    for resources in feed.values():
        for resource in resources.values():
            validate(resource)


def test_codes_ids_and_instants_are_those_that_fhir_allows(api, practice):
    feed = read_feed(api)

    seen = set()
    for kind, resources in feed.items():
        for key, resource in resources.items():
            assert ID.fullmatch(key)
            for name, code in codes(kind, resource):
                assert code in REQUIRED[name]
                seen.add(name)
    assert seen == set(REQUIRED)
    for slot in feed["Slot"].values():
        assert INSTANT.fullmatch(slot["start"])
        assert INSTANT.fullmatch(slot["end"])


def codes(kind, resource):
    for holder, name in REQUIRED:
        parts = {
            kind: [resource],
            "ContactPoint": resource.get("telecom", []),
            "Address": [resource["address"]] if "address" in resource else [],
        }
        for part in parts.get(holder, []):
            if name in part:
                yield (holder, name), part[name]


def test_every_reference_leads_somewhere(api, practice):
    feed = read_feed(api)

    there = {f"{kind}/{key}" for kind, resources in feed.items() for key in resources}
    assert set(references(list(feed.values()))) <= there


def references(content):
    if isinstance(content, dict):
        if "reference" in content:
            yield content["reference"]
        for value in content.values():
            yield from references(value)
    elif isinstance(content, list):
        for value in content:
            yield from references(value)


def test_offices_have_what_the_guide_asks_of_a_location(api, practice):
    encino = read_feed(api)["Location"][str(practice.encino.pk)]

    assert encino == {
        "resourceType": "Location",
        "id": str(practice.encino.pk),
        "identifier": [
            {
                "system": "http://testserver/api/v1/smart-scheduling/offices",
                "value": "encino",
            }
        ],
        "status": "active",
        "name": "The Practice, Encino",
        "mode": "instance",
        "telecom": [{"system": "phone", "value": "+13105550142", "use": "work"}],
        "address": {
            "use": "work",
            "type": "physical",
            "line": ["1 Main Street"],
            "city": "Los Angeles",
            "state": "CA",
            "postalCode": "90001",
        },
    }


def test_a_schedule_says_what_a_therapist_says_they_offer(api, practice):
    schedules = read_feed(api)["Schedule"].values()

    comments = sorted({each["comment"] for each in schedules})
    assert comments == [
        "By video. For people who are in CA at that time. Says they offer "
        "Interpersonal Psychotherapy.",
        "In person. Says they offer CBT.",
        "In person. Says they offer Interpersonal Psychotherapy.",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"status": None},
        {"schedule": None},
        {"start": "2027-01-04T09:00:00"},
        {"start": "2027-01-04"},
        {"end": "tomorrow"},
        {"id": "with a blank"},
        {"therapist": "Ada"},
        {"extension": [{"valueUrl": "https://www.example.org"}]},
        {"extension": [{"url": "a", "valueUrl": "b", "valueString": "c"}]},
    ],
)
def test_the_check_can_fail(api, practice, change):
    slot = next(iter(read_feed(api)["Slot"].values()))
    validate(slot)

    changed = {
        name: value for name, value in (slot | change).items() if value is not None
    }

    with pytest.raises(ValidationError):
        validate(changed)
