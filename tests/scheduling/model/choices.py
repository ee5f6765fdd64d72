"""What a random step chooses from, so that it often meets something."""

from hypothesis import strategies as st

from scheduling.engine.rules import HARD, Code
from tests.scheduling.model.premises import (
    CLIENTS,
    IN_PERSON,
    MONDAY,
    OFFICES,
    ROOMS,
    SATURDAY,
    SUNDAY,
    TELEHEALTH,
    THERAPISTS,
)
from tests.times import at

SOFT = frozenset(Code) - HARD
HELD = {"held", "released"}
moments = st.sampled_from(
    [
        at(SATURDAY, f"{hour:02}:{half}")
        for hour in range(8, 18)
        for half in ("00", "30")
    ]
    + [
        at(SUNDAY, f"{hour:02}:{half}")
        for hour in (0, 1, 3, 4)
        for half in ("00", "30")
    ]
    + [at(SUNDAY, f"{hour:02}:10") for hour in (1, 3, 10, 11, 12)]
    + [at(MONDAY, f"{hour:02}:00") for hour in range(8, 13)]
)
parties = st.sampled_from(
    [("consultation", (name,)) for name in CLIENTS]
    + [("individual", (name,)) for name in CLIENTS]
    + [("couple", pair) for pair in (("robin", "sam"), ("sam", "kim"))]
)
therapists = st.sampled_from(list(THERAPISTS))
places = st.sampled_from(
    [(office, mode) for office in OFFICES for mode in (IN_PERSON, TELEHEALTH)]
    + [(None, TELEHEALTH)]
)
days = st.sampled_from([SATURDAY, SUNDAY, MONDAY])
numbers = st.integers(0, 30)
ages = st.sampled_from([0, 0, 0, 0, 0, 1])  # of the view that a change is based on
overriding = st.sampled_from(["", "", "The front desk has said so."])


def has_sessions(machine):
    return any(each.status not in HELD for each in machine.paper.sessions.values())


def has_holds(machine):
    return any(each.status in HELD for each in machine.paper.sessions.values())


def rooms_at(office):
    return [name for name, room in ROOMS.items() if room.office == office]


def pick(number, options):
    return options[number % len(options)]
