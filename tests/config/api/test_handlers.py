"""What goes wrong outside REST framework's views is a problem document as well."""

import json
import logging
from typing import Any, NoReturn

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from rest_framework.request import Request

from config.api.views import StrictView
from config.urls import handler400, handler403, handler404, handler500

pytestmark = pytest.mark.urls(__name__)

__all__ = ["handler400", "handler403", "handler404", "handler500"]

SECRET = "Jane Roe, (310) 555-0123"


def broken(request: HttpRequest) -> NoReturn:
    raise KeyError(SECRET)


def without_database(request: HttpRequest) -> NoReturn:
    raise OperationalError(SECRET)


def forbidden(request: HttpRequest) -> NoReturn:
    raise PermissionDenied(SECRET)


def reads_form(request: HttpRequest) -> HttpResponse:
    return HttpResponse(len(request.POST))


class BrokenView(StrictView):
    authentication_classes = []
    permission_classes = []
    throttle_classes = []

    def get(self, request: Request) -> NoReturn:
        raise KeyError(SECRET)


urlpatterns = [
    path("broken/", broken),
    path("without-database/", without_database),
    path("broken-api/", BrokenView.as_view()),
    path("forbidden/", forbidden),
    path("form/", reads_form),
]


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def told(response: Any) -> tuple[int, str]:
    assert response["Content-Type"] == "application/problem+json"
    problem = json.loads(response.content)
    assert (problem["status"], SECRET in response.text) == (response.status_code, False)
    return response.status_code, problem["code"]


@pytest.mark.parametrize("address", ["/broken/", "/broken-api/"])
def test_a_bug_is_logged_with_the_request_and_told_without_its_words(
    client, caplog, address
):
    with caplog.at_level(logging.ERROR):
        response = client.get(address, headers={"X-Request-ID": "r1"})

    assert told(response) == (500, "internal_error")
    assert (response["X-Request-ID"], len(caplog.records)) == ("r1", 1)


def test_a_database_that_is_away_is_no_bug_of_ours(client):
    """As where a middleware asks it who is asking."""
    response = client.get("/without-database/")

    assert told(response) == (503, "unavailable")
    assert response["Retry-After"] == "1"


def test_what_is_forbidden_or_not_there_is_told(client):
    assert [told(client.get("/forbidden/")), told(client.get("/nothing/"))] == [
        (403, "permission_denied"),
        (404, "not_found"),
    ]


def test_a_form_that_is_too_large_is_told(client):
    body = "a=" + "x" * 300_000
    many = "&".join(["a=1"] * 501)
    form = "application/x-www-form-urlencoded"

    answers = [client.generic("POST", "/form/", each, form) for each in (body, many)]

    assert [told(each) for each in answers] == [(413, "too_large"), (400, "invalid")]
