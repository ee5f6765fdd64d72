"""`manage.py feed_url`: the secret address of a calendar, told once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from config import console
from config.console import UsageError
from locations.models import Office
from scheduling import calendar_links
from scheduling.management import offices, therapists
from scheduling.models import CalendarLink, ClientLabel, Therapist


class Command(console.Command):
    help = (
        "Makes a link to the calendar of a therapist, or of an office, and prints its "
        "address. With --rotate all addresses there were lead nowhere from then on. "
        "What was printed cannot be printed again: whoever has it reads the calendar."
    )
    example = '"Nadia Whitlock" --rotate'

    def add_arguments(self, parser: ArgumentParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("therapist", nargs="?", help="display name, user name or id")
        whose.add_argument("--office", metavar="SLUG")
        parser.add_argument("--rotate", action="store_true")
        parser.add_argument(
            "--label",
            choices=ClientLabel.values,
            help="what it shows of a client; by default the id, or as it did",
        )

    def handle(self, *args: object, **options: Any) -> None:  # Any: as the base
        try:
            owner = _owner(options)
        except ValueError as refusal:
            raise UsageError(str(refusal)) from None
        links = CalendarLink.objects.in_force().filter(**owner)
        newest = links.order_by("-issued_at", "-pk").first()
        if newest and not options["rotate"]:
            raise CommandError(
                "There is a link, and its address is kept nowhere. --rotate makes a "
                "new one, and the old one leads nowhere from then on."
            )
        now = timezone.now()
        label = options["label"] or (newest.label if newest else ClientLabel.ID)
        with transaction.atomic():
            for old in links:
                calendar_links.revoke(old, now=now)
            link = CalendarLink(**owner, label=label)
            issued = calendar_links.make(link, by=None, now=now)
        self.stdout.write(issued.url())


def _owner(options: dict[str, Any]) -> dict[str, Therapist | Office]:
    if options["office"]:
        return {"office": offices.named(options["office"])}
    return {"therapist": therapists.named(options["therapist"])}
