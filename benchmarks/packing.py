"""`python -m benchmarks.packing`: how many more sessions fit into a week, packed.

Callers follow one another, each with a kind of session, a few hours of the day and some
days of the week in mind, and take the first hour that the search offers, until none of
forty finds one. The same callers come to a search in plain order and to a packed one,
in a week of the demo data, and everything they booked is taken back.
"""

import argparse
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

import django
from rich.console import Console
from rich.table import Table

import tests.services  # noqa: F401  starts PostgreSQL and Valkey

if TYPE_CHECKING:
    from clients.models import Client

IN_VAIN = 40  # callers in a row, after whom the week is full
KINDS = {"individual-50": 7, "couples-80": 2, "intake-50": 1}
LENGTHS = (3, 4, 5, 6)  # half hours that a caller has time


@dataclass(frozen=True)
class Outcome:
    """What one seed's callers found."""

    sessions: int
    minutes: int


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.packing")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument(
        "--weeks-ahead", type=int, default=2, help="until the week they fill"
    )
    options = parser.parse_args()
    django.setup()
    _load()
    table = Table("seed", "plain", "packed", "more sessions", "more hours")
    for seed in range(options.seeds):
        plain, packed = (
            _fill(seed, options.weeks_ahead, packed=packed) for packed in (False, True)
        )
        table.add_row(
            str(seed),
            str(plain.sessions),
            str(packed.sessions),
            f"{packed.sessions / plain.sessions - 1:+.1%}",
            f"{packed.minutes / plain.minutes - 1:+.1%}",
        )
    Console().print(table)
    return 0


def _load() -> None:
    """Fill the tests' database with the demo, unless that was done before."""
    from django.core.management import call_command  # noqa: PLC0415  after setup

    for command in ("migrate", "load_reference", "demo"):
        call_command(command, verbosity=0)


def _fill(seed: int, weeks_ahead: int, *, packed: bool) -> Outcome:
    """Let callers come until the week is full, and take everything back."""
    from django.db import transaction  # noqa: PLC0415  after setup

    with transaction.atomic():
        random = Random(seed)  # noqa: S311  no secret
        outcome = _callers(random, weeks_ahead, packed=packed)
        transaction.set_rollback(True)
    return outcome


def _callers(random: Random, weeks_ahead: int, *, packed: bool) -> Outcome:
    from scheduling import booking, slot_search, wishes  # noqa: PLC0415  after setup
    from scheduling.models import Mode, SessionType, Therapist  # noqa: PLC0415
    from scheduling.orders import Order  # noqa: PLC0415

    Therapist.objects.update(accepts_new_clients=True)
    kinds = {kind.slug: kind for kind in SessionType.objects.filter(slug__in=KINDS)}
    therapists = {str(one.pk): one for one in Therapist.objects.all()}
    offices = {str(o.pk): o for one in therapists.values() for o in one.offices.all()}
    now = datetime.now(UTC).replace(microsecond=0)
    start, end = _week(now, weeks_ahead)
    sessions = minutes = in_vain = 0
    while in_vain < IN_VAIN:
        kind = kinds[random.choices(list(KINDS), list(KINDS.values()))[0]]
        opens = random.randrange(16, 40)  # half hours after midnight
        closes = opens + random.choice(LENGTHS)
        clients = [_adult(sessions, number) for number in range(kind.clients_min)]
        wish = wishes.Wish(
            session_type=kind,
            start=start,
            end=end,
            modes=["in_person"],
            weekdays=random.sample(range(5), 3),
            time_from=opens * 30,
            time_to=closes * 30,
            clients=clients,
            packed=packed,
        )
        page = slot_search.search(wish, now=int(now.timestamp()), limit=1)
        if not page.slots:
            in_vain += 1
            continue
        slot = page.slots[0]
        wanted = Order(
            therapist=therapists[slot.therapist],
            clients=clients,
            session_type=kind,
            office=offices[slot.office],
            mode=Mode.IN_PERSON,
            starts_at=datetime.fromtimestamp(slot.start, UTC),
        )
        booking.book(wanted, now=now)
        sessions, minutes, in_vain = sessions + 1, minutes + kind.duration_minutes, 0
    return Outcome(sessions, minutes)


def _week(now: datetime, ahead: int) -> tuple[int, int]:
    """From Monday to Friday of a week to come."""
    monday = now + timedelta(days=7 * ahead - now.weekday())
    start = monday.replace(hour=8, minute=0, second=0)
    return int(start.timestamp()), int((start + timedelta(days=5)).timestamp())


def _adult(session: int, number: int) -> "Client":
    from clients.models import Client  # noqa: PLC0415  after setup

    return Client.objects.create(
        first_name="Caller",
        last_name=f"{session}-{number}",
        born_on=date(1980, 1, 1),
        email="caller@example.org",
    )


if __name__ == "__main__":
    sys.exit(main())
