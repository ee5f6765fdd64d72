import pytest
from django.db import IntegrityError

from scheduling.models import PolicyOverride, PracticePolicy
from tests.factories.clients import ClientFactory, PresentingConcernFactory
from tests.factories.scheduling import (
    AvailabilityRuleFactory,
    ModalityFactory,
    PolicyOverrideFactory,
    PracticePolicyFactory,
    SessionTypeFactory,
    TherapistFactory,
)

pytestmark = pytest.mark.django_db

POLICY = "/api/v1/policy/"
OVERRIDES = "/api/v1/policy-overrides/"
NOTHING = {
    "buffer_before_minutes": None,
    "buffer_after_minutes": None,
    "minimum_notice_hours": None,
    "booking_horizon_days": None,
    "late_cancel_hours": None,
    "no_show_grace_minutes": None,
    "sessions_per_day": None,
    "sessions_per_week": None,
    "sessions_in_a_row": None,
    "break_minutes": None,
}


def pointers(answer):
    return [error["pointer"] for error in answer.json()["errors"]]


def test_the_policy_is_read_by_staff_with_its_quiet_hours_on_the_wall(front_desk):
    PracticePolicyFactory.create(callback_phone="+13105550100", sessions_per_day=7)

    answer = front_desk.get(POLICY)

    assert answer.status_code == 200
    assert answer.json() == {
        "name": "My LA Therapy",
        "sender_label": "Your appointment",
        "callback_phone": "+13105550100",
        "minimum_notice_hours": 12,
        "booking_horizon_days": 120,
        "late_cancel_hours": 24,
        "no_show_grace_minutes": 15,
        "sessions_per_day": 7,
        "sessions_per_week": None,
        "sessions_in_a_row": None,
        "break_minutes": None,
        "hold_minutes": 5,
        "holds_per_user": 3,
        "default_travel_minutes": 30,
        "booked_notice_delay_minutes": 3,
        "quiet_from": "20:00",
        "quiet_until": "08:00",
        "sms_per_day": None,
        "sms_per_week": None,
        "offer_minutes": 120,
    }


def test_before_a_policy_is_saved_its_defaults_hold(manager):
    read = manager.get(POLICY).json()
    changed = manager.patch(POLICY, {"name": "The practice"}).json()

    assert (read["late_cancel_hours"], read["sessions_per_day"]) == (24, None)
    assert changed == read | {"name": "The practice"}
    assert PracticePolicy.objects.get().name == "The practice"


def test_the_manager_changes_the_policy_and_history_keeps_who(manager):
    PracticePolicyFactory.create()

    answer = manager.patch(
        POLICY,
        {
            "quiet_from": "21:30",
            "quiet_until": "07:15",
            "sessions_in_a_row": 4,
            "break_minutes": 30,
            "callback_phone": "(310) 555-0123",
        },
    )

    policy = PracticePolicy.objects.get()
    assert answer.status_code == 200
    assert (policy.quiet_from_minute, policy.quiet_until_minute) == (21 * 60 + 30, 435)
    assert (policy.sessions_in_a_row, policy.break_minutes) == (4, 30)
    assert policy.callback_phone == "+13105550123"
    change = policy.events.get(pgh_label="update")
    assert change.pgh_context.metadata["user"] is not None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"minimum_notice_hours": -1}, "minimum_notice_hours"),
        ({"minimum_notice_hours": 2161}, "minimum_notice_hours"),
        ({"minimum_notice_hours": None}, "minimum_notice_hours"),
        ({"booking_horizon_days": 0}, "booking_horizon_days"),
        ({"booking_horizon_days": 366}, "booking_horizon_days"),
        ({"late_cancel_hours": "24"}, "late_cancel_hours"),
        ({"no_show_grace_minutes": 241}, "no_show_grace_minutes"),
        ({"hold_minutes": 0}, "hold_minutes"),
        ({"hold_minutes": 61}, "hold_minutes"),
        ({"holds_per_user": 0}, "holds_per_user"),
        ({"holds_per_user": 21}, "holds_per_user"),
        ({"default_travel_minutes": 481}, "default_travel_minutes"),
        ({"sessions_per_day": 0}, "sessions_per_day"),
        ({"sessions_per_week": 351}, "sessions_per_week"),
        ({"sessions_in_a_row": 3}, "break_minutes"),
        ({"break_minutes": 30}, "break_minutes"),
        ({"sessions_in_a_row": 3, "break_minutes": 4}, "break_minutes"),
        ({"quiet_from": "24:00"}, "quiet_from"),
        ({"quiet_from": "8pm"}, "quiet_from"),
        ({"quiet_from": "07:00"}, "quiet_until"),
        ({"callback_phone": "call me"}, "callback_phone"),
        ({"sms_per_day": 0}, "sms_per_day"),
        ({"sms_per_week": 351}, "sms_per_week"),
        ({"offer_minutes": 14}, "offer_minutes"),
        ({"name": ""}, "name"),
        ({"singleton": False}, "singleton"),
        ({"id": "0197a000-0000-7000-8000-000000000000"}, "id"),
    ],
)
def test_a_policy_that_makes_no_sense_is_named_and_not_saved(manager, changes, field):
    PracticePolicyFactory.create()
    before = PracticePolicy.objects.values().get()

    answer = manager.patch(POLICY, changes)

    assert (answer.status_code, pointers(answer)) == (400, [f"/{field}"])
    assert PracticePolicy.objects.values().get() == before


