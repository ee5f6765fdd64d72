import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests.factories.config import UserFactory
from tests.factories.locations import RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    ModalityFactory,
    TherapistFactory,
)
from tests.times import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]


@pytest.fixture
def monday():
    """Ada in Encino, nine to six; she does IPT."""
    room = RoomFactory.create(office__slug="encino")
    therapist = TherapistFactory.create(
        display_name="Ada Lima",
        offices=[room.office],
        modalities=[ModalityFactory.create()],
        user=UserFactory.create(username="ada"),
    )
    return AvailabilityRuleFactory.create(
        therapist=therapist, office=room.office, end_minute=18 * 60
    )


def run(*options):
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("find_slots", *options, stdout=out, stderr=err)
    except CommandError as refusal:
        return out.getvalue(), str(refusal), refusal.returncode
    return out.getvalue(), err.getvalue(), 0


def starts(out):
    return [row["starts_at"] for row in csv.DictReader(io.StringIO(out[1:]))]


def test_it_finds_what_the_front_desk_finds(monday, front_desk):
    found = json.loads(
        run("--to", "2027-01-04", "--limit", "200", "--format", "json")[0]
    )

    answer = front_desk.get(
        "/api/v1/slots/?session_type=individual-50&to=2027-01-04&limit=200"
    ).json()["results"]
    assert found == [
        {
            "starts_at": slot["starts_at"],
            "ends_at": slot["ends_at"],
            "office": "encino",
            "mode": slot["mode"],
            "therapist": "Ada Lima",
            "rooms_free": slot["rooms_free"],
        }
        for slot in answer
    ]
    assert len(found) == 34


def test_an_evening_with_an_abbreviation_at_an_office_is_found(monday):
    out, err, code = run(
        *["--modality", "ipt", "--office", "encino", "--evening"],
        *["--mode", "in_person", "--limit", "1"],
    )

    assert out == (
        "\ufeffstarts_at,ends_at,office,mode,therapist,rooms_free\r\n"
        "2027-01-04T17:00:00-08:00,2027-01-04T17:50:00-08:00,encino,in_person,"
        "Ada Lima,1\r\n"
    )
    assert (err, code) == ("There are more than these 1 (--limit).\n", 0)


@pytest.mark.parametrize("name", ["Ada Lima", "ada lima", "ada", "ID"])
def test_a_therapist_goes_by_any_of_their_names(monday, name):
    AvailabilityRuleFactory.create()
    named = str(monday.therapist.pk) if name == "ID" else name

    out, _, code = run("--therapist", named, "--format", "json", "--limit", "200")

    assert {each["therapist"] for each in json.loads(out)} == {"Ada Lima"}
    assert code == 0


def test_nothing_free_says_why_and_ends_with_one(monday):
    AppointmentFactory.create(
        therapist=monday.therapist, room=monday.office.rooms.get()
    )

    out, err, code = run(
        *["--from", "2027-01-04T09:00:00-08:00", "--to", "2027-01-04T09:30:00-08:00"]
    )

    assert out == ""
    assert err == "Nothing is free.\nEvery hour of theirs is taken. (1)"
    assert code == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--office", "nowhere"], "--office: There is nothing named 'nowhere'. Known"),
        (["--modality", "x"], "--modality: There is nothing named 'x'."),
        (["--session-type", "x"], "--session-type: There is nothing named 'x'."),
        (["--weekday", "7"], "--weekday: Give a number from 0 to 6."),
        (["--from", "tomorrow"], "--from: Give a time with its offset"),
        (["--from", "2027-01-05", "--to", "2027-01-04"], "--to: This is not after fro"),
        (["--to", "2028-01-04"], "--to: This is more than 92 days after from."),
        (["--time-from", "25:00"], "--time-from: Give a time of day"),
        (["--evening", "--time-to", "16:00"], "--time-to: This is not after time_from"),
        (["--therapist", "Nobody"], "--therapist: There is no therapist named Nobody."),
        (["--client", "1"], "--client: This is not an id."),
        (["--age-group", "old"], "--age-group: Give one of child"),
        (["--limit", "0"], "--limit: give a number from 1 on."),
    ],
)
def test_a_question_that_makes_no_sense_ends_with_two(monday, options, told):
    out, err, code = run(*options)

    assert (out, code) == ("", 2)
    assert err.startswith(told)


def test_the_session_that_is_there_is_in_the_way(monday):
    AppointmentFactory.create(
        therapist=monday.therapist,
        room=monday.office.rooms.get(),
        starts_at=MONDAY_9AM,
    )

    assert starts(run("--mode", "in_person", "--limit", "1")[0]) == [
        "2027-01-04T10:00:00-08:00"
    ]
