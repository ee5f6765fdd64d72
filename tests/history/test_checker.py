"""The checker is fed histories in which one thing is wrong, and names that thing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.history.calls import APPOINTMENTS, HOLDS, SERIES, Call, Request
from tests.history.checker import check, never_done
from tests.history.checks import series_notices
from tests.history.faults import Fault, Outage
from tests.history.rows import Appointment, Message, Rows

NINE = datetime(2027, 1, 4, 17, tzinfo=UTC)
SESSION = timedelta(minutes=50)
KEY = "01a20000-0000-7000-8000-000000000001"
OTHER = "01a20000-0000-7000-8000-000000000002"
RUN = "01a20000-0000-7000-8000-00000000000a"


def row(key=KEY, **facts):
    return Appointment(
        **{
            "id": key,
            "status": "scheduled",
            "version": 1,
            "facts_version": 1,
            "therapist": "one therapist",
            "room": "one room",
            "clients": frozenset({"one client"}),
            "starts_at": NINE,
            "ends_at": NINE + SESSION,
            **facts,
        }
    )


def elsewhere(key=OTHER, **facts):
    """Another session with nobody and nothing in common with the first."""
    others = {
        "therapist": "another therapist",
        "room": "another room",
        "clients": frozenset({"another client"}),
    }
    return row(key, **(others | facts))


def message(appointment=KEY, **facts):
    return Message(
        **{
            "appointment": appointment,
            "facts_version": 1,
            "kind": "reminder",
            "recipient": "one client",
            "channel": "sms",
            "before_minutes": 120,
            "state": "pending",
            **facts,
        }
    )


def there(*appointments, messages=None):
    """These appointments, and the messages given or else those they call for."""
    if messages is None:
        messages = [each for one in appointments for each in called_for(one)]
    return Rows(
        appointments={each.id: each for each in appointments},
        messages=messages,
        reminders=frozenset({120}),
    )


def called_for(appointment):
    """Of a series' occurrence as of any other, which it may do by itself."""
    if appointment.status not in {"scheduled", "confirmed"}:
        return []
    reminders = [
        message(
            appointment.id, facts_version=appointment.facts_version, recipient=client
        )
        for client in appointment.clients
    ]
    return reminders + [
        replace(each, kind="booked", before_minutes=0, channel="email")
        for each in reminders
    ]


def told(appointment, **changes):
    """What an answer says of an appointment."""
    return {
        "id": appointment.id,
        "version": appointment.version,
        "status": appointment.status,
        "starts_at": appointment.starts_at.isoformat(),
        "therapist": {"id": appointment.therapist},
        "room": {"id": appointment.room},
        **changes,
    }


def call(kind, path, at, *, status=200, answer=None, told_at=None, **facts):
    asked = {
        name: facts.pop(name) for name in ("body", "key", "version") if name in facts
    }
    request = Request(kind=kind, caller="desk", method="POST", path=path, **asked)
    ended = at + 0.5 if told_at is None else told_at
    return Call(
        request=request, began=at, ended=ended, status=status, answer=answer, **facts
    )


def booking(appointment, at=1, **facts):
    answer = told(appointment, version=1, status="scheduled")
    given = {"status": 201, "answer": answer} | facts
    return call("book", APPOINTMENTS, at, **given)


def confirmation(appointment, at, version, **facts):
    answer = told(appointment, version=version + 1, status="confirmed")
    path = f"{APPOINTMENTS}{appointment.id}/confirm/"
    given = {"answer": answer, "version": version} | facts
    return call("confirm", path, at, **given)


def faults(calls, rows, outages=()):
    return [finding.fault for finding in check(calls, rows, outages)]


def test_nothing_is_found_where_nothing_is_wrong():
    confirmed = row(status="confirmed", version=2)
    calls = [
        booking(confirmed, at=1, status=503, answer=None, retry_after="1", key="k"),
        booking(confirmed, at=3, key="k"),
        booking(confirmed, at=5, key="k", replayed=True),
        confirmation(confirmed, at=7, version=1),
        confirmation(confirmed, at=9, version=1, status=412, answer={}),
    ]

    assert faults(calls, there(confirmed), [Outage(1, 2)]) == []


@pytest.mark.parametrize(
    ("shared", "fault"),
    [
        ({"therapist": "one therapist"}, Fault.THERAPIST_TWICE),
        ({"room": "one room"}, Fault.ROOM_TWICE),
        ({"clients": frozenset({"one client", "x"})}, Fault.CLIENT_TWICE),
    ],
)
def test_nobody_and_no_room_has_two_sessions_at_once(shared, fault):
    other = elsewhere(**shared, starts_at=NINE + SESSION - timedelta(minutes=1))
    calls = [booking(row()), booking(other)]

    assert faults(calls, there(row(), other)) == [fault]


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_at": NINE + SESSION, "ends_at": NINE + 2 * SESSION},
        {"status": "cancelled"},
        {"status": "held", "is_lapsed": True},
    ],
    ids=["back to back", "cancelled", "a lapsed hold"],
)
def test_what_does_not_occupy_the_same_time_is_no_overlap(changes):
    other = replace(row(OTHER), **changes)
    calls = [booking(row()), booking(other, answer={"id": OTHER})]

    assert faults(calls, there(row(), other)) == []


