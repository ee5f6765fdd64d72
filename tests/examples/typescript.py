"""The example in TypeScript: its packages, if they can be had, and its commands."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "typescript"
# What npm calls it when the registry is out of reach.
AWAY = (
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ENOTFOUND",
    "ETIMEDOUT",
    "EHOSTUNREACH",
)


class Missing(Exception):
    """Without this there is nothing to run; the message says what."""


def install() -> None:
    """Bring the packages that the lock file names, unless they are there already.

    Raises `Missing` without Node, and without the registry that has them.
    """
    if shutil.which("npm") is None:
        raise Missing("no Node here (npm)")
    with (FOLDER / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_installed():
            return
        outcome = npm("ci", "--no-audit", "--no-fund", "--fetch-retries=0")
    if outcome.returncode and any(f"code {code}" in outcome.stderr for code in AWAY):
        raise Missing("the registry of npm cannot be reached")
    assert outcome.returncode == 0, outcome.stderr


def npm(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["npm", *arguments],  # noqa: S607  the one in PATH
        cwd=FOLDER,
        env={**os.environ, "NPM_CONFIG_UPDATE_NOTIFIER": "false", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def _is_installed() -> bool:
    installed = FOLDER / "node_modules" / ".package-lock.json"
    wanted = FOLDER / "package-lock.json"
    return installed.exists() and installed.stat().st_mtime >= wanted.stat().st_mtime
