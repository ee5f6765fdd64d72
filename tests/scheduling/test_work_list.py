from datetime import date, timedelta

import pytest
from django.db import connection

from scheduling import work_list
from scheduling.models import (
    ASKED,
    AppointmentStatus,
    Guarantee,
    GuaranteeState,
    MessageState,
)
from scheduling.uncovered import Cause, Scope
from scheduling.work_list import WorkKind
from tests.factories.config import UserFactory
from tests.factories.guarantees import asked, in_state
from tests.factories.locations import ClosureFactory
from tests.factories.scheduling import (
    AnswerFactory,
    AppointmentFactory,
    AvailabilityRuleFactory,
    MessageFactory,
)
from tests.times import MONDAY, MONDAY_9AM, MONDAY_10AM, NOW, TUESDAY, at

pytestmark = pytest.mark.django_db

EVERYTHING = Scope()
YESTERDAY = NOW - timedelta(days=1)


def covered(**more):
    """A session within its therapist's hours, Monday at nine."""
    hours = AvailabilityRuleFactory.create()
    return AppointmentFactory.create(
        therapist=hours.therapist, room=hours.office.rooms.get(), **more
    )


def listed(kinds=WorkKind, scope=EVERYTHING, *, limit=50, after=None):
    return work_list.items(kinds, scope, now=NOW, limit=limit, after=after)


def told(items):
    return [
        (item.kind, item.reply or item.message or item.appointment) for item in items
    ]


def test_list_has_what_waits_for_somebody_in_order_of_time():
    unresolved = AppointmentFactory.create(starts_at=YESTERDAY)
    session = covered()
    message = MessageFactory.create(
        appointment=session, state=MessageState.FAILED, due_at=NOW - timedelta(hours=1)
    )
    uncovered = AppointmentFactory.create(starts_at=at(TUESDAY, "09:00"))

    items = listed()

    assert told(items) == [
        (WorkKind.UNRESOLVED, unresolved),
        (WorkKind.MESSAGE, message),
        (WorkKind.UNCOVERED, uncovered),
    ]
    assert [item.at for item in items] == [
        YESTERDAY,
        message.due_at,
        uncovered.starts_at,
    ]
    assert [list(item.causes) for item in items] == [[], [], [Cause.OUTSIDE_HOURS]]


@pytest.mark.parametrize("status", AppointmentStatus)
def test_past_sessions_are_listed_until_somebody_says_how_they_went(status):
    session = AppointmentFactory.create(
        status=status,
        starts_at=YESTERDAY,
        cancelled_at=NOW if "cancelled" in status else None,
        hold_expires_at=NOW if status == AppointmentStatus.HELD else None,
    )

    waits = status in {"scheduled", "confirmed", "checked_in"}
    assert told(listed()) == [(WorkKind.UNRESOLVED, session)] * waits


@pytest.mark.parametrize(("minutes", "waits"), [(50, True), (49, False)])
def test_session_is_unresolved_once_it_has_ended(minutes, waits):
    session = covered(starts_at=NOW - timedelta(minutes=minutes))

    assert told(listed()) == [(WorkKind.UNRESOLVED, session)] * waits


@pytest.mark.parametrize("state", MessageState)
def test_only_messages_that_a_person_has_to_see_to_are_listed(state):
    sending = state == MessageState.SENDING
    message = MessageFactory.create(
        appointment=covered(),
        state=state,
        sent_at=NOW,
        lease_token="00000000-0000-7000-8000-000000000000" if sending else None,
        lease_until=NOW if sending else None,
    )

    waits = state in {"failed", "unknown"}
    assert told(listed()) == [(WorkKind.MESSAGE, message)] * waits


def test_messages_of_no_use_any_more_are_not_listed():
    moved = covered(facts_version=2)
    MessageFactory.create(appointment=moved, facts_version=1, state=MessageState.FAILED)
    begun = covered(starts_at=NOW - timedelta(minutes=5))
    MessageFactory.create(appointment=begun, state=MessageState.UNKNOWN)

    assert listed() == []


def test_cancellation_that_did_not_arrive_is_listed():
    session = covered(cancelled=True)
    message = MessageFactory.create(
        appointment=session,
        kind="cancelled",
        state=MessageState.FAILED,
        not_after=session.starts_at,
    )

    assert told(listed()) == [(WorkKind.MESSAGE, message)]


