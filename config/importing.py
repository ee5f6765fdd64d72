"""Commands that take a table in: all of it, or nothing and what is wrong with it."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pghistory
from django.core.management.base import CommandError
from django.db import DatabaseError, transaction
from rest_framework.exceptions import ValidationError
from rest_framework.serializers import Serializer

from config import console, spreadsheets
from config.console import TableCommand, UsageError
from config.errors import DomainError, Malformed
from config.spreadsheets import Line, Problem, Unreadable

MOST_SHOWN = 100  # of the problems on a terminal


class ImportCommand(TableCommand):
    """Reads a CSV file and enters each of its rows, in one transaction.

    What is wrong is told as a table of line, field and problem, for the whole file at
    once, and then nothing is written.
    """

    what = "rows"
    required: ClassVar[Sequence[str]] = ()
    optional: ClassVar[Sequence[str]] = ()
    # What is said of a column may follow from another that is wrong itself.
    follows_from: ClassVar[Mapping[str, Sequence[str]]] = {}
    serializer: Serializer[Any]  # Any: of any model

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        columns = ", ".join([*self.required, *self.optional])
        parser.add_argument("file", help=f"CSV, or - for standard input: {columns}")
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what would be wrong"
        )

    def handle(self, *args: object, **options: Any) -> None:  # Any: as the base
        form = options["format"]
        try:
            lines = spreadsheets.read(
                _content(options["file"]),
                required=self.required,
                optional=self.optional,
            )
        except Unreadable as unreadable:
            self._refuse(unreadable.problems, form)
            return
        with transaction.atomic(), pghistory.context(command=self.what):
            problems = self._enter_all(lines, options)
            if problems or options["dry_run"]:
                transaction.set_rollback(True)
        if problems:
            self._refuse(problems, form)
        elif options["dry_run"]:
            self.remark(f"{len(lines)} {self.what} could be imported.")
        else:
            self.remark(f"{len(lines)} {self.what} imported.")

    def prepare(
        self,
        lines: Sequence[Line],
        options: Mapping[str, Any],  # Any: as argparse has them
    ) -> None:
        """Whatever has to be known of all lines before the first is entered."""

    def enter(self, line: Line) -> Iterable[Problem]:
        """Write one row, or yield what is wrong with it. What a serializer or an
        operation raises is told by `field_of`."""
        raise NotImplementedError

    def checked(
        self,
        line: Line,
        body: Mapping[str, Any],  # Any: a piece of JSON
        known: Iterable[Problem],
    ) -> tuple[dict[str, Any], list[Problem]]:  # Any: the values of fields
        """The values of those cells that are right, and all that is wrong with a line:
        what is `known` already, and what the serializer has against `body`.

        Values of all the cells if there is no problem.
        """
        problems = list(known)
        try:
            return self.serializer.run_validation(body), problems
        except ValidationError as invalid:
            problems += self._further(line, invalid, problems)
        values = _right(self.serializer, body)
        try:
            self.serializer.run_validators(values)
        except ValidationError as invalid:
            problems += self._further(line, invalid, problems)
        return values, problems

    def _further(
        self, line: Line, invalid: ValidationError, known: Sequence[Problem]
    ) -> list[Problem]:
        """What is wrong besides, without what follows from what is known."""
        blamed = {problem.field for problem in known}
        found = [
            Problem(line.number, self.field_of(path), text)
            for path, text in _flat(invalid.detail)
        ]
        return [
            one
            for one in found
            if blamed.isdisjoint({one.field, *self.follows_from.get(one.field, ())})
            and (one.field or not blamed)
        ]

    def field_of(self, path: str) -> str:
        """The column that is to blame for an error at `path` of a body."""
        return path

    def _enter_all(
        self,
        lines: Sequence[Line],
        options: Mapping[str, Any],  # Any: as argparse has them
    ) -> list[Problem]:
        self.prepare(lines, options)
        problems: list[Problem] = []
        with console.progress(f"Reading {self.what}", len(lines)) as advance:
            for line in lines:
                problems += self._problems_of(line)
                advance()
        return problems

    def _problems_of(self, line: Line) -> list[Problem]:
        try:
            with transaction.atomic():
                return list(self.enter(line))
        except ValidationError as invalid:
            return [
                Problem(line.number, self.field_of(path), text)
                for path, text in _flat(invalid.detail)
            ]
        except DomainError as refusal:
            field = refusal.field if isinstance(refusal, Malformed) else ""
            return [Problem(line.number, self.field_of(field), refusal.message)]
        except DatabaseError as refusal:  # whose words hold other people's rows
            if refusal.__cause__ is None:
                raise
            return [Problem(line.number, "", "The database refuses this row.")]

    def _refuse(self, problems: Sequence[Problem], form: str | None) -> None:
        is_table = form == "table" or (form is None and self.stdout.isatty())
        shown = problems[:MOST_SHOWN] if is_table else problems
        self.tell(Problem._fields, shown, form=form)
        more = len(problems) - len(shown)
        rest = f" {more} of them are not shown; --format csv shows all." if more else ""
        what = "problem" if len(problems) == 1 else "problems"
        raise CommandError(f"{len(problems)} {what}; nothing was imported.{rest}")


def _right(
    serializer: Serializer[Any],  # Any: of any model
    body: Mapping[str, Any],  # Any: a piece of JSON
) -> dict[str, Any]:  # Any: the values of fields
    """The values of those parts of `body` that are right by themselves."""
    values: dict[str, Any] = {}  # Any: the values of fields
    for name, field in serializer.fields.items():
        if field.read_only or name not in body:
            continue
        try:
            value = field.run_validation(body[name])
        except ValidationError:
            continue
        values |= value if field.source == "*" else {str(field.source): value}
    return values


def boolean(text: str) -> bool:
    """Raises `ValueError`."""
    answers = {"yes": True, "true": True, "1": True}
    answers |= {"no": False, "false": False, "0": False}
    if text.lower() not in answers:
        raise ValueError("Give yes or no.")
    return answers[text.lower()]


def _content(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}.") from None


def _flat(detail: Any, path: str = "") -> Iterable[tuple[str, str]]:
    """The errors of a serializer, each with where it is: `guardians.0.first_name`."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            here = path if name == "non_field_errors" else f"{path}.{name}".strip(".")
            yield from _flat(inner, here)
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, Mapping)
            yield from _flat(inner, f"{path}.{index}" if nested else path)
    else:
        yield path, str(detail)
