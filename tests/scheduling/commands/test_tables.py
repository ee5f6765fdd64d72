"""The day sheet, the export and the address of a calendar, on a command line."""

import csv
import io
import json
import sys
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from config import console
from scheduling.models import AppointmentStatus, CalendarLink
from tests.factories.clients import ClientFactory
from tests.factories.config import UserFactory
from tests.factories.locations import OfficeFactory, RoomFactory
from tests.factories.scheduling import AppointmentFactory, TherapistFactory
from tests.times import MONDAY, MONDAY_9AM, MONDAY_10AM, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]


@pytest.fixture
def venice():
    return OfficeFactory.create(slug="venice", name="Venice")


@pytest.fixture
def ada():
    return TherapistFactory.create(
        display_name="Ada Lima", user=UserFactory.create(username="ada")
    )


@pytest.fixture
def session(venice, ada):
    return AppointmentFactory.create(
        therapist=ada,
        room=RoomFactory.create(office=venice, name="Blue"),
        clients=[
            ClientFactory.create(first_name="Robin", last_name="Ray"),
            ClientFactory.create(
                first_name="S.", preferred_name="=Sam", last_name="Ray"
            ),
        ],
        note="parks behind the house",
    )


def run(name, *options):
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(name, *options, stdout=out, stderr=err)
    except CommandError as refusal:
        return out.getvalue(), str(refusal), refusal.returncode
    return out.getvalue(), err.getvalue(), 0


def table(out):
    return list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff"), newline="")))


def test_a_day_sheet_tells_who_comes_when_to_whom_and_where(session, venice, ada):
    for status, wall in (("held", "13:00"), ("cancelled", "14:00")):
        AppointmentFactory.create(
            **{status: True},
            therapist=ada,
            room=session.room,
            starts_at=at(MONDAY, wall),
        )
    AppointmentFactory.create(
        office=venice,
        therapist=ada,
        telehealth=True,
        starts_at=MONDAY_10AM,
        status="checked_in",
    )
    AppointmentFactory.create(starts_at=MONDAY_9AM)  # somewhere else
    AppointmentFactory.create(
        room=session.room, starts_at=MONDAY_9AM + timedelta(days=1)
    )

    found = json.loads(run("day_sheet", "--office", "venice", "--format", "json")[0])

    video = found.pop()
    assert found == [
        {
            "starts_at": "2027-01-04T09:00:00-08:00",
            "ends_at": "2027-01-04T09:50:00-08:00",
            "therapist": "Ada Lima",
            "room": "Blue",
            "session_type": "Individual session",
            "clients": "Robin Ray, =Sam Ray",
            "status": "Scheduled",
        }
    ]
    assert (video["starts_at"], video["room"], video["status"]) == (
        "2027-01-04T10:00:00-08:00",
        "by video",
        "Here",
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--office", "nowhere"], "--office: There is no office named nowhere. Known"),
        (
            ["--office", "venice", "--date", "monday"],
            "Error: argument --date: Give a d",
        ),
        ([], "Error: the following arguments are required: --office"),
    ],
)
def test_a_day_sheet_of_nowhere_is_a_wrong_question(venice, options, told):
    _, err, _ = run("day_sheet", *options)

    assert err.startswith(told)


@pytest.mark.parametrize("day", [date(2026, 11, 1), date(2027, 3, 14)])
def test_a_day_sheet_has_the_whole_day_when_the_clock_changes(venice, ada, day):
    room = RoomFactory.create(office=venice)
    for wall in ("00:00", "23:00"):
        AppointmentFactory.create(therapist=ada, room=room, starts_at=at(day, wall))
    for beside in (day - timedelta(days=1), day + timedelta(days=1)):
        AppointmentFactory.create(room=room, starts_at=at(beside, "12:00"))

    out, _, _ = run("day_sheet", "--office", "venice", "--date", day.isoformat())

    assert [row["starts_at"][:16] for row in table(out)] == [
        f"{day}T00:00",
        f"{day}T23:00",
    ]


def test_an_export_has_every_session_and_clients_by_their_ids(session, venice, ada):
    cancelled = AppointmentFactory.create(
        cancelled=True, room=session.room, therapist=ada, starts_at=MONDAY_10AM
    )
    AppointmentFactory.create(held=True, starts_at=MONDAY_9AM)
    AppointmentFactory.create(starts_at=MONDAY_9AM + timedelta(days=1))

    out, err, code = run(
        "export_appointments", "--from", "2027-01-04", "--to", "2027-01-04"
    )

    first, second = table(out)
    keys = session.attendances.order_by("pk").values_list("client", flat=True)
    assert first == {
        "id": str(session.pk),
        "status": "scheduled",
        "starts_at": "2027-01-04T09:00:00-08:00",
        "ends_at": "2027-01-04T09:50:00-08:00",
        "timezone": "America/Los_Angeles",
        "office": "venice",
        "room": "Blue",
        "therapist": "Ada Lima",
        "mode": "in_person",
        "session_type": "individual-50",
        "series": "",
        "created_at": "2027-01-04T08:00:00-08:00",
        "cancelled_at": "",
        "clients": "; ".join(map(str, keys)),
    }
    assert (second["id"], second["status"], second["cancelled_at"]) == (
        str(cancelled.pk),
        AppointmentStatus.CANCELLED,
        "2027-01-01T10:00:00-08:00",
    )
    assert (err, code) == ("", 0)
    assert "parks behind" not in out


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (
            ["day_sheet", "--office", "venice", "--date", "2027-01-09"],
            "No sessions at Venice on 2027-01-09.",
        ),
        (
            ["export_appointments", "--from", "2027-01-09", "--to", "2027-01-10"],
            "No appointments from 2027-01-09 to 2027-01-10.",
        ),
        (
            ["utilisation", "--from", "2027-01-09", "--to", "2027-01-10"],
            "No hours and no sessions from 2027-01-09 to 2027-01-10.",
        ),
    ],
)
def test_who_finds_nothing_ends_with_one_and_a_head_without_rows(
    session, command, told
):
    out, err, code = run(*command)

    assert (table(out), len(out.splitlines()), err, code) == ([], 1, told, 1)


