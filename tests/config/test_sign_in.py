"""Signing in for real: by allauth's addresses, as an app and as a browser."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client, override_settings
from rest_framework.test import APIClient

from config.models import FailedSignIn
from config.roles import Role
from tests.config.test_cache import DEAD
from tests.factories.config import UserFactory
from tests.factories.locations import OfficeFactory
from tests.times import NOW

APP = "/_allauth/app/v1"
BROWSER = "/_allauth/browser/v1"
ME = "/api/v1/me/"
PASSWORD = "a-long-password"
RIGHT = {"username": "maria", "password": PASSWORD}
WRONG = {"username": "maria", "password": "a-wrong-password"}


@pytest.fixture
def maria(db: None) -> User:
    user = UserFactory.create(username="maria", role=Role.MANAGER)
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


def token_of(api: APIClient) -> dict[str, str]:
    answer = api.post(f"{APP}/auth/login", RIGHT).json()
    return {"X-Session-Token": answer["meta"]["session_token"]}


def test_an_app_signs_in_and_out(api, maria):
    token = token_of(api)
    known = api.get(ME, headers=token)
    api.delete(f"{APP}/auth/session", headers=token)
    unknown = api.get(ME, headers=token)

    assert (known.status_code, known.json()["username"]) == (200, "maria")
    assert (unknown.status_code, unknown.json()["code"]) == (
        401,
        "authentication_failed",
    )
    assert unknown["WWW-Authenticate"] == 'X-Session-Token realm="api"'


@pytest.mark.parametrize("token", ["nonsense", "x" * 5000, "\u00e9"])
def test_a_made_up_token_is_nobody(api, db, token):
    assert api.get(ME, headers={"X-Session-Token": token}).status_code == 401


def test_an_app_signs_in_with_a_second_factor(api, maria):
    with time_machine.travel(NOW, tick=False) as clock:
        token = token_of(api)
        api.post(f"{APP}/auth/reauthenticate", {"password": PASSWORD}, headers=token)
        factor = f"{APP}/account/authenticators/totp"
        secret = api.get(factor, headers=token).json()["meta"]["secret"]
        api.post(factor, {"code": totp(secret)}, headers=token)
        codes = f"{APP}/account/authenticators/recovery-codes"
        recovery = api.get(codes, headers=token).json()["data"]["unused_codes"]
        clock.shift(timedelta(minutes=1))

        tries = ["000000", totp(secret), recovery[0]]
        answers = [second_step(api, code) for code in tries]
        known = [api.get(ME, headers=held).status_code for _, held in answers]

    assert [status for status, _ in answers] == [400, 200, 200]
    assert known == [401, 200, 200]


def second_step(api: APIClient, code: str) -> tuple[int, dict[str, str]]:
    first = api.post(f"{APP}/auth/login", RIGHT)
    pending = {"X-Session-Token": first.json()["meta"]["session_token"]}
    assert (first.status_code, api.get(ME, headers=pending).status_code) == (401, 401)
    second = api.post(f"{APP}/auth/2fa/authenticate", {"code": code}, headers=pending)
    return second.status_code, {
        "X-Session-Token": second.json().get("meta", {}).get("session_token", "")
    }


def totp(secret: str) -> str:
    counter = next(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(secret, counter)))


@pytest.mark.parametrize(
    "change",
    [{"is_active": False}, {"password": "another"}],
    ids=["inactive", "password"],
)
def test_a_token_ends_with_the_account_or_its_password(api, maria, change):
    token = token_of(api)

    User.objects.filter(pk=maria.pk).update(**change)

    assert api.get(ME, headers=token).status_code == 401


def test_a_token_lives_while_it_is_used_but_not_for_ever(api, maria):
    with time_machine.travel(NOW, tick=False) as clock:
        token = token_of(api)
        answers = []
        for days in (0, 6, 6, 6, 6, 5.9, 0.2):
            clock.shift(timedelta(days=days))
            answers.append(api.get(ME, headers=token).status_code)

    assert answers == [200, 200, 200, 200, 200, 200, 401]


def test_a_token_that_is_not_used_ends(api, maria):
    with time_machine.travel(NOW, tick=False) as clock:
        token = token_of(api)
        api.get(ME, headers=token)
        clock.shift(timedelta(days=8))

        assert api.get(ME, headers=token).status_code == 401


def test_using_a_token_costs_three_queries(api, maria, django_assert_num_queries):
    token = token_of(api)
    api.get(ME, headers=token)

    with django_assert_num_queries(3):  # the session, the user, the roles
        api.get(ME, headers=token)


def test_a_browser_signs_in_and_needs_its_csrf_token(maria):
    OfficeFactory.create(slug="venice")
    browser = Client(enforce_csrf_checks=True)
    browser.get(f"{BROWSER}/config")

    refused = send(browser, f"{BROWSER}/auth/login", RIGHT, csrf=False)
    answers = [
        send(browser, f"{BROWSER}/auth/login", RIGHT),
        send(browser, "/api/v1/rooms/", {"office": "venice", "name": "A"}, csrf=False),
        send(browser, "/api/v1/rooms/", {"office": "venice", "name": "A"}),
    ]

    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    assert [each.status_code for each in answers] == [200, 403, 201]
    assert answers[1]["Content-Type"] == "application/problem+json"


def send(browser: Client, address: str, body: Any, *, csrf: bool = True) -> Any:
    headers = {"X-CSRFToken": browser.cookies["csrftoken"].value} if csrf else {}
    return browser.post(address, body, content_type="application/json", headers=headers)


def test_a_person_signs_in_on_the_page(maria):
    browser = Client(enforce_csrf_checks=True)
    page = browser.get("/", follow=True)
    hidden = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    form = {"login": "maria", "password": PASSWORD, "csrfmiddlewaretoken": hidden[0]}

    signed_in = browser.post("/sign-in/?next=/api/v1/me/", form, follow=True)

    assert page.redirect_chain == [("/sign-in/?next=/", 302)]
    assert signed_in.json()["username"] == "maria"


def test_the_admin_is_entered_by_the_same_page(maria):
    User.objects.update(is_staff=True)
    browser = Client()

    refused = browser.get("/admin/", follow=True)
    form = {"login": "maria", "password": PASSWORD}
    entered = browser.post("/sign-in/?next=/admin/", form, follow=True)

    assert refused.redirect_chain[-1] == ("/sign-in/?next=%2Fadmin%2F", 302)
    assert (entered.status_code, entered.redirect_chain) == (200, [("/admin/", 302)])


def test_the_database_ends_guessing_while_redis_is_away(api, maria):
    with override_settings(CACHES=DEAD):
        guesses = [api.post(f"{APP}/auth/login", WRONG) for _ in range(10)]
        refused = api.post(f"{APP}/auth/login", RIGHT)

    assert {each.json()["errors"][0]["code"] for each in guesses} == {
        "username_password_mismatch"
    }
    assert refused.json()["errors"][0]["code"] == "too_many_login_attempts"
    assert FailedSignIn.objects.count() == 10


def test_a_right_password_is_not_counted_and_old_failures_are_forgotten(api, maria):
    with override_settings(CACHES=DEAD):
        for _ in range(10):
            api.post(f"{APP}/auth/login", WRONG)
        FailedSignIn.objects.update(at=NOW - timedelta(days=365))
        answers = [api.post(f"{APP}/auth/login", RIGHT).status_code for _ in range(11)]

    assert (answers, FailedSignIn.objects.count()) == ([200] * 11, 10)


@pytest.mark.parametrize("client", ["app", "browser"])
@pytest.mark.parametrize(
    "address",
    ["auth/signup", "auth/password/request", "auth/password/reset", "account/email"],
)
def test_what_the_practice_does_not_offer_is_not_there(api, maria, client, address):
    body = {"email": "maria@example.com", "username": "x", "password": PASSWORD}

    response = api.post(f"/_allauth/{client}/v1/{address}", body)

    assert (response.status_code, mail.outbox, User.objects.count()) == (404, [], 1)
