import io
import json

import pytest
import time_machine
from django.core.management import CommandError, call_command

from tests.scheduling.publishing.practice import FILES, MANIFEST, Practice
from tests.times import NOW, at

URL = "https://www.example.org/slots"


@pytest.fixture
def practice(db, frozen_now):
    return Practice()


def run(*arguments):
    told = io.StringIO()
    try:
        call_command("publish_slots", *map(str, arguments), stderr=told)
    except CommandError as refusal:
        return str(refusal), refusal.returncode
    return told.getvalue(), 0


def test_publish_slots_writes_what_the_address_answers(
    api, practice, tmp_path, settings
):
    settings.PUBLIC_URL = "https://desk.example.org"

    told, code = run(tmp_path / "slots")

    written = {path.name: path.read_bytes() for path in (tmp_path / "slots").iterdir()}
    manifest = api.get(MANIFEST)
    names = [each["url"].rsplit("/", 1)[1] for each in manifest.json()["output"]]
    assert code == 0
    assert told == f"414 slots in 9 files: https://desk.example.org{MANIFEST}\n"
    assert written == {
        "$bulk-publish": manifest.content,
        **{name: api.get(f"{FILES}{name}").content for name in names},
    }


def test_publish_slots_names_the_address_of_the_directory(practice, tmp_path):
    assert run(tmp_path, "--url", f"{URL}/")[1] == 0

    manifest = json.loads((tmp_path / "$bulk-publish").read_text())
    assert manifest["request"] == f"{URL}/$bulk-publish"
    assert manifest["output"][0]["url"] == f"{URL}/locations.ndjson"


def test_publish_slots_replaces_and_takes_away_weeks_gone_by(practice, tmp_path):
    (tmp_path / "slots-2026-W52.ndjson").write_text("{}\n")
    (tmp_path / "robots.txt").write_text("mine")
    run(tmp_path, "--url", URL)
    with time_machine.travel(at(NOW.date().replace(day=12), "08:00"), tick=False):
        run(tmp_path, "--url", URL)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "$bulk-publish",
        "locations.ndjson",
        "practitioner-roles.ndjson",
        "robots.txt",
        "schedules.ndjson",
        *[f"slots-2027-W0{number}.ndjson" for number in range(2, 7)],
    ]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "Give --url, or set PUBLIC_URL."),
        (["--url", "www.example.org"], "--url: give an address such as"),
        (["--url", "ftp://www.example.org"], "--url: give an address such as"),
        (["--url", f"{URL}?a=b"], "--url: give an address such as"),
        (["--url", "https://[example"], "--url: give an address such as"),
    ],
)
def test_publish_slots_needs_to_know_where_the_files_are(
    practice, tmp_path, options, told
):
    words, code = run(tmp_path / "slots", *options)

    assert code == 2
    assert words.startswith(told)
    assert not (tmp_path / "slots").exists()


def test_publish_slots_does_not_write_over_a_file(practice, tmp_path):
    (tmp_path / "slots").write_text("mine")

    words, code = run(tmp_path / "slots", "--url", URL)

    assert (words, code) == (f"{tmp_path / 'slots'} is not a directory.", 2)
    assert (tmp_path / "slots").read_text() == "mine"


def test_publish_slots_says_what_keeps_it_from_writing(practice, tmp_path):
    (tmp_path / "slots").write_text("mine")

    words, code = run(tmp_path / "slots" / "deeper", "--url", URL)

    assert (words, code) == (f"{tmp_path / 'slots' / 'deeper'}: Not a directory", 1)
