"""The runs: everything that can go wrong, one by one and together."""

from dataclasses import replace
from datetime import timedelta

from tests.faults import deeds
from tests.faults.checks import Fault
from tests.faults.eta import LOOKS_OFTEN
from tests.faults.provider import STORMY, Conditions
from tests.faults.trial import Run

HOUR = 3600
STORM = Conditions(**STORMY)  # type: ignore[arg-type]  # shares, all of them
REPEATS = Conditions(knows_repeats=True, finds=False)

_EVERYONE = [
    Run(name="F0", what="nothing goes wrong", fault=deeds.nothing),
    Run(
        name="F1",
        what=f"worker and a child of it killed x{deeds.KILLS} mid-send, acks late; "
        "the provider knows repeats",
        fault=deeds.kill_workers,
        seconds=25,
        conditions=REPEATS,
        celery={"task_acks_late": True},
    ),
    Run(
        name="F1'",
        what="the same with the product's acks",
        fault=deeds.kill_workers,
        seconds=25,
        conditions=REPEATS,
    ),
    Run(
        name="F1c",
        what="the same, the provider is looked up",
        fault=deeds.kill_workers,
        seconds=25,
    ),
    Run(
        name="F1f",
        what=f"worker killed x{deeds.KILLS}, messages into files",
        fault=deeds.kill_workers_at_any_time,
        seconds=25,
        settings={"SMS_GATEWAY": "file"},
    ),
    Run(
        name="F2",
        what=f"Valkey killed x{deeds.KILLS}, no persistence",
        fault=deeds.kill_valkey,
        seconds=15,
    ),
    Run(
        name="F3",
        what=f"PostgreSQL killed x{deeds.KILLS}",
        fault=deeds.kill_postgres,
        seconds=15,
    ),
    Run(
        name="F3s",
        what="PostgreSQL stands still for 10 s",
        fault=deeds.freeze_postgres,
        seconds=15,
    ),
    Run(
        name="F3r",
        what="PostgreSQL shut down for 10 s",
        fault=deeds.stop_postgres,
        seconds=15,
    ),
    Run(
        name="F4",
        what="three beats",
        fault=deeds.nothing,
        beats=[("beat", 0), ("beat-2", 0), ("beat-3", 0)],
    ),
    Run(
        name="F5",
        what="provider: 10 % 503, 8 % 502 after, 6 % cut after, 3 % hang after, "
        "6 % 429; it knows repeats",
        fault=deeds.nothing,
        conditions=replace(STORM, knows_repeats=True, finds=False),
        may_give_up=True,
    ),
    Run(
        name="F5b",
        what="control: the same, but it knows no repeats and cannot be looked up",
        fault=deeds.nothing,
        conditions=replace(STORM, finds=False),
        may_give_up=True,
        must_show={Fault.DUPLICATE},
    ),
    Run(
        name="F5c",
        what="the same, it is looked up",
        fault=deeds.nothing,
        conditions=STORM,
    ),
    Run(
        name="F6",
        what=f"every id rung {deeds.TIMES_PUBLISHED} times more, visibility 2 s",
        fault=deeds.ring_too_often,
        celery={"broker_transport_options": {"visibility_timeout": 2, **LOOKS_OFTEN}},
        workers=[("worker", 0), ("worker-2", 0)],
    ),
    Run(
        name="F7",
        what="worker clocks +2 h and -2 h, beat +26 h",
        fault=deeds.nothing,
        workers=[("worker", 2 * HOUR), ("worker-2", -2 * HOUR)],
        beats=[("beat", 26 * HOUR)],
    ),
    Run(
        name="F8",
        what="sessions move and are called off while sending",
        fault=deeds.nothing,
        seconds=20,
        changes=2,
        conditions=Conditions(seconds=0.2),
    ),
    Run(
        name="F9",
        what="worker, Valkey, PostgreSQL and provider killed x2, changes, two beats, "
        "the provider as in F5c",
        fault=deeds.everything,
        seconds=30,
        changes=1.5,
        conditions=STORM,
        workers=[("worker", 0), ("worker-2", 0)],
        beats=[("beat", 0), ("beat-2", 0)],
    ),
    Run(
        name="F10",
        what="Valkey stands still for 15 s",
        fault=deeds.freeze_valkey,
        seconds=15,
    ),
    Run(
        name="F11",
        what="provider down for 12 s",
        fault=deeds.provider_is_down,
        seconds=12,
    ),
    Run(
        name="F12",
        what="beat killed, back after 10 s",
        fault=deeds.kill_beat,
        seconds=15,
    ),
    Run(
        name="P",
        what="poison: answers nobody can read, a place whose clock is unknown",
        fault=deeds.poison,
        conditions=Conditions(poisoned=("+13105550004", "+13105550009")),
    ),
    Run(
        name="S",
        what="every other client answers STOP while texts go out, signed and twice; "
        "the STOPs of the others are forged",
        fault=deeds.stop,
        conditions=Conditions(seconds=0.2),
    ),
    Run(
        name="W",
        what=f"worker and a child of it killed x{deeds.KILLS}; receipts come 2 to 3 "
        "times, delivered before sent, and a quarter says undelivered as well",
        fault=deeds.kill_workers,
        seconds=25,
        conditions=Conditions(tells=True),
    ),
    Run(
        name="Q",
        what="quiet hours begin while texts go out",
        fault=deeds.quiet_hours_begin,
        seconds=3,
        lead=timedelta(days=2),
        share=2,  # the reminders are not due yet
        conditions=Conditions(seconds=0.6),
    ),
    Run(
        name="R",
        what="web reloaded and worker replaced x2",
        fault=deeds.roll,
        seconds=25,
    ),
]
RUNS = {run.name: run for run in _EVERYONE}
