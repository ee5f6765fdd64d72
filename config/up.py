"""The whole practice by one command: `python -m config.up [--demo] [--reload]`.

Starts PostgreSQL and Valkey unless `DATABASE_URL` and `REDIS_URL` name others, brings
the database up to date, starts web, worker and beat, says READY, and ends all of them
in order when it is interrupted or one of them dies. State is kept in `STATE_DIR`.
"""

import argparse
import fcntl
import os
import secrets
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from config import embedded, processes
from config.children import Children

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 120
MESSENGERS = ("worker", "beat", "watchdog")
SOURCES = ("config", "locations", "clients", "scheduling")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m config.up", description=__doc__)
    parser.add_argument("--demo", action="store_true", help="with demo data")
    parser.add_argument("--reload", action="store_true", help="follow the source code")
    options = parser.parse_args()
    state = Path(os.environ.get("STATE_DIR") or ROOT / ".local").absolute()
    state.mkdir(parents=True, exist_ok=True)
    for number in processes.INTERRUPTS:
        signal.signal(number, signal.default_int_handler)
    try:
        with _sole_use_of(state):
            run(state, demo=options.demo, reload=options.reload)
    except KeyboardInterrupt:
        _say("Stopped.")
        return 0
    except (Failed, embedded.ServiceFailed) as problem:
        _say(f"Stopped: {problem}")
        return 1
    return 0


class Failed(Exception):
    """The practice cannot run, or not any longer; the message says why."""


def run(state: Path, *, demo: bool, reload: bool) -> None:
    """Run everything until interrupted; raise `Failed` if a part of it ends first."""
    began = time.monotonic()
    with ExitStack() as ending:
        web_socket = ending.enter_context(_web_socket())
        home = f"http://127.0.0.1:{web_socket.getsockname()[1]}"
        environment = {**_settings(state, home, demo=demo), **_given(state)}
        services = _start_services(state, environment, ending)
        arguments = [f"--bind fd://{web_socket.fileno()}", "--reload" if reload else ""]
        environment["GUNICORN_CMD_ARGS"] = " ".join(
            [*arguments, environment.get("GUNICORN_CMD_ARGS", "")]
        )
        children = Children(
            ROOT,
            environment,
            state / "processes.json",
            {service.name: service.process for service in services},
        )
        ending.callback(children.stop)
        ending.callback(_ignore_interrupts)
        _write_environment(state / "env", environment)
        ending.callback((state / "env").unlink, missing_ok=True)

        _prepare(children, demo=demo)
        children.start("web", processes.COMMANDS["web"], [web_socket.fileno()])
        _start_messengers(children)
        _wait_until_ready(children, home)
        _say(_ready(environment, home, time.monotonic() - began, demo=demo))
        _watch(children, reload=reload)


