#!/usr/bin/env python3
"""Django's command line, from any directory and with any Python.

It runs in `.venv`, and in the environment that a running `make demo` or `make run` has
written down, unless the environment names a database itself.
"""

import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"


def main() -> None:
    python = VENV / "bin" / "python"
    if python.exists() and Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(python, [str(python), *sys.argv])  # noqa: S606  ourselves, elsewhere
    if not os.environ.get("DATABASE_URL"):
        adopt(Path(os.environ.get("STATE_DIR") or ROOT / ".local") / "env")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

    # Not before: only .venv has Django.
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    try:
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except ImproperlyConfigured as problem:
        sys.exit(
            f"{problem}. While `make demo` or `make run` runs, nothing has to be; "
            "if it was given a STATE_DIR, export the same one here."
        )
    except BrokenPipeError:
        # Whoever reads it, as `head` does, has had enough; nor is the rest flushed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(128 + signal.SIGPIPE)


def adopt(file: Path) -> None:
    """Take over the variables that `config.up` wrote to `file`; our own ones win."""
    if file.exists():
        for line in file.read_text().splitlines():
            name, _, value = line.partition("=")
            os.environ.setdefault(name, value)


if __name__ == "__main__":
    main()
