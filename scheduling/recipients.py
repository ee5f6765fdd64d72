"""Recipients: who is written to about a client's session, and by which ways.

A minor's messages go to guardians, unless the minor consented alone. What the clients
have decided about messages is read for all of them at once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    MessageKind,
    PracticePolicy,
)

REVOKED = ConsentStatus.REVOKED


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is written to about a client's session: the client, or a guardian."""

    client: Client
    person: Client | Guardian
    channels: Sequence[Channel]

    def without(self, channel: Channel) -> "Recipient":
        """As if that way were not open."""
        ways = [each for each in self.channels if each != channel]
        return replace(self, channels=ways)

    @property
    def guardian(self) -> Guardian | None:
        return self.person if isinstance(self.person, Guardian) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which messages somebody gets: notices of the kinds that it `tells`, and the ways
    of reminders by how many minutes before the session they go."""

    notices_by: Channel = Channel.EMAIL
    tells: Collection[MessageKind] = frozenset(MessageKind)
    reminders: Mapping[int, Sequence[Channel]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the practice, and the clients, have decided about messages.

    `plans` go by the session type, or the client, that they are for; neither is the
    practice's. `consents` are the newest decisions by person and channel, where there
    are any; `opted_out` are the numbers that want no texts.
    """

    policy: PracticePolicy
    plans: Mapping[tuple[UUID | None, UUID | None], Plan]
    consents: Mapping[tuple[UUID, str], str]
    opted_out: Collection[str]

    def plan(self, appointment: Appointment, client: Client) -> Plan:
        """The narrowest plan there is for a client's part in an appointment."""
        keys = (
            (None, client.pk),
            (appointment.session_type_id, None),
            (None, None),
        )
        return next((self.plans[key] for key in keys if key in self.plans), Plan())


def terms(clients: Iterable[UUID]) -> Terms:
    """The terms of today, in one statement."""
    policy, plans, consents, opted_out = snapshots.terms(clients)
    return Terms(
        policy,
        dict(map(_plan, plans)),
        {(UUID(person), channel): status for person, channel, status in consents},
        frozenset(opted_out),
    )


def _plan(row: snapshots.Row) -> tuple[tuple[UUID | None, UUID | None], Plan]:
    session_type, client, notices_by, booked, moved, cancelled, rules = row
    told = {
        MessageKind.BOOKED: booked,
        MessageKind.MOVED: moved,
        MessageKind.CANCELLED: cancelled,
        MessageKind.CORRECTION: True,  # who was told wrong has to know
        MessageKind.OFFER: True,  # who waits has asked for it
    }
    reminders: dict[int, list[Channel]] = {}
    for minutes, channel in rules or ():
        reminders.setdefault(minutes, []).append(Channel(channel))
    plan = Plan(
        notices_by=Channel(notices_by),
        tells=frozenset(kind for kind, is_told in told.items() if is_told),
        reminders=reminders,
    )
    return (session_type and UUID(session_type), client and UUID(client)), plan


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
    15-72, the ruling of 2015). A client's word is about all that is written for them, a
    guardian's only about what goes to that guardian, a number's about every text to it.
    """
    may_text = person.phone and str(person.phone) not in present.opted_out
    ways = [
        (Channel.EMAIL, client.wants_email and person.email),
        (Channel.SMS, client.wants_sms and may_text),
    ]
    return [
        channel
        for channel, is_open in ways
        if is_open
        and present.consents.get((client.pk, channel)) != REVOKED
        and present.consents.get((person.pk, channel)) != REVOKED
    ]
