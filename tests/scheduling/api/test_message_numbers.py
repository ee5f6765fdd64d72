import random
from collections import Counter
from datetime import date, timedelta

import pytest

from clients.models import Channel
from scheduling.models import Message, MessageState
from tests.factories.locations import OfficeFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    MessageFactory,
    TherapistFactory,
)
from tests.times import MONDAY, NOW, TUESDAY, ZONE, at

pytestmark = pytest.mark.django_db

URL = "/api/v1/messages/numbers/"
DAYS = {"from": "2027-01-04", "to": "2027-01-05"}
NOTHING = dict.fromkeys(["due", *MessageState], 0)


def numbers(client, **query):
    response = client.get(URL, query)
    assert response.status_code == 200, response.json()
    return response.json()["results"]


def test_numbers_count_each_message_on_the_day_it_was_due(front_desk):
    session = AppointmentFactory.create()
    for minutes, (state, due_at) in enumerate(
        [
            (MessageState.SENT, at(MONDAY, "00:00")),
            (MessageState.DELIVERED, at(MONDAY, "23:59")),
            (MessageState.FAILED, at(TUESDAY, "00:00")),
            (MessageState.PENDING, at(TUESDAY, "12:00") + timedelta(days=1)),
        ]
    ):
        MessageFactory.create(
            appointment=session,
            state=state,
            due_at=due_at,
            sent_at=NOW,
            before_start_minutes=minutes,
        )

    response = front_desk.get(URL, DAYS)

    assert response.json() == {
        "timezone": "America/Los_Angeles",
        "results": [
            {"date": "2027-01-04", "channel": "sms"}
            | NOTHING
            | {"due": 2, "sent": 1, "delivered": 1},
            {"date": "2027-01-04", "channel": "email"} | NOTHING,
            {"date": "2027-01-05", "channel": "sms"}
            | NOTHING
            | {"due": 1, "failed": 1},
            {"date": "2027-01-05", "channel": "email"} | NOTHING,
        ],
    }


@pytest.mark.parametrize(
    "first", [date(2027, 1, 1), date(2027, 3, 1), date(2026, 10, 20)]
)
def test_numbers_agree_with_counting_one_by_one(front_desk, first):
    """Three months around either change of the clocks, to the hour."""
    luck = random.Random(first.isoformat())  # noqa: S311  nobody hides behind it
    last = first + timedelta(days=91)
    sessions = AppointmentFactory.create_batch(3)
    begins = at(first, "00:00") - timedelta(days=1)
    Message.objects.bulk_create(
        MessageFactory.build(
            appointment=session,
            client=session.attendances.get().client,
            channel=luck.choice(Channel.values),
            state=luck.choice(sorted(set(MessageState) - {MessageState.SENDING})),
            due_at=begins + timedelta(hours=luck.randrange(94 * 24)),
            sent_at=NOW,
            before_start_minutes=number,
        )
        for number in range(300)
        for session in [luck.choice(sessions)]
    )
    office = sessions[0].office

    everywhere = numbers(front_desk, **{"from": first, "to": last})
    there = numbers(front_desk, **{"from": first, "to": last}, office=office.slug)

    rows = list(Message.objects.select_related("appointment"))
    of_office = [row for row in rows if row.appointment.office_id == office.pk]
    assert (as_counter(everywhere), len(everywhere)) == (slowly(rows, first), 184)
    assert (as_counter(there), len(there)) == (slowly(of_office, first), 184)


def slowly(rows, first):
    days = {(first + timedelta(days=number)).isoformat() for number in range(92)}
    counted = Counter()
    for row in rows:
        day = row.due_at.astimezone(ZONE).date().isoformat()
        if day in days:
            counted[day, row.channel, row.state] += 1
            counted[day, row.channel, "due"] += 1
    return counted


def as_counter(results):
    return +Counter(
        {
            (row["date"], row["channel"], name): row[name]
            for row in results
            for name in NOTHING
        }
    )


@pytest.mark.parametrize(
    "query",
    [
        *["", "from=2027-01-04", "to=2027-01-04", "from=2027-01-04&to=2027-01-03"],
        *["from=2027-01-04&to=2027-04-06", "from=x&to=2027-01-04"],
        *["from=2027-02-30&to=2027-03-01", "from=2027-01-04&to=%00"],
        *["from=2027-01-04T00:00:00Z&to=2027-01-05", "from=0001-01-01&to=0001-01-02"],
        *["from=2027-01-04&to=2027-01-04&office=mars", "from=٢٠٢٧-01-04&to=2027-01-04"],
        *["from=2027-01-04&to=2027-01-04&limit=5"],
        *["from=2027-01-04&from=2027-01-04&to=2027-01-04"],
    ],
)
def test_numbers_refuse_what_they_do_not_know(front_desk, query):
    response = front_desk.get(f"{URL}?{query}")

    assert (response.status_code, response.json()["code"]) == (400, "invalid")


def test_numbers_of_a_single_day_and_of_the_most_days(front_desk):
    assert len(numbers(front_desk, **{"from": MONDAY, "to": MONDAY})) == 2
    last = MONDAY + timedelta(days=91)
    assert len(numbers(front_desk, **{"from": MONDAY, "to": last})) == 184


@pytest.mark.parametrize("count", [1, 3])
def test_numbers_need_the_same_queries_for_any_number(
    front_desk, count, django_assert_num_queries
):
    MessageFactory.create_batch(count)
    office = OfficeFactory.create(slug="encino")

    with django_assert_num_queries(5):  # who asks, in three; the office; the numbers
        numbers(front_desk, **DAYS, office=office.slug)


@pytest.mark.parametrize(
    ("caller", "status"),
    [("anonymous", 401), ("therapist", 403), ("front_desk", 200), ("manager", 200)],
)
def test_numbers_are_the_front_desks(caller, status, request, api, as_therapist):
    callers = {
        "anonymous": lambda: api,
        "therapist": lambda: as_therapist(TherapistFactory.create()),
    }
    client = callers.get(caller, lambda: request.getfixturevalue(caller))()

    assert client.get(URL, DAYS).status_code == status


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_numbers_are_only_read(front_desk, method):
    assert getattr(front_desk, method)(URL).status_code == 405
