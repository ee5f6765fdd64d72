"""Each part of the suite is run, and a failure in any of them counts."""

from itertools import chain
from pathlib import Path

import pytest

from tests import together

ROOT = Path(__file__).resolve().parents[1]
PASSES, FAILS = "def test_it(): pass\n", "def test_it(): assert False\n"


def test_what_runs_apart_is_there():
    assert [path for path in chain(*together.APART) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("failing", [None, "first", "second", "other"])
def test_a_failure_in_any_part_counts(failing, tmp_path, capfd):
    """In a folder of its own, without the services of the suite."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    paths = {
        name: tmp_path / f"test_{name}.py" for name in ("first", "second", "other")
    }
    for name, path in paths.items():
        path.write_text(FAILS if name == failing else PASSES)
    apart = [[str(paths["first"])], [str(paths["second"])]]

    found = together.in_parts(apart, of=[str(tmp_path)])

    said = capfd.readouterr().out
    assert found == (0 if failing is None else 1)
    assert said.count("1 passed") + said.count("1 failed") == len(paths)
