"""What the ledger says, what went out, and when each message was claimed."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.services import LEASE_SECONDS, Site

SENT = frozenset({"sent", "delivered"})
OPEN = frozenset({"pending", "sending"})
_LINK = re.compile(r"https?://\S+")

_ROWS = """
SELECT message.id::text, message.appointment_id::text, message.facts_version,
  appointment.facts_version = message.facts_version AS is_current,
  appointment.status IN ('scheduled', 'confirmed') AS is_on,
  kind, channel, client_id::text, client.phone, message.state, attempts, last_error,
  provider_message_id,
  extract(epoch FROM greatest(due_at, message.created_at))::float,
  extract(epoch FROM next_attempt_at)::float,
  extract(epoch FROM sent_at)::float,
  due_at <= clock_timestamp()
FROM scheduling_message AS message
JOIN scheduling_appointment AS appointment ON appointment.id = appointment_id
JOIN clients_client AS client ON client.id = client_id
"""
_CLAIMS = """
SELECT DISTINCT ON (lease_token) id::text, appointment_id::text, facts_version,
  client_id::text, channel, attempts,
  extract(epoch FROM lease_until)::float - %(lease)s
FROM scheduling_messageevent WHERE state = 'sending'
"""
_FACTS = """
SELECT DISTINCT id::text, version, facts_version FROM scheduling_appointmentevent
"""
_PARTS = """
SELECT appointment.id::text, client_id::text
FROM scheduling_attendance
JOIN scheduling_appointment AS appointment ON appointment.id = appointment_id
WHERE appointment.status IN ('scheduled', 'confirmed')
"""
# A receipt moves what was sent to `delivered` or `failed`; delivered is the end.
_GONE_BACK = """
SELECT DISTINCT id::text || ' from ' || before || ' to ' || state FROM (
  SELECT id, state, lag(state) OVER (PARTITION BY id ORDER BY pgh_id) AS before
  FROM scheduling_messageevent) AS steps
WHERE (before = 'delivered' AND state <> 'delivered')
  OR (before = 'sent' AND state NOT IN ('sent', 'delivered', 'failed'))
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A message, as the ledger has it; instants are seconds of the epoch.

    It `is_current` if it speaks of what is so now, of a session that `is_on`.
    """

    id: str
    appointment: str
    facts_version: int
    is_current: bool
    is_on: bool
    kind: str
    channel: str
    client: str
    phone: str
    state: str
    attempts: int
    last_error: str
    provider_message_id: str
    wanted_at: float
    next_attempt_at: float | None
    sent_at: float | None
    is_due: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """That a worker took a message in order to send it, `at` an instant."""

    message: str
    appointment: str
    facts_version: int
    client: str
    channel: str
    attempts: int
    at: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What somebody got."""

    id: str
    to: str
    words: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the provider said became of a message, and with which status that was
    answered."""

    message: str
    said: str
    at: float
    answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that is left of a run. `facts` are the versions of the facts by those of the
    appointments, `parts` who takes part in those that are on; `gone_back` are messages
    that were further once."""

    rows: Sequence[Row] = ()
    claims: Sequence[Claim] = ()
    effects: Sequence[Effect] = ()
    facts: Mapping[tuple[str, int], int] = field(default_factory=dict)
    parts: Collection[tuple[str, str]] = ()
    receipts: Sequence[Receipt] = ()
    gone_back: Sequence[str] = ()


def read(site: Site) -> Evidence:
    return Evidence(
        rows=rows(site),
        claims=[Claim(*each) for each in site.query(_CLAIMS, lease=LEASE_SECONDS)],
        effects=[*_texts(site), *_files(site.outbox)],
        facts={(key, number): facts for key, number, facts in site.query(_FACTS)},
        parts=[(appointment, client) for appointment, client in site.query(_PARTS)],
        receipts=_receipts(site),
        gone_back=[detail for (detail,) in site.query(_GONE_BACK)],
    )


def rows(site: Site) -> list[Row]:
    return [Row(*each) for each in site.query(_ROWS)]


def _texts(site: Site) -> list[Effect]:
    """Without the link, which is another one in each message: the same words are."""
    statement = "SELECT sid, phone, body FROM effects"
    return [
        Effect(sid, phone, _LINK.sub("", body))
        for sid, phone, body in site.provider.read(statement)
    ]


def _receipts(site: Site) -> list[Receipt]:
    statement = "SELECT sid, said, began, answered FROM calls WHERE sid IS NOT NULL"
    return [Receipt(*each) for each in site.provider.read(statement)]


def _files(outbox: Path) -> list[Effect]:
    """By the words, of which the reference is a part: no two messages share it."""
    found = []
    for path in sorted(outbox.glob("*.txt")):
        words = path.read_text()
        (to,) = [line for line in words.splitlines() if line.startswith("To: ")]
        found.append(Effect(path.name, to.removeprefix("To: "), words))
    return found
