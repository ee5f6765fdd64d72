"""What the commands of `manage.py` have in common: tables, progress, exit codes.

A command ends with 0 when it did what it was asked to, with 1 when it could not, or
found nothing, and with 2 when the question makes no sense.
"""

import json
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from config import spreadsheets

PATIENCE = 1.0  # seconds without a progress bar

T = TypeVar("T")


class UsageError(CommandError):
    """The question makes no sense, whatever is in the database."""

    def __init__(self, message: str) -> None:
        super().__init__(message, returncode=2)


class Command(BaseCommand):
    """One whose `example` is shown in its help."""

    example = ""

    def create_parser(
        self,
        prog_name: str,
        subcommand: str,
        **kwargs: Any,  # Any: passed on
    ) -> CommandParser:
        epilog = f"Example: ./manage.py {subcommand} {self.example}"
        return super().create_parser(prog_name, subcommand, epilog=epilog, **kwargs)

    def remark(self, words: str) -> None:
        """Say something beside the answer, where it is in no program's way."""
        self.stderr.write(words, style_func=str)


class TableCommand(Command):
    """Answers with a table: for people on a terminal, CSV or JSON elsewhere."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--format",
            choices=["table", "csv", "json"],
            help="by default a table on a terminal, and CSV where it is piped to",
        )

    def tell(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],  # Any: what a cell may hold
        *,
        form: str | None,
        title: str = "",
    ) -> None:
        form = form or ("table" if self.stdout.isatty() else "csv")
        if form == "json":
            found = [
                {name: _json(value) for name, value in zip(columns, row, strict=True)}
                for row in rows
            ]
            self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))
        elif form == "csv":
            for piece in spreadsheets.write(columns, rows):
                self.stdout.write(piece, ending="")
        else:
            self._draw(columns, rows, title)

    def _draw(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],  # Any: what a cell may hold
        title: str,
    ) -> None:
        table = Table(
            title=title or None,
            title_justify="left",
            box=SIMPLE_HEAD,
            padding=(0, 1, 0, 0),
            pad_edge=False,
        )
        rows = list(rows)
        for number, column in enumerate(columns):
            is_time = any(isinstance(row[number], date) for row in rows)
            table.add_column(column.replace("_", " "), overflow="fold", no_wrap=is_time)
        for row in rows:
            table.add_row(*[Text(text) for text in _printable(row)])
        Console(file=self.stdout).print(table)  # type: ignore[arg-type]  # writes and flushes


def argument(parse: Callable[[str], T]) -> Callable[[str], T]:
    """A `type` for argparse that says what `parse` has against a text."""

    def read(text: str) -> T:
        try:
            return parse(text)
        except ValueError as refusal:
            raise ArgumentTypeError(str(refusal)) from None

    return read


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar on a terminal for work that takes more than a second; call what it gives
    after each of `total` pieces."""
    bar = Progress(console=Console(stderr=True), transient=True)
    task = bar.add_task(what, total=total)
    began, is_watched = time.monotonic(), sys.stderr.isatty()

    def advance() -> None:
        bar.advance(task)
        if is_watched and time.monotonic() - began > PATIENCE:
            bar.start()  # once it has, this does nothing

    try:
        yield advance
    finally:
        if bar.live.is_started:
            bar.stop()


def _json(value: Any) -> Any:  # Any: what a cell may hold, and what JSON may
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, date | datetime):
        return spreadsheets.cell(value)
    return str(value)


def _printable(row: Sequence[Any]) -> Iterator[str]:  # Any: what a cell may hold
    """A row as people read it. What could steer a terminal is taken out."""
    day = None
    for value in row:
        if isinstance(value, datetime):
            text = (
                f"{value:%H:%M}" if value.date() == day else f"{value:%a %b %d %H:%M}"
            )
            day = value.date()
            yield text
        elif isinstance(value, date):
            yield f"{value:%a %F}"
        elif isinstance(value, bool):
            yield "yes" if value else "no"
        else:
            text = "" if value is None else str(value)
            yield "".join(each if each.isprintable() else "\ufffd" for each in text)
