"""Small random practices, and a slow reading of the rules to compare the engine with.

The reference knows nothing of stretches to keep out of: it puts the wanted session into
the day and looks at it minute by minute and neighbor by neighbor.
"""

from datetime import date, datetime
from itertools import pairwise

from hypothesis import strategies as st

from scheduling.engine.intervals import FOREVER, Interval, merge
from scheduling.engine.limits import Limits
from scheduling.engine.rules import (
    IN_PERSON,
    TELEHEALTH,
    Calendar,
    Kind,
    Offering,
    Party,
    Place,
    Policy,
    Practice,
    Request,
    Room,
    Session,
)
from scheduling.engine.wall_clock import instant
from tests.times import ZONE

STEP = 5  # every time is a multiple of so many "seconds"
LENGTH = 60  # of the world, in steps
# Half of it lies before the midnight that begins a week, half behind.
ORIGIN = instant(date(2027, 1, 4), 0, ZONE) - LENGTH * STEP // 2
COMES_OF_AGE = ORIGIN + 30
EVERY_TIME = range(ORIGIN, ORIGIN + LENGTH * STEP, STEP)
OFFICES = ("venice", "encino", "city")
# Any two of these add up to more than a third: going round is never shorter.
TRAVEL = {
    ("venice", "encino"): 20,
    ("venice", "city"): 10,
    ("encino", "city"): 15,
}
DEFAULT_TRAVEL = 15


def travel_between(one, other):
    if one == other:
        return 0
    return TRAVEL.get((one, other), TRAVEL.get((other, one), DEFAULT_TRAVEL))


times = st.integers(0, LENGTH).map(lambda step: ORIGIN + step * STEP)
lengths = st.integers(1, 8).map(lambda step: step * STEP)
buffers = st.sampled_from([0, 0, 5, 10])
places = st.sampled_from(
    [Place(office, mode) for office in OFFICES for mode in (IN_PERSON, TELEHEALTH)]
    + [Place(None, TELEHEALTH)]
)


@st.composite
def stretches(draw, most=3):
    found = draw(st.lists(st.tuples(times, lengths), max_size=most))
    return merge(Interval(start, start + length) for start, length in found)


@st.composite
def sessions(draw):
    """A calendar that keeps the rules itself."""
    kept = []
    for start, length in sorted(draw(st.lists(st.tuples(times, lengths), max_size=5))):
        session = Session(
            start,
            start + length,
            draw(st.sampled_from([*OFFICES, None])),
            draw(buffers),
            draw(buffers),
        )
        if not kept or gap_suffices(kept[-1], session):
            kept.append(session)
    return kept


@st.composite
def limits(draw):
    """Mostly none, since they leave little to book."""
    in_a_row = draw(st.sampled_from([None, None, 1, 2, 3]))
    return Limits(
        per_day=draw(st.sampled_from([None, None, 1, 2, 3])),
        per_week=draw(st.sampled_from([None, None, 2, 4])),
        in_a_row=in_a_row,
        pause=draw(st.sampled_from([5, 10, 20])) if in_a_row else 0,
    )


@st.composite
def requests(draw):
    office_rooms = {
        office: [
            Room(f"{office}-{number}", office, number + 1, draw(stretches()))
            for number in range(draw(st.integers(0, 2)))
        ]
        for office in OFFICES
    }
    hours = {
        place: merge([*draw(stretches()), Interval(ORIGIN + 50, ORIGIN + 200)])
        for place in draw(st.sets(places, min_size=1, max_size=3))
    }
    now = ORIGIN + draw(st.sampled_from([0, 0, 60]))
    return Request(
        kind=Kind(
            "individual",
            draw(lengths),
            step=10,
            telehealth_only=False,
        ),
        place=draw(st.sampled_from(sorted(hours, key=repr))),
        offering=Offering(
            id="therapist",
            name="Dr. Example",
            is_active=draw(st.sampled_from([True, True, True, False])),
            session_types=frozenset({"individual"}),
            offices=frozenset(OFFICES),
            telehealth=True,
            age_groups=frozenset({"adult"}),
            accepts_new_clients=draw(st.booleans()),
        ),
        policy=Policy(
            opens_at=now + draw(st.sampled_from([0, 20])),
            closes_at=ORIGIN + draw(st.sampled_from([250, 1000])),
            buffer_before=draw(buffers),
            buffer_after=draw(buffers),
            limits=draw(limits()),
        ),
        calendar=Calendar(hours, draw(stretches(1)), draw(sessions())),
        party=Party(
            size=draw(st.integers(1, 2)),
            ages=[
                (Interval(FOREVER.start, COMES_OF_AGE), "adolescent"),
                (Interval(COMES_OF_AGE, FOREVER.end), "adult"),
            ],
            has_telehealth_consent=draw(st.sampled_from([True, True, False])),
            known_to=frozenset({"therapist"}),
            busy=draw(stretches(1)),
        ),
        practice=Practice(
            now=now,
            zone=ZONE,
            closures={
                None: draw(stretches(1)),
                "venice": draw(stretches(1)),
            },
            travel={
                pair: minutes
                for (one, other), minutes in TRAVEL.items()
                for pair in ((one, other), (other, one))
            },
            default_travel=DEFAULT_TRAVEL,
            rooms=office_rooms,
        ),
    )


