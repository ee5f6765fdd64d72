"""Parties: those who are to come together, as the rules see them."""

from collections.abc import Collection, Sequence
from datetime import date
from itertools import pairwise, starmap
from uuid import UUID

from clients.models import AgeGroup, Client
from scheduling import snapshots
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine import rules
from scheduling.engine.intervals import FOREVER, Interval, merge
from scheduling.engine.wall_clock import instant
from scheduling.models import SessionType, Therapist

BIRTHDAYS = (13, 18, 65)  # on which the age group changes, in the order of AgeGroup


def of_clients(
    clients: Sequence[Client], span: Interval, *, without: Collection[UUID] = ()
) -> rules.Party:
    """Those who are to come, as the rules see them in `span`."""
    busy, known_to = snapshots.of_clients(
        [client.pk for client in clients], span, without=without
    )
    return rules.Party(
        size=len(clients),
        ages=[age for client in clients for age in _ages(client, span)],
        has_telehealth_consent=all(client.telehealth_consent_on for client in clients),
        known_to=frozenset(known_to),
        busy=merge(starmap(Interval, busy)),
    )


def newcomers(size: int) -> rules.Party:
    """People nobody knows yet; their age and consent are asked when they book."""
    return rules.Party(size=size, ages=())


def somebody(session_type: SessionType, therapist: Therapist) -> rules.Party:
    """People who have not been named, new or not: nothing is held against them."""
    known_to = frozenset({str(therapist.pk)})
    return rules.Party(size=session_type.clients_min, ages=(), known_to=known_to)


def _ages(client: Client, span: Interval) -> list[tuple[Interval, str]]:
    """The age groups that a client belongs to in `span`, each with its stretch."""
    birthdays = [
        instant(_birthday(client.born_on, age), 0, PRACTICE_ZONE) for age in BIRTHDAYS
    ]
    stretches = pairwise([FOREVER.start, *birthdays, FOREVER.end])
    groups = zip(starmap(Interval, stretches), AgeGroup, strict=True)
    return [(stretch, group) for stretch, group in groups if stretch.overlaps(span)]


def _birthday(born_on: date, age: int) -> date:
    """The day on which somebody completes `age` years; 29 February becomes 1 March."""
    try:
        return born_on.replace(year=born_on.year + age)
    except ValueError:
        return date(born_on.year + age, 3, 1)
