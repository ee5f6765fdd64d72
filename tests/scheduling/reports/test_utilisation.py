"""The report against minutes that are counted one by one."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pgtrigger
import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from locations.models import Closure, Office
from scheduling import availability
from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import DAY, MINUTE, as_datetime, instant
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    Mode,
    Therapist,
    TimeOff,
    WorkMode,
)
from scheduling.reports import utilisation
from scheduling.reports.utilisation import KEYS
from tests.factories.locations import ClosureFactory, OfficeFactory, RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityOverrideFactory,
    AvailabilityRuleFactory,
    TherapistFactory,
    TimeOffFactory,
)
from tests.times import MONDAY, TUESDAY, ZONE, at

pytestmark = pytest.mark.django_db

WEEKS = {
    "winter": date(2027, 1, 4),
    "clock goes on": date(2027, 3, 8),
    "clock goes back": date(2026, 10, 26),
}


def week_of(monday):
    return Interval(
        instant(monday, 0, ZONE),
        instant(monday + timedelta(days=6), DAY // MINUTE, ZONE),
    )


def at_random(monday, seed):
    """A practice in which everything happens, also at night and on the Sunday."""
    random = Random(seed)  # noqa: S311  the same one each time
    offices = [OfficeFactory.create() for _ in range(2)]
    rooms = [RoomFactory.create(office=office) for office in offices]
    for number in range(4):
        therapist = TherapistFactory.create(
            offices=random.sample(offices, random.randint(1, 2)),
            telehealth=number != 3,
            is_active=number != 2,
        )
        _hours(random, therapist, offices, monday)
        _sessions(random, therapist, rooms, monday)
        for _ in range(2):
            begins = _moment(random, monday)
            TimeOffFactory.create(
                therapist=therapist,
                starts_at=begins,
                ends_at=begins + timedelta(minutes=random.randint(1, 900)),
            )
    for office in (offices[0], None):
        begins = _moment(random, monday)
        ClosureFactory.create(
            office=office,
            starts_at=begins,
            ends_at=begins + timedelta(minutes=random.randint(1, 600)),
        )


def _hours(random, therapist, offices, monday):
    for _ in range(6):
        start, end = sorted(random.sample(range(0, 1441, 5), 2))
        office = random.choice([*offices, None])
        AvailabilityRuleFactory.create(
            therapist=therapist,
            office=office,
            mode=random.choice(WorkMode.values) if office else WorkMode.TELEHEALTH,
            weekday=random.choice([0, 3, 6, 6]),
            start_minute=start,
            end_minute=end,
            every_weeks=random.choice([1, 1, 2]),
            valid_from=monday - timedelta(days=random.randint(-3, 30)),
            valid_until=random.choice([None, monday + timedelta(days=40)]),
        )
    for bounds in ((90, 150), (60, 120), (150, 240)):  # around the change
        AvailabilityOverrideFactory.create(
            therapist=therapist,
            office=therapist.offices.first(),
            date=monday + timedelta(days=6),
            start_minute=bounds[0] + random.choice([0, 10]),
            end_minute=bounds[1],
        )


def _sessions(random, therapist, rooms, monday):
    for day in range(-1, 8):
        hour = random.randint(0, 22)
        AppointmentFactory.create(
            therapist=therapist,
            office=random.choice([room.office for room in rooms] + [None]),
            telehealth=True,
            starts_at=at(monday + timedelta(days=day), f"{hour:02}:{day + 11}"),
            **random.choice([{}, {}, {"cancelled": True}, {"held": True}]),
        )


def _moment(random, monday):
    day = monday + timedelta(days=random.randint(0, 6))
    return as_datetime(instant(day, random.randint(0, 1439), ZONE))


def by_counting(span, by, offices=(), therapists=()):
    """The same, minute by minute, with the hours that bookings see."""
    found = {}
    for name, stretches in (
        ("available", _open(span, by, offices, therapists)),
        ("booked", _booked(span, by, offices, therapists)),
    ):
        found[name] = Counter(
            (
                office if "office" in by else None,
                therapist if "therapist" in by else None,
                as_datetime(minute).astimezone(ZONE).weekday()
                if "weekday" in by
                else None,
                as_datetime(minute).astimezone(ZONE).hour if "hour" in by else None,
            )
            for office, therapist, minute in stretches
        )
    return {
        key: (found["available"][key], found["booked"][key])
        for key in found["available"].keys() | found["booked"].keys()
    }


def _open(span, by, offices, therapists):
    minutes = set()
    for therapist in Therapist.objects.filter(is_active=True):
        if therapists and therapist.pk not in therapists:
            continue
        key = str(therapist.pk)
        hours = availability.almanac([key], span).hours(span).get(key, {})
        for place, stretches in hours.items():
            if not _can_be_booked(therapist, place, offices):
                continue
            away = _away(therapist, place)
            office = place.office if "office" in by else None
            minutes.update(
                (office, therapist.pk, minute)
                for minute in _minutes(stretches, span)
                if not any(start <= minute < end for start, end in away)
            )
    return minutes


def _can_be_booked(therapist, place, offices):
    if place.mode == Mode.TELEHEALTH and not therapist.telehealth:
        return False
    if place.office is None:
        return not offices
    at_work = {str(each.pk) for each in therapist.offices.filter(is_active=True)}
    return place.office in at_work and (
        not offices or place.office in {str(each) for each in offices}
    )


def _away(therapist, place):
    closures = [
        row
        for row in Closure.objects.all()
        if row.office_id is None or str(row.office_id) == place.office
    ]
    return [
        (row.starts_at.timestamp(), row.ends_at.timestamp())
        for row in [*closures, *TimeOff.objects.filter(therapist=therapist)]
    ]


def _booked(span, by, offices, therapists):
    rows = Appointment.objects.filter(occupies=True).exclude(
        status=AppointmentStatus.HELD
    )
    for row in rows:
        if offices and row.office_id not in offices:
            continue
        if therapists and row.therapist_id not in therapists:
            continue
        stretch = Interval(int(row.starts_at.timestamp()), int(row.ends_at.timestamp()))
        for minute in _minutes([stretch], span):
            office = str(row.office_id) if row.office_id and "office" in by else None
            yield office, row.therapist_id, minute


def _minutes(stretches, span):
    for start, end in stretches:
        yield from range(max(start, span.start), min(end, span.end), MINUTE)


def told(rows):
    """The report in the form of the count."""
    offices = {office.slug: str(office.pk) for office in Office.objects.all()}
    return {
        (
            offices[row.office] if row.office else None,
            row.therapist,
            row.weekday,
            row.hour,
        ): (row.available_minutes, row.booked_minutes)
        for row in rows
    }


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("week", WEEKS)
def test_figures_are_those_of_counting_minute_by_minute(week, seed):
    monday = WEEKS[week]
    at_random(monday, seed)
    span = week_of(monday)

    for by in ([], ["office"], ["therapist"], ["office", "weekday", "hour"], KEYS):
        assert told(utilisation.read(span, by=by)) == by_counting(span, by)


def test_filters_leave_out_hours_and_sessions_of_others():
    at_random(MONDAY, 5)
    span = week_of(MONDAY)
    office, therapist = Office.objects.first(), Therapist.objects.first()

    for filters in (
        {"offices": [office.pk]},
        {"therapists": [therapist.pk]},
        {"offices": [office.pk], "therapists": [therapist.pk]},
    ):
        found = told(utilisation.read(span, by=KEYS, **filters))
        assert found == by_counting(span, KEYS, **filters)


@pytest.fixture
def monday():
    """Mondays from nine to noon, of which one session takes fifty minutes."""
    rule = AvailabilityRuleFactory.create(end_minute=12 * 60)
    AppointmentFactory.create(therapist=rule.therapist, room=rule.office.rooms.get())
    return rule


def test_a_row_tells_of_one_hour_of_a_therapist_at_an_office(monday):
    first, *rest = utilisation.read(week_of(MONDAY), by=KEYS)

    therapist = monday.therapist
    assert tuple(first) == (
        *(monday.office.slug, monday.office.name),
        *(therapist.pk, therapist.display_name),
        *(0, 9, 60, 50),
    )
    assert first.utilisation == 0.833
    assert [(row.hour, row.booked_minutes, row.utilisation) for row in rest] == [
        (10, 0, 0.0),
        (11, 0, 0.0),
    ]


def test_booked_outside_hours_has_no_share(monday):
    AppointmentFactory.create(
        therapist=monday.therapist,
        room=monday.office.rooms.get(),
        starts_at=at(MONDAY, "18:30"),
    )

    rows = utilisation.read(week_of(MONDAY), by=["hour"])

    assert [
        (row.hour, row.available_minutes, row.booked_minutes, row.utilisation)
        for row in rows[3:]
    ] == [(18, 0, 30, None), (19, 0, 20, None)]


def given_up(rule):
    rule.delete()


def cut_short(rule):
    rule.end_minute = 10 * 60
    rule.save(update_fields=["end_minute"])


def left(rule):
    rule.therapist.is_active = False
    rule.therapist.save(update_fields=["is_active"])


def works_elsewhere(rule):
    rule.therapist.offices.clear()


def closed_for_good(rule):
    rule.office.is_active = False
    rule.office.save(update_fields=["is_active"])


def came_back(rule):
    left(rule)
    rule.therapist.is_active = True
    rule.therapist.save(update_fields=["is_active"])


CHANGES = {
    given_up: ("AvailabilityRule", 0),
    cut_short: ("AvailabilityRule", 60),
    left: ("Therapist", 0),
    works_elsewhere: ("TherapistOffice", 0),
    closed_for_good: ("Office", 0),
    came_back: ("Therapist", 180),
}


@pytest.mark.parametrize("change", CHANGES)
def test_hours_that_were_are_not_changed_by_what_is_done_to_them_later(change, monday):
    """On Wednesday of the second of three weeks: two Mondays were, one is to come."""
    name, left_over = CHANGES[change]
    change(monday)
    happened(name, at(MONDAY + timedelta(days=9), "12:00"))

    weeks = [
        sum(row.available_minutes for row in utilisation.read(span, by=["office"]))
        for span in (week_of(MONDAY + timedelta(days=7 * week)) for week in range(3))
    ]

    assert weeks == [180, 180, left_over]


def test_hours_count_as_they_stood_when_they_were_to_begin(monday):
    given_up(monday)
    happened("AvailabilityRule", at(MONDAY, "09:01"))
    late = AvailabilityRuleFactory.create(
        therapist=monday.therapist, office=monday.office, weekday=1, end_minute=10 * 60
    )
    given_up(late)
    happened("AvailabilityRule", at(TUESDAY, "09:00"), of=late)

    [row] = utilisation.read(week_of(MONDAY), by=[])

    assert row.available_minutes == 180


def test_hours_by_video_were_hours_while_they_were_offered(monday):
    AvailabilityOverrideFactory.create(
        therapist=monday.therapist,
        office=None,
        mode=WorkMode.TELEHEALTH,
        date=TUESDAY,
        start_minute=9 * 60,
        end_minute=11 * 60,
    )
    monday.therapist.telehealth = False
    monday.therapist.save(update_fields=["telehealth"])
    told = []

    for changed_at in (at(TUESDAY, "12:00"), at(TUESDAY, "08:00")):
        happened("Therapist", changed_at)
        [row] = utilisation.read(week_of(MONDAY), by=[])
        told.append(row.available_minutes)

    assert told == [180 + 120, 180]


def test_what_history_knows_nothing_of_counts_as_it_is(monday):
    for app, name in (
        ("locations", "Office"),
        *(("scheduling", each) for each in ("Therapist", "TherapistOffice")),
        ("scheduling", "AvailabilityRule"),
    ):
        with pgtrigger.ignore(f"{app}.{name}Event:append_only"):
            apps.get_model(app, f"{name}Event").objects.all().delete()

    [row] = utilisation.read(week_of(MONDAY), by=["office"])

    assert row.available_minutes == 180


def happened(name, changed_at, *, of=None):
    """Let all that history tells of rows, but for how they began, be of `changed_at`:
    the database writes it by a clock of its own."""
    app = "locations" if name == "Office" else "scheduling"
    events = apps.get_model(app, f"{name}Event").objects.exclude(pgh_label="insert")
    if of:
        events = events.filter(therapist=of.therapist_id, weekday=of.weekday)
    with pgtrigger.ignore(f"{app}.{name}Event:append_only"):
        events.update(pgh_created_at=changed_at)


def test_what_is_not_at_work_has_no_hours_but_what_was_booked(monday):
    left(monday)
    happened("Therapist", at(MONDAY, "00:00") - timedelta(days=1))

    [row] = utilisation.read(week_of(MONDAY), by=[])

    assert (row.available_minutes, row.booked_minutes) == (0, 50)


def test_hours_in_both_modes_and_at_two_offices_at_once_count_once(monday):
    therapist, venice = monday.therapist, RoomFactory.create().office
    therapist.offices.add(venice)
    for office in (monday.office, venice):
        for mode in (WorkMode.IN_PERSON, WorkMode.TELEHEALTH):
            AvailabilityRuleFactory.create(
                therapist=therapist, office=office, mode=mode, end_minute=12 * 60
            )

    [whole] = utilisation.read(week_of(MONDAY), by=["therapist"])
    each = utilisation.read(week_of(MONDAY), by=["office"])

    assert whole.available_minutes == 180
    assert [row.available_minutes for row in each] == [180, 180]


def test_nothing_is_an_empty_report():
    assert utilisation.read(week_of(MONDAY), by=KEYS) == []


def test_a_report_is_one_query(monday):
    with CaptureQueriesContext(connection) as asked:
        utilisation.read(week_of(MONDAY), by=KEYS)

    assert len(asked) == 1
