"""A Chaport account: its people and records, and who may use its API how fast."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from chaport_sync.sandbox.chaport.people import ChaportPeople
from chaport_sync.sandbox.chaport.records import Event
from chaport_sync.sandbox.pace import SlidingWindow


class ChaportAccount(ChaportPeople):
    """Attributes may be changed at any time: the token, the pace (None: none), `forbidden` (paths that answer 403).

    `too_fast` counts the requests that came faster than the pace allows. `sent_to_visitors` holds the messages that the
    API's user wrote in chats.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(now)
        self.token = "sandbox-chaport-token"
        self.requests_per_second: int | None = None
        self.forbidden: set[str] = set()
        self.too_fast = 0
        self.sent_to_visitors: list[Event] = []
        self._second = SlidingWindow(timedelta(seconds=1))

    def price(self, _method: str) -> int:
        """Every request counts alike."""
        return 1

    def over_limit(self, _method: str) -> Response | None:
        """No limit is documented (reference U12), so this one is a test's own."""
        if self.requests_per_second is None:
            return None
        wait = self._second.wait(1, self.requests_per_second, self.now())
        if not wait:
            return None
        self.too_fast += 1
        return self.too_many(wait if self.quirks.retry_after else None)

    def spend(self, _method: str) -> None:
        """Count an admitted request."""
        self._second.spend(1, self.now())

    def limit_headers(self) -> dict[str, str]:
        """None is known."""
        return {}

    def too_many(self, retry_after: int | None) -> Response:
        """429; the header is the usual one of HTTP."""
        answer = self.error(429, "too many requests")
        if retry_after is not None:
            answer.headers["Retry-After"] = str(retry_after)
        return answer

    def refusal(self, request: Request) -> Response | None:
        """401 without the right token, 403 where it does not reach."""
        expected = f"Bearer {self.token}".encode()
        if not secrets.compare_digest(request.headers.get("authorization", "").encode(), expected):
            return self.error(401, "unauthorized")
        return self.error(403, "forbidden") if request.url.path in self.forbidden else None

    def error(self, status: int, message: str) -> Response:
        """A refusal in one of the shapes of reference U13."""
        shapes: dict[str, Any] = {
            "error.message": {"error": {"message": message}},
            "message": {"message": message},
            "error": {"error": message},
            "errors": {"errors": [{"message": message}]},
        }
        if self.quirks.errors == "text":
            return PlainTextResponse(message, status)
        return JSONResponse(shapes[self.quirks.errors], status)
