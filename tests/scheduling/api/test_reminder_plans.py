import pytest

from config.roles import Role
from scheduling.models import ReminderPlan, ReminderRule
from tests.conftest import signed_in
from tests.factories.clients import ClientFactory
from tests.factories.config import UserFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    ReminderPlanFactory,
    ReminderRuleFactory,
    SessionTypeFactory,
    TherapistFactory,
)

pytestmark = pytest.mark.django_db

PLANS = "/api/v1/reminder-plans/"
DEFAULTS: dict[str, object] = {
    "session_type": None,
    "client": None,
    "notices_by": "email",
    "tells_booked": True,
    "tells_moved": True,
    "tells_cancelled": True,
    "reminders": [],
}
TWO_DAYS = {"before_minutes": 2880, "channel": "email"}
A_DAY = {"before_minutes": 1440, "channel": "sms"}
TWO_HOURS = {"before_minutes": 120, "channel": "sms"}


def pointers(answer):
    return [error["pointer"] for error in answer.json()["errors"]]


def row(plan):
    return f"{PLANS}{plan.pk}/"


def test_the_practices_plan_is_made_with_its_reminders_the_first_first(
    manager, front_desk
):
    made = manager.post(PLANS, {"reminders": [A_DAY, TWO_HOURS, TWO_DAYS]})

    read = front_desk.get(f"{PLANS}{made.json()['id']}/").json()
    assert made.status_code == 201
    assert read == made.json()
    assert read == DEFAULTS | {
        "id": made.json()["id"],
        "reminders": [TWO_DAYS, A_DAY, TWO_HOURS],
    }


def test_a_plan_of_a_session_type_goes_by_its_slug_and_can_be_taken_back(manager):
    SessionTypeFactory.create()
    said = {"session_type": "individual-50", "tells_booked": False, "notices_by": "sms"}

    made = manager.post(PLANS, said | {"reminders": [A_DAY]})
    deleted = manager.delete(f"{PLANS}{made.json()['id']}/")

    assert made.json() == DEFAULTS | said | {
        "id": made.json()["id"],
        "reminders": [A_DAY],
    }
    assert deleted.status_code == 204
    assert (ReminderPlan.objects.count(), ReminderRule.objects.count()) == (0, 0)


def test_the_front_desk_writes_the_plan_of_a_client_who_wants_no_reminders(front_desk):
    client = ClientFactory.create()

    made = front_desk.post(PLANS, {"client": str(client.pk), "reminders": []})
    changed = front_desk.patch(
        f"{PLANS}{made.json()['id']}/", {"reminders": [A_DAY], "tells_moved": False}
    )

    assert (made.status_code, changed.status_code) == (201, 200)
    assert changed.json() == DEFAULTS | {
        "id": made.json()["id"],
        "client": str(client.pk),
        "tells_moved": False,
        "reminders": [A_DAY],
    }


def test_reminders_that_stay_are_not_written_again(manager):
    plan = ReminderPlanFactory.create()
    stays, goes = (
        ReminderRuleFactory.create(plan=plan, before_minutes=minutes)
        for minutes in (1440, 60)
    )

    left_out = manager.patch(row(plan), {"notices_by": "sms"}).json()
    changed = manager.patch(row(plan), {"reminders": [TWO_HOURS, A_DAY]}).json()

    assert left_out["reminders"] == [A_DAY, A_DAY | {"before_minutes": 60}]
    assert changed["reminders"] == [A_DAY, TWO_HOURS]
    assert list(stays.events.values_list("pgh_label", flat=True)) == ["insert"]
    assert not ReminderRule.objects.filter(pk=goes.pk).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"session_type": "individual-50"}, "client"),
        ({"client": "7"}, "client"),
        ({"client": "0197a000-0000-7000-8000-000000000000"}, "client"),
        ({"session_type": "no-such"}, "session_type"),
        ({"notices_by": "letter"}, "notices_by"),
        ({"tells_booked": None}, "tells_booked"),
        ({"tells_correction": True}, "tells_correction"),
        ({"reminders": None}, "reminders"),
        ({"reminders": [A_DAY, A_DAY]}, "reminders"),
        ({"reminders": [A_DAY | {"before_minutes": 29}]}, "reminders/0/before_minutes"),
        (
            {"reminders": [A_DAY | {"before_minutes": 14 * 24 * 60 + 1}]},
            "reminders/0/before_minutes",
        ),
        ({"reminders": [A_DAY | {"channel": "post"}]}, "reminders/0/channel"),
        ({"reminders": [A_DAY | {"plan": "x"}]}, "reminders/0/plan"),
        ({"reminders": [{"channel": "sms"}]}, "reminders/0/before_minutes"),
    ],
)
def test_a_plan_that_makes_no_sense_is_named_and_not_saved(manager, changes, field):
    SessionTypeFactory.create()
    client = str(ClientFactory.create().pk)

    answer = manager.post(PLANS, {"client": client, "reminders": []} | changes)

    assert (answer.status_code, pointers(answer)) == (400, [f"/{field}"])
    assert ReminderPlan.objects.count() == 0


def test_no_reminders_have_to_be_meant(manager):
    answer = manager.post(PLANS, {"client": str(ClientFactory.create().pk)})

    assert (answer.status_code, pointers(answer)) == (400, ["/reminders"])
    assert ReminderPlan.objects.count() == 0


