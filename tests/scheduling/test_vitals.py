"""Whether a worker that stalls is noticed, and one that does not is left alone.

The watcher's clock is a number; what it sees is made up, as it would read it.
"""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from config.clock import database_now
from scheduling import tasks, vitals
from scheduling.models import Heartbeat, WorkerHeartbeat
from scheduling.vitals import Call, Vitals, Watch
from tests.factories.scheduling import MessageFactory
from tests.times import NOW

NO_SWEEP = "no sweep has run for three intervals"
NO_ANSWER = "a worker does not answer, though others may"
NOBODY_SENDS = "messages wait, and no worker takes them up"
INTERVAL = 30


@pytest.fixture(autouse=True)
def every_half_minute(settings):
    settings.SWEEP_SECONDS = INTERVAL


def seen(*, swept=0, sent=0, waits=None, age=0, workers=None):
    """Vitals after so many sweeps and sends."""
    return Vitals(
        swept_at=NOW + timedelta(seconds=swept),
        sent_at=NOW + timedelta(seconds=sent),
        sweep_age=timedelta(seconds=age),
        send_age=timedelta(0),
        oldest_due_age=None if waits is None else timedelta(seconds=waits),
        workers=workers or {},
    )


def called(at, now):
    """The call that a worker owes an answer to since `at`."""
    return Call(NOW + timedelta(seconds=at), timedelta(seconds=now - at))


def verdicts(watch, looks):
    return [watch.look(vitals, now) for now, vitals in looks]


def test_stalled_sweep_is_noticed_after_three_intervals_and_not_before():
    watch = Watch(0)
    looks = [(0, seen(swept=0)), (30, seen(swept=30)), (60, seen(swept=60))]

    later = [(150, seen(swept=60, age=90)), (151, seen(swept=60, age=91))]

    assert verdicts(watch, looks + later) == [None, None, None, None, NO_SWEEP]


def test_time_counts_from_the_sweep_and_not_from_when_it_was_seen():
    watch = Watch(0)

    found = verdicts(
        watch, [(0, seen()), (30, seen(swept=5, age=25)), (96, seen(swept=5, age=91))]
    )

    assert found == [None, None, NO_SWEEP]


def test_watcher_looks_again_when_there_may_be_something_to_tell():
    watch = Watch(0)
    verdicts(watch, [(0, seen()), (30, seen(swept=30))])

    assert watch.look_again_in(30) == INTERVAL
    assert watch.look_again_in(110) == pytest.approx(10, abs=0.1)
    assert watch.look_again_in(500) == pytest.approx(0.05)


def test_a_worker_has_time_to_start():
    watch = Watch(0)
    old = seen(age=86_400)

    assert verdicts(watch, [(0, old), (90, old), (91, old)]) == [None, None, NO_SWEEP]


def test_a_short_interval_leaves_a_minute_to_start(settings):
    settings.SWEEP_SECONDS = 1
    watch = Watch(0)

    assert verdicts(watch, [(0, seen()), (60, seen()), (61, seen())]) == [
        *[None, None],
        NO_SWEEP,
    ]


def test_worker_that_sweeps_but_sends_nothing_is_noticed_within_three_intervals():
    watch = Watch(0)
    looks = [(now, seen(swept=now, waits=now or None)) for now in range(0, 150, 30)]

    found = verdicts(watch, looks)

    # It became due after the first look; three intervals later it still waits.
    assert found == [None, None, None, None, NOBODY_SENDS]


def test_busy_worker_is_left_alone_however_long_messages_wait():
    """What piled up during an outage is sent by and by."""
    watch = Watch(0)

    assert not any(
        watch.look(seen(swept=now, sent=now, waits=7200), now)
        for now in range(0, 3600, 30)
    )


def test_worker_with_nothing_to_send_is_left_alone():
    watch = Watch(0)

    assert not any(watch.look(seen(swept=now), now) for now in range(0, 3600, 30))


def test_a_ring_that_was_lost_has_time_to_be_made_again(settings):
    settings.SWEEP_SECONDS = 5
    watch = Watch(0)
    looks = [(now, seen(swept=now, waits=now or None)) for now in range(0, 90, 5)]

    assert verdicts(watch, looks).index(NOBODY_SENDS) == 70 / 5