@contextmanager
def _sole_use_of(state: Path) -> Iterator[None]:
    """Keep a second one from the same state, and end what a killed one left behind."""
    with (state / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Failed(
                f"it is already running in {state} (process {lock.read().strip()}). "
                "To run another one, set STATE_DIR and PORT."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        processes.end_forgotten(state / "processes.json")
        yield


def _web_socket() -> socket.socket:
    """A socket that listens on `PORT`: taken first, so that nobody else can have it."""
    port = os.environ.get("PORT") or "8000"
    try:
        return socket.create_server(("127.0.0.1", int(port)), backlog=128)
    except (ValueError, OverflowError):
        raise Failed(f"PORT={port} is not a port.") from None
    except OSError as problem:
        raise Failed(
            f"port {port} cannot be used ({os.strerror(problem.errno or 0)}). "
            f"Choose another: PORT={int(port) + 1} make demo."
        ) from None


def _settings(state: Path, home: str, *, demo: bool) -> dict[str, str]:
    """What `config.settings` reads, for use on one's own machine."""
    throttles = (
        "THROTTLE_ANON",
        "THROTTLE_USER",
        "THROTTLE_INTAKE",
        "THROTTLE_MATCHES",
    )
    wide = dict.fromkeys(throttles, "100000/min")
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
        # Celery tells root so at length; here root is someone in a container.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
        "STATE_DIR": str(state),
        "SECRET_KEY": _secret_key(state / "secret_key"),
        "DEBUG": "0" if demo else "1",
        "HTTPS": "0",
        "PUBLIC_URL": home,
        "SMS_GATEWAY": "file",
        "EMAIL_GATEWAY": "file",
        "OUTBOX_DIR": str(state / "outbox"),
        "SWEEP_SECONDS": "5",
        **(wide if demo else {}),
    }


def _given(state: Path) -> dict[str, str]:
    """The caller's environment; a variable set to nothing counts as not set."""
    given = {name: value for name, value in os.environ.items() if value}
    return {**given, "STATE_DIR": str(state)}


def _secret_key(file: Path) -> str:
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()


def _start_services(
    state: Path, environment: dict[str, str], ending: ExitStack
) -> list[embedded.Service]:
    """Start the services that `environment` does not name, and name them there."""
    services = []
    if "DATABASE_URL" not in environment:
        services.append(ending.enter_context(embedded.postgres(state)))
        environment["DATABASE_URL"] = services[-1].url
    if "REDIS_URL" not in environment:
        services.append(ending.enter_context(embedded.valkey(state)))
        environment["REDIS_URL"] = services[-1].url
    return services


def _write_environment(file: Path, environment: dict[str, str]) -> None:
    """Let `manage.py` in another terminal find what runs here."""
    ours = [*_settings(file.parent, "", demo=True), "DATABASE_URL", "REDIS_URL"]
    ours += [name for name in environment if name.startswith(("TWILIO_", "EMAIL_"))]
    file.touch(mode=0o600)
    file.write_text(
        "".join(f"{name}={environment[name]}\n" for name in ours if name in environment)
    )


def _prepare(children: Children, *, demo: bool) -> None:
    names = ["migrate", "load_reference", *(["demo"] if demo else [])]
    children.start("setup", ["config.prepare", *names])
    if children.wait_for("setup"):
        raise Failed("the database could not be prepared; see above.")


def _start_messengers(children: Children) -> None:
    for name in ("worker", "beat"):
        children.start(name, processes.COMMANDS[name])


def _wait_until_ready(children: Children, home: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    worker_is_ready = False
    while not (worker_is_ready and _answers(home)):
        worker_is_ready |= _worker_is_ready(children.relay(0.1))
        _check(children.ended())
        if time.monotonic() > deadline:
            raise Failed(f"web and worker were not ready within {READY_SECONDS} s.")


def _worker_is_ready(lines: Sequence[tuple[str, str]]) -> bool:
    return any(name == "worker" and " ready." in line for name, line in lines)


def _answers(home: str) -> bool:
    try:
        with urllib.request.urlopen(f"{home}/readyz", timeout=1):  # noqa: S310  ours
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _watch(children: Children, *, reload: bool) -> None:
    """Relay what the children say until one of them ends; with `reload`, for good.

    gunicorn follows the source code by itself, worker and beat are restarted; also when
    the watchdog says that one of them has stalled. It begins to watch when they have
    started: on a slow machine that may take longer than it would let them.
    """
    seen = _last_change()
    watch_by: float | None = time.monotonic()
    while True:
        is_ready = _worker_is_ready(children.relay(1))
        if watch_by is not None and (is_ready or time.monotonic() > watch_by):
            children.start("watchdog", processes.WATCHDOG)
            watch_by = None
        changed = _last_change() if reload else seen
        ended = children.ended()
        has_stalled = ("watchdog", processes.STALLED) in ended
        if has_stalled or changed != seen:
            if has_stalled:
                _say("Worker or beat has stalled: starting both anew.")
            seen, watch_by = changed, time.monotonic() + READY_SECONDS
            children.stop(*MESSENGERS)
            _start_messengers(children)
        elif not reload:
            _check(ended)


def _check(ended: Sequence[tuple[str, int]]) -> None:
    for name, status in ended:
        raise Failed(f"{name} ended with status {status}.")


def _last_change() -> float:
    return max(
        file.stat().st_mtime
        for source in SOURCES
        for file in (ROOT / source).rglob("*.py")
    )


def _ready(
    environment: dict[str, str], home: str, seconds: float, *, demo: bool
) -> str:
    password = (
        "in DEMO_PASSWORD" if os.environ.get("DEMO_PASSWORD") else "demo-practice"
    )
    people = (
        f"frontdesk, manager, therapist; password {password}"
        if demo
        else "none yet: ./manage.py createsuperuser"
    )
    first, *others = ways_out(environment)
    indent = "\n" + " " * len("  Messages   ")
    messages = indent.join([first, *others])
    quiet = " (no quiet hours in the demo)" if demo else ""
    return f"""
READY in {seconds:.1f} s

  Sign in    {home}/
  API docs   {home}/api/v1/docs/
  Admin      {home}/admin/ (manager)

  Sign-ins   {people}
  Messages   {messages}{quiet}
  Stop       Ctrl-C
"""


def ways_out(environment: dict[str, str]) -> list[str]:
    """Where texts and e-mails go."""
    outbox = Path(environment["OUTBOX_DIR"]).resolve()
    if outbox.is_relative_to(Path.cwd()):
        outbox = outbox.relative_to(Path.cwd())
    ways = {
        "file": f"are written to {outbox}/",
        "console": "are shown here",
        "twilio": "are SENT, by Twilio",
        "email": "are SENT",
    }
    texts = ways.get(environment["SMS_GATEWAY"], environment["SMS_GATEWAY"])
    mails = ways.get(environment["EMAIL_GATEWAY"], environment["EMAIL_GATEWAY"])
    if texts == mails:
        return [texts]
    return [f"texts {texts}", f"e-mails {mails}"]


def _ignore_interrupts() -> None:
    for number in processes.INTERRUPTS:
        signal.signal(number, signal.SIG_IGN)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  this is a command


if __name__ == "__main__":
    sys.exit(main())
