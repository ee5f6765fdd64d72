"""Two people at once, about one guarantee. The control takes the locks away, and shows
that these tests notice."""

from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import OperationalError

from config.errors import DomainError
from scheduling import booking, guarantee_rows, guarantees, progress, settlements
from scheduling.models import (
    Attendance,
    Fee,
    Guarantee,
    GuaranteeRound,
    GuaranteeState,
    GuaranteeWords,
    Mode,
    NoFit,
    Party,
)
from scheduling.orders import Order
from tests.factories.config import UserFactory
from tests.factories.guarantees import asked, attended, trial_of
from tests.factories.scheduling import (
    AvailabilityRuleFactory,
    PracticePolicyFactory,
    SessionTypeFactory,
)
from tests.threads import in_threads
from tests.times import MONDAY_9AM, MONDAY_10AM, NOW, at

pytestmark = pytest.mark.django_db(transaction=True)

State = GuaranteeState
ROUNDS = 5
MIDNIGHT = at(date(2027, 1, 12), "00:00")  # the week after Monday, 4 January, is over


def outcome(call):
    try:
        return call().progress
    except DomainError as refusal:
        return refusal.code
    except OperationalError:
        return "deadlock"


def ask(step, guarantee, *, version=1, now=MONDAY_10AM):
    return lambda: outcome(
        lambda: step(
            guarantee,
            said_by=Party.CLIENT,
            reason=NoFit.RAPPORT,
            words="It did not click",
            version=version,
            by=None,
            now=now,
        )
    )


def two_wishes(version):
    """Another therapist and the money back are asked for at the same moment."""
    guarantee = attended()
    found = in_threads(
        ask(settlements.ask_rematch, guarantee, version=version),
        ask(settlements.ask_refund, guarantee, version=version),
    )
    return guarantee, found


def test_of_two_wishes_at_once_one_is_taken_down():
    for _ in range(ROUNDS):
        guarantee, found = two_wishes(version=1)

        now = guarantee_rows.progress_of(guarantee)
        assert sorted(found) == sorted([now.progress, "stale"])
        assert (now.version, now.current.outcome) == (2, now.progress)
        assert GuaranteeWords.objects.filter(round=now.current).count() == 1


def test_two_wishes_of_any_version_follow_one_another():
    for _ in range(ROUNDS):
        guarantee, (rematch, refund) = two_wishes(version=None)

        now = guarantee_rows.progress_of(guarantee)
        assert (now.progress, refund) == (State.REFUND_ASKED, State.REFUND_ASKED)
        # The money may be asked for instead of another therapist, and not otherwise.
        # It may be by the time that the first wish is answered.
        assert (rematch, now.version) in [
            (State.REMATCH_ASKED, 3),
            (State.REFUND_ASKED, 3),
            ("invalid_transition", 2),
        ]
        words = GuaranteeWords.objects.filter(round=now.current)
        assert words.count() == now.version - 1


def test_a_refund_is_decided_about_once():
    by = UserFactory.create()
    for _ in range(ROUNDS):
        guarantee = asked(State.REFUND_ASKED)

        def refund(guarantee=guarantee):
            return settlements.refund(
                guarantee,
                amount_cents=15_000,
                reason="Promised",
                version=None,
                by=by,
                now=MONDAY_10AM,
            )

        def decline(guarantee=guarantee):
            return settlements.decline(
                guarantee, reason="No", version=None, by=by, now=MONDAY_10AM
            )

        found = in_threads(lambda: outcome(refund), lambda: outcome(decline))

        row = Guarantee.objects.get(pk=guarantee.pk)
        assert sorted(found) == sorted(["invalid_transition", row.state])
        assert (row.refund_cents is None) == (row.state == State.DECLINED)


def test_one_session_of_two_is_refunded_once_when_both_are_decided_about_at_once():
    by = UserFactory.create()
    for _ in range(ROUNDS):
        one = asked(State.REFUND_ASKED)
        other = asked(State.REFUND_ASKED, starts_at=MONDAY_10AM)
        GuaranteeRound.objects.filter(pk=other.current_id).update(
            trial=one.current.trial
        )

        def refund(guarantee):
            return settlements.refund(
                guarantee,
                amount_cents=15_000,
                reason="Promised",
                version=None,
                by=by,
                now=MONDAY_10AM,
            )

        found = in_threads(
            *[lambda each=each: outcome(lambda: refund(each)) for each in (one, other)]
        )

        assert sorted(found) == [State.REFUNDED, "refunded_already"]


def test_who_asks_before_midnight_is_heard_however_long_the_lock_takes():
    before = MIDNIGHT - timedelta(microseconds=1)
    for _ in range(ROUNDS):
        guarantee = attended()

        found = in_threads(
            ask(settlements.ask_refund, guarantee, version=None, now=before),
            ask(settlements.ask_rematch, guarantee, version=None, now=MIDNIGHT),
        )

        assert found[0] == State.REFUND_ASKED
        assert found[1] in {"guarantee_window_closed", "invalid_transition"}


def test_a_wish_and_the_session_taken_back_follow_one_another():
    for _ in range(ROUNDS):
        guarantee = attended()
        session = trial_of(guarantee)

        def reopen(session=session):
            return progress.reopen(session, version=None, now=MONDAY_10AM).status

        found, _ = in_threads(ask(settlements.ask_refund, guarantee), reopen)

        row = guarantee_rows.progress_of(guarantee)
        if found == State.REFUND_ASKED:  # it was asked while the session stood
            assert (row.progress, row.session) == (State.REFUND_ASKED, session.pk)
        else:
            assert (found, row.progress) == ("invalid_transition", State.TRIAL_BOOKED)


def test_a_session_is_free_whether_it_is_booked_before_or_after_the_match():
    PracticePolicyFactory.create()
    for _ in range(ROUNDS):
        guarantee = asked(State.REMATCH_ASKED, starts_at=MONDAY_9AM - timedelta(days=7))
        hours = AvailabilityRuleFactory.create()
        order = Order(
            therapist=hours.therapist,
            clients=[guarantee.client],
            session_type=SessionTypeFactory.create(),
            office=hours.office,
            mode=Mode.TELEHEALTH,
            starts_at=MONDAY_9AM,
        )

        def book(order=order):
            return booking.book(order, now=NOW)

        def choose(guarantee=guarantee, therapist=hours.therapist):
            return guarantees.choose(guarantee, therapist, version=1, by=None, now=NOW)

        session, _ = in_threads(book, choose)

        row = guarantee_rows.progress_of(guarantee)
        assert (row.progress, row.session) == (State.TRIAL_BOOKED, session.pk)
        assert Attendance.objects.get(appointment=session).fee == Fee.FREE


def test_control_without_locks_both_are_believed(monkeypatch):
    meeting = Barrier(2, timeout=10)

    def unlocked(key, version):
        rows = Guarantee.objects.with_progress().select_related("client", "current")
        row = rows.get(pk=key)
        meeting.wait()  # both have read what they are about to change
        return row

    monkeypatch.setattr(guarantee_rows, "locked", unlocked)
    monkeypatch.setattr(settlements, "lock_calendars", lambda **_: [])
    guarantee = asked(State.REFUND_ASKED)
    by = UserFactory.create()

    found = in_threads(
        *[
            lambda amount=amount: outcome(
                lambda: settlements.refund(
                    guarantee,
                    amount_cents=amount,
                    reason="Promised",
                    version=None,
                    by=by,
                    now=MONDAY_10AM,
                )
            )
            for amount in (10_000, 20_000)
        ]
    )

    assert found == [State.REFUNDED, State.REFUNDED]
