"""What callers do: each operation is a deed of somebody at the desk, at random."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.history.callers import DAYS, GROUP, RECENT, Desk
from tests.history.calls import (
    APPOINTMENTS,
    HOLDS,
    REASSIGNMENTS,
    SERIES,
    Call,
    Request,
)

SERIES_LENGTH = 3

Operation = Callable[[Desk], object]


def book(desk: Desk) -> None:
    desk.ask(_booking(desk, "book"))


def book_twice_at_once(desk: Desk) -> None:
    desk.ask_twice_at_once(_booking(desk, "book twice", always_keyed=True))


def repeat(desk: Desk) -> None:
    """Send again what was answered long ago, whatever became of it since."""
    if desk.asked:
        desk.ask(desk.dice.choice(desk.asked[-2 * RECENT :]))


def look(desk: Desk) -> None:
    if seen := desk.notebook.appointment(desk.dice):
        _look_at(desk, seen["id"])


def confirm(desk: Desk) -> None:
    _change(desk, "confirm", "confirm/", {})


def move(desk: Desk) -> None:
    _change(desk, "move", "reschedule/", _destination(desk))


def cancel(desk: Desk) -> None:
    by = desk.dice.choice(["client", "practice"])
    _change(desk, "cancel", "cancel/", {"by": by})


def amend(desk: Desk) -> None:
    """Another note, with the same first word."""
    if seen := desk.notebook.appointment(desk.dice):
        tag = str(seen["note"]).split()[:1] or [desk.word()]
        request = desk.request(
            "amend",
            f"{APPOINTMENTS}{seen['id']}/",
            {"note": " ".join([*tag, desk.word()])},
            version=seen["version"],
            method="PATCH",
        )
        desk.ask(request)


def add_client(desk: Desk) -> None:
    client = desk.dice.choice(desk.practice.clients)
    _change(desk, "add client", "add-client/", {"client": client}, session_type=GROUP)


def remove_client(desk: Desk) -> None:
    """Call off the part of somebody who is in a group, or was."""
    if seen := desk.notebook.appointment(desk.dice, session_type=GROUP):
        client = desk.dice.choice(seen["clients"])["id"]
        by = desk.dice.choice(["client", "practice"])
        path = f"{APPOINTMENTS}{seen['id']}/remove-client/"
        body = {"client": client, "by": by}
        desk.ask(desk.request("remove client", path, body, version=seen["version"]))


def reassign(desk: Desk) -> None:
    """Give one or two sessions to somebody else, and see what has become of them."""
    found = [desk.notebook.appointment(desk.dice) for _ in range(2)]
    sessions = {seen["id"]: seen["version"] for seen in found if seen}
    if not sessions:
        return
    therapist = desk.dice.choice(desk.practice.therapists)
    handovers = [
        {"id": key, "version": version, "therapist": therapist}
        for key, version in sessions.items()
    ]
    body = {"appointments": handovers}
    _look_at_all(desk, desk.ask(desk.request("reassign", REASSIGNMENTS, body)))


def change_what_has_changed(desk: Desk) -> None:
    """Change an appointment by a version from before the present one."""
    seen = desk.notebook.appointment(desk.dice)
    if seen is None or seen["version"] == 1:
        return
    verb, body = desk.dice.choice(
        [
            ("confirm/", {}),
            ("reschedule/", _destination(desk)),
            ("cancel/", {"by": "client"}),
        ]
    )
    request = desk.request(
        "stale change",
        f"{APPOINTMENTS}{seen['id']}/{verb}",
        body,
        version=desk.dice.randrange(1, seen["version"]),
    )
    desk.ask(request)


def hold(desk: Desk) -> None:
    body = desk.wish()
    if desk.dice.random() < 0.5:
        del body["clients"]
    desk.ask(desk.request("hold", HOLDS, body, always_keyed=True))


def book_hold(desk: Desk) -> None:
    if (held := desk.notebook.take_hold(desk.dice)) is None:
        return
    key, body = held
    clients = {"clients": [desk.dice.choice(desk.practice.clients)]}
    booking = {**clients, **body, "hold": key, "note": desk.word()}
    desk.ask(desk.request("book hold", APPOINTMENTS, booking))


def let_go(desk: Desk) -> None:
    if held := desk.notebook.take_hold(desk.dice):
        desk.ask(desk.request("let go", f"{HOLDS}{held[0]}/", method="DELETE"))


def book_series(desk: Desk) -> None:
    """Book one, and see what its occurrences are, for others to change them."""
    on_conflict = desk.dice.choice(["refuse", "skip"])
    repetition = {"every_weeks": 1, "count": SERIES_LENGTH, "on_conflict": on_conflict}
    body = desk.wish() | repetition
    request = desk.request(f"series, {on_conflict}", SERIES, body, always_keyed=True)
    _look_at_all(desk, desk.ask(request))


def extend_series(desk: Desk) -> None:
    if known := desk.notebook.series(desk.dice):
        path = f"{SERIES}{known[0]}/extend/"
        body = {
            "count": desk.dice.randrange(1, SERIES_LENGTH),
            "on_conflict": desk.dice.choice(["refuse", "skip"]),
        }
        ask = desk.dice.choice([desk.ask, desk.ask_twice_at_once])
        request = desk.request("extend series", path, body, always_keyed=True)
        _look_at_all(desk, ask(request))


def cancel_series(desk: Desk) -> None:
    if known := desk.notebook.series(desk.dice):
        key, starts = known
        body = desk.dice.choice([{}, {"from": desk.dice.choice(starts)[:10]}])
        desk.ask(desk.request("cancel series", f"{SERIES}{key}/cancel/", body))


def move_series(desk: Desk) -> None:
    if known := desk.notebook.series(desk.dice):
        key, starts = known
        body = {
            "from": desk.dice.choice(starts)[:10],
            "weekday": desk.dice.randrange(DAYS),
            "start_time": desk.start()[11:16],
        }
        desk.ask(desk.request("move series", f"{SERIES}{key}/reschedule/", body))


_SHARES: Mapping[Operation, int] = {
    book: 24,
    book_twice_at_once: 6,
    repeat: 10,
    look: 4,
    confirm: 6,
    move: 12,
    cancel: 14,
    amend: 4,
    add_client: 5,
    remove_client: 4,
    reassign: 5,
    change_what_has_changed: 6,
    hold: 10,
    book_hold: 6,
    let_go: 4,
    book_series: 6,
    extend_series: 4,
    cancel_series: 3,
    move_series: 3,
}
# Each as often as it is to be done.
OPERATIONS = [operation for operation, share in _SHARES.items() for _ in range(share)]


def _booking(desk: Desk, kind: str, *, always_keyed: bool = False) -> Request:
    body = desk.wish() | {"note": desk.word()}
    return desk.request(kind, APPOINTMENTS, body, always_keyed=always_keyed)


def _look_at(desk: Desk, key: str) -> None:
    desk.ask(desk.request("look", f"{APPOINTMENTS}{key}/", method="GET"))


def _look_at_all(desk: Desk, call: Call) -> None:
    for told in call.appointments():
        _look_at(desk, told["id"])


def _change(
    desk: Desk,
    kind: str,
    verb: str,
    body: dict[str, Any],
    *,
    session_type: str | None = None,
) -> None:
    if seen := desk.notebook.appointment(desk.dice, session_type=session_type):
        path = f"{APPOINTMENTS}{seen['id']}/{verb}"
        desk.ask(desk.request(kind, path, body, version=seen["version"]))


def _destination(desk: Desk) -> dict[str, Any]:
    """Another time, and often another therapist or office as well."""
    body = {"starts_at": desk.start()}
    if desk.dice.random() < 0.3:
        body["therapist"] = desk.dice.choice(desk.practice.therapists)
    if desk.dice.random() < 0.3:
        body["office"] = desk.dice.choice(list(desk.practice.rooms))
    return body