def test_the_practices_plan_is_changed_but_never_taken_away(manager):
    plan = manager.post(PLANS, {"reminders": [A_DAY]}).json()["id"]

    answer = manager.delete(f"{PLANS}{plan}/")

    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
    assert ReminderRule.objects.count() == 1


def test_eleven_reminders_are_too_many(manager):
    many = [A_DAY | {"before_minutes": 60 + number} for number in range(11)]

    answer = manager.post(PLANS, {"reminders": many})

    assert answer.status_code == 400
    assert ReminderPlan.objects.count() == 0


@pytest.mark.parametrize("level", ["practice", "session_type", "client"])
def test_a_second_plan_for_the_same_is_a_conflict(manager, level):
    said = {"reminders": []} | {
        "practice": {},
        "session_type": {"session_type": SessionTypeFactory.create().slug},
        "client": {"client": str(ClientFactory.create().pk)},
    }[level]
    manager.post(PLANS, said)

    answer = manager.post(PLANS, said | {"tells_booked": False})

    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")
    assert ReminderPlan.objects.get().tells_booked is True


def test_whom_a_plan_is_for_stays(front_desk, manager):
    plan = ReminderPlanFactory.create(client=ClientFactory.create())

    answers = [
        front_desk.patch(row(plan), {"client": None}),
        manager.patch(row(plan), {"client": str(ClientFactory.create().pk)}),
        manager.patch(row(plan), {"session_type": None}),
    ]

    assert [(answer.status_code, pointers(answer)) for answer in answers] == [
        (400, ["/client"]),
        (400, ["/client"]),
        (400, ["/session_type"]),
    ]
    assert ReminderPlan.objects.get().client == plan.client


def written(caller, plan):
    """The answers to everything that can be asked of one plan."""
    said = {"client": str(plan.client_id)} if plan.client_id else {}
    ReminderPlan.objects.exclude(pk=plan.pk).delete()
    return [
        caller.get(PLANS).status_code,
        caller.get(row(plan)).status_code,
        caller.post(PLANS, said | {"reminders": []}).status_code,
        caller.patch(row(plan), {"notices_by": "sms"}).status_code,
        caller.delete(row(plan)).status_code,
    ]


@pytest.mark.parametrize(
    ("role", "of_the_practice", "of_a_client"),
    [
        (Role.MANAGER, [200, 200, 409, 200, 409], [200, 200, 409, 200, 204]),
        (Role.FRONT_DESK, [200, 200, 403, 403, 403], [200, 200, 409, 200, 204]),
        (Role.THERAPIST, [200, 200, 403, 403, 403], [200, 404, 403, 403, 403]),
        (None, [403] * 5, [403] * 5),
    ],
)
def test_who_may_do_what(role, of_the_practice, of_a_client):
    user = UserFactory.create(**{"role": role} if role else {})
    caller = signed_in(user)

    assert written(caller, ReminderPlanFactory.create()) == of_the_practice
    of_one = ReminderPlanFactory.create(client=ClientFactory.create())
    assert written(caller, of_one) == of_a_client


def test_nobody_sees_a_plan_without_signing_in(api):
    assert written(api, ReminderPlanFactory.create()) == [401] * 5


def test_a_therapist_sees_the_plans_of_their_own_clients(as_therapist):
    therapist = TherapistFactory.create()
    own, other = ClientFactory.create_batch(2)
    AppointmentFactory.create(therapist=therapist, clients=[own])
    everybodys = ReminderPlanFactory.create()
    seen = ReminderPlanFactory.create(client=own)
    ReminderPlanFactory.create(client=other)
    caller = as_therapist(therapist)

    found = caller.get(PLANS).json()["results"]
    of_the_other = caller.get(PLANS, {"client": str(other.pk)}).json()["results"]

    assert [each["id"] for each in found] == [str(everybodys.pk), str(seen.pk)]
    assert of_the_other == []


def test_plans_are_filtered_by_whom_they_are_for(front_desk):
    client, kind = ClientFactory.create(), SessionTypeFactory.create()
    ReminderPlanFactory.create()
    ReminderPlanFactory.create(session_type=kind)
    ReminderPlanFactory.create(client=client)

    def found(**query):
        rows = front_desk.get(PLANS, query).json()["results"]
        return [(each["session_type"], each["client"]) for each in rows]

    assert found(practice="true") == [(None, None)]
    assert found(practice="false") == [(kind.slug, None), (None, str(client.pk))]
    assert found(session_type=kind.slug) == [(kind.slug, None)]
    assert found(client=str(client.pk)) == [(None, str(client.pk))]
    assert front_desk.get(PLANS, {"level": "practice"}).status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_plan_list_needs_the_same_queries_for_any_number_of_rows(
    front_desk, django_assert_num_queries, count
):
    for number in range(count):
        plan = ReminderPlanFactory.create(
            session_type=SessionTypeFactory.create(slug=f"type-{number}")
        )
        ReminderRuleFactory.create(plan=plan)

    with django_assert_num_queries(5):
        answer = front_desk.get(PLANS)

    assert len(answer.json()["results"]) == count
