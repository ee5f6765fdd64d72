"""Tables in files: CSV as spreadsheets write and open it."""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

BOM = "\ufeff"  # by which spreadsheets know UTF-8
MOST_LINES = 50_000
DELIMITERS = ",;\t"
# What a spreadsheet takes for the beginning of a formula.
_FORMULAS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # also in full width


class Problem(NamedTuple):
    """What is wrong in a file, and where; `field` is empty where it is no one cell."""

    line: int
    field: str
    problem: str


class Unreadable(Exception):
    """A file that is no table, or not one of the wanted columns."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} problems")


class Line(NamedTuple):
    """One row by the names of its columns; cells without surrounding space."""

    number: int
    cells: Mapping[str, str]


def read(
    content: bytes, *, required: Collection[str], optional: Collection[str] = ()
) -> list[Line]:
    """The rows of a CSV file whose first line names its columns.

    It is UTF-8, with or without a mark, and its cells stand between commas, semicolons
    or tabs. Blank rows are passed over; nothing else is, and nothing is guessed.
    Raises `Unreadable`.
    """
    text = _text(content)
    head = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=head.count)
    rows = _rows(text, delimiter)
    _, header = next(rows, (1, []))
    names = [name.strip().lower() for name in header]
    _check_columns(names, required, optional)
    lines, problems = [], []
    for number, cells in rows:
        if len(cells) != len(names):
            told = f"There are {len(cells)} cells, and {len(names)} columns."
            problems.append(Problem(number, "", told))
            continue
        stripped = (cell.strip() for cell in cells)
        lines.append(Line(number, dict(zip(names, stripped, strict=True))))
    if not lines and not problems:
        problems.append(Problem(1, "", "There is no row below the columns."))
    if len(lines) > MOST_LINES:
        told = f"There are more than {MOST_LINES} rows. Divide the file."
        problems = [Problem(lines[MOST_LINES].number, "", told)]
    if problems:
        raise Unreadable(problems)
    return lines


def write(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """CSV that a spreadsheet opens as it is meant, in pieces; `rows` are of whatever
    `cell` takes."""
    yield BOM
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(value) for value in row])
        if buffer.tell() > 2**16:
            yield _taken(buffer)
    yield _taken(buffer)


def cell(value: Any) -> str:  # Any: what a table may hold
    """A value as text. A text that would be taken for a formula gets an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULAS) else text


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        told = "This is not UTF-8. Save the file as CSV UTF-8."
        raise Unreadable([Problem(line, "", told)]) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise Unreadable([Problem(line, "", "There is a NUL character.")])
    return text


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows with a cell that is not blank, each with the line it begins in."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        told = f"This row cannot be read: {error}."
        raise Unreadable([Problem(begins, "", told)]) from None


def _check_columns(
    names: Sequence[str], required: Collection[str], optional: Collection[str]
) -> None:
    known = [*required, *optional]
    missing = [
        Problem(1, name, "This column is missing.")
        for name in required
        if name not in names
    ]
    unknown = [
        Problem(1, name[:100], f"There is no such column. Known: {', '.join(known)}.")
        for name in sorted(set(names) - set(known))
    ]
    twice = [
        Problem(1, name, "This column is there twice.")
        for name in known
        if names.count(name) > 1
    ]
    if missing or unknown or twice:
        raise Unreadable([*missing, *unknown, *twice])


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
