"""Messages as files in a folder, for the demo and the tests."""

import os
from datetime import UTC
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings

from scheduling.gateways.interface import Outgoing, Receipt, Temporary


class FileGateway:
    """One file per message in `OUTBOX_DIR`, named by when it was first tried, and key.
    What is attached follows the words. A text has no subject.

    A file is there as a whole or not at all, and is never written a second time.
    """

    deduplicates = True
    can_look_up = True

    def __init__(self) -> None:
        self.folder = Path(settings.OUTBOX_DIR)

    def send(self, outgoing: Outgoing) -> Receipt:
        path = self._path(outgoing)
        try:
            self._write_once(path, _text(outgoing))
        except OSError as error:
            raise Temporary("file_not_written") from error
        return Receipt(path.name)

    def look_up(self, outgoing: Outgoing) -> Receipt | None:
        path = self._path(outgoing)
        return Receipt(path.name) if path.exists() else None

    def _path(self, outgoing: Outgoing) -> Path:
        tried = outgoing.first_tried_at.astimezone(UTC)
        return self.folder / f"{tried:%Y%m%dT%H%M%SZ}-{outgoing.provider_key}.txt"

    def _write_once(self, path: Path, text: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(
            "w", dir=self.folder, prefix=".", encoding="utf-8"
        ) as new:
            new.write(text)
            new.flush()
            try:
                os.link(new.name, path)
            except FileExistsError:
                return


def _text(outgoing: Outgoing) -> str:
    attachments = "".join(
        f"\n--- {each.name} ({each.content_type})\n{each.content.decode()}"
        for each in outgoing.attachments
    )
    subject = f"Subject: {outgoing.subject}\n" if outgoing.subject else ""
    return (
        f"From: {outgoing.sender}\n"
        f"To: {outgoing.to}\n"
        f"{subject}"
        f"Reference: {outgoing.provider_key}\n"
        f"\n"
        f"{outgoing.body.strip()}\n"
        f"{attachments}"
    )
