"""In by password, and by a code where somebody has one set up; and out again."""

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from playwright.sync_api import expect

from tests.browser.desk import Desk

PASSWORD = "a-long-password"


@pytest.fixture
def clerk(clerk):
    clerk.set_password(PASSWORD)
    clerk.save(update_fields=["password"])
    return clerk


def sign_in(page, password=PASSWORD):
    page.get_by_label("User name").fill("clerk")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_somebody_of_the_front_desk_comes_to_the_board(open_page, clerk, practice):
    page = open_page()
    desk = Desk(page)
    desk.has_no_barriers()
    sign_in(page, "a-wrong-password")
    expect(page.locator(".errorlist")).to_be_visible()
    desk.has_no_barriers()
    sign_in(page)
    desk.is_ready()

    assert page.url.endswith("/board/")
    desk.press("Sign out")
    expect(page.get_by_label("Password")).to_be_visible()


def test_with_a_second_factor_a_code_is_asked_for(open_page, clerk, practice):
    secret = generate_totp_secret()
    TOTP.activate(clerk, secret)
    page = open_page()
    sign_in(page)
    Desk(page).has_no_barriers()
    counter = next(yield_hotp_counters_from_time())
    page.get_by_label("Code").fill(format_hotp_value(hotp_value(secret, counter)))
    page.get_by_role("button", name="Continue").click()

    Desk(page).is_ready()
