import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from tests.factories.locations import RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    TherapistFactory,
)
from tests.times import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]


@pytest.fixture(autouse=True)
def monday():
    """Ada in Venice on Mondays from nine to noon; a session a week before."""
    room = RoomFactory.create(office__slug="venice")
    therapist = TherapistFactory.create(display_name="Ada Lima", offices=[room.office])
    AppointmentFactory.create(
        therapist=therapist, room=room, starts_at=MONDAY_9AM - timedelta(weeks=1)
    )
    return AvailabilityRuleFactory.create(
        therapist=therapist, office=room.office, end_minute=12 * 60
    )


def run(*options):
    out = io.StringIO()
    try:
        call_command("utilisation", *options, stdout=out)
    except CommandError as refusal:
        return str(refusal), refusal.returncode
    return out.getvalue(), 0


def test_the_last_week_is_told_by_office_and_therapist():
    assert run() == (
        "\ufeffoffice,therapist_name,available_minutes,booked_minutes,utilisation\r\n"
        "venice,Ada Lima,180,50,0.278\r\n",
        0,
    )


def test_it_says_what_the_report_says(front_desk):
    days = ["2026-12-07", "2027-01-10"]
    out, _ = run(
        *["--from", days[0], "--to", days[1], "--format", "json", "--by", "hour"]
    )

    answer = front_desk.get(
        f"/api/v1/reports/utilisation/?from={days[0]}&to={days[1]}&by=hour"
    ).json()["results"]
    assert json.loads(out) == [
        {name: value for name, value in row.items() if value is not None}
        for row in answer
    ]
    assert [row["available_minutes"] for row in answer] == [300, 300, 300]


def test_weeks_and_filters_narrow_it():
    assert run("--weeks", "4", "--office", "venice", "--therapist", "Ada Lima")[0] == (
        "\ufeffoffice,therapist_name,available_minutes,booked_minutes,utilisation\r\n"
        "venice,Ada Lima,720,50,0.069\r\n"
    )


@pytest.mark.parametrize(
    "options",
    [
        ["--weeks", "0"],
        ["--weeks", "14"],
        ["--weeks", "1", "--from", "2027-01-04"],
        ["--from", "2027-01-04"],
        ["--to", "2027-01-04"],
        ["--from", "2027-01-04", "--to", "2027-01-03"],
        ["--from", "2027-01-04", "--to", "2027-04-06"],
        ["--office", "nowhere"],
        ["--therapist", "Nobody"],
    ],
)
def test_a_question_that_makes_no_sense_ends_with_two(options):
    assert run(*options)[1] == 2


def test_video_from_nowhere_is_elsewhere():
    therapist = TherapistFactory.create(display_name="Bo Lee")
    AvailabilityRuleFactory.create(
        therapist=therapist, office=None, mode="telehealth", end_minute=10 * 60
    )

    out, _ = run("--therapist", "Bo Lee")

    assert out.splitlines()[1:] == ["elsewhere,Bo Lee,60,0,0.0"]