def test_list_narrows_by_kind_office_and_therapist():
    unresolved = AppointmentFactory.create(starts_at=YESTERDAY)
    uncovered = AppointmentFactory.create()
    message = MessageFactory.create(appointment=covered(), state=MessageState.FAILED)
    office, therapist = uncovered.office_id, message.appointment.therapist_id

    assert told(listed([WorkKind.UNRESOLVED])) == [(WorkKind.UNRESOLVED, unresolved)]
    assert told(listed(scope=Scope(offices=[office]))) == [
        (WorkKind.UNCOVERED, uncovered)
    ]
    assert told(listed(scope=Scope(therapists=[therapist]))) == [
        (WorkKind.MESSAGE, message)
    ]
    assert listed(scope=Scope(offices=[office], therapists=[therapist])) == []


def test_pages_follow_one_another_without_a_gap_or_a_repetition():
    for session in [covered() for _ in range(3)]:
        for hours in (0, 1):
            MessageFactory.create(
                appointment=session,
                state=MessageState.FAILED,
                due_at=MONDAY_9AM,
                before_start_minutes=hours * 60,
            )
    for start in (MONDAY_9AM, MONDAY_9AM, MONDAY_10AM, YESTERDAY, YESTERDAY):
        AppointmentFactory.create(starts_at=start)
    ClosureFactory.create(office=None, starts_at=at(MONDAY, "11:00"))

    pages, after = [], None
    while page := listed(limit=2, after=after):
        pages += page
        after = page[-1].position

    assert told(pages) == told(listed())
    assert len(pages) == 11


def test_each_part_of_the_list_reads_an_index_of_few_rows():
    AppointmentFactory.create(starts_at=YESTERDAY)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        # With few rows any index with a sort is as good to the planner, and this one.
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("DROP INDEX appointment_by_start")
        cursor.execute(
            "EXPLAIN SELECT id FROM scheduling_appointment"
            " WHERE status IN ('scheduled', 'confirmed', 'checked_in')"
            " AND starts_at < now() ORDER BY starts_at, id LIMIT 50"
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "appointment_open" in plan


def test_what_somebody_wrote_back_waits_until_it_is_resolved():
    session = covered()
    text = MessageFactory.create(appointment=session, state="sent", sent_at=NOW)
    reply = AnswerFactory.create(message=text)
    unknown = AnswerFactory.create(message=None, at=NOW - timedelta(hours=1))
    AnswerFactory.create(
        message=text, kind="confirm", facts_version=1, at=NOW - timedelta(hours=2)
    )
    AnswerFactory.create(
        message=text, resolved_at=NOW, resolved_by=UserFactory.create()
    )

    assert told(listed()) == [(WorkKind.REPLY, unknown), (WorkKind.REPLY, reply)]
    first, second = listed([WorkKind.REPLY])
    assert (first.appointment, second.appointment) == (None, session)
    assert listed([WorkKind.REPLY], limit=1) == [first]
    assert listed([WorkKind.REPLY], after=first.position) == [second]
    here = Scope(offices=[session.office_id])
    assert told(listed([WorkKind.REPLY], here)) == [(WorkKind.REPLY, reply)]
    elsewhere = Scope(offices=[covered().office_id])
    assert listed([WorkKind.REPLY], elsewhere) == []


def test_guarantees_wait_for_a_decision_until_the_credit_lapses():
    before = {"starts_at": NOW - timedelta(days=1)}
    refund = asked(GuaranteeState.REFUND_ASKED, **before)
    rematch = asked(GuaranteeState.REMATCH_ASKED, **before)
    lapsed = asked(GuaranteeState.REMATCH_ASKED, **before)
    Guarantee.objects.filter(pk=lapsed.pk).update(credit_until=date(2027, 1, 3))
    for state in set(GuaranteeState) - set(ASKED) - {GuaranteeState.TRIAL_BOOKED}:
        in_state(state)

    items = listed([WorkKind.GUARANTEE])
    office = Scope(offices=[refund.current.trial.office_id])

    assert [(item.guarantee, item.appointment, item.at) for item in items] == [
        (refund, refund.current.trial, NOW),
        (rematch, rematch.current.trial, NOW),
    ]
    assert [each.guarantee for each in listed([WorkKind.GUARANTEE], office)] == [refund]
    assert listed([WorkKind.GUARANTEE], after=items[0].position) == items[1:]
