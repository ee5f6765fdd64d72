"""The controls that are not the product: a task with an ETA for each reminder."""

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from celery import Celery

from config import processes
from tests.faults.broker import Lookout
from tests.faults.checks import Fault, Finding, Lag
from tests.faults.provider import WELL
from tests.faults.services import Provider, Valkey, broker_url, wait_until
from tests.faults.trial import Outcome
from tests.history.services import ROOT

COMMAND = [
    *["celery", "--app", "tests.faults.eta", "worker"],
    *["--loglevel", "INFO"],
    *["--concurrency", "2", "--without-gossip", "--without-mingle"],
]
STILL_SECONDS = 10  # without a request, after which nothing comes any more


@dataclass(frozen=True, kw_only=True)
class EtaRun:
    """Reminders that are due `seconds` after they are published."""

    name: str
    what: str
    must_show: Collection[Fault]
    fault: Callable[[Valkey], None]
    seconds: int
    visibility_seconds: int


def undergo(run: EtaRun, folder: Path, messages: int) -> Outcome:
    began = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    phones = [f"+1310777{number:04}" for number in range(messages)]
    provider = Provider(folder, WELL)
    with (
        closing(Valkey(folder)) as valkey,
        closing(provider),
        Lookout(valkey.url, [phone.removeprefix("+") for phone in phones]) as lookout,
        _worker(run, folder, valkey, provider),
    ):
        due = datetime.now(UTC) + timedelta(seconds=run.seconds)
        with closing(Celery(broker=broker_url(valkey))) as app:
            for phone in phones:
                words = [phone, f"Reminder for {phone}"]
                app.send_task("tests.faults.eta.remind", args=words, eta=due)
        run.fault(valkey)
        time.sleep(max(0, (due - datetime.now(UTC)).total_seconds()))
        _wait_until_nothing_comes(provider)
        sent = [
            (phone, at) for phone, at in provider.read("SELECT phone, at FROM effects")
        ]
    times = Counter(phone for phone, _ in sent)
    waits = sorted(at - due.timestamp() for _, at in sent) or [0.0]
    findings = [
        *(Finding(Fault.DUPLICATE, phone) for phone, _ in _more(times)),
        *(Finding(Fault.LOST, phone) for phone in phones if not times[phone]),
        *(Finding(Fault.NAMED, secret) for secret in sorted(lookout.found)),
    ]
    return Outcome(
        name=run.name,
        what=run.what,
        messages=messages,
        delivered=len(times),
        findings=findings,
        lag=Lag(waits[len(waits) // 2], waits[-1], 0),
        asked={"POST": len(sent)},
        notes=[],
        must_show=run.must_show,
        seconds=time.monotonic() - began,
        looked_at=lookout.seen,
    )


def kill_valkey(valkey: Valkey) -> None:
    time.sleep(5)
    valkey.kill()


ETA_RUNS = (
    EtaRun(
        name="N1",
        what="control: ETA tasks, due later than the visibility timeout",
        fault=lambda _: None,
        seconds=25,
        visibility_seconds=5,
        must_show={Fault.DUPLICATE, Fault.NAMED},
    ),
    EtaRun(
        name="N2",
        what="control: ETA tasks, Valkey killed while they wait",
        fault=kill_valkey,
        seconds=15,
        visibility_seconds=3600,
        must_show={Fault.LOST, Fault.NAMED},
    ),
)


def _wait_until_nothing_comes(provider: Provider) -> None:
    last, since = -1, time.monotonic()
    while time.monotonic() - since < STILL_SECONDS:
        [(number,)] = provider.read("SELECT count(*) FROM effects")
        if number != last:
            last, since = number, time.monotonic()
        time.sleep(0.2)


def _more(times: Counter[str]) -> Iterator[tuple[str, int]]:
    for phone, number in times.items():
        for again in range(1, number):
            yield phone, again


@contextmanager
def _worker(
    run: EtaRun, folder: Path, valkey: Valkey, provider: Provider
) -> Iterator[None]:
    log = folder / "worker.log"
    with log.open("wb") as output:
        child = processes.spawn(
            [sys.executable, "-m", *COMMAND],
            cwd=ROOT,
            env={
                **os.environ,
                "ETA_BROKER": broker_url(valkey),
                "ETA_VISIBILITY": str(run.visibility_seconds),
                "TWILIO_URL": provider.url,
            },
            output=output.fileno(),
        )
    try:
        wait_until(lambda: b" ready." in log.read_bytes(), "the worker is ready")
        yield
    finally:
        processes.end([child])
