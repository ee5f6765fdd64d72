from datetime import timedelta

import pytest
import time_machine

from clients.models import AccessLog
from config.roles import Role
from scheduling import attendance
from scheduling.models import Guarantee, GuaranteeState, GuaranteeWords
from scheduling.words import keep_of_round
from tests.conftest import signed_in
from tests.factories.clients import ClientFactory
from tests.factories.config import UserFactory
from tests.factories.guarantees import (
    GuaranteeFactory,
    asked,
    attended,
    booked,
    came,
    in_state,
    matched,
    rematched,
    trial_of,
)
from tests.factories.intakes import IntakeFactory, IntakePersonFactory
from tests.factories.matching import MatchFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    SessionTypeFactory,
    TherapistFactory,
)
from tests.times import MONDAY_9AM, NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

URL = "/api/v1/guarantees/"
NO_FIT = {"by": "client", "reason": "approach", "words": "Too much homework"}
State = GuaranteeState


def of(guarantee, step=""):
    return f"{URL}{guarantee.pk}/{step}"


def post(api, address, body, version=1, **headers):
    return api.post(address, body, headers={"If-Match": f'"{version}"', **headers})


@pytest.fixture
def after_the_session():
    with time_machine.travel(MONDAY_9AM + timedelta(hours=2), tick=False):
        yield


def test_a_client_of_an_intake_is_promised_it_once(front_desk):
    person = IntakePersonFactory.create(client=ClientFactory.create())
    body = {"intake": str(person.intake.pk)}

    opened, again = front_desk.post(URL, body), front_desk.post(URL, body)

    assert (opened.status_code, opened["ETag"]) == (201, '"1"')
    assert opened.json() == {
        "id": str(Guarantee.objects.get().pk),
        "version": 1,
        "state": "intake",
        "may": ["choose"],
        "client": {
            "id": str(person.client.pk),
            "display_name": person.client.display_name,
        },
        "intake": str(person.intake.pk),
        "therapist": None,
        "trial": None,
        "ask_until": None,
        "credit_until": None,
        "credit_lapsed": False,
        "settlement": None,
        "rounds": [],
        "created_at": "2027-01-04T08:00:00-08:00",
    }
    assert (again.status_code, again.json()["code"]) == (409, "has_guarantee")
    assert again.json()["existing"] == opened.json()["id"]


def test_an_intake_that_is_not_registered_is_promised_nothing_yet(front_desk):
    person = IntakePersonFactory.create()

    response = front_desk.post(URL, {"intake": str(person.intake.pk)})

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "/intake"
    assert not Guarantee.objects.exists()


def test_who_had_a_session_before_is_promised_nothing(front_desk):
    client = ClientFactory.create()
    came(AppointmentFactory.create(clients=[client], starts_at=NOW - timedelta(300)))

    response = front_desk.post(URL, {"client": str(client.pk)})

    assert (response.status_code, response.json()["code"]) == (422, "not_new")
    assert not Guarantee.objects.exists()


def test_who_had_a_consultation_is_new_still(front_desk):
    client = ClientFactory.create()
    consultation = SessionTypeFactory.create(consultation=True)
    came(
        AppointmentFactory.create(
            clients=[client],
            session_type=consultation,
            starts_at=NOW - timedelta(days=1),
        )
    )

    assert front_desk.post(URL, {"client": str(client.pk)}).status_code == 201


def test_an_intake_of_somebody_else_is_refused(front_desk):
    client, person = ClientFactory.create(), IntakePersonFactory.create()

    response = front_desk.post(
        URL, {"client": str(client.pk), "intake": str(person.intake.pk)}
    )

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "/intake"
    assert not Guarantee.objects.exists()


