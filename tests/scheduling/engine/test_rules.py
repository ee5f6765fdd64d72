from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import find, given, settings

from scheduling.engine import rules, slots
from scheduling.engine.intervals import FOREVER, Interval
from scheduling.engine.limits import Limits
from scheduling.engine.rules import (
    EXPLANATIONS,
    IN_PERSON,
    TELEHEALTH,
    Calendar,
    Code,
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
from tests.scheduling.engine import worlds

H, M = 3600, 60
VENICE, ENCINO = Place("venice", IN_PERSON), Place("encino", IN_PERSON)

REQUEST = Request(
    kind=Kind("individual", 50 * M, 30 * M, telehealth_only=False),
    place=VENICE,
    offering=Offering(
        id="therapist",
        name="Dr. Example",
        is_active=True,
        session_types=frozenset({"individual"}),
        offices=frozenset({"venice", "encino"}),
        telehealth=True,
        age_groups=frozenset({"adult"}),
        accepts_new_clients=True,
    ),
    policy=Policy(8 * H, 48 * H, buffer_before=0, buffer_after=10 * M),
    calendar=Calendar(hours={VENICE: [Interval(9 * H, 17 * H)]}),
    party=Party(size=1, ages=[(FOREVER, "adult")]),
    practice=Practice(
        now=8 * H,
        zone=ZoneInfo("UTC"),
        closures={},
        travel={("venice", "encino"): 40 * M, ("encino", "venice"): 40 * M},
        default_travel=30 * M,
        rooms={"venice": [Room("small", "venice", 2)]},
    ),
)


def with_sessions(*sessions):
    return replace(REQUEST, calendar=replace(REQUEST.calendar, sessions=sessions))


def session(start, end, office="venice", before=0, after=10):
    return Session(start * M, end * M, office, before * M, after * M)


def test_a_free_hour_has_nothing_against_it():
    assert rules.refusals(REQUEST, 9 * H) == []


@pytest.mark.parametrize("gap", [0, 5, 9, 10, 15])
@pytest.mark.parametrize(
    ("after_earlier", "before_later", "needed"),
    [(10, 0, 10), (0, 10, 10), (10, 5, 10), (5, 10, 10), (10, 10, 10), (0, 0, 0)],
)
def test_the_larger_buffer_counts_between_neighbors_not_the_sum(
    gap, after_earlier, before_later, needed
):
    policy = replace(REQUEST.policy, buffer_before=before_later * M)
    earlier = session(540, 600, after=after_earlier)
    request = replace(with_sessions(earlier), policy=policy)

    expected = [] if gap >= needed else [Code.BUFFER]
    assert rules.refusals(request, (600 + gap) * M) == expected


def test_a_buffer_need_not_fit_inside_the_hours():
    assert rules.refusals(REQUEST, 17 * H - 50 * M) == []
    assert rules.refusals(REQUEST, 17 * H - 49 * M) == [Code.OUTSIDE_HOURS]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (9 * H, []),  # ends at 9:50, and 40 minutes later the therapist is in Encino
        (9 * H + M, [Code.TRAVEL]),
        (12 * H + 39 * M, [Code.TRAVEL]),
        (12 * H + 40 * M, []),
    ],
)
def test_the_journey_counts_before_and_after(start, expected):
    request = with_sessions(session(630, 720, office="encino"))

    assert rules.refusals(request, start) == expected


def test_a_journey_from_elsewhere_takes_the_default():
    request = with_sessions(session(540, 600, office=None))

    assert rules.refusals(request, 10 * H + 29 * M) == [Code.TRAVEL]
    assert rules.refusals(request, 10 * H + 30 * M) == []


