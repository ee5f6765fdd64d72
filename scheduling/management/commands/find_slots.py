"""`manage.py find_slots`: the search of `slots/`, on a command line."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.management.base import CommandError
from django.http import QueryDict
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from config import roles
from config.api import filters
from config.console import TableCommand, UsageError
from scheduling import slot_search
from scheduling.api import slots
from scheduling.api.slots import SlotFilterSet
from scheduling.management import therapists
from scheduling.models import Modality, Therapist

EVENING = "17:00"
COLUMNS = ["starts_at", "ends_at", "office", "mode", "therapist", "rooms_free"]
PASSED_ON = [  # the parameters of the API that mean the same here
    *["session_type", "office", "concern", "language", "age_group", "mode"],
    *["weekday", "time_from", "time_to", "from", "to", "client", "per_therapist"],
]


class Command(TableCommand):
    help = (
        "Finds what could be booked, soonest first, as GET slots/ does for the front "
        "desk. Ends with 1 if nothing is free, and says why."
    )
    example = "--modality ipt --office encino --evening"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--session-type", default="individual-50", metavar="SLUG")
        parser.add_argument(
            "--modality", action="append", help="its slug, or its abbreviation"
        )
        parser.add_argument(
            "--therapist", action="append", help="display name, user name or id"
        )
        for name in ("office", "concern", "language", "client", "age-group"):
            parser.add_argument(f"--{name}", action="append")
        parser.add_argument(
            "--mode", action="append", choices=["in_person", "telehealth"]
        )
        parser.add_argument("--weekday", action="append", help="0 is Monday")
        parser.add_argument("--from", help="a date, or a time with its offset")
        parser.add_argument("--to", help="the same; four weeks later by default")
        parser.add_argument("--time-from", metavar="HH:MM", help="not before")
        parser.add_argument("--time-to", metavar="HH:MM", help="over by then")
        parser.add_argument(
            "--evening",
            action="store_const",
            const=EVENING,
            dest="time_from",
            help=f"as --time-from {EVENING}",
        )
        parser.add_argument("--per-therapist", help="at most so many of each")
        parser.add_argument("--limit", type=int, default=20)

    def handle(self, *args: object, **options: Any) -> None:  # Any: as the base
        if options["limit"] < 1:
            raise UsageError("--limit: give a number from 1 on.")
        now = int(timezone.now().timestamp())
        asked = _asked(_query(options))
        try:
            wish = slots.wish_of(asked, roles.operator(), now, now)
        except ValidationError as invalid:
            raise _usage(invalid) from None
        found = slot_search.search(wish, now=now, limit=options["limit"])
        if not found.slots:
            reasons = [f"{slots.WHY[code]} ({n})" for code, n in found.reasons]
            raise CommandError("\n".join(["Nothing is free.", *reasons]))
        self.tell(
            COLUMNS,
            [_row(slot) for slot in slots.represent(found.slots)],
            form=options["format"],
        )
        if found.has_more:
            self.remark(f"There are more than these {len(found.slots)} (--limit).")


def _query(options: dict[str, Any]) -> QueryDict:
    """The options as the parameters of the API."""
    query = {name: options[name] for name in PASSED_ON if options[name]}
    if options["modality"]:
        query["modality"] = [_modality(text) for text in options["modality"]]
    try:
        found = [therapists.named(text) for text in options["therapist"] or ()]
    except ValueError as refusal:
        raise UsageError(f"--therapist: {refusal}") from None
    query["therapist"] = [str(each.pk) for each in found]
    return QueryDict(urlencode(query, doseq=True))


def _modality(text: str) -> str:
    rows = Modality.objects.filter(abbreviation__iexact=text)
    return rows.values_list("slug", flat=True).first() or text


def _asked(query: QueryDict) -> Any:  # Any: what the filters have read
    try:
        return filters.checked(SlotFilterSet(query, Therapist.objects.none()))
    except ValidationError as invalid:
        raise _usage(invalid) from None


def _usage(invalid: ValidationError) -> UsageError:
    """What the API says of a parameter, said of the option."""
    assert isinstance(invalid.detail, dict)  # noqa: S101  by parameter
    return UsageError(
        "\n".join(
            f"--{name.strip('?').replace('_', '-')}: {text}"
            for name, texts in invalid.detail.items()
            for text in texts
        )
    )


def _row(slot: dict[str, Any]) -> list[Any]:  # Any: a piece of JSON, a cell
    return [
        datetime.fromisoformat(slot["starts_at"]),
        datetime.fromisoformat(slot["ends_at"]),
        slot["office"]["slug"] if slot["office"] else None,
        slot["mode"],
        slot["therapist"]["display_name"],
        slot["rooms_free"],
    ]