def test_what_was_acknowledged_is_there_as_it_was_told():
    confirmed = row(status="confirmed", version=2)
    calls = [booking(confirmed), confirmation(confirmed, at=2, version=1)]

    assert faults(calls, there()) == [Fault.LOST]
    assert Fault.LOST in faults(calls, there(row()))


def test_what_was_refused_has_left_nothing():
    refused = booking(row(), status=409, answer={}, body={"note": "tag"})

    assert faults([refused], there(row(note="tag"))) == [Fault.UNASKED]


def test_what_nobody_has_answered_may_be_there_or_not():
    cut_off = booking(row(), status=None, hung_up=True, body={"note": "tag"})

    assert faults([cut_off], there(row(note="tag amended"))) == []
    assert faults([cut_off], there()) == []


@pytest.mark.parametrize("facts", [{"status": "held"}, {"series": RUN}])
def test_a_request_that_nobody_has_answered_excuses_only_what_has_its_key(facts):
    path = SERIES if "series" in facts else HOLDS
    cut_off = call("hold", path, 1, status=None, hung_up=True, key="k")
    own, other = row(**facts, keys=frozenset("k")), row(**facts, keys=frozenset("x"))

    assert faults([cut_off], there(own)) == []
    assert faults([cut_off], there(other)) == [Fault.UNASKED]


def test_a_refused_change_does_not_count():
    confirmed = row(status="confirmed", version=2)
    stale = confirmation(confirmed, at=2, version=1, status=412, answer={})

    assert faults([booking(row()), stale], there(confirmed)) == [Fault.UNASKED]


def test_one_version_says_one_thing():
    calls = [booking(row())]

    assert faults(calls, there(row(room="another room"))) == [Fault.TWO_CONTENTS]


def test_versions_do_not_go_back():
    confirmed = row(status="confirmed", version=2)
    calls = [
        booking(confirmed),
        confirmation(confirmed, at=2, version=1),
        call("look", "/", at=3, answer=told(row())),
    ]

    assert faults(calls, there(confirmed)) == [Fault.WENT_BACK]


def test_who_was_asked_before_may_be_told_an_older_version():
    confirmed = row(status="confirmed", version=2)
    calls = [
        booking(confirmed),
        call("look", "/", at=2, answer=told(row()), told_at=4),
        confirmation(confirmed, at=2, version=1),
    ]

    assert faults(calls, there(confirmed)) == []


def test_a_change_of_what_had_changed_is_not_accepted():
    confirmed = row(status="confirmed", version=3)
    calls = [
        booking(confirmed),
        confirmation(confirmed, at=2, version=1),
        confirmation(confirmed, at=3, version=1, answer=told(confirmed)),
    ]

    assert set(faults(calls, there(confirmed))) == {Fault.STALE_ACCEPTED}


def test_of_two_changes_of_one_version_one_is_accepted():
    confirmed = row(status="confirmed", version=3)
    calls = [
        booking(confirmed),
        confirmation(confirmed, at=2, version=1),
        confirmation(confirmed, at=2, version=1, answer=told(confirmed)),
    ]

    assert faults(calls, there(confirmed)) == [Fault.STALE_ACCEPTED]


def test_a_key_has_one_effect():
    calls = [booking(row(), key="k"), booking(elsewhere(), key="k")]

    assert faults(calls, there(row(), elsewhere())) == [Fault.KEY_TWICE]


def test_a_key_books_once_even_if_nobody_was_told():
    lost = booking(row(), status=None, hung_up=True, body={"note": "tag"}, key="k")
    rows = there(row(note="tag"), elsewhere(note="tag"))

    assert faults([lost], rows) == [Fault.KEY_TWICE]


@pytest.mark.parametrize(
    "repetition",
    [
        {"status": 409, "answer": {"code": "slot_taken"}},
        {"status": 201, "answer": {"id": OTHER}, "replayed": True},
    ],
)
def test_a_repetition_is_answered_as_the_first(repetition):
    calls = [booking(row(), key="k"), booking(row(), at=2, key="k", **repetition)]

    assert faults(calls, there(row())) == [Fault.REPLAY_DIFFERS]


def series(on_conflict, *occurrences, count=2):
    report = [
        {"ok": True, "id": key, "status": "scheduled"} if key else {"ok": False}
        for key in occurrences
    ]
    return call(
        f"series, {on_conflict}",
        SERIES,
        1,
        status=201,
        answer={"id": RUN, "occurrences": report},
        body={"on_conflict": on_conflict, "count": count},
    )


