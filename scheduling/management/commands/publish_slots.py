"""`manage.py publish_slots`: SMART Scheduling Links as files for a web server."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from config import console
from config.console import UsageError, progress
from scheduling.api.smart_scheduling import PATH
from scheduling.publishing import edition


class Command(console.Command):
    help = (
        "Writes what somebody new could book, as the files of SMART Scheduling Links "
        "that /api/v1/smart-scheduling/ answers with, into a directory for a web "
        "server. Each file is replaced whole, the manifest last; weeks gone by are "
        "removed."
    )
    example = "/srv/www/slots --url https://www.example.org/slots"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, help="made if it is not there")
        parser.add_argument(
            "--url",
            help="the address under which the directory is served; by default that of "
            "the API, if PUBLIC_URL is set",
        )

    def handle(self, *args: object, **options: Any) -> None:  # Any: as the base
        base, directory = _base(options["url"]), options["directory"]
        if directory.exists() and not directory.is_dir():
            raise UsageError(f"{directory} is not a directory.")
        now = int(timezone.now().timestamp())
        with progress("Publishing", edition.steps(now)) as advance:
            files = edition.read(base, now=now, advance=advance)
        try:
            directory.mkdir(parents=True, exist_ok=True)
            _write(directory, files)
        except OSError as problem:
            raise CommandError(f"{directory}: {problem.strerror}") from None
        slots = sum(
            content.count(b"\n")
            for name, content in files.items()
            if name.startswith("slots-")
        )
        self.remark(f"{slots} slots in {len(files)} files: {base}/{edition.MANIFEST}")


def _base(url: str | None) -> str:
    if url is None:
        if not settings.PUBLIC_URL:
            raise UsageError("Give --url, or set PUBLIC_URL.")
        return f"{settings.PUBLIC_URL}{PATH}"
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    is_plain = parts.scheme in {"http", "https"} and parts.hostname
    if not is_plain or parts.query or parts.fragment:
        raise UsageError(
            "--url: give an address such as https://www.example.org/slots."
        )
    return url.rstrip("/")


def _write(directory: Path, files: dict[str, bytes]) -> None:
    """Whoever reads meanwhile gets each file whole, and a manifest of files that are
    there."""
    for name, content in files.items():
        beside = directory / f".{name}.new"
        beside.write_bytes(content)
        beside.replace(directory / name)
    for old in directory.glob("slots-*-W*.ndjson"):
        if old.name not in files:
            old.unlink()
