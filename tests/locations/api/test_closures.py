from datetime import timedelta

from tests.factories.locations import ClosureFactory, OfficeFactory
from tests.times import MONDAY_9AM

CLOSURES = "/api/v1/closures/"


def test_a_closure_is_written_on_the_clock_of_its_office(manager):
    OfficeFactory.create(slug="new-york", timezone="America/New_York")
    body = {
        "office": "new-york",
        "starts_at": "2027-01-04T09:00:00-08:00",
        "ends_at": "2027-01-04T18:00:00Z",
        "reason": "Painters",
    }

    answer = manager.post(CLOSURES, body).json()

    assert answer == {
        "id": answer["id"],
        "office": "new-york",
        "starts_at": "2027-01-04T12:00:00-05:00",
        "ends_at": "2027-01-04T13:00:00-05:00",
        "timezone": "America/New_York",
        "reason": "Painters",
        "uncovered_appointments": [],
    }


def test_the_whole_practice_may_be_closed(manager):
    body = {"starts_at": "2027-01-04T17:00:00Z", "ends_at": "2027-01-04T18:00:00Z"}

    answer = manager.post(CLOSURES, body).json()

    assert [answer["office"], answer["starts_at"], answer["timezone"]] == [
        None,
        "2027-01-04T09:00:00-08:00",
        "America/Los_Angeles",
    ]


def test_closures_are_filtered_by_office_and_by_their_start(front_desk):
    venice = OfficeFactory.create(slug="venice")
    early, late = (
        ClosureFactory.create(
            office=venice, starts_at=MONDAY_9AM + timedelta(hours=hours)
        )
        for hours in (0, 1)
    )
    ClosureFactory.create(office=OfficeFactory.create(slug="city"))

    def found(query: str) -> list[str]:
        return [
            row["id"] for row in front_desk.get(f"{CLOSURES}?{query}").json()["results"]
        ]

    assert [
        found("office=venice"),
        found("office=venice&starts_after=2027-01-04T18:00:00Z"),
        found("office=venice&starts_before=2027-01-04T18:00:00Z"),
        len(found("office=venice&office=city")),
    ] == [[str(early.pk), str(late.pk)], [str(late.pk)], [str(early.pk)], 3]
