"""What protects the calendar, taken away one thing at a time; and who serves then.

gunicorn serves `tests.history.sabotage:application('...')` instead of the product's own
application. A constraint is dropped in the database, with the locks and the rules off:
either alone still protects.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tests.history.faults import Fault, Finding

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@dataclass(frozen=True)
class Sabotage:
    """What is taken away, and all that has to be found then.

    `statement` is done to the database, `wreck` to the process that serves.
    """

    faults: frozenset[Fault]
    wreck: Callable[["WSGIApplication"], "WSGIApplication"]
    statement: str = ""

    def is_noticed(self, findings: Iterable[Finding]) -> bool:
        return self.faults <= {finding.fault for finding in findings}


class _AnyVersion(int):
    """Equal to every version."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = int.__hash__


def _without_locks_and_rules(application: "WSGIApplication") -> "WSGIApplication":
    from scheduling import locking  # noqa: PLC0415  after setup
    from scheduling.engine import rules  # noqa: PLC0415

    _replace(locking.lock_calendars, lambda *, rooms, **_: list(rooms))
    _replace(rules.refusals, lambda *_, **__: [])
    return application


def _without_keys(application: "WSGIApplication") -> "WSGIApplication":
    def serve(
        environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        environ.pop("HTTP_IDEMPOTENCY_KEY", None)
        return application(environ, start_response)

    return serve


def _without_versions(application: "WSGIApplication") -> "WSGIApplication":
    from config.api import preconditions  # noqa: PLC0415  after setup

    expected_version = preconditions.expected_version
    _replace(expected_version, lambda request: _AnyVersion(expected_version(request)))
    return application


def _replace(original: object, replacement: Callable[..., Any]) -> None:
    """Put `replacement` wherever a module has imported `original`."""
    for module in list(sys.modules.values()):
        for name, value in list(vars(module).items()):
            if value is original:
                setattr(module, name, replacement)


def _drop(table: str, constraint: str) -> str:
    return f"ALTER TABLE {table} DROP CONSTRAINT {constraint}"


SABOTAGES: Mapping[str, Sabotage] = {
    "no constraint on therapists": Sabotage(
        frozenset({Fault.THERAPIST_TWICE}),
        _without_locks_and_rules,
        _drop("scheduling_appointment", "appointment_therapist_free"),
    ),
    "no constraint on rooms": Sabotage(
        frozenset({Fault.ROOM_TWICE}),
        _without_locks_and_rules,
        _drop("scheduling_appointment", "appointment_room_free"),
    ),
    "no constraint on clients": Sabotage(
        frozenset({Fault.CLIENT_TWICE}),
        _without_locks_and_rules,
        _drop("scheduling_attendance", "attendance_client_free"),
    ),
    "no idempotency": Sabotage(
        frozenset({Fault.REPLAY_DIFFERS, Fault.KEY_TWICE}), _without_keys
    ),
    "no version check": Sabotage(frozenset({Fault.STALE_ACCEPTED}), _without_versions),
}


def application(name: str) -> "WSGIApplication":
    """The product's own, after the sabotage `name`."""
    from config import wsgi  # noqa: PLC0415  Django is set up now

    import_module("config.urls")  # which imports all that serves
    return SABOTAGES[name].wreck(wsgi.application)
