"""Intake: how a client comes to be known, and how what is known of them changes.

Consents to be written to are a history: every decision is a row of its own, the newest
one counts. Someone who might be known already is named, never refused.
"""

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.contrib.postgres.search import TrigramSimilarity
from django.db import transaction
from django.db.models import ProtectedError, Q, Value
from django.db.models.functions import Concat

from clients.models import (
    Channel,
    Client,
    ConsentBasis,
    ConsentStatus,
    ContactConsent,
    Guardian,
    age_on,
)
from config.errors import Conflict, Malformed, RuleViolation

GIVEN_AT_REGISTRATION = "given_at_registration"
AGE_OF_OWN_CONSENT = 12
MOST_DUPLICATES = 5
DAYS = ("born_on", "telehealth_consent_on")  # none of them lies ahead
ALIKE = 0.3  # trigrams in common; pg_trgm's own threshold


class GuardianMustConsent(RuleViolation):
    code = "guardian_must_consent"
    message = "Only from twelve on can a minor consent alone (Family Code 6924)."


class GuardianInUse(Conflict):
    code = "in_use"
    message = (
        "This guardian is part of the record and cannot be removed. "
        "Set receives_messages to false instead."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianDetails:
    """What a guardian is to be; `id` names one who is there already."""

    id: UUID | None = None
    first_name: str
    last_name: str
    relationship: str = ""
    email: str = ""
    phone: str = ""
    receives_messages: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """A client's word on whether one channel may be used, and how it was given."""

    channel: Channel
    status: ConsentStatus
    source: str


class Registration(NamedTuple):
    client: Client
    possible_duplicates: list[Client]


@transaction.atomic
def register(
    client: Client,
    *,
    guardians: Sequence[GuardianDetails] = (),
    decisions: Sequence[Decision] = (),
    now: datetime,
) -> Registration:
    """Save `client`, who is new, with their guardians and consents, and name those who
    may be the same person.

    Raises what `enter` raises.
    """
    enter(client, guardians=guardians, decisions=decisions, now=now)
    return Registration(client, possible_duplicates(client))


@transaction.atomic
def enter(
    client: Client,
    *,
    guardians: Sequence[GuardianDetails] = (),
    decisions: Sequence[Decision] = (),
    now: datetime,
) -> None:
    """Save `client`, who is new, with their guardians and consents, as one of many.

    To have given a number or an address is consent to be reached by it (FCC 15-72),
    unless `decisions` says otherwise. Raises `Malformed` or `GuardianMustConsent`.
    """
    _check(client, DAYS, now=now)
    client.save(force_insert=True)
    if guardians:
        _replace_guardians(client, guardians)
    _record(client, [*_implied(client, decisions), *decisions], now=now)


@transaction.atomic
def amend(
    client: Client,
    *,
    changes: Mapping[str, Any],  # Any: values of Client's columns, by their names
    guardians: Sequence[GuardianDetails] | None = None,
    decisions: Sequence[Decision] = (),
    now: datetime,
) -> Client:
    """Change what is known of `client`; `guardians`, if given, replaces all of them.

    Raises `Malformed`, `GuardianMustConsent`, or `GuardianInUse` for one who would be
    removed but has been written to.
    """
    client = Client.objects.select_for_update(no_key=True).get(pk=client.pk)
    for name, value in changes.items():
        setattr(client, name, value)
    _check(client, changes, now=now)
    client.save(update_fields=list(changes))
    if guardians is not None:
        _replace_guardians(client, guardians)
    _record(client, decisions, now=now)
    return client


def possible_duplicates(client: Client) -> list[Client]:
    """Up to five others who may be the same person, those of the likest name first.

    They share the phone or the e-mail address, or the birthday and either the last name
    or much of the whole name.
    """
    same_name = Q(last_name__iexact=client.last_name) | Q(likeness__gte=ALIKE)
    alike = Q(born_on=client.born_on) & same_name
    if client.phone:
        alike |= Q(phone=client.phone)
    if client.email:
        alike |= Q(email__iexact=client.email)
    likeness = TrigramSimilarity(
        Concat("first_name", Value(" "), "last_name"),
        f"{client.first_name} {client.last_name}",
    )
    others = Client.objects.exclude(pk=client.pk).annotate(likeness=likeness)
    return list(others.filter(alike).order_by("-likeness", "pk")[:MOST_DUPLICATES])


def refusals(
    client: Client, given: Collection[str], *, now: datetime
) -> Iterator[Malformed | GuardianMustConsent]:
    """What speaks against the values of the columns `given`; of one born on a day that
    is not known, as little as can be said."""
    # In UTC: a caller's day may have begun before the practice's.
    today = now.astimezone(UTC).date()
    for name in DAYS:
        day = getattr(client, name)
        if name in given and day and day > today:
            yield Malformed("This day is still to come.", field=name)
    born_on = cast("date | None", client.born_on)
    if born_on is None:  # since its cell, in a file, is wrong
        return
    is_too_young = age_on(born_on, today) < AGE_OF_OWN_CONSENT
    if is_too_young and client.consent_basis == ConsentBasis.SELF_12_PLUS:
        yield GuardianMustConsent()


def _check(client: Client, given: Collection[str], *, now: datetime) -> None:
    for refusal in refusals(client, given, now=now):
        raise refusal


def _replace_guardians(client: Client, guardians: Sequence[GuardianDetails]) -> None:
    kept = [guardian.id for guardian in guardians if guardian.id]
    if len(set(kept)) < len(kept):
        raise Malformed("The same guardian is given twice.", field="guardians")
    if client.guardians.filter(pk__in=kept).count() < len(kept):
        raise Malformed("There is nothing of that name.", field="guardians")
    try:
        client.guardians.exclude(pk__in=kept).delete()
    except ProtectedError:
        raise GuardianInUse from None
    for guardian in guardians:
        values = dataclasses.asdict(guardian)
        if pk := values.pop("id"):
            Guardian.objects.filter(pk=pk).update(**values)
        else:
            Guardian.objects.create(client=client, **values)


def _implied(client: Client, decisions: Sequence[Decision]) -> list[Decision]:
    """Consent to each channel whose address is given, where nothing is said of it."""
    decided = {decision.channel for decision in decisions}
    given = [(Channel.SMS, client.phone), (Channel.EMAIL, client.email)]
    return [
        Decision(channel, ConsentStatus.GRANTED, GIVEN_AT_REGISTRATION)
        for channel, address in given
        if address and channel not in decided
    ]


def _record(client: Client, decisions: Sequence[Decision], *, now: datetime) -> None:
    ContactConsent.objects.bulk_create(
        ContactConsent(
            client=client,
            channel=decision.channel,
            status=decision.status,
            source=decision.source,
            at=now,
        )
        for decision in decisions
    )
