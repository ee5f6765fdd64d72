"""Matches over HTTP: what may be asked, by whom, and what is answered and kept."""

import json
from datetime import timedelta

import pytest

from clients.models import AccessLog, PresentingConcern
from config.ids import uuid7
from scheduling import firsts
from scheduling.models import (
    ForWhom,
    Intake,
    IntakePerson,
    IntakeSource,
    IntakeWords,
    Match,
    Modality,
    PersonRole,
)
from tests.factories.clients import ClientFactory, PresentingConcernFactory
from tests.factories.locations import OfficeFactory
from tests.factories.matching import POINTS, MatchFactory, MatchWeightsFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    ModalityFactory,
    PracticePolicyFactory,
    SessionTypeFactory,
    TherapistFactory,
)
from tests.times import MONDAY, NOW, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

URL = "/api/v1/matches/"


@pytest.fixture
def practice():
    """One who treats grief by Interpersonal Psychotherapy, and one who does not."""
    MatchWeightsFactory.create()
    grief = PresentingConcernFactory.create(slug="grief-and-loss", name="Grief")
    modality = ModalityFactory.create()
    modality.concerns.set([grief])
    kind = SessionTypeFactory.create(intake=True)
    rules = [AvailabilityRuleFactory.create(), AvailabilityRuleFactory.create()]
    one, other = (rule.therapist for rule in rules)
    for therapist in (one, other):
        therapist.session_types.set([kind])
    one.concerns.set([grief])
    one.modalities.set([modality])
    return one, other


def names(response):
    return [each["therapist"]["display_name"] for each in response.json()["results"]]


def test_a_match_tells_who_suits_best_and_why_and_is_kept(front_desk, practice):
    one, other = practice
    closed = TherapistFactory.create(accepts_new_clients=False)

    response = front_desk.post(URL, {"main_concern": "grief-and-loss"})

    body = response.json()
    assert response.status_code == 201
    assert names(response) == [one.display_name, other.display_name]
    best = body["results"][0]
    assert [
        (part["criterion"], part["points"], part["max"]) for part in best["parts"]
    ] == [
        ("concern", 30, 30),
        ("modality", 20, 20),
        ("soon", 5, 5),
        ("load", 5, 5),
    ]
    assert best["score"] == 60
    assert best["parts"][0]["why"] == "Says they treat Grief."
    assert [slot["starts_at"] for slot in best["slots"]] == [
        "2027-01-04T09:00:00-08:00",
        "2027-01-04T09:00:00-08:00",
        "2027-01-04T09:30:00-08:00",
    ]
    assert {slot["therapist"]["id"] for slot in best["slots"]} == {str(one.pk)}
    assert body["excluded"] == [
        {
            "therapist": {"id": str(closed.pk), "display_name": closed.display_name},
            "reasons": [
                {"code": "format", "detail": "Does not offer this kind of session."},
                {
                    "code": "not_accepting",
                    "detail": "Takes no new clients at present.",
                },
            ],
        }
    ]
    assert front_desk.get(f"{URL}{body['id']}/").json() == body
    match = Match.objects.get()
    assert (match.weights.version, body["weights"]) == (1, 1)
    assert match.facts["main_concern"] == "grief-and-loss"


def test_of_many_is_asked_who_could_be_first(front_desk, practice, monkeypatch):
    """By the same statement as a search, in a request that writes."""
    monkeypatch.setattr(firsts, "MANY", 1)

    response = front_desk.post(URL, {"main_concern": "grief-and-loss"})

    assert names(response) == [therapist.display_name for therapist in practice]


def test_the_newest_come_first_and_without_their_results(front_desk):
    first, second = MatchFactory.create(), MatchFactory.create()

    rows = front_desk.get(URL).json()["results"]

    assert [row["id"] for row in rows] == [str(second.pk), str(first.pk)]
    assert rows[0].keys() == {"id", "intake", "weights", "facts", "created_at"}


def test_an_intake_brings_its_own_facts_and_nobodys_name(front_desk, practice):
    one, other = practice
    intake = an_intake(PresentingConcern.objects.get(), genders=["woman"])

    body = front_desk.post(
        URL, {"intake": str(intake.pk), "earlier_therapists": [str(one.pk)]}
    ).json()

    match = Match.objects.get()
    assert match.intake == intake
    assert body["facts"]["main_concern"] == "grief-and-loss"
    assert body["facts"]["genders"] == ["woman"]
    assert body["facts"]["age_groups"] == ["adult"]
    assert [each["therapist"]["id"] for each in body["results"]] == [str(other.pk)]
    assert body["excluded"][0]["reasons"][0]["code"] == "earlier_therapist"
    kept = json.dumps([match.facts, match.ranked, match.excluded])
    assert not {word for word in ("Mara", "Lindqvist", "sister") if word in kept}


