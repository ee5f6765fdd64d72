"""A therapist's pages, one picture each: made by `tests.browser.pictures`."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import call_command
from playwright.sync_api import Page

from tests.browser.own_pages import OwnPages
from tests.browser.states import NOW, SIZES

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture
def therapist(transactional_db: None) -> Any:
    with time_machine.travel(NOW):
        call_command("load_reference", verbosity=0)
        call_command("demo", verbosity=0)
        yield User.objects.get(username="therapist")


def week(pages: OwnPages) -> None:
    """As it opens."""


def week_other(pages: OwnPages) -> None:
    shown = pages.page.locator("[data-show][aria-pressed=false]")
    shown.click()


def session(pages: OwnPages) -> None:
    pages.page.locator(".ec-event.is-scheduled").first.click()
    pages.dialog.wait_for()


def hours(pages: OwnPages) -> None:
    pages.go("Hours")
    pages.page.locator(".window").first.wait_for()


def change_hours(pages: OwnPages) -> None:
    hours(pages)
    pages.page.locator(".window").first.click()


def cut_hours(pages: OwnPages) -> None:
    change_hours(pages)
    pages.press("Remove")
    pages.page.locator(".uncovered").wait_for()


def time_off(pages: OwnPages) -> None:
    pages.go("Time off")
    pages.page.locator("#spans li").first.wait_for()


def take_time_off(pages: OwnPages) -> None:
    time_off(pages)
    pages.press("Take time off")
    pages.dialog.get_by_label("First day").fill(f"{NOW + timedelta(days=1):%Y-%m-%d}")
    pages.dialog.get_by_label("Last day").fill(f"{NOW + timedelta(days=9):%Y-%m-%d}")


def weigh_time_off(pages: OwnPages) -> None:
    take_time_off(pages)
    pages.press("Take it")
    pages.page.locator(".uncovered").wait_for()


def link(pages: OwnPages) -> None:
    pages.go("Calendar")
    pages.press("Make a link")
    pages.press("Make it")
    pages.dialog.get_by_label("Address").wait_for()


def calendar(pages: OwnPages) -> None:
    pages.go("Calendar")
    pages.page.locator("#links li").first.wait_for()


def reports(pages: OwnPages) -> None:
    pages.go("Reports")
    pages.page.locator("#reports table").first.wait_for()


STATES: list[Callable[[OwnPages], None]] = [
    *[week, week_other, session, hours, change_hours, cut_hours, time_off],
    *[take_time_off, weigh_time_off, link, calendar, reports],
]


@pytest.mark.parametrize("size", [*SIZES, "phone"])
def test_pictures(
    open_page: Any, live_server: Any, therapist: User, size: str, request: Any
) -> None:
    folder = Path(request.config.getoption("basetemp"))
    page: Page = open_page("/sign-in/", therapist, **(SIZES | {"phone": PHONE})[size])
    page.clock.set_fixed_time(NOW)
    for state in STATES:
        page.goto(f"{live_server.url}/")
        pages = OwnPages(page)
        pages.is_ready()
        state(pages)
        page.wait_for_timeout(500)
        page.screenshot(path=folder / f"own-{state.__name__}-{size}.png")
