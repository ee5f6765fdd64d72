"""The guarantee: every step of its table, and none beside it."""

from contextlib import nullcontext
from datetime import date, timedelta
from functools import partial

import pytest
from django.db import ProgrammingError, transaction

from config.errors import Malformed
from scheduling import guarantee_rows, guarantees, progress, settlements
from scheduling.guarantee_rows import CreditLapsed
from scheduling.guarantees import EarlierTherapist, FirstAttended
from scheduling.models import (
    CANCELLED,
    GUARANTEE_TRANSITIONS,
    SETTLED,
    AppointmentStatus,
    AttendanceStatus,
    Guarantee,
    GuaranteeState,
    MovedBy,
    NoFit,
    Party,
)
from scheduling.models.guarantee_states import BY_SESSION
from scheduling.settlements import RefundedAlready, RematchUsed, WindowClosed
from scheduling.transitions import InvalidTransition
from tests.factories.config import UserFactory
from tests.factories.guarantees import (
    MATCHED_AT,
    GuaranteeRoundFactory,
    asked,
    attended,
    booked,
    came,
    in_state,
    matched,
    rematched,
    trial_of,
)
from tests.factories.scheduling import (
    AppointmentFactory,
    AttendanceFactory,
    SessionTypeFactory,
    TherapistFactory,
)
from tests.times import MONDAY_9AM, NOW, at

pytestmark = pytest.mark.django_db

State = GuaranteeState
LATER = NOW + timedelta(hours=3)


def no_fit(ask, row, **at):
    return ask(row, said_by=Party.CLIENT, reason=NoFit.RAPPORT, **at)


# By which call each state is reached.
WAYS = {
    State.MATCHED: lambda row, **at: guarantees.choose(
        row, TherapistFactory.create(), **at
    ),
    State.CONTINUES: settlements.say_continues,
    State.REMATCH_ASKED: partial(no_fit, settlements.ask_rematch),
    State.REFUND_ASKED: partial(no_fit, settlements.ask_refund),
    State.REFUNDED: partial(settlements.refund, amount_cents=15_000, reason="Promised"),
    State.DECLINED: partial(settlements.decline, reason="Why not"),
}
STEPS = [(before, after) for before in State for after in WAYS]


def decided(before, after):
    mover = GUARANTEE_TRANSITIONS[before].get(after)
    return mover in {MovedBy.STAFF, MovedBy.MANAGER}


def take(row, after):
    return WAYS[after](row, version=row.version, by=UserFactory.create(), now=LATER)


@pytest.mark.parametrize("state", State)
def test_a_guarantee_is_where_its_session_and_its_decisions_say(state):
    guarantee = in_state(state)

    assert guarantee_rows.progress_of(guarantee).progress == state


@pytest.mark.parametrize(
    ("before", "after"), [step for step in STEPS if decided(*step)]
)
def test_each_step_of_the_table_is_taken_and_recorded(before, after):
    guarantee = in_state(before)

    moved = take(guarantee, after)

    assert (moved.progress, moved.version) == (after, 2)


@pytest.mark.parametrize(
    ("before", "after"), [step for step in STEPS if not decided(*step)]
)
def test_each_step_beside_the_table_is_refused(before, after):
    guarantee = in_state(before)

    with pytest.raises(InvalidTransition) as refusal:
        take(guarantee, after)

    assert (refusal.value.status, refusal.value.code) == (409, "invalid_transition")
    assert guarantee_rows.progress_of(guarantee).progress == before
    assert guarantee_rows.progress_of(guarantee).version == 1


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_the_database_refuses_what_the_table_does_not_have(before, after):
    guarantee = Guarantee.objects.get(pk=in_state(before).pk)
    stored = [_stored(each) for each in (before, after)]
    fields = {
        "state": stored[1],
        "credit_until": date(2027, 4, 4),
        "refund_cents": 1 if after == State.REFUNDED else None,
        "settled_at": NOW if after in SETTLED else None,
        "settled_because": "Because" if after in SETTLED else "",
        "current": None if after == State.INTAKE else a_round_of(guarantee),
    }

    is_allowed = stored[0] == stored[1] or _stored_pair(*stored)
    with transaction.atomic(), refused(unless=is_allowed):
        Guarantee.objects.filter(pk=guarantee.pk).update(**fields)


