"""Slots: the first page, however many there are, and a search to the end."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from benchmarks.bench import MANY, Bench
from benchmarks.caller import Caller
from benchmarks.server import Served
from benchmarks.timing import ME, Result, in_turn, milliseconds, reading

PAGE = 50
ANYONE = {
    "session_type": "individual-50",
    "modality": "interpersonal-psychotherapy",
}
# So few that they are one answer, for which all of four weeks has to be looked at.
LATE_ON_TUESDAYS = {**ANYONE, "weekday": 1, "time_from": "16:00", "limit": 200}

NEW, KNOWN, QUARTER = "someone new", "a client", "a client, 13 weeks"

_BUSY = """
SELECT therapist_id::text, extract(epoch FROM starts_at)::bigint,
  extract(epoch FROM ends_at)::bigint
FROM scheduling_appointment
WHERE occupies AND starts_at >= %(start)s AND starts_at < %(end)s
"""


def run(bench: Bench) -> Iterator[Result]:
    yield from _by_size(bench)
    yield from _by_history(bench)
    yield from _to_the_end(bench)


def _by_size(bench: Bench) -> Iterator[Result]:
    ratios = {}
    for size in bench.sizes:
        with bench.serve(bench.of_size(size)) as served:
            medians = _first_pages(served, bench.rounds)
        for whom in (NEW, KNOWN, QUARTER):
            ratios[size, whom] = medians[whom] / medians[ME]
            target = 3 if size <= MANY and whom != QUARTER else None
            yield Result(
                f"first page, {size:,} therapists, for {whom}",
                ratios[size, whom],
                "x GET me/",
                target,
                milliseconds(medians[whom]),
            )
    few = min(bench.sizes)
    yield Result(
        "growth from 4 to 13 weeks", ratios[few, QUARTER] / ratios[few, KNOWN], "x"
    )
    for size in bench.sizes:
        if size > few:
            growth = ratios[size, KNOWN] / ratios[few, KNOWN]
            yield Result(f"growth from {few} to {size:,} therapists", growth, "x", 3)


def _by_history(bench: Bench) -> Iterator[Result]:
    ratios = []
    for sessions in (10_000, bench.history):
        with bench.serve(bench.with_history(sessions)) as served:
            medians = _first_pages(served, bench.rounds)
        ratios.append(medians[KNOWN] / medians[ME])
    yield Result(
        f"growth from 10,000 to {bench.history:,} sessions", ratios[1] / ratios[0], "x"
    )


def _first_pages(served: Served, rounds: int) -> dict[str, float]:
    desk = served.caller()
    client = desk.get("clients/", limit=1)[1]["results"][0]["id"]
    quarter = (datetime.now(UTC) + timedelta(weeks=13)).isoformat(timespec="seconds")
    jobs = {
        ME: desk.me,
        NEW: lambda: _page(desk, PAGE, **ANYONE),
        KNOWN: lambda: _page(desk, PAGE, **ANYONE, client=client),
        QUARTER: lambda: _page(desk, PAGE, **ANYONE, client=client, to=quarter),
    }
    return in_turn(jobs, rounds)


def _page(desk: Caller, expected: int, **query: object) -> float:
    seconds, page = desk.get("slots/", **query)
    if len(page["results"]) != expected:
        raise AssertionError(f"{len(page['results'])} slots, not {expected}")
    return seconds


def _to_the_end(bench: Bench) -> Iterator[Result]:
    start = datetime.now(UTC)
    whole = {"start": start, "end": start + timedelta(weeks=4)}
    with bench.serve(bench.usual) as served, served.database() as database:
        desk = served.caller()
        medians = in_turn(
            {
                ME: desk.me,
                "search": lambda: desk.get("slots/", **LATE_ON_TUESDAYS)[0],
                "sql": reading(database, _BUSY, **whole),
            },
            bench.rounds,
        )
        found = desk.get("slots/", **LATE_ON_TUESDAYS)[1]
        pages, slots, seconds = _walk(desk)
    if found["next"] is not None:
        raise AssertionError("There is more than one answer told.")
    yield Result(
        f"50 therapists, 4 weeks, Tuesdays after four: {len(found['results'])}",
        medians["search"] / medians[ME],
        "x GET me/",
        8,
        f"{milliseconds(medians['search'])}, reading the busy rows alone "
        f"{milliseconds(medians['sql'])}",
    )
    yield Result(
        f"at any time, all {slots:,} slots in {pages} pages",
        seconds / medians[ME],
        "x GET me/",
        note=f"{seconds / pages / medians[ME]:.1f} for each page",
    )


def _walk(desk: Caller) -> tuple[int, int, float]:
    """How many pages and slots four weeks are, and the seconds for all of them."""
    seconds, page = desk.get("slots/", **ANYONE, limit=200)
    pages, slots = 1, len(page["results"])
    while page["next"]:
        more, page = desk.get(page["next"])
        seconds, pages, slots = seconds + more, pages + 1, slots + len(page["results"])
    return pages, slots, seconds