def gap_suffices(earlier, later):
    gap = later.start - earlier.end
    return gap >= max(earlier.buffer_after, later.buffer_before) and gap >= (
        travel_between(earlier.office, later.office)
    )


def can_be_booked(request, start):
    """Decision D3, read out loud."""
    place, practice, policy = request.place, request.practice, request.policy
    end = start + request.kind.duration
    minutes = range(start, end, STEP)
    closed = [*practice.closures[None], *practice.closures.get(place.office, [])]
    return (
        request.offering.is_active
        and start >= policy.opens_at
        and end <= policy.closes_at
        and (place.mode == IN_PERSON or request.party.has_telehealth_consent)
        and not any(minute < COMES_OF_AGE for minute in minutes)
        and within_hours(request, start, end)
        and not any(
            inside(minute, taken)
            for minute in minutes
            for taken in [*request.calendar.time_off, *closed, *request.party.busy]
        )
        and fits_between_neighbors(request, start, end)
        and keeps_the_limits(request, minutes)
        and leaves_a_break(request, start, end)
        and (place.mode == TELEHEALTH or has_room(request, minutes))
    )


def inside(minute, stretch):
    return stretch.start <= minute < stretch.end


def within_hours(request, start, end):
    hours = request.calendar.hours.get(request.place, ())
    return any(window.start <= start and end <= window.end for window in hours)


def fits_between_neighbors(request, start, end):
    policy = request.policy
    wanted = Session(
        start, end, request.place.office, policy.buffer_before, policy.buffer_after
    )
    day = sorted([*request.calendar.sessions, wanted], key=lambda one: one[:2])
    return all(gap_suffices(*pair) for pair in pairwise(day) if wanted in pair)


def keeps_the_limits(request, minutes):
    """Nowhere does the wanted session make one more than there may be."""
    most = request.policy.limits
    for minute in minutes:
        day, week = [], []
        for session in request.calendar.sessions:
            when = range(session.start, session.end, STEP)
            day.append(any(local(each).date() == local(minute).date() for each in when))
            week.append(any(same_week(each, minute) for each in when))
        if most.per_day is not None and sum(day) + 1 > most.per_day:
            return False
        if most.per_week is not None and sum(week) + 1 > most.per_week:
            return False
    return True


def leaves_a_break(request, start, end):
    """Of any sessions that follow one another, the wanted one among them, one more than
    may be in a row, some two are a break apart."""
    most = request.policy.limits
    if most.in_a_row is None:
        return True
    wanted = (start, end)
    day = sorted([wanted, *(each[:2] for each in request.calendar.sessions)])
    return not any(
        wanted in run and all(gap < most.pause for gap in gaps(run))
        for run in zip(
            *(day[skipped:] for skipped in range(most.in_a_row + 1)), strict=False
        )
    )


def gaps(run):
    return [later[0] - earlier[1] for earlier, later in pairwise(run)]


def local(minute):
    return datetime.fromtimestamp(minute, ZONE)


def same_week(one, other):
    return local(one).isocalendar()[:2] == local(other).isocalendar()[:2]


def has_room(request, minutes):
    return any(
        room.capacity >= request.party.size
        and not any(inside(minute, taken) for taken in room.busy for minute in minutes)
        for room in request.practice.rooms[request.place.office]
    )
