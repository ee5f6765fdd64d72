from datetime import timedelta

import pytest
from django.db import connection

from config.clock import database_now
from scheduling import outbox, resolutions
from scheduling.models import (
    Decision,
    Message,
    MessageResolution,
    MessageState,
)
from tests.factories.config import UserFactory
from tests.factories.scheduling import AppointmentFactory, MessageFactory
from tests.threads import in_threads
from tests.times import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def stuck(**values):
    """A text that failed, about an appointment in two days by the database's clock."""
    now = database_now()
    appointment = AppointmentFactory.create(starts_at=now + timedelta(days=2))
    return MessageFactory.create(
        appointment=appointment,
        due_at=now,
        not_after=now + timedelta(days=1),
        **{"state": MessageState.FAILED} | values,
    )


def decided():
    return list(
        MessageResolution.objects.values_list("message", "decision", "note", "by", "at")
    )


def history(message):
    events = MessageResolution.pgh_event_model.objects.filter(message=message.pk)
    return list(events.order_by("pgh_id").values_list("pgh_label", "decision"))


def test_to_decide_the_same_again_changes_nothing():
    message, first, second = stuck(), UserFactory.create(), UserFactory.create()
    resolve = resolutions.resolve

    resolve(message, decision=Decision.ARRIVED, note="a", by=first, now=NOW)
    resolve(message, decision=Decision.ARRIVED, note="a", by=second, now=LATER)

    assert decided() == [(message.pk, "arrived", "a", first.pk, NOW)]


def test_another_decision_takes_the_place_of_the_first_which_history_keeps():
    message, first, second = stuck(), UserFactory.create(), UserFactory.create()
    resolve = resolutions.resolve

    resolve(message, decision=Decision.ARRIVED, by=first, now=NOW)
    resolve(message, decision=Decision.NOT_NEEDED, note="b", by=second, now=LATER)

    assert decided() == [(message.pk, "not_needed", "b", second.pk, LATER)]
    assert history(message) == [("insert", "arrived"), ("update", "not_needed")]


def test_retry_voids_a_decision_which_history_keeps():
    message = stuck()
    resolutions.resolve(message, decision=Decision.ARRIVED, by=None, now=NOW)

    outbox.retry(message)

    assert (message.state, decided()) == (MessageState.PENDING, [])
    assert history(message) == [("insert", "arrived"), ("delete", "arrived")]


def test_retry_that_is_refused_leaves_the_decision():
    message = stuck(facts_version=0)
    resolutions.resolve(message, decision=Decision.NOT_NEEDED, by=None, now=NOW)

    with pytest.raises(outbox.InvalidTransition):
        outbox.retry(message)

    assert decided() == [(message.pk, "not_needed", "", None, NOW)]


def test_resolve_refuses_what_is_sent_again_meanwhile():
    message = stuck()
    seen = Message.objects.get(pk=message.pk)
    outbox.retry(message)

    with pytest.raises(resolutions.NotStuck):
        resolutions.resolve(seen, decision=Decision.ARRIVED, by=None, now=NOW)

    assert decided() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(5))
def test_message_is_resolved_or_sent_again_but_not_both(attempt):
    message = stuck()

    def resolve():
        try:
            resolutions.resolve(message, decision=Decision.ARRIVED, by=None, now=NOW)
        except resolutions.NotStuck:
            return "refused"
        return "resolved"

    def retry():
        return outbox.retry(Message.objects.get(pk=message.pk)).state

    resolved, state = in_threads(resolve, retry)

    message.refresh_from_db()
    # Whoever was first, it waits: a decision made before is void, one after is refused.
    assert (resolved in {"refused", "resolved"}, state) == (True, "pending")
    assert (message.state, decided()) == (MessageState.PENDING, [])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(5))
def test_two_who_decide_at_once_leave_one_decision(attempt):
    message = stuck()

    def deciding(decision):
        return lambda: (
            resolutions.resolve(message, decision=decision, by=None, now=NOW).decision
        )

    answers = in_threads(deciding(Decision.ARRIVED), deciding(Decision.NOT_NEEDED))

    assert answers == ["arrived", "not_needed"]
    assert [row[1] in answers for row in decided()] == [True]
    assert connection.is_usable()