def test_the_policy_is_neither_made_nor_deleted(manager):
    assert manager.post(POLICY, {}).status_code == 405
    assert manager.delete(POLICY).status_code == 405
    assert manager.put(POLICY, {}).status_code == 405


def test_an_override_is_made_for_a_therapist_and_changed(manager, front_desk):
    therapist = TherapistFactory.create()
    said = {"therapist": str(therapist.pk), "sessions_per_day": 5}

    made = manager.post(OVERRIDES, said)
    changed = manager.patch(
        f"{OVERRIDES}{made.json()['id']}/",
        {"sessions_per_day": None, "buffer_after_minutes": 15},
    )

    read = front_desk.get(f"{OVERRIDES}{made.json()['id']}/").json()
    assert (made.status_code, changed.status_code) == (201, 200)
    assert made.json() == NOTHING | said | {
        "id": made.json()["id"],
        "session_type": None,
    }
    assert read == made.json() | {"sessions_per_day": None, "buffer_after_minutes": 15}


def test_an_override_for_a_session_type_goes_by_its_slug_and_can_be_taken_back(manager):
    SessionTypeFactory.create()

    made = manager.post(
        OVERRIDES, {"session_type": "individual-50", "late_cancel_hours": 48}
    )
    deleted = manager.delete(f"{OVERRIDES}{made.json()['id']}/")

    assert made.json()["session_type"] == "individual-50"
    assert (deleted.status_code, PolicyOverride.objects.count()) == (204, 0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"therapist": None}, "therapist"),
        ({"session_type": "individual-50"}, "therapist"),
        ({"therapist": "7"}, "therapist"),
        ({"therapist": "0197a000-0000-7000-8000-000000000000"}, "therapist"),
        ({"session_type": "no-such"}, "session_type"),
        (
            {
                "therapist": None,
                "session_type": "individual-50",
                "buffer_after_minutes": 5,
            },
            "session_type",
        ),
        ({"buffer_before_minutes": 121}, "buffer_before_minutes"),
        ({"sessions_in_a_row": 2}, "break_minutes"),
        ({"sessions_per_week": 0}, "sessions_per_week"),
        ({"booking_horizon_days": 2.5}, "booking_horizon_days"),
        ({"hold_minutes": 5}, "hold_minutes"),
    ],
)
def test_an_override_that_makes_no_sense_is_named_and_not_saved(
    manager, changes, field
):
    SessionTypeFactory.create()
    therapist = str(TherapistFactory.create().pk)

    answer = manager.post(OVERRIDES, {"therapist": therapist} | changes)

    assert (answer.status_code, pointers(answer)) == (400, [f"/{field}"])
    assert PolicyOverride.objects.count() == 0


def test_a_second_override_for_the_same_therapist_is_a_conflict(manager):
    there = PolicyOverrideFactory.create()

    answer = manager.post(OVERRIDES, {"therapist": str(there.therapist_id)})

    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")
    assert PolicyOverride.objects.get() == there


