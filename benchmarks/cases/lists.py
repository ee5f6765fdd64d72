"""The list of appointments, at its beginning and very far in."""

from collections.abc import Iterator
from datetime import datetime

from benchmarks.bench import Bench
from benchmarks.caller import Caller
from benchmarks.server import Served
from benchmarks.timing import ME, Result, in_turn, milliseconds, reading

PAGE = 50

_NTH = """
SELECT starts_at FROM scheduling_appointment ORDER BY starts_at LIMIT 1 OFFSET %s
"""
_ROWS = """
SELECT * FROM scheduling_appointment
WHERE (starts_at, id) > (%(start)s, '00000000-0000-0000-0000-000000000000')
ORDER BY starts_at, id LIMIT 51
"""


def run(bench: Bench) -> Iterator[Result]:
    page = min(10_000, bench.history // PAGE // 2)
    with bench.serve(bench.with_history(bench.history)) as served:
        desk = served.caller()
        far = _page_at(served, desk, page)
        with served.database() as database:
            medians = in_turn(
                {
                    ME: desk.me,
                    "first": lambda: desk.get("appointments/")[0],
                    "far": lambda: desk.get(far)[0],
                    "sql": reading(database, _ROWS, start=_start(served, page)),
                },
                bench.rounds,
            )
    yield Result(
        f"page 1 of {bench.history:,} appointments",
        medians["first"] / medians[ME],
        "x GET me/",
        note=milliseconds(medians["first"]),
    )
    yield Result(
        f"page {page:,}",
        medians["far"] / medians["first"],
        "x page 1",
        2,
        f"{milliseconds(medians['far'])}, the bare rows {milliseconds(medians['sql'])}",
    )


def _page_at(served: Served, desk: Caller, page: int) -> str:
    """The address to which `next` leads whoever has turned that many pages.

    It is the `next` of a list that begins a page earlier, without that beginning:
    a cursor says where to go on, not where the list began.
    """
    start = _start(served, page)
    _, answer = desk.get("appointments/", starts_after=start.isoformat())
    cursor = answer["next"].split("cursor=")[1].split("&")[0]
    return f"appointments/?cursor={cursor}"


def _start(served: Served, page: int) -> datetime:
    """When the first session of the page before starts."""
    with served.database() as database:
        [row] = database.execute(_NTH, [(page - 2) * PAGE]).fetchall()
    start: datetime = row[0]
    return start
