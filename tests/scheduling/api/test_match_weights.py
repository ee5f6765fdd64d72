"""The weights over HTTP: versions, drafts, and who makes them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from scheduling import match_weights
from scheduling.models import Match, MatchWeights
from tests.factories.clients import PresentingConcernFactory
from tests.factories.config import UserFactory
from tests.factories.matching import POINTS, MatchWeightsFactory
from tests.factories.scheduling import (
    AvailabilityRuleFactory,
    ModalityFactory,
    SessionTypeFactory,
)
from tests.threads import wait_until_done_or_blocked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

URL = "/api/v1/match-weights/"
IPT = "interpersonal-psychotherapy"


@pytest.fixture(autouse=True)
def modality():
    return ModalityFactory.create()


def table(**fields):
    return {"points": POINTS, "leading": [IPT], "supporting": 60} | fields


def test_the_manager_makes_the_next_version(manager):
    MatchWeightsFactory.create()
    points = {**POINTS, "language": 25}

    response = manager.post(URL, table(points=points, note="More Spanish speakers"))

    body = response.json()
    assert response.status_code == 201
    assert (body["version"], body["points"]) == (2, points)
    assert body["note"] == "More Spanish speakers"
    assert body["created_by"] == MatchWeights.objects.get(version=2).created_by.username
    assert match_weights.newest().version == 2


def test_the_front_desk_reads_the_versions_the_newest_first(front_desk):
    for version in (1, 2, 3):
        MatchWeightsFactory.create(version=version)

    body = front_desk.get(URL, {"limit": 2}).json()

    assert [row["version"] for row in body["results"]] == [3, 2]
    assert body["results"][0]["created_by"] is None
    assert [
        row["version"] for row in front_desk.get(body["next"]).json()["results"]
    ] == [1]


def test_a_table_that_says_the_same_is_refused(manager):
    MatchWeightsFactory.create()

    response = manager.post(URL, table(note="Again"))

    assert (response.status_code, response.json()["code"]) == (409, "weights_unchanged")
    assert MatchWeights.objects.count() == 1


REFUSED = {
    "without a criterion": table(
        points={k: v for k, v in POINTS.items() if k != "load"}
    ),
    "with one more": table(points={**POINTS, "looks": 5}),
    "more than a hundred": table(points={**POINTS, "load": 101}),
    "less than nothing": table(points={**POINTS, "load": -1}),
    "a text": table(points={**POINTS, "load": "5"}),
    "nothing counts": table(points=dict.fromkeys(POINTS, 0)),
    "an unknown modality": table(leading=["hypnosis"]),
    "a modality twice": table(leading=[IPT, IPT]),
    "more than all": table(supporting=101),
    "without points": {"leading": [], "supporting": 60},
    "a version of one's own": table(version=9),
    "a long note": table(note="x" * 201),
}


@pytest.mark.parametrize("name", REFUSED)
def test_half_a_table_is_refused(manager, name):
    MatchWeightsFactory.create()

    assert manager.post(URL, REFUSED[name]).status_code == 400
    assert MatchWeights.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_at_once_one_is_told_to_read_the_others_version_first():
    MatchWeightsFactory.create()
    one, other = UserFactory.create_batch(2)

    def make(user, most):
        points = {**POINTS, "concern": most}
        try:
            match_weights.add(points, leading=[], supporting=60, note="", by=user)
        except match_weights.WeightsChanged:
            return "changed"
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            match_weights.add(
                {**POINTS, "concern": 40}, leading=[], supporting=60, note="", by=one
            )
            work = pool.submit(make, other, 50)
            wait_until_done_or_blocked(work)
        assert work.result() == "changed"

    assert MatchWeights.objects.count() == 2
    assert match_weights.newest().created_by == one


def test_a_draft_is_shown_beside_the_newest_and_nothing_is_kept(manager):
    MatchWeightsFactory.create()
    kind = SessionTypeFactory.create(intake=True)
    grief = PresentingConcernFactory.create(slug="grief-and-loss", name="Grief")
    treating, speaking = (AvailabilityRuleFactory.create().therapist for _ in range(2))
    for therapist in (treating, speaking):
        therapist.session_types.set([kind])
    treating.concerns.set([grief])
    speaking.languages = ["es"]
    speaking.save(update_fields=["languages"])
    facts = {"main_concern": "grief-and-loss", "languages": ["es"]}
    draft = table(points={**POINTS, "language": 100})

    body = manager.post(f"{URL}preview/", draft | {"facts": facts}).json()

    def first(ranking):
        return body[ranking][0]["therapist"]["id"]

    assert (first("results"), first("newest")) == (str(speaking.pk), str(treating.pk))
    assert (body["weights"], body["excluded"]) == (1, [])
    assert MatchWeights.objects.count() == 1
    assert not Match.objects.exists()


def test_a_draft_is_checked_as_what_would_be_kept(manager):
    MatchWeightsFactory.create()
    SessionTypeFactory.create()

    response = manager.post(
        f"{URL}preview/", table(supporting=101) | {"facts": {"limit": 0}}
    )

    assert response.status_code == 400
    assert {error["pointer"] for error in response.json()["errors"]} == {
        "/supporting",
        "/facts/limit",
    }
