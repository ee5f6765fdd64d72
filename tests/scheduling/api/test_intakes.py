"""Intakes over HTTP: sent by anybody, read and completed by the front desk."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from clients.models import AccessLog, Client
from config.models import IdempotencyKey
from config.roles import Role
from scheduling.models import Intake, IntakePerson, IntakeWords
from tests.conftest import signed_in
from tests.factories.clients import ClientFactory, PresentingConcernFactory
from tests.factories.config import UserFactory
from tests.factories.intakes import IntakeFactory, IntakePersonFactory
from tests.factories.locations import OfficeFactory
from tests.factories.scheduling import ModalityFactory, TherapistFactory
from tests.threads import in_threads
from tests.times import NOW

INTAKES = "/api/v1/intakes/"
AT_EIGHT = "2027-01-04T08:00:00-08:00"
ANA = {
    "first_name": "Ana",
    "last_name": "Gomez",
    "age": 34,
    "phone": "(310) 555-0123",
}
KIM = {"first_name": "Kim", "last_name": "Gomez", "born_on": "2014-03-02"}
EVA = {
    "role": "guardian",
    "first_name": "Eva",
    "last_name": "Gomez",
    "relationship": "mother",
    "email": "eva@example.org",
}
NOTE = "I have not slept since March."

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]


@pytest.fixture(autouse=True)
def practice():
    for slug in ("grief-and-loss", "anxiety"):
        PresentingConcernFactory.create(slug=slug)
    ModalityFactory.create()
    OfficeFactory.create(slug="venice")


def body(*people, **fields):
    return {
        "for_whom": "self",
        "people": list(people) or [ANA],
        "main_concern": "grief-and-loss",
        **fields,
    }


def minor(*people, **fields):
    return body(*(people or (KIM, EVA)), for_whom="minor", **fields)


def row(intake, suffix=""):
    return f"{INTAKES}{intake.pk}/{suffix}"


def seen(intake):
    return {"If-Match": f'"{intake.version}"'}


def test_anybody_sends_an_intake_and_is_told_no_more_than_that(api):
    response = api.post(INTAKES, body(note=NOTE))

    intake = Intake.objects.get()
    assert response.status_code == 201
    assert response.json() == {"id": str(intake.pk), "created_at": AT_EIGHT}
    assert (intake.source, intake.created_by, intake.status) == ("website", None, "new")
    assert IntakeWords.objects.get().text == NOTE


def test_the_front_desk_reads_all_of_it_but_the_note(api, front_desk):
    wishes = {
        "other_concerns": ["anxiety"],
        "modalities": ["interpersonal-psychotherapy"],
        "languages": ["es", "en"],
        "genders": ["woman"],
        "offices": ["venice"],
        "by_video": True,
        "weekdays": [1, 3],
        "time_from": "16:00",
        "time_to": "24:00",
        "start_within_days": 14,
        "musts": ["language", "hours"],
        "consents": {"sms": True, "email": False},
        "telehealth_consent_on": "2027-01-04",
        "consent_basis": "guardian",
        "state": "CA",
        "language": "es",
    }
    key = api.post(INTAKES, minor(**wishes, note=NOTE)).json()["id"]

    response = front_desk.get(f"{INTAKES}{key}/")

    kim, eva = IntakePerson.objects.order_by("position")
    nothing = {
        "preferred_name": "",
        "pronouns": "",
        "relationship": "",
        "born_on": None,
        "age": None,
        "email": "",
        "phone": "",
        "client": None,
    }
    expected = {
        "id": key,
        "status": "new",
        "source": "website",
        "version": 1,
        "for_whom": "minor",
        "main_concern": "grief-and-loss",
        "people": [
            nothing | KIM | {"id": str(kim.pk), "role": "client"},
            nothing | EVA | {"id": str(eva.pk)},
        ],
        **wishes,
        "closed_because": "",
        "created_at": AT_EIGHT,
        "created_by": None,
        "settled_at": None,
        "settled_by": None,
    }
    assert (response.json(), response["ETag"]) == (expected, '"1"')
    assert front_desk.get(INTAKES).json()["results"] == [expected]


@pytest.mark.parametrize(
    ("role", "source"),
    [
        (Role.FRONT_DESK, "front_desk"),
        (Role.MANAGER, "front_desk"),
        (Role.THERAPIST, "website"),
    ],
)
def test_what_the_front_desk_takes_down_is_theirs(role, source):
    user = UserFactory.create(role=role)

    signed_in(user).post(INTAKES, body())

    by = user if source == "front_desk" else None
    intake = Intake.objects.get()
    assert (intake.source, intake.created_by) == (source, by)


def test_the_answer_is_the_same_whoever_is_known(api, django_assert_num_queries):
    strangers = body(ANA | {"email": "new@example.org"})
    with django_assert_num_queries(17):
        first = api.post(INTAKES, strangers)
    known = ClientFactory.create()
    theirs = {
        "first_name": known.first_name,
        "last_name": known.last_name,
        "born_on": known.born_on.isoformat(),
        "email": known.email,
    }

    with django_assert_num_queries(17):
        second = api.post(INTAKES, body(theirs))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json().keys() == second.json().keys() == {"id", "created_at"}
    assert not AccessLog.objects.exists()


def test_a_page_of_another_origin_may_send_one_and_read_nothing_else(api, front_desk):
    origin = {"Origin": "https://www.practice.example"}
    asked = origin | {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,idempotency-key",
    }

    before = api.options(INTAKES, headers=asked)
    sent = api.post(INTAKES, body(), headers=origin)
    refused = api.post(INTAKES, body(for_whom="nobody"), headers=origin)
    listed = front_desk.get(INTAKES, headers=origin)
    shown = front_desk.get(row(Intake.objects.get()), headers=origin)

    assert (before.status_code, sent.status_code, refused.status_code) == (
        *(204, 201, 400),
    )
    assert before["Access-Control-Allow-Methods"] == "POST"
    assert before["Access-Control-Allow-Headers"] == "Content-Type, Idempotency-Key"
    for answer in (before, sent, refused):
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer
    for answer in (listed, shown):
        assert answer.status_code == 200
        assert "Access-Control-Allow-Origin" not in answer


def test_an_intake_that_is_sent_again_is_kept_once(api):
    key = {"Idempotency-Key": "5e0f0b1c-6a5c-4d5a-9f6d-2f9a2a7f3b11"}
    first = api.post(INTAKES, body(note=NOTE), headers=key)

    again = api.post(INTAKES, body(note=NOTE), headers=key)
    other = api.post(INTAKES, body(), headers=key)

    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert (Intake.objects.count(), IdempotencyKey.objects.get().user) == (1, None)


@pytest.mark.django_db(transaction=True)
def test_of_twins_that_nobody_signed_one_is_kept():
    key = {"Idempotency-Key": "one"}

    answers = in_threads(*[lambda: APIClient().post(INTAKES, body(), headers=key)] * 3)

    assert [each.status_code for each in answers] == [201] * 3
    assert {each.json()["id"] for each in answers} == {str(Intake.objects.get().pk)}


def test_a_key_of_nobody_is_not_that_of_a_user(api, front_desk):
    key = {"Idempotency-Key": "one"}

    answers = [each.post(INTAKES, body(), headers=key) for each in (api, front_desk)]

    assert [each.status_code for each in answers] == [201, 201]
    assert len({each.json()["id"] for each in answers}) == 2


def test_too_many_intakes_of_one_address_wait(api, front_desk, settings):
    settings.THROTTLE_INTAKE = "2/hour"

    answers = [api.post(INTAKES, body()) for _ in range(3)]

    assert [each.status_code for each in answers] == [201, 201, 429]
    assert answers[2]["Retry-After"] == "3600"
    assert front_desk.post(INTAKES, body()).status_code == 201
    assert api.get("/api/v1/offices/").status_code == 200


YOUNG = KIM | {"born_on": "2017-03-02"}
OLD_ENOUGH = KIM | {"phone": "310-555-0123"}
REFUSED = {
    "nobody": (body() | {"people": []}, "/people"),
    "only a guardian": (body(EVA), "/people"),
    "two for themselves": (body(ANA, ANA), "/people"),
    "a minor for themselves": (body(OLD_ENOUGH), "/people/0/born_on"),
    "a minor by age": (body(ANA | {"age": 17}), "/people/0/age"),
    "a guardian of an adult": (body(ANA, EVA), "/people/1/role"),
    "an adult as a minor": (minor(ANA, EVA), "/people/0/age"),
    "a minor without a guardian": (minor(OLD_ENOUGH), "/people"),
    "a minor alone whom nobody can reach": (
        minor(KIM, EVA, consent_basis="self_12plus"),
        "/people/0/email",
    ),
    "a couple of one": (body(ANA, for_whom="couple"), "/people"),
    "a couple of three": (body(ANA, ANA, ANA, for_whom="couple"), "/people"),
    "a couple with a minor": (body(ANA, KIM, for_whom="couple"), "/people/1/born_on"),
    "a family of one": (body(ANA, for_whom="family"), "/people"),
    "a family of seven": (body(*[ANA] * 7, for_whom="family"), "/people"),
    "a family of children": (body(KIM, OLD_ENOUGH, for_whom="family"), "/people"),
    "a basis for an adult": (body(consent_basis="guardian"), "/consent_basis"),
    "no age": (body(ANA | {"age": None}), "/people/0/born_on"),
    "birthday and age": (body(ANA | {"born_on": "1990-05-17"}), "/people/0/age"),
    "born tomorrow": (
        minor(KIM | {"born_on": "2027-01-05"}, EVA),
        "/people/0/born_on",
    ),
    "127 years old": (body(ANA | {"age": 127}), "/people/0/age"),
    "a negative age": (body(ANA | {"age": -1}), "/people/0/age"),
    "no way to reach anybody": (body(ANA | {"phone": ""}), "/people/0/email"),
    "no telephone number": (body(ANA | {"phone": "12"}), "/people/0/phone"),
    "no e-mail address": (body(ANA | {"email": "ana"}), "/people/0/email"),
    "a name of marks": (body(ANA | {"first_name": "<b>Ana"}), "/people/0/first_name"),
    "a name with a link": (
        body(ANA | {"last_name": "see http://x.example"}),
        "/people/0/last_name",
    ),
    "a name on two lines": (body(ANA | {"last_name": "a\nb"}), "/people/0/last_name"),
    "a name that turns": (body(ANA | {"last_name": "a\u202eb"}), "/people/0/last_name"),
    "a name too long": (body(ANA | {"last_name": "x" * 101}), "/people/0/last_name"),
    "no role": (body(ANA | {"role": "friend"}), "/people/0/role"),
    "a client": (body(ANA | {"client": None}), "/people/0/client"),
    "somebody who is there": (
        body(ANA | {"id": "01a2069e-917f-72c1-94e6-5972915f372d"}),
        "/people/0/id",
    ),
    "for nobody": (body(for_whom="friend"), "/for_whom"),
    "no concern": (body(main_concern="atlantis"), "/main_concern"),
    "the same concern": (body(other_concerns=["grief-and-loss"]), "/other_concerns"),
    "no office": (body(offices=["atlantis"]), "/offices"),
    "no modality": (body(modalities=["atlantis"]), "/modalities"),
    "no gender": (body(genders=["x"]), "/genders/0"),
    "no language": (body(languages=["english"]), "/languages/0"),
    "a language that is none": (body(language="zz"), "/language"),
    "too many languages": (
        body(languages=["aa", "bb", "cc", "dd", "ee", "ff"]),
        "/languages",
    ),
    "weekday 7": (body(weekdays=[7]), "/weekdays/0"),
    "a weekday twice": (body(weekdays=[1, 1]), "/weekdays"),
    "hours too short": (body(time_from="09:00", time_to="09:49"), "/time_to"),
    "hours too short for two": (
        body(ANA, ANA, for_whom="couple", time_from="09:00", time_to="10:19"),
        "/time_to",
    ),
    "hours reversed": (body(time_from="17:00", time_to="09:00"), "/time_to"),
    "within no days": (body(start_within_days=0), "/start_within_days"),
    "within 366 days": (body(start_within_days=366), "/start_within_days"),
    "a must that is no wish": (body(musts=["gender"]), "/musts/0"),
    "hours as a must, all day": (body(musts=["hours"]), "/musts/0"),
    "no must": (body(musts=["price"]), "/musts/0"),
    "consent tomorrow": (
        body(telehealth_consent_on="2027-01-05"),
        "/telehealth_consent_on",
    ),
    "consent by fax": (body(consents={"fax": True}), "/consents/fax"),
    "a status": (body(status="closed"), "/status"),
    "a version": (body(version=3), "/version"),
    "no state": (body(state="ca"), "/state"),
    "a note too long": (body(note="x" * 4001), "/note"),
    "a note with a control": (body(note="a\u0007"), "/note"),
    "a note of another kind": (body(note={"text": NOTE}), "/note"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_intake_that_makes_no_sense_is_refused(api, name):
    sent, pointer = REFUSED[name]

    response = api.post(INTAKES, sent)

    assert response.status_code == 400
    assert [each["pointer"] for each in response.json()["errors"]] == [pointer]
    assert not Intake.objects.exists()


def test_under_twelve_nobody_consents_alone(api):
    alone = YOUNG | {"phone": "310-555-0123"}

    response = api.post(INTAKES, minor(alone, consent_basis="self_12plus"))

    assert (response.status_code, response.json()["code"]) == (
        422,
        "guardian_must_consent",
    )
    assert not Intake.objects.exists()


TAKEN = {
    "a minor with a guardian": minor(),
    "a minor alone": minor(OLD_ENOUGH, consent_basis="self_12plus"),
    "a minor alone with a guardian": minor(
        OLD_ENOUGH, EVA, consent_basis="self_12plus"
    ),
    "a couple": body(ANA, ANA, for_whom="couple"),
    "a family": body(ANA, KIM, for_whom="family"),
    "a family with a guardian": body(KIM, KIM, EVA, for_whom="family"),
    "a family of six": body(*[ANA] * 6, for_whom="family"),
    "wishes as musts": body(
        by_video=True, weekdays=[0], musts=["concern", "place", "hours"]
    ),
    "a name in Persian": body(ANA | {"first_name": "\u0645\u06cc\u200c\u0646\u0627"}),
    "an apostrophe": body(ANA | {"last_name": "O'Neill & Sons"}),
}


@pytest.mark.parametrize("name", TAKEN)
def test_an_intake_that_makes_sense_is_taken(api, name):
    assert api.post(INTAKES, TAKEN[name]).status_code == 201


@pytest.mark.parametrize(
    "sent",
    [
        [],
        None,
        "x",
        {"people": "x"},
        {"people": [1]},
        {"people": [[ANA]]},
        {"people": {"0": ANA}},
        {"for_whom": ["self"], "people": [ANA], "main_concern": 3},
        {"people": [ANA] * 100},
        body(weekdays=[[0]], musts=[{}], genders="woman", offices={"a": 1}),
        body(consents=[], time_from=9, start_within_days="soon", by_video="yes"),
    ],
)
def test_a_body_of_another_shape_is_refused(api, sent):
    assert api.post(INTAKES, sent).status_code == 400


def test_a_body_that_is_too_large_is_refused(api):
    response = api.post(INTAKES, body(note="x" * 70_000))

    assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_a_refusal_repeats_nothing_that_was_sent(api):
    mark = "<script>alert(1)</script>"
    person = dict.fromkeys(["first_name", "last_name", "pronouns", "email"], mark)

    response = api.post(
        INTAKES,
        body(
            {**person, "role": mark, "phone": mark, "born_on": mark},
            **dict.fromkeys(["for_whom", "main_concern", "state", "note"], mark * 300),
            musts=[mark],
            genders=[mark],
        ),
    )

    assert response.status_code == 400
    assert "script" not in response.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=new", ["b", "a"]),
        ("status=closed&status=new", ["c", "b", "a"]),
        ("source=website", ["c", "a"]),
        ("for_whom=couple", ["b"]),
        ("concern=anxiety", ["c", "a"]),
        ("concern=anxiety&concern=grief-and-loss", ["c", "b", "a"]),
        ("created_after=2027-01-04T10:00:00-08:00", ["c"]),
        ("created_before=2027-01-04T10:00:00-08:00", ["b", "a"]),
        ("search=stone ali", ["a"]),
        ("search=0177", ["b"]),
        ("search=(310) 555-0177", ["b"]),
        ("search=bob@", ["b"]),
        ("search=nobody", []),
        ("limit=1", ["c"]),
    ],
)
def test_intakes_are_found_the_newest_first(front_desk, query, found):
    anxiety = PresentingConcernFactory.create(slug="anxiety")
    desk = {"source": "front_desk", "created_by": UserFactory.create()}
    a = IntakeFactory.create(main_concern=anxiety)
    b = IntakeFactory.create(for_whom="couple", **desk)
    c = IntakeFactory.create(closed=True)
    c.other_concerns.add(anxiety)
    IntakePersonFactory.create(intake=a, first_name="Alice", last_name="Stone")
    IntakePersonFactory.create(intake=b, email="bob@example.org", phone="+13105550177")
    for hours, intake in enumerate((a, b, c)):
        at = NOW + timedelta(hours=hours)
        Intake.objects.filter(pk=intake.pk).update(created_at=at)
    names = {str(a.pk): "a", str(b.pk): "b", str(c.pk): "c"}

    results = front_desk.get(f"{INTAKES}?{query}").json()["results"]

    assert [names[each["id"]] for each in results] == found


def test_pages_follow_each_other(front_desk):
    made = [str(IntakeFactory.create().pk) for _ in range(3)]

    first = front_desk.get(f"{INTAKES}?limit=2").json()
    second = front_desk.get(first["next"]).json()

    found = [each["id"] for each in first["results"] + second["results"]]
    assert found == made[::-1]


@pytest.mark.parametrize("query", ["status=gone", "concern=atlantis", "since=2027"])
def test_a_filter_that_makes_no_sense_is_refused(front_desk, query):
    assert front_desk.get(f"{INTAKES}?{query}").status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_list_needs_the_same_queries_for_any_number_of_rows(
    front_desk, count, django_assert_num_queries
):
    for _ in range(count):
        IntakePersonFactory.create_batch(2, intake=IntakeFactory.create())

    with django_assert_num_queries(9):
        response = front_desk.get(INTAKES)

    assert len(response.json()["results"]) == count


def test_who_is_shown_is_noted(front_desk):
    known = ClientFactory.create()
    tied = IntakePersonFactory.create(
        intake=IntakeFactory.create(registered=True), client=known
    )
    new = IntakePersonFactory.create()

    front_desk.get(INTAKES)
    front_desk.get(row(tied.intake))

    noted = [(each.action, set(each.clients)) for each in AccessLog.objects.all()]
    assert noted == [("intakes", {known.pk, new.pk}), ("intake", {known.pk})]


def test_the_front_desk_completes_what_was_missing(api, front_desk):
    api.post(INTAKES, minor(consents={"sms": False}, offices=["venice"]))
    intake = Intake.objects.get()
    kim, eva = front_desk.get(row(intake)).json()["people"]
    for person in (kim, eva):
        del person["client"]
    uncle = EVA | {"first_name": "Ray", "relationship": "uncle"}

    response = front_desk.patch(
        row(intake),
        {
            "people": [eva | {"phone": "310.555.0188"}, kim | {"age": None}, uncle],
            "musts": ["place"],
            "start_within_days": 7,
        },
        headers=seen(intake),
    )

    answer = response.json()
    people = IntakePerson.objects.order_by("position")
    assert (response.status_code, response["ETag"], answer["version"]) == (
        200,
        '"2"',
        2,
    )
    assert [(each.first_name, str(each.phone)) for each in people] == [
        ("Eva", "+13105550188"),
        ("Kim", ""),
        ("Ray", ""),
    ]
    assert [each["id"] for each in answer["people"][:2]] == [eva["id"], kim["id"]]
    assert answer["consents"] == {"sms": False, "email": True}
    assert (answer["musts"], answer["offices"]) == (["place"], ["venice"])


def test_who_turns_out_to_be_of_age_has_no_guardian(front_desk):
    intake = IntakeFactory.create(for_whom="minor", consent_basis="guardian")

    response = front_desk.patch(
        row(intake), {"for_whom": "self", "people": [ANA]}, headers=seen(intake)
    )

    answer = response.json()
    assert (answer["for_whom"], answer["consent_basis"]) == ("self", "")


def test_whoever_is_left_out_of_the_people_is_gone(front_desk):
    intake = IntakeFactory.create()
    _, second = IntakePersonFactory.create_batch(2, intake=intake)

    response = front_desk.patch(
        row(intake), {"people": [ANA | {"id": str(second.pk)}]}, headers=seen(intake)
    )

    [person] = response.json()["people"]
    assert (person["id"], person["first_name"], person["email"]) == (
        str(second.pk),
        "Ana",
        "",
    )


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"for_whom": "couple"}, "/people"),
        ({"musts": ["place"]}, "/musts/0"),
        ({"people": []}, "/people"),
        ({"note": "x"}, "/note"),
        ({"status": "closed"}, "/status"),
        ({"main_concern": None}, "/main_concern"),
        (
            {"people": [ANA | {"id": "01a2069e-917f-72c1-94e6-5972915f372d"}]},
            "/people/0/id",
        ),
    ],
)
def test_a_change_that_makes_no_sense_changes_nothing(front_desk, change, pointer):
    intake = IntakePersonFactory.create().intake
    before = front_desk.get(row(intake)).json()

    response = front_desk.patch(row(intake), change, headers=seen(intake))

    assert response.status_code == 400
    assert [each["pointer"] for each in response.json()["errors"]] == [pointer]
    assert front_desk.get(row(intake)).json() == before


def test_the_same_person_is_not_named_twice(front_desk):
    person = IntakePersonFactory.create(intake__for_whom="couple")
    again = ANA | {"id": str(person.pk)}

    response = front_desk.patch(
        row(person.intake), {"people": [again, again]}, headers=seen(person.intake)
    )

    assert response.json()["errors"][0]["pointer"] == "/people/1/id"


def test_whoever_has_not_seen_the_newest_version_changes_nothing(front_desk):
    intake = IntakePersonFactory.create().intake
    change = {"start_within_days": 7}
    front_desk.patch(row(intake), change, headers=seen(intake))

    stale = front_desk.patch(row(intake), {"by_video": True}, headers=seen(intake))
    unseen = front_desk.patch(row(intake), {"by_video": True})

    assert (stale.status_code, stale["ETag"], unseen.status_code) == (412, '"2"', 428)
    assert not Intake.objects.get().by_video


def test_an_intake_is_closed_with_a_reason_and_reopened(front_desk):
    intake = IntakePersonFactory.create().intake
    reason = {"reason": "Moved to Oregon"}

    closed = front_desk.post(row(intake, "close/"), reason, headers=seen(intake))
    refused = front_desk.patch(
        row(intake), {"by_video": True}, headers={"If-Match": closed["ETag"]}
    )
    opened = front_desk.post(
        row(intake, "reopen/"), {}, headers={"If-Match": closed["ETag"]}
    )

    told = ("status", "closed_because", "settled_at", "version")
    assert [closed.json()[name] for name in told] == [
        "closed",
        "Moved to Oregon",
        AT_EIGHT,
        2,
    ]
    assert closed.json()["settled_by"] is not None
    assert (refused.status_code, refused.json()["code"]) == (409, "intake_settled")
    assert [opened.json()[name] for name in told] == ["new", "", None, 3]


@pytest.mark.parametrize("state", [{}, {"registered": True}])
def test_only_what_was_closed_is_reopened(front_desk, state):
    intake = IntakePersonFactory.create(intake=IntakeFactory.create(**state)).intake

    response = front_desk.post(row(intake, "reopen/"), {}, headers=seen(intake))

    assert (response.status_code, response.json()["code"]) == (
        409,
        "invalid_transition",
    )


@pytest.mark.parametrize("reason", [{}, {"reason": ""}, {"reason": "<b>"}])
def test_to_close_takes_a_reason(front_desk, reason):
    intake = IntakePersonFactory.create().intake

    response = front_desk.post(row(intake, "close/"), reason, headers=seen(intake))

    assert response.json()["errors"][0]["pointer"] == "/reason"
    assert Intake.objects.get().status == "new"


def test_whom_they_may_be_is_told_to_the_front_desk(front_desk):
    intake = IntakeFactory.create(for_whom="minor")
    child = IntakePersonFactory.create(intake=intake, phone="", email="")
    IntakePersonFactory.create(intake=intake, role="guardian")
    same_name = ClientFactory.create(last_name=child.last_name)
    ClientFactory.create(first_name="Quincy", last_name="Zimmer", born_on=child.born_on)

    response = front_desk.get(row(intake, "duplicates/"))

    assert response.json() == {
        "results": [
            {
                "person": str(child.pk),
                "possible_duplicates": [
                    {
                        "id": str(same_name.pk),
                        "display_name": same_name.display_name,
                        "born_on": "1990-05-17",
                    }
                ],
            }
        ]
    }
    assert [(each.action, each.clients) for each in AccessLog.objects.all()] == [
        ("duplicates", [same_name.pk])
    ]
    assert Client.objects.count() == 2


def test_therapists_see_no_intakes(as_therapist):
    intake = IntakePersonFactory.create().intake
    therapist = as_therapist(TherapistFactory.create())

    answers = [therapist.get(address) for address in (INTAKES, row(intake))]

    assert [each.status_code for each in answers] == [403, 403]
