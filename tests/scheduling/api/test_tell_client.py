"""Whether clients are told of a change, as whoever makes it chooses."""

from datetime import timedelta

import pytest

from clients.models import Channel
from scheduling import policies, reminders, runs, series, texts
from scheduling.models import (
    Appointment,
    Message,
    MessageKind,
    MessageState,
    Mode,
)
from scheduling.occurrences import OnConflict
from scheduling.orders import Order
from scheduling.runs import Length
from tests.factories.clients import ClientFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    PracticePolicyFactory,
    ReminderRuleFactory,
    SessionTypeFactory,
)
from tests.times import NEXT_MONDAY, NOW, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

TEN, TWELVE = at(NEXT_MONDAY, "10:00"), at(NEXT_MONDAY, "12:00")
APPOINTMENTS, SERIES = "/api/v1/appointments/", "/api/v1/appointment-series/"
AT_TWELVE = {"starts_at": "2027-01-11T12:00:00-08:00"}
SPOKEN = {"by": "client"}


@pytest.fixture
def hours():
    PracticePolicyFactory.create()
    ReminderRuleFactory.create(channel=Channel.SMS)
    return AvailabilityRuleFactory.create()


@pytest.fixture
def session(hours):
    """Next Monday at ten, of which the clients have been told."""
    made = AppointmentFactory.create(
        starts_at=TEN,
        therapist=hours.therapist,
        room=hours.office.rooms.get(),
        clients=ClientFactory.create_batch(2),
        session_type=SessionTypeFactory.create(group=True),
    )
    hours.therapist.session_types.add(made.session_type)
    reminders.plan(made, now=NOW)
    told_all()
    return made


@pytest.fixture
def row(hours):
    """Three Mondays at ten, of which the client has been told."""
    order = Order(
        therapist=hours.therapist,
        clients=[ClientFactory.create()],
        session_type=SessionTypeFactory.create(),
        office=hours.office,
        mode=Mode.IN_PERSON,
        starts_at=TEN,
    )
    made, _ = series.book(
        runs.run(order, 1, Length(count=3)),
        every_weeks=1,
        on_conflict=OnConflict.REFUSE,
        now=NOW,
    )
    told_all()
    return made


def told_all():
    notices = Message.objects.pending().exclude(kind=MessageKind.REMINDER)
    assert notices.update(state=MessageState.SENT, sent_at=NOW)


def change(desk, session, verb, body, *, status=200):
    session.refresh_from_db()
    answer = desk.post(
        f"{APPOINTMENTS}{session.pk}/{verb}/",
        body,
        headers={"If-Match": f'"{session.version}"'},
    )
    assert answer.status_code == status, answer.json()
    return answer


def reassign(desk, session, body):
    colleague = AvailabilityRuleFactory.create(office=session.office).therapist
    colleague.session_types.add(session.session_type)
    named = {"id": session.pk, "version": 1, "therapist": colleague.pk}
    answer = desk.post("/api/v1/reassignments/", {"appointments": [named], **body})
    assert answer.status_code == 200, answer.json()


def leave(desk, session, body):
    client = session.attendances.earliest("pk").client_id
    change(desk, session, "remove-client", {**SPOKEN, "client": client, **body})


def reschedule(desk, session, body):
    change(desk, session, "reschedule", AT_TWELVE | body)


def cancel(desk, session, body):
    change(desk, session, "cancel", SPOKEN | body)


CHANGES = {
    "reschedule": reschedule,
    "cancel": cancel,
    "remove-client": leave,
    "reassign": reassign,
}
OF_SERIES = {
    "reschedule": {"from": "2027-01-01", "start_time": "12:00"},
    "cancel": {"by": "practice"},
}


def notices():
    rows = Message.objects.pending().exclude(kind=MessageKind.REMINDER)
    return sorted(rows.values_list("kind", flat=True))


def reminders_due():
    rows = Message.objects.pending().filter(kind=MessageKind.REMINDER)
    return sorted(row.due_at for row in rows)


@pytest.mark.parametrize(
    ("verb", "kinds"),
    [
        ("reschedule", ["moved"] * 2),
        ("cancel", ["cancelled"] * 2),
        ("remove-client", ["cancelled"]),
        ("reassign", ["moved"] * 2),
    ],
)
@pytest.mark.parametrize("chosen", [{}, {"tell_client": True}, {"tell_client": False}])
def test_clients_are_told_of_a_change_unless_they_are_not_to_be(
    front_desk, session, verb, kinds, chosen
):
    CHANGES[verb](front_desk, session, chosen)

    assert Appointment.objects.get().version == 2
    assert notices() == (kinds if chosen.get("tell_client", True) else [])


