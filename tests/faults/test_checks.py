"""The checks see each fault where it is, and none where there is none."""

from dataclasses import replace

import pytest

from tests.faults.checks import Fault, Lag, check, lag
from tests.faults.desk import Told
from tests.faults.ledger import Claim, Effect, Evidence, Receipt, Row

NOW = 1_800_000_000.0
SENT = Row(
    id="m1",
    appointment="a1",
    facts_version=1,
    is_current=True,
    is_on=True,
    kind="booked",
    channel="sms",
    client="c1",
    phone="+1",
    state="sent",
    attempts=1,
    last_error="",
    provider_message_id="SM1",
    wanted_at=NOW,
    next_attempt_at=None,
    sent_at=NOW + 2,
    is_due=True,
)
TEXT = Effect("SM1", "+1", "You are booked.")
CLAIM = Claim("m1", "a1", 1, "c1", "sms", 1, NOW + 1)
EVIDENCE = Evidence(
    rows=[SENT],
    claims=[CLAIM],
    effects=[TEXT],
    facts={("a1", 1): 1},
    parts=[("a1", "c1")],
)
BOOKED = Told("booked", "a1", NOW, 1)
MOVED = Told("moved", "a1", NOW, 2)
MOVED_FACTS = {("a1", 1): 1, ("a1", 2): 2}
DELIVERED = Receipt("SM1", "delivered", NOW + 1, 204)


def faults(*told, excused=(), **changes):
    evidence = replace(EVIDENCE, **changes)
    return {finding.fault for finding in check(evidence, told, excused=excused)}


def row(**changes):
    return {"rows": [replace(SENT, **changes)]}


def test_all_is_well_where_each_message_went_out_once():
    assert faults(BOOKED) == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"effects": [TEXT, Effect("SM2", "+1", TEXT.words)]}, Fault.DUPLICATE),
        ({"effects": [TEXT, Effect("SM2", "+1", "Others.")]}, Fault.UNACCOUNTED),
        ({"effects": []}, Fault.NOT_THERE),
        ({"rows": [SENT, replace(SENT, id="m2")]}, Fault.UNACCOUNTED),
        (row(attempts=9), Fault.TOO_OFTEN),
        ({"facts": {}}, Fault.NOT_BOOKED),
        ({"facts": {**EVIDENCE.facts, ("a2", 1): 1}}, Fault.NOT_BOOKED),
        (row(is_current=False), Fault.UNTOLD),
        ({"facts": MOVED_FACTS}, Fault.CHANGED),
        ({"receipts": [DELIVERED]}, Fault.NOT_HEARD),
        (
            {"receipts": [replace(DELIVERED, said="sent", answered=403)]},
            Fault.NOT_HEARD,
        ),
        ({"gone_back": ["m1 from delivered to pending"]}, Fault.GONE_BACK),
    ],
)
def test_a_fault_is_noticed(changes, expected):
    assert faults(BOOKED, **changes) == {expected}


def test_receipts_are_heard_where_the_message_is_delivered():
    later = [DELIVERED, replace(DELIVERED, said="sent")]

    assert faults(BOOKED, receipts=later, **row(state="delivered")) == set()


@pytest.mark.parametrize(
    ("changes", "is_lost"),
    [
        ({"state": "pending"}, True),
        ({"state": "pending", "is_due": False}, False),
        ({"state": "sending"}, True),
        ({"state": "failed"}, True),
        ({"state": "expired"}, True),
        ({"state": "cancelled"}, True),
        ({"state": "cancelled", "is_current": False}, False),
        ({"state": "cancelled", "is_on": False, "kind": "reminder"}, False),
    ],
)
def test_a_message_is_lost_if_it_is_wanted_and_did_not_go_out(changes, is_lost):
    gone = {"provider_message_id": "", "sent_at": None} | changes

    found = faults(BOOKED, **row(**gone), effects=[], parts=[])

    assert found == ({Fault.LOST} if is_lost else set())


def test_what_is_excused_is_not_lost():
    waits = row(state="pending", provider_message_id="", sent_at=None)

    assert faults(BOOKED, excused={"m1"}, effects=[], **waits) == set()


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (MOVED, Fault.STALE),
        (Told("opted_out", "c1", NOW), Fault.UNWANTED),
        (Told("policy", "", NOW), Fault.QUIET),
    ],
)
def test_a_claim_is_wrong_after_the_word_that_forbids_it(told, expected):
    before = [replace(CLAIM, at=NOW - 1)]

    facts = MOVED_FACTS if told == MOVED else EVIDENCE.facts

    assert faults(BOOKED, told, facts=facts) == {expected}
    assert faults(BOOKED, told, facts=facts, claims=before) == set()


def test_a_send_in_doubt_whose_message_was_called_off_is_accounted_for():
    called_off = row(
        state="cancelled", provider_message_id="", sent_at=None, is_current=False
    )

    assert faults(BOOKED, parts=[], **called_off) == set()


def test_who_got_what_was_called_off_in_doubt_is_told_that_it_is_off():
    gone = {"provider_message_id": "", "sent_at": None, "is_on": False}
    called_off = replace(SENT, state="cancelled", is_current=False, **gone)
    told = replace(SENT, id="m2", kind="cancelled", provider_message_id="SM2")
    off = Effect("SM2", "+1", "It is off.")

    assert faults(BOOKED, parts=[], rows=[called_off]) == {Fault.UNTOLD}
    assert faults(BOOKED, parts=[], rows=[called_off], effects=[]) == set()
    both = {"rows": [called_off, told], "effects": [TEXT, off]}
    assert faults(BOOKED, parts=[], **both) == set()


def test_the_lag_is_from_when_a_message_was_to_go_out():
    late = replace(SENT, wanted_at=NOW + 5, sent_at=NOW + 15)

    assert lag([SENT, late], ended_at=NOW + 1) == Lag(6, 10, 1)
    assert lag([SENT, late], ended_at=NOW + 9) == Lag(6, 10, 6)
