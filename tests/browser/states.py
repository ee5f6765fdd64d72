"""The board's main states, one picture each: made by `tests.browser.pictures`.

The demo's practice on a Wednesday morning, on the screens of a desk and of a tablet.
"""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import call_command
from playwright.sync_api import Page

from tests.browser.desk import Desk
from tests.times import WEDNESDAY, at

ROOT = Path(__file__).resolve().parents[2]
NOW = at(WEDNESDAY + timedelta(days=7), "10:20")
SIZES: dict[str, Any] = {
    "desk": {"viewport": {"width": 1440, "height": 900}},
    "tablet": {"viewport": {"width": 820, "height": 1180}, "has_touch": True},
}


@pytest.fixture
def clerk(transactional_db: None) -> Any:
    with time_machine.travel(NOW):
        call_command("load_reference", verbosity=0)
        call_command("demo", verbosity=0)
        yield User.objects.get(username="frontdesk")


def rooms(desk: Desk) -> None:
    """As the board opens."""


def therapists(desk: Desk) -> None:
    desk.press("Therapists")


def week(desk: Desk) -> None:
    desk.press("Therapists")
    desk.press("Week")


def one_office(desk: Desk) -> None:
    desk.press("Promenade")


def appointment(desk: Desk) -> None:
    desk.page.locator(".ec-event.is-scheduled").first.click()
    desk.dialog.wait_for()


def cancelling(desk: Desk) -> None:
    appointment(desk)
    desk.press("Cancel…")


def moving(desk: Desk) -> None:
    appointment(desk)
    desk.press("Move…")


def finding(desk: Desk) -> None:
    desk.press("Find a slot")
    desk.dialog.locator(".slot").first.wait_for()


def booking(desk: Desk) -> None:
    finding(desk)
    desk.dialog.locator(".slot").nth(4).click()
    desk.dialog.get_by_label("Client", exact=True).fill("ma")
    desk.dialog.locator(".found li").first.wait_for()


def new_client(desk: Desk) -> None:
    finding(desk)
    desk.dialog.locator(".slot").nth(4).click()
    desk.press("New client")


def refused(desk: Desk) -> None:
    desk.drag_card(desk.page.locator(".ec-event.is-confirmed").first, 4)
    desk.dialog.wait_for()


def to_do(desk: Desk) -> None:
    if desk.page.locator("#work").is_hidden():
        desk.page.locator("#show-work").click()


def help_(desk: Desk) -> None:
    desk.page.locator("#help").click()


def happened(desk: Desk) -> None:
    desk.page.locator(".ec-event.is-checked_in").first.click()
    desk.dialog.get_by_text("What happened").click()
    desk.dialog.locator(".timeline li").last.scroll_into_view_if_needed()


def papers(desk: Desk) -> None:
    desk.press("Print…")


def inbox(desk: Desk) -> None:
    desk.press("Inbox")
    desk.dialog.locator(".intakes button").first.wait_for()


def intake(desk: Desk) -> None:
    inbox(desk)
    desk.dialog.locator(".intakes button").first.click()
    desk.dialog.locator(".who-is-who").wait_for()


def match(desk: Desk) -> None:
    intake(desk)
    desk.press("Who suits them?")
    desk.dialog.locator(".suits").first.wait_for()


def waitlist(desk: Desk) -> None:
    desk.page.locator("#show-waitlist").click()
    desk.page.locator("#waitlist").get_by_role("button", name="Add somebody").click()


def reports(desk: Desk) -> None:
    desk.page.get_by_role("link", name="Reports", exact=True).click()
    desk.page.locator("#reports table").first.wait_for()


STATES: list[Callable[[Desk], None]] = [
    *[rooms, therapists, week, one_office, appointment, cancelling, moving, finding],
    *[booking, new_client, refused, to_do, help_],
    *[happened, papers, inbox, intake, match, waitlist, reports],
]


@pytest.mark.parametrize("size", SIZES)
def test_pictures(
    open_page: Any, live_server: Any, clerk: User, size: str, request: Any
) -> None:
    folder = Path(request.config.getoption("basetemp"))
    open_page("/sign-in/", **SIZES[size]).screenshot(
        path=folder / f"sign-in-{size}.png"
    )
    page: Page = open_page("/board/", clerk, **SIZES[size])
    page.clock.set_fixed_time(NOW)
    for state in STATES:
        page.goto(f"{live_server.url}/board/")
        desk = Desk(page)
        desk.is_ready()
        state(desk)
        page.wait_for_timeout(600)
        page.screenshot(path=folder / f"{state.__name__.strip('_')}-{size}.png")
    if size == "desk":
        shutil.copy(folder / "therapists-desk.png", ROOT / "docs" / "board.png")
