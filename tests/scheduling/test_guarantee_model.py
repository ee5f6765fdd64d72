"""Walks of one guarantee and its sessions, beside a model that knows only the table.

What becomes of the sessions and what is said go in any order. After each step the
guarantee is where the model says, by a step that the table has.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import DomainError
from scheduling import booking, guarantee_rows, guarantees, progress, settlements
from scheduling.models import (
    GUARANTEE_TRANSITIONS,
    OPEN,
    AppointmentStatus,
    GuaranteeState,
    NoFit,
    Party,
)
from tests.factories.config import UserFactory
from tests.factories.guarantees import GuaranteeFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    PracticePolicyFactory,
    TherapistFactory,
)
from tests.times import NOW

State = GuaranteeState
SESSION_STEPS = ("book", "complete", "reopen", "no_show", "cancel")
SAID = {
    "choose": State.MATCHED,
    "continue": State.CONTINUES,
    "ask_rematch": State.REMATCH_ASKED,
    "ask_refund": State.REFUND_ASKED,
    "refund": State.REFUNDED,
    "decline": State.DECLINED,
}


class Walk:
    """One client of whom the model remembers only state, round, and one session."""

    def __init__(self):
        PracticePolicyFactory.create()
        self.by = UserFactory.create()
        self.therapists = TherapistFactory.create_batch(3)
        self.guarantee = GuaranteeFactory.create()
        self.decided, self.round = State.INTAKE, 0
        self.now, self.session = NOW, None

    @property
    def state(self):
        if self.decided != State.MATCHED or self.session is None:
            return self.decided
        status = self.session.status
        if status == AppointmentStatus.COMPLETED:
            return State.TRIAL_ATTENDED
        return State.TRIAL_BOOKED if status in OPEN else State.MATCHED

    def take(self, step):
        if step in SESSION_STEPS:
            self._of_session(step)
            return
        after = SAID[step]
        allowed = after in GUARANTEE_TRANSITIONS[self.state] and not (
            after == State.MATCHED
            and self.state in {State.TRIAL_BOOKED, State.TRIAL_ATTENDED}
        )
        if step == "ask_rematch" and self.round > 1:
            allowed = False
        try:
            self._say(step)
        except DomainError:
            assert not allowed, (step, self.state)
            return
        assert allowed, (step, self.state)
        if step == "choose":
            self.round += self.decided != State.MATCHED
            self.session = None
        self.decided = after

    def _say(self, step):
        at = {"version": None, "by": self.by, "now": self.now}
        no_fit = {"said_by": Party.CLIENT, "reason": NoFit.OTHER, **at}
        match step:
            case "choose":
                therapist = self.therapists[self.round]
                if self.decided == State.MATCHED:
                    therapist = self.therapists[self.round - 1]
                guarantees.choose(self.guarantee, therapist, **at)
            case "continue":
                settlements.say_continues(self.guarantee, **at)
            case "ask_rematch":
                settlements.ask_rematch(self.guarantee, **no_fit)
            case "ask_refund":
                settlements.ask_refund(self.guarantee, **no_fit)
            case "refund":
                settlements.refund(self.guarantee, amount_cents=1, reason="x", **at)
            case "decline":
                settlements.decline(self.guarantee, reason="x", **at)

    def _of_session(self, step):
        """What becomes of the session, if that can be; a new one two hours later."""
        if step == "book":
            is_free = self.decided == State.MATCHED and self.state == State.MATCHED
            if is_free:
                starts_at = self.now + timedelta(hours=1)
                self.session = AppointmentFactory.create(
                    therapist=self.therapists[self.round - 1],
                    clients=[self.guarantee.client],
                    starts_at=starts_at,
                )
                self.now = starts_at + timedelta(minutes=20)
            return
        if self.session is None or self.decided != State.MATCHED:
            return
        at = {"version": None, "now": self.now}
        ways = {
            "complete": progress.complete,
            "reopen": progress.reopen,
            "no_show": progress.no_show,
            "cancel": lambda session, **at: booking.cancel(session, by="client", **at),
        }
        try:
            self.session = ways[step](self.session, **at)
        except DomainError:
            self.session.refresh_from_db()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([*SAID, *SESSION_STEPS, "book", "complete"]), max_size=14)
)
@pytest.mark.django_db
def test_whatever_happens_it_is_where_the_table_says(steps):
    with transaction.atomic():
        walk = Walk()
        for step in steps:
            before = walk.state
            walk.take(step)
            found = guarantee_rows.progress_of(walk.guarantee).progress
            assert found == walk.state, (step, before)
            assert found == before or found in GUARANTEE_TRANSITIONS[before]
        transaction.set_rollback(True)
