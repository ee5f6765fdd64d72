"""The clients: alone, as couples and as families, and how they may be reached."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from django.db.models import Model

from clients.models import (
    Channel,
    Client,
    ConsentBasis,
    ConsentStatus,
    ContactConsent,
    Guardian,
)
from scheduling.demo import names

# How many of each make up the clients of one team: 300 people.
ADULTS, OLDER_ADULTS, CHILDREN, ADOLESCENTS = 168, 24, 18, 24
COUPLES, FAMILIES, NEWCOMERS = 12, 4, 30
CLIENTS = ADULTS + OLDER_ADULTS + CHILDREN + ADOLESCENTS + NEWCOMERS
CLIENTS += 2 * COUPLES + 3 * FAMILIES
CONTACTS = 2 * CLIENTS  # addresses and numbers set aside for one team's clients

# Shares of the clients.
HAS_EMAIL, HAS_PHONE, HAS_NICKNAME = 0.9, 0.95, 0.05
WANTS_MESSAGES, MAY_CALL, OPTED_OUT = 0.92, 0.85, 0.03

LANGUAGES = ("en",) * 8 + ("es", "es", "fa", "ko")
PRONOUNS = ("", "", "", "she/her", "he/him", "they/them")


@dataclass(frozen=True, slots=True)
class Party:
    """Clients who come together, and for what kind of session."""

    clients: Sequence[Client]
    session_type: str

    @property
    def may_call(self) -> bool:
        return all(client.telehealth_consent_on for client in self.clients)


@dataclass(slots=True)
class Clientele:
    """Rows about clients, and who comes with whom. Newcomers have not come yet."""

    clients: list[Client] = field(default_factory=list)
    guardians: list[Guardian] = field(default_factory=list)
    consents: list[ContactConsent] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    newcomers: list[Client] = field(default_factory=list)

    def rows(self) -> list[Model]:
        """Everything, in the order in which it is to be written."""
        return [*self.clients, *self.guardians, *self.consents]


@dataclass(slots=True)
class _Register:
    """Takes down one client after the other; contacts are numbered throughout."""

    today: date
    registered_at: datetime  # of the last one
    random: Random
    contacts: Iterator[int]
    clientele: Clientele = field(default_factory=Clientele)

    def adult(self, ages: tuple[int, int] = (20, 60), last_name: str = "") -> Client:
        random = self.random
        first_name, family_name = names.person(random)
        client = self._client(first_name, last_name or family_name, ages)
        number = next(self.contacts)
        has_email = random.random() < HAS_EMAIL
        client.email = (
            names.email(first_name, client.last_name, number) if has_email else ""
        )
        client.phone = (
            names.phone(number) if not has_email or random.random() < HAS_PHONE else ""
        )
        return self._take_down(client)

    def minor(self, ages: tuple[int, int], *, alone: bool) -> Client:
        """A minor whose guardian consents or, from twelve on, who consents alone."""
        first_name, last_name = names.person(self.random)
        client = self._client(first_name, last_name, ages)
        guardians = [self._guardian(client) for _ in range(self.random.randint(1, 2))]
        if alone:
            number = next(self.contacts)
            client.email = names.email(first_name, last_name, number)
            client.phone = names.phone(number)
            client.guardian_contact_ok = False
        else:
            client.email = guardians[0].email
        client.consent_basis = (
            ConsentBasis.SELF_12_PLUS if alone else ConsentBasis.GUARDIAN
        )
        self.clientele.guardians += guardians
        return self._take_down(client)

    def child_of(self, parents: Sequence[Client]) -> Client:
        client = self._client(
            self.random.choice(names.FIRST_NAMES), parents[0].last_name, (7, 11)
        )
        client.email, client.phone = parents[0].email, parents[0].phone
        client.consent_basis = ConsentBasis.GUARDIAN
        self.clientele.guardians += [
            Guardian(
                client=client,
                first_name=parent.first_name,
                last_name=parent.last_name,
                relationship="parent",
                email=parent.email,
                phone=parent.phone,
            )
            for parent in parents
        ]
        return self._take_down(client)

    def _client(self, first_name: str, last_name: str, ages: tuple[int, int]) -> Client:
        random = self.random
        age_in_days = 365.25 * random.randint(*ages) + random.randint(90, 270)
        registered_at = self.registered_at - timedelta(hours=random.randint(0, 15_000))
        return Client(
            first_name=first_name,
            last_name=last_name,
            preferred_name=first_name[:3] if random.random() < HAS_NICKNAME else "",
            pronouns=random.choice(PRONOUNS),
            born_on=self.today - timedelta(days=age_in_days),
            language=random.choice(LANGUAGES),
            wants_sms=random.random() < WANTS_MESSAGES,
            wants_email=random.random() < WANTS_MESSAGES,
            telehealth_consent_on=(
                registered_at.date() if random.random() < MAY_CALL else None
            ),
            created_at=registered_at,
        )

    def _guardian(self, client: Client) -> Guardian:
        number = next(self.contacts)
        first_name = self.random.choice(names.FIRST_NAMES)
        return Guardian(
            client=client,
            first_name=first_name,
            last_name=client.last_name,
            relationship="parent",
            email=names.email(first_name, client.last_name, number),
            phone=names.phone(number),
        )

    def _take_down(self, client: Client) -> Client:
        """File the client with a consent for each channel; a few took one back."""
        self.clientele.clients.append(client)
        for channel in Channel:
            self._file(client, channel, ConsentStatus.GRANTED, "intake form")
        if self.random.random() < OPTED_OUT:
            self._file(client, Channel.SMS, ConsentStatus.REVOKED, "text message")
        return client

    def _file(
        self, client: Client, channel: Channel, status: ConsentStatus, source: str
    ) -> None:
        days = 0 if status == ConsentStatus.GRANTED else 14
        at = client.created_at + timedelta(days=days)
        self.clientele.consents.append(
            ContactConsent(
                client=client, channel=channel, status=status, source=source, at=at
            )
        )


def register(
    today: date, registered_at: datetime, first_contact: int, random: Random
) -> Clientele:
    """The clients of one team, all registered before its first session."""
    contacts = iter(range(first_contact, first_contact + CONTACTS))
    desk = _Register(today, registered_at, random, contacts)
    alone = [
        *(desk.adult() for _ in range(ADULTS)),
        *(desk.adult((67, 85)) for _ in range(OLDER_ADULTS)),
        *(desk.minor((6, 11), alone=False) for _ in range(CHILDREN)),
        *(desk.minor((13, 16), alone=bool(n % 2)) for n in range(ADOLESCENTS)),
    ]
    couples = [(desk.adult(), desk.adult()) for _ in range(COUPLES)]
    families = []
    for _ in range(FAMILIES):
        parents = [desk.adult((30, 50))]
        parents.append(desk.adult((30, 50), last_name=parents[0].last_name))
        families.append([*parents, desk.child_of(parents)])
    clientele = desk.clientele
    clientele.newcomers = [desk.adult() for _ in range(NEWCOMERS)]
    clientele.parties = [
        *(Party([client], "individual-50") for client in alone),
        *(Party(couple, "couples-80") for couple in couples),
        *(Party(family, "family-80") for family in families),
    ]
    random.shuffle(clientele.parties)
    return clientele
