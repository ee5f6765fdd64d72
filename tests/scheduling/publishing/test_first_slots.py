"""The first slots, beside what a public search finds for each modality and place."""

from urllib.parse import urlencode

import time_machine

from scheduling.models import PracticePolicy
from tests.factories.locations import ClosureFactory
from tests.factories.scheduling import AvailabilityRuleFactory, TherapistFactory
from tests.scheduling.publishing.practice import PUBLIC
from tests.times import MONDAY, NOW, at

FIRST = f"{PUBLIC}first-slots/"
IPT, CBT = "interpersonal-psychotherapy", "cbt"


def told(api):
    """The first slot of each session type, modality and place."""
    return {
        (
            row["session_type"]["slug"],
            row["modality"]["slug"],
            row["office"] and row["office"]["slug"],
        ): row["slot"]
        for row in api.get(FIRST).json()["results"]
    }


def searched(api, kind, modality, office):
    query = {"session_type": kind, "modality": modality, "limit": 1}
    query |= (
        {"office": office, "mode": "in_person"} if office else {"mode": "telehealth"}
    )
    (slot,) = api.get(f"/api/v1/slots/?{urlencode(query)}").json()["results"]
    del slot["rooms_free"]
    return slot


def test_first_slots_are_those_that_a_public_search_finds_first(api, practice):
    found = told(api)

    assert found == {
        key: searched(api, *key)
        for key in (
            ("consultation-15", IPT, None),
            ("intake-50", CBT, "venice"),
            ("intake-50", IPT, "encino"),
            ("intake-50", IPT, None),
        )
    }
    assert {slot["starts_at"] for slot in found.values()} == {
        "2027-01-05T09:00:00-08:00",  # Ben, the next day: later than the notice
        "2027-01-07T09:00:00-08:00",  # Eve, by video, before Ada is there again
        "2027-01-11T09:00:00-08:00",  # Ada, in Encino: not today, for there is notice
    }


def test_first_slots_come_in_order_and_say_all_of_a_slot(api, practice):
    rows = api.get(FIRST).json()["results"]

    places = [(row["session_type"]["slug"], row["office"]) for row in rows]
    assert places == [
        ("intake-50", {"slug": "venice", "name": "Venice"}),
        ("intake-50", {"slug": "encino", "name": "Encino"}),
        ("intake-50", None),
        ("consultation-15", None),
    ]
    assert rows[0] == {
        "session_type": {"slug": "intake-50", "name": "First session"},
        "modality": {"slug": "cbt", "name": "CBT"},
        "office": {"slug": "venice", "name": "Venice"},
        "slot": {
            "starts_at": "2027-01-05T09:00:00-08:00",
            "ends_at": "2027-01-05T09:50:00-08:00",
            "timezone": "America/Los_Angeles",
            "mode": "in_person",
            "office": {"slug": "venice", "name": "Venice"},
            "therapist": {"id": str(practice.ben.pk), "display_name": "Ben Sato"},
            "session_type": "intake-50",
        },
    }


def test_what_is_offered_and_full_has_no_slot(api, practice):
    ClosureFactory.create(
        office=practice.venice,
        starts_at=NOW,
        ends_at=at(MONDAY.replace(month=4), "00:00"),
    )

    found = told(api)

    assert found["intake-50", CBT, "venice"] is None
    assert found["intake-50", IPT, "encino"] is not None


def test_first_slots_give_notice_on_the_day_the_clocks_change(api, practice):
    """Twelve hours after nine in the evening it is ten in the morning."""
    AvailabilityRuleFactory.create(
        therapist=practice.ada, office=practice.encino, weekday=6
    )
    PracticePolicy.objects.update(minimum_notice_hours=12)

    with time_machine.travel(at(MONDAY.replace(month=3, day=13), "21:00"), tick=False):
        found = told(api)

    slot = found["intake-50", IPT, "encino"]
    assert slot["starts_at"] == "2027-03-14T10:00:00-07:00"


def test_somebody_of_no_modality_and_of_nothing_for_new_clients_is_not_told(
    api, practice
):
    before = told(api)
    lea = TherapistFactory.create(
        display_name="Lea First",
        offices=[practice.venice],
        modalities=[practice.cbt],
        session_types=[practice.individual],
    )
    AvailabilityRuleFactory.create(therapist=lea, office=practice.venice)

    with time_machine.travel(NOW, tick=False):
        assert told(api) == before
