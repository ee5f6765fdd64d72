"""`manage.py export_appointments`: appointments as a table."""

from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.management.base import CommandError
from django.db.models import QuerySet

from config import console
from config.api import parsing
from config.console import TableCommand, UsageError, argument
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.wall_clock import DAY, MINUTE, as_datetime, instant
from scheduling.management import offices, therapists
from scheduling.models import Appointment, AppointmentStatus, Attendance

CHUNK = 1000
NEVER_SESSIONS = (AppointmentStatus.HELD, AppointmentStatus.RELEASED)
COLUMNS = {
    "id": "pk",
    "status": "status",
    "starts_at": "starts_at",
    "ends_at": "ends_at",
    "timezone": "office__timezone",
    "office": "office__slug",
    "room": "room__name",
    "therapist": "therapist__display_name",
    "mode": "mode",
    "session_type": "session_type__slug",
    "series": "series",
    "created_at": "created_at",
    "cancelled_at": "cancelled_at",
}
MOMENTS = ("starts_at", "ends_at", "created_at", "cancelled_at")


class Command(TableCommand):
    help = (
        "Writes the appointments that start in a span of days, whatever became of "
        "them; without notes and reasons, and clients by their ids if not otherwise "
        "asked for. Ends with 1 if there are none."
    )
    example = "--from 2027-01-01 --to 2027-01-31 > january.csv"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        day = argument(parsing.calendar_date)
        parser.add_argument("--from", type=day, required=True, dest="first")
        parser.add_argument(
            "--to", type=day, required=True, dest="last", help="included"
        )
        parser.add_argument("--office", metavar="SLUG")
        parser.add_argument("--therapist", help="display name, user name or id")
        parser.add_argument(
            "--clients",
            choices=["id", "name", "none"],
            default="id",
            help="what to write of clients; by default their ids",
        )

    def handle(self, *args: object, **options: Any) -> None:  # Any: as the base
        if options["last"] < options["first"]:
            raise UsageError("--to: this is before --from.")
        rows = _chosen(options).order_by("starts_at", "pk")
        clients = options["clients"]
        columns = [*COLUMNS, *([] if clients == "none" else ["clients"])]
        total = rows.count()
        with console.progress("Reading appointments", total) as advance:
            found = _rows(rows, clients)
            if not (self.stdout.isatty() and options["format"] == "csv"):
                found = _told(found, advance)  # else the lines themselves go by
            self.tell(columns, found, form=options["format"])
        if not total:
            span = f"{options['first']} to {options['last']}"
            raise CommandError(f"No appointments from {span}.")


def _chosen(options: dict[str, Any]) -> QuerySet[Appointment]:
    start = instant(options["first"], 0, PRACTICE_ZONE)
    end = instant(options["last"], DAY // MINUTE, PRACTICE_ZONE)
    rows = Appointment.objects.exclude(status__in=NEVER_SESSIONS).filter(
        starts_at__gte=as_datetime(start), starts_at__lt=as_datetime(end)
    )
    try:
        if options["office"]:
            rows = rows.filter(office=offices.named(options["office"]))
        if options["therapist"]:
            rows = rows.filter(therapist=therapists.named(options["therapist"]))
    except ValueError as refusal:
        raise UsageError(str(refusal)) from None
    return rows


def _told(
    rows: Iterator[Sequence[Any]],  # Any: a cell
    advance: Callable[[], None],
) -> Iterator[Sequence[Any]]:
    for row in rows:
        yield row
        advance()


def _rows(
    rows: QuerySet[Appointment], clients: str
) -> Iterator[Sequence[Any]]:  # Any: a cell
    """Cells in the order of the columns, read in pieces: a year may be long."""
    found = rows.values_list(*COLUMNS.values()).iterator(chunk_size=CHUNK)
    while chunk := [
        dict(zip(COLUMNS, row, strict=True)) for row in islice(found, CHUNK)
    ]:
        named = _clients([cells["id"] for cells in chunk], clients)
        for cells in chunk:
            cells["timezone"] = cells["timezone"] or PRACTICE_ZONE.key
            zone = ZoneInfo(cells["timezone"])
            for name in MOMENTS:
                cells[name] = cells[name] and cells[name].astimezone(zone)
            told = [] if clients == "none" else ["; ".join(named[cells["id"]])]
            yield [*cells.values(), *told]


def _clients(appointments: Sequence[UUID], called: str) -> dict[UUID, list[str]]:
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    if called == "none":
        return found
    parts = Attendance.objects.filter(appointment__in=appointments)
    for part in parts.select_related("client").order_by("pk"):
        name = part.client.display_name if called == "name" else str(part.client_id)
        found[part.appointment_id].append(name)
    return found
