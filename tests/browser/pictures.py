"""`python -m tests.browser.pictures [FOLDER]`: the pages' states, to be looked at.

Makes the README's picture as well, `docs/board.png`.
"""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0] if arguments else ".local/pictures").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    states = [str(HERE / name) for name in ("states.py", "own_states.py")]
    failed = pytest.main(["-q", "--no-header", "--basetemp", str(folder), *states])
    if not failed:
        print(f"The pictures are in {folder}.")  # noqa: T201  this is a command
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
