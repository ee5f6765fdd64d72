"""The suite in two halves at once: `python -m tests.together`.

One half are the tests that start processes of their own and mostly wait for them, the
other is all the rest, whose words are shown as they come. Each has services and folders
of its own, as any two runs have. With arguments it is one plain run of pytest.
"""

import subprocess
import sys
from tempfile import TemporaryFile

PYTEST = [sys.executable, "-m", "pytest"]
# What is here has its own services, or none that another run could see.
APART = [
    "tests/browser",
    "tests/config/test_up.py",
    "tests/examples",
    "tests/faults",
    "tests/history",
    "tests/scheduling/test_watchdog.py",
    "tests/scheduling/test_workers.py",
]


def main(arguments: list[str]) -> int:
    """0 if each of the runs succeeds."""
    if arguments:
        return subprocess.call([*PYTEST, *arguments])
    return in_halves(APART)


def in_halves(apart: list[str], of: list[str] | None = None) -> int:
    """Run the tests `apart` beside all the others, those `of` some paths if given."""
    others = [f"--ignore={path}" for path in apart]
    with TemporaryFile("w+") as said:
        waiting = subprocess.Popen(
            [*PYTEST, *apart], stdout=said, stderr=subprocess.STDOUT
        )
        try:
            statuses = [subprocess.call([*PYTEST, *others, *(of or [])])]
            statuses.append(waiting.wait())
        except KeyboardInterrupt:
            waiting.wait()  # it was interrupted as well
            raise
        said.seek(0)
        sys.stdout.write(said.read())
    return int(any(statuses))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
