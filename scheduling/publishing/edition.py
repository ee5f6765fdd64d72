"""SMART Scheduling Links: all that could be booked, as files that a slot finder reads.

A manifest names the files; each line of a file is a FHIR resource. Slots come in a
file for each week, so that a finder which asks every few minutes reads anew what has
changed.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple, TypeAlias

from django.conf import settings

from locations.models import Office
from scheduling import policies, slot_search
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import DAY, as_datetime, day_of, instant
from scheduling.models import Mode, SessionType, Therapist
from scheduling.publishing import offered, resources
from scheduling.publishing.resources import Resource
from scheduling.wishes import Slot, Wish

MANIFEST = "$bulk-publish"
LOCATIONS = "locations.ndjson"
ROLES = "practitioner-roles.ndjson"
SCHEDULES = "schedules.ndjson"


# A therapist and a session type, and an office or none by video: by id, slug and id.
Place: TypeAlias = tuple[str, str, str | None]


class Week(NamedTuple):
    """The part of a calendar week that slots are published for."""

    file: str
    span: Interval


def weeks(now: int) -> list[Week]:
    """Those of the next `PUBLISHED_DAYS`, from Monday to Monday in the practice's zone;
    the first begins now."""
    found, begin, end = [], now, now + settings.PUBLISHED_DAYS * DAY
    while begin < end:
        day = day_of(begin, PRACTICE_ZONE)
        year, number, weekday = day.isocalendar()
        monday = instant(day + timedelta(days=8 - weekday), 0, PRACTICE_ZONE)
        span = Interval(begin, min(monday, end))
        found.append(Week(f"slots-{year}-W{number:02}.ndjson", span))
        begin = monday
    return found


def read(
    base: str, *, now: int, advance: Callable[[], None] = lambda: None
) -> dict[str, bytes]:
    """The files by name, the manifest last. `base` is where they are to be found,
    without a last slash. `advance` is called once for each session type and week.

    Seven queries, and for each session type two and one for each week, however many
    therapists there are.
    """
    facts = _Facts.read(base)
    files = {
        LOCATIONS: _lines(facts.locations()),
        ROLES: _lines(facts.roles()),
        SCHEDULES: _lines(facts.schedules.values()),
    }
    published = weeks(now)
    by_week: list[list[Slot]] = [[] for _ in published]
    for kind in facts.kinds:
        wish = Wish(
            session_type=kind,
            start=now,
            end=published[-1].span.end,
            is_public=True,
        )
        spans = [week.span for week in published]
        searched = slot_search.search_each(wish, spans, now=now)
        for number, found in enumerate(searched):
            by_week[number] += found
            advance()
    for week, slots in zip(published, by_week, strict=True):
        files[week.file] = _lines(facts.slots(sorted(slots)))
    files[MANIFEST] = _manifest(base, files, facts.states, now)
    return files


def steps(now: int) -> int:
    """How often `read` is going to call `advance`."""
    return len(offered.kinds()) * len(weeks(now))


@dataclass(frozen=True, slots=True)
class _Facts:
    """What slots refer to, read before them; who came since is left out."""

    base: str
    practice: str
    phone: str
    offices: Mapping[str, Office]
    team: Iterable[Therapist]
    kinds: Iterable[SessionType]
    schedules: Mapping[Place, Resource]

    @classmethod
    def read(cls, base: str) -> "_Facts":
        policy = policies.of_practice()
        rows = Office.objects.filter(is_active=True).order_by("name", "pk")
        offices = {str(office.pk): office for office in rows}
        kinds = offered.kinds()
        states = _states(offices.values())
        team: list[Therapist] = []
        schedules: dict[Place, Resource] = {}
        for therapist in offered.therapists():
            theirs = {
                _place(therapist, kind, office): resources.schedule(
                    therapist, kind, office, practice=policy.name, states=states
                )
                for kind in kinds
                for office in offered.places(therapist, kind)
            }
            if theirs:
                team.append(therapist)
                schedules |= theirs
        phone = policy.callback_phone
        return cls(base, policy.name, phone, offices, team, kinds, schedules)

    @property
    def states(self) -> list[str]:
        return _states(self.offices.values())

    def locations(self) -> Iterator[Resource]:
        system = f"{self.base}/offices"
        if settings.PUBLIC_URL:  # the same wherever the files lie
            system = f"{settings.PUBLIC_URL}/api/v1/offices/"
        for office in self.offices.values():
            yield resources.location(
                office,
                practice=self.practice,
                phone=office.phone or self.phone,
                system=system,
            )

    def roles(self) -> Iterator[Resource]:
        for therapist in self.team:
            yield resources.role(therapist, practice=self.practice)

    def slots(self, found: Iterable[Slot]) -> Iterator[Resource]:
        """Each once: by video it does not matter which office the therapist is at."""
        told = set()
        for slot in found:
            where = None if slot.mode == Mode.TELEHEALTH else slot.office
            place = slot.therapist, slot.session_type, where
            schedule = self.schedules.get(place)
            if schedule is None or (place, slot.start) in told:
                continue
            told.add((place, slot.start))
            office = self.offices.get(slot.office)
            yield resources.slot(
                slot,
                schedule["id"],
                office=office,
                template=settings.BOOKING_URL,
                phone=(office.phone if office else "") or self.phone,
            )


def _place(therapist: Therapist, kind: SessionType, office: Office | None) -> Place:
    return str(therapist.pk), kind.slug, str(office.pk) if office else None


def _states(offices: Iterable[Office]) -> list[str]:
    return sorted({office.state for office in offices})


def _manifest(base: str, files: Iterable[str], states: list[str], now: int) -> bytes:
    kinds = {LOCATIONS: "Location", ROLES: "PractitionerRole", SCHEDULES: "Schedule"}
    output = []
    for name in files:
        entry: Resource = {"type": kinds.get(name, "Slot"), "url": f"{base}/{name}"}
        if states:
            entry["extension"] = {"state": states}
        output.append(entry)
    content = {
        "transactionTime": resources.instant_text(as_datetime(now)),
        "request": f"{base}/{MANIFEST}",
        "output": output,
        "error": [],
    }
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


def _lines(found: Iterable[Resource]) -> bytes:
    """As NDJSON: one resource a line, without a blank."""
    lines = [
        json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in found
    ]
    return "".join(f"{line}\n" for line in lines).encode()
