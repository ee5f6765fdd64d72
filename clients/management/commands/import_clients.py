"""`manage.py import_clients`: clients from a CSV file, by the rules of the API."""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from django.utils import timezone

from clients import intake
from clients.api.clients import ClientSerializer
from clients.models import Client
from config.api import parsing
from config.errors import Malformed
from config.importing import ImportCommand, boolean
from config.spreadsheets import Line, Problem

Person: TypeAlias = tuple[str, str, date]

TEXTS = [
    "preferred_name",
    "pronouns",
    "email",
    "phone",
    "state",
    "language",
    "consent_basis",
    "telehealth_consent_on",
]
PREFERENCES = {"wants_sms": "sms", "wants_email": "email"}
GUARDIAN = "guardian_"
GUARDIANS = ["first_name", "last_name", "relationship", "email", "phone"]


class Command(ImportCommand):
    help = (
        "Registers the clients of a CSV file, each as POST clients/ would: all of "
        "them, or none and a table of line, field and problem."
    )
    example = "clients.csv --dry-run"
    what = "clients"
    required = ("first_name", "last_name", "born_on")
    optional = (
        *TEXTS,
        *PREFERENCES,
        "guardian_contact_ok",
        *(GUARDIAN + name for name in GUARDIANS),
    )
    follows_from = {"email": ["phone"]}

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--allow-duplicates",
            action="store_true",
            help="also those whose whole name and birthday somebody has already",
        )

    def prepare(self, lines: Sequence[Line], options: Mapping[str, Any]) -> None:
        self.now = timezone.now()
        self.serializer = ClientSerializer()
        self.known: dict[Person, str] | None = None
        if not options["allow_duplicates"]:
            self.known = _known(line.cells["born_on"] for line in lines)

    def enter(self, line: Line) -> Iterator[Problem]:
        values, problems = self.checked(line, *_body(line))
        guardians = values.pop("guardians", ())
        decisions = values.pop("contact_consents", ())
        client = Client(**values)
        for refusal in intake.refusals(client, values, now=self.now):
            field = refusal.field if isinstance(refusal, Malformed) else ""
            problems.append(Problem(line.number, field, refusal.message))
        if values.keys() >= set(self.required):
            problems += self._twins(line.number, client)
        yield from problems
        if not problems:
            intake.enter(client, guardians=guardians, decisions=decisions, now=self.now)

    def _twins(self, number: int, client: Client) -> Iterator[Problem]:
        """Whoever has that name and birthday, there or in a line before."""
        if self.known is None:
            return
        person = _person(client.first_name, client.last_name, client.born_on)
        if where := self.known.get(person):
            yield Problem(number, "", f"This client is there already: {where}.")
        else:
            self.known[person] = f"line {number}"

    def field_of(self, path: str) -> str:
        name = path.rsplit(".", 1)[-1]
        if path.startswith("guardians"):
            return GUARDIAN + name if "." in path else path
        preferences = {inner: column for column, inner in PREFERENCES.items()}
        is_preference = path.startswith("contact_preferences")
        return preferences.get(name, name) if is_preference else name


def _body(line: Line) -> tuple[dict[str, Any], list[Problem]]:  # Any: a piece of JSON
    """What the API would be sent. An empty cell is left out: its default holds."""
    cells = {name: text for name, text in line.cells.items() if text}
    problems = []
    answers = {}
    for name in (*PREFERENCES, "guardian_contact_ok"):
        if name in cells:
            try:
                answers[name] = boolean(cells.pop(name))
            except ValueError as refusal:
                problems.append(Problem(line.number, name, str(refusal)))
    guardian = {
        name: cells.pop(GUARDIAN + name)
        for name in GUARDIANS
        if GUARDIAN + name in cells
    }
    body: dict[str, Any] = dict(cells)  # Any: a piece of JSON
    if "guardian_contact_ok" in answers:
        body["guardian_contact_ok"] = answers.pop("guardian_contact_ok")
    if answers:
        body["contact_preferences"] = {
            PREFERENCES[name]: answer for name, answer in answers.items()
        }
    if guardian:
        body["guardians"] = [guardian]
    return body, problems


def _known(birthdays: Iterator[str]) -> dict[Person, str]:
    """Those who are there already and were born on one of the days."""
    days = set()
    for text in birthdays:
        try:
            days.add(parsing.calendar_date(text))
        except ValueError:
            continue  # which is told when its line is read
    rows = Client.objects.filter(born_on__in=days)
    return {
        _person(first, last, born_on): f"client {key}"
        for key, first, last, born_on in rows.values_list(
            "pk", "first_name", "last_name", "born_on"
        )
    }


def _person(first_name: str, last_name: str, born_on: date) -> Person:
    return first_name.casefold(), last_name.casefold(), born_on
