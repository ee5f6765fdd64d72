"""The front desk's board in a browser: how soon it is there, and a card dropped on it.

Without a Chromium there is nothing to measure.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from playwright.sync_api import Locator, Page

from benchmarks.bench import Bench
from benchmarks.caller import DESK, PASSWORD, Caller
from benchmarks.server import Served
from benchmarks.timing import Result, milliseconds
from scheduling.availability import PRACTICE_ZONE
from tests.browser import chromium
from tests.browser.desk import Desk

MOST_ROUNDS = 20
PATIENCE = 30.0
SECONDS = 1 / 1000  # of a millisecond, which browsers count in
# What the latest call to an address took, as the browser saw it.
_TOOK = """(part) => performance.getEntriesByType("resource")
  .filter((each) => each.name.includes(part)).at(-1).duration"""


def run(bench: Bench) -> Iterator[Result]:
    if chromium.PATH is None:
        print("No Chromium here: the board is not measured.", file=sys.stderr)  # noqa: T201
        return
    today = datetime.now(PRACTICE_ZONE).date()
    monday = today + timedelta(days=7 - today.weekday())
    rounds = min(bench.rounds, MOST_ROUNDS)
    with bench.serve(bench.usual) as served, _signed_in(served) as (page, home):
        yield _first_paint(page, f"{home}/board/?date={monday}", rounds)
        yield _drop(page, home, monday, served.caller(), rounds)


@contextmanager
def _signed_in(served: Served) -> Iterator[tuple[Page, str]]:
    host, port = served.address
    home = f"http://{host}:{port}"
    with chromium.launched() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{home}/sign-in/")
        page.get_by_label("User name").fill(DESK)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_selector(".ec-main")
        yield page, home


def _first_paint(page: Page, address: str, rounds: int) -> Result:
    whole, told = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        page.goto(address, wait_until="commit")
        page.wait_for_selector(".ec-event")
        whole.append(time.perf_counter() - began)
        told.append(page.evaluate(_TOOK, "/agenda/") * SECONDS)
    sessions = page.locator(".ec-event").count()
    return Result(
        f"the board, {sessions} sessions, until they are seen",
        median(whole) * 1000,
        "ms",
        note=f"the agenda's part {milliseconds(median(told))}",
    )


def _drop(page: Page, home: str, day: date, desk: Caller, rounds: int) -> Result:
    """A card is dropped on a free hour, and moved back by Undo, in turn."""
    card, half_hours = _movable(page, home, day, desk)
    board = Desk(page)
    at_first = card.bounding_box()
    whole, told = [], []
    for _ in range(rounds):
        board.drag_card(card, half_hours)
        began = time.perf_counter()
        page.wait_for_selector(".note button:text('Undo')")
        whole.append(time.perf_counter() - began)
        told.append(page.evaluate(_TOOK, "/reschedule/") * SECONDS)
        page.locator(".note", has_text="Moved").get_by_text("Undo").click()
        _wait_until(lambda: card.bounding_box() == at_first)
        page.evaluate("document.getElementById('notes').replaceChildren()")
    return Result(
        "a card that is dropped, until it is said",
        median(whole) * 1000,
        "ms",
        note=f"the move's part {milliseconds(median(told))}",
    )


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError("The card did not come back.")
        time.sleep(0.1)


def _movable(page: Page, home: str, day: date, desk: Caller) -> tuple[Locator, int]:
    """A card of somebody who has a free hour that day, and how far down that is."""
    free: dict[tuple[str, str], Any] = {}
    for slot in desk.get(
        "slots/",
        **{"session_type": "individual-50", "from": day, "to": day, "limit": 200},
    )[1]["results"]:
        if slot["mode"] == "in_person":
            free.setdefault((slot["therapist"]["id"], slot["office"]["slug"]), slot)
    agenda: Any = desk.get("agenda/", **{"from": day, "to": day})[1]
    for session in agenda["appointments"]:
        key = session["therapist"]["id"], (session["office"] or {}).get("slug")
        is_usual = session["session_type"] == "individual-50" and session["room"]
        if key in free and is_usual and session["status"] == "scheduled":
            page.goto(f"{home}/board/?date={day}&by=therapists&therapist={key[0]}")
            gap = datetime.fromisoformat(
                free[key]["starts_at"]
            ) - datetime.fromisoformat(session["starts_at"])
            card = page.locator(f'.ec-event[data-id="{session["id"]}"]')
            card.wait_for()
            return card, round(gap / timedelta(minutes=30))
    raise LookupError("Nobody has both a session and a free hour on that day.")
