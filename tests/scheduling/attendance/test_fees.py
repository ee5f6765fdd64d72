"""What each one owes who left too late or did not come."""

import pytest

from config.errors import Malformed
from scheduling import attendance
from scheduling.transitions import InvalidTransition
from tests.factories.config import UserFactory
from tests.scheduling.attendance.conftest import (
    AFTER,
    ATTENDED,
    CANCELLED,
    DEADLINE,
    EXPECTED,
    NO_SHOW,
    TOO_LATE,
    counts,
    everything,
    mark,
    members,
    parts,
    remove,
)
from tests.times import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("by", "now", "waived", "part"),
    [
        ("client", DEADLINE, "", ("cancelled", "none")),
        ("client", TOO_LATE, "", ("late_cancelled", "due")),
        ("client", TOO_LATE, "Emergency", ("late_cancelled", "waived")),
        ("practice", TOO_LATE, "", ("cancelled", "none")),
    ],
)
def test_who_calls_off_and_when_decides_the_fee(couple, by, now, waived, part):
    leaves, _ = members(couple)
    user = UserFactory.create()

    remove(couple, leaves, by=by, now=now, fee_waived_reason=waived, decided_by=user)

    assert parts(couple) == [part, ("expected", "none")]
    row = couple.attendances.get(client=leaves)
    decision = (row.fee_reason, row.fee_decided_by, row.fee_decided_at)
    assert decision == ((waived, user, now) if waived else ("", None, None))


def test_the_fee_is_waived_and_asked_for_after_all_by_somebody_with_a_reason(couple):
    one, _ = members(couple)
    couple = remove(couple, one, now=TOO_LATE)
    user = UserFactory.create()

    for version, waived, reason in ((2, True, "Emergency"), (3, False, "No emergency")):
        couple = attendance.decide_fee(
            couple,
            one,
            waived=waived,
            reason=reason,
            by=user,
            version=version,
            now=AFTER,
        )
        part = couple.attendances.get(client=one)
        assert (part.fee, part.fee_reason) == ("waived" if waived else "due", reason)
        assert (part.fee_decided_by, part.fee_decided_at) == (user, AFTER)

    assert counts(couple) == ("scheduled", 4, 1)
    assert parts(couple) == [("late_cancelled", "due"), ("expected", "none")]


@pytest.mark.parametrize("status", [EXPECTED, ATTENDED, CANCELLED])
def test_who_owes_nothing_is_not_decided_about(couple, status):
    one, _ = members(couple)
    couple.attendances.filter(client=one).update(status=status)
    before = everything()

    with pytest.raises(InvalidTransition):
        attendance.decide_fee(
            couple, one, waived=True, reason="Ill", by=None, version=1, now=NOW
        )

    assert everything() == before


def test_a_decision_without_a_reason_is_none(couple):
    one, _ = members(couple)
    couple = mark(couple, one, NO_SHOW)
    before = everything()

    with pytest.raises(Malformed):
        attendance.decide_fee(
            couple, one, waived=True, reason=" ", by=None, version=2, now=AFTER
        )

    assert everything() == before


def test_history_has_each_decision(couple):
    one, _ = members(couple)
    couple = remove(couple, one, now=TOO_LATE)
    for waived in (True, False):
        couple = attendance.decide_fee(
            couple,
            one,
            waived=waived,
            reason="As agreed",
            by=None,
            version=couple.version,
            now=AFTER,
        )

    events = couple.attendances.get(client=one).events.order_by("pgh_id")

    assert [event.fee for event in events] == ["none", "due", "waived", "due"]
