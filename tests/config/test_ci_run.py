"""What has to pass before a change lands, with everything it calls put in its place."""

import shutil
import subprocess
from pathlib import Path

import pytest

RUN = Path(__file__).parents[2] / ".ci" / "run"
BASH = shutil.which("bash")
CALLED = 'echo "${0##*/} $*" >> "$CALLS"'


@pytest.fixture
def ci(tmp_path):
    """`.ci/run` where nothing is but what is given, and by whom it was called."""
    for name in ("bash", "dirname"):
        (tmp_path / name).symlink_to(shutil.which(name))

    def ci(**commands):
        for name, script in ({"make": CALLED} | commands).items():
            (tmp_path / name).write_text(f"#!{BASH}\n{script}\n")
            (tmp_path / name).chmod(0o755)
        calls = tmp_path / "calls"
        environment = {"PATH": str(tmp_path), "CALLS": str(calls)}
        ended = subprocess.run(
            [BASH, RUN], env=environment, capture_output=True, text=True, check=False
        )
        told = calls.read_text().splitlines() if calls.exists() else []
        return ended.returncode, told, ended.stderr

    return ci


def test_it_installs_a_chromium_where_there_is_none(ci):
    code, told, _ = ci(**{"id": "echo 0", "apt-get": CALLED})

    assert (code, told) == (
        0,
        [
            "apt-get update",
            "apt-get install --yes --no-install-recommends chromium",
            "make check",
            "make test",
        ],
    )


def test_it_stops_where_a_chromium_cannot_be_installed(ci):
    code, told, words = ci(
        **{"id": "echo 0", "apt-get": "echo 'No network' >&2; exit 100"}
    )

    assert (code, told) == (100, [])
    assert "No network" in words


def test_it_stops_where_it_may_not_install_one(ci):
    code, told, words = ci(id="echo 1000")

    assert (code, told) == (1, [])
    assert words.startswith("Install Chromium first")


def test_it_takes_the_chromium_there_is(ci):
    assert ci(chromium="")[:2] == (0, ["make check", "make test"])
