"""What goes wrong in a run, while messages are on their way."""

import random
import time
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import celery

from tests.faults import ledger
from tests.faults.callbacks import INBOUND_PATH
from tests.faults.checks import Fault, Finding
from tests.faults.desk import Told
from tests.faults.practice import GROUP_SIZE
from tests.faults.services import broker_url, wait_until
from tests.faults.trial import Trial

KILLS = 4
TIMES_PUBLISHED = 4


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
    wait_until(
        lambda: not trial.is_booking and not _open(trial),
        "all of it has failed",
        seconds=150,
    )
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
    """Every other client answers STOP, about when they are written to; somebody else
    says so of the rest, without the provider's signature."""
    dice = random.Random("0197")  # noqa: S311  chance, no secret
    phones = dict(trial.site.query("SELECT id::text, phone FROM clients_client"))
    turns: dict[str, tuple[float, bool]] = {}
    heard: dict[bool, set[str]] = {True: set(), False: set()}
    while trial.is_booking or sum(map(len, heard.values())) < len(turns):
        for session in list(trial.desk.sessions):
            for number, client in enumerate(session["clients"]):
                turn = time.monotonic() + dice.uniform(0, 3)
                is_theirs = number < GROUP_SIZE // 2
                turns.setdefault(client["id"], (turn, is_theirs))
        for client, (turn, is_theirs) in turns.items():
            if turn < time.monotonic() and client not in heard[is_theirs]:
                _write_stop(trial, client, phones[client], is_theirs=is_theirs)
                heard[is_theirs].add(client)
        time.sleep(0.02)
    rows = [row for row in ledger.rows(trial.site) if row.client in heard[True]]
    sent = sum(row.state == "sent" for row in rows)
    trial.notes.append(
        f"{len(heard[True])} opted out, {sent} texts had gone out before;"
        f" {len(heard[False])} forged STOPs"
    )


def _write_stop(trial: Trial, client: str, phone: str, *, is_theirs: bool) -> None:
    url, expected = trial.site.url + INBOUND_PATH, 200 if is_theirs else 403
    status = trial.site.provider.write(url, phone, "Stop.", is_signed=is_theirs)
    if is_theirs:
        trial.desk.told.append(Told("opted_out", client, time.time()))
    if status != expected:
        trial.findings.append(Finding(Fault.NOT_HEARD, f"STOP answered with {status}"))


def quiet_hours_begin(trial: Trial) -> None:
    """Quiet hours begin while much waits, and nothing goes out any more."""
    trial.wait_for_a_send()
    wait_until(lambda: not trial.is_booking, "all is booked")
    trial.desk.change_policy(**_quiet_now())
    wait_until(lambda: len(_waiting(trial)) == len(_open(trial)), "all of it waits")
    waiting = _waiting(trial)
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


def _open(trial: Trial) -> set[str]:
    """What is due and neither sent nor given up."""
    rows = ledger.rows(trial.site)
    return {row.id for row in rows if row.is_due and row.state in ledger.OPEN}


def _waiting(trial: Trial) -> set[str]:
    """What is due and was put off for long."""
    later = time.time() + 60
    return {
        row.id
        for row in ledger.rows(trial.site)
        if row.is_due and row.state == "pending" and (row.next_attempt_at or 0) > later
    }


def _quiet_now() -> Mapping[str, str]:
    """Quiet hours in which it is quiet for an hour from now; they go over midnight."""
    now = datetime.now(ZoneInfo("America/Los_Angeles"))
    minute = now.hour * 60 + now.minute
    start, end = (minute - 60, 0) if minute >= 720 else (1439, minute + 61)
    return {
        "quiet_from": f"{start // 60:02}:{start % 60:02}",
        "quiet_until": f"{end // 60:02}:{end % 60:02}",
    }
