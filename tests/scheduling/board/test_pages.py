import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from config.roles import Role
from tests.factories.config import UserFactory

pytestmark = pytest.mark.django_db


def browser_of(role):
    browser = Client()
    browser.force_login(UserFactory.create(role=role))
    return browser


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.FRONT_DESK, "/board/"),
        (Role.MANAGER, "/board/"),
        (Role.THERAPIST, "/api/v1/docs/"),
        (None, "/api/v1/docs/"),
    ],
)
def test_everybody_begins_where_their_work_is(role, home):
    begun = browser_of(role).get("/")

    assert (begun.status_code, begun.url) == (302, home)


def test_the_board_is_for_the_front_desk():
    assert browser_of(Role.FRONT_DESK).get("/board/").status_code == 200
    assert browser_of(Role.THERAPIST).get("/board/").url == "/"
    assert Client().get("/board/").url == "/sign-in/?next=/board/"


@pytest.mark.parametrize("address", ["/board/", "/sign-in/", "/sign-out/"])
def test_a_page_runs_nothing_that_this_server_does_not_send(address):
    browser = Client() if address == "/sign-in/" else browser_of(Role.FRONT_DESK)
    page = browser.get(address)
    policy = page["Content-Security-Policy"]

    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<style|<script>| style=| on\w+=|https?://", page.text) == []
    for name in re.findall(r'(?:src|href)="/static/([^"]+)"', page.text):
        assert finders.find(name) is not None
