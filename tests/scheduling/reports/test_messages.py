import csv
import io
import random
from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import Channel
from scheduling.models import Message, MessageKind, MessageState
from tests.factories.locations import OfficeFactory
from tests.factories.scheduling import AnswerFactory, AppointmentFactory, MessageFactory
from tests.times import MONDAY, NOW, TUESDAY, ZONE, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

URL = "/api/v1/reports/messages/"
COUNTS = {
    "waiting": {"pending"},
    "sent": {"sent", "delivered"},
    "delivered": {"delivered"},
    "failed": {"failed"},
    "unknown": {"unknown"},
    "expired": {"expired"},
}


def test_messages_of_this_week_are_told_by_day_kind_and_channel(front_desk):
    session = AppointmentFactory.create()
    rows = [
        MessageFactory.create(
            appointment=session,
            state=state,
            due_at=due_at,
            sent_at=NOW,
            before_start_minutes=minutes,
        )
        for minutes, (state, due_at) in enumerate(
            [
                (MessageState.SENT, at(MONDAY, "00:00")),
                (MessageState.DELIVERED, at(MONDAY, "23:59")),
                (MessageState.CANCELLED, at(MONDAY, "12:00")),
                (MessageState.FAILED, at(TUESDAY, "00:00")),
                (MessageState.UNKNOWN, at(TUESDAY, "00:00")),
                (MessageState.SENT, at(MONDAY, "00:00") - timedelta(seconds=1)),
                (MessageState.SENT, at(MONDAY, "00:00") + timedelta(days=7)),
            ]
        )
    ]
    AnswerFactory.create_batch(2, message=rows[1])

    assert front_desk.get(URL).json() == {
        "from": "2027-01-04T00:00:00-08:00",
        "to": "2027-01-11T00:00:00-08:00",
        "timezone": "America/Los_Angeles",
        "results": [
            row("2027-01-04", planned=2, sent=2, delivered=1, answered=1),
            row("2027-01-05", planned=2, failed=1, unknown=1),
        ],
    }


def row(day, **counts):
    nothing = dict.fromkeys(["planned", *COUNTS, "answered"], 0)
    return {"date": day, "kind": "reminder", "channel": "sms"} | nothing | counts


@pytest.mark.parametrize(
    "first", [date(2027, 1, 1), date(2027, 3, 1), date(2026, 10, 20)]
)
def test_messages_agree_with_counting_one_by_one(front_desk, first):
    """Three months around either change of the clocks, to the hour."""
    luck = random.Random(first.isoformat())  # noqa: S311  nobody hides behind it
    last = first + timedelta(days=91)
    sessions = AppointmentFactory.create_batch(3)
    begins = at(first, "00:00") - timedelta(days=1)
    rows = Message.objects.bulk_create(
        MessageFactory.build(
            appointment=session,
            client=session.attendances.get().client,
            kind=luck.choice(MessageKind.values),
            channel=luck.choice(Channel.values),
            state=luck.choice(sorted(set(MessageState) - {MessageState.SENDING})),
            due_at=begins + timedelta(hours=luck.randrange(94 * 24)),
            sent_at=NOW,
            before_start_minutes=number,
        )
        for number in range(300)
        for session in [luck.choice(sessions)]
    )
    answered = [luck.choice(rows) for _ in range(80)]
    for each in answered:
        AnswerFactory.create(message=each)
    keys = {each.pk for each in answered}
    span, office = f"from={first}&to={last}", sessions[0].office

    everywhere = front_desk.get(f"{URL}?{span}").json()["results"]
    there = front_desk.get(f"{URL}?{span}&office={office.slug}").json()["results"]
    theirs = front_desk.get(f"{URL}?{span}&therapist={sessions[1].therapist_id}").json()

    def told(of):
        return slowly([each for each in rows if of(each.appointment)], keys, first)

    assert as_counter(everywhere) == told(lambda _: True)
    assert as_counter(there) == told(lambda one: one.office_id == office.pk)
    assert as_counter(theirs["results"]) == told(lambda one: one == sessions[1])
    order = [(each["date"], each["kind"], each["channel"]) for each in everywhere]
    assert order == sorted(set(order))
    assert all(each["planned"] for each in everywhere)


def slowly(rows, answered, first):
    counted = Counter()
    for each in rows:
        day = each.due_at.astimezone(ZONE).date()
        if not first <= day < first + timedelta(days=92):
            continue
        if each.state == "cancelled":
            continue
        key = day.isoformat(), each.kind, each.channel
        counted[*key, "planned"] += 1
        counted[*key, "answered"] += each.pk in answered
        for name, states in COUNTS.items():
            counted[*key, name] += each.state in states
    return +counted


def as_counter(results):
    return +Counter(
        {
            (each["date"], each["kind"], each["channel"], name): each[name]
            for each in results
            for name in ("planned", *COUNTS, "answered")
        }
    )


def test_messages_come_as_a_spreadsheet(front_desk):
    MessageFactory.create(kind=MessageKind.BOOKED, channel=Channel.EMAIL)

    response = front_desk.get(f"{URL}?format=csv")

    assert response["Content-Disposition"] == (
        'attachment; filename="messages-2027-01-04-2027-01-10.csv"'
    )
    assert list(csv.reader(io.StringIO(response.content.decode()[1:]))) == [
        ["date", "kind", "channel", "planned", *COUNTS, "answered"],
        ["2027-01-04", "booked", "email", *["1", "1", "0", "0", "0", "0", "0", "0"]],
    ]


@pytest.mark.parametrize("count", [1, 4])
def test_messages_are_counted_in_one_query(front_desk, count):
    AnswerFactory.create_batch(count)
    office = OfficeFactory.create(slug="encino")

    with CaptureQueriesContext(connection) as asked:
        front_desk.get(f"{URL}?office={office.slug}")

    assert len(asked) == 5  # three to know who is asking, and one for the office
