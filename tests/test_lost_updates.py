"""Two people change one row at the same moment: neither change is lost."""

import pytest

from config.roles import Role
from scheduling.models import Therapist, TimeOff
from tests.conftest import signed_in
from tests.factories.config import UserFactory
from tests.factories.scheduling import TherapistFactory, TimeOffFactory
from tests.scheduling.test_booking_races import at_once

ROUNDS = 5

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_therapist_and_the_manager_change_one_profile():
    therapist = TherapistFactory.create(user=UserFactory.create(role=Role.THERAPIST))
    manager = UserFactory.create(role=Role.MANAGER)
    address = f"/api/v1/therapists/{therapist.pk}/"

    for number in range(ROUNDS):
        accepts = bool(number % 2)
        answers = at_once(
            [
                lambda text=f"Number {number}": signed_in(therapist.user).patch(
                    address, {"profile": text}
                ),
                lambda accepts=accepts: signed_in(manager).patch(
                    address, {"accepts_new_clients": accepts}
                ),
            ]
        )
        assert [answer.status_code for answer in answers] == [200, 200]
        row = Therapist.objects.get()
        assert (row.profile, row.accepts_new_clients) == (f"Number {number}", accepts)


def test_time_off_that_was_called_off_does_not_come_back():
    desk = UserFactory.create(role=Role.FRONT_DESK)

    for _ in range(ROUNDS):
        address = f"/api/v1/time-off/{TimeOffFactory.create().pk}/"
        patched, deleted = at_once(
            [
                lambda address=address: signed_in(desk).patch(address, {"note": "x"}),
                lambda address=address: signed_in(desk).delete(address),
            ]
        )
        assert deleted.status_code == 204
        assert patched.status_code in {200, 404}
        assert not TimeOff.objects.exists()
