"""Matching: everybody who suits somebody, ranked, with hours that can be booked."""

from collections.abc import Callable, Iterator

from benchmarks.bench import Bench
from benchmarks.caller import API, Caller
from benchmarks.timing import ME, Result, in_turn, milliseconds

SIZES = (24, 50, 500)  # therapists
USUAL = 50  # whose `me/` is the measure
TARGET = 10

ANYBODY = {"main_concern": "depression"}
# As the front desk is asked: some of whom have no time then.
IN_THE_EVENING = {
    **ANYBODY,
    "modalities": ["interpersonal-psychotherapy"],
    "offices": ["encino"],
    "by_video": True,
    "weekdays": [1],
    "time_from": "16:00",
}
# The hours of everybody have to be looked at, for whoever has none is named.
OR_NOT_AT_ALL = {**IN_THE_EVENING, "musts": ["hours"]}

ASKED = {
    "anybody": ANYBODY,
    "Tuesdays after four": IN_THE_EVENING,
    "only then": OR_NOT_AT_ALL,
}


def run(bench: Bench) -> Iterator[Result]:
    medians = {}
    for size in SIZES:
        with bench.serve(bench.of_size(size)) as served:
            desk = served.caller()
            jobs = {name: _matching(desk, body) for name, body in ASKED.items()}
            medians[size] = in_turn({ME: desk.me, **jobs}, bench.rounds)
    trivial = medians[USUAL][ME]
    for size in SIZES:
        for name in ASKED:
            yield Result(
                f"matching, {size} therapists, {name}",
                medians[size][name] / trivial,
                "x GET me/",
                TARGET,
                milliseconds(medians[size][name]),
            )


def _matching(desk: Caller, body: object) -> Callable[[], float]:
    def job() -> float:
        status, seconds, answer = desk.call("POST", f"{API}matches/", body)
        if status != 201 or not answer["results"]:  # noqa: PLR2004
            raise AssertionError(f"POST matches/: {status} {answer}")
        return seconds

    return job
