"""The example in TypeScript against the live server, where Node is."""

import re

import pytest

from config.roles import Role
from scheduling.models import Appointment
from tests.browser.practice import furnish
from tests.examples import typescript
from tests.factories.config import UserFactory

PASSWORD = "a-long-password"
# What it tells of an hour that it wants, and of another that it gets.
STORY = r"""Signed in as maria \(front_desk\)\.
Free for Individual session:
  (?P<wanted>\w{3}, .+)
(?:  .+
)*Kept (?P=wanted) until 20.+\.
Refused (?P=wanted): slot_taken\. Offered instead:
  (?P<offered>\w{3}, .+)
(?:  .+
)*Kept (?P=offered) until 20.+\.
Booked (?P=offered): scheduled\.
Asked again with the same key: replayed true, the same true\.
Called it off: cancelled_by_practice\.
Let go of the first hold\.
"""


@pytest.fixture(scope="module", autouse=True)
def packages() -> None:
    try:
        typescript.install()
    except typescript.Missing as what:
        pytest.skip(f"the TypeScript example is not run: {what}")


def test_the_committed_types_are_those_of_the_schema():
    check = typescript.npm("run", "types", "--", "--check")

    assert check.returncode == 0, "stale: run `npm run types` in examples/typescript"


def test_the_program_agrees_with_the_types():
    check = typescript.npm("run", "--silent", "check")

    assert (check.stdout, check.stderr, check.returncode) == ("", "", 0)


def test_the_boards_modules_agree_with_the_types_they_tell():
    """Checked by the compiler that the example brings; the board itself needs none."""
    check = typescript.npm("run", "--silent", "check:board")

    assert (check.stdout, check.stderr, check.returncode) == ("", "", 0)


def test_the_program_keeps_what_is_offered_instead_and_books_it_once(
    transactional_db, live_server
):
    practice = furnish()
    there = [practice.robins.pk, practice.kims.pk, practice.call.pk]
    clerk = UserFactory.create(username="maria", role=Role.FRONT_DESK)
    clerk.set_password(PASSWORD)
    clerk.save(update_fields=["password"])

    run = typescript.npm(
        *["start", "--silent"],
        PRACTICE_URL=live_server.url,
        PRACTICE_USER="maria",
        PRACTICE_PASSWORD=PASSWORD,
    )

    assert (run.stderr, run.returncode) == ("", 0)
    told = re.fullmatch(STORY, run.stdout)
    assert told, run.stdout
    assert told["wanted"] != told["offered"]
    made = Appointment.objects.exclude(pk__in=there).order_by("pk")
    assert [(each.status, each.clients.count()) for each in made] == [
        ("released", 0),
        ("cancelled_by_practice", 1),
    ]


def test_the_program_says_why_nobody_is_signed_in(transactional_db, live_server):
    run = typescript.npm(
        *["start", "--silent"], PRACTICE_URL=live_server.url, PRACTICE_USER="nobody"
    )

    assert (run.stdout, run.stderr, run.returncode) == (
        "",
        "Not signed in: The username and/or password you specified are not correct.\n",
        1,
    )