def _stored(state):
    return State.MATCHED if state in BY_SESSION else state


def _stored_pair(before, after):
    return any(
        (_stored(one), _stored(other)) == (before, after)
        for one, followers in GUARANTEE_TRANSITIONS.items()
        for other in followers
    )


def a_round_of(guarantee):
    return guarantee.current or GuaranteeRoundFactory.create(guarantee=guarantee)


def refused(*, unless):
    return (
        nullcontext()
        if unless
        else pytest.raises(ProgrammingError, match="Invalid transition")
    )


# The first session ended on Monday, 4 January, and the week after it on the 11th.
@pytest.mark.parametrize("ask", [settlements.ask_rematch, settlements.ask_refund])
def test_it_may_be_asked_until_the_week_is_over(ask):
    on_time, too_late = attended(), attended()

    no_fit(ask, on_time, version=1, by=None, now=at(date(2027, 1, 11), "23:59"))
    with pytest.raises(WindowClosed):
        no_fit(ask, too_late, version=1, by=None, now=at(date(2027, 1, 12), "00:00"))

    assert guarantee_rows.progress_of(too_late).progress == State.TRIAL_ATTENDED


@pytest.mark.parametrize(
    ("day", "last", "hours"),
    [
        (date(2027, 3, 8), date(2027, 3, 15), 7 * 24 - 1 + 15),  # a day of 23 hours
        (date(2027, 11, 1), date(2027, 11, 8), 7 * 24 + 1 + 15),  # a day of 25
    ],
)
def test_the_week_is_of_days_on_the_wall_when_the_clock_changes(day, last, hours):
    guarantee = attended(starts_at=at(day, "09:00"))
    end = at(day, "09:00") + timedelta(hours=hours)

    assert guarantee_rows.may_be_asked_until(trial_of(guarantee)) == last
    with pytest.raises(WindowClosed):
        no_fit(settlements.ask_refund, guarantee, version=1, by=None, now=end)
    no_fit(
        settlements.ask_refund,
        guarantee,
        version=1,
        by=None,
        now=end - timedelta(seconds=1),
    )


def test_the_week_is_of_days_where_the_session_took_place():
    guarantee = attended()
    office = trial_of(guarantee).office
    office.timezone = "America/New_York"
    office.save(update_fields=["timezone"])

    # It is still the 11th in Los Angeles, where the practice is.
    with pytest.raises(WindowClosed):
        no_fit(
            settlements.ask_refund,
            guarantee,
            version=1,
            by=None,
            now=at(date(2027, 1, 11), "21:00"),
        )


def test_a_second_rematch_is_refused():
    guarantee = rematched(starts_at=MONDAY_9AM - timedelta(days=2))
    session = AppointmentFactory.create(
        therapist=guarantee.current.therapist, clients=[guarantee.client]
    )
    came(session)

    with pytest.raises(RematchUsed):
        no_fit(settlements.ask_rematch, guarantee, version=1, by=None, now=LATER)

    asked_for = no_fit(settlements.ask_refund, guarantee, version=1, by=None, now=LATER)
    assert asked_for.progress == State.REFUND_ASKED


def test_earlier_therapists_are_those_who_did_not_fit():
    guarantee = rematched()
    first = guarantee.rounds.get(number=1).therapist

    assert guarantees.earlier_therapists(guarantee.client) == [first]
    assert guarantees.earlier_therapists(matched().client) == []