def test_telehealth_needs_no_room_but_a_journey():
    video = Place("venice", TELEHEALTH)
    calendar = Calendar(
        hours={video: [Interval(9 * H, 17 * H)]},
        sessions=[session(540, 600, office="encino")],
    )
    practice = replace(REQUEST.practice, rooms={})
    request = replace(REQUEST, place=video, calendar=calendar, practice=practice)

    assert rules.refusals(request, 10 * H + 39 * M) == [Code.TRAVEL]
    assert rules.refusals(request, 10 * H + 40 * M) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"place": ENCINO}, [Code.NO_ROOM, Code.OUTSIDE_HOURS]),
        (
            {"offering": replace(REQUEST.offering, is_active=False)},
            [Code.NOT_OFFERED],
        ),
        (
            {"offering": replace(REQUEST.offering, session_types=frozenset())},
            [Code.NOT_OFFERED],
        ),
        (
            {"offering": replace(REQUEST.offering, offices=frozenset({"encino"}))},
            [Code.NOT_OFFERED],
        ),
        (
            {"offering": replace(REQUEST.offering, accepts_new_clients=False)},
            [Code.CASELOAD],
        ),
        ({"kind": replace(REQUEST.kind, telehealth_only=True)}, [Code.NOT_OFFERED]),
        ({"party": Party(size=1, ages=[(FOREVER, "child")])}, [Code.NOT_OFFERED]),
        ({"party": Party(size=3, ages=[])}, [Code.NO_ROOM]),
        (
            {"party": replace(REQUEST.party, busy=[Interval(9 * H, 10 * H)])},
            [Code.CLIENT_BUSY],
        ),
        ({"practice": replace(REQUEST.practice, now=9 * H + M)}, [Code.PAST]),
        ({"policy": replace(REQUEST.policy, opens_at=10 * H)}, [Code.NOTICE]),
        ({"policy": replace(REQUEST.policy, closes_at=9 * H + M)}, [Code.HORIZON]),
        (
            {
                "practice": replace(
                    REQUEST.practice, closures={None: [Interval(0, 9 * H + M)]}
                )
            },
            [Code.OFFICE_CLOSED],
        ),
        (
            {"calendar": replace(REQUEST.calendar, time_off=[Interval(0, 24 * H)])},
            [Code.TIME_OFF],
        ),
    ],
)
def test_each_rule_alone(changes, expected):
    assert rules.refusals(replace(REQUEST, **changes), 9 * H) == expected


def test_a_therapist_who_takes_no_new_clients_keeps_their_own():
    request = replace(
        REQUEST,
        offering=replace(REQUEST.offering, accepts_new_clients=False),
        party=replace(REQUEST.party, known_to=frozenset({"therapist"})),
    )

    assert rules.refusals(request, 9 * H) == []


def test_a_named_room_is_busy_where_another_would_be_free():
    rooms = [
        Room("small", "venice", 2, [Interval(9 * H, 10 * H)]),
        Room("large", "venice", 8),
    ]
    request = replace(
        REQUEST, practice=replace(REQUEST.practice, rooms={"venice": rooms})
    )

    assert rules.refusals(request, 9 * H, room="small") == [Code.ROOM_BUSY]
    assert rules.refusals(request, 9 * H, room="large") == []
    assert rules.refusals(request, 9 * H) == []


def test_every_reason_is_named_at_once_hard_ones_first():
    request = replace(
        with_sessions(session(540, 590)),
        party=replace(REQUEST.party, busy=[Interval(0, 24 * H)]),
        practice=replace(REQUEST.practice, now=20 * H, rooms={}),
        calendar=Calendar(sessions=[session(540, 590)], time_off=[Interval(0, 24 * H)]),
    )

    assert rules.refusals(request, 9 * H) == [
        Code.THERAPIST_BUSY,
        Code.CLIENT_BUSY,
        Code.NO_ROOM,
        Code.OUTSIDE_HOURS,
        Code.PAST,
        Code.TIME_OFF,
    ]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Limits(per_day=2), [Code.DAILY_LIMIT]),
        (Limits(per_week=2), [Code.WEEKLY_LIMIT]),
        (Limits(in_a_row=2, pause=30 * M), [Code.BREAK]),
        (Limits(per_day=3, per_week=3, in_a_row=3, pause=30 * M), []),
    ],
)
def test_a_third_session_is_one_too_many_where_two_are_the_limit(limits, expected):
    request = replace(
        with_sessions(session(720, 770), session(780, 830)),
        policy=replace(REQUEST.policy, limits=limits),
    )

    assert rules.refusals(request, 14 * H) == expected