@pytest.mark.parametrize(
    ("verb", "kind"), [("reschedule", "moved"), ("cancel", "cancelled")]
)
@pytest.mark.parametrize("chosen", [{}, {"tell_client": True}, {"tell_client": False}])
def test_clients_are_told_of_a_series_unless_they_are_not_to_be(
    front_desk, row, verb, kind, chosen
):
    answer = front_desk.post(f"{SERIES}{row.pk}/{verb}/", OF_SERIES[verb] | chosen)

    assert answer.status_code == 200, answer.json()
    assert set(row.occurrences.values_list("facts_version", flat=True)) == {2}
    assert notices() == ([kind] if chosen.get("tell_client", True) else [])


@pytest.mark.parametrize("verb", OF_SERIES)
def test_reminders_of_a_series_follow_a_change_that_nobody_is_told_of(
    front_desk, row, verb
):
    front_desk.post(
        f"{SERIES}{row.pk}/{verb}/", OF_SERIES[verb] | {"tell_client": False}
    )

    first = TWELVE - timedelta(days=1)
    expected = [first + timedelta(weeks=week) for week in range(3)]
    assert reminders_due() == (expected if verb == "reschedule" else [])


def test_untold_move_is_in_the_reminder_and_a_told_cancellation_still_comes(
    front_desk, session
):
    move = AT_TWELVE | {"tell_client": False}
    change(front_desk, session, "reschedule", move)

    assert notices() == []
    assert reminders_due() == [TWELVE - timedelta(days=1)] * 2
    session.refresh_from_db()
    assert "12:00" in words(session, MessageKind.REMINDER)

    change(front_desk, session, "cancel", SPOKEN)

    assert (notices(), reminders_due()) == (["cancelled"] * 2, [])


def test_later_move_tells_the_newest_facts_to_who_knows_only_the_first(
    front_desk, session
):
    change(front_desk, session, "reschedule", AT_TWELVE | {"tell_client": False})
    change(
        front_desk, session, "reschedule", {"starts_at": "2027-01-11T14:00:00-08:00"}
    )

    assert notices() == ["moved"] * 2
    assert set(
        Message.objects.filter(kind="moved").values_list("facts_version", flat=True)
    ) == {3}


def test_nothing_is_told_once_the_facts_are_what_the_clients_know(front_desk, session):
    change(front_desk, session, "reschedule", AT_TWELVE | {"tell_client": False})
    change(
        front_desk, session, "reschedule", {"starts_at": "2027-01-11T10:00:00-08:00"}
    )

    assert notices() == []
    assert reminders_due() == [TEN - timedelta(days=1)] * 2


def test_same_key_with_another_choice_is_another_request(front_desk, session):
    address = f"{APPOINTMENTS}{session.pk}/reschedule/"
    headers = {"If-Match": '"1"', "Idempotency-Key": "a"}
    untold = AT_TWELVE | {"tell_client": False}

    first = front_desk.post(address, untold, headers=headers)
    again = front_desk.post(address, untold, headers=headers)
    other = front_desk.post(address, AT_TWELVE, headers=headers)

    assert (first.status_code, again.status_code) == (200, 200)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert notices() == []


@pytest.mark.parametrize("value", ["false", 0, None, [], {}])
def test_the_choice_is_yes_or_no(front_desk, session, value):
    answer = change(
        front_desk, session, "cancel", SPOKEN | {"tell_client": value}, status=400
    )

    assert answer.json()["errors"][0]["pointer"] == "/tell_client"
    assert Appointment.objects.get().version == 1


def test_therapists_choose_for_their_own_sessions(as_therapist, session):
    desk = as_therapist(session.therapist)

    change(desk, session, "cancel", SPOKEN | {"tell_client": False})

    assert notices() == []


def test_notice_of_a_series_goes_on_without_the_one_that_moves_untold(front_desk, row):
    """It waits with the first occurrence: that one's move must not lose the others'."""
    Message.objects.filter(kind=MessageKind.BOOKED).update(
        state=MessageState.PENDING, sent_at=None
    )
    first, second = row.occurrences.order_by("occurs_on")[:2]

    change(front_desk, first, "reschedule", AT_TWELVE | {"tell_client": False})

    [notice] = Message.objects.filter(kind=MessageKind.BOOKED)
    assert (notice.state, notice.appointment) == (MessageState.PENDING, second)
    assert notices() == ["booked"]


def test_notice_of_a_series_goes_on_with_those_that_stay(front_desk, row):
    Message.objects.filter(kind=MessageKind.BOOKED).update(
        state=MessageState.PENDING, sent_at=None
    )
    first, second, third = row.occurrences.order_by("occurs_on")
    body = OF_SERIES["cancel"] | {"tell_client": False}

    change(front_desk, second, "cancel", body)
    assert waits_with() == [first]
    change(front_desk, first, "cancel", body)
    assert waits_with() == [third]
    front_desk.post(f"{SERIES}{row.pk}/cancel/", body)
    assert waits_with() == []


def waits_with():
    rows = Message.objects.pending().filter(kind=MessageKind.BOOKED)
    return [row.appointment for row in rows]


def words(session, kind):
    return texts.compose(
        session, kind=kind, channel=Channel.SMS, policy=policies.of_practice()
    ).body