def test_clocks_that_jump_stall_nobody():
    watch = Watch(0)
    night = [(60, seen(swept=40_000)), (90, seen(swept=39_000, age=1000, waits=40_000))]

    assert verdicts(watch, [(0, seen()), (30, seen(swept=30)), *night]) == [None] * 4


def test_who_could_not_look_begins_anew():
    watch = Watch(0)
    verdicts(watch, [(0, seen()), (30, seen(swept=30))])

    watch.begin(1000)

    old = seen(swept=30, age=1000)
    assert verdicts(watch, [(1000, old), (1060, old)]) == [None, None]


def silent_since(at, now, name="two@here"):
    """What is seen of two workers, one of which answers."""
    owed = called(at, now) if now >= at else None
    return seen(swept=now, sent=now, waits=1, workers={"one@here": None, name: owed})


def test_one_of_several_workers_that_stalls_is_noticed_within_three_intervals():
    watch = Watch(0, host="here", starting=20)

    found = verdicts(watch, [(now, silent_since(60, now)) for now in range(0, 130, 10)])

    # It answered at 30 for the last time.
    assert found == [None] * 13
    assert watch.look(silent_since(60, 121), 121) == NO_ANSWER


def test_a_worker_on_another_machine_is_not_ours_to_start_anew():
    watch = Watch(0, host="here", starting=20)
    looks = [(now, silent_since(60, now, "two@there")) for now in range(0, 300, 30)]

    assert verdicts(watch, looks) == [None] * 10


def test_a_worker_has_time_to_start_and_to_answer_after_a_night():
    """What it owes since before, or over a night, is not a stall of now."""
    watch = Watch(0, host="here", starting=90)
    looks = [(now, silent_since(-500, now)) for now in (0, 30, 60, 90, 91)]
    slept = Watch(0, host="here", starting=20)
    night = [(0, silent_since(60, 0)), (30, silent_since(20, 30_000))]

    assert verdicts(watch, looks) == [None] * 4 + [NO_ANSWER]
    assert verdicts(slept, night) == [None] * 2


def test_a_worker_whose_processes_all_send_has_a_lease_to_answer(settings):
    settings.SWEEP_SECONDS = 5
    watch = Watch(0, host="here", starting=20)
    looks = [(now, silent_since(30, now)) for now in range(0, 100, 5)]

    assert verdicts(watch, looks).index(NO_ANSWER) == 95 / 5


@pytest.mark.django_db
def test_workers_are_called_until_they_are_gone_and_owe_since_the_first_call():
    vitals.note_worker("one@here")
    vitals.note_worker("two@here")

    first = vitals.call_workers()
    vitals.note_worker("one@here")
    owed = WorkerHeartbeat.objects.get(name="two@here").called_at
    second = vitals.call_workers()
    still_owed = WorkerHeartbeat.objects.get(name="two@here").called_at
    ago = database_now() - vitals.GONE_AFTER
    WorkerHeartbeat.objects.filter(name="two@here").update(called_at=ago)
    third = vitals.call_workers()
    vitals.forget_worker("one@here")

    assert first == second == (["one@here", "two@here"], [])
    assert owed == still_owed
    assert third == (["one@here"], ["two@here"])
    assert vitals.call_workers() == ([], [])


@pytest.mark.django_db
def test_worker_notes_that_it_takes_up_a_message_at_most_once_a_second():
    message = MessageFactory.create()

    tasks.send(str(message.pk))
    first = vitals.read().sent_at
    tasks.send(str(message.pk))
    second = vitals.read().sent_at
    Heartbeat.objects.update(at=database_now() - timedelta(seconds=2))
    tasks.send(str(message.pk))

    assert first is not None
    assert second == first
    assert vitals.read().sent_at > first


@pytest.mark.django_db
def test_watchdog_says_once_how_it_is():
    Heartbeat.objects.create(name="sweep", at=database_now())
    call_command("watchdog", "--once")

    Heartbeat.objects.update(at=database_now() - timedelta(seconds=100))
    with pytest.raises(CommandError, match="do not go out"):
        call_command("watchdog", "--once")
