from datetime import timedelta

import pytest
import time_machine

from config.ids import of_account
from config.roles import Role
from scheduling.models import Answer
from tests.conftest import signed_in
from tests.factories.clients import GuardianFactory
from tests.factories.config import UserFactory
from tests.factories.scheduling import AnswerFactory
from tests.times import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

WORK = "/api/v1/work-items/"


def address(reply, suffix=""):
    return f"/api/v1/replies/{reply.pk}/{suffix}"


def test_a_reply_is_told_with_its_words_and_the_end_of_its_number(front_desk):
    reply = AnswerFactory.create()

    told = front_desk.get(address(reply)).json()

    assert told == {
        "id": str(reply.pk),
        "kind": "words",
        "via": "sms",
        "at": "2027-01-04T08:00:00-08:00",
        "words": "I am late, sorry",
        "phone_ending": "0123",
        "client": {
            "id": str(reply.client_id),
            "display_name": reply.client.display_name,
        },
        "guardian": None,
        "appointment": str(reply.appointment_id),
        "message": str(reply.message_id),
        "resolved_at": None,
        "resolved_by": None,
    }
    [item] = front_desk.get(f"{WORK}?kind=reply").json()["results"]
    assert (item["kind"], item["at"], item["reply"]) == ("reply", told["at"], told)
    assert item["appointment"]["id"] == told["appointment"]


def test_a_reply_of_nobody_known_is_about_no_session(front_desk):
    AnswerFactory.create(message=None)

    [item] = front_desk.get(WORK).json()["results"]

    assert (item["appointment"], item["message"], item["reasons"]) == (None, None, [])
    assert (item["reply"]["client"], item["reply"]["phone_ending"]) == (None, "0123")
    assert "+1310555" not in str(item)


def test_a_guardian_is_named_beside_the_client(front_desk):
    guardian = GuardianFactory.create()
    reply = AnswerFactory.create(guardian=guardian, client=guardian.client)

    told = front_desk.get(address(reply)).json()

    assert told["guardian"]["display_name"] == guardian.display_name
    assert told["client"]["display_name"] == guardian.client.display_name


def test_who_resolves_a_reply_first_is_kept():
    reply = AnswerFactory.create(kind="call")
    one, other = UserFactory.create_batch(2, role=Role.FRONT_DESK)

    first = signed_in(one).post(address(reply, "resolve/"))
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        second = signed_in(other).post(address(reply, "resolve/"))

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert first.json()["resolved_at"] == "2027-01-04T08:00:00-08:00"
    assert first.json()["resolved_by"]["id"] == str(of_account(one))
    assert signed_in(one).get(f"{WORK}?kind=reply").json()["results"] == []


def test_resolving_by_key_is_replayed(front_desk):
    reply = AnswerFactory.create()
    key = {"Idempotency-Key": "a"}

    answers = [front_desk.post(address(reply, "resolve/"), headers=key) for _ in "ab"]

    assert answers[0].json() == answers[1].json()
    assert answers[1]["Idempotent-Replayed"] == "true"


def test_a_confirmation_is_no_reply(front_desk):
    said = AnswerFactory.create(kind="confirm", facts_version=1)

    assert front_desk.get(address(said)).status_code == 404
    assert front_desk.post(address(said, "resolve/")).status_code == 404


@pytest.mark.parametrize("body", [{"by": 1}, {"words": "x"}, []])
def test_resolving_takes_no_words(front_desk, body):
    reply = AnswerFactory.create()

    assert front_desk.post(address(reply, "resolve/"), body).status_code == 400
    assert Answer.objects.get().resolved_at is None


def test_a_therapist_reads_nobodys_words(as_therapist):
    reply = AnswerFactory.create()
    api = as_therapist(reply.appointment.therapist)

    assert api.get(address(reply)).status_code == 403
    assert api.post(address(reply, "resolve/")).status_code == 403
    assert "sorry" not in api.get(f"/api/v1/appointments/{reply.appointment_id}/").text
