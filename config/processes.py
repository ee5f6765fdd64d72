"""The processes a running practice consists of, and how one is started and ended.

`docker-compose.yml` runs the same commands; a test compares them.
"""

import ctypes
import json
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psutil

COMMANDS = {
    "web": ["gunicorn", "--config", "python:config.gunicorn", "config.wsgi"],
    "worker": [
        *["celery", "--app", "config.celery", "--quiet", "worker"],
        *["--concurrency", "2", "--without-gossip", "--without-mingle"],
    ],
    "beat": ["celery", "--app", "config.celery", "--quiet", "beat"],
}

# Ends so when worker or beat has stalled, for both to be started anew; with 1, as every
# program in Python does, when it is broken itself.
WATCHDOG = ["django", "watchdog"]
STALLED = os.EX_TEMPFAIL

PATIENCE_SECONDS = 10
INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def spawn(
    command: Sequence[str],
    *,
    cwd: Path | None,
    env: Mapping[str, str] | None,
    output: IO[bytes] | int,
    farewell: signal.Signals = signal.SIGTERM,
    uid: int | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a child that Ctrl-C does not reach, as user `uid` if given; here, and in
    this process's environment, unless `cwd` and `env` say otherwise.

    The open files `pass_fds` stay open in it.

    On Linux the kernel sends it `farewell` when this process dies, however it dies.
    """

    def die_with_parent() -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPTS)
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, farewell)

    return subprocess.Popen(  # noqa: S603  commands are ours
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        pass_fds=pass_fds,
        start_new_session=True,
        user=uid,
        group=None if uid is None else pwd.getpwuid(uid).pw_gid,
        extra_groups=None if uid is None else [],
        preexec_fn=die_with_parent,  # noqa: PLW1509  calls into libc, no locks
    )


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let an interrupt wait until the block ends: one that comes while a process is
    forked is lost, since Python ignores what is raised then."""
    held = signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def end(
    children: Sequence[subprocess.Popen[bytes]],
    farewell: signal.Signals = signal.SIGTERM,
    patience: float = PATIENCE_SECONDS,
) -> None:
    """Ask all `children` to end, and make those that take too long."""
    for child in children:
        if child.poll() is None:
            child.send_signal(farewell)
    for child in children:
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            _kill_group(child.pid)
            child.wait()


def remember(children: Sequence[subprocess.Popen[bytes]], file: Path) -> None:
    """Note who `children` are, so that `end_forgotten` can find them after a crash."""
    births = [(child.pid, _birth(child.pid)) for child in children]
    file.write_text(json.dumps([born for born in births if born[1] is not None]))


def end_forgotten(file: Path) -> None:
    """End what an earlier run noted in `file` and did not live to end itself."""
    if not file.exists():
        return
    orphans = [
        psutil.Process(pid)
        for pid, birth in json.loads(file.read_text())
        if abs((_birth(pid) or 0) - birth) < 1
    ]
    for orphan in orphans:
        orphan.send_signal(signal.SIGINT)  # what PostgreSQL calls a fast shutdown
    for orphan in psutil.wait_procs(orphans, timeout=PATIENCE_SECONDS)[1]:
        _kill_group(orphan.pid)
    psutil.wait_procs(orphans)
    file.unlink()


def _birth(pid: int) -> float | None:
    """When the process was born: with its number, that says who it is."""
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return None


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
