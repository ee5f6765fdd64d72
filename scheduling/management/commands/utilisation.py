"""`manage.py utilisation`: how much of the hours is booked."""

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError
from django.utils import timezone

from config.api import parsing
from config.console import TableCommand, UsageError, argument
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import DAY, MINUTE, instant
from scheduling.management import offices, therapists
from scheduling.reports import utilisation
from scheduling.reports.utilisation import KEYS, Usage

LONGEST_WEEKS, LONGEST_DAYS = 13, 92
NAMES = {"office": ["office"], "therapist": ["therapist_name"]}
MINUTES = ["available_minutes", "booked_minutes", "utilisation"]


class Command(TableCommand):
    help = (
        "Tells how much of the hours is booked, in minutes: of the last whole weeks, "
        "Monday to Sunday, or of a span of days."
    )
    example = "--weeks 4 --by office hour"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        day = argument(parsing.calendar_date)
        parser.add_argument(
            "--weeks", type=int, help=f"how many before this one, to {LONGEST_WEEKS}"
        )
        parser.add_argument("--from", type=day, dest="first", help="instead of --weeks")
        parser.add_argument("--to", type=day, dest="last", help="included")
        parser.add_argument(
            "--by", nargs="+", choices=KEYS, default=["office", "therapist"]
        )
        parser.add_argument("--office", action="append", metavar="SLUG")
        parser.add_argument(
            "--therapist", action="append", help="display name, user name or id"
        )

    def handle(self, *args: object, **options: Any) -> None:  # Any: as the base
        first, last = _days(options)
        span = Interval(
            instant(first, 0, PRACTICE_ZONE),
            instant(last, DAY // MINUTE, PRACTICE_ZONE),
        )
        rows = utilisation.read(span, by=options["by"], **_narrowed(options))
        names = [
            name
            for key in KEYS
            if key in options["by"]
            for name in NAMES.get(key, [key])
        ]
        columns = [*names, *MINUTES]
        self.tell(
            columns,
            [[_cell(row, column) for column in columns] for row in rows],
            form=options["format"],
            title=f"Utilisation, {first} to {last}",
        )
        if not rows:
            raise CommandError(f"No hours and no sessions from {first} to {last}.")


def _cell(row: Usage, column: str) -> Any:  # Any: what a cell may hold
    value = getattr(row, column)
    return "elsewhere" if column == "office" and value is None else value


def _days(options: dict[str, Any]) -> tuple[date, date]:
    first, last, weeks = options["first"], options["last"], options["weeks"]
    if first is None and last is None:
        return _weeks(1 if weeks is None else weeks)
    if weeks is not None:
        raise UsageError("Give either --weeks, or --from and --to.")
    if first is None or last is None:
        raise UsageError("Give both --from and --to.")
    if not 0 <= (last - first).days < LONGEST_DAYS:
        raise UsageError(f"--to: give a day within {LONGEST_DAYS} days of --from.")
    return first, last


def _weeks(count: int) -> tuple[date, date]:
    if not 1 <= count <= LONGEST_WEEKS:
        raise UsageError(f"--weeks: give a number from 1 to {LONGEST_WEEKS}.")
    today = timezone.now().astimezone(PRACTICE_ZONE).date()
    monday = today - timedelta(days=today.weekday())
    return monday - timedelta(weeks=count), monday - timedelta(days=1)


def _narrowed(options: dict[str, Any]) -> dict[str, list[UUID]]:
    try:
        at = [offices.named(text).pk for text in options["office"] or ()]
        of = [therapists.named(text).pk for text in options["therapist"] or ()]
    except ValueError as refusal:
        raise UsageError(str(refusal)) from None
    return {"offices": at, "therapists": of}
