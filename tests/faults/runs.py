"""The runs: everything that can go wrong, one by one and together."""

import random
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import celery

from tests.faults import ledger
from tests.faults.checks import Fault, Finding
from tests.faults.eta import LOOKS_OFTEN
from tests.faults.practice import GROUP_SIZE
from tests.faults.provider import STORMY, Conditions
from tests.faults.services import broker_url, wait_until
from tests.faults.trial import Run, Trial

KILLS = 4
HOUR = 3600
TIMES_PUBLISHED = 4
STORM = Conditions(**STORMY)  # type: ignore[arg-type]  # shares, all of them
REPEATS = Conditions(knows_repeats=True, finds=False)


def nothing(trial: Trial) -> None:
    """All is well."""


def kill_workers(trial: Trial, times: int = KILLS) -> None:
    """In the middle of a send: the whole worker, then one of its children."""
    for _ in range(times):
        trial.wait_for_a_send()
        trial.site.kill("worker")
        trial.site.start_worker()
        trial.site.wait_for_worker()
        trial.wait_for_a_send()
        trial.site.kill_a_child_of("worker")


def kill_workers_at_any_time(trial: Trial) -> None:
    """A file is written too fast for the middle to be met on purpose."""
    for _ in range(KILLS):
        time.sleep(1)
        trial.site.kill("worker")
        trial.site.start_worker()
        trial.site.wait_for_worker()


def kill_a_worker(trial: Trial) -> None:
    trial.wait_for_a_send()
    trial.site.kill("worker")
    trial.site.start_worker()


def kill_valkey(trial: Trial) -> None:
    for _ in range(KILLS):
        trial.wait_for_a_send()
        trial.site.valkey.kill()
        time.sleep(2)


def kill_postgres(trial: Trial) -> None:
    for _ in range(KILLS):
        trial.wait_for_a_send()
        trial.site.cluster.kill(seconds=0.5)
        time.sleep(1)


def freeze_postgres(trial: Trial) -> None:
    trial.wait_for_a_send()
    trial.site.cluster.freeze(seconds=10)


def stop_postgres(trial: Trial) -> None:
    trial.wait_for_a_send()
    trial.site.cluster.stop(seconds=10)


def ring_too_often(trial: Trial) -> None:
    """Every ring comes four times more."""
    app = celery.Celery(broker=broker_url(trial.site.valkey))
    rung: set[str] = set()
    while trial.is_booking:
        new = {row.id for row in ledger.rows(trial.site)} - rung
        for key in sorted(new) * TIMES_PUBLISHED:
            app.send_task("scheduling.tasks.send", args=[key])
        rung |= new
        time.sleep(0.2)
    app.close()
    trial.notes.append(f"{len(rung) * TIMES_PUBLISHED} rings more")


def everything(trial: Trial) -> None:
    for _ in range(2):
        kill_a_worker(trial)
        trial.site.valkey.kill()
        time.sleep(1)
        trial.wait_for_a_send()
        trial.site.cluster.kill(seconds=0.5)
        time.sleep(1)
        trial.site.provider.kill()
        time.sleep(1)
        trial.site.provider.start(trial.site.provider.conditions)


def freeze_valkey(trial: Trial) -> None:
    trial.wait_for_a_send()
    trial.site.valkey.freeze(seconds=15)


def provider_is_down(trial: Trial) -> None:
    trial.wait_for_a_send()
    trial.site.provider.kill()
    time.sleep(12)
    trial.site.provider.start(trial.site.provider.conditions)


def kill_beat(trial: Trial) -> None:
    trial.wait_for_a_send()
    trial.site.kill("beat")
    time.sleep(10)
    trial.site.start_beat()


