"""The one command, run for real in a state folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from config import processes
from config.up import ways_out

ROOT = Path(__file__).resolve().parents[2]
SENT_BY_MAIL = "e-mails are SENT"


def environment(state: Path, port: int) -> dict[str, str]:
    unset = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "OUTBOX_DIR", "DEBUG", "HTTPS"}
    inherited = {name: os.environ[name] for name in os.environ.keys() - unset}
    return {**inherited, "STATE_DIR": str(state), "PORT": str(port)}


@contextmanager
def up(
    state: Path, port: int, *options: str, **settings: str
) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "config.up", *options],
        cwd=ROOT,
        env=environment(state, port) | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as practice:
        try:
            yield practice
        finally:
            practice.send_signal(signal.SIGINT)


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_up_serves_until_interrupted_and_leaves_nobody_behind(tmp_path, free_port):
    with up(tmp_path, free_port, "--demo") as practice:
        said = wait_until_ready(practice)
        assert "Stopped" not in said, said
        family = psutil.Process(practice.pid).children(recursive=True)
        with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/readyz") as answer:
            assert answer.status == 200
        with up(tmp_path, free_port) as second:
            assert second.communicate()[0] == (
                f"Stopped: it is already running in {tmp_path} (process "
                f"{practice.pid}). To run another one, set STATE_DIR and PORT.\n"
            )
        practice.send_signal(signal.SIGINT)
        last_words = practice.communicate()[0]

    assert last_words.endswith("Stopped.\n")
    assert practice.returncode == 0
    assert [process for process in family if process.is_running()] == []


def test_up_says_that_its_port_is_taken(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with up(tmp_path, port) as practice:
            said = practice.communicate()[0]

    assert said == (
        f"Stopped: port {port} cannot be used (Address already in use). "
        f"Choose another: PORT={port + 1} make demo.\n"
    )
    assert practice.returncode == 1


@pytest.mark.parametrize(
    ("texts", "mails", "told"),
    [
        ("file", "file", ["are written to here/outbox/"]),
        ("console", "console", ["are shown here"]),
        (
            "twilio",
            "file",
            ["texts are SENT, by Twilio", "e-mails are written to here/outbox/"],
        ),
        ("file", "email", ["texts are written to here/outbox/", SENT_BY_MAIL]),
    ],
)
def test_up_says_where_messages_go(tmp_path, monkeypatch, texts, mails, told):
    monkeypatch.chdir(tmp_path)
    outbox = str(tmp_path / "here" / "outbox")

    assert told == ways_out(
        {"SMS_GATEWAY": texts, "EMAIL_GATEWAY": mails, "OUTBOX_DIR": outbox}
    )


def wait_until_ready(practice: subprocess.Popen[str]) -> str:
    """What it says until it is ready, or all it says if it never is."""
    return wait_until_it_says(practice, "READY")


def wait_until_it_says(practice: subprocess.Popen[str], words: str) -> str:
    assert practice.stdout is not None
    said = []
    for line in practice.stdout:
        said.append(line)
        if words in line:
            break
    return "".join(said)


def test_an_interrupt_waits_until_a_child_is_there():
    """What is raised while Python forks is ignored, and nobody would stop."""
    done = []

    def start():
        with processes.uninterrupted():
            signal.raise_signal(signal.SIGINT)
            done.append("started")

    with pytest.raises(KeyboardInterrupt):
        start()

    assert done == ["started"]


def test_up_starts_a_stalled_worker_anew(tmp_path, free_port):
    brisk = {"SWEEP_SECONDS": "1", "WATCHDOG_STARTING_SECONDS": "5"}
    with up(tmp_path, free_port, **brisk) as practice:
        said = wait_until_ready(practice)
        assert "READY" in said, said
        [worker] = [
            one
            for one in psutil.Process(practice.pid).children()
            if "worker" in one.cmdline()
        ]
        for process in (worker, *worker.children(recursive=True)):
            process.suspend()
        said = wait_until_it_says(practice, "Worker or beat has stalled")
        assert "Stalled: no sweep has run for three intervals." in said
        said = wait_until_it_says(practice, " ready.")
        assert " ready." in said, said
        assert not worker.is_running()
        practice.send_signal(signal.SIGINT)
        last_words = practice.communicate()[0]

    assert last_words.endswith("Stopped.\n")
    assert practice.returncode == 0