def test_a_client_is_matched_at_once_when_a_therapist_was_chosen(front_desk):
    client, therapist = ClientFactory.create(), TherapistFactory.create()
    match = MatchFactory.create(ranked=[{"therapist": {"id": str(therapist.pk)}}])

    response = front_desk.post(
        URL,
        {
            "client": str(client.pk),
            "therapist": str(therapist.pk),
            "match": str(match.pk),
        },
    )

    told = response.json()
    assert (told["state"], told["version"], told["may"]) == (
        "matched",
        2,
        ["choose", "trial"],
    )
    assert told["therapist"]["id"] == str(therapist.pk)
    assert [each["match"] for each in told["rounds"]] == [str(match.pk)]


def test_a_match_that_is_not_of_the_intake_is_refused(front_desk):
    guarantee, therapist = (
        GuaranteeFactory.create(intake=IntakeFactory.create()),
        TherapistFactory.create(),
    )
    ranked = [{"therapist": {"id": str(therapist.pk)}}]
    for intake in (None, IntakeFactory.create()):
        match = MatchFactory.create(intake=intake, ranked=ranked)

        response = post(
            front_desk,
            of(guarantee, "choose/"),
            {"therapist": str(therapist.pk), "match": str(match.pk)},
        )

        assert response.status_code == 400
        assert response.json()["errors"][0]["pointer"] == "/match"
    assert front_desk.get(of(guarantee)).json()["state"] == "intake"


def test_a_therapist_whom_the_match_does_not_name_is_not_chosen_from_it(front_desk):
    guarantee = GuaranteeFactory.create()
    match = MatchFactory.create(ranked=[{"therapist": {"id": "somebody else"}}])

    response = post(
        front_desk,
        of(guarantee, "choose/"),
        {"therapist": str(TherapistFactory.create().pk), "match": str(match.pk)},
    )

    assert response.status_code == 400
    assert front_desk.get(of(guarantee)).json()["state"] == "intake"


def test_the_same_request_is_carried_out_once(front_desk, after_the_session):
    guarantee = attended()
    key = {"Idempotency-Key": "once"}

    first, second = (
        post(front_desk, of(guarantee, "ask-refund/"), NO_FIT, **key) for _ in "ab"
    )

    assert (first.status_code, second.status_code) == (200, 200)
    assert (second.json(), second["Idempotent-Replayed"]) == (first.json(), "true")


def test_what_was_read_before_somebody_else_changed_it_is_stale(
    front_desk, after_the_session
):
    guarantee = attended()
    post(front_desk, of(guarantee, "continue/"), {})

    response = post(front_desk, of(guarantee, "ask-refund/"), NO_FIT)

    assert (response.status_code, response.json()["code"]) == (412, "stale")


def test_the_whole_way_to_a_rematch_and_a_refund():
    desk, manager = (
        UserFactory.create(role=role) for role in (Role.FRONT_DESK, Role.MANAGER)
    )
    guarantee = attended()
    trial = trial_of(guarantee)
    with time_machine.travel(MONDAY_9AM + timedelta(days=1), tick=False):
        front_desk = signed_in(desk)
        told = front_desk.get(of(guarantee)).json()
        assert (told["state"], told["ask_until"]) == ("trial_attended", "2027-01-11")
        assert told["may"] == ["trial", "continue", "ask-rematch", "ask-refund"]

        told = post(front_desk, of(guarantee, "ask-rematch/"), NO_FIT).json()
        assert (told["state"], told["credit_until"], told["may"]) == (
            "rematch_asked",
            "2027-04-05",
            ["choose", "ask-refund"],
        )
        other = TherapistFactory.create()
        told = post(
            front_desk, of(guarantee, "choose/"), {"therapist": str(other.pk)}, 2
        ).json()
        assert (told["state"], told["therapist"]["id"]) == ("matched", str(other.pk))
    second = AppointmentFactory.create(
        therapist=other,
        clients=[guarantee.client],
        starts_at=MONDAY_9AM + timedelta(days=7),
        status="completed",
    )
    second.attendances.update(status="attended")
    with time_machine.travel(MONDAY_9AM + timedelta(days=8), tick=False):
        front_desk = signed_in(desk)
        told = front_desk.get(of(guarantee)).json()
        assert told["may"] == ["trial", "continue", "ask-refund"]
        told = post(front_desk, of(guarantee, "ask-refund/"), NO_FIT, 3).json()
        assert (told["state"], told["may"]) == ("refund_asked", ["refund", "decline"])
        body = {"amount_cents": 15_000, "reason": "As promised"}
        told = post(signed_in(manager), of(guarantee, "refund/"), body, 4).json()

    assert told["state"] == "refunded"
    settlement = told["settlement"]
    assert settlement.pop("decided_by")["id"]
    assert settlement == {
        "amount_cents": 15_000,
        "currency": "USD",
        "reason": "As promised",
        "decided_at": "2027-01-12T09:00:00-08:00",
    }
    assert [(each["outcome"], each["trial"]["id"]) for each in told["rounds"]] == [
        ("rematch_asked", str(trial.pk)),
        ("refund_asked", str(second.pk)),
    ]


