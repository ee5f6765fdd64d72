import pytest
import time_machine

from tests.conftest import signed_in
from tests.factories.config import UserFactory
from tests.factories.locations import OfficeFactory
from tests.times import NOW

OFFICES = "/api/v1/offices/"


@pytest.mark.django_db
def test_someone_who_asks_too_often_is_told_when_to_come_back(api, settings):
    settings.THROTTLE_ANON = "2/min"
    OfficeFactory.create()

    with time_machine.travel(NOW, tick=False) as clock:
        answers = [api.get(OFFICES) for _ in range(3)]
        clock.shift(60)
        later = api.get(OFFICES)

    refused = answers[2]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert (refused["Retry-After"], refused.json()["code"]) == ("60", "throttled")
    assert refused.json()["detail"] == "Too many requests. Try again in 60 seconds."
    assert later.status_code == 200


@pytest.mark.django_db
def test_a_user_is_counted_apart_from_others(settings):
    settings.THROTTLE_USER = "1/min"
    settings.THROTTLE_ANON = "0/min"

    with time_machine.travel(NOW, tick=False):
        one, other = (signed_in(user) for user in UserFactory.create_batch(2))
        answers = [one.get(OFFICES), one.get(OFFICES), other.get(OFFICES)]

    assert [each.status_code for each in answers] == [200, 429, 200]
