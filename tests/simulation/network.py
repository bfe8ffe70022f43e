"""The way between one life of the daemon and the two services: watched, and cut when the daemon dies."""

import asyncio
import json
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.simulation.loop import LIFE

#: Marks a response that is not what the service answered.
HOSTILE = "hostile"


@dataclass(eq=False)
class Exchange:
    """One request of the daemon, at a moment of the world's clock and of its own.

    `response` is None while, and for ever if, no answer reached it.
    """

    life: int
    at: float
    method: str
    host: str
    path: str
    request: httpx.Request
    clock: float = 0.0
    response: httpx.Response | None = field(default=None)

    def body(self) -> Any:
        """Return what was sent."""
        return json.loads(self.request.content)

    def answer(self) -> Any:
        """Return the JSON that was answered with success, None for anything else, and for what no daemon can use."""
        if self.response is None or self.response.status_code not in (200, 201) or HOSTILE in self.response.extensions:
            return None
        try:
            return json.loads(self.response.content)
        except ValueError:
            return None

    @property
    def deskie(self) -> bool:
        """Whether it went to the help desk."""
        return "deskie" in self.host


Watcher = Callable[[Exchange], None]


class Network(httpx.AsyncBaseTransport):
    """Carries one life's requests. What the services do belongs to the world and outlives the daemon.

    Args:
        life: The daemon's life.
        inner: The sandbox.
        now: The world's time in seconds.
        on_request: Told each request as it leaves.
        on_answer: Told each answer as it reaches the daemon.
    """

    def __init__(
        self,
        life: int,
        inner: httpx.AsyncBaseTransport,
        now: Callable[[], float],
        on_request: Watcher,
        on_answer: Watcher,
    ) -> None:
        self._life = life
        self._inner = inner
        self._now = now
        self._on_request = on_request
        self._on_answer = on_answer
        self.cut = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, unless the daemon is dead: what it does then does not happen."""
        if self.cut:
            raise asyncio.CancelledError
        url = request.url
        exchange = Exchange(self._life, self._now(), request.method, url.host, url.path, request)
        self._on_request(exchange)
        task = asyncio.get_running_loop().create_task(self._inner.handle_async_request(request), context=_world())
        try:
            response = await task
        except asyncio.CancelledError:
            task.cancel()
            raise
        if self.cut:
            raise asyncio.CancelledError
        exchange.response = response
        self._on_answer(exchange)
        return response


def _world() -> Context:
    context = copy_context()
    context.run(LIFE.set, 0)
    return context
