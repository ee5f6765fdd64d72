"""The suite in parts at once: `python -m tests.together`.

Two parts mostly wait for something: for a browser, and for processes of their own. The
other is all the rest, whose words are shown as they come. Each has services and folders
of its own, as any two runs have. With arguments it is one plain run of pytest.
"""

import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from tempfile import TemporaryFile

PYTEST = [sys.executable, "-m", "pytest"]
# What is here has its own services, or none that another run could see.
APART = (
    ["tests/browser", "tests/examples"],
    [
        "tests/config/test_up.py",
        "tests/faults",
        "tests/history",
        "tests/scheduling/test_watchdog.py",
        "tests/scheduling/test_workers.py",
    ],
)


def main(arguments: list[str]) -> int:
    """0 if each of the runs succeeds."""
    if arguments:
        return subprocess.call([*PYTEST, *arguments])
    return in_parts(APART)


def in_parts(apart: Sequence[list[str]], of: Sequence[str] = ()) -> int:
    """Run the tests of each part beside all the others, those `of` some paths if
    given."""
    others = [f"--ignore={path}" for part in apart for path in part]
    with ExitStack() as files:
        said = [files.enter_context(TemporaryFile("w+")) for _ in apart]
        waiting = [
            subprocess.Popen([*PYTEST, *part], stdout=file, stderr=subprocess.STDOUT)
            for part, file in zip(apart, said, strict=True)
        ]
        try:
            status = subprocess.call([*PYTEST, *others, *of])
        finally:  # if it was interrupted, so were they
            ended = [run.wait() for run in waiting]
        for file in said:
            file.seek(0)
            sys.stdout.write(file.read())
    return int(any([status, *ended]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
