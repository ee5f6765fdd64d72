"""Who joins or leaves is told so, and nobody else hears of it."""

from datetime import timedelta

import pytest

from scheduling import booking, orders
from scheduling.models import Message, MessageState
from tests.factories.clients import ClientFactory
from tests.factories.scheduling import ReminderRuleFactory
from tests.scheduling.attendance.conftest import (
    START,
    TOO_LATE,
    add,
    members,
    remove,
)
from tests.times import NEXT_MONDAY, NOW, at

pytestmark = pytest.mark.django_db

SOON = NOW + timedelta(hours=1)
BOOKED, REMINDER, CANCELLED = "booked", "reminder", "cancelled"


@pytest.fixture(autouse=True)
def reminders():
    """Everybody is reminded by a text, a day before."""
    ReminderRuleFactory.create(before_minutes=24 * 60)


def ledger(client):
    """What a client was, is and will be told, in the order of writing."""
    rows = Message.objects.filter(client=client).order_by("created_at", "pk")
    return [(row.kind, row.state) for row in rows]


def told(client, kind):
    """Let a client have got what waits of a kind."""
    Message.objects.pending().filter(client=client, kind=kind).update(
        state=MessageState.SENT, sent_at=NOW
    )


def others_messages(client):
    return list(Message.objects.exclude(client=client).order_by("pk").values())


def test_who_joins_is_told_and_reminded_and_nobody_else(group):
    client = ClientFactory.create()
    before = others_messages(client)

    add(group, client, now=SOON)

    assert ledger(client) == [(BOOKED, "pending"), (REMINDER, "pending")]
    assert others_messages(client) == before


def test_who_leaves_before_being_told_hears_nothing(group):
    client, _ = members(group)
    before = others_messages(client)

    remove(group, client)

    assert ledger(client) == [(BOOKED, "cancelled"), (REMINDER, "cancelled")]
    assert others_messages(client) == before


def test_who_leaves_is_told_so_and_not_reminded_even_if_that_is_due_already(group):
    client, _ = members(group)
    told(client, BOOKED)
    before = others_messages(client)

    remove(group, client, now=TOO_LATE)

    assert ledger(client) == [
        (BOOKED, "sent"),
        (REMINDER, "cancelled"),
        (CANCELLED, "pending"),
    ]
    assert others_messages(client) == before


def test_who_comes_back_in_time_hears_nothing_of_having_left(group):
    client, _ = members(group)
    told(client, BOOKED)
    group = remove(group, client)
    before = others_messages(client)

    add(group, client, now=SOON)

    assert ledger(client) == [
        (BOOKED, "sent"),
        (REMINDER, "pending"),
        (CANCELLED, "cancelled"),
    ]
    assert others_messages(client) == before


def test_who_comes_back_before_being_told_at_all_is_told_of_the_booking(group):
    client, _ = members(group)
    group = remove(group, client)

    add(group, client, now=SOON)

    assert ledger(client) == [(BOOKED, "pending"), (REMINDER, "pending")]
    assert Message.objects.get(client=client, kind=BOOKED).due_at > SOON


def test_who_comes_back_after_being_told_is_told_of_that_too(group):
    client, _ = members(group)
    told(client, BOOKED)
    group = remove(group, client)
    told(client, CANCELLED)

    add(group, client, now=SOON)

    assert ledger(client) == [
        (BOOKED, "sent"),
        (REMINDER, "pending"),
        (CANCELLED, "sent"),
        ("correction", "pending"),
    ]


def test_who_had_left_hears_nothing_of_a_move_or_of_the_end(couple):
    client, stays = members(couple)
    told(client, BOOKED)
    told(stays, BOOKED)
    couple = remove(couple, client)
    told(client, CANCELLED)
    before = ledger(client)

    order = orders.to_move(couple, starts_at=at(NEXT_MONDAY, "14:00"))
    couple = booking.reschedule(order, version=2, now=SOON)
    booking.cancel(couple, by="practice", version=3, now=SOON)

    assert ledger(client) == before
    assert ledger(stays) == [
        (BOOKED, "sent"),
        (REMINDER, "cancelled"),
        ("moved", "cancelled"),
        (REMINDER, "cancelled"),
        (CANCELLED, "pending"),
    ]


def test_who_has_left_is_still_told_so_when_the_session_changes_meanwhile(couple):
    client, _ = members(couple)
    told(client, BOOKED)
    couple = remove(couple, client)

    order = orders.to_move(couple, starts_at=at(NEXT_MONDAY, "14:00"))
    booking.reschedule(order, version=2, now=NOW)

    assert ledger(client) == [
        (BOOKED, "sent"),
        (REMINDER, "cancelled"),
        (CANCELLED, "cancelled"),
        (CANCELLED, "pending"),
    ]


def test_nobody_is_told_once_it_has_begun(group):
    client, _ = members(group)
    told(client, BOOKED)

    remove(group, client, now=START)

    assert ledger(client) == [(BOOKED, "sent"), (REMINDER, "cancelled")]


def test_the_last_one_to_leave_is_told_once(couple):
    first, last = members(couple)
    told(first, BOOKED)
    told(last, BOOKED)
    couple = remove(couple, first)

    remove(couple, last)

    for client in (first, last):
        waiting = Message.objects.pending().filter(client=client)
        assert [message.kind for message in waiting] == [CANCELLED]
