"""Someone signed in at the server, over one connection that stays open."""

import json
import time
from http.client import HTTPConnection
from typing import Any

PASSWORD = "demo-practice"  # noqa: S105  of demo data


class Caller:
    def __init__(self, address: tuple[str, int], username: str) -> None:
        self.connection = HTTPConnection(*address, timeout=30)
        self.headers = {"Content-Type": "application/json"}
        status, answer = self.call(
            "POST",
            "/_allauth/app/v1/auth/login",
            {"username": username, "password": PASSWORD},
        )
        if status != 200:  # noqa: PLR2004
            raise PermissionError(f"{username} could not sign in: {status}")
        self.headers["X-Session-Token"] = answer["meta"]["session_token"]

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any]:  # Any: JSON
        """The status and the body of an answer."""
        content = None if body is None else json.dumps(body)
        self.connection.request(method, path, content, self.headers | (headers or {}))
        response = self.connection.getresponse()
        return response.status, json.loads(response.read() or b"null")

    def timed(
        self, expected: int, method: str, path: str, body: object = None
    ) -> tuple[float, Any]:  # Any: JSON
        """The seconds that a call took, and its body; any other status is an error."""
        began = time.perf_counter()
        status, answer = self.call(method, path, body)
        seconds = time.perf_counter() - began
        if status != expected:
            raise AssertionError(f"{method} {path}: {status} {answer}")
        return seconds, answer
