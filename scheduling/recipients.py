"""Recipients: who is written to about a client's session, and by which ways.

A minor's messages go to guardians, unless the minor consented alone. What the clients
have decided about messages is read for all of them at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from clients.models import (
    AgeGroup,
    Channel,
    Client,
    ConsentBasis,
    ConsentStatus,
    Guardian,
)
from scheduling import availability, snapshots
from scheduling.models import (
    ATTENDING,
    CANCELLED,
    Appointment,
    Attendance,
    PracticePolicy,
    ReminderRule,
)

REVOKED = ConsentStatus.REVOKED


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is written to about a client's session: the client, or a guardian."""

    client: Client
    person: Client | Guardian
    channels: Sequence[Channel]

    @property
    def guardian(self) -> Guardian | None:
        return self.person if isinstance(self.person, Guardian) else None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the practice, and the clients, have decided about messages.

    `consents` are the newest decisions by the key of who took them, a client or a
    guardian, and channel, where there are any.
    """

    policy: PracticePolicy
    rules: Sequence[ReminderRule]
    consents: Mapping[tuple[UUID, str], str]


def terms(clients: Iterable[UUID]) -> Terms:
    """The terms of today, in one statement."""
    policy, rules, consents = snapshots.terms(clients)
    return Terms(
        policy,
        [
            ReminderRule(before_minutes=minutes, channel=channel)
            for minutes, channel in rules
        ],
        {
            (UUID(guardian or client), channel): status
            for client, guardian, channel, status in consents
        },
    )


def of_appointment(appointment: Appointment, *, who_left: bool) -> list[Recipient]:
    """Those to write to about an appointment, each with the ways that are open now;
    or those who left it, while it goes on."""
    clients = [
        part.client
        for part in parts(appointment)
        if left_alone(appointment, part) == who_left
    ]
    present = terms(client.pk for client in clients)
    return of_clients(appointment, clients, present)


def parts(appointment: Appointment, only: Client | None = None) -> list[Attendance]:
    """Each client's part in an appointment, or that of `only` one."""
    rows = appointment.attendances.select_related("client").order_by("pk")
    return list(rows if only is None else rows.filter(client=only))


def left_alone(appointment: Appointment, part: Attendance) -> bool:
    """Whether the client of a part left a session that goes on without them."""
    return part.has_left and appointment.status not in CANCELLED


def takes_part(appointment: Appointment, part: Attendance) -> bool:
    """Whether the client of a part comes; or would have, to a session that was called
    off for all who came."""
    if appointment.status in CANCELLED:
        return part.cancelled_at == appointment.cancelled_at
    return part.status in ATTENDING


def of_clients(
    appointment: Appointment, clients: Sequence[Client], present: Terms
) -> list[Recipient]:
    """Those to write to about an appointment for some of its clients."""
    return [
        Recipient(client, person, addresses(client, person, present))
        for client in clients
        for person in people(client, appointment)
    ]


def people(client: Client, appointment: Appointment) -> list[Client | Guardian]:
    """A minor's guardians, unless the minor consented alone: then nobody but the minor
    is ever written to (Family Code 6924)."""
    day = appointment.starts_at.astimezone(availability.PRACTICE_ZONE).date()
    is_minor = client.age_group_on(day) in (AgeGroup.CHILD, AgeGroup.ADOLESCENT)
    alone = client.consent_basis == ConsentBasis.SELF_12_PLUS
    if not is_minor or alone or not client.guardian_contact_ok:
        return [client]
    guardians = client.guardians.all()
    return [one for one in guardians if one.receives_messages] or [client]


def addresses(
    client: Client, person: Client | Guardian, present: Terms
) -> list[Channel]:
    """The ways that lead to `person` and are allowed, e-mail first.

    To have given the number or the address is consent until it is withdrawn (FCC
    15-72, the ruling of 2015): by the client for whoever is written to about them, by a
    guardian for themselves.
    """
    ways = [
        (Channel.EMAIL, client.wants_email and person.email),
        (Channel.SMS, client.wants_sms and person.phone),
    ]
    return [
        channel
        for channel, is_open in ways
        if is_open
        and REVOKED
        not in {present.consents.get((each.pk, channel)) for each in (client, person)}
    ]
