"""The cases by name, and the lines that tell what comes of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain

from benchmarks.bench import Bench
from benchmarks.cases import (
    board,
    booking,
    diaries,
    lists,
    matching,
    messages,
    search,
    waitlist,
)
from benchmarks.timing import Result

CASES: Mapping[str, Callable[[Bench], Iterator[Result]]] = {
    "search": search.run,
    "matching": matching.run,
    "booking": booking.run,
    "diaries": diaries.run,
    "lists": lists.run,
    "messages": messages.run,
    "board": board.run,
    "waitlist": waitlist.run,
}


def run(names: Sequence[str], bench: Bench) -> Iterator[str]:
    """A line for each figure, as soon as it is there."""
    return map(_line, chain.from_iterable(CASES[name](bench) for name in names))


def _line(result: Result) -> str:
    verdict = ""
    if result.target is not None:
        verdict = f"<= {result.target:g}: {'met' if result.is_met else 'MISSED'}"
    return (
        f"{result.name:<46} {result.figure:>6.1f} {result.unit:<20} {verdict:<14}"
        f" {result.note}"
    ).rstrip()