def test_overrides_are_filtered_by_what_they_are_for(front_desk):
    therapist = PolicyOverrideFactory.create().therapist
    PolicyOverrideFactory.create()
    kind = SessionTypeFactory.create()
    PolicyOverrideFactory.create(session_type=kind)

    def found(**query):
        rows = front_desk.get(OVERRIDES, query).json()["results"]
        return [(row["therapist"], row["session_type"]) for row in rows]

    assert found(therapist=str(therapist.pk)) == [(str(therapist.pk), None)]
    assert found(session_type=kind.slug) == [(None, kind.slug)]
    assert len(found()) == 3
    assert front_desk.get(OVERRIDES, {"session_type": "none"}).status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_override_list_needs_the_same_queries_for_any_number_of_rows(
    front_desk, django_assert_num_queries, count
):
    for number in range(count):
        PolicyOverrideFactory.create()
        PolicyOverrideFactory.create(
            session_type=SessionTypeFactory.create(slug=f"type-{number}")
        )

    with django_assert_num_queries(4):
        answer = front_desk.get(OVERRIDES)

    assert len(answer.json()["results"]) == 2 * count


@pytest.mark.usefixtures("frozen_now")
def test_a_limit_is_told_and_overridden_at_the_front_desk(manager, front_desk):
    """From the manager's word to the booking that sets it aside."""
    hours = AvailabilityRuleFactory.create()
    one, other = ClientFactory.create_batch(2)
    manager.post(
        OVERRIDES, {"therapist": str(hours.therapist.pk), "sessions_per_day": 1}
    )
    body = {
        "therapist": str(hours.therapist.pk),
        "session_type": "individual-50",
        "office": hours.office.slug,
        "clients": [str(one.pk)],
        "starts_at": "2027-01-04T09:00:00-08:00",
    }
    second = body | {
        "clients": [str(other.pk)],
        "starts_at": "2027-01-04T13:00:00-08:00",
    }

    booked = front_desk.post("/api/v1/appointments/", body)
    refused = front_desk.post("/api/v1/appointments/", second)
    overridden = front_desk.post(
        "/api/v1/appointments/",
        second | {"override": ["daily_limit"], "override_reason": "They agreed."},
    )

    assert (booked.status_code, overridden.status_code) == (201, 201)
    assert (refused.status_code, refused.json()["reasons"]) == (
        422,
        [
            {
                "code": "daily_limit",
                "detail": "The therapist has as many sessions as they may on that day.",
            }
        ],
    )


@pytest.mark.parametrize(
    ("label", "word"),
    [
        ("My LA Therapy", "therap"),
        ("Dr. Quill, PhD", "phd"),
        ("Su psicóloga", "psic"),
        ("Alder House desk", "Alder House"),
        ("Grief and Loss, Encino", "Grief and loss"),
        ("Ask about IPT-B", "IPT"),
        ("Free consultation", "Free consultation"),
        ("From dr casey quill", "Dr. Casey Quill"),
    ],
)
def test_a_sender_label_that_tells_is_refused(label, word, manager):
    PracticePolicyFactory.create(name="Alder House")
    PresentingConcernFactory.create(name="Grief and loss")
    SessionTypeFactory.create(slug="consultation-15", name="Free consultation")
    TherapistFactory.create(display_name="Dr. Casey Quill")
    ModalityFactory.create()

    answer = manager.patch(POLICY, {"sender_label": label})

    assert (answer.status_code, pointers(answer)) == (400, ["/sender_label"])
    assert "tells what the practice does" in answer.json()["errors"][0]["detail"]
    assert PracticePolicy.objects.get().sender_label == "Your appointment"


def test_a_practice_does_not_take_the_name_that_its_label_says(manager):
    PracticePolicyFactory.create(sender_label="Desk at Alder House")

    answer = manager.patch(POLICY, {"name": "Alder House"})

    assert (answer.status_code, pointers(answer)) == (400, ["/sender_label"])


def test_a_neutral_sender_label_is_taken(manager):
    PracticePolicyFactory.create()

    answer = manager.patch(POLICY, {"sender_label": "Front desk, Main Street"})

    assert answer.status_code == 200
    assert PracticePolicy.objects.get().sender_label == "Front desk, Main Street"


@pytest.mark.parametrize("label", ["My LA Therapy", "Su PSICÓLOGA", "Jo Doe, LMFT"])
def test_the_database_refuses_a_sender_label_that_tells(label):
    with pytest.raises(IntegrityError, match="practice_policy_label_tells_nothing"):
        PracticePolicyFactory.create(sender_label=label)
