from datetime import timedelta

import pytest
import time_machine

from config import ids
from scheduling.models import Appointment, Attendance, Message
from tests.conftest import signed_in
from tests.factories.clients import ClientFactory
from tests.factories.config import UserFactory
from tests.factories.locations import RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    SessionTypeFactory,
)
from tests.times import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

APPOINTMENTS = "/api/v1/appointments/"
NOBODY = "01a00000-0000-7000-8000-000000000000"
AFTER = MONDAY_9AM + timedelta(hours=2)


@pytest.fixture
def group():
    """Two of at most four, in a room for four; until it begins nobody leaves late."""
    room = RoomFactory.create(capacity=4)
    kind = SessionTypeFactory.create(group=True)
    hours = AvailabilityRuleFactory.create(office=room.office)
    hours.therapist.session_types.add(kind)
    return AppointmentFactory.create(
        therapist=hours.therapist,
        session_type=kind,
        room=room,
        late_cancel_at=MONDAY_9AM,
        clients=ClientFactory.create_batch(2),
    )


def members(appointment):
    return list(appointment.clients.order_by("attendances__pk"))


def change(api, appointment, verb, body, *, version=1, **headers):
    return api.post(
        f"{APPOINTMENTS}{appointment.pk}/{verb}/",
        body,
        headers={"If-Match": f'"{version}"', **headers},
    )


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Appointment, Attendance, Message)
    ]


def part(client, attendance="expected", **fee):
    return {
        "id": str(client.pk),
        "display_name": client.display_name,
        "attendance": attendance,
        "fee": "none",
        "fee_reason": "",
        "fee_decided_at": None,
        "fee_decided_by": None,
        **fee,
    }


def test_members_are_added_and_removed_and_the_answer_shows_them_all(front_desk, group):
    one, other = members(group)
    third = ClientFactory.create()

    added = change(front_desk, group, "add-client", {"client": str(third.pk)})
    removed = change(
        front_desk,
        group,
        "remove-client",
        {"client": str(one.pk), "by": "client", "reason": "Away"},
        version=2,
    )

    assert (added.status_code, added["ETag"]) == (200, '"2"')
    assert added.json()["clients"] == [part(one), part(other), part(third)]
    assert (removed.status_code, removed["ETag"]) == (200, '"3"')
    assert removed.json()["status"] == "scheduled"
    assert removed.json()["clients"] == [
        part(one, "cancelled"),
        part(other),
        part(third),
    ]


def test_fees_are_waived_and_decided_with_who_and_why(group):
    one, other = members(group)
    user = UserFactory.create(
        role="front_desk", username="sam", first_name="Sam", last_name="Desk"
    )
    api = signed_in(user)
    by = {"id": str(ids.of_account(user)), "display_name": "Sam Desk"}

    with time_machine.travel(AFTER, tick=False):
        change(
            api,
            group,
            "remove-client",
            {
                "client": str(one.pk),
                "by": "client",
                "fee_waived": True,
                "fee_waived_reason": "Emergency",
            },
        )
        change(
            api,
            group,
            "add-client",
            {
                "client": str(one.pk),
                "override": ["past"],
                "override_reason": "Came after all.",
            },
            version=2,
        )
        change(
            api,
            group,
            "mark-attendance",
            {"client": str(other.pk), "attendance": "no_show"},
            version=3,
        )
        answer = change(
            api,
            group,
            "decide-fee",
            {"client": str(other.pk), "waived": True, "reason": "Ill"},
            version=4,
        )

    assert (answer.status_code, answer["ETag"]) == (200, '"5"')
    assert answer.json()["clients"] == [
        part(one),
        part(
            other,
            "no_show",
            fee="waived",
            fee_reason="Ill",
            fee_decided_at="2027-01-04T11:00:00-08:00",
            fee_decided_by=by,
        ),
    ]


