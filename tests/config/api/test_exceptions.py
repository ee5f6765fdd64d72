"""From an exception to a problem document."""

import json
from typing import Any

import pytest
from django.core.exceptions import (
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404
from psycopg import errors as postgres
from rest_framework import exceptions as drf
from rest_framework.response import Response

from config.api import exceptions
from config.errors import Conflict, DomainError, Malformed, Reason, RuleViolation, Stale

SECRET = "Key (therapist_id)=(7) of Jane Roe conflicts"


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def handled(error: Exception) -> Response:
    response = exceptions.handle(error, {})
    assert response is not None
    return response


def answer(error: Exception) -> tuple[int, str]:
    response = handled(error)
    assert response.content_type == "application/problem+json"
    assert SECRET not in json.dumps(response.data)
    assert response.data["status"] == response.status_code
    return response.status_code, response.data["code"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Http404(SECRET), (404, "not_found")),
        (RequestDataTooBig(), (413, "too_large")),
        (SuspiciousOperation(SECRET), (400, "invalid")),
        (ValidationError("No."), (400, "invalid")),
        (drf.Throttled(wait=3.2), (429, "throttled")),
        (drf.MethodNotAllowed("PUT"), (405, "method_not_allowed")),
        (drf.UnsupportedMediaType("a/b"), (415, "unsupported_media_type")),
        (drf.NotAcceptable(), (406, "not_acceptable")),
        (UnicodeEncodeError("utf-8", "\ud800", 0, 1, SECRET), (400, "invalid")),
        (
            caused(DataError(SECRET), postgres.NumericValueOutOfRange()),
            (400, "invalid"),
        ),
        (DataError(SECRET), (400, "invalid")),
        (InterfaceError(SECRET), (503, "unavailable")),
        (OperationalError(SECRET), (503, "unavailable")),
        (
            caused(OperationalError(SECRET), postgres.DeadlockDetected()),
            (503, "unavailable"),
        ),
        (
            caused(OperationalError(SECRET), postgres.LockNotAvailable()),
            (503, "unavailable"),
        ),
        (
            caused(OperationalError(SECRET), postgres.QueryCanceled()),
            (503, "unavailable"),
        ),
        (
            caused(IntegrityError(SECRET), postgres.UniqueViolation()),
            (409, "already_exists"),
        ),
        (
            caused(IntegrityError(SECRET), postgres.ForeignKeyViolation()),
            (409, "in_use"),
        ),
        (
            caused(IntegrityError(SECRET), postgres.ExclusionViolation()),
            (409, "conflict"),
        ),
        (
            caused(IntegrityError(SECRET), postgres.CheckViolation()),
            (422, "rule_violated"),
        ),
        (
            caused(IntegrityError(SECRET), postgres.NotNullViolation()),
            (500, "internal_error"),
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_an_error_becomes_a_problem_that_quotes_nobody(error, expected):
    assert answer(error) == expected


def test_a_bug_is_left_to_django():
    assert exceptions.handle(KeyError("x"), {}) is None


@pytest.mark.parametrize("error", [OperationalError(), drf.Throttled(wait=3.2)])
def test_whoever_must_wait_is_told_how_long(error):
    response = handled(error)

    assert int(response.headers["Retry-After"]) >= 1


class Taken(Conflict):
    code = "slot_taken"
    message = "Somebody was faster."


def domain_problem(error: DomainError) -> tuple[dict[str, Any], dict[str, str]]:
    response = handled(error)
    return response.data, dict(response.headers)


def test_a_refusal_carries_its_reasons_and_alternatives():
    error = Taken(reasons=[Reason("room_busy", "No room is free.")])
    error.alternatives = [{"starts_at": "2027-01-04T09:00:00-08:00"}]

    assert domain_problem(error)[0] == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "Somebody was faster.",
        "code": "slot_taken",
        "reasons": [{"code": "room_busy", "detail": "No room is free."}],
        "alternatives": [{"starts_at": "2027-01-04T09:00:00-08:00"}],
    }


def test_a_refusal_without_reasons_leaves_their_members_out():
    assert domain_problem(RuleViolation("Not on Sundays."))[0] == {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "Not on Sundays.",
        "code": "rule_violated",
    }


def test_a_malformed_field_is_pointed_at():
    assert domain_problem(Malformed("Twice.", field="clients/1"))[0]["errors"] == [
        {"pointer": "/clients/1", "code": "invalid", "detail": "Twice."}
    ]


def test_whoever_is_stale_learns_the_current_version():
    problem, headers = domain_problem(Stale(version=7))

    assert (problem["status"], headers["ETag"]) == (412, '"7"')


def test_nested_errors_become_pointers():
    nested: Any = {
        "guardians": [{}, {"phone": ["Wrong."]}],
        "languages": {1: ["Unknown."]},
        "a/b~c": ["Odd."],
        "non_field_errors": ["Whole."],
    }

    response = handled(drf.ValidationError(nested))

    assert [(each["pointer"], each["detail"]) for each in response.data["errors"]] == [
        ("/guardians/1/phone", "Wrong."),
        ("/languages/1", "Unknown."),
        ("/a~1b~0c", "Odd."),
        ("", "Whole."),
    ]