def test_nobody_is_matched_again_with_who_did_not_fit():
    guarantee = asked(State.REMATCH_ASKED)
    therapist = guarantee.current.therapist

    with pytest.raises(EarlierTherapist):
        guarantees.choose(guarantee, therapist, version=1, by=None, now=LATER)

    assert guarantee.rounds.count() == 1


@pytest.mark.parametrize(
    ("asked_on", "last"),
    [
        (date(2027, 1, 4), date(2027, 4, 4)),
        (date(2027, 11, 30), date(2028, 2, 29)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 1, 31), date(2027, 4, 30)),
        (date(2027, 12, 31), date(2028, 3, 31)),
    ],
)
def test_the_credit_is_of_calendar_months_and_lapses_by_itself(asked_on, last):
    guarantee = attended(starts_at=at(asked_on, "09:00"))
    now = at(asked_on, "23:30")
    no_fit(settlements.ask_rematch, guarantee, version=1, by=None, now=now)
    other = TherapistFactory.create()

    too_late = at(last + timedelta(days=1), "00:00")
    with pytest.raises(CreditLapsed):
        guarantees.choose(guarantee, other, version=2, by=None, now=too_late)
    chosen = guarantees.choose(
        guarantee, other, version=2, by=None, now=at(last, "23:59")
    )

    assert (chosen.credit_until, chosen.progress) == (last, State.MATCHED)


def test_a_first_session_that_is_called_off_or_missed_leaves_one_matched():
    for status, part in [
        (AppointmentStatus.CANCELLED, AttendanceStatus.CANCELLED),
        (AppointmentStatus.LATE_CANCELLED, AttendanceStatus.LATE_CANCELLED),
        (AppointmentStatus.CANCELLED_BY_PRACTICE, AttendanceStatus.CANCELLED),
        (AppointmentStatus.NO_SHOW, AttendanceStatus.NO_SHOW),
        (AppointmentStatus.RELEASED, AttendanceStatus.EXPECTED),
    ]:
        guarantee = matched()
        is_cancelled = status in CANCELLED
        session = AppointmentFactory.create(
            therapist=guarantee.current.therapist,
            clients=[],
            status=status,
            cancelled_at=NOW if is_cancelled else None,
            hold_expires_at=NOW if status == AppointmentStatus.RELEASED else None,
        )
        AttendanceFactory.create(
            appointment=session, client=guarantee.client, status=part
        )
        assert guarantee_rows.progress_of(guarantee).progress == State.MATCHED, status


def test_who_left_a_session_of_several_has_not_attended_it():
    guarantee = booked()
    session = trial_of(guarantee)
    AttendanceFactory.create(appointment=session)
    came(session)
    session.attendances.filter(client=guarantee.client).update(
        status=AttendanceStatus.NO_SHOW
    )

    assert guarantee_rows.progress_of(guarantee).progress == State.MATCHED


def test_a_session_before_the_match_is_not_the_first_one():
    guarantee = matched()
    AppointmentFactory.create(
        therapist=guarantee.current.therapist,
        clients=[guarantee.client],
        starts_at=MATCHED_AT - timedelta(hours=1),
    )

    assert guarantee_rows.progress_of(guarantee).progress == State.MATCHED


def test_a_session_with_somebody_else_can_be_named_the_first_one():
    guarantee = booked()
    covering = AppointmentFactory.create(
        clients=[guarantee.client], starts_at=MONDAY_9AM + timedelta(days=1)
    )

    named = guarantees.name_trial(guarantee, covering, version=1, now=NOW)

    assert (named.session, named.current.therapist) == (
        covering.pk,
        covering.therapist,
    )


@pytest.mark.parametrize("kind", ["consultation", "group"])
def test_a_consultation_or_a_group_is_no_first_session(kind):
    guarantee = matched()
    short = AppointmentFactory.create(
        therapist=guarantee.current.therapist,
        clients=[guarantee.client],
        session_type=SessionTypeFactory.create(**{kind: True}),
        starts_at=NOW - timedelta(days=1),
    )
    came(short)

    assert guarantee_rows.progress_of(guarantee).progress == State.MATCHED
    with pytest.raises(Malformed):
        guarantees.name_trial(guarantee, short, version=1, now=NOW)