def test_slots_of_clients_keep_out_of_their_other_sessions(front_desk, practice):
    client = ClientFactory.create(telehealth_consent_on=MONDAY)
    AppointmentFactory.create(clients=[client])  # with somebody else, at nine
    intake = an_intake(PresentingConcern.objects.get(), client=client)

    body = front_desk.post(URL, {"intake": str(intake.pk)}).json()

    assert [slot["starts_at"] for slot in body["results"][0]["slots"]] == [
        "2027-01-04T10:00:00-08:00",
        "2027-01-04T10:00:00-08:00",
        "2027-01-04T10:30:00-08:00",
    ]


def test_anybody_may_ask_with_facts_and_nothing_is_kept(api, practice):
    one, other = practice
    busy = AppointmentFactory.create(therapist=one, starts_at=at(MONDAY, "12:00"))

    response = api.post(URL, {"main_concern": "grief-and-loss"})

    body = response.json()
    assert response.status_code == 200
    assert body.keys() == {"created_at", "results"}
    assert names(response) == [one.display_name, other.display_name]
    criteria = [part["criterion"] for part in body["results"][0]["parts"]]
    assert criteria == ["concern", "modality", "soon"]
    assert "taken" not in response.content.decode()
    assert busy.starts_at < NOW + timedelta(weeks=4)  # or it would be no load
    assert not Match.objects.exists()


def test_the_public_is_answered_slots_that_keep_the_notice(api, practice):
    PracticePolicyFactory.create(minimum_notice_hours=4)

    body = api.post(URL, {}).json()

    assert body["results"][0]["slots"][0]["starts_at"] == "2027-01-04T12:00:00-08:00"


@pytest.fixture
def clients(api, front_desk):
    """Anybody, and the front desk."""
    return api, front_desk


@pytest.mark.parametrize("musts", [[], ["hours"]])
@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"session_type": "individual-50"}, {}),
        ({"for_whom": "couple"}, {"couples": True}),
    ],
)
def test_the_public_is_answered_no_hours_of_what_somebody_new_may_not_book(
    clients, practice, facts, kind, musts
):
    api, front_desk = clients
    for therapist in practice:
        therapist.session_types.add(SessionTypeFactory.create(**kind))
    facts = {**facts, "weekdays": [0], "musts": musts}

    told, known = api.post(URL, facts), front_desk.post(URL, facts)

    assert (names(told), len(names(known))) == (names(known), 2)
    for each in told.json()["results"]:
        assert (each["slots"], each["parts"]) == ([], [])
    for each in known.json()["results"]:
        assert len(each["slots"]) == 3


def test_what_is_taken_shows_nowhere_in_what_the_public_is_answered(clients, practice):
    """Neither in the order of equals nor in a slot."""
    api, front_desk = clients
    one, other = practice
    AppointmentFactory.create(therapist=one, starts_at=at(MONDAY, "12:00"))

    told, known = api.post(URL, {}), front_desk.post(URL, {})

    assert names(told) == [one.display_name, other.display_name]
    assert names(known) == [other.display_name, one.display_name]
    assert "rooms_free" not in told.content.decode()
    assert "rooms_free" in known.content.decode()


@pytest.mark.parametrize("name", ["intake", "earlier_therapists", "weights"])
def test_the_public_names_nobody_and_chooses_no_weights(api, practice, name):
    response = api.post(URL, {name: [] if name == "earlier_therapists" else "1"})

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == f"/{name}"


def test_the_public_has_a_throttle_of_its_own(api, front_desk, practice, settings):
    settings.THROTTLE_MATCHES = "1/day"

    answers = [api.post(URL, {}).status_code for _ in range(2)]

    assert answers == [200, 429]
    assert api.get("/api/v1/therapists/").status_code == 200
    assert [front_desk.post(URL, {}).status_code for _ in range(2)] == [201, 201]


def test_only_a_manager_asks_by_an_older_version(front_desk, manager, practice):
    MatchWeightsFactory.create(version=2, points={**POINTS, "concern": 90})

    assert front_desk.post(URL, {"weights": 1}).status_code == 403
    body = manager.post(URL, {"weights": 1, "main_concern": "grief-and-loss"}).json()

    assert (body["weights"], body["results"][0]["parts"][0]["max"]) == (1, 30)
    newest = front_desk.post(URL, {"main_concern": "grief-and-loss"}).json()
    assert (newest["weights"], newest["results"][0]["parts"][0]["max"]) == (2, 90)


def test_without_weights_nobody_is_ranked(front_desk):
    SessionTypeFactory.create()

    response = front_desk.post(URL, {})

    assert (response.status_code, response.json()["code"]) == (409, "no_weights")


