"""A Deskie account: its people and records, and who may use its API how much."""

import base64
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chaport_sync.sandbox.deskie.people import DeskiePeople
from chaport_sync.sandbox.deskie.records import Message
from chaport_sync.sandbox.pace import FixedWindow, SlidingWindow


class DeskieAccount(DeskiePeople):
    """Attributes may be changed at any time: the credentials, the limit, `forbidden` (exact paths that answer 403).

    `sent_to_customers` holds the messages that the API's user sent to customers, which a note never is.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(now)
        self.email = "sync@acme.example"
        self.api_key = "sandbox-deskie-key"
        self.requests_per_minute = 60
        self.forbidden: set[str] = set()
        self.sent_to_customers: list[Message] = []
        self.api_agent = self.add_agent("Chaport sync", self.email, status=2)
        minute = timedelta(seconds=60)
        self._minutes: dict[str, FixedWindow | SlidingWindow] = {
            "fixed": FixedWindow(minute),
            "sliding": SlidingWindow(minute),
        }

    def others_spend(self, units: int) -> None:
        """Another program uses the account's common limit."""
        self._count(units)

    def price(self, method: str) -> int:
        """A read costs 1 unit, everything else 2 (reference 1.1)."""
        return 1 if method == "GET" else 2

    def over_limit(self, method: str) -> Response | None:
        """Whether a refused request costs something is unknown (reference 9, row 10); here it costs nothing."""
        wait = self._wait(self.price(method))
        return self.too_many(wait) if wait else None

    def spend(self, method: str) -> None:
        """Count an admitted request."""
        self._count(self.price(method))

    def limit_headers(self) -> dict[str, str]:
        """The headers of reference 1.1; `retry_after` may come early, when the next write would not fit."""
        left = max(0, self.requests_per_minute - self._minutes[self.quirks.minute].spent(self.now()))
        headers = {"rate_limit_per_minute": str(self.requests_per_minute), "api_calls_left": str(left)}
        if self.quirks.retry_after_early and (wait := self._wait(self.price("POST"))):
            headers["retry_after"] = str(wait)
        return headers

    def too_many(self, retry_after: int | None) -> Response:
        """429, or the 403 of earlier years; the body is a guess."""
        status = 403 if self.quirks.rate_limit_as_403 else 429
        headers = self.limit_headers() | {"api_calls_left": "0"}
        headers.pop("retry_after", None)
        if retry_after is not None:
            headers["retry_after"] = str(retry_after)
        return JSONResponse({"error": "rate limit exceeded"}, status, headers)

    def refusal(self, request: Request) -> Response | None:
        """401 without the right e-mail and key, 403 where the key's agent may not look."""
        if not self._knows(request.headers.get("authorization", "")):
            return JSONResponse({"error": "authentication_failed"}, 401)
        if request.url.path in self.forbidden:
            return JSONResponse({"error": "access_denied"}, 403)
        return None

    def _count(self, units: int) -> None:
        for minute in self._minutes.values():
            minute.spend(units, self.now())

    def _wait(self, price: int) -> int:
        """Seconds until a request of this price is admitted."""
        return self._minutes[self.quirks.minute].wait(price, self.requests_per_minute, self.now())

    def _knows(self, authorization: str) -> bool:
        scheme, _, encoded = authorization.partition(" ")
        try:
            given = base64.b64decode(encoded, validate=True)
        except ValueError:
            return False
        return scheme == "Basic" and secrets.compare_digest(given, f"{self.email}:{self.api_key}".encode())