def test_whoever_has_no_name_of_their_own_goes_by_the_one_they_sign_in_with(
    front_desk, group
):
    one, _ = members(group)
    body = {
        "client": str(one.pk),
        "by": "client",
        "fee_waived": True,
        "fee_waived_reason": "Ill",
    }

    answer = change(front_desk, group, "remove-client", body)

    decider = answer.json()["clients"][0]["fee_decided_by"]
    assert (
        decider["display_name"]
        == Attendance.objects.get(client=one).fee_decided_by.username
    )


def test_a_full_session_is_409(front_desk, group):
    for client in ClientFactory.create_batch(2):
        group.clients.add(client, through_defaults=_time_of(group))
    before = everything()

    answer = change(
        front_desk, group, "add-client", {"client": str(ClientFactory.create().pk)}
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "full")
    assert everything() == before


def test_who_is_busy_is_409_with_reasons_and_alternatives(front_desk, group):
    client = ClientFactory.create()
    AppointmentFactory.create(clients=[client])
    before = everything()

    answer = change(front_desk, group, "add-client", {"client": str(client.pk)})

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "slot_taken")
    assert [reason["code"] for reason in problem["reasons"]] == ["client_busy"]
    assert len(problem["alternatives"]) == 3
    assert everything() == before


def test_a_soft_rule_is_422_and_gives_way_to_a_reason(front_desk, group):
    group.therapist.accepts_new_clients = False
    group.therapist.save()
    body = {"client": str(ClientFactory.create().pk)}
    override = {"override": ["caseload"], "override_reason": "A sister."}

    refused = change(front_desk, group, "add-client", body)
    added = change(front_desk, group, "add-client", body | override)

    assert (refused.status_code, refused.json()["code"]) == (422, "rule_violated")
    assert added.status_code == 200
    assert added.json()["overridden"] == ["caseload"]
    assert added.json()["override_reason"] == "A sister."


@pytest.mark.parametrize(
    ("verb", "body", "pointer"),
    [
        ("add-client", {"client": NOBODY}, "/client"),
        ("add-client", {"client": 7}, "/client"),
        ("add-client", {"override": ["client_busy"]}, "/override"),
        ("add-client", {"override": ["consent"]}, "/override_reason"),
        ("remove-client", {"by": "nobody"}, "/by"),
        ("remove-client", {}, "/by"),
        ("remove-client", {"by": "client", "fee_waived": True}, "/fee_waived_reason"),
        (
            "remove-client",
            {"by": "client", "fee_waived_reason": "x"},
            "/fee_waived_reason",
        ),
        ("mark-attendance", {"attendance": "cancelled"}, "/attendance"),
        ("mark-attendance", {"attendance": "attended", "late": True}, "/late"),
        ("decide-fee", {"waived": True}, "/reason"),
        ("decide-fee", {"waived": True, "reason": " "}, "/reason"),
        ("decide-fee", {"waived": "yes", "reason": "Ill"}, "/waived"),
        ("decide-fee", {"reason": "Ill"}, "/waived"),
    ],
)
def test_a_malformed_change_is_400_and_names_what_is_wrong(
    front_desk, group, verb, body, pointer
):
    joins = verb == "add-client"
    client = ClientFactory.create() if joins else members(group)[0]
    before = everything()

    answer = change(front_desk, group, verb, {"client": str(client.pk)} | body)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert everything() == before


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("remove-client", {"by": "client"}),
        ("mark-attendance", {"attendance": "attended"}),
        ("decide-fee", {"waived": True, "reason": "Ill"}),
    ],
)
def test_a_client_of_another_session_is_400(front_desk, group, verb, body):
    stranger = ClientFactory.create()
    before = everything()

    with time_machine.travel(AFTER, tick=False):
        answer = change(front_desk, group, verb, {"client": str(stranger.pk)} | body)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/client"]
    assert everything() == before


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("add-client", {}),
        ("mark-attendance", {"attendance": "attended"}),
        ("decide-fee", {"waived": True, "reason": "Ill"}),
    ],
)
def test_what_the_session_does_not_allow_is_409(front_desk, group, verb, body):
    client, _ = members(group)
    before = everything()

    answer = change(front_desk, group, verb, {"client": str(client.pk)} | body)

    assert (answer.status_code, answer.json()["code"]) == (409, "invalid_transition")
    assert everything() == before


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("add-client", {}),
        ("remove-client", {"by": "client"}),
        ("mark-attendance", {"attendance": "attended"}),
        ("decide-fee", {"waived": True, "reason": "Ill"}),
    ],
)
def test_each_needs_the_version_that_was_seen(front_desk, group, verb, body):
    client, _ = members(group)
    body = {"client": str(client.pk)} | body
    before = everything()

    stale = change(front_desk, group, verb, body, version=7)
    missing = front_desk.post(f"{APPOINTMENTS}{group.pk}/{verb}/", body)

    assert (stale.status_code, missing.status_code) == (412, 428)
    assert everything() == before


