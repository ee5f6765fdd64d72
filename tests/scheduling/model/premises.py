"""A small practice in plain values, on the weekend when the clock goes forward.

Two offices with three rooms, three therapists who differ in what they offer, and four
clients: two are a couple, one comes of age on Sunday, one will not be seen by video.
What is wanted of them, and when they work, is told in the same words.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.times import at

SATURDAY, SUNDAY, MONDAY = (date(2027, 3, day) for day in (13, 14, 15))
OPENING = at(date(2027, 3, 12), "12:00")

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
TICK = 5 * MINUTE  # every time is a multiple of it
GRID = 30 * MINUTE
HORIZON_DAYS = 2
GRACE = 15 * MINUTE
REMINDERS = (24 * HOUR, 2 * HOUR)

OFFICES = ("venice", "encino")
ELSEWHERE = None
DEFAULT_TRAVEL = 30 * MINUTE
TRAVEL: dict[frozenset[str | None], timedelta] = {frozenset(OFFICES): 45 * MINUTE}
IN_PERSON, TELEHEALTH = "in_person", "telehealth"


@dataclass(frozen=True)
class Kind:
    minutes: int
    before: timedelta
    after: timedelta
    size: int = 1
    by_video_only: bool = False


@dataclass(frozen=True)
class Therapist:
    offices: frozenset[str]
    kinds: frozenset[str]
    sees_adolescents: bool = False
    by_video: bool = True
    takes_new: bool = True


@dataclass(frozen=True)
class Client:
    of_age_on: date = date(2008, 5, 17)
    consents_to_video: bool = True


@dataclass(frozen=True)
class Room:
    office: str
    capacity: int


KINDS = {
    "individual": Kind(50, before=0 * MINUTE, after=10 * MINUTE),
    "couple": Kind(80, before=20 * MINUTE, after=10 * MINUTE, size=2),
    "consultation": Kind(15, 0 * MINUTE, 5 * MINUTE, by_video_only=True),
}
THERAPISTS = {
    "ada": Therapist(frozenset(OFFICES), frozenset(KINDS)),
    "ben": Therapist(
        frozenset({"venice"}), frozenset(KINDS), sees_adolescents=True, takes_new=False
    ),
    "cleo": Therapist(frozenset({"encino"}), frozenset({"individual"}), by_video=False),
}
CLIENTS = {
    "robin": Client(),
    "sam": Client(),
    "kim": Client(of_age_on=SUNDAY),
    "pat": Client(consents_to_video=False),
}
CLOSURES = [("venice", at(SUNDAY, "03:30"), at(SUNDAY, "04:00"))]
ROOMS = {  # the smallest of an office first
    "venice small": Room("venice", 1),
    "venice large": Room("venice", 2),
    "encino": Room("encino", 1),
}

HOURS = [  # therapist, office, mode, and when
    ("ada", "venice", "both", SATURDAY, "09:00", "13:00"),
    ("ada", "encino", IN_PERSON, SATURDAY, "13:00", "17:00"),
    ("ada", "venice", "both", SUNDAY, "00:30", "05:00"),
    ("ada", ELSEWHERE, TELEHEALTH, SUNDAY, "10:00", "13:00"),
    ("ben", "venice", "both", SATURDAY, "09:30", "14:30"),
    ("ben", "venice", TELEHEALTH, SUNDAY, "01:00", "04:00"),
    ("cleo", "encino", IN_PERSON, SATURDAY, "10:00", "15:00"),
    ("cleo", "encino", IN_PERSON, MONDAY, "09:00", "12:00"),
]


@dataclass(frozen=True)
class Window:
    """Hours of a therapist at a place, on one date."""

    therapist: str
    office: str | None
    mode: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Wanted:
    """What is to be booked, or is."""

    kind: str
    clients: tuple[str, ...]
    therapist: str
    office: str | None
    mode: str
    start: datetime
    room: str | None = None

    @property
    def end(self) -> datetime:
        return self.start + KINDS[self.kind].minutes * MINUTE

    def meets(self, other: "Wanted") -> bool:
        return self.start < other.end and other.start < self.end
