import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from clients.models import PresentingConcern
from config.roles import Role
from locations.models import Office, TravelTime
from scheduling import reference
from scheduling.models import (
    Modality,
    PracticePolicy,
    ReminderPlan,
    ReminderRule,
    SessionType,
)

pytestmark = pytest.mark.django_db

NOTHING = {
    "roles": 0,
    "offices": 0,
    "travel times": 0,
    "presenting concerns": 0,
    "modalities": 0,
    "session types": 0,
    "policy": 0,
    "reminder rules": 0,
    "match weights": 0,
}


def test_load_adds_the_practice_and_says_what(capsys):
    call_command("load_reference")

    assert capsys.readouterr().out == (
        "Added 3 roles, 5 offices, 10 travel times, 14 presenting concerns, "
        "7 modalities, 6 session types, 1 policy, 2 reminder rules, "
        "1 match weights.\n"
    )
    assert set(Group.objects.values_list("name", flat=True)) == set(Role.values)
    assert list(
        Office.objects.order_by("slug").values_list("slug", "street", "postal_code")
    ) == [
        ("brentwood", "12100 Wilshire Blvd. 8th Floor", "90025"),
        ("city", "10801 National Blvd.", "90064"),
        ("encino", "16055 Ventura Blvd.", "91436"),
        ("promenade", "127 Broadway Suite 205", "90401"),
        ("venice", "130 Ocean Park Blvd.", "90405"),
    ]
    assert (
        TravelTime.objects.get(
            origin__slug="venice", destination__slug="encino"
        ).minutes
        == 40
    )
    assert set(
        SessionType.objects.filter(for_new_clients=True).values_list("slug", flat=True)
    ) == {"consultation-15", "intake-50"}
    assert list(ReminderRule.objects.values_list("before_minutes", "channel")) == [
        (48 * 60, "email"),
        (24 * 60, "sms"),
    ]


def test_load_describes_interpersonal_psychotherapy():
    reference.load()

    modality = Modality.objects.get(slug="interpersonal-psychotherapy")
    assert modality.abbreviation == "IPT"
    assert modality.age_groups == ["adolescent", "adult"]
    assert modality.concerns.count() == 14
    assert 150 <= len(modality.description.split()) <= 250


def test_load_lets_managers_edit_in_the_admin():
    reference.load()

    may = {
        role: bool(Group.objects.get(name=role).permissions.count()) for role in Role
    }
    assert may == {Role.FRONT_DESK: False, Role.THERAPIST: False, Role.MANAGER: True}


def test_load_leaves_everything_as_staff_left_it():
    reference.load()
    Office.objects.filter(slug="venice").update(name="Ocean Park", is_active=False)
    Office.objects.filter(slug="city").update(slug="national")
    Modality.objects.get(slug="emdr").concerns.clear()
    Modality.objects.get(slug="psychodynamic-therapy").delete()
    PresentingConcern.objects.filter(slug="ptsd").update(is_active=False)
    SessionType.objects.filter(slug="intake-50").update(duration_minutes=75)
    PracticePolicy.objects.update(minimum_notice_hours=48)
    ReminderRule.objects.filter(channel="sms").update(before_minutes=120)
    ReminderRule.objects.filter(channel="email").delete()
    TravelTime.objects.filter(origin__slug="promenade").delete()
    before = everything()

    assert reference.load() == NOTHING

    assert everything() == before


def everything():
    models = [
        Office,
        TravelTime,
        PresentingConcern,
        Modality,
        Modality.concerns.through,
        SessionType,
        PracticePolicy,
        ReminderPlan,
        ReminderRule,
        Group,
    ]
    return {model: list(model.objects.order_by("pk").values()) for model in models}