@pytest.mark.parametrize(
    ("clients", "told"), [("name", "Robin Ray; =Sam Ray"), ("none", None)]
)
def test_an_export_names_clients_if_it_is_asked_to(session, clients, told):
    out, _, _ = run(
        *["export_appointments", "--from", "2027-01-04", "--to", "2027-01-04"],
        *["--clients", clients],
    )

    [row] = table(out)
    assert row.get("clients") == told


def test_an_export_holds_no_formula(session):
    client = session.clients.get(first_name="Robin")
    client.first_name = "=1+1"
    client.save(update_fields=["first_name"])

    out, _, _ = run(
        *["export_appointments", "--from", "2027-01-04", "--to", "2027-01-04"],
        *["--clients", "name"],
    )

    [row] = table(out)
    assert row["clients"].startswith("'=1+1 Ray")


def test_an_export_is_read_in_pieces(session, ada, monkeypatch):
    monkeypatch.setattr("scheduling.management.commands.export_appointments.CHUNK", 2)
    for hours in range(1, 5):
        AppointmentFactory.create(
            therapist=ada,
            room=session.room,
            starts_at=MONDAY_9AM + timedelta(hours=hours),
        )

    out, _, _ = run("export_appointments", "--from", "2027-01-04", "--to", "2027-01-04")

    rows = table(out)
    assert [row["starts_at"][11:13] for row in rows] == ["09", "10", "11", "12", "13"]
    assert all(row["clients"] for row in rows)


def test_an_export_narrows_by_office_and_therapist(session, ada):
    AppointmentFactory.create(room=session.room, starts_at=MONDAY_10AM)
    AppointmentFactory.create(therapist=ada, starts_at=at(MONDAY, "15:00"))
    span = ["--from", "2027-01-04", "--to", "2027-01-04"]

    def count(*options):
        return len(table(run("export_appointments", *span, *options)[0]))

    assert [
        count(),
        count("--office", "venice"),
        count("--therapist", "ada"),
        count("--office", "venice", "--therapist", "ada"),
    ] == [3, 2, 2, 1]


def test_a_long_export_shows_how_far_it_is(session, monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(console, "PATIENCE", -1)

    out, _, code = run(
        "export_appointments", "--from", "2027-01-04", "--to", "2027-01-04"
    )

    assert (code, len(table(out))) == (0, 1)
    assert "Reading appointments" in screen.getvalue()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    "options",
    [
        ["--from", "2027-01-05", "--to", "2027-01-04"],
        ["--from", "2027-01-04", "--to", "2027-01-04", "--office", "nowhere"],
        ["--from", "2027-01-04", "--to", "2027-01-04", "--therapist", "Nobody"],
    ],
)
def test_an_export_of_nothing_that_there_is_is_a_wrong_question(session, options):
    assert run("export_appointments", *options)[2] == 2


def test_the_address_of_a_calendar_is_printed_once(ada, api, settings):
    settings.PUBLIC_URL = "https://practice.example"

    out, _, code = run("feed_url", "ada")
    again = run("feed_url", "Ada Lima")

    path = out.strip().removeprefix("https://practice.example")
    assert (code, again[0], again[2]) == (0, "", 1)
    assert again[1].startswith("There is a link, and its address is kept nowhere.")
    assert api.get(path).status_code == 200


def test_rotating_ends_every_address_there_was(ada, api):
    first, second = (
        run("feed_url", "ada", *options)[0].strip()
        for options in (["--label", "initials"], ["--rotate"])
    )

    found = [
        api.get(url.removeprefix("http://127.0.0.1:8000")).status_code
        for url in (first, second)
    ]
    assert found == [404, 200]
    assert CalendarLink.objects.in_force().get().label == "initials"


def test_an_office_has_an_address_too(venice, api):
    out, _, _ = run("feed_url", "--office", "venice")

    assert api.get(out.strip().removeprefix("http://127.0.0.1:8000")).status_code == 200


@pytest.mark.parametrize("options", [["Nobody"], ["--office", "nowhere"]])
def test_nobody_has_no_address(options):
    assert run("feed_url", *options)[2] == 2
