import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
)

from config.roles import Role
from scheduling.models import Therapist
from tests.browser import chromium
from tests.browser.desk import Desk
from tests.browser.practice import Practice, furnish
from tests.factories.config import UserFactory

HERE = Path(__file__).parent
# Without a browser there is one test, which says so.
collect_ignore = (
    []
    if chromium.PATH
    else [each.name for each in HERE.glob("test_*.py") if "chromium" not in each.name]
)
# A busy machine is slow; what never comes is noticed all the same.
expect.set_options(timeout=20_000)
# These are part of many a story.
REFUSALS = {401, 409, 412, 422}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.real_clock("the browser's clock stays"))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # Playwright runs its calls in an event loop, in which Django would refuse to work.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with chromium.launched() as browser:
        yield browser
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    # Outside of that loop Django has another connection, which a test may have ended.
    connection.close()


@pytest.fixture
def practice(transactional_db: None) -> Practice:
    return furnish()


@pytest.fixture
def clerk(transactional_db: None) -> User:
    return UserFactory.create(username="clerk", role=Role.FRONT_DESK)


class Watch:
    """Hears what goes wrong on a page, and who else is asked for anything."""

    def __init__(self, home: str, refusals: set[int]) -> None:
        self._home = home
        self._refusals = refusals
        self.complaints: list[str] = []

    def over(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)
        page.on("request", self._check)
        page.on("response", self._look)

    def _hear(self, message: ConsoleMessage) -> None:
        is_of_an_answer = "Failed to load resource" in message.text  # for `_look`
        if message.type in {"error", "warning"} and not is_of_an_answer:
            self.complaints.append(message.text)

    def _check(self, request: Request) -> None:
        if not request.url.startswith(self._home):
            self.complaints.append(f"asked for {request.url}")

    def _look(self, answer: Response) -> None:
        if answer.status >= 400 and answer.status not in self._refusals:
            self.complaints.append(f"{answer.status} from {answer.url}")


@pytest.fixture
def refusals() -> set[int]:
    """The answers that are part of the story; a test may add to them."""
    return set(REFUSALS)


@pytest.fixture
def open_page(
    browser: Browser,
    live_server: Any,
    transactional_db: None,
    refusals: set[int],
) -> Iterator[Callable[..., Page]]:
    """Open a page of the server in a browser of its own, as `user` or as nobody.

    Nothing may go wrong on it unseen.
    """
    contexts = []
    watch = Watch(live_server.url, refusals)

    def open_page(path: str = "/", user: User | None = None, **options: Any) -> Page:
        size = {"width": 1440, "height": 900}
        context = browser.new_context(**{"viewport": size, **options})
        context.set_default_timeout(15_000)
        contexts.append(context)
        if user is not None:
            context.add_cookies([session_of(user, live_server.url)])
        page = context.new_page()
        watch.over(page)
        page.goto(live_server.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    wait_for_the_server()
    assert watch.complaints == []


def wait_for_the_server() -> None:
    """What it still answers, to nobody, would meet the emptying of its tables."""
    deadline, quiet = time.monotonic() + 5, 0
    while quiet < 3 and time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle'"
                " AND datname = current_database() AND pid <> pg_backend_pid()"
            )
            quiet = quiet + 1 if cursor.fetchone() == (0,) else 0
        time.sleep(0.05)


def session_of(user: User, url: str) -> Any:
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


@pytest.fixture
def open_desk(
    open_page: Callable[..., Page], clerk: User, practice: Practice
) -> Callable[..., Desk]:
    """The board on the practice's day, ready, with the list beside it closed."""

    def open_desk(query: str = "", user: User = clerk, **options: Any) -> Desk:
        path = f"/board/?date={practice.day}{query}"
        desk = Desk(open_page(path, user, **options))
        desk.is_ready()
        return desk

    return open_desk


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk()


@pytest.fixture
def therapist_user(practice: Practice) -> User:
    user: User = UserFactory.create(role=Role.THERAPIST)
    Therapist.objects.filter(pk=practice.ada.pk).update(user=user)
    return user