def test_who_finds_nobody_else_asks_for_the_money_while_the_credit_lives(
    front_desk, manager
):
    guarantee = asked(State.REMATCH_ASKED)
    guarantee.credit_until = NOW.date()
    guarantee.save()
    keep_of_round(guarantee.current_id, "Too quiet", now=NOW - timedelta(hours=1))

    before = front_desk.get(of(guarantee)).json()
    told = post(front_desk, of(guarantee, "ask-refund/"), NO_FIT).json()

    assert (before["may"], before["credit_lapsed"]) == (["choose", "ask-refund"], False)
    assert (told["state"], told["may"], told["credit_until"]) == (
        "refund_asked",
        ["refund", "decline"],
        None,
    )
    told = manager.get(of(guarantee)).json()
    assert [(each["outcome"], each["words"]) for each in told["rounds"]] == [
        ("refund_asked", "Too quiet\n\nToo much homework")
    ]


def test_a_credit_that_went_by_is_told_as_lapsed(front_desk):
    guarantee = asked(State.REMATCH_ASKED)
    guarantee.credit_until = NOW.date() - timedelta(days=1)
    guarantee.save()

    told = front_desk.get(of(guarantee)).json()
    refusal = post(front_desk, of(guarantee, "ask-refund/"), NO_FIT)

    assert (told["state"], told["may"], told["credit_lapsed"]) == (
        "rematch_asked",
        [],
        True,
    )
    assert (refusal.status_code, refusal.json()["code"]) == (422, "credit_lapsed")


@pytest.mark.parametrize(
    ("step", "code"), [("choose/", 403), ("trial/", 403), ("refund/", 403)]
)
def test_a_therapist_neither_matches_nor_decides(as_therapist, step, code):
    guarantee = attended()

    response = post(as_therapist(guarantee.current.therapist), of(guarantee, step), {})

    assert response.status_code == code


def test_a_therapist_sees_and_says_it_of_their_own_clients_only(
    as_therapist, after_the_session
):
    mine, other = attended(), attended()
    api = as_therapist(mine.current.therapist)

    response = post(
        api, of(mine, "ask-rematch/"), {"by": "therapist", "reason": "other"}
    )

    assert response.status_code == 200, response.json()
    assert response.json()["rounds"][0]["said_by"] == "therapist"
    assert [each["id"] for each in api.get(URL).json()["results"]] == [str(mine.pk)]
    assert post(api, of(other, "ask-rematch/"), NO_FIT).status_code == 404


@pytest.mark.parametrize("step", ["ask-rematch/", "ask-refund/"])
def test_another_therapist_of_the_client_has_no_say(
    as_therapist, after_the_session, step
):
    guarantee = attended()
    another = AppointmentFactory.create(
        clients=[guarantee.client], starts_at=MONDAY_9AM + timedelta(days=2)
    )

    response = post(as_therapist(another.therapist), of(guarantee, step), NO_FIT)

    assert response.status_code == 403
    assert Guarantee.objects.with_progress().get().progress == State.TRIAL_ATTENDED