def test_what_the_practice_offers_no_more_is_told_of_nobody_and_gives_no_points(
    clients, practice
):
    modality = Modality.objects.get()
    Modality.objects.update(is_active=False)

    for client in clients:
        response = client.post(URL, {"main_concern": "grief-and-loss"})

        parts = {
            part["criterion"]: part["points"]
            for part in response.json()["results"][0]["parts"]
        }
        assert (parts["concern"], parts["modality"]) == (30, 0)
        assert modality.name not in response.content.decode()


@pytest.mark.parametrize(
    ("name", "factory"),
    [
        ("main_concern", PresentingConcernFactory),
        ("other_concerns", PresentingConcernFactory),
        ("modalities", ModalityFactory),
        ("offices", OfficeFactory),
    ],
)
def test_nobody_wishes_for_what_is_offered_no_more(clients, practice, name, factory):
    slug = factory.create(slug="gone", name="Gone", is_active=False).slug
    body = {name: slug if name == "main_concern" else [slug]}

    for client in clients:
        response = client.post(URL, body)

        assert response.status_code == 400
        assert response.json()["errors"][0]["pointer"].startswith(f"/{name}")


def test_who_looks_at_the_match_of_an_intake_is_noted(front_desk, practice):
    client = ClientFactory.create(telehealth_consent_on=MONDAY)
    known = an_intake(PresentingConcern.objects.get(), client=client)
    new = an_intake(PresentingConcern.objects.get())
    person = new.people.get()
    match = front_desk.post(URL, {"intake": str(known.pk)}).json()
    MatchFactory.create(intake=new)
    of_nobody = MatchFactory.create()
    front_desk.get(URL)
    front_desk.get(f"{URL}{match['id']}/")
    front_desk.get(f"{URL}{of_nobody.pk}/")

    noted = AccessLog.objects.order_by("pk")

    assert [(each.action, set(each.clients)) for each in noted] == [
        ("match", {client.pk}),
        ("matches", {client.pk, person.pk}),
        ("match", {client.pk}),
    ]


REFUSED = {
    "unknown field": ({"concern": "grief-and-loss"}, "/concern"),
    "unknown concern": ({"main_concern": "sadness"}, "/main_concern"),
    "unknown intake": ({"intake": str(uuid7())}, "/intake"),
    "unknown version": ({"weights": 7}, "/weights"),
    "hours reversed": ({"time_from": "18:00", "time_to": "17:00"}, "/time_to"),
    "hours too short": ({"time_from": "10:00", "time_to": "10:49"}, "/time_to"),
    "ages twice": ({"ages": [30], "age_groups": ["adult"]}, "/age_groups"),
    "too old": ({"ages": [127]}, "/ages/0"),
    "a minor without age": ({"for_whom": "minor"}, "/ages"),
    "a minor of age": ({"for_whom": "minor", "ages": [18]}, "/ages"),
    "a minor among adults": (
        {"for_whom": "minor", "age_groups": ["child", "adult"]},
        "/age_groups",
    ),
    "two for one": ({"ages": [30, 31]}, "/ages"),
    "a couple without a session": ({"for_whom": "couple"}, "/session_type"),
    "a must that nobody wished for": ({"musts": ["gender"]}, "/musts"),
    "a must without hours": ({"weekdays": [], "musts": ["hours"]}, "/musts"),
    "a must that is none": ({"musts": ["load"]}, "/musts/0"),
    "a day that is none": ({"weekdays": [7]}, "/weekdays/0"),
    "a state in full": ({"state": "California"}, "/state"),
    "nobody answered": ({"limit": 0}, "/limit"),
    "everybody answered": ({"limit": 51}, "/limit"),
    "a list": ([], ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_makes_no_sense_is_refused(manager, practice, name):
    body, pointer = REFUSED[name]

    response = manager.post(URL, body)

    assert response.status_code == 400, response.content
    assert pointer in {
        error["pointer"] for error in response.json().get("errors", [{"pointer": ""}])
    }
    assert not Match.objects.exists()


def test_an_intake_says_everything_itself(front_desk, practice):
    intake = an_intake(PresentingConcern.objects.get())

    response = front_desk.post(URL, {"intake": str(intake.pk), "state": "NV"})

    assert response.json()["errors"][0]["pointer"] == "/state"


def an_intake(concern, client=None, **fields):
    intake = Intake.objects.create(
        source=IntakeSource.WEBSITE,
        for_whom=ForWhom.SELF,
        main_concern=concern,
        **fields,
    )
    IntakePerson.objects.create(
        intake=intake,
        role=PersonRole.CLIENT,
        position=0,
        first_name="Mara",
        last_name="Lindqvist",
        age=40,
        client=client,
    )
    IntakeWords.objects.create(intake=intake, text="Since my sister died.")
    return intake
