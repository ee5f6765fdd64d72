from uuid import RFC_4122

from config import ids
from config.roles import Role
from tests.conftest import signed_in
from tests.factories.config import UserFactory
from tests.factories.scheduling import TherapistFactory

ME = "/api/v1/me/"


def test_me_tells_who_is_signed_in(db):
    user = UserFactory.create(
        username="maria", first_name="Maria", last_name="Lopez", role=Role.FRONT_DESK
    )

    assert signed_in(user).get(ME).json() == {
        "id": str(ids.of_account(user)),
        "username": "maria",
        "display_name": "Maria Lopez",
        "roles": ["front_desk"],
        "therapist": None,
    }


def test_an_account_has_an_id_of_its_own_that_stays(db):
    users = UserFactory.create_batch(3)

    first, again = ([ids.of_account(user) for user in users] for _ in range(2))

    assert first == again
    assert len(set(first)) == 3
    assert {(each.version, each.variant) for each in first} == {(7, RFC_4122)}


def test_me_tells_a_therapist_which_one_they_are(
    as_therapist, django_assert_num_queries
):
    therapist = TherapistFactory.create(display_name="Dr. Ada Kim")
    client = as_therapist(therapist)

    with django_assert_num_queries(4):
        answer = client.get(ME).json()

    assert (answer["roles"], answer["therapist"]) == (
        ["therapist"],
        {"id": str(therapist.pk), "display_name": "Dr. Ada Kim"},
    )


def test_me_is_nobody_without_a_sign_in(api):
    response = api.get(ME)

    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
