import io
import json
import sys
from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command, get_commands

from config import console
from config.console import TableCommand

ROWS = [["Zoë", date(2027, 1, 4), datetime(2027, 1, 4, 9, tzinfo=UTC), 2, None, True]]
COLUMNS = ["name", "day", "starts_at", "count", "room", "is_open"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Command(TableCommand):
    def handle(self, *args, **options):
        self.tell(COLUMNS, ROWS, form=options["format"], title="All of it")


def told(out, **options):
    call_command(Command(), stdout=out, **options)
    return out.getvalue()


def test_a_table_is_drawn_on_a_terminal():
    text = told(Terminal())

    for words in ("All of it", "starts at", "Zoë", "Mon 2027-01-04", "yes"):
        assert words in text


def test_the_end_of_a_stretch_is_told_by_its_time_alone(monkeypatch):
    nine, ten = (datetime(2027, 1, 4, hour, tzinfo=UTC) for hour in (9, 10))
    rows = [[nine, ten, datetime(2027, 1, 5, 9, tzinfo=UTC), *"abc"]]
    monkeypatch.setattr(sys.modules[__name__], "ROWS", rows)

    words = told(Terminal()).split()

    assert {"Mon", "04", "09:00", "10:00", "Tue", "05"} <= {*words}
    assert (words.count("Jan"), words.count("04")) == (2, 1)


def test_what_is_piped_is_csv():
    assert told(io.StringIO()) == (
        "\ufeffname,day,starts_at,count,room,is_open\r\n"
        "Zoë,2027-01-04,2027-01-04T09:00:00+00:00,2,,true\r\n"
    )


@pytest.mark.parametrize("out", [Terminal, io.StringIO])
def test_a_form_that_is_asked_for_is_used_wherever(out):
    assert json.loads(told(out(), format="json")) == [
        {
            "name": "Zoë",
            "day": "2027-01-04",
            "starts_at": "2027-01-04T09:00:00+00:00",
            "count": 2,
            "room": None,
            "is_open": True,
        }
    ]
    assert "Zoë,2027-01-04," in told(out(), format="csv")
    assert "Mon 2027-01-04" in told(out(), format="table")


def test_no_cell_steers_the_terminal_or_the_markup(monkeypatch):
    monkeypatch.setattr(
        sys.modules[__name__], "ROWS", [["\x1b[2J[red]a\x07", *ROWS[0][1:]]]
    )

    text = told(Terminal())

    assert ("\x1b[2J" in text, "\x07" in text) == (False, False)
    assert "\ufffd[2J[red]a\ufffd" in text.replace("\n", "")


def test_a_bar_is_shown_on_a_terminal_after_a_second(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)

    with console.progress("Quick work", 3) as advance:
        advance()
    quick = screen.getvalue()
    monkeypatch.setattr(console, "PATIENCE", -1)
    with console.progress("Long work", 3) as advance:
        advance()

    assert quick == ""
    assert "Long work" in screen.getvalue()


def test_no_bar_is_shown_to_a_file(monkeypatch):
    file = io.StringIO()
    monkeypatch.setattr(sys, "stderr", file)
    monkeypatch.setattr(console, "PATIENCE", -1)

    with console.progress("Long work", 3) as advance:
        advance()

    assert file.getvalue() == ""


@pytest.mark.parametrize(
    "name",
    [
        *["import_clients", "import_availability", "export_appointments"],
        *["find_slots", "day_sheet", "feed_url", "utilisation"],
    ],
)
def test_every_command_shows_an_example(name, capsys):
    assert name in get_commands()

    with pytest.raises(SystemExit) as ended:
        call_command(name, "--help")

    assert ended.value.code == 0
    assert f"Example: ./manage.py {name} " in " ".join(capsys.readouterr().out.split())
