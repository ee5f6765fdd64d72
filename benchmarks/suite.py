"""The cases by name, and the table of what comes of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain

from rich.table import Table

from benchmarks.bench import Bench
from benchmarks.cases import booking, diaries, lists, search
from benchmarks.timing import Result

CASES: Mapping[str, Callable[[Bench], Iterator[Result]]] = {
    "search": search.run,
    "booking": booking.run,
    "diaries": diaries.run,
    "lists": lists.run,
}


def run(names: Sequence[str], bench: Bench) -> Table:
    shown = Table("what", "figure", "target", "met", "in this run")
    for result in chain.from_iterable(CASES[name](bench) for name in names):
        shown.add_row(
            result.name,
            f"{result.figure:.1f} {result.unit}",
            "" if result.target is None else f"<= {result.target:g}",
            {None: "", True: "yes", False: "no"}[result.is_met],
            result.note,
        )
    return shown
