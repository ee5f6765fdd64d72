"""Clients as each role sees them."""

import pytest
from rest_framework.test import APIClient

from clients.models import AccessLog, Client
from config.roles import Role
from scheduling.api.caseload import clients_visible_to
from scheduling.models import AppointmentStatus
from tests.conftest import signed_in
from tests.factories.clients import ClientFactory
from tests.factories.config import UserFactory
from tests.factories.scheduling import AppointmentFactory, TherapistFactory
from tests.times import NOW

pytestmark = pytest.mark.django_db

CLIENTS = "/api/v1/clients/"
ANA = {
    "first_name": "Ana",
    "last_name": "Gomez",
    "born_on": "1990-05-17",
    "email": "ana@example.org",
}
CALLED_OFF = {
    AppointmentStatus.CANCELLED,
    AppointmentStatus.LATE_CANCELLED,
    AppointmentStatus.CANCELLED_BY_PRACTICE,
}


def answers(caller, client):
    row = f"{CLIENTS}{client.pk}/"
    return [
        caller.get(CLIENTS).status_code,
        caller.get(row).status_code,
        caller.post(CLIENTS, ANA).status_code,
        caller.patch(row, {"pronouns": "they"}).status_code,
        caller.delete(row).status_code,
        caller.put(row, ANA).status_code,
    ]


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.MANAGER])
def test_the_front_desk_reads_and_writes_and_nobody_deletes(role):
    caller = signed_in(UserFactory.create(role=role))

    assert answers(caller, ClientFactory.create()) == [200, 200, 201, 200, 405, 405]


def test_a_therapist_reads_their_own_client_and_writes_nothing(as_therapist):
    client = ClientFactory.create()
    appointment = AppointmentFactory.create(clients=[client])

    caller = as_therapist(appointment.therapist)

    assert answers(caller, client) == [200, 200, 403, 403, 403, 403]
    assert list(Client.objects.values_list("pk", "pronouns")) == [(client.pk, "")]


def test_a_therapist_does_not_learn_of_others(as_therapist):
    mine = AppointmentFactory.create()
    stranger = AppointmentFactory.create().clients.get()
    caller = as_therapist(mine.therapist)

    found = caller.get(f"{CLIENTS}?search={stranger.first_name}").json()["results"]
    response = caller.get(f"{CLIENTS}{stranger.pk}/")

    assert [each["id"] for each in found] == [str(mine.clients.get().pk)]
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert [each.clients for each in AccessLog.objects.all()] == [
        [mine.clients.get().pk]
    ]


@pytest.mark.parametrize(
    ("caller", "status"), [("anonymous", 401), ("without a role", 403)]
)
def test_those_without_a_role_get_nothing(caller, status):
    clients = {"anonymous": APIClient(), "without a role": signed_in(UserFactory())}

    assert answers(clients[caller], ClientFactory.create()) == [status] * 6
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize("status", AppointmentStatus)
def test_a_client_is_the_therapists_own_once_something_was_booked(status):
    therapist = TherapistFactory.create(user=UserFactory.create(role=Role.THERAPIST))
    client = ClientFactory.create()
    AppointmentFactory.create(
        therapist=therapist,
        clients=[client],
        status=status,
        hold_expires_at=NOW if status == AppointmentStatus.HELD else None,
        cancelled_at=NOW if status in CALLED_OFF else None,
    )

    never_booked = {AppointmentStatus.HELD, AppointmentStatus.RELEASED}
    assert list(clients_visible_to(therapist.user)) == (
        [] if status in never_booked else [client]
    )


def test_whoever_lost_the_role_sees_nobody():
    therapist = TherapistFactory.create(user=UserFactory.create())
    AppointmentFactory.create(therapist=therapist)

    assert list(clients_visible_to(therapist.user)) == []
