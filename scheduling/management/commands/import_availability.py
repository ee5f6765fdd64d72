"""`manage.py import_availability`: weekly hours from a CSV file."""

from calendar import day_name
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from config import roles
from config.importing import ImportCommand
from config.spreadsheets import Line, Problem
from scheduling.api.availability import (
    AvailabilityRuleSerializer,
    NotOffered,
    refuse_elsewhere,
)
from scheduling.management import therapists
from scheduling.models import AvailabilityRule

WEEKDAYS = {name.lower(): number for number, name in enumerate(day_name)}
NUMBERS = ("weekday", "every_weeks")


class Command(ImportCommand):
    help = (
        "Adds the weekly hours of a CSV file, each as POST availability-rules/ would: "
        "all of them, or none and a table of line, field and problem. Therapists go by "
        "display name, user name or id, weekdays by name or number (0 is Monday)."
    )
    example = "hours.csv --dry-run"
    what = "weekly hours"
    required = ("therapist", "office", "weekday", "start_time", "end_time")
    optional = ("mode", "valid_from", "valid_until", "every_weeks")
    follows_from = {
        "end_time": ["start_time"],
        "mode": ["office"],
        "valid_until": ["valid_from"],
    }

    def prepare(self, lines: Sequence[Line], options: Mapping[str, Any]) -> None:
        self.keys: dict[str, str] = {}
        caller = SimpleNamespace(user=roles.operator())
        self.serializer = AvailabilityRuleSerializer(context={"request": caller})

    def enter(self, line: Line) -> Iterator[Problem]:
        values, problems = self.checked(line, *self._body(line))
        if values.keys() >= {"therapist", "office"}:
            try:
                refuse_elsewhere(values)
            except NotOffered as refusal:
                problems.append(Problem(line.number, "", refusal.message))
        if not problems and AvailabilityRule.objects.filter(**values).exists():
            problems.append(Problem(line.number, "", "These hours are there already."))
        yield from problems
        if not problems:
            AvailabilityRule.objects.create(**values)

    def _body(self, line: Line) -> tuple[dict[str, Any], list[Problem]]:
        """What the API would be sent. An empty cell is left out, but for the office:
        hours without one are telehealth from elsewhere."""
        body: dict[str, Any] = {name: text for name, text in line.cells.items() if text}
        body.setdefault("office", None)
        problems = []
        for name in NUMBERS:
            if name in body:
                body[name] = _number(body[name])
        if isinstance(body.get("weekday"), str):
            told = "Give a weekday, as in Monday, or its number; 0 is Monday."
            problems.append(Problem(line.number, "weekday", told))
        for name in ("start_time", "end_time"):
            if len(body.get(name, "")) == len("9:00"):  # as spreadsheets write it
                body[name] = f"0{body[name]}"
        if "therapist" in body:
            try:
                body["therapist"] = self._key(body["therapist"])
            except ValueError as refusal:
                problems.append(Problem(line.number, "therapist", str(refusal)))
        return body, problems

    def _key(self, name: str) -> str:
        if name not in self.keys:
            self.keys[name] = str(therapists.named(name).pk)
        return self.keys[name]


def _number(text: str) -> int | str:
    """A number, or the text that is none, which the field refuses in its own words."""
    if text.isascii() and text.isdigit() and len(text) < len("100"):
        return int(text)
    return WEEKDAYS.get(text.lower(), text)
