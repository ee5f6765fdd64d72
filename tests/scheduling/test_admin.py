import pytest
from django.contrib.admin import site
from django.test import Client
from django.urls import reverse

from scheduling.models import Appointment, AppointmentStatus, PracticePolicy
from tests.factories.config import UserFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AppointmentSeriesFactory,
    AvailabilityRuleFactory,
    MessageFactory,
    PracticePolicyFactory,
    TimeOffFactory,
)

pytestmark = pytest.mark.django_db

READ_ONLY = [
    "appointment",
    "appointmentseries",
    "attendance",
    "availabilityoverride",
    "availabilityrule",
    "message",
    "timeoff",
]


@pytest.fixture
def superuser():
    client = Client()
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


def address(model, page, *args):
    return reverse(f"admin:scheduling_{model}_{page}", args=args)


def test_admin_shows_every_list(superuser):
    MessageFactory.create()
    AvailabilityRuleFactory.create()
    TimeOffFactory.create()
    AppointmentSeriesFactory.create()
    PracticePolicyFactory.create()
    models = [
        model._meta.model_name  # noqa: SLF001  Django's public name
        for model in site._registry  # noqa: SLF001
        if model._meta.app_label == "scheduling"  # noqa: SLF001
    ]

    statuses = {
        name: superuser.get(address(name, "changelist")).status_code for name in models
    }

    assert statuses == dict.fromkeys(models, 200)
    assert statuses.keys() >= set(READ_ONLY)


@pytest.mark.parametrize("model", READ_ONLY)
def test_admin_makes_nothing_that_has_rules(superuser, model):
    assert superuser.get(address(model, "add")).status_code == 403


def test_admin_looks_at_appointments_and_changes_none(superuser):
    appointment = AppointmentFactory.create()

    looked = superuser.get(address("appointment", "change", appointment.pk))
    changed = superuser.post(
        address("appointment", "change", appointment.pk), {"status": "confirmed"}
    )
    deleted = superuser.post(
        address("appointment", "delete", appointment.pk), {"post": "yes"}
    )

    assert [each.status_code for each in (looked, changed, deleted)] == [200, 403, 403]
    assert Appointment.objects.get().status == AppointmentStatus.SCHEDULED


def test_admin_keeps_to_one_policy(superuser):
    first = superuser.get(address("practicepolicy", "add"))
    policy = PracticePolicyFactory.create()
    second = superuser.get(address("practicepolicy", "add"))
    deleted = superuser.post(
        address("practicepolicy", "delete", policy.pk), {"post": "yes"}
    )

    assert [each.status_code for each in (first, second, deleted)] == [200, 403, 403]
    assert PracticePolicy.objects.get() == policy