def test_limits_are_soft():
    limits = {Code.DAILY_LIMIT, Code.WEEKLY_LIMIT, Code.BREAK}

    assert limits.isdisjoint(rules.HARD)


def test_every_code_has_an_explanation():
    assert set(EXPLANATIONS) == set(Code)


@pytest.mark.parametrize(
    ("hours", "step", "expected"),
    [
        (Interval(9 * H, 10 * H), 60, [9 * H]),
        (Interval(9 * H, 10 * H), 30, [9 * H]),
        (Interval(9 * H, 9 * H + 50 * M), 60, [9 * H]),
        (Interval(9 * H, 9 * H + 49 * M), 60, []),
        (Interval(9 * H + 15 * M, 11 * H), 30, [9 * H + 15 * M, 9 * H + 45 * M]),
    ],
)
def test_the_grid_begins_with_the_hours_and_the_last_slot_ends_in_them(
    hours, step, expected
):
    request = replace(
        REQUEST,
        kind=replace(REQUEST.kind, step=step * M),
        calendar=Calendar(hours={VENICE: [hours]}),
    )

    assert slots.starts(request, rules.blocked(request), FOREVER) == expected


def test_the_grid_stays_where_it_is_after_an_odd_booking():
    request = with_sessions(session(550, 600))

    assert slots.starts(request, rules.blocked(request), Interval(0, 12 * H)) == [
        10 * H + 30 * M,
        11 * H,
        11 * H + 30 * M,
    ]


@settings(max_examples=150, deadline=None)
@given(worlds.requests())
def test_a_time_is_refused_exactly_when_the_slow_reading_of_the_rules_says_so(request):
    for start in worlds.EVERY_TIME:
        allowed = not rules.refusals(request, start)
        assert allowed == worlds.can_be_booked(request, start), start


@settings(max_examples=150, deadline=None)
@given(worlds.requests(), worlds.times, worlds.times)
def test_exactly_what_can_be_booked_on_the_grid_is_offered(request, one, other):
    within = Interval(min(one, other), max(one, other))

    offered = [
        start
        for start in rules.with_breaks(
            request, slots.starts(request, rules.blocked(request), within)
        )
        if not _lacks_room(request, start)
    ]

    on_grid = {
        start
        for hours in request.calendar.hours[request.place]
        for start in range(hours.start, hours.end, request.kind.step)
        if within.start <= start < within.end
    }
    assert offered == sorted(
        start for start in on_grid if worlds.can_be_booked(request, start)
    )


def without_neighbors(request):
    return replace(request, calendar=replace(request.calendar, sessions=()))


def without(limit):
    return lambda request: replace(
        request,
        policy=replace(
            request.policy, limits=replace(request.policy.limits, **{limit: None})
        ),
    )


@pytest.mark.parametrize(
    "careless",
    [without_neighbors, *map(without, ["per_day", "per_week", "in_a_row"])],
)
def test_the_comparison_notices_a_rule_that_is_left_out(careless):
    """A control: an engine that forgets the neighbors, or a limit, is caught."""

    def is_caught(request):
        return any(
            not rules.refusals(careless(request), start)
            and not worlds.can_be_booked(request, start)
            for start in worlds.EVERY_TIME
        )

    find(worlds.requests(), is_caught, settings=settings(max_examples=2000))


def _lacks_room(request, start):
    wanted = Interval(start, start + request.kind.duration)
    rooms = request.practice.rooms.get(request.place.office or "", ())
    return request.place.mode == IN_PERSON and not rules.free_rooms(
        rooms, wanted, request.party.size
    )
