"""`manage.py day_sheet`: who comes to an office on a day."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from config.api import parsing
from config.console import TableCommand, UsageError, argument
from scheduling import day_sheets
from scheduling.management import offices


class Command(TableCommand):
    help = (
        "Prints the sessions of an office on a day, with the names of clients: treat "
        "it as you would the paper. A page to print is at /day-sheet/OFFICE/. Ends "
        "with 1 if there are none."
    )
    example = "--office venice --date 2027-01-04"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--office", required=True, metavar="SLUG")
        parser.add_argument(
            "--date", type=argument(parsing.calendar_date), help="by default today"
        )

    def handle(self, *args: object, **options: Any) -> None:  # Any: as the base
        try:
            office = offices.named(options["office"])
        except ValueError as refusal:
            raise UsageError(f"--office: {refusal}") from None
        day = options["date"] or timezone.now().astimezone(office.zone).date()
        entries = day_sheets.read(office, day)
        title = f"{office.name}, {day:%A, %B %-d, %Y}"
        columns = day_sheets.Entry._fields
        self.tell(columns, entries, form=options["format"], title=title)
        if not entries:
            raise CommandError(f"No sessions at {office.name} on {day}.")