def test_a_series_is_what_its_report_says():
    nobody = frozenset()
    first = row(series=RUN, clients=nobody)
    second = elsewhere(series=RUN, clients=nobody)

    assert faults([series("refuse", KEY, OTHER)], there(first, second)) == []
    assert faults([series("skip", KEY, None)], there(first)) == []
    assert faults([series("skip", KEY, None)], there(first, second)) == [
        Fault.SERIES_IN_PIECES
    ]
    assert faults([series("refuse", KEY, None)], there(first)) == [
        Fault.SERIES_IN_PIECES
    ]


def test_a_series_that_was_refused_has_left_nothing():
    refused = series("refuse")
    refused = replace(refused, status=409, answer={})

    assert faults([refused], there(row(series=RUN))) == [Fault.UNASKED]


def test_what_was_called_off_with_its_series_stays_so():
    report = [{"ok": True, "id": KEY, "status": "cancelled"}]
    path = f"{SERIES}{RUN}/cancel/"
    cancel = call(
        "cancel series", path, at=2, answer={"id": RUN, "occurrences": report}
    )
    calls = [series("refuse", KEY, count=1), cancel]

    assert faults(calls, there(row(series=RUN, status="cancelled", version=2))) == []
    assert faults(calls, there(row(series=RUN, version=2))) == [Fault.LOST]


def notice(appointment=KEY, **facts):
    return message(appointment, **{"kind": "booked", "before_minutes": 0} | facts)


NOTICE_OF_ALL = notice(for_series=True)


@pytest.mark.parametrize(
    "notices",
    [
        [],
        [notice()],
        [notice(), notice(OTHER)],
        [NOTICE_OF_ALL, notice(OTHER)],
        [NOTICE_OF_ALL, notice(OTHER, for_series=True)],
        [notice(OTHER, for_series=True)],
        [replace(NOTICE_OF_ALL, state="cancelled")],
        [replace(NOTICE_OF_ALL, recipient="another client")],
    ],
    ids=str,
)
def test_a_run_of_a_series_is_told_once_with_its_first(notices):
    later = NINE + timedelta(weeks=1)
    run = [row(series=RUN), row(OTHER, series=RUN, starts_at=later, ends_at=later)]
    reminders = [message(), message(OTHER)]
    calls = [series("refuse", KEY, OTHER)]

    def found(*told):
        return faults(calls, there(*run, messages=[*reminders, *told]))

    assert found(NOTICE_OF_ALL) == []
    assert Fault.MESSAGES in found(*notices)


def test_of_each_occurrence_a_notice_speaks():
    first, second = [
        replace(one, series=RUN, version=2, week=NINE.date())
        for one in (row(), elsewhere(clients=frozenset({"one client"})))
    ]
    second = replace(second, week=NINE.date() + timedelta(weeks=1))
    messages = [message(), message(OTHER), notice(OTHER, for_series=True)]
    told_of_first = notice(kind="moved")

    def untold(*more):
        rows = there(first, second, messages=[*messages, *more])
        return [each.detail for each in series_notices.untold(rows)]

    assert untold(told_of_first) == []
    assert untold() == [f"{KEY} of series {RUN}: one client is told nothing"]


@pytest.mark.parametrize(
    "messages",
    [
        called_for(row())[:1],
        [*called_for(row()), message()],
        [*called_for(row()), message(before_minutes=30)],
        [*called_for(row()), message(facts_version=2, state="cancelled")],
        [replace(each, facts_version=0) for each in called_for(row())],
    ],
    ids=["one missing", "one twice", "one too many", "of the future", "of the past"],
)
def test_the_ledger_holds_what_the_appointment_calls_for(messages):
    rows = there(row(), messages=messages)

    assert Fault.MESSAGES in faults([booking(row())], rows)


def test_nothing_waits_for_what_was_called_off():
    cancelled = row(status="cancelled", version=2, facts_version=2)
    cancel = confirmation(cancelled, at=2, version=1, answer=told(cancelled))
    rows = there(cancelled, messages=[message(facts_version=2)])

    assert faults([booking(cancelled), cancel], rows) == [Fault.MESSAGES]


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"status": 500}, Fault.ANSWER),
        ({"status": None}, Fault.ANSWER),
        ({"status": 409, "answer": {"code": "conflict"}}, Fault.ANSWER),
        ({"status": 503}, Fault.UNAVAILABLE),
        ({"status": 503, "retry_after": "1", "at": 99}, Fault.UNAVAILABLE),
    ],
)
def test_an_answer_is_one_that_is_expected(answer, fault):
    calls = [booking(row(), **{"answer": None, "at": 1} | answer)]

    assert faults(calls, there(), [Outage(0, 2)]) == [fault]


def test_what_was_never_done_is_named():
    asked = call("cancel", f"{APPOINTMENTS}{KEY}/cancel/", at=3, status=409)
    calls = [booking(row(), key="k"), booking(row(), at=2, key="k", replayed=True)]

    missing = never_done([*calls, asked])

    assert {"cancel", "hold", "series, skip"} <= set(missing)
    assert {"book", "replay", "stale change"}.isdisjoint(missing)
