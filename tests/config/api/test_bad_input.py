"""What a clumsy or hostile caller sends, and the problem document they must get.

Rows of any resource can be added to the tables: each is sent by the manager, must be
answered by a problem of that status, and must change nothing.
"""

import base64
import json
from typing import Any

import pytest
from django.test import Client

from config.roles import Role
from locations.models import Closure, Office, Room
from tests.factories.config import UserFactory
from tests.factories.locations import ClosureFactory, OfficeFactory, RoomFactory

CLOSURES = "/api/v1/closures/"
OFFICES = "/api/v1/offices/"
ROOMS = "/api/v1/rooms/"
EARLY, LATE = "2027-01-04T09:00:00Z", "2027-01-05T09:00:00Z"

FORGED = {
    name: base64.urlsafe_b64encode(content).decode()
    for name, content in {
        "nul": b"p=\x00",
        "word": b"p=notadate",
        "far": b"p=99999-01-01",
    }.items()
}

QUERIES = {
    "cursor with NUL": (CLOSURES + f"?cursor={FORGED['nul']}", 400),
    "cursor that is no date": (CLOSURES + f"?cursor={FORGED['word']}", 400),
    "cursor out of range": (CLOSURES + f"?cursor={FORGED['far']}", 400),
    "cursor twice": (CLOSURES + "?cursor=a&cursor=b", 400),
    "cursor empty": (CLOSURES + "?cursor=", 400),
    "limit of 31 digits": (CLOSURES + "?limit=1" + "0" * 30, 400),
    "limit of 5,000 digits": (CLOSURES + "?limit=" + "9" * 5000, 400),
    "limit 0": (CLOSURES + "?limit=0", 400),
    "limit -1": (CLOSURES + "?limit=-1", 400),
    "limit 201": (CLOSURES + "?limit=201", 400),
    "limit of other digits": (CLOSURES + "?limit=\u0661", 400),
    "limit 1.5": (CLOSURES + "?limit=1.5", 400),
    "limit twice": (CLOSURES + "?limit=1&limit=2", 400),
    "unknown parameter": (CLOSURES + "?colour=red", 400),
    "lookup of the ORM": (CLOSURES + "?reason__regex=[", 400),
    "ordering where none is offered": (CLOSURES + "?ordering=reason", 400),
    "offset": (CLOSURES + "?offset=10", 400),
    "page": (CLOSURES + "?page=0", 400),
    "2,000 parameters": (CLOSURES + "?" + "a=1&" * 2000, 400),
    "parameter of a single row": (OFFICES + "venice/?is_active=true", 400),
    "filter time of year 1": (CLOSURES + "?starts_after=0001-01-01T00:00:00Z", 400),
    "filter time of year 9999": (CLOSURES + "?starts_after=9999-12-31T23:00:00Z", 400),
    "filter time without offset": (CLOSURES + "?starts_after=2027-03-14T02:30:00", 400),
    "filter time that is a date": (CLOSURES + "?starts_after=2027-03-14", 400),
    **{
        f"{name} reversed": (f"/api/v1/{name}={late}&{end}={early}", 400)
        for name, end, late, early in [
            ("closures/?starts_after", "starts_before", LATE, EARLY),
            ("appointments/?starts_after", "starts_before", LATE, EARLY),
            ("messages/?due_after", "due_before", LATE, EARLY),
            ("intakes/?created_after", "created_before", LATE, EARLY),
            ("availability-overrides/?date_from", "date_until", LATE[:10], EARLY[:10]),
        ]
    },
    "filter time with NUL": (CLOSURES + "?starts_after=%00", 400),
    "unknown slug": (ROOMS + "?office=atlantis", 400),
    "slug with NUL": (ROOMS + "?office=%00", 400),
    "empty slug": (ROOMS + "?office=", 400),
    "number for a slug": (ROOMS + f"?office={2**70}", 400),
    "101 slugs": (ROOMS + "?" + "office=venice&" * 101, 400),
    "flag 1": (ROOMS + "?is_active=1", 400),
    "flag True": (ROOMS + "?is_active=True", 400),
    "flag twice": (ROOMS + "?is_active=true&is_active=false", 400),
    "id with NUL": (ROOMS + "%00/", 404),
    "id that is no UUID": (ROOMS + "abc/", 404),
    "id of other digits": (ROOMS + "\u0661/", 404),
    "id 2**63": (ROOMS + f"{2**63}/", 404),
    "id -1": (ROOMS + "-1/", 404),
    "id of 5,000 digits": (ROOMS + "9" * 5000 + "/", 404),
    "id without hyphens": (ROOMS + "0197" * 8 + "/", 404),
    "slug in the address with NUL": (OFFICES + "%00/", 404),
    "unknown address": ("/api/v1/nothing/", 404),
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_bad_query_is_refused(office, as_manager, name):
    address, status = QUERIES[name]

    response = as_manager.get(address)

    assert (response.status_code, problem_of(response)["status"]) == (status, status)


def closure(**fields: Any) -> dict[str, Any]:
    return {
        "office": "venice",
        "starts_at": "2027-01-04T09:00:00-08:00",
        "ends_at": "2027-01-04T10:00:00-08:00",
    } | fields


def room(**fields: Any) -> dict[str, Any]:
    return {"office": "venice", "name": "Blue"} | fields


BAD_TIMES = {
    "in the gap, naive": "2027-03-14T02:30:00",
    "twice on the wall, naive": "2027-11-07T01:30:00",
    "date": "2027-01-04",
    "week date": "2027-W01-1",
    "compact": "20270104T090000Z",
    "other digits": "\u0662\u0660\u0662\u0667-01-04T09:00:00Z",
    "offset +24:00": "2027-01-04T09:00:00+24:00",
    "offset +99:99": "2027-01-04T09:00:00+99:99",
    "offset of other digits": "2027-01-04T09:00:00+0\u0661:00",
    "offset with seconds": "2027-01-04T09:00:00+01:00:00",
    "year 1": "0001-01-01T00:00:00+14:00",
    "year 9999": "9999-12-31T00:00:00-14:00",
    "year 1999": "1999-12-31T23:59:59Z",
    "30 February": "2027-02-30T09:00:00Z",
    "second 60": "2027-01-04T09:00:60Z",
    "hour 24": "2027-01-04T24:00:00Z",
    "half a second": "2027-01-04T09:00:00.5Z",
    "surrounded by blanks": " 2027-01-04T09:00:00Z ",
    "line feed at the end": "2027-01-04T09:00:00Z\n",
    "epoch": 1798995600,
    "true": True,
    "null": None,
    "list": ["2027-01-04T09:00:00Z"],
    "object": {},
    "NUL": "2027-01-04T09:00:00Z\0",
    "100 kB": "2" * 100_000,
}


@pytest.mark.parametrize("name", BAD_TIMES)
def test_a_bad_time_is_refused(office, as_manager, name):
    response = send(as_manager, "POST", CLOSURES, closure(starts_at=BAD_TIMES[name]))

    assert (response.status_code, problem_of(response)["status"]) == (400, 400)
    assert not Closure.objects.exists()


BODIES: dict[str, Any] = {
    "list": [],
    "null": None,
    "string": "x",
    "number": 1,
    "empty object": {},
    "unknown field": room(colour="blue"),
    "read-only field": room(id="01a2069e-917f-72c1-94e6-5972915f372d"),
    "field of 100 kB": room(**{"x" * 100_000: 1}),
    "number for a string": room(name=5),
    "true for a string": room(name=True),
    "empty string": room(name=""),
    "blank string": room(name="  "),
    "string too long": room(name="x" * 101),
    "NUL in a string": room(name="a\0b"),
    "lone surrogate": room(name="\ud800"),
    "list for a string": room(name=["Blue"]),
    "integer 2**31": room(capacity=2**31),
    "integer 2**70": room(capacity=2**70),
    "integer 1.5": room(capacity=1.5),
    "integer 2.0": room(capacity=2.0),
    "integer as text": room(capacity="2"),
    "integer 1e3 as text": room(capacity="1e3"),
    "integer true": room(capacity=True),
    "integer null": room(capacity=None),
    "integer 0, which no room has": room(capacity=0),
    "integer -1": room(capacity=-1),
    "boolean as text": room(accessible="true"),
    "boolean 1": room(accessible=1),
    "boolean null": room(accessible=None),
    "unknown slug": room(office="atlantis"),
    "slug 2**70": room(office=2**70),
    "slug true": room(office=True),
    "slug {}": room(office={}),
    "slug [1]": room(office=[1]),
    "slug with NUL": room(office="\0"),
    "slug null": room(office=None),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_is_refused(office, as_manager, name):
    response = send(as_manager, "POST", ROOMS, BODIES[name])

    assert (response.status_code, problem_of(response)["status"]) == (400, 400)
    assert not Room.objects.exists()


GOOD = b'{"office": "venice", "name": "Blue"}'
JSON = "application/json"
RAW = {
    "truncated": (GOOD[:-1], JSON, 400),
    "invalid UTF-8": (b'{"name": "\xff"}', JSON, 400),
    "byte order mark": (b"\xef\xbb\xbf" + GOOD, JSON, 400),
    "UTF-16": (GOOD.decode().encode("utf-16"), JSON, 400),
    "a name twice": (b'{"office": "venice", "name": "A", "name": "B"}', JSON, 400),
    "NaN": (b'{"office": "venice", "name": "A", "capacity": NaN}', JSON, 400),
    "Infinity": (b'{"office": "venice", "name": "A", "capacity": Infinity}', JSON, 400),
    "1e999": (b'{"office": "venice", "name": "A", "capacity": 1e999}', JSON, 400),
    "5,000 digits": (b'{"capacity": ' + b"9" * 5000 + b"}", JSON, 400),
    "100,000 levels": (b"[" * 100_000, JSON, 400),
    "100,000 levels of objects": (b'{"a":' * 40_000, JSON, 400),
    "21 levels": (b"[" * 21 + b"]" * 21, JSON, 400),
    "raw NUL": (b'{"name": "\0"}', JSON, 400),
    "3 MB": (b'{"name": "' + b"x" * 3_000_000 + b'"}', JSON, 413),
    "bogus charset": (GOOD, "application/json; charset=bogus", 415),
    "form": (b"office=venice&name=Blue", "application/x-www-form-urlencoded", 415),
    "XML": (b"<room/>", "application/xml", 415),
    "multipart": (GOOD, "multipart/form-data; boundary=x", 415),
}


@pytest.mark.parametrize("name", RAW)
def test_a_body_that_is_not_json_is_refused(office, as_manager, name):
    body, content_type, status = RAW[name]

    response = as_manager.generic("POST", ROOMS, body, content_type=content_type)

    assert (response.status_code, problem_of(response)["status"]) == (status, status)
    assert not Room.objects.exists()


REQUESTS = {
    "Accept that nothing fits": ("GET", ROOMS, {"accept": "text/csv"}, 406),
    "TRACE": ("TRACE", ROOMS, {}, 405),
    "PUT": ("PUT", ROOMS, {}, 405),
    "DELETE of a list": ("DELETE", ROOMS, {}, 405),
    "DELETE with a parameter": ("DELETE", ROOMS + "?dry_run=true", {}, 405),
    "override of the method": ("GET", ROOMS, {"x-http-method-override": "POST"}, 200),
    "unknown host": ("GET", OFFICES, {"host": "evil.example"}, 400),
    "host with a path": ("GET", OFFICES, {"host": "localhost/x"}, 400),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_an_odd_request_is_answered_in_kind(office, as_manager, name):
    method, address, headers, status = REQUESTS[name]

    response = as_manager.generic(method, address, headers=headers)

    assert response.status_code == status
    assert status == 200 or problem_of(response)["status"] == status


TOLD = {
    "an office": ({"office": "x"}, "There is nothing named 'x'. Known are: venice."),
    "a true that is none": ({"is_active": "yes"}, "Give true or false."),
    "a number": ({"capacity": "4"}, "Give a whole number."),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_is_refused_is_told_with_what_would_do(office, as_manager, name):
    part, sentence = TOLD[name]
    body = {"office": office.slug, "name": "Blue", "capacity": 4} | part

    answer = as_manager.post(ROOMS, body, content_type="application/json")
    problem = answer.json()

    assert [(one["pointer"], one["detail"]) for one in problem["errors"]] == [
        (f"/{next(iter(part))}", sentence)
    ]


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (
            '{"capacity": 1' + "0" * 5000 + "}",
            "The body has a number that is too large.",
        ),
        ("[]", "Give a JSON object."),
    ],
)
def test_a_body_that_is_no_row_is_told_without_words_of_python(
    as_manager, document, sentence
):
    answer = as_manager.post(ROOMS, data=document, content_type="application/json")

    assert (answer.status_code, answer.json()["detail"]) == (400, sentence)


def test_a_row_that_others_refer_to_is_not_deleted(as_manager):
    RoomFactory.create(office__slug="venice")

    response = as_manager.delete(f"{OFFICES}venice/")

    assert (response.status_code, problem_of(response)["code"]) == (409, "in_use")
    assert Office.objects.count() == 1


def test_a_closure_that_ends_before_it_starts_is_refused(office, as_manager):
    ends_at = "2027-01-04T08:00:00-08:00"

    response = send(as_manager, "POST", CLOSURES, closure(ends_at=ends_at))

    assert problem_of(response) == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "This is not after the start.",
        "code": "invalid",
        "errors": [
            {
                "pointer": "/ends_at",
                "code": "invalid",
                "detail": "This is not after the start.",
            }
        ],
    }
    assert not Closure.objects.exists()


def test_a_change_of_one_end_is_checked_against_the_other(as_manager):
    closed = ClosureFactory.create(office__slug="venice")

    response = send(
        as_manager,
        "PATCH",
        f"{CLOSURES}{closed.pk}/",
        {"ends_at": "2027-01-01T00:00:00Z"},
    )

    before = closed.ends_at
    closed.refresh_from_db()
    assert (response.status_code, closed.ends_at) == (400, before)


@pytest.fixture
def office(db: None) -> Office:
    return OfficeFactory.create(slug="venice")


@pytest.fixture
def as_manager(db: None) -> Client:
    """The manager by Django's own client, which sends bytes as they are."""
    client = Client(raise_request_exception=True)
    client.force_login(UserFactory.create(role=Role.MANAGER))
    return client


def send(client: Client, method: str, address: str, document: Any) -> Any:
    return client.generic(method, address, json.dumps(document), content_type=JSON)


def problem_of(response: Any) -> dict[str, Any]:
    assert response["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = json.loads(response.content)
    return problem
