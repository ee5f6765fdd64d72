"""Of many therapists, those who could have a slot first: nobody else has one before."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling import frontrunners, slot_search, wishes
from scheduling.engine.intervals import Interval, merge
from scheduling.engine.wall_clock import DAY, HOUR, MINUTE
from scheduling.frontrunners import POSSIBLE_STARTS, Place
from scheduling.wishes import Wish
from tests.factories.locations import ClosureFactory, OfficeFactory, RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityOverrideFactory,
    AvailabilityRuleFactory,
    SessionTypeFactory,
    TherapistFactory,
    TimeOffFactory,
)
from tests.times import MONDAY, at

pytestmark = pytest.mark.django_db

EVERYTHING = 10_000
ZONES = ["America/Los_Angeles", "Europe/Berlin", None]
MOMENTS = [
    at(MONDAY, "08:00"),
    at(MONDAY, "10:07"),
    at(date(2027, 3, 13), "17:00"),  # the clock goes forward in the night after
    at(date(2027, 11, 6), "21:00"),  # and back
    datetime(2027, 3, 27, 19, tzinfo=UTC),  # the same in Berlin
    datetime(2027, 10, 30, 19, tzinfo=UTC),
]
THERAPISTS, OFFICES = 5, 2
anyone, anywhere = st.integers(0, THERAPISTS - 1), st.integers(0, OFFICES)


def pieces(first, last):
    """Minutes of a day in tens, none of which are the whole of it."""
    return st.integers(first, last).flatmap(
        lambda start: st.tuples(
            st.just(start * 10), st.integers(start + 1, 144 if start else 143)
        )
    )


meeting = st.sampled_from([(0, 48), (480, 72), (720, 108), (550, 72), (1080, 144)])
minutes = meeting | meeting | pieces(0, 143)
modes = st.sampled_from(["both", "both", "in_person", "telehealth"])
offsets = st.integers(-24, 60)  # half hours
worlds = st.fixed_dictionaries(
    {
        "zones": st.lists(
            st.sampled_from(ZONES[:2]), min_size=OFFICES, max_size=OFFICES
        ),
        "moment": st.sampled_from(MOMENTS),
        "rules": st.lists(
            st.tuples(anyone, anywhere, st.integers(0, 6), minutes, modes),
            min_size=4,
            max_size=14,
        ),
        "every_weeks": st.sampled_from([1, 1, 2]),
        "opened": st.lists(
            st.tuples(anyone, anywhere, st.integers(-1, 2), minutes, modes), max_size=4
        ),
        "sessions": st.lists(st.tuples(anyone, anywhere, offsets), max_size=12),
        "away": st.lists(st.tuples(anyone, offsets, st.integers(1, 30)), max_size=2),
        "closed": st.lists(
            st.tuples(anywhere, offsets, st.integers(1, 30)), max_size=2
        ),
        "step": st.sampled_from([30, 30, 20, 45]),
        "wish": st.fixed_dictionaries(
            {},
            optional={
                "offices": st.just([0]),
                "modes": st.sampled_from([["in_person"], ["telehealth"]]),
                "weekdays": st.sampled_from([[0, 1], [6]]),
                "time_from": st.sampled_from([10 * 60, 15 * 60 + 10]),
            },
        ),
    }
)
examples = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class World:
    """A few therapists in the rows, what somebody wishes, and all that there is."""

    def __init__(self, *, zones, moment, step, wish, **rows):
        self.moment, self.now = moment, int(moment.timestamp())
        offices = [
            RoomFactory.create(office=OfficeFactory.create(timezone=zone)).office
            for zone in zones
        ]
        self.offices = [*offices, None]
        kind = SessionTypeFactory.create()
        kind.start_every_minutes = step
        kind.save(update_fields=["start_every_minutes"])
        self.therapists = TherapistFactory.create_batch(THERAPISTS, offices=offices)
        self.fill(**rows)
        if "offices" in wish:
            wish = wish | {"offices": [offices[0].pk]}
        self.wish = Wish(
            session_type=kind, start=self.now, end=self.now + 60 * HOUR, **wish
        )
        self.slots = slot_search.search(self.wish, now=self.now, limit=EVERYTHING).slots

    def fill(self, *, rules, every_weeks, opened, sessions, away, closed):
        today = self.moment.date()
        for who, where, weekday, hours, mode in rules:
            AvailabilityRuleFactory.create(
                **self.hours(who, where, hours, mode),
                weekday=weekday,
                every_weeks=every_weeks,
            )
        for who, where, days, hours, mode in opened:
            AvailabilityOverrideFactory.create(
                **self.hours(who, where, hours, mode), date=today + timedelta(days=days)
            )
        for who, where, offset in sessions:
            self.book(self.therapists[who], self.offices[where], self.time(offset))
        for who, offset, length in away:
            TimeOffFactory.create(
                therapist=self.therapists[who],
                starts_at=self.time(offset),
                ends_at=self.time(offset + length),
            )
        for where, offset, length in closed:
            ClosureFactory.create(
                office=self.offices[where],
                starts_at=self.time(offset),
                ends_at=self.time(offset + length),
            )

    def hours(self, who, where, hours, mode):
        office, (start, end) = self.offices[where], hours
        return {
            "therapist": self.therapists[who],
            "office": office,
            "start_minute": start,
            "end_minute": end * 10,
            "mode": mode if office else "telehealth",
        }

    def book(self, therapist, office, starts_at):
        """Unless somebody has that time already."""
        try:
            with transaction.atomic():
                AppointmentFactory.create(
                    therapist=therapist,
                    office=office,
                    room=office.rooms.get() if office else None,
                    mode="in_person" if office else "telehealth",
                    clients=[],
                    starts_at=starts_at,
                )
        except IntegrityError:
            pass

    def time(self, half_hours):
        return self.moment.replace(minute=0) + timedelta(minutes=30 * half_hours)

    def leads(self, most, length):
        """One after the other, each with the place where it begins.

        Of hours about a change of the clock each second could be a start: behind a
        lead of less than a minute, one start more is asked for.
        """
        keys = [str(therapist.pk) for therapist in self.therapists]
        whole = wishes.reached(self.wish, Interval(self.now, self.wish.end))
        barred = merge(wishes.unwanted(self.wish, whole))
        since = Place(self.now)
        while since.start < self.wish.end:
            lead = frontrunners.first(
                self.wish, keys, since, barred=barred, most=most, length=length
            )
            yield since, lead
            most += lead.until.start < since.start + MINUTE
            since = lead.until

    def pages(self, limit):
        after = None
        while True:
            page = slot_search.search(self.wish, now=self.now, limit=limit, after=after)
            yield from page.slots
            if not page.has_more:
                return
            after = page.slots[-1].key


def overlooked(described, most, length):
    """The first slot of somebody who is not in the lead to which it belongs."""
    with transaction.atomic():
        world = World(**described)
        slots = (
            slot
            for since, lead in world.leads(most, length)
            for slot in world.slots
            if since <= slot[:2] < lead.until and slot.therapist not in lead.therapists
        )
        found = next(slots, None)
        transaction.set_rollback(True)
    return found


@examples
@given(worlds, st.integers(2, 6), st.sampled_from([HOUR, 3 * HOUR, 24 * HOUR]))
def test_nobody_else_has_a_slot_before_the_end_of_a_lead(described, most, length):
    assert overlooked(described, most, length) is None


@examples
@given(worlds, st.integers(1, 4))
def test_the_pages_of_a_narrow_search_are_the_whole_search(described, limit):
    """All in one answer, everybody is looked at for whole days."""
    with transaction.atomic():
        world = World(**described)
        pages = list(world.pages(limit))
        transaction.set_rollback(True)

    assert pages == list(world.slots)


PLAIN = {
    "zones": ZONES[:1] * OFFICES,
    "moment": MOMENTS[0],
    "rules": [],
    "every_weeks": 1,
    "opened": [],
    "sessions": [],
    "away": [],
    "closed": [],
    "step": 30,
    "wish": {},
}
ANN, BOB, CAT = range(3)
HERE, NO_OFFICE = 0, OFFICES


def test_a_search_for_months_in_which_nobody_works_finds_nothing():
    kind = SessionTypeFactory.create()
    TherapistFactory.create_batch(
        THERAPISTS, offices=[OfficeFactory.create()], session_types=[kind]
    )
    now = int(at(MONDAY, "08:00").timestamp())
    wish = Wish(session_type=kind, start=now, end=now + 92 * DAY)

    assert slot_search.search(wish, now=now, limit=1).slots == []


def on(weekday, *hours):
    """Weekly hours of Ann, Bob and Cat, from some minute until ten times another."""
    return [
        (who, HERE if who == ANN else NO_OFFICE, weekday, each, "both")
        for who, each in hours
    ]


@pytest.mark.parametrize(
    ("right", "careless", "changes"),
    [
        (
            "THEN opens + (",
            "THEN opens + 3600 + (",
            {"rules": on(0, (ANN, (540, 72)), (BOB, (540, 72)))},
        ),
        (  # On the day of a change, what follows it is an hour sooner.
            "least(midnight, day_before + 86400, day_after - 86400)",
            "greatest(midnight, day_before + 86400, day_after - 86400)",
            {
                "moment": at(date(2027, 3, 14), "08:00"),
                "rules": on(6, (ANN, (600, 78)), (BOB, (600, 78))),
            },
        ),
        (  # Ann's second hours go on with the grid of the first: 12:30, not 12:40.
            "coalesce(max(closes) OVER earlier < opens, true)",
            "true",
            {
                "moment": at(MONDAY, "12:20"),
                "rules": on(
                    0,
                    (ANN, (540, 73)),
                    (ANN, (730, 90)),
                    (BOB, (755, 90)),
                    (CAT, (756, 90)),
                ),
            },
        ),
        (  # The same over midnight: 00:10, not 00:30.
            "start_minute > 0",
            "true",
            {
                "moment": at(MONDAY, "00:05"),
                "rules": [
                    *on(6, (ANN, (1330, 144))),
                    *on(0, (ANN, (0, 18)), (BOB, (15, 18)), (CAT, (16, 18))),
                ],
            },
        ),
        (
            "date = ANY(array(SELECT day FROM near))",
            "false",
            {
                "rules": on(0, (BOB, (545, 72)), (CAT, (546, 72))),
                "opened": [(ANN, HERE, 0, (540, 72), "both")],
            },
        ),
        (  # Where one lead ends, the next begins.
            "therapist_id < %(first)s",
            "therapist_id <= %(first)s",
            {"rules": on(0, (ANN, (540, 72)), (BOB, (540, 72)))},
        ),
        (  # What has ended does not keep anybody busy.
            "ends_at > to_timestamp(start)",
            "ends_at > to_timestamp(start - 3600)",
            {
                "rules": on(0, (ANN, (540, 72)), (BOB, (545, 72)), (CAT, (546, 72))),
                "sessions": [(ANN, HERE, 0)],
            },
        ),
    ],
)
def test_control_a_statement_that_is_too_late_is_noticed(
    monkeypatch, right, careless, changes
):
    assert overlooked(PLAIN | changes, 2, HOUR) is None
    assert right in POSSIBLE_STARTS
    monkeypatch.setattr(
        frontrunners, "POSSIBLE_STARTS", POSSIBLE_STARTS.replace(right, careless)
    )

    assert overlooked(PLAIN | changes, 2, HOUR) is not None
