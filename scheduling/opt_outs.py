"""Opt-outs: a telephone number that wants no texts, or wants them again.

It is the number that says so, so it holds for everybody who has it then or later:
clients, and guardians for each client whose they are. Those of today have it with their
own decisions as well. E-mail goes on, and no session changes.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from clients.models import (
    Channel,
    Client,
    ConsentStatus,
    ContactConsent,
    Guardian,
    OptOut,
)
from config.clock import DatabaseNow
from locations.models import Room
from scheduling.locking import lock_calendars
from scheduling.models import OPTED_OUT, Appointment, Message, MessageState


class Holder(NamedTuple):
    """Somebody who has a number: a client, or a guardian for a client."""

    client: UUID
    guardian: UUID | None


def holders(phone: str) -> list[Holder]:
    """Everybody who has a number, clients first."""
    clients = Client.objects.filter(phone=phone).order_by("pk")
    guardians = Guardian.objects.filter(phone=phone).order_by("pk")
    return [
        *(Holder(key, None) for key in clients.values_list("pk", flat=True)),
        *(Holder(*keys) for keys in guardians.values_list("client", "pk")),
    ]


def opt_out(phone: str, *, source: str) -> None:
    """Let no text go to a number any more, and none that waits.

    One whose sending has begun cannot be recalled. What is taken back is locked after
    its appointment, as whoever sends it does.
    """
    if not phone:
        return
    with transaction.atomic():
        theirs = _lock(phone)
        if not _has_opted_out(phone):
            _say(phone, ConsentStatus.REVOKED, source)
        _record(theirs, ConsentStatus.REVOKED, source)
        clients = [each.client for each in theirs if each.guardian is None]
        guardians = [each.guardian for each in theirs if each.guardian is not None]
        waiting = (
            Message.objects.pending()
            .filter(channel=Channel.SMS)
            .filter(Q(client__in=clients) | Q(guardian__in=guardians))
        )
        _lock_appointments(waiting.values_list("appointment", flat=True))
        # So that whoever plans anew lets it go by the other way.
        waiting.update(state=MessageState.CANCELLED, last_error=OPTED_OUT)


def opt_in(phone: str, *, source: str) -> bool:
    """Let texts go to a number again; whether it had opted out."""
    with transaction.atomic():
        theirs = _lock(phone)
        had_opted_out = _has_opted_out(phone)
        if had_opted_out:
            _say(phone, ConsentStatus.GRANTED, source)
        refusing = _whose_newest_is(ConsentStatus.REVOKED, theirs)
        _record(refusing, ConsentStatus.GRANTED, source)
    return had_opted_out or bool(refusing)


def _has_opted_out(phone: str) -> bool:
    said = OptOut.objects.filter(phone=phone).order_by("-at", "-pk")
    return said.values_list("status", flat=True).first() == ConsentStatus.REVOKED


def _say(phone: str, status: ConsentStatus, source: str) -> None:
    OptOut.objects.create(phone=phone, status=status, source=source, at=DatabaseNow())


def _lock(phone: str) -> list[Holder]:
    """The holders of a number; nobody else decides for them meanwhile."""
    theirs = holders(phone)
    clients = {each.client for each in theirs}
    lock_calendars(therapists=[], clients=clients, rooms=Room.objects.none())
    return theirs


def _lock_appointments(keys: Collection[UUID]) -> None:
    rows = Appointment.objects.filter(pk__in=set(keys)).order_by("pk")
    list(rows.select_for_update(no_key=True, of=("self",)).values_list("pk"))


def _record(theirs: Sequence[Holder], status: ConsentStatus, source: str) -> None:
    """Write a decision for those who have not decided so already."""
    decided = set(_whose_newest_is(status, theirs))
    ContactConsent.objects.bulk_create(
        ContactConsent(
            client_id=each.client,
            guardian_id=each.guardian,
            channel=Channel.SMS,
            status=status,
            source=source,
            at=DatabaseNow(),
        )
        for each in theirs
        if each not in decided
    )


def _whose_newest_is(status: ConsentStatus, theirs: Sequence[Holder]) -> list[Holder]:
    decisions = (
        ContactConsent.objects.filter(
            client__in={each.client for each in theirs}, channel=Channel.SMS
        )
        .order_by("client", "guardian", "-at", "-pk")
        .distinct("client", "guardian")
        .values_list("client", "guardian", "status")
    )
    newest = {Holder(client, guardian): each for client, guardian, each in decisions}
    return [each for each in theirs if newest.get(each) == status]