def test_words_are_for_the_manager_and_those_who_treat_the_client(
    front_desk, manager, as_therapist, after_the_session
):
    guarantee = attended()
    treating = as_therapist(guarantee.current.therapist)
    # Somebody whose session with the client was called off treats nobody.
    called_off = AppointmentFactory.create(
        clients=[guarantee.client],
        starts_at=MONDAY_9AM + timedelta(days=2),
        cancelled=True,
    )
    before = as_therapist(called_off.therapist)

    post(front_desk, of(guarantee, "ask-refund/"), NO_FIT)

    told = [
        api.get(of(guarantee)).json()["rounds"][0]["words"]
        for api in (front_desk, before, treating, manager)
    ]
    assert told == [None, None, NO_FIT["words"], NO_FIT["words"]]
    assert GuaranteeWords.objects.get().text == NO_FIT["words"]


def test_words_are_not_for_a_therapist_whose_session_the_client_has_left(
    front_desk, as_therapist, after_the_session
):
    guarantee = attended()
    post(front_desk, of(guarantee, "ask-refund/"), NO_FIT)
    of_two = AppointmentFactory.create(
        clients=[guarantee.client, ClientFactory.create()],
        starts_at=MONDAY_9AM + timedelta(days=5),
    )
    attendance.remove(of_two, guarantee.client, by="client", version=1, now=NOW)

    told = as_therapist(of_two.therapist).get(of(guarantee)).json()

    assert told["rounds"][0]["words"] is None


@pytest.mark.parametrize("count", [1, 3])
def test_list_needs_the_same_queries_for_any_number_of_rows(
    front_desk, count, django_assert_num_queries
):
    for _ in range(count):
        rematched()

    # Session, user, roles; rows, clients, rounds, parts; the access log.
    with django_assert_num_queries(8):
        response = front_desk.get(URL)

    assert len(response.json()["results"]) == count


def test_list_is_narrowed_by_what_follows_from_the_sessions(front_desk):
    first, second = booked(), matched()
    Guarantee.objects.filter(pk=second.pk).update(created_at=NOW)
    third = in_state(State.REFUND_ASKED, starts_at=MONDAY_9AM)
    office = trial_of(first).office.slug

    def found(query):
        return {
            each["id"] for each in front_desk.get(f"{URL}?{query}").json()["results"]
        }

    assert found("state=trial_booked") == {str(first.pk)}
    assert found("state=matched&state=refund_asked") == {str(second.pk), str(third.pk)}
    assert found(f"office={office}") == {str(first.pk)}
    assert found(f"client={third.client.pk}") == {str(third.pk)}
    assert found(f"therapist={second.current.therapist.pk}") == {str(second.pk)}
    assert found("since=2027-01-04T00:00:00-08:00") == {str(second.pk)}


def test_who_looks_is_noted(front_desk):
    guarantee = asked(State.CONTINUES)

    front_desk.get(of(guarantee))
    front_desk.get(URL)

    noted = AccessLog.objects.order_by("pk")
    assert [(each.action, each.clients) for each in noted] == [
        ("guarantee", [guarantee.client.pk]),
        ("guarantees", [guarantee.client.pk]),
    ]


def test_only_the_manager_decides_about_a_refund(front_desk):
    guarantee = asked(State.REFUND_ASKED)

    response = post(front_desk, of(guarantee, "decline/"), {"reason": "No"})

    assert response.status_code == 403
    assert Guarantee.objects.get().state == State.REFUND_ASKED


@pytest.mark.parametrize("amount", [0, -1, 1_000_001, "150.00", 1.5, None])
def test_an_amount_is_a_number_of_cents(amount):
    guarantee = asked(State.REFUND_ASKED)
    api = signed_in(UserFactory.create(role=Role.MANAGER))

    response = post(
        api, of(guarantee, "refund/"), {"amount_cents": amount, "reason": "x"}
    )

    assert response.status_code == 400
    assert Guarantee.objects.get().state == State.REFUND_ASKED
