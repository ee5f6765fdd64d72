"""`python -m benchmarks [--scale N] [--rounds N]`: a table of ratios to `GET me/`."""

import argparse
import sys
from collections.abc import Iterator
from statistics import median, quantiles

import django
from rich.console import Console
from rich.table import Table

import tests.services  # noqa: F401  starts PostgreSQL and Valkey
from benchmarks import cases, server
from benchmarks.caller import Caller


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--scale", type=int, default=1, help="of the demo data")
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args()
    django.setup()
    server.load(options.scale)
    with server.web() as address:
        desk = Caller(address, "frontdesk")
        floor, *measured = _in_turn(
            [cases.me(desk), *(case.rounds(desk) for case in cases.CASES)],
            options.rounds,
        )
    Console().print(_table(floor, measured))
    return 0


def _in_turn(jobs: list[Iterator[float]], rounds: int) -> list[list[float]]:
    """Seconds by job: one round of each after the other, after ten to warm up."""
    for _ in range(10):
        for job in jobs:
            next(job)
    taken: list[list[float]] = [[] for _ in jobs]
    for _ in range(rounds):
        for job, seconds in zip(jobs, taken, strict=True):
            seconds.append(next(job))
    return taken


def _table(floor: list[float], measured: list[list[float]]) -> Table:
    table = Table("job", "median ms", "p95 ms", "ratio", "target")
    table.add_row("GET me/", *_figures(floor), "1.0", "")
    for case, seconds in zip(cases.CASES, measured, strict=True):
        ratio = median(seconds) / median(floor)
        table.add_row(
            case.name, *_figures(seconds), f"{ratio:.1f}", f"<= {case.target:g}"
        )
    return table


def _figures(seconds: list[float]) -> tuple[str, str]:
    return f"{median(seconds) * 1000:.1f}", f"{quantiles(seconds, n=20)[-1] * 1000:.1f}"


if __name__ == "__main__":
    sys.exit(main())
