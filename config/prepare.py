"""Run several management commands in one process: `python -m config.prepare A B C`.

Starting Django takes longer than most of what it is started for.
"""

import os
import sys

import django
from django.core.management import CommandError, call_command
from django.db import OperationalError


def main(names: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    for name in names:
        try:
            call_command(name)
        except CommandError as problem:
            sys.exit(f"{name}: {problem}")
        except OperationalError as problem:
            sys.exit(f"{name}: the database does not answer: {problem}")


if __name__ == "__main__":
    main(sys.argv[1:])
