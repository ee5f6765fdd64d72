"""What is published costs as many queries for a few therapists as for many."""

import pytest

from tests.factories.scheduling import AvailabilityRuleFactory
from tests.scheduling.publishing.practice import FILES, MANIFEST, PUBLIC

WEEKS = 5
KINDS = 2


@pytest.fixture
def more(request, practice):
    """So many more at work in Venice, in person, each with their own hours."""
    for number in range(request.param):
        therapist = practice.hires(
            f"Zoe {number}", [practice.venice], practice.ipt, telehealth=False
        )
        AvailabilityRuleFactory.create(
            therapist=therapist, office=practice.venice, weekday=number % 5
        )


@pytest.mark.parametrize("more", [0, 12], indirect=True)
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        (f"{PUBLIC}modalities/", 4),
        (f"{PUBLIC}therapists/", 5),
        # An intake with Ada in a week, in the fourth step; by video in the third.
        (f"{PUBLIC}first-slots/", 6 + (2 + 4) + (2 + 3)),
        (MANIFEST, 7 + KINDS * (2 + WEEKS)),
    ],
)
def test_the_queries_are_as_many_for_any_number_of_therapists(
    api, more, address, queries, django_assert_num_queries
):
    with django_assert_num_queries(queries):
        assert api.get(address).status_code == 200


def test_what_was_made_once_is_not_made_again(api, practice, django_assert_num_queries):
    api.get(MANIFEST)
    api.get(f"{PUBLIC}first-slots/")

    with django_assert_num_queries(0):
        answers = [
            api.get(MANIFEST),
            api.get(f"{FILES}locations.ndjson"),
            api.get(f"{FILES}slots-2027-W02.ndjson"),
            api.get(f"{PUBLIC}first-slots/"),
        ]

    assert [answer.status_code for answer in answers] == [200] * 4
