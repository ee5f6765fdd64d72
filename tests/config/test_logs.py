import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection

from config import logs

SECRET = "Ada Lovelace, +13105550100"
SECRET_TOKEN = "AZfRwAAAcACAAAAAAAAAAVx_9-VwR1cgvJ7dVg"


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    """What everything logged meanwhile looks like."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.DiscreetFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


def lines(output: io.StringIO) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in output.getvalue().splitlines()]
    for line in found:
        del line["timestamp"]
    return found


def fail() -> None:
    try:
        int(SECRET)
    except ValueError as cause:
        raise LookupError(SECRET) from cause


def test_a_line_holds_only_what_is_allowed(output):
    logging.getLogger("scheduling").info(
        "sent %d", 3, extra={"count": 3, "client": SECRET, "phone": SECRET}
    )

    assert lines(output) == [
        {"event": "sent 3", "level": "info", "logger": "scheduling", "count": 3}
    ]


def test_an_exception_is_told_by_type_and_place_not_by_its_words(output):
    try:
        fail()
    except LookupError as error:
        logging.getLogger("scheduling").warning("no luck: %s", error, exc_info=True)

    [line] = lines(output)
    assert SECRET not in output.getvalue()
    assert line["event"] == "no luck: LookupError"
    assert [link["type"] for link in line["exception"]] == ["LookupError", "ValueError"]
    assert all(
        re.fullmatch(r".*/test_logs\.py:\d+", link["at"][-1])
        for link in line["exception"]
    )


@pytest.mark.django_db
def test_a_refusal_of_the_database_is_told_by_its_code_and_constraint(output):
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO auth_group (name) VALUES (%s), (%s)", [SECRET, SECRET]
            )
    except IntegrityError:
        logging.getLogger("scheduling").exception("refused")

    [line] = lines(output)
    assert SECRET not in output.getvalue()
    assert (line["sqlstate"], line["constraint"]) == ("23505", "auth_group_name_key")


def test_what_celery_says_about_a_failed_task_is_withheld(output):
    logging.getLogger("celery.app.trace").error(
        "Task %(name)s[%(id)s] raised unexpected: %(exc)s\n%(traceback)s",
        {"name": "sweep", "id": "1", "exc": SECRET, "traceback": SECRET},
        extra={"data": {"args": SECRET}},
    )

    [line] = lines(output)
    assert SECRET not in output.getvalue()
    assert line["event"] == "Task sweep[1] raised unexpected: ...\n..."


def test_a_request_is_logged_without_its_query(client, output):
    client.get("/healthz?search=Lovelace", headers={"X-Request-ID": "abc-123"})

    [line] = lines(output)
    assert line.pop("duration_ms") >= 0
    assert line == {
        "event": "request",
        "level": "info",
        "logger": "config.logs",
        "request_id": "abc-123",
        "method": "GET",
        "path": "/healthz",
        "status": 200,
        "user_id": None,
    }


@pytest.mark.parametrize(
    ("given", "answered"),
    [
        ("abc-123", "abc-123"),
        ("a" * 65, "[0-9a-f]{32}"),
        ("no spaces", "[0-9a-f]{32}"),
        ("", "[0-9a-f]{32}"),
    ],
)
def test_every_answer_names_its_request(client, given, answered):
    response = client.get("/healthz", headers={"X-Request-ID": given})

    assert re.fullmatch(answered, response["X-Request-ID"])


def test_the_token_of_an_answer_page_is_not_logged(client, output):
    client.get(f"/a/{SECRET_TOKEN}/")
    client.get(f"/a/{SECRET_TOKEN}/more/")
    logging.getLogger("gunicorn.error").warning("GET /a/%s?x HTTP/1.1", SECRET_TOKEN)

    assert SECRET_TOKEN not in output.getvalue()
    assert {line.get("path") for line in lines(output)} == {
        "/a/[secret]/",
        "/a/[secret]/more/",
        None,
    }
