import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from scheduling.models import AvailabilityRule, WorkMode
from tests.factories.config import UserFactory
from tests.factories.locations import OfficeFactory
from tests.factories.scheduling import TherapistFactory
from tests.times import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

HEADER = "therapist,office,weekday,start_time,end_time"
NOWHERE = "{},office,\"There is nothing named 'nowhere'. Known are: encino, venice.\""


@pytest.fixture
def ada():
    return TherapistFactory.create(
        display_name="Ada Lima",
        offices=[OfficeFactory.create(slug="encino")],
        user=UserFactory.create(username="ada"),
    )


@pytest.fixture
def run(tmp_path):
    def import_(*lines, header=HEADER, options=()):
        path = tmp_path / "hours.csv"
        path.write_text("\n".join([header, *lines]) + "\n")
        out, err = io.StringIO(), io.StringIO()
        try:
            call_command(
                "import_availability", str(path), *options, stdout=out, stderr=err
            )
        except CommandError as refusal:
            return out.getvalue().splitlines()[1:], str(refusal), refusal.returncode
        return out.getvalue().splitlines()[1:], err.getvalue().strip(), 0

    return import_


def hours():
    return list(
        AvailabilityRule.objects.order_by("weekday", "start_minute").values_list(
            "weekday", "start_minute", "end_minute", "office__slug", "mode"
        )
    )


def test_hours_are_taken_in_however_therapist_and_weekday_are_named(run, ada):
    outcome = run(
        "Ada Lima,encino,Monday,9:00,12:00,,",
        "ada,encino,1,13:00,24:00,in_person,2",
        f"{ada.pk},,friday,09:00,17:00,telehealth,",
        header=f"{HEADER},mode,every_weeks",
    )

    assert outcome == ([], "3 weekly hours imported.", 0)
    assert hours() == [
        (0, 540, 720, "encino", WorkMode.BOTH),
        (1, 780, 1440, "encino", WorkMode.IN_PERSON),
        (4, 540, 1020, None, WorkMode.TELEHEALTH),
    ]
    assert {rule.valid_from for rule in AvailabilityRule.objects.all()} == {MONDAY}


def test_what_is_imported_can_be_booked(run, ada, front_desk):
    run("ada,encino,Monday,10:00,11:00", header=HEADER)

    query = "session_type=individual-50&to=2027-01-04&mode=telehealth"
    found = front_desk.get(f"/api/v1/slots/?{query}").json()["results"]

    assert [slot["starts_at"] for slot in found] == ["2027-01-04T10:00:00-08:00"]


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_one_problem_keeps_all_out_and_every_one_is_told(run, ada, options):
    OfficeFactory.create(slug="venice")
    TherapistFactory.create_batch(2, display_name="Twin")

    problems, err, code = run(
        "Ada Lima,encino,Monday,09:00,12:00,,",
        "Nobody,encino,Monday,09:00,12:00,,",
        "Twin,encino,Monday,09:00,12:00,,",
        "ada,nowhere,Monday,09:00,12:00,,",
        "ada,venice,Monday,09:00,12:00,,",
        "ada,encino,Moonday,09:00,12:00,,",
        "ada,encino,7,09:00,12:00,,",
        "ada,encino,Monday,25:00,12:00,,",
        "ada,encino,Monday,12:00,09:00,,",
        "ada,,Monday,09:00,12:00,both,",
        "ada,encino,Monday,,12:00,,",
        "ada,encino,Monday,09:00,12:00,,",
        "ada,encino,Monday,10:00,12:00,,04.01.2027",
        header=f"{HEADER},mode,valid_from",
        options=options,
    )

    assert problems == [
        "3,therapist,There is no therapist named Nobody.",
        "4,therapist,There are several therapists named Twin: give an id.",
        NOWHERE.format(5),
        '6,,"The therapist does not work there, or not in that way."',
        '7,weekday,"Give a weekday, as in Monday, or its number; 0 is Monday."',
        "8,weekday,Ensure this value is less than or equal to 6.",
        '9,start_time,"Give a time of day, as in 09:30."',
        "10,end_time,Not after the start. Hours over midnight are two windows.",
        '11,mode,"Without an office, hours are for telehealth only."',
        "12,start_time,This field is required.",
        "13,,These hours are there already.",
        '14,valid_from,"Give a date, as in 2027-01-04."',
    ]
    assert (err, code) == ("12 problems; nothing was imported.", 1)
    assert hours() == []


def test_all_that_is_wrong_with_a_line_is_told_at_once(run, ada):
    OfficeFactory.create(slug="venice")

    problems, _, _ = run(
        "Nobody,nowhere,Moonday,25:00,9,sometimes",
        "ada,venice,Monday,12:00,09:00,weekly",
        header=f"{HEADER},every_weeks",
        options=["--dry-run"],
    )

    assert problems == [
        '2,weekday,"Give a weekday, as in Monday, or its number; 0 is Monday."',
        "2,therapist,There is no therapist named Nobody.",
        NOWHERE.format(2),
        '2,start_time,"Give a time of day, as in 09:30."',
        '2,end_time,"Give a time of day, as in 09:30."',
        "2,every_weeks,Give a whole number.",
        "3,every_weeks,Give a whole number.",
        "3,end_time,Not after the start. Hours over midnight are two windows.",
        '3,,"The therapist does not work there, or not in that way."',
    ]


def test_a_file_that_was_taken_in_is_refused_the_second_time(run, ada):
    line, header = "ada,encino,Monday,09:00,12:00,2027-01-04", f"{HEADER},valid_from"

    first, second = (run(line, header=header) for _ in range(2))

    assert (first[2], second[2]) == (0, 1)
    assert AvailabilityRule.objects.get().valid_from == date(2027, 1, 4)


def test_columns_are_named(run, ada):
    problems, _, code = run("ada,Monday", header="therapist,day")

    assert [line.split(",")[:2] for line in problems] == [
        *[["1", name] for name in ("office", "weekday", "start_time", "end_time")],
        ["1", "day"],
    ]
    assert code == 1
