"""What clients are told of a series in some of whose sessions they have no part.

Times are on the wall in Los Angeles.
"""

from datetime import timedelta

import pytest

from scheduling import attendance, series_notices
from scheduling.models import Message, MessageKind
from tests.factories.clients import ClientFactory
from tests.factories.locations import RoomFactory
from tests.factories.scheduling import AvailabilityRuleFactory, SessionTypeFactory
from tests.scheduling.test_series_notices import (
    book,
    cancel,
    move_one,
    occurrence,
    reschedule,
    send_notices,
    week,
)
from tests.times import NOW, ZONE

BOOKED, REMINDER, MOVED, CANCELLED, CORRECTION = (
    MessageKind.BOOKED,
    MessageKind.REMINDER,
    MessageKind.MOVED,
    MessageKind.CANCELLED,
    MessageKind.CORRECTION,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def members():
    return ClientFactory.create_batch(2)


@pytest.fixture
def row(members):
    """A group of two, and of four at most, on four Mondays at noon."""
    hours = AvailabilityRuleFactory.create()
    RoomFactory.create(office=hours.office, capacity=4)
    group = SessionTypeFactory.create(group=True)
    hours.therapist.session_types.add(group)
    return book(hours, clients=members, session_type=group)


def join(row, number, client):
    one = occurrence(row, number)
    return attendance.add(one, client, version=one.version, now=NOW)


def leave(row, number, client):
    one = occurrence(row, number)
    return attendance.remove(one, client, by="client", version=one.version, now=NOW)


def notices(client):
    """What waits but for reminders: kind, of which date, if for a series."""
    rows = Message.objects.pending().filter(client=client).exclude(kind=REMINDER)
    return [
        (
            one.kind,
            f"{one.appointment.starts_at.astimezone(ZONE):%b %-d %H:%M}",
            one.for_series,
        )
        for one in rows.select_related("appointment").order_by(
            "appointment__starts_at", "pk"
        )
    ]


def test_who_left_the_first_is_told_that_the_others_moved(row, members):
    left, stays = members
    send_notices()
    leave(row, 1, left)
    send_notices()

    reschedule(row, week(1), start_minute=14 * 60)

    assert notices(left) == [(MOVED, "Jan 11 14:00", True)]
    assert notices(stays) == [(MOVED, "Jan 4 14:00", True)]


def test_who_left_all_but_one_is_told_as_of_an_appointment(row, members):
    left, _ = members
    send_notices()
    for number in (1, 2, 4):
        leave(row, number, left)
    send_notices()

    reschedule(row, week(1), start_minute=14 * 60)

    assert notices(left) == [(MOVED, "Jan 18 14:00", False)]


def test_who_joined_a_later_one_is_told_that_it_is_called_off(row, members):
    joined = ClientFactory.create()
    join(row, 3, joined)
    send_notices()

    cancel(row, week(1))

    assert notices(joined) == [(CANCELLED, "Jan 18 12:00", False)]
    assert notices(members[0]) == [(CANCELLED, "Jan 4 12:00", True)]


def test_who_left_is_still_told_so_when_the_series_moves_meanwhile(row, members):
    left, _ = members
    send_notices()
    leave(row, 2, left)

    reschedule(row, week(1), start_minute=14 * 60)

    assert notices(left) == [
        (MOVED, "Jan 4 14:00", True),
        (CANCELLED, "Jan 11 14:00", False),
    ]


def dates(client):
    """The dates that the notice that waits for a client says."""
    message = Message.objects.pending().get(client=client, for_series=True)
    said = series_notices.recurring(message, message.appointment)
    return [f"{day:%b %-d}" for day in said.dates] if said else None


def test_a_notice_says_only_the_dates_on_which_its_client_comes(row, members):
    left, stays = members
    send_notices()
    leave(row, 3, left)
    send_notices()

    reschedule(row, week(1), start_minute=14 * 60)

    assert dates(left) == ["Jan 4", "Jan 11", "Jan 25"]
    assert dates(stays) == ["Jan 4", "Jan 11", "Jan 18", "Jan 25"]


def test_a_cancellation_does_not_say_what_its_client_had_left(row, members):
    left, stays = members
    send_notices()
    leave(row, 3, left)
    send_notices()

    cancel(row, week(1), now=NOW + timedelta(hours=1))

    assert dates(left) == ["Jan 4", "Jan 11", "Jan 25"]
    assert dates(stays) == ["Jan 4", "Jan 11", "Jan 18", "Jan 25"]


def test_a_notice_that_has_one_date_left_reads_as_that_of_an_appointment(row, members):
    left, _ = members
    for number in (2, 3, 4):
        leave(row, number, left)

    assert dates(left) is None


def test_who_joins_another_session_of_a_series_is_told_of_it(row):
    joined = ClientFactory.create()
    for number in (1, 2, 4):
        join(row, number, joined)
    send_notices()
    reschedule(row, week(1), start_minute=14 * 60)
    send_notices()

    join(row, 3, joined)

    assert notices(joined) == [(BOOKED, "Jan 18 14:00", False)]


def test_who_comes_back_after_the_series_moved_is_told_of_it(row, members):
    left, _ = members
    send_notices()
    leave(row, 3, left)
    send_notices()
    reschedule(row, week(1), start_minute=14 * 60)
    send_notices()

    join(row, 3, left)

    assert notices(left) == [(CORRECTION, "Jan 18 14:00", False)]


def test_who_leaves_the_first_before_the_notice_is_out_is_told_of_the_rest(
    row, members
):
    left, stays = members

    leave(row, 1, left)

    assert notices(left) == [(BOOKED, "Jan 11 12:00", True)]
    assert notices(stays) == [(BOOKED, "Jan 4 12:00", True)]


def test_a_notice_is_handed_on_to_where_its_client_comes(row, members):
    left, stays = members
    leave(row, 2, left)

    move_one(row, 1, week(1, "14:00"))

    assert (BOOKED, "Jan 18 12:00", True) in notices(left)
    assert (BOOKED, "Jan 11 12:00", True) in notices(stays)


def test_who_leaves_all_before_the_notice_is_out_is_told_of_no_booking(row, members):
    left, _ = members

    for number in (4, 3, 2, 1):
        leave(row, number, left)

    assert BOOKED not in [kind for kind, _, _ in notices(left)]
