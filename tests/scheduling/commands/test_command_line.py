"""`manage.py` as it is started: from any directory, with exit codes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.factories.locations import OfficeFactory, RoomFactory
from tests.factories.scheduling import AppointmentFactory
from tests.times import MONDAY

ROOT = Path(__file__).resolve().parents[3]


def manage(*arguments, folder="/", database=None):
    environment = dict(os.environ)
    if database:
        environment["DATABASE_URL"] = database
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", *arguments],
        capture_output=True,
        check=False,
        cwd=folder,
        encoding="utf-8",
        env=environment,
        timeout=120,
    )


@pytest.mark.django_db(transaction=True)
def test_a_command_answers_from_anywhere(tmp_path):
    venice = OfficeFactory.create(slug="venice")
    AppointmentFactory.create(room=RoomFactory.create(office=venice))
    here = os.environ["DATABASE_URL"]
    name = connection.settings_dict["NAME"]
    default = connection.settings_dict["TEST"].get("NAME") or name.removeprefix("test_")
    question = ["day_sheet", "--office", "venice", "--date", MONDAY.isoformat()]

    done = manage(
        *question, folder=tmp_path, database=here.replace(f"/{default}", f"/{name}")
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1].startswith("2027-01-04T09:00:00-08:00,")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["find_slots", "--help"], 0, ""),
        (["find_slots", "--limit", "many"], 2, "invalid int value: 'many'"),
        (["find_slots", "--format", "pdf"], 2, "invalid choice: 'pdf'"),
        (["day_sheet"], 2, "required: --office"),
        (["publish_slots"], 2, "required: directory"),
        (["import_clients", "/nowhere.csv"], 2, "No such file or directory"),
        (["export_appointments", "--from", "x", "--to", "y"], 2, "Give a date"),
    ],
)
def test_a_wrong_question_ends_with_two(arguments, code, told):
    done = manage(*arguments)

    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_whoever_reads_no_further_is_spared_a_traceback():
    reader, writer = os.pipe()
    os.close(reader)

    with os.fdopen(writer, "w") as closed:
        done = subprocess.run(
            [sys.executable, ROOT / "manage.py", "help"],
            check=False,
            stdout=closed,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=120,
        )

    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, "")


def test_it_says_how_to_find_a_practice_that_runs_elsewhere(tmp_path):
    environment = {"PATH": os.environ["PATH"], "STATE_DIR": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", "check"],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=environment,
        timeout=120,
    )

    assert done.returncode == 1
    assert "export the same one" in done.stderr