def poison(trial: Trial) -> None:
    """Numbers whose provider's answer nobody can read, and a session at a place whose
    clock is unknown."""
    session = trial.desk.book(trial.bookings, office="doomed")
    doomed = "UPDATE locations_office SET timezone = %(zone)s WHERE slug = 'doomed'"
    trial.site.query(doomed, zone="Mu/Atlantis")
    wait_until(lambda: not _is_open(trial), "all of it has failed", seconds=150)
    trial.site.query(doomed, zone="America/Los_Angeles")
    rows = ledger.rows(trial.site)
    bad = {
        row.id
        for row in rows
        if row.phone in trial.site.provider.conditions.poisoned
        or (row.appointment == session["id"] and row.state != "sent")
    }
    failed = {row.id for row in rows if row.state == "failed"}
    shown = trial.desk.failed_messages()
    trial.excused |= bad
    for key in sorted((bad ^ failed) | (failed - shown)):
        trial.findings.append(Finding(Fault.LOST, f"{key} is not before a person"))
    trial.notes.append(f"{len(failed)} poisoned, all before a person")


def stop(trial: Trial) -> None:
    """Every other client opts out, about when they are written to."""
    dice = random.Random("0197")  # noqa: S311  chance, no secret
    turns: dict[str, float] = {}
    opted_out: set[str] = set()
    while trial.is_booking or len(opted_out) < len(turns):
        for session in list(trial.desk.sessions):
            for client in session["clients"][: GROUP_SIZE // 2]:
                turns.setdefault(client["id"], time.monotonic() + dice.uniform(0, 3))
        for client, turn in turns.items():
            if turn < time.monotonic() and client not in opted_out:
                trial.desk.opt_out(client)
                opted_out.add(client)
        time.sleep(0.02)
    rows = [row for row in ledger.rows(trial.site) if row.client in opted_out]
    sent = sum(row.state == "sent" for row in rows)
    trial.notes.append(f"{len(opted_out)} opted out, {sent} texts had gone out before")


def quiet_hours_begin(trial: Trial) -> None:
    """Quiet hours begin while much waits, and nothing goes out any more."""
    trial.wait_for_a_send()
    wait_until(lambda: not trial.is_booking, "all is booked")
    trial.desk.change_policy(**_quiet_now())
    time.sleep(8)
    waiting = {
        row.id
        for row in ledger.rows(trial.site)
        if row.state == "pending" and (row.next_attempt_at or 0) > time.time() + 60
    }
    trial.excused |= waiting
    trial.notes.append(f"{len(waiting)} wait for the morning")


def roll(trial: Trial) -> None:
    """Two releases: gunicorn's workers one by one, a new worker before the old ends."""
    for old, new in (("worker", "worker-2"), ("worker-2", "worker")):
        trial.wait_for_a_send()
        trial.site.reload_web()
        trial.site.start_worker(new)
        trial.site.wait_for_worker(new)
        trial.wait_for_a_send()
        trial.site.terminate(old)
    again = [row for row in ledger.rows(trial.site) if row.attempts > 1]
    trial.notes.append(f"{len(again)} sends cut off")


def _is_open(trial: Trial) -> bool:
    return trial.is_booking or any(
        row.state in ledger.OPEN for row in ledger.rows(trial.site) if row.is_due
    )


def _quiet_now() -> Mapping[str, str]:
    """Quiet hours in which it is quiet for an hour from now; they go over midnight."""
    now = datetime.now(ZoneInfo("America/Los_Angeles"))
    minute = now.hour * 60 + now.minute
    start, end = (minute - 60, 0) if minute >= 720 else (1439, minute + 61)
    return {
        "quiet_from": f"{start // 60:02}:{start % 60:02}",
        "quiet_until": f"{end // 60:02}:{end % 60:02}",
    }


_EVERYONE = [
    Run(name="F0", what="nothing goes wrong", fault=nothing),
    Run(
        name="F1",
        what=f"worker and a child of it killed x{KILLS} mid-send, acks late; "
        "the provider knows repeats",
        fault=kill_workers,
        seconds=25,
        conditions=REPEATS,
        celery={"task_acks_late": True},
    ),
    Run(
        name="F1'",
        what="the same with the product's acks",
        fault=kill_workers,
        seconds=25,
        conditions=REPEATS,
    ),
    Run(
        name="F1c",
        what="the same, the provider is looked up",
        fault=kill_workers,
        seconds=25,
    ),
    Run(
        name="F1f",
        what=f"worker killed x{KILLS}, messages into files",
        fault=kill_workers_at_any_time,
        seconds=25,
        settings={"SMS_GATEWAY": "file"},
    ),
    Run(
        name="F2",
        what=f"Valkey killed x{KILLS}, no persistence",
        fault=kill_valkey,
        seconds=15,
    ),
    Run(name="F3", what=f"PostgreSQL killed x{KILLS}", fault=kill_postgres, seconds=15),
    Run(
        name="F3s",
        what="PostgreSQL stands still for 10 s",
        fault=freeze_postgres,
        seconds=15,
    ),
    Run(
        name="F3r",
        what="PostgreSQL shut down for 10 s",
        fault=stop_postgres,
        seconds=15,
    ),
    Run(
        name="F4",
        what="three beats",
        fault=nothing,
        beats=[("beat", 0), ("beat-2", 0), ("beat-3", 0)],
    ),
    Run(
        name="F5",
        what="provider: 10 % 503, 8 % 502 after, 6 % cut after, 3 % hang after, "
        "6 % 429; it knows repeats",
        fault=nothing,
        conditions=replace(STORM, knows_repeats=True, finds=False),
    ),
    Run(
        name="F5b",
        what="control: the same, but it knows no repeats and cannot be looked up",
        fault=nothing,
        conditions=replace(STORM, finds=False),
        must_show={Fault.DUPLICATE},
    ),
    Run(
        name="F5c",
        what="the same, it is looked up",
        fault=nothing,
        conditions=STORM,
    ),
    Run(
        name="F6",
        what=f"every id rung {TIMES_PUBLISHED} times more, visibility 2 s",
        fault=ring_too_often,
        celery={"broker_transport_options": {"visibility_timeout": 2, **LOOKS_OFTEN}},
        workers=[("worker", 0), ("worker-2", 0)],
    ),
    Run(
        name="F7",
        what="worker clocks +2 h and -2 h, beat +26 h",
        fault=nothing,
        workers=[("worker", 2 * HOUR), ("worker-2", -2 * HOUR)],
        beats=[("beat", 26 * HOUR)],
    ),
    Run(
        name="F8",
        what="sessions move and are called off while sending",
        fault=nothing,
        seconds=20,
        changes=2,
        conditions=Conditions(seconds=0.2),
    ),
    Run(
        name="F9",
        what="worker, Valkey, PostgreSQL and provider killed x2, changes, two beats, "
        "the provider as in F5c",
        fault=everything,
        seconds=30,
        changes=1.5,
        conditions=STORM,
        workers=[("worker", 0), ("worker-2", 0)],
        beats=[("beat", 0), ("beat-2", 0)],
    ),
    Run(
        name="F10",
        what="Valkey stands still for 15 s",
        fault=freeze_valkey,
        seconds=15,
    ),
    Run(
        name="F11",
        what="provider down for 12 s",
        fault=provider_is_down,
        seconds=12,
    ),
    Run(
        name="F12",
        what="beat killed, back after 10 s",
        fault=kill_beat,
        seconds=15,
    ),
    Run(
        name="P",
        what="poison: answers nobody can read, a place whose clock is unknown",
        fault=poison,
        conditions=Conditions(poisoned=("+13105550004", "+13105550009")),
    ),
    Run(
        name="S",
        what="every other client opts out while texts go out",
        fault=stop,
        conditions=Conditions(seconds=0.2),
    ),
    Run(
        name="Q",
        what="quiet hours begin while texts go out",
        fault=quiet_hours_begin,
        seconds=3,
        lead=timedelta(days=2),
        share=2,  # the reminders are not due yet
        conditions=Conditions(seconds=0.6),
    ),
    Run(
        name="R",
        what="web reloaded and worker replaced x2",
        fault=roll,
        seconds=25,
    ),
]
RUNS = {run.name: run for run in _EVERYONE}
