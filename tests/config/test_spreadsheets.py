import csv
import io
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import spreadsheets
from config.spreadsheets import Line, Problem, Unreadable

COLUMNS = ["name", "day"]


def read(content, required=COLUMNS, optional=("note",)):
    if isinstance(content, str):
        content = content.encode()
    return spreadsheets.read(content, required=required, optional=optional)


def problems(content, **columns):
    with pytest.raises(Unreadable) as caught:
        read(content, **columns)
    return list(caught.value.problems)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_rows_are_read_however_a_spreadsheet_has_written_them(mark, delimiter, newline):
    lines = [["Name ", " DAY", "note"], [" Zoë ", "2027-01-04", "a b"], ["", "", ""]]
    text = mark + newline.join(delimiter.join(cells) for cells in lines)

    assert read(text) == [Line(2, {"name": "Zoë", "day": "2027-01-04", "note": "a b"})]


def test_a_cell_may_have_delimiters_quotes_and_lines_in_it():
    found = read('name,day\n"a, ""b"";\nc",x\nd,y\n')

    assert found == [
        Line(2, {"name": 'a, "b";\nc', "day": "x"}),
        Line(4, {"name": "d", "day": "y"}),
    ]


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        (
            b"name,day\nRobin,\xff\n",
            2,
            "This is not UTF-8. Save the file as CSV UTF-8.",
        ),
        ("name,day\n".encode("utf-16"), 1, "This is not UTF-8"),
        (b"name,day\na,b\nRo\0bin,c\n", 3, "There is a NUL character."),
        (b'name,day\na,b\n"open,c\nd,e\n', 3, "This row cannot be read"),
        (b'name,day\n"a"b,c\n', 2, "This row cannot be read"),
        (b"name,day\na\n", 2, "There are 1 cells, and 2 columns."),
        (b"name,day\na,b,c\n", 2, "There are 3 cells, and 2 columns."),
        (b"name,day\n", 1, "There is no row below the columns."),
        (b"name,day\na," + b"x" * 200_000, 2, "This row cannot be read"),
    ],
)
def test_what_is_no_table_is_refused_with_the_line(content, line, told):
    [found] = problems(content)

    assert (found.line, found.field) == (line, "")
    assert found.problem.startswith(told)


def test_columns_that_are_missing_unknown_or_there_twice_are_named():
    assert problems("name,age,note,note\na,b,c,d\n") == [
        Problem(1, "day", "This column is missing."),
        Problem(1, "age", "There is no such column. Known: name, day, note."),
        Problem(1, "note", "This column is there twice."),
    ]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_nothing_has_no_columns(content):
    assert [found.field for found in problems(content)] == COLUMNS


def test_every_row_of_the_wrong_length_is_told_of():
    found = problems("name,day\na\nb,c\nd,e,f\n")

    assert [each.line for each in found] == [2, 4]


def test_a_file_may_be_long_but_not_without_end():
    header, row = b"name,day\n", b"a,b\n"

    assert len(read(header + row * spreadsheets.MOST_LINES)) == 50_000
    [found] = problems(header + row * (spreadsheets.MOST_LINES + 1))
    assert (found.line, found.problem[:27]) == (50_002, "There are more than 50000 r")


@given(st.binary(max_size=200))
def test_a_file_is_read_or_refused_with_reasons(content):
    try:
        found = spreadsheets.read(content, required=["a"], optional=["b"])
    except Unreadable as unreadable:
        found = unreadable.problems

    assert found


cells = st.lists(
    st.tuples(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1),
        st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    ),
    min_size=1,
    max_size=5,
).filter(lambda rows: all(any(cell.strip() for cell in row) for row in rows))


@given(cells)
def test_what_is_written_can_be_read_again(rows):
    text = "".join(spreadsheets.write(COLUMNS, rows))

    found = [tuple(line.cells.values()) for line in read(text, optional=())]

    assert found == [
        tuple(spreadsheets.cell(cell).strip() for cell in row) for row in rows
    ]


def test_values_are_written_as_spreadsheets_and_programs_read_them():
    local = datetime(2027, 7, 4, 16, tzinfo=UTC).astimezone(
        ZoneInfo("America/Los_Angeles")
    )
    row = [None, True, 3, -0.5, date(2027, 1, 4), local, 'Zoë, "x"']

    text = "".join(spreadsheets.write(list("abcdefg"), [row]))

    assert text == (
        "\ufeffa,b,c,d,e,f,g\r\n"
        ',true,3,-0.5,2027-01-04,2027-07-04T09:00:00-07:00,"Zoë, ""x"""\r\n'
    )


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_no_text_becomes_a_formula(begin):
    text = f'{begin}cmd|" /C calc"!A0'

    written = "".join(spreadsheets.write(["a"], [[text]])).removeprefix("\ufeff")

    [[_], [found]] = csv.reader(io.StringIO(written, newline=""))
    assert found == f"'{text}"
