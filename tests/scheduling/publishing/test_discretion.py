"""Nobody learns from what is published who comes, who left, or what is booked."""

import re

from django.contrib.auth.models import User

from scheduling.models import Appointment
from tests.discretion import PRIVATE
from tests.factories.config import UserFactory
from tests.factories.scheduling import MessageFactory
from tests.scheduling.publishing.practice import every_answer, read_feed

KEY = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")


def test_every_id_that_is_published_is_of_somebody_or_something_public(api, practice):
    MessageFactory.create(appointment=practice.session)

    texts = [answer.content.decode() for answer in every_answer(api).values()]

    found = {key.replace("-", "") for text in texts for key in KEY.findall(text)}
    public = [practice.ada, practice.ben, practice.cy, practice.eve, practice.kim]
    public += [practice.encino, practice.venice]
    allowed = {row.pk.hex for row in public}
    schedules = {key.replace("-", "") for key in read_feed(api)["Schedule"]}
    assert found == allowed | schedules


def test_no_client_no_session_and_nobody_who_left_is_named(api, practice):
    practice.ada.supervisor = practice.ben
    practice.ada.user = UserFactory.create(username="ada.the.user")
    practice.ada.save(update_fields=["supervisor", "user"])
    quiet = [
        *("cries about", "divorce", "Dee Gone", "closed", "Closed", "ada.the.user"),
        *("supervisor", "rooms_free", "is_active", "room", "busy", "best", "cure"),
        *map(str, Appointment.objects.values_list("pk", flat=True)),
        *map(str, User.objects.values_list("email", flat=True).exclude(email="")),
    ]

    answers = every_answer(api)

    assert len(answers) == 12
    for url, answer in answers.items():
        text = answer.content.decode()
        assert answer.status_code == 200
        assert (url, [word for word in quiet if word in text]) == (url, [])
        assert PRIVATE.search(text.replace("+13105550142", "")) is None


def test_the_feed_knows_only_who_takes_somebody_new(api, practice):
    roles = read_feed(api)["PractitionerRole"].values()

    names = [role["practitioner"]["display"] for role in roles]
    assert names == ["Ada Lima, PhD", "Ben Sato", "Eve Ruiz"]


def test_who_is_signed_in_is_told_no_more(api, practice, front_desk, manager):
    nobody = every_answer(api)

    for caller in (front_desk, manager):
        told = every_answer(caller)
        assert {url: answer.content for url, answer in told.items()} == {
            url: answer.content for url, answer in nobody.items()
        }