def test_a_repeated_request_removes_once(front_desk, group):
    client, _ = members(group)
    body = {"client": str(client.pk), "by": "client"}
    key = {"Idempotency-Key": "k"}

    first = change(front_desk, group, "remove-client", body, **key)
    again = change(front_desk, group, "remove-client", body, **key)
    other = change(front_desk, group, "remove-client", body | {"by": "practice"}, **key)

    assert (first.status_code, again.status_code, other.status_code) == (200, 200, 422)
    assert again["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    group.refresh_from_db()
    assert group.version == 2


def test_a_therapist_marks_and_removes_but_neither_adds_nor_decides(
    as_therapist, group
):
    one, other = members(group)
    api = as_therapist(group.therapist)

    with time_machine.travel(AFTER, tick=False):
        statuses = [
            change(api, group, verb, body, version=version).status_code
            for version, verb, body in (
                (
                    1,
                    "mark-attendance",
                    {"client": str(one.pk), "attendance": "no_show"},
                ),
                (2, "remove-client", {"client": str(other.pk), "by": "practice"}),
                (3, "add-client", {"client": str(other.pk)}),
                (
                    3,
                    "decide-fee",
                    {"client": str(one.pk), "waived": True, "reason": "Ill"},
                ),
            )
        ]

    assert statuses == [200, 200, 403, 200]


def test_only_the_front_desk_corrects_what_is_closed(front_desk, as_therapist, group):
    client, _ = members(group)
    group.status = "completed"
    group.save(update_fields=["status"])
    group.attendances.update(status="attended")
    body = {"client": str(client.pk), "attendance": "no_show"}
    before = everything()

    with time_machine.travel(AFTER, tick=False):
        refused = change(as_therapist(group.therapist), group, "mark-attendance", body)
        assert everything() == before
        corrected = change(front_desk, group, "mark-attendance", body)

    assert (refused.status_code, corrected.status_code) == (409, 200)
    assert corrected.json()["clients"][0]["fee"] == "due"


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_that_names_deciders_needs_the_same_queries_for_any_number(
    front_desk, count, django_assert_num_queries
):
    for _ in range(count):
        appointment = AppointmentFactory.create(cancelled=True)
        appointment.attendances.update(
            status="late_cancelled",
            fee="waived",
            fee_reason="Ill",
            fee_decided_by=UserFactory.create(),
            fee_decided_at=MONDAY_9AM,
        )

    with django_assert_num_queries(5):  # session, user, roles; rows, attendances
        answer = front_desk.get(APPOINTMENTS)

    assert [
        bool(one["clients"][0]["fee_decided_by"]) for one in answer.json()["results"]
    ] == [True] * count


def _time_of(appointment):
    return {
        "starts_at": appointment.starts_at,
        "ends_at": appointment.ends_at,
        "occupies": True,
    }
