"""The files around the code say the same as the code."""

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml

from config.processes import COMMANDS, WATCHDOG

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
BIND = ("--bind", "0.0.0.0:8000")
SERVICES = yaml.safe_load(COMPOSE)["services"]


def documented() -> set[str]:
    text = (ROOT / ".env.example").read_text()
    return set(re.findall(r"^(?:# )?([A-Z_]+)=", text, re.MULTILINE))


@pytest.mark.parametrize("name", COMMANDS)
def test_compose_runs_the_commands_of_the_one_command_run(name):
    watched = [] if name == "web" else ["python", "manage.py", WATCHDOG[-1]]

    assert shlex.split(SERVICES[name]["command"]) == [*watched, *COMMANDS[name]]


@pytest.mark.parametrize("name", COMMANDS)
def test_compose_starts_anew_whoever_ends(name):
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_the_image_serves_web_by_default():
    [command] = re.findall(
        r"^CMD (\[.*\])", (ROOT / "Dockerfile").read_text(), re.MULTILINE
    )
    words = [word for word in yaml.safe_load(command) if word not in BIND]

    assert words == COMMANDS["web"]


def test_every_variable_of_compose_is_documented():
    assert set(re.findall(r"\$\{([A-Z_]+)", COMPOSE)) - documented() == set()


def test_every_variable_that_settings_read_is_documented():
    settings = (ROOT / "config" / "settings.py").read_text()
    read = set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", settings))
    read |= {name.upper() for name in re.findall(r"\(\"(\w+_timeout)\",", settings)}

    assert read - documented() == set()


def test_services_with_state_keep_it_and_say_whether_they_are_well():
    assert {
        name: ("volumes" in service, "healthcheck" in service)
        for name, service in SERVICES.items()
        if "build" not in service
    } == {"postgres": (True, True), "redis": (True, True)}


def test_only_web_is_reachable_and_only_from_this_host():
    assert {
        name: service["ports"]
        for name, service in SERVICES.items()
        if "ports" in service
    } == {"web": ["127.0.0.1:${PORT:-8000}:8000"]}


def test_requirements_name_no_host():
    for file in (ROOT / "requirements").glob("*.txt"):
        assert re.findall(r"://|^-", file.read_text(), re.MULTILINE) == []


def test_the_lock_file_of_the_example_names_no_host():
    lock = json.loads((ROOT / "examples/typescript/package-lock.json").read_text())
    brought = [each for name, each in lock["packages"].items() if name]

    assert [each for each in brought if "resolved" in each] == []
    assert [each for each in brought if "integrity" not in each] == []
