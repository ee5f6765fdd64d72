"""Answers at once, and what they have to do with each other."""

from datetime import timedelta

import pytest

from config.clock import database_now
from scheduling import answers, booking, progress
from scheduling.answers import FactsChanged, NotExpected, Over, TooLate, Unanswerable
from scheduling.models import (
    Answer,
    AnswerKind,
    AnswerVia,
    AppointmentStatus,
    AttendanceStatus,
    MessageState,
)
from tests.factories.clients import ClientFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    MessageFactory,
    PracticePolicyFactory,
)
from tests.threads import in_threads
from tests.times import MONDAY_9AM, NOW, THURSDAY, at

pytestmark = pytest.mark.django_db

LINK = AnswerVia.LINK
STARTS_AT = at(THURSDAY, "09:00")


def texts(count=1):
    """A text about one session to each of its clients."""
    clients = ClientFactory.create_batch(count)
    appointment = AppointmentFactory.create(starts_at=STARTS_AT, clients=clients)
    return [
        MessageFactory.create(appointment=appointment, client=client)
        for client in clients
    ]


def confirm(message, facts_version=1, now=NOW):
    answers.confirm(message, facts_version=facts_version, via=LINK, now=now)


def cancel(message, facts_version=1, now=NOW):
    answers.cancel(message, facts_version=facts_version, via=LINK, now=now)


def now_is(message):
    message.appointment.refresh_from_db()
    return message.appointment.status, message.appointment.version


def parts(message):
    rows = message.appointment.attendances.order_by("pk")
    return list(rows.values_list("status", flat=True))


def test_a_session_is_confirmed_when_everybody_who_comes_has_said_so():
    one, two, three = texts(3)

    confirm(one)
    confirm(one)
    confirm(two)
    assert now_is(one)[0] == AppointmentStatus.SCHEDULED

    confirm(three)
    assert now_is(one)[0] == AppointmentStatus.CONFIRMED


def test_who_leaves_need_not_say_that_they_come():
    one, two = texts(2)

    confirm(one)
    cancel(two)

    assert now_is(one)[0] == AppointmentStatus.CONFIRMED


def test_the_last_to_leave_calls_the_session_off_and_is_told():
    one, two = texts(2)
    for row in (one, two):
        row.state, row.sent_at = MessageState.SENT, NOW
        row.save()

    cancel(one)
    cancel(two)

    assert now_is(one)[0] == AppointmentStatus.CANCELLED
    assert parts(one) == [AttendanceStatus.CANCELLED] * 2
    told = one.appointment.messages.filter(kind="cancelled", state="pending")
    assert {row.client_id for row in told} == {one.client_id, two.client_id}


def test_a_confirmation_that_the_front_desk_took_back_can_be_given_again():
    [row] = texts()
    AppointmentFactory._meta.model.objects.update(  # noqa: SLF001  as the clock would
        starts_at=MONDAY_9AM, ends_at=MONDAY_9AM + timedelta(minutes=50)
    )
    confirm(row)
    row.appointment.refresh_from_db()
    progress.reopen(row.appointment, version=row.appointment.version, now=NOW)

    confirm(row)

    assert now_is(row)[0] == AppointmentStatus.CONFIRMED
    assert Answer.objects.count() == 1


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda row: confirm(row, 2), FactsChanged),
        (lambda row: cancel(row, 2), FactsChanged),
        (lambda row: confirm(row, now=STARTS_AT), Over),
        (lambda row: cancel(row, now=STARTS_AT), Over),
        (lambda row: cancel(row, now=STARTS_AT - timedelta(hours=23)), TooLate),
    ],
)
def test_a_refusal_changes_nothing(act, error):
    [row] = texts()
    before = (*now_is(row), parts(row))

    with pytest.raises(error):
        act(row)

    assert (*now_is(row), parts(row)) == before
    assert not Answer.objects.exists()


def test_the_deadline_itself_is_in_time():
    [row] = texts()

    cancel(row, now=row.appointment.late_cancel_at)

    assert now_is(row)[0] == AppointmentStatus.CANCELLED


def test_what_was_called_off_is_not_confirmed():
    [row] = texts()
    booking.cancel(row.appointment, by="practice", version=1, now=NOW)

    with pytest.raises(NotExpected):
        confirm(row, 2)


def test_who_is_here_already_cannot_call_it_off():
    [row] = texts()
    row.appointment.status = AppointmentStatus.CHECKED_IN
    row.appointment.save()

    with pytest.raises(NotExpected):
        cancel(row)


@pytest.mark.django_db(transaction=True)
def test_the_same_answers_at_once_count_once():
    PracticePolicyFactory.create()
    [row] = texts()

    def ask():
        answers.ask_for_call(row, via=LINK, now=NOW)

    in_threads(*[lambda: confirm(row)] * 4, *[ask] * 4)

    kinds = Answer.objects.order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == [AnswerKind.CALL, AnswerKind.CONFIRM]
    assert now_is(row) == (AppointmentStatus.CONFIRMED, 2)


@pytest.mark.django_db(transaction=True)
def test_both_of_a_couple_confirm_at_once():
    rows = texts(2)

    in_threads(*[lambda row=row: confirm(row) for row in rows])

    assert now_is(rows[0]) == (AppointmentStatus.CONFIRMED, 2)


@pytest.mark.django_db(transaction=True)
def test_both_of_a_couple_cancel_at_once():
    rows = texts(2)

    in_threads(*[lambda row=row: cancel(row) for row in rows])

    assert now_is(rows[0])[0] == AppointmentStatus.CANCELLED
    assert parts(rows[0]) == [AttendanceStatus.CANCELLED] * 2


@pytest.mark.django_db(transaction=True)
def test_to_confirm_and_to_cancel_at_once_ends_with_one_truth():
    [row] = texts()

    def tried(act):
        try:
            act(row)
        except Unanswerable:
            return False
        return True

    done = in_threads(lambda: tried(confirm), lambda: tried(cancel))

    assert done[1] is True
    assert now_is(row)[0] == AppointmentStatus.CANCELLED
    assert parts(row) == [AttendanceStatus.CANCELLED]
    kinds = set(Answer.objects.values_list("kind", flat=True))
    assert kinds == ({"confirm", "cancel"} if done[0] else {"cancel"})


def test_an_answer_knows_when_it_was_given():
    [row] = texts()
    now = database_now()

    answers.ask_for_call(row, via=LINK, now=now)

    assert Answer.objects.get().at == now
