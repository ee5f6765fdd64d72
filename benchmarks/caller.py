"""Someone signed in at the server, over one connection that stays open."""

import json
import time
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

API = "/api/v1/"
DESK = "frontdesk"
PASSWORD = "of-benchmarks-only"  # noqa: S105


class Caller:
    """At the front desk."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.connection = HTTPConnection(*address, timeout=60)
        self.headers = {"Content-Type": "application/json"}
        status, _, answer = self.call(
            "POST",
            "/_allauth/app/v1/auth/login",
            {"username": DESK, "password": PASSWORD},
        )
        if status != 200:  # noqa: PLR2004
            raise PermissionError(f"{DESK} could not sign in: {status}")
        self.headers["X-Session-Token"] = answer["meta"]["session_token"]

    def me(self) -> float:
        """The seconds of the trivial request."""
        return self.get("me/")[0]

    def get(self, address: str, **query: object) -> tuple[float, Any]:  # Any: JSON
        """The seconds that it took, and the body. `address` is relative to the API, or
        a link of an earlier answer."""
        path = urlsplit(address)._replace(scheme="", netloc="").geturl()
        if query:
            path += "?" + urlencode(query, doseq=True)
        status, seconds, answer = self.call(
            "GET", path if path.startswith("/") else API + path
        )
        if status != 200:  # noqa: PLR2004
            raise AssertionError(f"GET {path}: {status} {answer}")
        return seconds, answer

    def book(self, body: object) -> tuple[int, float]:
        """The status and the seconds of a booking."""
        status, seconds, _ = self.call("POST", f"{API}appointments/", body)
        return status, seconds

    def call(
        self, method: str, path: str, body: object = None
    ) -> tuple[int, float, Any]:  # Any: JSON
        content = None if body is None else json.dumps(body)
        began = time.perf_counter()
        self.connection.request(method, path, content, self.headers)
        response = self.connection.getresponse()
        answer = response.read()
        seconds = time.perf_counter() - began
        return response.status, seconds, json.loads(answer)
