"""The jobs that are measured. Each is a generator of seconds, one for each round."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from urllib.parse import urlencode

from benchmarks.caller import Caller

ME = "/api/v1/me/"
SLOTS = "/api/v1/slots/"
APPOINTMENTS = "/api/v1/appointments/"


@dataclass(frozen=True)
class Case:
    """`target` is the highest acceptable ratio to `GET me/`."""

    name: str
    target: float
    rounds: Callable[[Caller], Iterator[float]]


def me(desk: Caller) -> Iterator[float]:
    while True:
        seconds, _ = desk.timed(200, "GET", ME)
        yield seconds


def first_page(desk: Caller) -> Iterator[float]:
    """The first 50 hours of anyone who offers IPT, in any office, over four weeks."""
    query = {"session_type": "individual-50", "modality": "interpersonal-psychotherapy"}
    while True:
        seconds, page = desk.timed(200, "GET", f"{SLOTS}?{urlencode(query)}")
        if len(page["results"]) != 50:  # noqa: PLR2004
            raise AssertionError("The page is not full.")
        yield seconds


def booking(desk: Caller) -> Iterator[float]:
    """Book an hour that is free for somebody, and give it back."""
    query = {"session_type": "individual-50", "mode": "in_person", "limit": 50}
    for client in cycle(_adults(desk)):
        search = {**query, "client": client, "per_therapist": 1}
        free = desk.call("GET", f"{SLOTS}?{urlencode(search)}")[1]["results"]
        if not free:
            continue
        slot = free[-1]
        body = {
            "therapist": slot["therapist"]["id"],
            "clients": [client],
            "session_type": slot["session_type"],
            "office": slot["office"]["slug"],
            "starts_at": slot["starts_at"],
        }
        seconds, booked = desk.timed(201, "POST", APPOINTMENTS, body)
        desk.call(
            "POST",
            f"{APPOINTMENTS}{booked['id']}/cancel/",
            {"by": "practice"},
            {"If-Match": '"1"'},
        )
        yield seconds


def _adults(desk: Caller) -> list[str]:
    _, page = desk.call("GET", "/api/v1/clients/?limit=200")
    return [one["id"] for one in page["results"] if one["born_on"] < "2000"]


CASES = [
    Case("first page of slots", 4, first_page),
    Case("booking, one caller", 5, booking),
]
