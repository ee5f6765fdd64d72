"""`manage.py demo`: an invented practice, in a database of its own."""

import sys
from argparse import ArgumentParser
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress

from scheduling.availability import PRACTICE_ZONE
from scheduling.demo import loading
from scheduling.demo.loading import Moment


class Command(BaseCommand):
    help = "Fills an empty database with an invented practice around today."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--date", type=date.fromisoformat, help="instead of today")
        parser.add_argument(
            "--scale", type=int, default=1, help="times 24 therapists, 300 clients"
        )

    def handle(self, *, seed: int, scale: int, **options: Any) -> None:
        console = Console(stderr=True)
        with Progress(console=console, disable=not sys.stderr.isatty()) as progress:
            teams = progress.add_task("Demo data", total=scale)
            try:
                is_new = loading.load(
                    _moment(options["date"]),
                    seed=seed,
                    scale=scale,
                    on_team=lambda _: progress.advance(teams),
                )
            except loading.HoldsRealData as refusal:
                raise CommandError(
                    "this database holds real data; the demo needs one of its own."
                ) from refusal
        self.stdout.write(
            "Demo data loaded." if is_new else "The demo data is there already: kept."
        )


def _moment(day: date | None) -> Moment:
    """This half hour, or noon of another day."""
    now = timezone.now().astimezone(PRACTICE_ZONE)
    if day is not None and day != now.date():
        return Moment(day, datetime.combine(day, time(12), PRACTICE_ZONE))
    since = timedelta(minutes=now.minute % 30, seconds=now.second)
    return Moment(now.date(), now.replace(microsecond=0) - since)
