"""Each part of the suite is run, and a failure in any of them counts."""

from itertools import chain
from pathlib import Path

import pytest

from tests import together

ROOT = Path(__file__).resolve().parents[1]
PASSES, FAILS = "def test_it(): pass\n", "def test_it(): assert False\n"


def test_what_runs_apart_is_there():
    assert [path for path in chain(*together.APART) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(
    ("apart", "other", "status"),
    [(PASSES, PASSES, 0), (FAILS, PASSES, 1), (PASSES, FAILS, 1)],
)
def test_a_failure_in_any_part_counts(apart, other, status, tmp_path, capfd):
    """In a folder of its own, without the services of the suite."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for name, text in (("test_apart.py", apart), ("test_other.py", other)):
        (tmp_path / name).write_text(text)
    folder, alone = str(tmp_path), str(tmp_path / "test_apart.py")

    found = together.in_parts([[alone]], of=[folder])

    said = capfd.readouterr().out
    assert (found, said.count("1 passed") + said.count("1 failed")) == (status, 2)