def test_a_session_of_somebody_else_is_no_first_one():
    guarantee = matched()

    with pytest.raises(Malformed):
        guarantees.name_trial(
            guarantee, AppointmentFactory.create(), version=1, now=NOW
        )

    assert guarantee_rows.progress_of(guarantee).version == 1


def test_the_week_after_the_first_session_is_not_opened_again_by_a_later_one():
    guarantee = attended(starts_at=MONDAY_9AM - timedelta(days=60))
    later = AppointmentFactory.create(
        therapist=guarantee.current.therapist,
        clients=[guarantee.client],
        starts_at=MONDAY_9AM - timedelta(days=3),
    )
    came(later)

    with pytest.raises(FirstAttended):
        guarantees.name_trial(guarantee, later, version=1, now=NOW)

    with pytest.raises(WindowClosed):
        no_fit(settlements.ask_refund, guarantee, version=1, by=None, now=NOW)


def test_an_earlier_session_takes_the_place_of_the_first_one_once_it_was_attended():
    guarantee = attended(starts_at=MONDAY_9AM - timedelta(days=1))
    earlier = AppointmentFactory.create(
        clients=[guarantee.client], starts_at=MONDAY_9AM - timedelta(days=2)
    )

    with pytest.raises(FirstAttended):
        guarantees.name_trial(guarantee, earlier, version=1, now=NOW)
    came(earlier)
    named = guarantees.name_trial(guarantee, earlier, version=1, now=NOW)

    assert (named.session, named.progress) == (earlier.pk, State.TRIAL_ATTENDED)


def test_a_session_before_the_promise_is_no_first_one():
    guarantee = matched()
    before = AppointmentFactory.create(
        clients=[guarantee.client],
        starts_at=guarantee.created_at - timedelta(hours=1),
    )
    came(before)

    with pytest.raises(Malformed):
        guarantees.name_trial(guarantee, before, version=1, now=NOW)

    assert guarantee_rows.progress_of(guarantee).progress == State.MATCHED


def test_a_session_before_another_therapist_was_wanted_is_no_first_one_after_it():
    guarantee = rematched(starts_at=MONDAY_9AM - timedelta(days=3))
    before = AppointmentFactory.create(
        clients=[guarantee.client], starts_at=NOW - timedelta(hours=2)
    )

    with pytest.raises(Malformed):
        guarantees.name_trial(guarantee, before, version=1, now=NOW)

    assert guarantee_rows.progress_of(guarantee).progress == State.MATCHED


def test_one_session_of_two_is_refunded_once():
    one = matched()
    other = matched(therapist=one.current.therapist)
    session = AppointmentFactory.create(
        therapist=one.current.therapist,
        clients=[one.client, other.client],
        starts_at=MONDAY_9AM - timedelta(days=1),
    )
    came(session)
    for each in (one, other):
        no_fit(settlements.ask_refund, each, version=1, by=None, now=NOW)

    take(guarantee_rows.progress_of(one), State.REFUNDED)
    with pytest.raises(RefundedAlready):
        take(guarantee_rows.progress_of(other), State.REFUNDED)

    assert guarantee_rows.progress_of(other).progress == State.REFUND_ASKED
    assert take(guarantee_rows.progress_of(other), State.DECLINED).progress == (
        State.DECLINED
    )


def test_what_was_asked_stands_when_the_session_is_reopened():
    guarantee = attended()
    session = trial_of(guarantee)
    no_fit(settlements.ask_refund, guarantee, version=1, by=None, now=LATER)
    progress.reopen(session, version=1, now=LATER)

    assert guarantee_rows.progress_of(guarantee).progress == State.REFUND_ASKED
    assert guarantee_rows.progress_of(guarantee).session == session.pk
